//! Plans what a person asks for: a number for somebody, another one, or none. Pure, as every plan.

use super::assign::with_overflow;
use super::case::Case;
use super::draft::{Draft, Effects, Step, UserRecord, in_order, plan};
use super::errand::{Errand, errands};
use super::former::Claimants;
use super::grant::{Grant, grant};
use super::hand_check::{self as check, who};
use super::hand_exchange::{exchange, taken_back};
use super::hand_profile::show;
use super::holder::remember_skus;
use super::judge::Row;
use super::moving::turn;
use super::refusal::Refusal;
use super::release::{ending, release_step, taken_along};
use super::{
    Action, EndReason, Ending, Index, Mode, Mover, Note, NoteKind, Part, Reason, Stock, StoredUser,
    World, advances,
};
use crate::directory::UserId;
use crate::numbering::{E164, Listed};
use std::collections::{BTreeMap, BTreeSet};

/// What a person asks for, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// Whom it concerns.
    pub people: Vec<UserId>,
    /// What is asked for.
    pub wish: Wish,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A number: this one, or the next one of this range, or what the rules pick. Whoever has one gets another.
    Assign {
        /// This number.
        number: Option<E164>,
        /// From this range.
        range: Option<String>,
    },
    /// No number any more. Unless `renumber`, the rules give none until somebody says so.
    Release {
        /// The rules give another one at the next sync.
        renumber: bool,
    },
    /// No number any more for those who were never seen licensed; the others keep theirs.
    ReleaseStale,
    /// What comes next in a migration for those of them whose turn has come.
    Migrate,
    /// Many orders as one plan. What cannot be had for one person is a note and stops nobody else.
    Errands(Vec<Errand>),
    /// These numbers in the profiles of guests, and nothing in Teams.
    Profile {
        /// Whose profile shows which.
        phones: BTreeMap<UserId, E164>,
    },
}

/// The plan of what is asked for. It decides about nobody: marks, notes and waits stay as they are until the next sync.
///
/// # Errors
/// Why it is refused. What is so already is no error but an empty plan.
pub fn by_hand(world: &World<'_>, people: Vec<StoredUser>, wish: &Wish) -> Result<Draft, Refusal> {
    if let Wish::Errands(wanted) = wish {
        return Ok(errands(world, people, wanted).into_draft(&BTreeMap::new()));
    }
    if let Some(pause) = &world.state.pause {
        let reason = pause.reason.clone();
        return Err(Refusal::Paused { reason });
    }
    let index = Index::new(world);
    let mut cases: Vec<Case> = people
        .into_iter()
        .map(|stored| Case::open(world, stored))
        .collect();
    cases.sort_by_key(Case::id);
    let mut movers = Vec::new();
    for case in &mut cases {
        match wish {
            // Whoever is left out of the migration is for the next sync to decide about.
            Wish::Migrate => {
                turn(&index, case, &mut movers);
            }
            Wish::Assign { number, range } => assign(&index, case, *number, range.as_deref())?,
            Wish::Release { renumber: true } => release(&index, case, Part::Renumbers)?,
            Wish::Release { renumber: false } => release(&index, case, Part::Holds)?,
            Wish::ReleaseStale if is_stale(&index, case) => release(&index, case, Part::Plain)?,
            Wish::ReleaseStale | Wish::Errands(_) => {}
            Wish::Profile { phones } => {
                if let Some(number) = phones.get(&case.id()) {
                    show(&index, case, *number)?;
                }
            }
        }
    }
    Ok(draft(&index, cases, movers))
}

/// The draft of these cases: it decides about nobody.
pub(super) fn draft(index: &Index<'_>, cases: Vec<Case>, movers: Vec<Mover>) -> Draft {
    let world = index.world;
    let ended: Vec<Ending> = cases
        .iter()
        .filter_map(|case| left_behind(index, case))
        .collect();
    let mut holder_skus = BTreeMap::new();
    let assigns = |case: &&Case| case.steps.iter().any(|s| s.action == Action::Assign);
    for case in cases.iter().filter(assigns) {
        remember_skus(world.book, &mut holder_skus, case);
    }
    // Of the notes only this one says why something that was asked for is not done.
    let unwritable = |note: &&Note| note.kind == NoteKind::ProfileReadOnly;
    let notes = cases.iter().filter(|case| case.steps.is_empty());
    let notes = notes.flat_map(|case| case.facts.notes.iter().filter(unwritable));
    let notes = notes.cloned().collect();
    let steps = cases
        .into_iter()
        .filter_map(|case| Some((case.record?, case.steps)));
    let changes = in_order(steps.collect());
    let held: BTreeSet<E164> = world.state.holdings.iter().map(|h| h.number).collect();
    let releases = changes.iter().filter(|c| c.action == Action::Release);
    let released = releases.filter(|c| held.contains(&c.number)).count();
    Draft {
        plan: plan(changes, notes),
        keep: (held.len() - released - ended.len()) as u64,
        effects: Effects {
            ended,
            advances: advances(
                world.state.migrations.values(),
                &world.state.movers,
                &movers,
            ),
            movers,
            ..Effects::default()
        },
        names: BTreeMap::new(),
        waiting: 0,
        holders: held.len() as u64,
        holder_skus,
        dead_skus: BTreeMap::new(),
        losses_concluded: 0,
    }
}

/// The managed number that the person no longer has in Teams, when another one is given or taken: whoever took it away
/// freed it outside, and it rests as such. What is asked for itself ends with its own step.
fn left_behind(index: &Index<'_>, case: &Case) -> Option<Ending> {
    let held = index.holding_of(case.id())?;
    let concerned = case.steps.iter().any(|step| step.number == held.number);
    (!case.steps.is_empty() && !concerned && !index.in_place(held))
        .then(|| ending(index, held, EndReason::ChangedOutside))
}

fn assign(
    index: &Index<'_>,
    case: &mut Case,
    number: Option<E164>,
    range: Option<&str>,
) -> Result<(), Refusal> {
    check::user(index, case)?;
    let line = index.primary_of(case.id());
    let number = number.or(case.facts.pin.filter(|_| range.is_none()));
    if number.is_some() && line.map(|line| line.number) == number {
        return Ok(());
    }
    let given = match (number, range) {
        (Some(number), range) => certain(index, case, number, range)?,
        (None, Some(range)) => out_of(index, case, line, range)?,
        (None, None) => by_rule(index, case, line)?,
    };
    hand_over(index, case, given)
}

/// Gives the number: in exchange to whoever has one.
pub(super) fn hand_over(index: &Index<'_>, case: &mut Case, given: Grant) -> Result<(), Refusal> {
    match index.primary_of(case.id()) {
        None => grant(index, case, given),
        Some(line) => exchange(index, case, line, given)?,
    }
    Ok(())
}

/// This very number.
fn certain(
    index: &Index<'_>,
    case: &Case,
    number: E164,
    wanted: Option<&str>,
) -> Result<Grant, Refusal> {
    let rules = index.world.rules;
    let range = rules
        .range_of(number)
        .ok_or(Refusal::OutsideRanges { number })?;
    let lies_in = &rules.ranges()[range].name;
    if let Some(wanted) = wanted.filter(|wanted| wanted != lies_in) {
        return Err(Refusal::OtherRange {
            number,
            lies_in: lies_in.clone(),
            range: wanted.to_owned(),
        });
    }
    check::number(index, case, range, number, None)?;
    Ok(granted(number, range, "by hand".to_owned()))
}

/// The next free number of this range, whatever it keeps free.
fn out_of(
    index: &Index<'_>,
    case: &Case,
    line: Option<&Listed>,
    name: &str,
) -> Result<Grant, Refusal> {
    let rules = index.world.rules;
    let named = rules.ranges().iter().position(|range| range.name == name);
    let range = named.ok_or_else(|| Refusal::UnknownRange {
        range: name.to_owned(),
    })?;
    has_none_of(index, case, line, &[range])?;
    check::from_range(index, case, range)?;
    next_of(index, case, range)
        .map(|number| granted(number, range, format!("by hand, from the range {name}")))
        .ok_or_else(|| Refusal::Exhausted {
            range: name.to_owned(),
        })
}

/// What the rules pick: the number the person had before, or the next one of the range that fits and its overflow.
fn by_rule(index: &Index<'_>, case: &mut Case, line: Option<&Listed>) -> Result<Grant, Refusal> {
    let world = index.world;
    case.judged.row = Row::Eligible;
    if line.is_none()
        && let Some(claim) = Claimants::new(index).claim_of(index, case)
    {
        check::from_range(index, case, claim.range)?;
        return Ok(Grant {
            reason: Reason::Manual,
            ..claim.into_grant()
        });
    }
    let pick = world
        .rules
        .pick(case.subject(world), case.judged.licensing.voice)
        .ok_or_else(|| Refusal::NoRange { who: who(case) })?;
    let ranges = with_overflow(world.rules, pick.range);
    has_none_of(index, case, line, &ranges)?;
    check::from_range(index, case, pick.range)?;
    let name = &world.rules.ranges()[pick.range].name;
    let mut open = ranges
        .into_iter()
        .filter(|range| check::from_range(index, case, *range).is_ok());
    open.find_map(|range| {
        let number = next_of(index, case, range)?;
        Some(granted(
            number,
            range,
            format!("by hand; the rules pick {name}"),
        ))
    })
    .ok_or_else(|| Refusal::Exhausted {
        range: name.clone(),
    })
}

pub(super) fn granted(number: E164, range: usize, why: String) -> Grant {
    Grant {
        number,
        range,
        reason: Reason::Manual,
        why,
    }
}

fn next_of(index: &Index<'_>, case: &Case, range: usize) -> Option<E164> {
    let refused = case.facts.refused.iter().map(|(number, _)| *number);
    let refused: BTreeSet<E164> = refused.chain(case.facts.renumber).collect();
    Stock::of(index, &index.world.rules.ranges()[range]).take_any(case.id(), &refused)
}

/// Asking twice gives no second number: whoever has one of these ranges has to name the number to change to.
fn has_none_of(
    index: &Index<'_>,
    case: &Case,
    line: Option<&Listed>,
    ranges: &[usize],
) -> Result<(), Refusal> {
    let lies_in = |line: &&Listed| index.world.rules.range_of(line.number);
    let has = |line: &&Listed| lies_in(line).is_some_and(|range| ranges.contains(&range));
    match line.filter(has) {
        Some(line) => Err(Refusal::HasOne {
            who: who(case),
            number: line.number,
        }),
        None => Ok(()),
    }
}

pub(super) fn release(index: &Index<'_>, case: &mut Case, part: Part) -> Result<(), Refusal> {
    check::not_busy(index, case)?;
    let line = index.primary_of(case.id());
    let held = match (line, index.holding_of(case.id())) {
        (Some(line), _) => taken_back(index, case, line)?,
        (None, Some(_)) if index.world.settings.mode == Mode::AssignOnly => {
            return Err(Refusal::AssignOnly);
        }
        (None, Some(held)) => held.clone(),
        (None, None) => return Err(Refusal::NothingHeld { who: who(case) }),
    };
    let listed = index.listed(held.number);
    let step = Step {
        part,
        ..release_step(index, &held, listed, Reason::Manual)
    };
    let followers = taken_along(index.world, case, &step);
    case.record = Some(UserRecord::of(&case.stored, listed));
    case.steps.push(step);
    case.steps.extend(followers);
    Ok(())
}

/// Holds a managed number without a licence, and was never seen with one.
fn is_stale(index: &Index<'_>, case: &Case) -> bool {
    let held = index.holding_of(case.id());
    let unlicensed = case.judged.row == Row::Unlicensed;
    unlicensed
        && held.is_some_and(|held| !held.seen_licensed && index.in_place(held))
        && index.open_step_of(case.id()).is_none()
}
