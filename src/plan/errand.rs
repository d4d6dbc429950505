//! Many orders by hand as one plan: each person's own. What cannot be had for one is told and stops nobody else.
//!
//! A saved plan keeps its orders as [`settled`] makes them: they name their numbers, so that the same plan is made again
//! when it is applied, whatever was picked for others in between.

use super::case::Case;
use super::draft::{Draft, plan};
use super::hand::{draft, granted, hand_over, release};
use super::hand_check::{self as check, who};
use super::refusal::{Holder, Refusal};
use super::{Action, Change, Index, Note, NoteKind, Part, Stock, StoredUser, World};
use super::{assign::with_overflow, judge::Row};
use crate::directory::UserId;
use crate::numbering::E164;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is ordered for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// Whom it concerns.
    pub user: UserId,
    /// What the person shall end with.
    pub aim: Aim,
    /// Why, for the plan and the history.
    pub why: String,
    /// When the person last had the number: while it rests since then, it rests for nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub had_until: Option<Timestamp>,
}

/// What somebody shall end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// This number, in exchange for another one if need be.
    Number(E164),
    /// None, if it is this one that is held; the rules give no other until a person says so.
    Without(E164),
    /// Another number of the range the rules pick now, or of its overflow.
    Another,
    /// The same, but only as long as the present number lies elsewhere.
    Drifted,
    /// What there is: nothing is done, and a note about the number says why.
    Left(E164),
}

/// A draft of many orders, with what stands against some of them.
#[derive(Clone, Debug)]
pub struct Errands {
    draft: Draft,
    notes: Vec<Note>,
    refused: Vec<(UserId, Option<E164>, Refusal)>,
}

impl Errands {
    /// People whom refusals name by id only.
    #[must_use]
    pub fn holders(&mut self) -> BTreeSet<UserId> {
        let refused = self.refused.iter_mut();
        let holders = refused.filter_map(|(_, _, refusal)| refusal.holder_mut());
        holders.map(|holder| holder.user).collect()
    }

    /// The draft with a note for everybody whose order cannot be carried out. `names`: UPNs of the people named in them.
    #[must_use]
    pub fn into_draft(self, names: &BTreeMap<UserId, String>) -> Draft {
        let mut notes = self.notes;
        for (user, number, mut refusal) in self.refused {
            if let Some(holder) = refusal.holder_mut() {
                let upn = names.get(&holder.user);
                holder.upn = upn.filter(|upn| !upn.is_empty()).cloned();
            }
            notes.push(Note {
                kind: refusal.note_kind(),
                user: Some(user),
                number,
                range: None,
                detail: refusal.to_string(),
            });
        }
        let mut draft = self.draft;
        draft.plan = plan(draft.plan.changes, notes);
        draft
    }
}

/// Plans what is ordered. It decides about nobody else, as everything by hand.
#[must_use]
pub fn errands(world: &World<'_>, people: Vec<StoredUser>, wanted: &[Errand]) -> Errands {
    let index = Index::new(world);
    let mut queue = Queue::new(&index, wanted);
    let orders: BTreeMap<UserId, &Errand> = wanted.iter().map(|it| (it.user, it)).collect();
    let mut cases: Vec<Case> = people
        .into_iter()
        .map(|stored| Case::open(world, stored))
        .collect();
    cases.sort_by_key(|case| {
        let created = case.stored.user.created;
        (created.is_none(), created, case.id())
    });
    let (mut notes, mut refused) = (Vec::new(), Vec::new());
    let known: BTreeSet<UserId> = cases.iter().map(Case::id).collect();
    for id in orders.keys().filter(|id| !known.contains(id)) {
        refused.push((*id, None, Refusal::UnknownUser(id.to_string())));
    }
    let upns = cases.iter().map(|case| (case.id(), case.stored.user.upn()));
    let names = upns.map(|(id, upn)| (id, upn.to_owned())).collect();
    for case in &mut cases {
        let Some(errand) = orders.get(&case.id()) else {
            continue;
        };
        if let Aim::Left(number) = errand.aim {
            notes.push(left(case, number, &errand.why));
        } else if let Err(refusal) = queue.run(case, errand) {
            // Half of an order is none.
            case.steps.clear();
            refused.push((case.id(), errand.aim.number(), refusal));
        }
    }
    let mut draft = draft(&index, cases, Vec::new());
    draft.names = names;
    for change in &mut draft.plan.changes {
        change.bulk = true;
    }
    Errands {
        draft,
        notes,
        refused,
    }
}

/// The same orders with the numbers that the changes give, and only where there is a change.
#[must_use]
pub fn settled(wanted: &[Errand], changes: &[Change]) -> Vec<Errand> {
    let aim_of = |user: UserId| {
        let mut theirs = changes.iter().filter(|change| change.user == user);
        theirs.find_map(|change| {
            let aim = match (&change.action, change.part) {
                (Action::Assign, Part::GivesBack) => return None,
                (Action::Assign, _) => Aim::Number(change.number),
                (Action::Release, Part::Holds) => Aim::Without(change.number),
                _ => return None,
            };
            Some((aim, change.why.clone()))
        })
    };
    let settle = |errand: &Errand| {
        let (aim, why) = aim_of(errand.user)?;
        Some(Errand {
            aim,
            why,
            ..errand.clone()
        })
    };
    wanted.iter().filter_map(settle).collect()
}

impl Aim {
    const fn number(self) -> Option<E164> {
        match self {
            Self::Number(number) | Self::Without(number) | Self::Left(number) => Some(number),
            Self::Another | Self::Drifted => None,
        }
    }
}

fn left(case: &Case, number: E164, why: &str) -> Note {
    Note {
        kind: NoteKind::Conflict,
        user: Some(case.id()),
        number: Some(number),
        range: None,
        detail: why.to_owned(),
    }
}

/// The orders while they are carried out: what one person is given is gone for everybody after.
struct Queue<'i, 'w> {
    index: &'i Index<'w>,
    stocks: BTreeMap<usize, Stock>,
    promised: BTreeMap<E164, UserId>,
}

impl<'i, 'w> Queue<'i, 'w> {
    /// Numbers that orders name are picked for nobody else.
    fn new(index: &'i Index<'w>, wanted: &[Errand]) -> Self {
        let mut promised = BTreeMap::new();
        for errand in wanted {
            if let Aim::Number(number) = errand.aim {
                promised.entry(number).or_insert(errand.user);
            }
        }
        Self {
            index,
            stocks: BTreeMap::new(),
            promised,
        }
    }

    fn run(&mut self, case: &mut Case, errand: &Errand) -> Result<(), Refusal> {
        match errand.aim {
            Aim::Number(number) => self.this(case, number, errand),
            Aim::Without(number) => self.without(case, number, errand),
            Aim::Another => self.picked(case, errand, false),
            Aim::Drifted => self.picked(case, errand, true),
            Aim::Left(_) => Ok(()),
        }
    }

    /// This very number; what is so already is done.
    fn this(&self, case: &mut Case, number: E164, errand: &Errand) -> Result<(), Refusal> {
        let index = self.index;
        let line = index.primary_of(case.id());
        if line.is_some_and(|line| line.number == number) {
            return Ok(());
        }
        check::user(index, case)?;
        let range = index.world.rules.range_of(number);
        let range = range.ok_or(Refusal::OutsideRanges { number })?;
        check::number(index, case, range, number, errand.had_until)?;
        if let Some(other) = self.promised.get(&number).filter(|who| **who != case.id()) {
            let holder = Holder::from(*other);
            return Err(Refusal::Claimed { number, holder });
        }
        hand_over(index, case, granted(number, range, errand.why.clone()))
    }

    /// No number any more; what the person has got otherwise stays.
    fn without(&self, case: &mut Case, number: E164, errand: &Errand) -> Result<(), Refusal> {
        let index = self.index;
        let line = index.primary_of(case.id()).map(|line| line.number);
        let booked = || index.holding_of(case.id()).map(|held| held.number);
        match line.or_else(booked) {
            None => Ok(()),
            Some(held) if held == number => {
                release(index, case, Part::Holds)?;
                case.steps[0].why.clone_from(&errand.why);
                Ok(())
            }
            Some(held) => Err(Refusal::HasOther {
                who: who(case),
                number: held,
            }),
        }
    }

    /// Another number, as the rules pick the range now; with `drifted` only for whoever has one of elsewhere.
    fn picked(&mut self, case: &mut Case, errand: &Errand, drifted: bool) -> Result<(), Refusal> {
        let (index, rules) = (self.index, self.index.world.rules);
        check::user(index, case)?;
        let who = who(case);
        let Some(line) = index.primary_of(case.id()) else {
            return Err(Refusal::NothingHeld { who });
        };
        if drifted && case.judged.row != Row::Eligible {
            return Ok(());
        }
        match case.facts.pin {
            Some(number) if number == line.number => {
                return Err(Refusal::PinnedHere { who, number });
            }
            Some(number) => return self.this(case, number, errand),
            None => {}
        }
        let pick = rules.pick(case.subject(index.world), case.judged.licensing.voice);
        let pick = pick.ok_or(Refusal::NoRange { who })?;
        let ranges = with_overflow(rules, pick.range);
        let lies_in = rules.range_of(line.number);
        if drifted && lies_in.is_some_and(|at| ranges.contains(&at)) {
            return Ok(());
        }
        check::from_range(index, case, pick.range)?;
        let name = rules.ranges()[pick.range].name.clone();
        let why = format!("{}; the rules pick {name}", errand.why);
        for range in ranges {
            if check::from_range(index, case, range).is_ok()
                && let Some(number) = self.next_of(case, range)
            {
                return hand_over(index, case, granted(number, range, why));
            }
        }
        Err(Refusal::Exhausted { range: name })
    }

    fn next_of(&mut self, case: &Case, range: usize) -> Option<E164> {
        let (index, promised) = (self.index, &self.promised);
        let stock = self.stocks.entry(range).or_insert_with(|| {
            let mut stock = Stock::of(index, &index.world.rules.ranges()[range]);
            for number in promised.keys() {
                stock.take(*number);
            }
            stock
        });
        let refused = case.facts.refused.iter().map(|(number, _)| *number);
        let refused: BTreeSet<E164> = refused.chain(case.facts.renumber).collect();
        stock.take_any(case.id(), &refused)
    }
}
