//! Claim: what the claiming transaction writes, and what the tenant remembers from then on.

use super::observe::{Directory, Numbers};
use super::sync::Course;
use super::{Claim, MadeWith, RoundMode, Selection, SyncId};
use crate::apply::{JournalError, StepId, Task, to_be_made};
use crate::plan::{Anchor, Change, Draft, Mode, State, StepState, is_recorded_only};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl Course<'_> {
    /// Claims what the guard lets through, and writes all else the plan decided, in one transaction.
    pub(super) async fn claim(
        &self,
        id: &SyncId,
        draft: &Draft,
        state: &State,
        anchor: Anchor,
        everyone: bool,
        now: Timestamp,
    ) -> Result<(Vec<Task>, BTreeSet<u32>), JournalError> {
        let changes = match self.tenant.settings.mode {
            Mode::Observe => Vec::new(),
            Mode::AssignOnly | Mode::Apply => {
                to_be_made(&draft.plan).into_iter().cloned().collect()
            }
        };
        let limited = self.request.selection.is_some() || self.request.people().is_some();
        let rules = self.to_be_kept(&state.anchor, &anchor);
        let mut claim = claim_of(draft, state, changes, anchor, everyone && !limited, now);
        claim.rules = rules;
        claim.made_with = self.made_with();
        // An order decides about nobody: what follows from it is for the next sync to see.
        let ordered = self.request.hand.iter().flat_map(|hand| &hand.people);
        claim.still_undecided.extend(ordered);
        let lost: BTreeSet<u32> = self
            .tenant
            .ledger
            .claim(self.fence, id, &claim, now)
            .await?
            .into_iter()
            .collect();
        claim.recorded.iter().for_each(tell_recorded);
        let mut rows: BTreeMap<u32, StepId> = BTreeMap::new();
        for step in self.tenant.ledger.open_steps().await? {
            if step.sync == *id && step.state == StepState::Claimed {
                rows.insert(step.change.seq, StepId(step.id));
            }
        }
        let task = |change: Change| {
            Some(Task {
                id: *rows.get(&change.seq)?,
                change,
                attempts: 0,
            })
        };
        Ok((claim.changes.into_iter().filter_map(task).collect(), lost))
    }

    /// The rules that decide, as the audit trail names them.
    pub(super) fn made_with(&self) -> MadeWith {
        let described = self.tenant.rules.described();
        MadeWith {
            commit: described.commit,
            dirty: described.dirty,
        }
    }

    /// Whether the number list of this run is remembered as the last one read. A run that is limited to people, or to
    /// what was approved, decides about nobody else: what the list shows of others is for the next sync to find, which
    /// asks when each number was last seen in place. The first list of all is remembered whoever reads it, for nothing is
    /// managed before it.
    pub(super) fn remembers_numbers(&self, state: &State) -> bool {
        let approved = matches!(self.request.selection, Some(Selection::Approved(_)));
        let limited = approved || self.request.people().is_some();
        !limited || state.anchor.numbers_read.is_none()
    }

    pub(super) fn anchor(
        &self,
        directory: &Directory,
        numbers: &Numbers,
        draft: &Draft,
        state: &State,
        everyone: Option<String>,
        now: Timestamp,
    ) -> Anchor {
        let before = &state.anchor;
        let users = &directory.users;
        let full = users.mode == RoundMode::Full
            && users.incomplete.is_none()
            && self.request.read_by_id().is_none();
        let limited = self.request.selection.is_some();
        let decided = everyone.filter(|_| users.any && !limited);
        let mut holder_skus = draft.holder_skus.clone();
        if decided.is_none() || !draft.dead_skus.is_empty() {
            holder_skus.extend(before.holder_skus.clone());
        }
        let (numbers_read, numbers_listed) = if self.remembers_numbers(state) {
            (Some(now), numbers.listing.len() as u64)
        } else {
            (before.numbers_read, before.numbers_listed)
        };
        Anchor {
            full_read: if full { Some(now) } else { before.full_read },
            numbers_read,
            numbers_listed,
            rules_digest: if decided.is_some() {
                Some(self.rules.digest().clone())
            } else {
                before.rules_digest.clone()
            },
            rules_kept: match decided.is_some() {
                true => Some(self.rules.digest().clone()),
                false => before.rules_kept.clone(),
            },
            settings_digest: decided.or_else(|| before.settings_digest.clone()),
            skus: directory
                .skus
                .clone()
                .unwrap_or_else(|| before.skus.clone()),
            distrusted: before.distrusted && !full,
            holder_skus,
        }
    }
}

/// One line for a change that needed no write to Graph.
fn tell_recorded(change: &Change) {
    let (number, range, user) = (change.number, change.range.as_deref(), change.user);
    let (action, reason) = (change.action.name(), change.reason);
    tracing::info!(action, %number, range, %user, %reason, status = "succeeded", "change recorded");
}

/// Everything the claiming transaction writes.
fn claim_of(
    draft: &Draft,
    state: &State,
    changes: Vec<Change>,
    anchor: Anchor,
    everyone: bool,
    now: Timestamp,
) -> Claim {
    let effects = draft.effects.clone();
    let claimed: BTreeSet<u32> = changes.iter().map(|change| change.seq).collect();
    let open = |c: &&Change| !claimed.contains(&c.seq) && !is_recorded_only(c);
    let still_undecided: BTreeSet<_> = draft
        .plan
        .changes
        .iter()
        .filter(open)
        .map(|c| c.user)
        .collect();
    let mut numbers = effects.numbers;
    numbers.extend(effects.ended.iter().map(|ending| {
        (
            ending.number,
            ending.facts(state.numbers.get(&ending.number), now),
        )
    }));
    Claim {
        recorded: draft
            .plan
            .changes
            .iter()
            .filter(|c| is_recorded_only(c))
            .cloned()
            .collect(),
        changes,
        adopted: effects.adopted,
        ended: effects.ended,
        holdings: effects.holdings,
        facts: effects.facts,
        numbers,
        movers: effects.movers,
        advances: effects.advances,
        decided: (!everyone).then_some(effects.decided),
        still_undecided: still_undecided.into_iter().collect(),
        rules: None,
        made_with: MadeWith::default(),
        anchor,
    }
}
