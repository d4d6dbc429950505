//! What is decided about a user who holds a number, or is shown in Teams with one.

use super::case::Case;
use super::draft::{Step, UserRecord, policy_step};
use super::judge::Row;
use super::losses::{Fate, end_reason, fate};
use super::outcome::{waiting_detail, waiting_kind};
use super::planner::Planner;
use super::{Action, EndReason, Ending, Holding, HoldingOrigin, Index, NoteKind, OpenStep, Reason};
use crate::directory::{Kind, VoiceLicence};
use crate::numbering::{E164, Listed, ListedType, NumberType};
use crate::rules::{Range, ReleaseMode};
use jiff::{SignedDuration, Timestamp};

/// A number freed outside rests at least so long.
const OUTSIDE_REST: SignedDuration = SignedDuration::from_hours(24);

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
    remember_skus(planner, case);
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
            let detail = doubt_detail(kind);
            case.note(kind, detail);
            let until = case
                .facts
                .pending_since
                .and_then(super::judge::pending_until);
            case.due(until);
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
    if !released {}
}

/// Plans the release if its time has come, else notes when it will; answers whether it is planned.
fn release(
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
    let policies = case.facts.policies.clone();
    let takes_away = policies
        .into_iter()
        .map(|policy| policy_step(&step, policy, None));
    let clears_phone = clears_phone(case, &step, world.settings.business_phone);
    let followers: Vec<Step> = takes_away.chain(clears_phone).collect();
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

/// A number that Teams has taken: recorded as a release once the grace has passed; `Some`: the user may have it back.
fn record_release(
    planner: &mut Planner<'_>,
    case: &mut Case,
    holding: &mut Holding,
    reason: Reason,
) -> Option<Outlook> {
    let world = planner.index.world;
    let missing = holding.missing.unwrap_or(super::Missing {
        since: world.now,
        last_in_place: world.state.anchor.numbers_read.unwrap_or(holding.since),
    });
    holding.missing = Some(missing);
    if !world.circumstances.complete || !world.circumstances.clock_agrees {
        return None;
    }
    let returns = matches!(case.judged.row, Row::Eligible | Row::Pinned(_));
    let since = match case.judged.row {
        Row::Gone(gone) => gone.since,
        _ => *case.facts.unlicensed_since.get_or_insert(world.now),
    };
    if !returns && let Some(due) = not_yet(planner, case, holding, reason, since) {
        case.due(due);
        return None;
    }
    let mut step = release_step(&planner.index, holding, None, reason);
    step.by_teams = true;
    step.why = format!("Teams has already taken {} away", holding.number);
    case.record = Some(UserRecord::of(
        &case.stored,
        planner.index.listed(holding.number),
    ));
    planner.effects.ended.push(Ending {
        number: holding.number,
        user: holding.user,
        reason: reason.into(),
        rest_until: rest_until(&planner.index, holding.number, SignedDuration::ZERO),
    });
    case.facts.unlicensed_since = None;
    case.steps.push(step);
    Some(if returns {
        Outlook::Returns
    } else {
        Outlook::Settled
    })
}

fn release_step(
    index: &Index<'_>,
    holding: &Holding,
    listed: Option<&Listed>,
    reason: Reason,
) -> Step {
    let range = range_of(index, holding.number);
    let number_type = listed.and_then(known_type).unwrap_or(holding.number_type);
    let why = match reason {
        Reason::Deleted => "the holder is no longer in the directory",
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

fn clears_phone(case: &Case, lead: &Step, wanted: bool) -> Option<Step> {
    let shown = case.stored.user.business_phone.as_deref()?;
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let ours = digits(shown) == digits(&lead.number.to_string());
    (wanted && ours && !case.stored.user.on_premises_synced && case.stored.gone.is_none()).then(
        || Step {
            range: lead.range.clone(),
            why: "the profile still shows the released number".to_owned(),
            after: Some(0),
            ..Step::new(
                Action::Profile { phone: None },
                lead.number,
                lead.number_type,
                lead.reason,
            )
        },
    )
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

/// Whether a number that Teams shows with this user is taken under management.
pub(super) fn may_adopt(index: &Index<'_>, case: &Case, line: &Listed) -> bool {
    let exempt = matches!(case.judged.row, Row::Exempt(_));
    let admitted =
        range_of(index, line.number).is_some_and(|range| range.kinds.contains(&case.kind()));
    let manageable = line.holder() == Some(case.id().0);
    index.world.settings.adopt
        && manageable
        && admitted
        && !exempt
        && index.open_step(line.number).is_none()
}

/// The holding and the change of an adoption.
pub(super) fn adoption(index: &Index<'_>, case: &Case, line: &Listed) -> (Holding, Step) {
    let range = range_of(index, line.number);
    let fallback = range.map_or(NumberType::DirectRouting, |r| r.number_type);
    let number_type = known_type(line).unwrap_or(fallback);
    let held_before = index.world.state.former.iter().any(|former| {
        former.user == case.id() && former.number == line.number && former.seen_licensed
    });
    let holding = Holding {
        number: line.number,
        user: case.id(),
        number_type,
        range: range.map(|r| r.name.clone()),
        origin: HoldingOrigin::Adopted,
        since: index.world.now,
        seen_licensed: held_before || case.judged.is_licensed_or_in_doubt(false),
        missing: None,
    };
    let step = Step {
        range: holding.range.clone(),
        why: "Teams shows the number with this person already".to_owned(),
        ..Step::new(Action::Adopt, line.number, number_type, Reason::Adopted)
    };
    (holding, step)
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
pub(super) fn remember_skus(planner: &mut Planner<'_>, case: &Case) {
    let book = planner.index.world.book;
    if case.judged.licensing.voice == VoiceLicence::None || case.stored.gone.is_some() {
        return;
    }
    let skus = book.phone_system_skus(&case.stored.user.licences);
    for sku in skus.filter(|sku| book.is_usable_sku(*sku)) {
        planner
            .holder_skus
            .entry(sku)
            .or_insert_with(|| book.name_of(sku));
    }
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

fn note_type(planner: &Planner<'_>, case: &mut Case, holding: &Holding) {
    let index = &planner.index;
    if let (Some(range), Some(listed)) = (
        range_of(index, holding.number),
        index.listed(holding.number),
    ) && let Some(detail) = super::inventory::type_mismatch(listed, range)
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

/// The sentence of a stale holder.
pub(super) fn stale_detail(number: E164) -> String {
    format!(
        "holds {number} without ever having been seen licensed; `linekeeper release` takes it back"
    )
}

const fn doubt_detail(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Lapsing => "the Phone System plan is suspended or locked out",
        _ => "a licence with Phone System is assigned, its plans have not arrived yet",
    }
}

fn range_of<'a>(index: &Index<'a>, number: E164) -> Option<&'a Range> {
    let rules = index.world.rules;
    rules.range_of(number).map(|at| &rules.ranges()[at])
}

fn known_type(listed: &Listed) -> Option<NumberType> {
    match listed.profile.number_type {
        ListedType::Known(known) => Some(known),
        ListedType::Other(_) => None,
    }
}
