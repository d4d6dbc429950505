//! From the socket to the routes and back, with everything that can go wrong on the way.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use futures::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use super::exchange::{Call, GraphError, Reply};
use super::faults::{FaultEffect, Faults};
use super::log::{Log, Logged};
use super::odata::Query;
use super::switches::Switches;
use super::tenant_file::TenantFile;
use super::world::World;
use super::{control, routes, token};
use crate::clock::Clock;

/// Bodies beyond this are refused; a whole tenant is read from a file, not over HTTP.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Who may ask, and how the simulator behaves at the start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The tenant id that the token endpoint knows; any when not set.
    pub tenant_id: Option<String>,
    /// The application it knows; any when not set.
    pub client_id: Option<String>,
    /// The secret it accepts; any when not set.
    pub client_secret: Option<String>,
    /// The `x5t#S256` of the certificate it accepts; any when not set.
    pub certificate_thumbprint: Option<String>,
    /// What is unknown about Graph.
    pub switches: Switches,
}

/// A running simulator.
#[derive(Debug)]
pub struct Simulator {
    server: Arc<Server>,
    address: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

impl Simulator {
    /// Serves the tenant on a listener until `shutdown` ends. The work is done by a task of the
    /// current tokio runtime; [`Simulator::finished`] waits for it.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start(
        tenant: TenantFile,
        options: Options,
        listener: TcpListener,
        clock: Arc<dyn Clock>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let server = Arc::new(Server::new(tenant, options, clock));
        let routes = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&server));
        // A lost answer is fast or it is no answer: small pages must not wait for the next one.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let task = tokio::spawn(async move {
            axum::serve(listener, routes)
                .with_graceful_shutdown(shutdown)
                .await
        });
        Ok(Self {
            server,
            address,
            task,
        })
    }

    /// The same on a free port of the loopback address, for as long as the runtime lives.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn on_free_port(
        tenant: TenantFile,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        Self::start(tenant, options, listener, clock, std::future::pending())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port: the `login_url` of a configuration, and where `/_sim/` is.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The `graph_url` of a configuration.
    #[must_use]
    pub fn graph_url(&self) -> String {
        format!("{}/v1.0", self.origin())
    }

    /// Asks a control endpoint (`/_sim/…`) without a connection; answers status and JSON.
    #[must_use]
    pub fn control(
        &self,
        method: &str,
        target: &str,
        body: &serde_json::Value,
    ) -> (u16, serde_json::Value) {
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let mut headers = axum::http::HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        let call = self
            .server
            .call(method, target, headers, body, self.origin());
        let reply = control::answer(&self.server, &call);
        (
            reply.status,
            serde_json::from_slice(&reply.body).unwrap_or_default(),
        )
    }

    /// Waits until the server has stopped.
    ///
    /// # Errors
    /// When the listener failed.
    pub async fn finished(self) -> std::io::Result<()> {
        self.task
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}

/// What all requests share.
#[derive(Debug)]
pub(super) struct Server {
    world: RwLock<World>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    pub(super) options: Options,
    clock: Arc<dyn Clock>,
    ids: AtomicU64,
}

impl Server {
    fn new(tenant: TenantFile, options: Options, clock: Arc<dyn Clock>) -> Self {
        Self {
            world: RwLock::new(World::new(tenant, options.switches.clone())),
            faults: Mutex::default(),
            log: Mutex::default(),
            options,
            clock,
            ids: AtomicU64::new(0),
        }
    }

    /// The tenant for reading, with everything done whose time has come.
    pub(super) fn world(&self, now: Timestamp) -> RwLockReadGuard<'_, World> {
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        if !world.is_due(now, Instant::now()) {
            return world;
        }
        drop(world);
        drop(self.world_mut(now));
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tenant for writing.
    pub(super) fn world_mut(&self, now: Timestamp) -> RwLockWriteGuard<'_, World> {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        world.settle(now, Instant::now());
        world.users.purge(now);
        world
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with this request.
    pub(super) fn strike(&self, method: &str, target: &str) -> Option<FaultEffect> {
        self.faults().strike(method, target)
    }

    /// A GUID nobody had before: the same in every run.
    pub(super) fn fresh_id(&self) -> String {
        let count = u128::from(self.ids.fetch_add(1, Ordering::Relaxed) + 1);
        let spread = count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        uuid::Builder::from_random_bytes(spread.to_be_bytes())
            .into_uuid()
            .to_string()
    }

    pub(super) fn call(
        &self,
        method: &str,
        target: &str,
        headers: axum::http::HeaderMap,
        body: Bytes,
        origin: String,
    ) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let behind = path.strip_prefix("/v1.0").unwrap_or(path);
        let offset = self
            .world
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .switches
            .clock_offset_seconds;
        let now = self.clock.now();
        Call {
            method: method.to_owned(),
            target: target.to_owned(),
            segments: routes::segments(behind),
            query: Query::parse(query),
            headers,
            body,
            origin,
            now: now
                .checked_add(SignedDuration::from_secs(offset))
                .unwrap_or(now),
            request_id: self.fresh_id(),
        }
    }

    fn answer(&self, call: &Call, effect: &FaultEffect) -> Reply {
        if let Some(reply) = self.refused_by(effect, call) {
            return reply;
        }
        let mut reply = if call.target.starts_with("/v1.0/") {
            routes::dispatch(self, call, effect).unwrap_or_else(|error| error.into_reply(call))
        } else {
            self.answer_outside(call)
        };
        if effect.rewrites() {
            reply.body = effect.rewrite(&reply.body, &format!("{}{}", call.origin, call.target));
        }
        if let Some(count) = effect.pad {
            reply.body.splice(0..0, std::iter::repeat_n(b' ', count));
        }
        reply
    }

    /// The token endpoint, which lives on another host in the real world.
    fn answer_outside(&self, call: &Call) -> Reply {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match (call.method.as_str(), segments.as_slice()) {
            ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
                let switches = self.world(call.now).switches.clone();
                token::issue(&self.options, &switches, call, tenant)
            }
            _ => GraphError::new(404, "NotFound", "Nothing is served here; see /_sim/.")
                .into_reply(call),
        }
    }

    /// The answer of a fault that lets nothing happen.
    pub(super) fn refused_by(&self, effect: &FaultEffect, call: &Call) -> Option<Reply> {
        if effect.drop {
            return Some(Reply::empty(500));
        }
        if effect.status.is_none() && effect.body.is_none() {
            return None;
        }
        let status = effect.status.unwrap_or(200);
        let mut reply = match &effect.body {
            Some(text) if text.starts_with('{') => Reply::bytes(status, text.clone().into_bytes()),
            Some(text) => Reply {
                content_type: "text/html",
                ..Reply::text(status, text.clone())
            },
            None => {
                let code = effect.code.as_deref().unwrap_or(code_of(status));
                GraphError::new(status, code, "Ordered through /_sim/faults.").into_reply(call)
            }
        };
        if let Some(after) = &effect.retry_after {
            reply = reply.with("retry-after", after.clone());
        }
        if status == 410 {
            reply = reply.with(
                "location",
                format!("{}/users/delta?$deltatoken=", call.base()),
            );
        }
        Some(reply)
    }

    /// Writes the request into the log; the bodies of token requests hold secrets and stay out.
    pub(super) fn record(&self, call: &Call, status: u16, effect: &FaultEffect) {
        let is_write = call.method != "GET" && call.target.starts_with("/v1.0/");
        let fault = serde_json::to_string(effect)
            .ok()
            .filter(|text| text != "{}");
        self.log().add(Logged {
            seq: 0,
            time: call.now.to_string(),
            method: call.method.clone(),
            path: call.target.clone(),
            body: is_write.then(|| serde_json::from_slice(&call.body).unwrap_or_default()),
            status,
            client_request_id: call.header("client-request-id").to_owned(),
            fault,
        });
    }

    fn date_skew(&self) -> i64 {
        self.world
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .switches
            .date_skew_seconds
    }
}

fn code_of(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "InvalidAuthenticationToken",
        403 => "Authorization_RequestDenied",
        404 => "Request_ResourceNotFound",
        409 => "Conflict",
        410 => "Gone",
        429 => "TooManyRequests",
        503 => "serviceNotAvailable",
        504 => "GatewayTimeout",
        _ => "internalError",
    }
}

async fn handle(State(server): State<Arc<Server>>, request: Request) -> Response {
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

/// An id for an object made by a control endpoint.
pub(super) fn guid(server: &Server) -> Uuid {
    server.fresh_id().parse().unwrap_or_default()
}
