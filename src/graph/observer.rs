//! What others may want to know of the requests: told after each, without addresses or bodies.

use super::retry::millis;
use super::route::Route;
use super::transport::{Answer, Trouble};
use reqwest::Method;
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// One request that was answered, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// `GET`, `POST`, `PATCH`.
    pub method: &'a str,
    /// What kind of thing it is about: one of a dozen names, never an address.
    pub endpoint: &'static str,
    /// The HTTP status; `None` if no answer came.
    pub status: Option<u16>,
    /// How long it took, with the whole answer.
    pub took: Duration,
}

/// Who is told of one tenant's requests. Is called between requests and must not block.
pub trait Observer: Send + Sync + fmt::Debug {
    /// A request is over.
    fn request(&self, request: &Request<'_>);

    /// Graph asked the tenant to slow down for so long.
    fn throttled(&self, wait: Duration);

    /// No token could be had, for a reason that does not pass by itself.
    fn no_token(&self);
}

/// Nobody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nobody;

impl Observer for Nobody {
    fn request(&self, _: &Request<'_>) {}
    fn throttled(&self, _: Duration) {}
    fn no_token(&self) {}
}

/// A request on its way, for the log and the observer.
pub(super) struct Departure<'a> {
    pub(super) route: Route,
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) id: Uuid,
}

impl Departure<'_> {
    /// Tells the log, where a write is worth a line at info level, and the observer.
    pub(super) fn ended(
        &self,
        outcome: &Result<Answer, Trouble>,
        took: Duration,
        observer: &dyn Observer,
    ) {
        let status = outcome.as_ref().ok().map(|answer| answer.status.as_u16());
        let request_id = outcome.as_ref().ok().and_then(Answer::request_id);
        let (method, path, elapsed_ms) = (self.method, self.path, millis(took));
        let client_request_id = self.id;
        if *method == Method::GET {
            tracing::debug!(%method, path, http_status = status, request_id, %client_request_id, elapsed_ms, "read from Graph");
        } else {
            tracing::info!(%method, path, http_status = status, request_id, %client_request_id, elapsed_ms, "wrote to Graph");
        }
        observer.request(&Request {
            method: method.as_str(),
            endpoint: self.route.endpoint(),
            status,
            took,
        });
    }
}
