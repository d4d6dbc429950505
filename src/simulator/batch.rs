//! `POST /$batch`: up to twenty requests in one (docs/graph.md 9.3).

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::exchange::{Answer, Call, GraphError, Reply};
use super::odata::Query;
use super::routes;
use super::server::Server;

const MOST: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    requests: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// Runs the parts in the order sent; one whose dependency failed answers 424.
pub(super) fn run(server: &Server, call: &Call) -> Answer {
    let batch: Batch = call.read()?;
    if batch.requests.is_empty() || batch.requests.len() > MOST {
        let message = format!(
            "A batch holds 1 to {MOST} requests, not {}.",
            batch.requests.len()
        );
        return Err(GraphError::bad("BadRequest", message));
    }
    let mut ids = BTreeSet::new();
    if let Some(part) = batch
        .requests
        .iter()
        .find(|part| !ids.insert(part.id.to_lowercase()))
    {
        return Err(GraphError::bad(
            "BadRequest",
            format!("The id '{}' is used twice.", part.id),
        ));
    }
    let mut failed = BTreeSet::new();
    let mut responses = Vec::new();
    for part in &batch.requests {
        let broken = part
            .depends_on
            .iter()
            .any(|id| failed.contains(&id.to_lowercase()));
        let reply = if broken {
            failed_dependency(call)
        } else {
            answer(server, call, part)
        };
        if reply.status >= 400 {
            failed.insert(part.id.to_lowercase());
        }
        responses.push(response(&part.id, reply));
    }
    Ok(Reply::json(200, &json!({"responses": responses})))
}

fn failed_dependency(call: &Call) -> Reply {
    GraphError::new(
        424,
        "FailedDependency",
        "A request this one depends on has failed.",
    )
    .into_reply(call)
}

fn answer(server: &Server, outer: &Call, part: &Part) -> Reply {
    let call = match inner(server, outer, part) {
        Ok(call) => call,
        Err(error) => return error.into_reply(outer),
    };
    let effect = server
        .strike(&call.method, &call.target)
        .unwrap_or_default();
    let reply = match server.refused_by(&effect, &call) {
        Some(reply) => reply,
        None => {
            routes::dispatch(server, &call, &effect).unwrap_or_else(|error| error.into_reply(&call))
        }
    };
    server.record(&call, reply.status, &effect);
    reply
}

fn inner(server: &Server, outer: &Call, part: &Part) -> Result<Call, Box<GraphError>> {
    let bad = |message: &str| GraphError::bad("BadRequest", message);
    let url = if part.url.starts_with('/') {
        part.url.clone()
    } else {
        format!("/{}", part.url)
    };
    if url.contains("$batch") {
        return Err(bad("A batch cannot hold a batch."));
    }
    let mut headers = HeaderMap::new();
    headers.extend(
        outer
            .headers
            .get("authorization")
            .map(|token| (HeaderName::from_static("authorization"), token.clone())),
    );
    for (name, value) in &part.headers {
        let name: HeaderName = name
            .parse()
            .map_err(|_| bad("A header name is not valid."))?;
        headers.insert(
            name,
            HeaderValue::from_str(value).map_err(|_| bad("A header value is not valid."))?,
        );
    }
    if part.body.is_some() && !headers.contains_key("content-type") {
        return Err(bad("A request with a body needs a Content-Type header."));
    }
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    Ok(Call {
        method: part.method.to_uppercase(),
        target: format!("/v1.0{url}"),
        segments: routes::segments(path),
        query: Query::parse(query),
        headers,
        body: part
            .body
            .as_ref()
            .map(|body| Bytes::from(body.to_string()))
            .unwrap_or_default(),
        origin: outer.origin.clone(),
        now: outer.now,
        request_id: server.fresh_id(),
    })
}

fn response(id: &str, reply: Reply) -> Value {
    let mut headers: serde_json::Map<String, Value> = reply
        .headers
        .into_iter()
        .map(|(name, value)| (capital(name), value.into()))
        .collect();
    if !reply.content_type.is_empty() {
        headers.insert("Content-Type".to_owned(), reply.content_type.into());
    }
    let mut response = json!({"id": id, "status": reply.status, "headers": headers});
    if !reply.body.is_empty() {
        response["body"] = serde_json::from_slice(&reply.body).unwrap_or_else(|_| {
            base64::engine::general_purpose::STANDARD
                .encode(&reply.body)
                .into()
        });
    }
    response
}

/// `retry-after` as the service spells it inside a batch: `Retry-After`.
fn capital(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}
