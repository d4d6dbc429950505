//! What ends a holding: a release, its grace, what goes with it, and the ends that others have made.

use super::case::Case;
use super::draft::{Step, UserRecord, policy_step};
use super::holder::{Outlook, known_type, range_of};
use super::judge::Row;
use super::losses::first_missed;
use super::planner::Planner;
use super::upkeep::clears_phone;
use super::{Action, EndReason, Ending, Holding, Index, NoteKind, Reason, World};
use crate::numbering::{E164, Listed};
use crate::rules::{Range, ReleaseMode};
use jiff::{SignedDuration, Timestamp};

/// A number freed outside rests at least so long.
const OUTSIDE_REST: SignedDuration = SignedDuration::from_hours(24);

/// Plans the release if its time has come, else notes when it will; answers whether it is planned.
pub(super) fn release(
    planner: &mut Planner<'_>,
    case: &mut Case,
    holding: &Holding,
    reason: Reason,
    since: Timestamp,
) -> bool {
    let world = planner.index.world;
    let circumstances = world.circumstances;
    if !circumstances.complete
        || !circumstances.clock_agrees
        || world.settings.mode == super::Mode::AssignOnly
    {
        let detail = if world.settings.mode == super::Mode::AssignOnly {
            "would be released, but the mode is assign-only"
        } else {
            "would be released, but this sync releases nothing"
        };
        case.note(NoteKind::ReleaseDue, detail);
        return false;
    }
    if reason == Reason::Delicensed && !world.book.is_known() {
        case.note(
            NoteKind::ReleaseDue,
            "waits until the tenant's products can be read",
        );
        return false;
    }
    if let Some(due) = not_yet(planner, case, holding, reason, since) {
        case.due(due);
        return false;
    }
    count_dead_skus(planner, case, reason);
    let listed = planner.index.listed(holding.number);
    let step = release_step(&planner.index, holding, listed, reason);
    case.record = Some(UserRecord::of(&case.stored, listed));
    let followers = taken_along(world, case, &step);
    case.steps.push(step);
    case.steps.extend(followers);
    true
}

/// Whether grace, or a range that is released by hand only, stands against the release: notes it, and answers when it
/// has to be looked at again.
fn not_yet(
    planner: &Planner<'_>,
    case: &mut Case,
    holding: &Holding,
    reason: Reason,
    since: Timestamp,
) -> Option<Option<Timestamp>> {
    let world = planner.index.world;
    let range = range_of(&planner.index, holding.number);
    if range.is_some_and(|range| range.release == ReleaseMode::ByHand) {
        let detail = format!(
            "{} is released by hand only; use `linekeeper release`",
            holding.number
        );
        case.note_in(NoteKind::ReleaseDue, range.map(|r| r.name.as_str()), detail);
        return Some(None);
    }
    let due = since
        .checked_add(grace(&planner.index, range, reason))
        .ok()?;
    (world.now < due).then(|| {
        let detail = format!(
            "{} is released ({reason}) at {due} if nothing changes",
            holding.number
        );
        case.note_in(NoteKind::ReleaseDue, range.map(|r| r.name.as_str()), detail);
        Some(due)
    })
}

fn grace(index: &Index<'_>, range: Option<&Range>, reason: Reason) -> SignedDuration {
    let settings = index.world.settings;
    match reason {
        Reason::Deleted => range
            .and_then(|r| r.deleted_grace)
            .unwrap_or(settings.deleted_grace),
        _ => range.and_then(|r| r.grace).unwrap_or(settings.grace),
    }
}

/// A number that Teams has taken: recorded as a release once the grace has passed, or at once where somebody else has
/// the number by now; `Some`: the user may have it back.
pub(super) fn record_release(
    planner: &mut Planner<'_>,
    case: &mut Case,
    holding: &mut Holding,
    reason: Reason,
) -> Option<Outlook> {
    let world = planner.index.world;
    let missing = holding
        .missing
        .unwrap_or_else(|| first_missed(world, holding));
    holding.missing = Some(missing);
    if !world.circumstances.complete || !world.circumstances.clock_agrees {
        return None;
    }
    let returns = matches!(case.judged.row, Row::Eligible | Row::Pinned(_));
    let since = match case.judged.row {
        Row::Gone(gone) => gone.since,
        _ => *case.facts.unlicensed_since.get_or_insert(world.now),
    };
    let number = holding.number;
    let taken = planner.index.listed(number).and_then(Listed::holder);
    if !returns
        && taken.is_none()
        && let Some(due) = not_yet(planner, case, holding, reason, since)
    {
        case.due(due);
        return None;
    }
    case.record = Some(UserRecord::of(&case.stored, planner.index.listed(number)));
    case.facts.unlicensed_since = None;
    let step = made_by_teams(planner, holding, reason);
    if returns {
        case.steps.push(step);
        return Some(Outlook::Returns);
    }
    // Teams has made the release: there is nothing for the rest to wait for.
    let followers = taken_along(world, case, &step);
    case.steps.push(step);
    let alone = |step| Step {
        after: None,
        ..step
    };
    case.steps.extend(followers.into_iter().map(alone));
    Some(Outlook::Settled)
}

/// Ends the holding here too; the step only records what Teams did.
fn made_by_teams(planner: &mut Planner<'_>, holding: &Holding, reason: Reason) -> Step {
    let number = holding.number;
    planner.effects.ended.push(Ending {
        number,
        user: holding.user,
        reason: reason.into(),
        rest_until: rest_until(&planner.index, number, SignedDuration::ZERO),
    });
    Step {
        by_teams: true,
        why: format!("Teams has already taken {number} away"),
        ..release_step(&planner.index, holding, None, reason)
    }
}

pub(super) fn release_step(
    index: &Index<'_>,
    holding: &Holding,
    listed: Option<&Listed>,
    reason: Reason,
) -> Step {
    let range = range_of(index, holding.number);
    let number_type = listed.and_then(known_type).unwrap_or(holding.number_type);
    let why = match reason {
        Reason::Deleted => "the holder is no longer in the directory",
        Reason::Manual => "by hand",
        _ => "the holder has no usable Phone System licence any more",
    };
    Step {
        range: range
            .map(|r| r.name.clone())
            .or_else(|| holding.range.clone()),
        why: why.to_owned(),
        rest_seconds: range.map_or(0, |r| r.quarantine.as_secs()),
        ..Step::new(Action::Release, holding.number, number_type, reason)
    }
}

/// What goes with the number: the policies Linekeeper gave, and the profile's phone. Of somebody gone, nothing can be
/// taken any more.
pub(super) fn taken_along(world: &World<'_>, case: &mut Case, lead: &Step) -> Vec<Step> {
    if case.stored.gone.is_some() {
        return Vec::new();
    }
    let policies = case.facts.policies.iter().cloned();
    let takes_away = policies.map(|policy| policy_step(lead, policy, None));
    let mut steps: Vec<Step> = takes_away.collect();
    steps.extend(clears_phone(world, case, lead));
    steps
}

/// The end of a holding that somebody ended in Teams: the number rests like any other, at least a day.
pub(super) fn ending(index: &Index<'_>, holding: &Holding, reason: EndReason) -> Ending {
    let taken = index
        .listed(holding.number)
        .and_then(Listed::holder)
        .is_some();
    let least = if taken {
        SignedDuration::ZERO
    } else {
        OUTSIDE_REST
    };
    Ending {
        number: holding.number,
        user: holding.user,
        reason,
        rest_until: rest_until(index, holding.number, least),
    }
}

fn rest_until(index: &Index<'_>, number: E164, least: SignedDuration) -> Timestamp {
    let quarantine = range_of(index, number).map_or(SignedDuration::ZERO, |r| r.quarantine);
    let now = index.world.now;
    now.checked_add(quarantine.max(least))
        .unwrap_or(Timestamp::MAX)
}

fn count_dead_skus(planner: &mut Planner<'_>, case: &Case, reason: Reason) {
    let world = planner.index.world;
    if reason != Reason::Delicensed {
        return;
    }
    let dead = |sku: &&crate::directory::SkuId| !world.book.is_usable_sku(**sku);
    let assigned = |sku: &crate::directory::SkuId| {
        case.stored
            .user
            .licences
            .assigned
            .iter()
            .any(|licence| licence.sku == *sku)
    };
    for sku in world.state.anchor.holder_skus.keys().filter(dead) {
        *planner.dead_skus.entry(*sku).or_default() += u64::from(assigned(sku));
    }
}
