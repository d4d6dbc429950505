//! Suspended ranges and paused tenants.

use super::{Desk, OverrideError};
use crate::plan::{Pause, Refusal, State, Suspended, Suspension, suspended, to_come};
use crate::report::{RangeSuspension, TenantPause};
use crate::rules::RuleSet;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Has a range give nothing for now; who holds a number of it keeps it.
///
/// # Errors
/// An unknown range, or the database.
pub async fn suspend_range(
    desk: &Desk<'_>,
    rules: &RuleSet,
    range: &str,
    reason: &str,
) -> Result<RangeSuspension, OverrideError> {
    let state = desk.records.state(desk.now).await?;
    if rules.range(range).is_none() {
        let range = range.to_owned();
        return Err(Refusal::UnknownRange { range }.into());
    }
    let before = state.suspended.get(range);
    let suspension = Suspension {
        reason: reason.to_owned(),
        since: before.map_or(desk.now, |before| before.since),
    };
    let changed = before != Some(&suspension);
    if changed {
        let set = desk
            .records
            .set_suspension(range, Some(&suspension), desk.by, desk.now);
        set.await?;
    }
    Ok(of_range(desk, range, Some(suspension), changed))
}

/// Lets a range give numbers again, also one that was suspended because Teams refused several people in a row. While its
/// operator is suspended it still gives none.
///
/// # Errors
/// A range that is neither declared nor suspended, or the database.
pub async fn resume_range(
    desk: &Desk<'_>,
    rules: &RuleSet,
    range: &str,
) -> Result<RangeSuspension, OverrideError> {
    let state = desk.records.state(desk.now).await?;
    let changed = state.suspended.contains_key(range);
    if !changed && rules.range(range).is_none() {
        let range = range.to_owned();
        return Err(Refusal::UnknownRange { range }.into());
    }
    if changed {
        let taken_back = desk.records.set_suspension(range, None, desk.by, desk.now);
        taken_back.await?;
    }
    Ok(of_range(
        desk,
        range,
        by_operator(rules, range, &state),
        changed,
    ))
}

/// What keeps a range from giving numbers that is not suspended itself: the suspension of its operator.
fn by_operator(rules: &RuleSet, range: &str, state: &State) -> Option<Suspension> {
    let declared = rules.range(range)?;
    let itself = BTreeMap::new();
    match suspended(rules, declared, &itself, &state.suspended_operators)? {
        Suspended::Range(suspension) => Some(suspension.clone()),
        Suspended::Operator {
            name, suspension, ..
        } => Some(Suspension {
            reason: format!("its operator {name} is suspended ({})", suspension.reason),
            since: suspension.since,
        }),
    }
}

fn of_range(
    desk: &Desk<'_>,
    range: &str,
    suspension: Option<Suspension>,
    changed: bool,
) -> RangeSuspension {
    RangeSuspension {
        tenant: desk.settings.tenant.clone(),
        range: range.to_owned(),
        suspended: suspension.is_some(),
        since: suspension.as_ref().map(|suspension| suspension.since),
        reason: suspension.map(|suspension| suspension.reason),
        changed,
    }
}

/// Stops every write to Teams, until a time or until it is taken back; a sync under way stops before its next one.
///
/// # Errors
/// A time that has passed, or the database.
pub async fn pause(
    desk: &Desk<'_>,
    reason: &str,
    until: Option<Timestamp>,
) -> Result<TenantPause, OverrideError> {
    to_come(until, desk.now)?;
    let pause = Pause {
        reason: reason.to_owned(),
        until,
    };
    let changed = desk.records.state(desk.now).await?.pause.as_ref() != Some(&pause);
    if changed {
        let set = desk.records.set_pause(Some(&pause), desk.by, desk.now);
        set.await?;
    }
    Ok(of_tenant(desk, Some(pause), changed))
}

/// Lets a paused tenant write again.
///
/// # Errors
/// The database.
pub async fn resume(desk: &Desk<'_>) -> Result<TenantPause, OverrideError> {
    let changed = desk.records.state(desk.now).await?.pause.is_some();
    if changed {
        desk.records.set_pause(None, desk.by, desk.now).await?;
    }
    Ok(of_tenant(desk, None, changed))
}

fn of_tenant(desk: &Desk<'_>, pause: Option<Pause>, changed: bool) -> TenantPause {
    TenantPause {
        tenant: desk.settings.tenant.clone(),
        paused: pause.is_some(),
        until: pause.as_ref().and_then(|pause| pause.until),
        reason: pause.map(|pause| pause.reason),
        changed,
    }
}
