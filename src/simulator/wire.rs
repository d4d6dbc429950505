//! From the socket to an answer and back onto the wire, whole or as a fault wants it.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::stream::{self, StreamExt as _};
use jiff::SignedDuration;

use super::control;
use super::exchange::{Call, Reply};
use super::faults::FaultEffect;
use super::server::Server;

/// Bodies beyond this are refused; a whole tenant is read from a file, not over HTTP.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Serves one request.
pub(super) async fn handle(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.or(parts.uri.host()).unwrap_or("127.0.0.1").to_owned();
    let call = server.call(
        parts.method.as_str(),
        &target,
        parts.headers,
        body,
        format!("http://{host}"),
    );
    if target == "/_sim" || target.starts_with("/_sim/") {
        let reply = control::answer(&server, &call);
        return response(&server, &call, reply, &FaultEffect::default());
    }
    let effect = server
        .strike(&call.method, &call.target)
        .unwrap_or_default();
    if let Some(delay) = effect.delay {
        tokio::time::sleep(delay.0).await;
    }
    let reply = server.answer(&call, &effect);
    server.record(&call, reply.status, &effect);
    response(&server, &call, reply, &effect)
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn response(server: &Server, call: &Call, reply: Reply, effect: &FaultEffect) -> Response {
    let mut response =
        plain(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    let skew = SignedDuration::from_secs(server.date_skew());
    let date = call
        .now
        .checked_add(skew)
        .unwrap_or(call.now)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let client = call.header("client-request-id").to_owned();
    let content_type = effect
        .content_type
        .clone()
        .unwrap_or_else(|| reply.content_type.to_owned());
    let known = [
        ("date", date),
        ("request-id", call.request_id.clone()),
        ("client-request-id", client),
        ("content-type", content_type),
    ];
    for (name, value) in known.into_iter().chain(reply.headers) {
        if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    *response.body_mut() = body(reply.body, effect);
    response
}

/// The body as it goes over the wire: whole, dripping, cut, or not at all.
fn body(bytes: Vec<u8>, effect: &FaultEffect) -> Body {
    let broken = || Err(std::io::Error::other("ordered through /_sim/faults"));
    if effect.drop || effect.lose_answer {
        // A body that fails before its first byte makes the server close without sending the head.
        return Body::from_stream(stream::iter([broken() as std::io::Result<Bytes>]));
    }
    if effect.cut {
        let half = Bytes::from(bytes[..bytes.len() / 2].to_vec());
        let end = stream::once(async move {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            broken()
        });
        return Body::from_stream(stream::iter([Ok(half)]).chain(end));
    }
    match effect.drip {
        None => Body::from(bytes),
        Some(pause) => Body::from_stream(stream::iter(bytes).then(move |byte| async move {
            tokio::time::sleep(pause.0).await;
            std::io::Result::Ok(Bytes::from(vec![byte]))
        })),
    }
}
