//! A small real HTTP server whose answers each test scripts, and an adapter that talks to it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use jiff::Timestamp;
use linekeeper::clock::Clock;
use linekeeper::graph::{Credential, Graph, GraphSettings};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The path of the token endpoint, as every test's tenant has it.
pub(super) const TOKEN_PATH: &str = "/contoso.example/oauth2/v2.0/token";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    /// How many came to the same path before.
    pub(super) nth: usize,
}

impl Seen {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

/// A server on a free port of this machine.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) root: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    most: Arc<AtomicUsize>,
}

impl Server {
    /// Starts one. Tokens are granted unless the script answers for the token endpoint itself.
    pub(super) async fn start(
        script: impl Fn(&Seen) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        Self::start_slow(Duration::ZERO, script).await
    }

    /// As [`Server::start`], each answer after a delay.
    pub(super) async fn start_slow(
        delay: Duration,
        script: impl Fn(&Seen) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let root = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Self {
            root,
            seen: Arc::default(),
            most: Arc::default(),
        };
        let (log, most, script) = (
            Arc::clone(&server.seen),
            Arc::clone(&server.most),
            Arc::new(script),
        );
        let now = Arc::new(AtomicUsize::new(0));
        let answer = move |request: Request| {
            let (log, most, script, now) = (
                Arc::clone(&log),
                Arc::clone(&most),
                Arc::clone(&script),
                Arc::clone(&now),
            );
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let seen = arrived(request, &log).await;
                tokio::time::sleep(delay).await;
                let response = script(&seen).unwrap_or_else(|| fallback(&seen));
                now.fetch_sub(1, Ordering::SeqCst);
                response
            }
        };
        let app = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        server
    }

    /// Every request that was not for a token.
    pub(super) fn requests(&self) -> Vec<Seen> {
        let seen = self.seen.lock().expect("the log");
        let is_graph = |s: &&Seen| s.path() != TOKEN_PATH;
        seen.iter().filter(is_graph).cloned().collect()
    }

    /// Every request for a token.
    pub(super) fn token_requests(&self) -> Vec<Seen> {
        let seen = self.seen.lock().expect("the log");
        let is_token = |s: &&Seen| s.path() == TOKEN_PATH;
        seen.iter().filter(is_token).cloned().collect()
    }

    /// The most requests that were answered at the same time.
    pub(super) fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    pub(super) fn settings(&self) -> GraphSettings {
        let mut settings = settings(&self.root);
        settings.login_url.clone_from(&self.root);
        settings
    }

    pub(super) fn graph(&self) -> Graph {
        graph(self.settings())
    }

    /// An absolute link below this server's Graph root.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{}/v1.0{path}", self.root)
    }
}

async fn arrived(request: Request, log: &Mutex<Vec<Seen>>) -> Seen {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let mut seen = Seen {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("text"),
        nth: 0,
    };
    let mut log = log.lock().expect("the log");
    seen.nth = log.iter().filter(|old| old.path() == seen.path()).count();
    log.push(seen.clone());
    seen
}

fn fallback(seen: &Seen) -> Response<Body> {
    if seen.path() == TOKEN_PATH {
        let token = format!("token-{}", seen.nth);
        let body =
            serde_json::json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token});
        return json(200, &body.to_string());
    }
    json(
        404,
        r#"{"error":{"code":"Request_ResourceNotFound","message":"not scripted"}}"#,
    )
}

/// Settings for a Graph at `root`, patient for moments only.
pub(super) fn settings(root: &str) -> GraphSettings {
    let secret = Credential::Secret("s3cr3t".into());
    let mut settings = GraphSettings::new("contoso.example", "app-1", secret);
    settings.graph_url = format!("{root}/v1.0");
    settings.request_timeout = Duration::from_secs(5);
    settings.max_wait = Duration::from_secs(10);
    settings.retries = 2;
    settings.first_pause = Duration::from_millis(2);
    settings
}

pub(super) fn graph(settings: GraphSettings) -> Graph {
    Graph::new(settings, Arc::new(FixedClock)).expect("an adapter")
}

/// It is always ten o'clock.
#[derive(Debug)]
pub(super) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        "2026-11-02T10:00:00Z".parse().expect("a time")
    }
}

/// An answer of a status with a JSON body.
pub(super) fn json(status: u16, body: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).expect("a status");
    let kind = "application/json; odata.metadata=minimal; charset=utf-8";
    (status, [("content-type", kind)], body.to_owned()).into_response()
}

/// An answer of a status with one header and no body.
pub(super) fn bare(status: u16, name: &'static str, value: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(name, value.to_owned())]).into_response()
}

/// A Graph error.
pub(super) fn error(status: u16, code: &str, message: &str) -> Response<Body> {
    let body = serde_json::json!({"error": {"code": code, "message": message}});
    json(status, &body.to_string())
}

/// A server that sends raw bytes and hangs up: by connection, the last one for all that follow. Counts requests.
pub(super) async fn raw(answers: Vec<Vec<u8>>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let root = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let nth = counted.fetch_add(1, Ordering::SeqCst);
            let mut request = vec![0; 64 * 1024];
            let _ = stream.read(&mut request).await;
            let answer = answers.get(nth).or(answers.last()).expect("an answer");
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (root, count)
}

/// A user object with an id made of `n`, and more properties.
pub(super) fn user(n: u32, more: &str) -> String {
    format!(r#"{{"id":"00000000-0000-0000-0000-{n:012}"{more}}}"#)
}

/// Groups requests by path.
pub(super) fn by_path(requests: &[Seen]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for seen in requests {
        *counts.entry(seen.path().to_owned()).or_default() += 1;
    }
    counts
}
