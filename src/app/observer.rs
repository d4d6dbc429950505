//! Hands what requests and syncs tell of themselves to the metrics.

use crate::graph::{self, Request};
use crate::reconcile::{self, Finished, SyncError};
use crate::telemetry;
use jiff::SignedDuration;
use std::time::Duration;

/// Counts the syncs of a service.
#[derive(Clone, Copy, Debug)]
pub struct CountingSyncs;

impl reconcile::Observer for CountingSyncs {
    fn ended(&self, tenant: &str, outcome: &Result<Finished, SyncError>, took: SignedDuration) {
        match outcome {
            Ok(finished) => telemetry::record_sync(&finished.report, took.unsigned_abs()),
            Err(_) => telemetry::record_broken_sync(tenant),
        }
    }

    fn panicked(&self, tenant: &str) {
        telemetry::record_broken_sync(tenant);
    }
}

/// The observer of one tenant's requests.
#[derive(Debug)]
pub(super) struct Counting {
    /// The tenant's name.
    pub(super) tenant: String,
}

impl graph::Observer for Counting {
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
