//! Whether a person may give a certain number to a certain user: everything but what only Teams knows.

use super::case::Case;
use super::former::{fits, rests_since_another};
use super::grant::refusal;
use super::inventory::entry;
use super::refusal::{Holder, Refusal};
use super::{Index, Suspended};
use crate::directory::{UserId, VoiceLicence};
use crate::numbering::{E164, NumberState, NumberType};
use crate::rules::Range;
use jiff::Timestamp;

/// Whether anything can be given to this user now.
pub(super) fn user(index: &Index<'_>, case: &Case) -> Result<(), Refusal> {
    not_busy(index, case)?;
    if case.stored.gone.is_some() {
        return Err(Refusal::Gone { who: who(case) });
    }
    if case.judged.licensing.voice == VoiceLicence::None {
        return Err(Refusal::Unlicensed { who: who(case) });
    }
    Ok(())
}

/// Whether nothing earlier is still under way for this user.
pub(super) fn not_busy(index: &Index<'_>, case: &Case) -> Result<(), Refusal> {
    if let Some((mover, migration)) = index.mover_of(case.id())
        && mover.has_begun(migration)
    {
        return Err(Refusal::Migrating {
            who: who(case),
            number: mover.number,
            range: migration.range.clone(),
        });
    }
    match index.open_step_of(case.id()) {
        None => Ok(()),
        Some(step) => Err(Refusal::Busy {
            who: who(case),
            action: step.change.action.name(),
            number: step.change.number,
        }),
    }
}

/// How the user is called in messages.
pub(super) fn who(case: &Case) -> String {
    match case.stored.user.upn() {
        "" => case.id().to_string(),
        upn => upn.to_owned(),
    }
}

/// Whether this number of this range may be given to the user by hand. `had_until`: when the user last had it, where that
/// is known; a rest since then is no hindrance.
pub(super) fn number(
    index: &Index<'_>,
    case: &Case,
    range: usize,
    number: E164,
    had_until: Option<Timestamp>,
) -> Result<(), Refusal> {
    let declared = &index.world.rules.ranges()[range];
    licence(case, declared.number_type, || number.to_string())?;
    state(index, case, declared, number, had_until)?;
    from_range(index, case, range)
}

/// Whether the range gives anything to this user.
pub(super) fn from_range(index: &Index<'_>, case: &Case, range: usize) -> Result<(), Refusal> {
    let declared = &index.world.rules.ranges()[range];
    licence(case, declared.number_type, || {
        format!("the range {}", declared.name)
    })?;
    if let Some(suspended) = index.world.state.suspends(index.world.rules, declared) {
        return Err(closed(&declared.name, suspended));
    }
    match refusal(index, case, range, true) {
        None => Ok(()),
        Some((kind, detail)) => Err(Refusal::Range { kind, detail }),
    }
}

/// A range that is suspended, or whose operator is.
fn closed(range: &str, suspended: Suspended<'_>) -> Refusal {
    let range = range.to_owned();
    let reason = suspended.suspension().reason.clone();
    match suspended {
        Suspended::Range(_) => Refusal::Suspended { range, reason },
        Suspended::Operator { name, country, .. } => Refusal::OperatorSuspended {
            range,
            operator: name.to_owned(),
            country,
            reason,
        },
    }
}

fn licence(
    case: &Case,
    number_type: NumberType,
    what: impl FnOnce() -> String,
) -> Result<(), Refusal> {
    let voice = case.judged.licensing.voice;
    if fits(voice, number_type) {
        return Ok(());
    }
    Err(Refusal::WrongType {
        what: what(),
        number_type,
        who: who(case),
        licence: voice,
    })
}

/// Whether the number is to be had: reserved ones are, for people.
fn state(
    index: &Index<'_>,
    case: &Case,
    range: &Range,
    number: E164,
    had_until: Option<Timestamp>,
) -> Result<(), Refusal> {
    let now = index.world.now;
    let found = entry(index, range, number);
    let other = found.user.filter(|user| *user != case.id());
    let holder = |user: UserId| Holder::from(user);
    match (found.state, other) {
        (NumberState::Assigned, Some(user)) => {
            let holder = holder(user);
            return Err(Refusal::Taken { number, holder });
        }
        (NumberState::Claimed, Some(user)) => {
            let holder = holder(user);
            return Err(Refusal::Claimed { number, holder });
        }
        (NumberState::Foreign, other) => return Err(foreign(index, number, other)),
        (NumberState::Never, _) if case.facts.pin != Some(number) => {
            let range = range.name.clone();
            return Err(Refusal::Never { number, range });
        }
        (NumberState::Absent, _) => return Err(absent(index, range, number)),
        _ => {}
    }
    kept_for_another(index, case, number)?;
    let facts = index.facts(number);
    let blocked = facts.and_then(|facts| facts.blocked_until);
    if let Some(until) = blocked.filter(|until| now < *until) {
        return Err(Refusal::Blocked { number, until });
    }
    let mut former = index.world.state.former.iter();
    let theirs = former.find(|former| former.user == case.id() && former.number == number);
    if rests_since_another(index, number, had_until.max(theirs.map(|had| had.ended))) {
        let until = facts.and_then(|facts| facts.rest_until).unwrap_or(now);
        return Err(Refusal::Resting { number, until });
    }
    Ok(())
}

/// Pinned to somebody else, or set aside for them by name.
fn kept_for_another(index: &Index<'_>, case: &Case, number: E164) -> Result<(), Refusal> {
    let pinned = index.pinned_to(number);
    if let Some(user) = pinned.filter(|pinned| *pinned != case.id()) {
        let holder = Holder::from(user);
        return Err(Refusal::PinnedToAnother { number, holder });
    }
    match index.is_for_another(number, &case.stored) {
        true => Err(reserved(index, number)),
        false => Ok(()),
    }
}

/// Set aside by name for somebody else.
pub(super) fn reserved(index: &Index<'_>, number: E164) -> Refusal {
    let whom = index.reserved_for(number).unwrap_or_default().to_owned();
    Refusal::ReservedFor { number, whom }
}

/// Held in Teams by somebody whom Linekeeper does not manage, or by something that is no person.
fn foreign(index: &Index<'_>, number: E164, other: Option<UserId>) -> Refusal {
    let line_of = index.listed(number).and_then(|l| l.primary_line_of());
    match other.filter(|user| line_of == Some(user.0)) {
        Some(user) => Refusal::Taken {
            number,
            holder: Holder::from(user),
        },
        None => Refusal::Foreign { number },
    }
}

/// A number that cannot be assigned, and why.
pub(super) fn absent(index: &Index<'_>, range: &Range, number: E164) -> Refusal {
    let from = range.assignable_at(number);
    let why = match (from, index.listed(number)) {
        (Some(from), _) if index.world.now < from => {
            format!(
                "the rules give it from {from} on; wait until then, or change `from` in the rule file"
            )
        }
        (_, None) => {
            "the tenant does not list it; buy it in the Teams admin centre or have the operator upload it, and ask again"
                .to_owned()
        }
        (_, Some(_)) => format!(
            "Teams does not list it as an activated {} number for users; activate it in the Teams admin centre, or \
             correct the `type` of the range",
            range.number_type
        ),
    };
    Refusal::Absent {
        number,
        range: range.name.clone(),
        why,
    }
}
