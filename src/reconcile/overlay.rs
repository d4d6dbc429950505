//! A ledger for looking ahead: reads what is stored, keeps every write in memory, and forgets it.

mod laid;

use super::{
    Begin, Claim, Ledger, Round, RoundEnd, RoundMode, RulesInForce, Scope, SyncId, Trigger,
};
use crate::apply::{Fence, Journal, JournalError, StepId};
use crate::directory::{Link, Observed, Page, User, UserId};
use crate::numbering::{E164, Listed};
use crate::plan::{Gone, GoneHow, OpenStep, State, StepEnd, StoredUser, Suspension};
use crate::report::SyncReport;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use laid::laid_over;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Lays what is observed over the stored state. Two plans in a row see the same, because nothing is written.
pub struct Overlay {
    inner: Arc<dyn Ledger>,
    changed: Mutex<Changed>,
}

#[derive(Default)]
struct Changed {
    users: BTreeMap<UserId, StoredUser>,
    seen: BTreeSet<UserId>,
    differing: BTreeSet<UserId>,
    added: BTreeSet<UserId>,
    pass: Pass,
}

/// One reading of a scope, page by page: first what is stored, then what only the overlay knows.
#[derive(Default)]
struct Pass {
    served: BTreeSet<UserId>,
    ended: bool,
}

impl Overlay {
    /// An overlay over a ledger.
    #[must_use]
    pub fn new(inner: Arc<dyn Ledger>) -> Self {
        Self {
            inner,
            changed: Mutex::default(),
        }
    }

    fn changed(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn stored(&self, ids: Vec<UserId>) -> Result<BTreeMap<UserId, StoredUser>, JournalError> {
        let limit = ids.len().max(1);
        let users = self.inner.users(&Scope::Only(ids), None, limit).await?;
        Ok(users
            .into_iter()
            .map(|stored| (stored.user.id, stored))
            .collect())
    }

    async fn observe(
        &self,
        items: Vec<(UserId, Option<User>, Option<Gone>)>,
    ) -> Result<(), JournalError> {
        let ids = items.iter().map(|(id, ..)| *id).collect();
        let mut stored = self.stored(ids).await?;
        let mut changed = self.changed();
        for (id, user, gone) in items {
            if user.is_some()
                && !changed.seen.insert(id)
                && changed.users.get(&id).map(|s| &s.user) != user.as_ref()
            {
                changed.differing.insert(id);
            }
            let before = changed
                .users
                .get(&id)
                .cloned()
                .or_else(|| stored.remove(&id));
            if before.as_ref().is_none_or(|stored| stored.gone.is_some()) {
                changed.added.insert(id);
            }
            if let Some(after) = laid_over(before, user, gone) {
                changed.users.insert(id, after);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Ledger for Overlay {
    async fn begin(&self, _by: &Trigger, _now: Timestamp) -> Result<Begin, JournalError> {
        Ok(Begin::Ours(Fence(0), SyncId::new()))
    }

    async fn resume_point(&self) -> Result<Option<Round>, JournalError> {
        self.inner.resume_point().await
    }

    async fn begin_full(
        &self,
        _fence: Fence,
        selection: &str,
        now: Timestamp,
    ) -> Result<Round, JournalError> {
        *self.changed() = Changed::default();
        Ok(Round {
            id: 0,
            mode: RoundMode::Full,
            at: None,
            selection: selection.to_owned(),
            at_since: now,
            interrupted: false,
        })
    }

    async fn store_pages(
        &self,
        _fence: Fence,
        _round: &mut Round,
        pages: &[Page],
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let items = pages
            .iter()
            .flat_map(|page| &page.users)
            .map(|observed| match observed {
                Observed::Present(user) => (user.id, Some((**user).clone()), None),
                Observed::Removed { id, for_good } => {
                    let how = if *for_good {
                        GoneHow::Deleted
                    } else {
                        GoneHow::SoftDeleted
                    };
                    (*id, None, Some(Gone { since: now, how }))
                }
            });
        self.observe(items.collect()).await
    }

    async fn end_round(
        &self,
        _fence: Fence,
        round: &Round,
        _delta: &Link,
        keep_absent: bool,
        now: Timestamp,
    ) -> Result<RoundEnd, JournalError> {
        let mut end = RoundEnd::default();
        if round.mode == RoundMode::Full && !round.interrupted && !keep_absent {
            let mut after = None;
            loop {
                let page = self.inner.users(&Scope::Everyone, after, 5_000).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.user.id);
                let mut changed = self.changed();
                for stored in page {
                    let id = stored.user.id;
                    if stored.gone.is_none()
                        && !changed.seen.contains(&id)
                        && !changed.users.contains_key(&id)
                    {
                        end.absent += 1;
                        let gone = Some(Gone {
                            since: now,
                            how: GoneHow::Absent,
                        });
                        changed.users.insert(
                            id,
                            StoredUser {
                                gone,
                                undecided: true,
                                ..stored
                            },
                        );
                    }
                }
            }
        }
        let changed = self.changed();
        end.seen = changed.seen.len() as u64;
        end.seen_twice = changed.differing.iter().copied().collect();
        Ok(end)
    }

    async fn store_user(
        &self,
        _fence: Fence,
        id: UserId,
        user: Option<&User>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let gone = Gone {
            since: now,
            how: GoneHow::Absent,
        };
        self.observe(vec![(id, user.cloned(), Some(gone))]).await
    }

    async fn store_listing(
        &self,
        _fence: Fence,
        _listing: &[Listed],
        _now: Timestamp,
    ) -> Result<(), JournalError> {
        Ok(())
    }

    async fn listing(&self) -> Result<Vec<Listed>, JournalError> {
        self.inner.listing().await
    }

    async fn rules_in_force(&self) -> Result<Option<RulesInForce>, JournalError> {
        self.inner.rules_in_force().await
    }

    async fn low_stock(&self) -> Result<BTreeSet<String>, JournalError> {
        self.inner.low_stock().await
    }

    async fn remember_low_stock(
        &self,
        _fence: Fence,
        _ranges: &BTreeSet<String>,
        _now: Timestamp,
    ) -> Result<(), JournalError> {
        Ok(())
    }

    async fn state(&self, now: Timestamp) -> Result<Arc<State>, JournalError> {
        let state = self.inner.state(now).await?;
        let changed = self.changed();
        let there = |stored: &&StoredUser| stored.gone.is_none();
        let added = changed
            .users
            .values()
            .filter(there)
            .filter(|s| changed.added.contains(&s.user.id));
        let added = added.count() as u64;
        let gone = changed.users.values().filter(|s| s.gone.is_some());
        let gone = gone.filter(|s| !changed.added.contains(&s.user.id)).count() as u64;
        if added == 0 && gone == 0 {
            return Ok(state);
        }
        let users = (state.users + added).saturating_sub(gone);
        Ok(Arc::new(State {
            users,
            ..(*state).clone()
        }))
    }

    async fn users(
        &self,
        scope: &Scope,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<StoredUser>, JournalError> {
        if after.is_none() {
            self.changed().pass = Pass::default();
        }
        if self.changed().pass.ended {
            return Ok(Vec::new());
        }
        let mut page = self.inner.users(scope, after, limit).await?;
        let mut changed = self.changed();
        let Changed { users, pass, .. } = &mut *changed;
        for stored in &mut page {
            pass.served.insert(stored.user.id);
            if let Some(newer) = users.get(&stored.user.id) {
                *stored = newer.clone();
            }
        }
        if page.is_empty() {
            let wanted = |id: &UserId| match scope {
                Scope::Only(ids) => ids.contains(id),
                Scope::Everyone | Scope::Open { .. } => true,
            };
            let left = users
                .iter()
                .filter(|(id, _)| wanted(id) && !pass.served.contains(id));
            page.extend(left.map(|(_, stored)| stored.clone()));
            pass.ended = true;
        }
        Ok(page)
    }

    async fn by_hand_since(&self, by: &Trigger, since: Timestamp) -> Result<u64, JournalError> {
        self.inner.by_hand_since(by, since).await
    }

    async fn claim(
        &self,
        _fence: Fence,
        _sync: &SyncId,
        _claim: &Claim,
        _now: Timestamp,
    ) -> Result<Vec<u32>, JournalError> {
        Ok(Vec::new())
    }

    async fn hold(
        &self,
        _fence: Fence,
        _sync: &SyncId,
        _report: &SyncReport,
        _now: Timestamp,
    ) -> Result<(), JournalError> {
        Ok(())
    }

    async fn suspend(
        &self,
        _fence: Fence,
        _range: &str,
        _suspension: Option<&Suspension>,
        _now: Timestamp,
    ) -> Result<(), JournalError> {
        Ok(())
    }

    async fn approve(
        &self,
        _fence: Fence,
        _approval: &super::HeldApproval,
        _now: Timestamp,
    ) -> Result<Option<String>, JournalError> {
        Ok(None)
    }

    async fn abandon(&self) -> Result<(), JournalError> {
        Ok(())
    }

    async fn finish(
        &self,
        _fence: Fence,
        _report: &SyncReport,
        _now: Timestamp,
    ) -> Result<(), JournalError> {
        Ok(())
    }
}

/// Nothing is ever applied over an overlay: every intent is refused.
#[async_trait]
impl Journal for Overlay {
    async fn started(&self, _fence: Fence, _step: StepId) -> Result<(), JournalError> {
        Err(read_only())
    }

    async fn accepted(
        &self,
        _fence: Fence,
        _step: StepId,
        _operation: Option<&Link>,
    ) -> Result<(), JournalError> {
        Err(read_only())
    }

    async fn ended(
        &self,
        _fence: Fence,
        _step: StepId,
        _end: &StepEnd,
        _now: Timestamp,
    ) -> Result<(), JournalError> {
        Err(read_only())
    }

    async fn withdrawn(&self, _fence: Fence, _step: StepId) -> Result<(), JournalError> {
        Err(read_only())
    }

    async fn open_steps(&self) -> Result<Vec<OpenStep>, JournalError> {
        self.inner.open_steps().await
    }

    async fn may_write(
        &self,
        _fence: Fence,
        _needed: SignedDuration,
        _now: Timestamp,
    ) -> Result<bool, JournalError> {
        Ok(false)
    }

    async fn may_move(&self, _number: E164, _back: bool) -> Result<bool, JournalError> {
        Ok(false)
    }
}

fn read_only() -> JournalError {
    JournalError::Unwritable("a plan writes nothing".to_owned())
}
