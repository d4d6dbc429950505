//! Puts what the service does into the metrics.

use super::figures::figures;
use crate::reconcile::{Finished, SyncError};
use crate::service::{Served, Told};
use crate::telemetry::{self, Metrics};
use jiff::SignedDuration;
use std::sync::Arc;

/// Measures each sync, and after it how the tenant stands.
pub(super) struct Measuring(pub(super) Arc<Metrics>);

impl Told for Measuring {
    fn ended(
        &self,
        served: &Arc<Served>,
        outcome: &Result<Finished, SyncError>,
        took: SignedDuration,
    ) {
        match outcome {
            Ok(finished) => telemetry::record_sync(&finished.report, took.unsigned_abs()),
            Err(_) => telemetry::record_broken_sync(served.name()),
        }
        telemetry::record_rules(served.name(), served.rules.problem().is_none());
        let (metrics, served) = (Arc::clone(&self.0), Arc::clone(served));
        tokio::spawn(async move {
            let rules = served.rules.active();
            match figures(&served.store, &rules, served.settings(), served.now()).await {
                Ok(figures) => metrics.record_tenant(&figures),
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::warn!(
                        tenant = served.name(),
                        error,
                        "the tenant could not be measured"
                    );
                }
            }
        });
    }

    fn panicked(&self, tenant: &str) {
        telemetry::record_broken_sync(tenant);
    }
}
