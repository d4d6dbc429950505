//! Hands what requests and syncs tell of themselves to the metrics.

use crate::graph::{self, Request};
use crate::reconcile::{self, Finished, SyncError};
use crate::report::{SyncReport, SyncStatus};
use crate::telemetry::{self, SyncFigures};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::time::Duration;

/// Counts the syncs of a service.
#[derive(Clone, Copy, Debug)]
pub struct CountingSyncs;

impl reconcile::Observer for CountingSyncs {
    fn ended(&self, tenant: &str, outcome: &Result<Finished, SyncError>, took: SignedDuration) {
        match outcome {
            Ok(finished) => telemetry::record_sync(&figures(&finished.report, took.unsigned_abs())),
            Err(_) => telemetry::record_broken_sync(tenant),
        }
    }

    fn panicked(&self, tenant: &str) {
        telemetry::record_broken_sync(tenant);
    }
}

/// What of a report is counted: nobody's name or number.
fn figures(report: &SyncReport, took: Duration) -> SyncFigures<'_> {
    let mut figures = SyncFigures {
        tenant: &report.tenant,
        status: report.status.name(),
        users: (report.status != SyncStatus::Failed).then_some(report.directory.users),
        changes: BTreeMap::new(),
        took,
    };
    for change in &report.changes {
        let ended = (change.action.as_str(), change.status.name());
        *figures.changes.entry(ended).or_default() += 1;
    }
    figures
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

#[cfg(test)]
mod tests {
    use super::figures;
    use crate::report::{SyncReport, SyncStatus};
    use crate::telemetry::SyncFigures;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn a_report_is_counted_without_names_and_numbers() {
        let change = |status: &str| {
            json!({"action": "assign", "number": "+498955501000", "range": "muc",
                "user": {"id": "00000000-0000-4000-8000-000000000001", "upn": "anna@contoso.example"},
                "type": "direct-routing", "reason": "rule", "policy": null, "status": status, "error": null})
        };
        let report = json!({"tenant": "contoso", "plan_id": "p", "sync_id": "1-a",
            "status": "partial", "mode": "apply",
            "rules": {"commit": null, "dirty": false, "digest": "d"},
            "directory": {"mode": "delta", "complete": true, "users": 41},
            "summary": {"assign": 3, "release": 0, "adopt": 0, "policy": 0, "profile": 0, "keep": 0,
                "waiting": 0, "failed": 2, "notes": 0},
            "changes": [change("failed"), change("succeeded"), change("failed")], "notes": []});
        let mut report: SyncReport = serde_json::from_value(report).expect("a report");
        let took = Duration::from_secs(3);
        let expected = SyncFigures {
            tenant: "contoso",
            status: "partial",
            users: Some(41),
            changes: [(("assign", "failed"), 2), (("assign", "succeeded"), 1)].into(),
            took,
        };
        assert_eq!(figures(&report, took), expected);
        report.status = SyncStatus::Failed;
        assert_eq!(figures(&report, took).users, None);
    }
}
