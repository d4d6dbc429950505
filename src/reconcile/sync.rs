//! The sentence: observe, decide, plan, guard, claim, apply, verify.

use super::decide::{decide, is_for_everyone, settings_digest};
use super::observe::{self, Directory, Numbers};
use super::verify::{Seen, failed_report, plan_report, report};
use super::{
    Claim, Ledger, Overlay, Request, RoundMode, Selection, Stage, Stale, SyncId, Tenant, begin,
};
use crate::apply::{Applied, Fence, Hands, JournalError, Task, recover, run};
use crate::directory::ReadError;
use crate::plan::{
    Anchor, Change, ChangeStatus, Circumstances, Draft, Plan, Refusal, State, World,
};
use crate::report::{ChangeReport, SyncReport};
use crate::rules::RuleSet;
use jiff::Timestamp;
use std::sync::Arc;
use thiserror::Error;
use tracing::Instrument as _;

/// A sync or plan that came to an end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What is printed and stored.
    pub report: SyncReport,
    /// Set when nothing could be decided: what could not be read, and why.
    pub failure: Option<ReadError>,
    /// Why something is held, one sentence each.
    pub held_because: Vec<String>,
    /// The plan itself, for saving.
    pub plan: Plan,
}

/// Why there was no sync at all.
#[derive(Debug, Error)]
pub enum SyncError {
    /// Another one runs.
    #[error("a sync of this tenant is already running ({holder})")]
    Running {
        /// Its id, where known.
        sync: Option<SyncId>,
        /// Who runs it.
        holder: String,
    },
    /// The held list can no longer be approved.
    #[error("{0}")]
    NotHeld(String),
    /// What was asked for by hand is refused; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The service is about to stop and begins nothing.
    #[error("the service is stopping")]
    Stopping,
    /// A saved plan no longer fits.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The database.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Brings a tenant to what its rules say.
///
/// # Errors
/// When another sync runs, a saved plan is stale, or the database fails. A directory that cannot be read is no error
/// but a report with the status `failed`.
pub async fn sync(tenant: &Tenant, request: &Request) -> Result<Finished, SyncError> {
    begin(tenant.clone(), request.clone()).await?.run().await
}

/// What a sync would do now. Nothing is stored.
///
/// # Errors
/// When the database cannot be read, or a saved plan is stale.
pub async fn plan(tenant: &Tenant, request: &Request) -> Result<Finished, SyncError> {
    let ledger: Arc<dyn Ledger> = Arc::new(Overlay::new(Arc::clone(&tenant.ledger)));
    let tenant = Tenant {
        ledger,
        ..tenant.clone()
    };
    let course = Course {
        tenant: &tenant,
        request,
        fence: Fence(0),
        id: None,
        rules: tenant.rules.active(),
    };
    let span = tracing::error_span!("plan", tenant = tenant.settings.tenant);
    course.run().instrument(span).await
}

/// One sync on its way; without an id a mere plan.
pub(super) struct Course<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) request: &'a Request,
    pub(super) fence: Fence,
    pub(super) id: Option<SyncId>,
    pub(super) rules: Arc<RuleSet>,
}

impl Course<'_> {
    pub(super) async fn run(&self) -> Result<Finished, SyncError> {
        let ledger = &*self.tenant.ledger;
        let before = ledger.state(self.tenant.clock.now()).await?;
        let directory = observe::directory(self.tenant, self.fence, self.request, &before).await?;
        if let Some(error) = nothing_read(&directory) {
            return Ok(self.failed(error, &directory, before.users));
        }
        if directory.users.empty {
            return self.empty_directory(&directory, &before).await;
        }
        let recovered = self.recover(&directory, &before).await?;
        self.request
            .progress
            .tell(|so_far| so_far.stage = Stage::Numbers);
        let state = ledger.state(self.tenant.clock.now()).await?;
        let whole = self.sees_everybody(&directory);
        let numbers = match observe::numbers(self.tenant, &self.rules, &state, whole).await {
            Ok(numbers) => numbers,
            Err(error) => return Ok(self.failed(error, &directory, state.users)),
        };
        self.decide_and_apply(&directory, &numbers, &state, recovered)
            .await
    }

    async fn decide_and_apply(
        &self,
        directory: &Directory,
        numbers: &Numbers,
        state: &State,
        recovered: Vec<Applied>,
    ) -> Result<Finished, SyncError> {
        self.request.progress.tell(|so_far| {
            so_far.stage = Stage::Deciding;
            so_far.numbers = numbers.listing.len() as u64;
        });
        let now = self.tenant.clock.now();
        let digest = settings_digest(self.tenant, directory, numbers);
        let everyone = is_for_everyone(self.request, &self.rules, state, &digest);
        let world = self.world(directory, numbers, state, everyone, now);
        let change = self.rule_change(&world).await?;
        let draft = self.draft(&world).await?;
        if let Some(unmatched) = change.as_ref().filter(|change| self.told(change).held) {
            let read = (directory, numbers, state);
            return Ok(self.rules_held(draft, unmatched, recovered, read).await?);
        }
        let anchor = self.anchor(
            directory,
            numbers,
            &draft,
            state,
            everyone.then_some(digest),
            now,
        );
        let mut seen = self.seen(Some(directory), state.users);
        seen.rule_change = change.map(|change| self.told(&change));
        let Some(id) = &self.id else {
            return Ok(plan_report(&seen, draft, directory));
        };
        self.remember_listing(numbers, state, now).await?;
        let (tasks, conflicts) = self.claim(id, &draft, state, anchor, everyone, now).await?;
        let applied = self.apply(directory, tasks).await?;
        let finished = report(&seen, draft, recovered, applied, &conflicts, directory);
        let all = everyone || self.sees_everybody(directory);
        self.aftermath(&world, all, &finished.plan).await?;
        self.hold(id, &finished.report).await?;
        Ok(finished)
    }

    /// Keeps the number list for those who look between syncs.
    async fn remember_listing(
        &self,
        numbers: &Numbers,
        state: &State,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let known = !numbers.listing.is_empty() || state.anchor.numbers_listed > 0;
        if !(known && self.remembers_numbers(state)) {
            return Ok(());
        }
        let ledger = &self.tenant.ledger;
        ledger
            .store_listing(self.fence, &numbers.listing, now)
            .await
    }

    /// Whether everybody was read, or is looked at anyway: what few changes cannot have touched is looked at then.
    fn sees_everybody(&self, directory: &Directory) -> bool {
        let full = self.request.full || directory.users.mode == RoundMode::Full;
        full && self.request.people().is_none()
    }

    /// What is made of everybody whose turn it is, the guard's word included.
    async fn draft(&self, world: &World<'_>) -> Result<Draft, SyncError> {
        let draft = match &self.request.hand {
            Some(hand) => self.by_hand(world, hand).await?,
            None => decide(&*self.tenant.ledger, world, self.request).await?,
        };
        Ok(self.select(draft, world.now)?)
    }

    async fn apply(
        &self,
        directory: &Directory,
        tasks: Vec<Task>,
    ) -> Result<Vec<Applied>, JournalError> {
        self.request.progress.tell(|so_far| {
            so_far.stage = Stage::Applying;
            so_far.changes = tasks.len() as u64;
        });
        run(&self.hands(directory), tasks).await
    }

    /// Keeps what a guard holds until a person decides; what a person asks for by hand is not asked of another.
    async fn hold(&self, id: &SyncId, report: &SyncReport) -> Result<(), JournalError> {
        let held = |change: &ChangeReport| change.status == ChangeStatus::Held;
        if self.request.hand.is_some() || !report.changes.iter().any(held) {
            return Ok(());
        }
        let now = self.tenant.clock.now();
        self.tenant.ledger.hold(self.fence, id, report, now).await
    }

    /// Settles what an earlier process left open; a mere plan leaves it alone.
    async fn recover(
        &self,
        directory: &Directory,
        state: &State,
    ) -> Result<Vec<Applied>, JournalError> {
        if self.id.is_none() || state.open_steps.is_empty() {
            return Ok(Vec::new());
        }
        let hands = self.hands(directory);
        let recovered = recover(&hands, state, self.request.by_hand).await?;
        tracing::info!(
            count = recovered.applied.len(),
            withdrawn = recovered.withdrawn,
            "open steps of earlier syncs settled"
        );
        Ok(recovered.applied)
    }

    pub(super) fn world<'w>(
        &'w self,
        directory: &'w Directory,
        numbers: &'w Numbers,
        state: &'w State,
        everyone: bool,
        now: Timestamp,
    ) -> World<'w> {
        World {
            rules: &self.rules,
            settings: &self.tenant.settings,
            book: &directory.book,
            groups: &numbers.groups,
            listing: &numbers.listing,
            listed_at: now,
            confirmed: &numbers.confirmed,
            beside: &numbers.beside,
            policies: &numbers.policies,
            effective: numbers.effective.as_ref(),
            state,
            circumstances: Circumstances {
                complete: directory.users.incomplete.is_none(),
                clock_agrees: numbers.clock_agrees,
                everyone,
                by_hand: self.request.by_hand,
            },
            now,
        }
    }

    /// Limits the draft to a saved plan or an approved list, if one is asked for.
    fn select(&self, draft: Draft, now: Timestamp) -> Result<Draft, Stale> {
        match &self.request.selection {
            None => Ok(draft),
            Some(Selection::Saved(saved)) => saved.apply_to(
                draft,
                &self.tenant.settings.tenant,
                self.rules.digest(),
                now,
            ),
            Some(Selection::Approved(keys)) => {
                let key = |c: &Change| (c.action.name().to_owned(), c.user, c.number);
                Ok(draft.limited_to(|change| keys.contains(&key(change))))
            }
        }
    }

    /// A directory that shows nobody after there was somebody: held, nothing runs, and the next read is full again.
    async fn empty_directory(
        &self,
        directory: &Directory,
        state: &State,
    ) -> Result<Finished, SyncError> {
        let seen = self.seen(Some(directory), state.users);
        if let Some(id) = &self.id {
            let anchor = Anchor {
                distrusted: true,
                ..state.anchor.clone()
            };
            let claim = Claim {
                anchor,
                decided: Some(Vec::new()),
                ..Claim::default()
            };
            self.tenant
                .ledger
                .claim(self.fence, id, &claim, self.tenant.clock.now())
                .await?;
        }
        let text = format!(
            "the full read shows no user at all, after {} were known: nothing runs; `linekeeper sync --full --accept-empty` believes it",
            state.users
        );
        Ok(super::verify::held_report(&seen, text))
    }

    fn failed(&self, error: ReadError, directory: &Directory, users: u64) -> Finished {
        let report = failed_report(&self.seen(Some(directory), users));
        Finished {
            report,
            failure: Some(error),
            held_because: Vec::new(),
            plan: Plan::default(),
        }
    }

    fn hands(&self, directory: &Directory) -> Hands {
        let clock = Arc::clone(&self.tenant.clock);
        let progress = self.request.progress.clone();
        let journal: Arc<dyn crate::apply::Journal> =
            Arc::clone(&self.tenant.ledger) as Arc<dyn crate::apply::Journal>;
        Hands {
            directory: Arc::clone(&self.tenant.directory),
            telephony: Arc::clone(&self.tenant.telephony),
            journal,
            fence: self.fence,
            book: Arc::clone(&directory.book),
            settings: Arc::clone(&self.tenant.settings),
            patience: self.tenant.patience,
            now: Arc::new(move || clock.now()),
            halt: self.tenant.halt.clone(),
            told: Arc::new(move |_| progress.tell(|so_far| so_far.done += 1)),
        }
    }

    pub(super) fn seen(&self, directory: Option<&Directory>, users: u64) -> Seen {
        Seen {
            tenant: self.tenant.settings.tenant.clone(),
            sync: self.id.clone(),
            mode: self.tenant.settings.mode,
            rules: self.tenant.rules.described(),
            read: directory.map_or(crate::report::ReadMode::Delta, Directory::read_mode),
            complete: directory.is_some_and(|d| d.users.incomplete.is_none() && d.users.any),
            users,
            rule_change: None,
        }
    }
}

/// Nothing of the directory could be read: no page of users, because nobody answered or the answer was no.
pub(super) fn nothing_read(directory: &Directory) -> Option<ReadError> {
    match &directory.users.incomplete {
        Some(error @ (ReadError::Unreachable(_) | ReadError::Refused(_)))
            if !directory.users.any =>
        {
            Some(error.clone())
        }
        _ => None,
    }
}
