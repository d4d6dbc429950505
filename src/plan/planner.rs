//! Makes a plan: considers users one by one, in any order, and finishes with everything in its place.

use super::adopt;
use super::assign::serve;
use super::case::Case;
use super::draft::{Draft, Effects, Step, UserRecord, in_order, plan};
use super::holder::{self, Outlook};
use super::losses::first_missed;
use super::moving::{self, Turn};
use super::release::ending;
use super::tenant_notes::tenant_notes;
use super::upkeep::keep_up;
use super::{Action, Change, Note, Reason};
use super::{EndReason, Ending, FactsUpdate, Holding, Index, NoteKind, StoredUser, Wait, World};
use crate::directory::{Kind, SkuId};
use crate::numbering::{E164, Listed};
use std::collections::{BTreeMap, BTreeSet};

/// Collects decisions. Memory grows with the users of whom something is to be said, not with all users.
pub struct Planner<'a> {
    pub(super) index: Index<'a>,
    pub(super) effects: Effects,
    pub(super) holder_skus: BTreeMap<SkuId, String>,
    pub(super) dead_skus: BTreeMap<SkuId, u64>,
    settled: Vec<Case>,
    joiners: Vec<Case>,
    losses: Vec<(Case, Holding, EndReason)>,
    adoptions: Vec<(Case, Listed)>,
}

impl<'a> Planner<'a> {
    /// A planner over a world.
    #[must_use]
    pub fn new(world: &'a World<'a>) -> Self {
        Self {
            index: Index::new(world),
            effects: Effects::default(),
            holder_skus: BTreeMap::new(),
            dead_skus: BTreeMap::new(),
            settled: Vec::new(),
            joiners: Vec::new(),
            losses: Vec::new(),
            adoptions: Vec::new(),
        }
    }

    /// The look-ups, for whoever decides which users to consider.
    #[must_use]
    pub fn index(&self) -> &Index<'a> {
        &self.index
    }

    /// Considers one user. Each user is considered at most once.
    pub fn consider(&mut self, stored: StoredUser) {
        let mut case = Case::open(self.index.world, stored);
        self.effects.decided.push(case.id());
        if case.stored.gone.is_none() {
            for (kind, detail) in super::judge::licence_notes(&case.judged.licensing) {
                case.note(kind, detail);
            }
        }
        if let Some(step) = self.index.open_step_of(case.id()) {
            holder::note_open_step(&mut case, step);
            self.settle(case);
            return;
        }
        if moving::turn(&self.index, &mut case, &mut self.effects.movers) == Turn::Settled {
            self.settle(case);
            return;
        }
        match self.index.holding_of(case.id()) {
            Some(holding) => self.consider_holder(case, holding.clone()),
            None => self.consider_without(case),
        }
    }

    /// The numbers set aside by name for people who would get them now: whether somebody else answers to the name is to
    /// be found out from everybody, with [`Planner::witness`].
    #[must_use]
    pub fn sought(&self) -> BTreeSet<E164> {
        let expected = &self.index.expected;
        let joiners = self.joiners.iter();
        joiners
            .flat_map(|case| expected.numbers_for(&case.stored))
            .collect()
    }

    /// Looks at anybody as one who may be meant by a number set aside by name.
    pub fn witness(&mut self, sought: &BTreeSet<E164>, stored: &StoredUser) {
        self.index.expected.witness(sought, stored);
    }

    fn consider_holder(&mut self, mut case: Case, holding: Holding) {
        match holder::outlook(self, &mut case, holding) {
            Outlook::Settled => self.settle(case),
            Outlook::Lost(holding, reason) => self.losses.push((case, holding, reason)),
            Outlook::WithoutHolding => self.consider_without(case),
            Outlook::Returns => self.joiners.push(case),
        }
    }

    /// A user who holds nothing under management: adopts what Teams shows, or joins the queue.
    fn consider_without(&mut self, mut case: Case) {
        if case.stored.gone.is_some() {
            self.settle(case);
            return;
        }
        match self.index.primary_of(case.id()) {
            Some(line) if adopt::may_adopt(&self.index, &case, line) => {
                self.adoptions.push((case, line.clone()));
            }
            Some(line) => {
                note_unmanaged(&mut case, line);
                self.settle(case);
            }
            None if holder::joins_the_queue(&self.index, &mut case) => self.joiners.push(case),
            None => self.settle(case),
        }
    }

    /// Keeps a case that is done with, unless nothing follows from it: that is how it is with nearly everybody.
    fn settle(&mut self, case: Case) {
        if !case.is_without_consequence() {
            self.settled.push(case);
        }
    }

    /// Puts everything in order: losses concluded or not, adoptions, then the queue for numbers.
    #[must_use]
    pub fn finish(mut self) -> Draft {
        let limit = super::guard::release_limit(self.index.world);
        let losses = std::mem::take(&mut self.losses);
        let losses_concluded = losses.len() as u64;
        let conclude = losses_concluded <= limit;
        for (case, holding, reason) in losses {
            self.lose(case, holding, reason, conclude);
        }
        self.adopt_what_is_nobodys();
        self.settled.sort_by_key(Case::id);
        let joiners = std::mem::take(&mut self.joiners);
        self.settled.extend(serve(&self.index, joiners));
        let mut draft = self.into_draft();
        if !conclude {
            draft.plan.status = super::PlanStatus::Held;
            draft.plan.held_because.push(format!(
                "{losses_concluded} managed numbers have left their holders without a licence cause, more than the release \
                 brake allows ({limit}): nothing is concluded and no number becomes free; look at who changed numbers in Teams"
            ));
        }
        draft.losses_concluded = if conclude { losses_concluded } else { 0 };
        draft
    }

    /// Adopts what no one else holds under management any more. What this very plan releases, or has not concluded to
    /// be lost, has to wait for the next one.
    fn adopt_what_is_nobodys(&mut self) {
        let left = |reason| {
            matches!(
                reason,
                EndReason::RemovedOutside | EndReason::ChangedOutside
            )
        };
        let ended = self.effects.ended.iter().filter(|e| left(e.reason));
        let ended: BTreeSet<E164> = ended.map(|ending| ending.number).collect();
        for (mut case, line) in std::mem::take(&mut self.adoptions) {
            if self.index.holding(line.number).is_none() || ended.contains(&line.number) {
                self.adopt(case, &line);
            } else {
                note_unmanaged(&mut case, &line);
                self.settled.push(case);
            }
        }
    }

    fn lose(&mut self, mut case: Case, mut holding: Holding, reason: EndReason, conclude: bool) {
        let number = holding.number;
        if conclude {
            let detail = format!(
                "{number} was taken away in Teams; the person gets no number until `linekeeper users resume`"
            );
            case.note(NoteKind::RemovedOutside, detail);
            case.facts.wait = Some(Wait::RemovedOutside);
            self.effects
                .ended
                .push(ending(&self.index, &holding, reason));
        } else {
            let detail =
                format!("{number} has left its holder; nothing is concluded while too many have");
            case.note(NoteKind::RemovedOutside, detail);
            let missing = first_missed(self.index.world, &holding);
            holding.missing.get_or_insert(missing);
            self.effects.holdings.push(holding);
        }
        self.settled.push(case);
    }

    fn adopt(&mut self, mut case: Case, line: &Listed) {
        let (holding, step) = adopt::adoption(&self.index, &case, line);
        if !holding.seen_licensed {
            case.note(NoteKind::StaleHolder, adopt::stale_detail(line.number));
        }
        if let Some(range) = self.index.world.rules.range_of(line.number) {
            let range = &self.index.world.rules.ranges()[range];
            let moves = self.index.migration_of(&range.name).is_some();
            if let Some(detail) = super::inventory::type_mismatch(line, range).filter(|_| !moves) {
                case.note_in(NoteKind::TypeMismatch, Some(&range.name), detail);
            }
        }
        case.facts.wait = None;
        case.record = Some(UserRecord::of(&case.stored, Some(line)));
        case.steps.push(step);
        let (number, number_type) = (line.number, holding.number_type);
        keep_up(&self.index, &mut case, number, number_type, Reason::Adopted);
        holder::remember_skus(self.index.world.book, &mut self.holder_skus, &case);
        self.effects.adopted.push(holding);
        self.settled.push(case);
    }

    fn into_draft(mut self) -> Draft {
        let mut notes: Vec<Note> = Vec::new();
        let mut steps: Vec<(UserRecord, Vec<Step>)> = Vec::new();
        let mut waiting = 0;
        let mut names = BTreeMap::new();
        for mut case in std::mem::take(&mut self.settled) {
            case.facts.notes.sort();
            waiting += u64::from(case.facts.notes.iter().any(|note| is_waiting(note.kind)));
            if !case.facts.notes.is_empty() {
                names.insert(case.id(), case.stored.user.upn().to_owned());
            }
            if case.steps.iter().any(|step| step.action == Action::Assign) {
                holder::remember_skus(self.index.world.book, &mut self.holder_skus, &case);
            }
            notes.extend(case.facts.notes.iter().cloned());
            if case.facts != case.stored.facts {
                let user = case.id();
                self.effects.facts.push(FactsUpdate {
                    user,
                    facts: case.facts,
                });
            }
            if let (Some(record), false) = (case.record, case.steps.is_empty()) {
                steps.push((record, case.steps));
            }
        }
        notes.extend(tenant_notes(&self.index));
        self.arrange_effects();
        let changes: Vec<Change> = in_order(steps);
        let keep = self.left_alone(&changes);
        Draft {
            plan: plan(changes, notes),
            names,
            keep,
            waiting,
            holders: self.index.world.state.holdings.len() as u64,
            holder_skus: self.holder_skus,
            dead_skus: self.dead_skus,
            losses_concluded: 0,
            effects: self.effects,
        }
    }

    /// Puts what is written beside the changes in order, and sees which waves of migrations begin or end with it.
    fn arrange_effects(&mut self) {
        let state = self.index.world.state;
        let effects = &mut self.effects;
        effects.advances =
            super::advances(state.migrations.values(), &state.movers, &effects.movers);
        effects
            .movers
            .sort_by_key(|mover| (mover.migration, mover.number));
        effects.decided.sort_unstable();
        effects.adopted.sort_by_key(|holding| holding.number);
        effects.ended.sort_by_key(|ending| ending.number);
        effects.holdings.sort_by_key(|holding| holding.number);
        effects.facts.sort_by_key(|update| update.user);
    }

    /// How many managed holders this plan leaves alone: all whose holding it neither releases nor ends.
    fn left_alone(&self, changes: &[Change]) -> u64 {
        let released = changes
            .iter()
            .filter(|c| c.action == Action::Release)
            .map(|c| c.number);
        let ended = self.effects.ended.iter().map(|ending| ending.number);
        let touched: BTreeSet<E164> = released.chain(ended).collect();
        (self.index.world.state.holdings.len()
            - touched.len().min(self.index.world.state.holdings.len())) as u64
    }
}

fn note_unmanaged(case: &mut Case, line: &Listed) {
    if case.kind() == Kind::Person {
        let detail = format!("holds {}, which is not managed", line.number);
        case.note(NoteKind::UnmanagedNumber, detail);
    }
}

/// Whether a note means that its user waits for something.
#[must_use]
pub const fn is_waiting(kind: NoteKind) -> bool {
    matches!(
        kind,
        NoteKind::Exhausted
            | NoteKind::CountryMismatch
            | NoteKind::LicenceNotReady
            | NoteKind::Suspended
            | NoteKind::PolicyMissing
            | NoteKind::NoLocation
            | NoteKind::RemovedOutside
            | NoteKind::ReleasedByHand
            | NoteKind::Refused
            | NoteKind::NotTeamsOnly
            | NoteKind::LicencePending
            | NoteKind::Conflict
    )
}

/// Whether a user with this note is decided in every sync, because what it waits for can pass unseen.
#[must_use]
pub const fn is_decided_again(kind: NoteKind) -> bool {
    is_waiting(kind)
        || matches!(
            kind,
            NoteKind::UnmanagedNumber | NoteKind::ReleaseDue | NoteKind::ReleaseBlocked
        )
}

/// Steps that adopt or record need no write to Graph.
#[must_use]
pub fn is_recorded_only(change: &Change) -> bool {
    change.by_teams || change.action == Action::Adopt
}

impl Ending {
    /// The facts of the number once the holding has ended.
    #[must_use]
    pub fn facts(
        &self,
        before: Option<&super::NumberFacts>,
        now: jiff::Timestamp,
    ) -> super::NumberFacts {
        super::NumberFacts {
            freed: Some(now),
            rest_until: Some(self.rest_until),
            ..before.cloned().unwrap_or_default()
        }
    }
}
