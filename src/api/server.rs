//! Connections: how many, how long they may dawdle, and how they end.

use crate::apply::Halt;
use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Connections at once; more wait to be taken.
const CONNECTIONS: usize = 1024;

/// A client has so long to send its request line and headers.
const HEADERS: Duration = Duration::from_secs(15);

/// The most bytes of request line and headers.
const HEADER_BYTES: usize = 64 * 1024;

/// After the wish to stop, requests under way have so long.
const GRACE: Duration = Duration::from_secs(25);

/// After a listener could not take a connection, as without file descriptors.
const BREATH: Duration = Duration::from_millis(200);

/// Serves the routes until `halt`, then lets requests under way end.
pub async fn serve(listener: TcpListener, routes: Router, halt: Halt) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let taken = tokio::select! {
            taken = accept(&listener, &places) => taken,
            () = halt.set() => break,
        };
        while connections.try_join_next().is_some() {}
        let Some((stream, place)) = taken else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let (routes, halt) = (routes.clone(), halt.clone());
        connections.spawn(async move {
            converse(stream, routes, halt).await;
            drop(place);
        });
    }
    drop(listener);
    let ending = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ending).await.is_err() {
        tracing::warn!(count = connections.len(), "connections are cut off");
        connections.abort_all();
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            None
        }
    }
}

/// One connection to its end; what goes wrong in it is the client's to notice.
async fn converse(stream: TcpStream, routes: Router, halt: Halt) {
    // Small answers must not wait for the next one (Nagle).
    drop(stream.set_nodelay(true));
    let service =
        TowerToHyperService::new(routes.map_request(|r: Request<_>| r.map(axum::body::Body::new)));
    // Only HTTP/1.1: to tell the versions apart, bytes are waited for without a limit of time.
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = halt.set() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection ended badly");
    }
}
