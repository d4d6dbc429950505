//! Hands what the Graph adapter tells of its requests to the metrics.

use crate::graph::{Observer, Request};
use crate::telemetry;
use std::time::Duration;

/// The observer of one tenant's requests.
#[derive(Debug)]
pub(super) struct Counting {
    /// The tenant's name.
    pub(super) tenant: String,
}

impl Observer for Counting {
    fn request(&self, request: &Request<'_>) {
        telemetry::record_graph_request(
            request.method,
            request.endpoint,
            request.status,
            request.took,
        );
    }

    fn throttled(&self, wait: Duration) {
        telemetry::record_throttling(&self.tenant, wait);
    }

    fn no_token(&self) {
        telemetry::record_token_failure(&self.tenant);
    }
}
