//! Serves the queue for numbers: who had one before is served first, then everyone in the order of creation.

use super::case::Case;
use super::expected::{Awaits, awaits};
use super::former::{self, Claimant};
use super::grant::{Grant, grant, refusal};
use super::judge::Row;
use super::{Index, NoteKind, Reason, Stock, Wait};
use crate::directory::{Kind, UserId};
use crate::numbering::E164;
use crate::rules::{Pick, RuleSet};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How long a user waits after two different numbers were refused.
const REFUSED_REST: SignedDuration = SignedDuration::from_hours(24);

/// The queue while it is being served.
struct Queue<'i, 'w> {
    index: &'i Index<'w>,
    stocks: BTreeMap<usize, Stock>,
    promised: BTreeMap<E164, UserId>,
}

/// Serves everybody; answers the cases with their changes and notes.
pub(super) fn serve(index: &Index<'_>, mut joiners: Vec<Case>) -> Vec<Case> {
    joiners.sort_by_key(|case| {
        let created = case.stored.user.created;
        (created.is_none(), created, case.id())
    });
    let mut queue = Queue {
        index,
        stocks: BTreeMap::new(),
        promised: BTreeMap::new(),
    };
    let mut claimants = former::Claimants::new(index);
    let promised: Vec<Option<Claimant>> = joiners
        .iter_mut()
        .map(|case| queue.set_aside(case, &mut claimants))
        .collect();
    for (case, claim) in joiners.iter_mut().zip(promised) {
        queue.serve(case, claim);
    }
    joiners
}

impl Queue<'_, '_> {
    /// Sets a number aside for someone who is pinned to it or had it, before anyone else is served.
    fn set_aside(
        &mut self,
        case: &mut Case,
        claimants: &mut former::Claimants<'_>,
    ) -> Option<Claimant> {
        if !may_be_served(self.index, case) {
            return None;
        }
        let claim = claimants.claim_of(self.index, case)?;
        if self.promised.contains_key(&claim.number) {
            return None;
        }
        self.promised.insert(claim.number, case.id());
        if let Some(range) = self.index.world.rules.range_of(claim.number) {
            self.stock(range).take(claim.number);
        }
        Some(claim)
    }

    fn serve(&mut self, case: &mut Case, claim: Option<Claimant>) {
        let world = self.index.world;
        if !may_be_served(self.index, case) {
            return;
        }
        if let Some(claim) = claim {
            match refusal(self.index, case, claim.range, claim.is_bound_to_country()) {
                Some((kind, detail)) => note_range(world.rules, case, kind, claim.range, detail),
                None => grant(self.index, case, claim.into_grant()),
            }
            return;
        }
        if let Row::Pinned(number) = case.judged.row {
            let detail = format!("the pinned number {number} is not to be had");
            case.note(NoteKind::Conflict, detail);
            return;
        }
        if let Some((doubtful, detail)) = waits_for(self.index, case) {
            case.note(NoteKind::Conflict, detail);
            if let Some(note) = case.facts.notes.last_mut() {
                note.number = doubtful;
            }
            return;
        }
        let subject = case.subject(world);
        let voice = case.judged.licensing.voice;
        match world.rules.pick(subject, voice) {
            Some(pick) => self.by_rule(case, &pick),
            None if case.kind() == Kind::Person => {
                let near = world.rules.near_miss(subject, voice);
                case.note(NoteKind::NoRange, "no range fits this person");
                if let Some(near) = near {
                    let detail = near.sentence(world.rules);
                    note_range(world.rules, case, NoteKind::NearMiss, near.range, detail);
                }
            }
            None => {}
        }
    }

    /// The next free number of the picked range, then of its overflow.
    fn by_rule(&mut self, case: &mut Case, pick: &Pick) {
        let rules = self.index.world.rules;
        let name = rules.ranges()[pick.range].name.clone();
        if let Some((kind, detail)) = refusal(self.index, case, pick.range, true) {
            note_range(rules, case, kind, pick.range, detail);
            return;
        }
        let refused: BTreeSet<E164> = case
            .facts
            .refused
            .iter()
            .map(|(number, _)| *number)
            .chain(case.facts.renumber)
            .collect();
        for range in with_overflow(rules, pick.range) {
            if range != pick.range && refusal(self.index, case, range, true).is_some() {
                continue;
            }
            if let Some(number) = self.stock(range).take_next(case.id(), &refused) {
                note_ambiguous(rules, case, pick);
                let why = why(rules, pick.range, range);
                grant(
                    self.index,
                    case,
                    Grant {
                        number,
                        range,
                        reason: Reason::Rule,
                        why,
                    },
                );
                return;
            }
        }
        let detail = format!("{name} and its overflow have no number left that the rules may give");
        case.note_in(NoteKind::Exhausted, Some(&name), detail);
    }

    fn stock(&mut self, range: usize) -> &mut Stock {
        let index = self.index;
        let promised = &self.promised;
        self.stocks.entry(range).or_insert_with(|| {
            let mut stock = Stock::of(index, &index.world.rules.ranges()[range]);
            for number in promised.keys() {
                stock.take(*number);
            }
            stock
        })
    }
}

/// A number was reserved for this person and cannot be given: no other one is. Where it is not clear who is meant, the
/// number is told with the sentence.
fn waits_for(index: &Index<'_>, case: &Case) -> Option<(Option<E164>, String)> {
    match awaits(index, case) {
        Awaits::Nothing => None,
        Awaits::Doubt(number, detail) => Some((Some(number), detail)),
        Awaits::Number(number) => {
            let detail = format!(
                "{number}, which is reserved for this person, is not to be had; `linekeeper explain {number}` tells why"
            );
            Some((None, detail))
        }
    }
}

/// The clause that picked the range, and the overflow that had to help out.
fn why(rules: &RuleSet, picked: usize, given: usize) -> String {
    let clause = rules
        .condition(picked)
        .unwrap_or_else(|| "anyone".to_owned());
    if picked == given {
        return clause;
    }
    format!(
        "{clause}; {} has no number left",
        rules.ranges()[picked].name
    )
}

/// The range and its overflow ranges, depth first, each once.
pub(super) fn with_overflow(rules: &RuleSet, range: usize) -> Vec<usize> {
    let mut order = Vec::new();
    let mut open = vec![range];
    while let Some(at) = open.pop() {
        if !order.contains(&at) {
            order.push(at);
            open.extend(rules.ranges()[at].overflow.iter().rev());
        }
    }
    order
}

/// Whether nothing about the user himself stands against a number now; notes and times what does.
fn may_be_served(index: &Index<'_>, case: &mut Case) -> bool {
    let world = index.world;
    let retry = world.circumstances.by_hand;
    case.facts.notes.retain(|note| {
        !matches!(
            note.kind,
            NoteKind::LicenceNotReady | NoteKind::NotTeamsOnly | NoteKind::Refused
        )
    });
    match case.facts.wait.clone() {
        Some(Wait::Teams {
            kind, until, since, ..
        }) if world.now < until && !retry => {
            let detail = format!("Teams was not ready since {since}; tried again at {until}");
            case.note(kind, detail);
            case.due(Some(until));
            false
        }
        Some(Wait::Refused { since }) => {
            let until = since.checked_add(REFUSED_REST).unwrap_or(Timestamp::MAX);
            if world.now >= until {
                case.facts.wait = None;
                case.facts.refused.clear();
                return true;
            }
            let detail = format!("Teams refused two different numbers; tried again at {until}");
            case.note(NoteKind::Refused, detail);
            case.due(Some(until));
            false
        }
        _ => has_settled(index, case),
    }
}

/// `eligibility.settle`: so long after the licence was first seen and a read attribute last changed.
fn has_settled(index: &Index<'_>, case: &mut Case) -> bool {
    let world = index.world;
    let settle = world.settings.eligibility.settle;
    if settle.is_zero() {
        case.facts.settled_since = None;
        case.facts.settled_digest = None;
        return true;
    }
    let mut hash = Sha256::new();
    hash.update(case.judged.licensing.voice.to_string());
    for attribute in world.rules.reads() {
        hash.update(
            case.stored
                .user
                .attributes
                .get(*attribute)
                .unwrap_or_default(),
        );
        hash.update([0]);
    }
    let digest = super::draft::hex(&hash.finalize()[..8]);
    if case.facts.settled_digest.as_ref() != Some(&digest) {
        case.facts.settled_digest = Some(digest);
        case.facts.settled_since = Some(world.now);
    }
    let since = case.facts.settled_since.unwrap_or(world.now);
    let until = since.checked_add(settle).unwrap_or(Timestamp::MAX);
    if world.now < until {
        case.due(Some(until));
    }
    world.now >= until
}

/// Other ranges that would have fitted as well, of somebody who is being assigned.
fn note_ambiguous(rules: &RuleSet, case: &mut Case, pick: &Pick) {
    if pick.ambiguous.is_empty() {
        return;
    }
    let name = |at: &usize| rules.ranges()[*at].name.as_str();
    let others: Vec<&str> = pick.ambiguous.iter().map(name).collect();
    let picked = name(&pick.range);
    let detail = format!(
        "also fits {}, of the same priority; {picked} comes first",
        others.join(", ")
    );
    case.note_in(NoteKind::Ambiguous, Some(picked), detail);
}

fn note_range(rules: &RuleSet, case: &mut Case, kind: NoteKind, range: usize, detail: String) {
    let name = rules.ranges()[range].name.clone();
    case.note_in(kind, Some(&name), detail);
}
