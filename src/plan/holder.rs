//! What is decided about a user who holds a number, or is shown in Teams with one.

use super::adopt::stale_detail;
use super::case::Case;
use super::judge::Row;
use super::losses::{Fate, end_reason, fate};
use super::outcome::{waiting_detail, waiting_kind};
use super::planner::Planner;
use super::release::{ending, record_release, release};
use super::upkeep::keep_up;
use super::{EndReason, Holding, Index, NoteKind, OpenStep, Reason};
use crate::directory::{Kind, LicenceBook, SkuId, VoiceLicence};
use crate::numbering::{E164, Listed, ListedType, NumberType};
use crate::rules::Range;
use std::collections::BTreeMap;

/// What follows for a holder.
pub(super) enum Outlook {
    /// Nothing more to decide.
    Settled,
    /// The number left without a licence cause; whether that is believed depends on how many did.
    Lost(Holding, EndReason),
    /// The holding has ended: go on as for someone without a managed number.
    WithoutHolding,
    /// Teams took the number, and the user may have one again: first in the queue.
    Returns,
}

/// Decides about a managed holder.
pub(super) fn outlook(planner: &mut Planner<'_>, case: &mut Case, mut holding: Holding) -> Outlook {
    let before = holding.clone();
    holding.seen_licensed |= case
        .judged
        .is_licensed_or_in_doubt(case.stored.gone.is_some());
    remember_skus(planner.index.world.book, &mut planner.holder_skus, case);
    let fate = fate(
        &planner.index,
        &case.stored,
        &case.judged.licensing,
        &holding,
    );
    holding.missing = match &fate {
        Fate::Suspected(missing) => Some(*missing),
        Fate::InPlace => None,
        _ => holding.missing,
    };
    match fate {
        Fate::InPlace => keep_or_release(planner, case, &holding),
        Fate::Suspected(_) => {
            let detail = format!(
                "{} has left its holder in Teams; concluded if the next sync sees the same",
                holding.number
            );
            case.note(NoteKind::RemovedOutside, detail);
        }
        Fate::TakenByTeams(reason) => {
            if let Some(returns) = record_release(planner, case, &mut holding, reason) {
                return returns;
            }
        }
        Fate::Changed => {
            let reason = end_reason(&fate).unwrap_or(EndReason::ChangedOutside);
            planner
                .effects
                .ended
                .push(ending(&planner.index, &holding, reason));
            return Outlook::WithoutHolding;
        }
        Fate::TakenBy(_) | Fate::RemovedOutside => {
            let reason = end_reason(&fate).unwrap_or(EndReason::RemovedOutside);
            return Outlook::Lost(holding, reason);
        }
    }
    if holding != before {
        planner.effects.holdings.push(holding);
    }
    Outlook::Settled
}

/// The right column of the table, for a number that is in place.
fn keep_or_release(planner: &mut Planner<'_>, case: &mut Case, holding: &Holding) {
    let world = planner.index.world;
    note_type(planner, case, holding);
    let released = match case.judged.row.clone() {
        Row::Exempt(reason) => {
            case.note(NoteKind::Exempt, reason);
            false
        }
        Row::Gone(gone) => release(planner, case, holding, Reason::Deleted, gone.since),
        Row::InDoubt(kind) => {
            note_doubt(case, kind);
            false
        }
        Row::Unlicensed if holding.seen_licensed => {
            let since = *case.facts.unlicensed_since.get_or_insert(world.now);
            release(planner, case, holding, Reason::Delicensed, since)
        }
        Row::Unlicensed => {
            case.note(NoteKind::StaleHolder, stale_detail(holding.number));
            false
        }
        Row::NoTeams => {
            case.note(
                NoteKind::NoTeams,
                "has Phone System but no usable Teams plan",
            );
            false
        }
        Row::Pinned(number) if number != holding.number => {
            let detail = format!("holds {}, is pinned to {number}", holding.number);
            case.note(NoteKind::PinDiffers, detail);
            false
        }
        Row::Eligible => {
            note_drift(planner, case, holding);
            false
        }
        _ => false,
    };
    if case.judged.row != Row::Unlicensed {
        case.facts.unlicensed_since = None;
    }
    if !released {
        let (number, number_type) = (holding.number, holding.number_type);
        keep_up(&planner.index, case, number, number_type, Reason::Rule);
    }
}

/// Whether a user without a number stands in the queue; notes why not where the table says so.
pub(super) fn joins_the_queue(index: &Index<'_>, case: &mut Case) -> bool {
    let person = case.kind() == Kind::Person;
    let (kind, detail) = match case.judged.row.clone() {
        Row::Eligible | Row::Pinned(_) => return true,
        Row::InDoubt(kind) => {
            let until = case
                .facts
                .pending_since
                .and_then(super::judge::pending_until);
            case.due(until);
            (kind, doubt_detail(kind))
        }
        Row::NoTeams => (
            NoteKind::NoTeams,
            "has Phone System but no usable Teams plan",
        ),
        Row::Disabled => (NoteKind::Disabled, "the account is disabled"),
        Row::AwaitsPerson(kind) => (kind, "waits for a person: `linekeeper users resume`"),
        Row::Exempt(_) | Row::Gone(_) | Row::Unlicensed | Row::Excluded(_) | Row::GroupUnread => {
            return false;
        }
    };
    let served = person
        || index
            .world
            .rules
            .pick(case.subject(index.world), case.judged.licensing.voice)
            .is_some();
    if served {
        case.note(kind, detail);
    }
    false
}

/// Notes of a user whose change of an earlier plan has not ended.
pub(super) fn note_open_step(case: &mut Case, step: &OpenStep) {
    let change = &step.change;
    let kind = waiting_kind(change, step.error.as_ref());
    let detail = waiting_detail(change, step.error.as_ref());
    case.note_in(kind, change.range.as_deref(), detail);
}

/// Remembers which products bring Phone System to a holder.
pub(super) fn remember_skus(
    book: &LicenceBook,
    holder_skus: &mut BTreeMap<SkuId, String>,
    case: &Case,
) {
    if case.judged.licensing.voice == VoiceLicence::None || case.stored.gone.is_some() {
        return;
    }
    let skus = book.phone_system_skus(&case.stored.user.licences);
    for sku in skus.filter(|sku| book.is_usable_sku(*sku)) {
        holder_skus.entry(sku).or_insert_with(|| book.name_of(sku));
    }
}

fn note_type(planner: &Planner<'_>, case: &mut Case, holding: &Holding) {
    let index = &planner.index;
    if let (Some(range), Some(listed)) = (
        range_of(index, holding.number),
        index.listed(holding.number),
    ) && index.migration_of(&range.name).is_none()
        && let Some(detail) = super::inventory::type_mismatch(listed, range)
    {
        case.note_in(NoteKind::TypeMismatch, Some(&range.name), detail);
    }
}

/// Says which range the rules would pick now, when it is not the one the number lies in or an overflow of it.
fn note_drift(planner: &Planner<'_>, case: &mut Case, holding: &Holding) {
    let world = planner.index.world;
    let rules = world.rules;
    let Some(pick) = rules.pick(case.subject(world), case.judged.licensing.voice) else {
        return;
    };
    let lies_in = rules.range_of(holding.number);
    let moves = lies_in.and_then(|at| planner.index.migration_of(&rules.ranges()[at].name));
    if moves.is_some() {
        return;
    }
    let fits =
        lies_in.is_some_and(|at| super::assign::with_overflow(rules, pick.range).contains(&at));
    if !fits {
        let picked = &rules.ranges()[pick.range].name;
        let lies = lies_in.map_or("no range", |at| rules.ranges()[at].name.as_str());
        let detail = format!(
            "keeps {} of {lies}; the rules would pick {picked} now",
            holding.number
        );
        case.note_in(NoteKind::Drift, Some(picked), detail);
    }
}

/// Notes the doubt, and has the user decided again when a pending licence is no longer believed.
fn note_doubt(case: &mut Case, kind: NoteKind) {
    case.note(kind, doubt_detail(kind));
    let since = case.facts.pending_since;
    case.due(since.and_then(super::judge::pending_until));
}

const fn doubt_detail(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Lapsing => "the Phone System plan is suspended or locked out",
        _ => "a licence with Phone System is assigned, its plans have not arrived yet",
    }
}

/// The range that declares the number.
pub(super) fn range_of<'a>(index: &Index<'a>, number: E164) -> Option<&'a Range> {
    let rules = index.world.rules;
    rules.range_of(number).map(|at| &rules.ranges()[at])
}

/// The listed type, where this version knows it.
pub(super) fn known_type(listed: &Listed) -> Option<NumberType> {
    match listed.profile.number_type {
        ListedType::Known(known) => Some(known),
        ListedType::Other(_) => None,
    }
}
