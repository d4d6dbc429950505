//! The rows of a change of number: they are claimed together or not at all, and the claim on the old number passes from
//! its release to the way back in the transaction that records the release.

use super::audit::{Entry, digits};
use super::engine::{execute, fetch_all};
use super::error::Fault;
use super::writing::Writing;
use crate::plan::{Change, OpenStep, Part};
use serde_json::json;
use std::collections::BTreeSet;

/// A change of number that loses one step loses all of them.
pub(super) fn lose_together(changes: &[Change], lost: &mut BTreeSet<u32>) {
    let broken: BTreeSet<_> = changes
        .iter()
        .filter(|change| change.part.exchanges() && lost.contains(&change.seq))
        .map(|change| change.user)
        .collect();
    let with_them = changes
        .iter()
        .filter(|change| broken.contains(&change.user));
    lost.extend(with_them.map(|change| change.seq));
}

/// Takes back the rows of changes of number of which another row could not be claimed.
pub(super) async fn keep_together(
    w: &mut Writing,
    sync: &str,
    changes: &[Change],
    lost: &mut BTreeSet<u32>,
) -> Result<(), Fault> {
    const DROP: &str = "DELETE FROM journal WHERE tenant = $1 AND sync = $2 AND user_id = $3 AND seq = $4 RETURNING id";
    let before = lost.clone();
    lose_together(changes, lost);
    let written = |change: &&Change| lost.contains(&change.seq) && !before.contains(&change.seq);
    for change in changes.iter().filter(written) {
        let (user, seq) = (change.user.to_string(), i64::from(change.seq));
        let dropped: Vec<(i64,)> = fetch_all!(&mut w.tx, DROP, w.tenant, sync, user, seq)?;
        for (id,) in dropped {
            w.record(Entry {
                event: "withdrawn",
                number: Some(change.number),
                user: Some(change.user),
                detail: json!({
                    "step": id, "action": change.action.name(), "reason": change.reason.name(), "range": change.range,
                }),
            });
        }
    }
    Ok(())
}

/// Hands the claim on a number that was released to make room for another to the step that may have to give it back.
pub(super) async fn pass_number_on(w: &mut Writing, open: &OpenStep) -> Result<(), Fault> {
    const PASS: &str = "UPDATE journal SET claims = 1
        WHERE tenant = $1 AND sync = $2 AND user_id = $3 AND number = $4 AND action = 'assign' AND claims = 0
            AND ended IS NULL";
    if open.change.part == Part::MakesRoom {
        let (user, number) = (open.change.user.to_string(), digits(open.change.number));
        execute!(&mut w.tx, PASS, w.tenant, &open.sync, user, number)?;
    }
    Ok(())
}
