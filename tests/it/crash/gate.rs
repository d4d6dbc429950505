//! A gate between the program and the simulator, which holds one chosen request: before it arrives, or after it took
//! effect and before its answer leaves.

use crate::harness::crash::Running;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Where a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// It never arrives.
    Before,
    /// It has taken effect, and its answer never leaves.
    After,
}

/// A request as it came by: `GET /v1.0/users/delta?…`.
pub(crate) type Passed = String;

/// The gate.
pub(crate) struct Gate {
    shared: Arc<Shared>,
    origin: String,
}

#[derive(Default)]
struct Shared {
    simulator: String,
    client: reqwest::Client,
    watch: Mutex<Watch>,
    caught: Notify,
}

#[derive(Default)]
struct Watch {
    passed: Vec<Passed>,
    hold: Option<(Which, Held)>,
}

enum Which {
    Nth(usize),
    Containing(String),
}

impl Watch {
    /// Notes a request; answers whether and where it is held.
    fn meet(&mut self, request: String) -> Option<Held> {
        let decoded = percent_encoding::percent_decode_str(&request).decode_utf8_lossy();
        let it_is = match &self.hold {
            None => false,
            Some((Which::Nth(index), _)) => *index == self.passed.len(),
            Some((Which::Containing(part), _)) => decoded.contains(part),
        };
        self.passed.push(request);
        match it_is {
            true => self.hold.take().map(|(_, held)| held),
            false => None,
        }
    }
}

impl Gate {
    /// A gate on a free port before a simulator.
    pub(crate) async fn before(simulator: String) -> Self {
        let shared = Arc::new(Shared {
            simulator,
            client: reqwest::Client::builder()
                .no_gzip()
                .no_proxy()
                .build()
                .expect("a client"),
            ..Shared::default()
        });
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { shared, origin }
    }

    /// What the program takes for Graph and the login.
    pub(crate) fn origin(&self) -> String {
        self.origin.clone()
    }

    /// Counts from zero again, and holds the request with this index.
    pub(crate) fn hold(&self, hold: Option<(usize, Held)>) {
        self.watch(hold.map(|(index, held)| (Which::Nth(index), held)));
    }

    /// Counts from zero again, and holds the first request that contains this, decoded.
    pub(crate) fn hold_first(&self, part: &str, held: Held) {
        self.watch(Some((Which::Containing(part.to_owned()), held)));
    }

    fn watch(&self, hold: Option<(Which, Held)>) {
        *self.shared.watch.lock().expect("no test panics holding it") = Watch {
            passed: Vec::new(),
            hold,
        };
    }

    /// Waits until the program's request is held, or it has ended without; answers whether it is held.
    pub(crate) async fn catches(&self, running: &mut Running) -> bool {
        let look = Duration::from_millis(50);
        loop {
            let caught = tokio::time::timeout(look, self.shared.caught.notified()).await;
            if caught.is_ok() {
                return true;
            }
            if running.is_over() {
                return false;
            }
        }
    }

    /// The requests so far.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        let watch = self.shared.watch.lock().expect("no test panics holding it");
        watch.passed.clone()
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str());
    let held = {
        let mut watch = shared.watch.lock().expect("no test panics holding it");
        watch.meet(format!("{} {target}", parts.method))
    };
    if held == Some(Held::Before) {
        shared.caught.notify_one();
        return std::future::pending().await;
    }
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    // The host goes along, so that the links in the answer lead through the gate again.
    let sent = shared
        .client
        .request(
            parts.method.clone(),
            format!("{}{target}", shared.simulator),
        )
        .headers(end_to_end(&parts.headers))
        .body(body);
    let answer = sent.send().await.expect("the simulator answers");
    let (status, headers) = (answer.status(), end_to_end(answer.headers()));
    let body = answer.bytes().await.expect("a whole answer");
    if held == Some(Held::After) {
        shared.caught.notify_one();
        return std::future::pending().await;
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The headers that are not about one connection.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [
        "connection",
        "content-length",
        "transfer-encoding",
        "keep-alive",
    ] {
        headers.remove(name);
    }
    headers
}
