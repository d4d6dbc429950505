//! Changed rules: compared with those in force before anything is decided by them, and taken up only with approval when
//! too many people without a number would be left without a range.
//!
//! It holds for the service and for a single command alike, because the rules in force are remembered with the tenant: a
//! sync that finds others compares the two sets over everybody who waits for a number or newly joins.

use super::observe::{Directory, Numbers, members};
use super::sync::{Course, Finished};
use super::verify::report;
use super::{Claim, RulesInForce, SyncId};
use crate::apply::{Applied, JournalError};
use crate::directory::{GroupId, UserId};
use crate::plan::{
    Anchor, Asked, Comparison, Draft, Index, State, StoredUser, Unmatched, World,
    hold_changed_rules,
};
use crate::reconcile::Scope;
use crate::report::UnmatchedReport;
use crate::rules::{LoadOptions, RuleSet, load};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Users are read back in pages of this size.
const PAGE: usize = 5_000;

impl Course<'_> {
    /// What the change of the rules does to people without a number; `None` where there is none that a person has not
    /// allowed already, or nothing to compare with.
    pub(super) async fn rule_change(
        &self,
        world: &World<'_>,
    ) -> Result<Option<Unmatched>, JournalError> {
        let new = self.rules.digest();
        let allowed = self.request.approve || self.request.approved_rules.as_ref() == Some(new);
        let same = world.state.anchor.rules_digest.as_ref() == Some(new);
        if same || allowed || self.request.people().is_some() {
            return Ok(None);
        }
        let Some(old) = self.rules_before(&world.state.anchor).await? else {
            return Ok(None);
        };
        if old.digest() == new {
            return Ok(None);
        }
        let known = |group: &&GroupId| !world.groups.contains_key(group);
        let more: Vec<GroupId> = old.groups().iter().filter(known).copied().collect();
        let mut groups = world.groups.clone();
        groups.extend(members(self.tenant, more).await);
        let asked = Asked {
            settings: world.settings,
            book: world.book,
            groups: &groups,
            now: world.now,
        };
        let index = Index::new(world);
        let mut comparison = Comparison::new(&old, &self.rules);
        let mut after: Option<UserId> = None;
        loop {
            let users = self.tenant.ledger.users(&Scope::Everyone, after, PAGE);
            let page = users.await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user.id);
            for stored in page.iter().filter(|stored| has_no_number(&index, stored)) {
                comparison.see(asked, stored, true);
            }
        }
        Ok(Some(comparison.unmatched().clone()))
    }

    /// The rules in force, where their files are remembered and can still be read.
    async fn rules_before(&self, anchor: &Anchor) -> Result<Option<RuleSet>, JournalError> {
        if anchor.rules_digest.is_none() {
            return Ok(None);
        }
        let kept = self.tenant.ledger.rules_in_force().await?;
        let Some(kept) = kept.filter(|kept| Some(&kept.digest) == anchor.rules_digest.as_ref())
        else {
            tracing::info!(
                "the rules have changed, and those before are not remembered: the two are not compared"
            );
            return Ok(None);
        };
        match load(&kept.files, LoadOptions { groups: true }) {
            Ok(loaded) => Ok(Some(loaded.rule_set)),
            Err(_) => {
                tracing::warn!(
                    "the rules have changed, and those before mean nothing to this version: the two are not compared"
                );
                Ok(None)
            }
        }
    }

    /// Ends a sync whose changed rules are not taken up: everything stays as it was decided by the rules in force, and
    /// everybody is decided anew by the next sync.
    pub(super) async fn rules_held(
        &self,
        draft: Draft,
        unmatched: &Unmatched,
        recovered: Vec<Applied>,
        (directory, numbers, state): (&Directory, &Numbers, &State),
    ) -> Result<Finished, JournalError> {
        let (ledger, now) = (&self.tenant.ledger, self.tenant.clock.now());
        let percent = self.tenant.settings.safety.max_unmatched_percent;
        let anchor = self.anchor(directory, numbers, &draft, state, None, now);
        let draft = hold_changed_rules(draft, unmatched, percent);
        let mut seen = self.seen(Some(directory), state.users);
        seen.rule_change = Some(self.told(unmatched));
        let finished = report(
            &seen,
            draft,
            recovered,
            Vec::new(),
            &BTreeSet::new(),
            directory,
        );
        let Some(id) = &self.id else {
            return Ok(finished);
        };
        ledger
            .store_listing(self.fence, &numbers.listing, now)
            .await?;
        let claim = Claim {
            decided: Some(Vec::new()),
            made_with: self.made_with(),
            anchor,
            ..Claim::default()
        };
        ledger.claim(self.fence, id, &claim, now).await?;
        self.keep_held(id, &finished).await?;
        Ok(finished)
    }

    async fn keep_held(&self, id: &SyncId, finished: &Finished) -> Result<(), JournalError> {
        let now = self.tenant.clock.now();
        let ledger = &self.tenant.ledger;
        ledger.hold(self.fence, id, &finished.report, now).await
    }

    /// How the report has it.
    pub(super) fn told(&self, unmatched: &Unmatched) -> UnmatchedReport {
        let percent = self.tenant.settings.safety.max_unmatched_percent;
        UnmatchedReport {
            had_range: unmatched.had_range,
            left_without: unmatched.left_without,
            max_percent: percent,
            held: unmatched.is_over(percent),
        }
    }

    /// The rules by which everybody is decided from now on, where others are remembered.
    pub(super) fn to_be_kept(&self, before: &Anchor, after: &Anchor) -> Option<RulesInForce> {
        (after.rules_kept != before.rules_kept).then(|| RulesInForce {
            digest: self.rules.digest().clone(),
            files: Arc::clone(self.rules.sources()),
        })
    }
}

/// Whether somebody waits for a number or newly joins: nothing in the hands, and nothing on the way.
fn has_no_number(index: &Index<'_>, stored: &StoredUser) -> bool {
    let id = stored.user.id;
    index.holding_of(id).is_none()
        && index.open_step_of(id).is_none()
        && index.primary_of(id).is_none()
}
