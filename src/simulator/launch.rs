//! A running simulator: started on a listener, asked for its addresses, stopped from outside.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::server::Server;
use super::switches::Switches;
use super::tenant_file::TenantFile;
use super::{control, wire};
use crate::clock::Clock;

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
            .fallback(wire::handle)
            .with_state(Arc::clone(&server));
        // Small answers must not wait for the next one (Nagle).
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
        let mut headers = HeaderMap::new();
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
