//! The last lines of a sync in the log.

use super::{Finished, SyncError};
use crate::report::SyncStatus;
use jiff::SignedDuration;

/// One line for a sync that is over, and one more above info level if something waits for a person.
pub(super) fn tell(outcome: &Result<Finished, SyncError>, took: SignedDuration) {
    let elapsed_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    match outcome {
        Ok(finished) => tell_finished(finished, elapsed_ms),
        Err(error) => {
            tracing::error!(%error, elapsed_ms, "the sync ended without a report");
        }
    }
}

fn tell_finished(finished: &Finished, elapsed_ms: i64) {
    let report = &finished.report;
    let (status, counts) = (report.status.name(), &report.summary);
    if report.status == SyncStatus::Failed {
        let error = finished.failure.as_ref().map(ToString::to_string);
        tracing::error!(
            status,
            error,
            elapsed_ms,
            "sync failed: nothing could be decided"
        );
        return;
    }
    if !finished.held_because.is_empty() {
        let error = finished.held_because.join("; ");
        tracing::warn!(
            error,
            "held; `linekeeper syncs show` tells what waits for a decision"
        );
    }
    tracing::info!(
        status,
        assign = counts.assign,
        release = counts.release,
        adopt = counts.adopt,
        keep = counts.keep,
        waiting = counts.waiting,
        failed = counts.failed,
        commit = report.rules.commit.as_deref(),
        elapsed_ms,
        "sync ended"
    );
}
