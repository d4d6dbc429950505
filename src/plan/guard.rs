//! The guard rails: pure functions over a draft. What is over a limit is held whole, never "up to the limit".

use super::draft::Draft;
use super::{Action, Change, ChangeStatus, PlanStatus, Reason, Unmatched, World};
use std::collections::BTreeSet;

/// What a person has allowed for this sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// `--approve`: the two brakes are lifted, nothing else.
    pub brakes: bool,
    /// A person has approved exactly the changes this plan is limited to: no list of changes is held again.
    pub listed: bool,
}

/// Holds what must not happen by itself. The changes keep their places; held ones are marked.
#[must_use]
pub fn guard(mut draft: Draft, world: &World<'_>, approval: Approval) -> Draft {
    let mut held = std::mem::take(&mut draft.plan.held_because);
    if !approval.brakes && !approval.listed {
        held.extend(release_brake(&mut draft, world));
        held.extend(assignment_brake(&mut draft, world));
    }
    if !approval.listed {
        held.extend(dead_products(&mut draft));
    }
    held.extend(half_seen(&mut draft, world));
    hold_followers(&mut draft.plan.changes);
    if world
        .state
        .pause
        .as_ref()
        .is_some_and(|p| p.until.is_none_or(|until| world.now < until))
    {
        draft
            .plan
            .changes
            .iter_mut()
            .filter(|c| !super::planner::is_recorded_only(c))
            .for_each(hold);
        let reason = world
            .state
            .pause
            .as_ref()
            .map_or("", |pause| pause.reason.as_str());
        held.push(format!(
            "the tenant is paused ({reason}): `linekeeper resume` lets it write again"
        ));
    }
    if !world.circumstances.clock_agrees {
        held.push("this machine's clock is more than five minutes off Graph's: nothing is released and no rest ends until it is right".to_owned());
    }
    if approval.brakes || approval.listed {
        draft
            .plan
            .changes
            .iter_mut()
            .for_each(|change| change.approved = true);
    }
    if !held.is_empty() {
        draft.plan.status = PlanStatus::Held;
    }
    draft.plan.held_because = held;
    draft
}

/// Holds everything a changed rule set wants: it is taken up as a whole or not at all.
#[must_use]
pub fn hold_changed_rules(mut draft: Draft, unmatched: &Unmatched, percent: u64) -> Draft {
    draft.plan.changes.iter_mut().for_each(hold);
    draft.plan.status = PlanStatus::Held;
    let because = format!(
        "the rules have changed: {}, more than safety.max_unmatched_percent allows ({percent}); nothing is decided by the new \
         rules before somebody approves",
        unmatched.sentence()
    );
    draft.plan.held_because = vec![because];
    draft
}

/// How many releases by rule 24 hours may see: the smaller of count and share, but at least 3 or the count.
#[must_use]
pub fn release_limit(world: &World<'_>) -> u64 {
    let safety = world.settings.safety;
    let share = world.state.holdings.len() as u64 * safety.max_release_percent / 100;
    let least = safety.max_releases.min(3);
    safety.max_releases.min(share).max(least)
}

fn counts_as_release(change: &Change) -> bool {
    let braked = change.bulk || change.reason != Reason::Manual;
    change.action == Action::Release && !change.by_teams && braked
}

/// What many have been ordered to lose by hand waits, as every release, until all is seen and the clock is right.
fn half_seen(draft: &mut Draft, world: &World<'_>) -> Option<String> {
    let circumstances = world.circumstances;
    let ordered = |c: &Change| c.bulk && c.action == Action::Release;
    let unsure = !circumstances.complete || !circumstances.clock_agrees;
    if !unsure || !draft.plan.changes.iter().any(ordered) {
        return None;
    }
    let releases = draft.plan.changes.iter_mut().filter(|c| ordered(c));
    releases.for_each(hold);
    // A clock that is off is told by itself.
    (!circumstances.complete).then(|| {
        "the read of the users did not end properly: nothing is released by a plan made by hand"
            .to_owned()
    })
}

fn release_brake(draft: &mut Draft, world: &World<'_>) -> Option<String> {
    let limit = release_limit(world);
    let planned = draft
        .plan
        .changes
        .iter()
        .filter(|c| counts_as_release(c))
        .count() as u64;
    let before = world.state.brake.releases;
    if planned == 0 || planned + before <= limit {
        return None;
    }
    let cause = common_cause(&draft.plan.changes, planned);
    draft
        .plan
        .changes
        .iter_mut()
        .filter(|c| counts_as_release(c))
        .for_each(hold);
    Some(format!(
        "{planned} releases, with {before} of the last 24 hours, are more than the release brake allows ({limit}){cause}"
    ))
}

fn assignment_brake(draft: &mut Draft, world: &World<'_>) -> Option<String> {
    let limit = world.settings.safety.max_assignments;
    let by_rule = |c: &Change| c.action == Action::Assign && c.reason == Reason::Rule;
    let planned = draft.plan.changes.iter().filter(|c| by_rule(c)).count() as u64;
    let before = world.state.brake.assignments;
    if limit == 0 || planned == 0 || planned + before <= limit {
        return None;
    }
    draft
        .plan
        .changes
        .iter_mut()
        .filter(|c| by_rule(c))
        .for_each(hold);
    Some(format!(
        "{planned} assignments by rule, with {before} of the last 24 hours, are more than the assignment brake allows ({limit})"
    ))
}

/// A product that brought Phone System to managed holders is gone or dead: releases for lost licence are held.
fn dead_products(draft: &mut Draft) -> Option<String> {
    let delicensed = |c: &Change| counts_as_release(c) && c.reason == Reason::Delicensed;
    if draft.dead_skus.is_empty() || !draft.plan.changes.iter().any(delicensed) {
        return None;
    }
    draft
        .plan
        .changes
        .iter_mut()
        .filter(|c| delicensed(c))
        .for_each(hold);
    let names: Vec<String> = draft.dead_skus.keys().map(ToString::to_string).collect();
    Some(format!(
        "the product {} brought Phone System to holders and is no longer subscribed or no longer active: releases for lost licence are held",
        names.join(", ")
    ))
}

/// One cause behind more than half of many releases, named.
fn common_cause(changes: &[Change], planned: u64) -> String {
    let of = |reason| {
        changes
            .iter()
            .filter(|c| counts_as_release(c) && c.reason == reason)
            .count() as u64
    };
    for (reason, text) in [
        (Reason::Deleted, "the holders are gone from the directory"),
        (
            Reason::Delicensed,
            "the holders lost their Phone System licence",
        ),
    ] {
        if planned >= 4 && of(reason) * 2 > planned {
            return format!("; {} of them because {text}", of(reason));
        }
    }
    String::new()
}

fn hold(change: &mut Change) {
    change.status = ChangeStatus::Held;
}

/// A change that follows a held one is held as well, and what follows that.
fn hold_followers(changes: &mut [Change]) {
    let mut held: BTreeSet<u32> = BTreeSet::new();
    for change in changes {
        if change.after.is_some_and(|after| held.contains(&after)) {
            hold(change);
        }
        if change.status == ChangeStatus::Held {
            held.insert(change.seq);
        }
    }
}
