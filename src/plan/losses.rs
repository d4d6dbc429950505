//! Managed numbers that Teams no longer shows with their holder: what that means.

use super::{EndReason, Holding, Index, Missing, Reason, StoredUser, World};
use crate::directory::{Licensing, UserId, VoiceLicence};
use crate::numbering::{Listed, NumberType};
use jiff::Timestamp;

/// What became of a holding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Teams shows it with its holder.
    InPlace,
    /// The holder has another primary number in Teams: a person changed it.
    Changed,
    /// Somebody else holds it in Teams.
    TakenBy(UserId),
    /// Teams took it away, because the licence went or the holder did.
    TakenByTeams(Reason),
    /// It is gone and no licence explains it; seen for the first time.
    Suspected(Missing),
    /// The same, seen in a second sync.
    RemovedOutside,
}

/// What became of the holding of a user.
#[must_use]
pub(super) fn fate(
    index: &Index<'_>,
    stored: &StoredUser,
    licensing: &Licensing,
    holding: &Holding,
) -> Fate {
    if index.in_place(holding) {
        return Fate::InPlace;
    }
    let other_line = index
        .primary_of(holding.user)
        .filter(|line| line.number != holding.number);
    if other_line.is_some() {
        return Fate::Changed;
    }
    let missing = holding
        .missing
        .unwrap_or_else(|| first_missed(index.world, holding));
    if let Some(reason) = licence_cause(stored, licensing, holding, missing) {
        return Fate::TakenByTeams(reason);
    }
    if let Some(taker) = index.listed(holding.number).and_then(Listed::holder) {
        return Fate::TakenBy(UserId(taker));
    }
    match holding.missing {
        Some(_) => Fate::RemovedOutside,
        None => Fate::Suspected(missing),
    }
}

/// A holding that this sync misses for the first time, last in place at the sync before.
pub(super) fn first_missed(world: &World<'_>, holding: &Holding) -> Missing {
    let last_read = world.state.anchor.numbers_read.unwrap_or(holding.since);
    Missing {
        since: world.now,
        last_in_place: last_read.max(holding.since),
    }
}

/// Why Teams itself would have taken the number: the holder is gone, lacks a plan the number needs, or had that plan
/// assigned anew after the number was last seen in place.
fn licence_cause(
    stored: &StoredUser,
    licensing: &Licensing,
    holding: &Holding,
    missing: Missing,
) -> Option<Reason> {
    if stored.gone.is_some() {
        return Some(Reason::Deleted);
    }
    let needs_calling_plan = holding.number_type == NumberType::CallingPlan;
    let usable = match licensing.voice {
        VoiceLicence::None => false,
        VoiceLicence::PhoneSystem => !needs_calling_plan,
        VoiceLicence::CallingPlan => true,
    };
    let dates = stored.user.plan_dates;
    let renewed = |date: Option<Timestamp>| date.is_some_and(|date| date > missing.last_in_place);
    let assigned_anew =
        renewed(dates.phone_system) || (needs_calling_plan && renewed(dates.calling_plan));
    (!usable || assigned_anew).then_some(Reason::Delicensed)
}

/// Why a holding ended that a person ended in Teams.
#[must_use]
pub(super) fn end_reason(fate: &Fate) -> Option<EndReason> {
    match fate {
        Fate::Changed => Some(EndReason::ChangedOutside),
        Fate::TakenBy(_) | Fate::RemovedOutside => Some(EndReason::RemovedOutside),
        _ => None,
    }
}
