//! What a sync remembers: the port, method by method, each one transaction.

use super::error::{Fault, HeldError};
use super::held::Decision;
use super::tenant::{TenantStore, held};
use super::writing::retried;
use crate::apply::{Fence, JournalError};
use crate::directory::{Link, Observed, Page, User, UserId};
use crate::numbering::Listed;
use crate::plan::{State, StoredUser, Suspension};
use crate::reconcile::{
    Begin, Claim, HeldApproval, Ledger, Round, RoundEnd, RulesInForce, Scope, SyncId, Trigger,
};
use crate::report::SyncReport;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

#[async_trait]
impl Ledger for TenantStore {
    async fn begin(&self, by: &Trigger, now: Timestamp) -> Result<Begin, JournalError> {
        retried(|| self.begin_sync(by, now)).await
    }

    async fn resume_point(&self) -> Result<Option<Round>, JournalError> {
        self.point_to_resume().await.map_err(Fault::on_read)
    }

    async fn begin_full(
        &self,
        fence: Fence,
        selection: &str,
        now: Timestamp,
    ) -> Result<Round, JournalError> {
        retried(|| self.begin_full_round(fence, selection, now)).await
    }

    async fn store_pages(
        &self,
        fence: Fence,
        round: &mut Round,
        pages: &[Page],
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let before = round.clone();
        *round = retried(|| self.store_batch(fence, &before, pages, now)).await?;
        Ok(())
    }

    async fn end_round(
        &self,
        fence: Fence,
        round: &Round,
        delta: &Link,
        keep_absent: bool,
        now: Timestamp,
    ) -> Result<RoundEnd, JournalError> {
        retried(|| self.end_of_round(fence, round, delta, keep_absent, now)).await
    }

    async fn store_user(
        &self,
        fence: Fence,
        id: UserId,
        user: Option<&User>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let item = match user {
            Some(user) => Observed::Present(Box::new(user.clone())),
            // Reading by id does not tell the recycle bin from deleted for good: the milder of the two.
            None => Observed::Removed {
                id,
                for_good: false,
            },
        };
        retried(|| self.store_one(fence, &item, now)).await
    }

    async fn store_listing(
        &self,
        fence: Fence,
        listing: &[Listed],
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.put_listing(fence, listing, now)).await
    }

    async fn listing(&self) -> Result<Vec<Listed>, JournalError> {
        self.stored_listing().await.map_err(Fault::on_read)
    }

    async fn state(&self, now: Timestamp) -> Result<Arc<State>, JournalError> {
        self.current_state(now).await.map_err(Fault::on_read)
    }

    async fn users(
        &self,
        scope: &Scope,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<StoredUser>, JournalError> {
        let page = self.page_of_users(scope, after, limit).await;
        page.map_err(Fault::on_read)
    }

    async fn rules_in_force(&self) -> Result<Option<RulesInForce>, JournalError> {
        self.kept_rules().await.map_err(Fault::on_read)
    }

    async fn low_stock(&self) -> Result<BTreeSet<String>, JournalError> {
        self.short_ranges().await.map_err(Fault::on_read)
    }

    async fn remember_low_stock(
        &self,
        fence: Fence,
        ranges: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.put_short_ranges(fence, ranges, now)).await
    }

    async fn by_hand_since(&self, by: &Trigger, since: Timestamp) -> Result<u64, JournalError> {
        let read = self.orders_of(by, since).await;
        read.map_err(Fault::on_read)
    }

    async fn claim(
        &self,
        fence: Fence,
        sync: &SyncId,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<Vec<u32>, JournalError> {
        retried(|| self.claim_once(fence, sync, claim, now)).await
    }

    async fn hold(
        &self,
        fence: Fence,
        sync: &SyncId,
        report: &SyncReport,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.put_held(fence, sync, report, now)).await
    }

    async fn suspend(
        &self,
        fence: Fence,
        range: &str,
        suspension: Option<&Suspension>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.put_suspension(Some(fence), range, suspension, "sync", now)).await
    }

    async fn approve(
        &self,
        fence: Fence,
        approval: &HeldApproval,
        now: Timestamp,
    ) -> Result<Option<String>, JournalError> {
        let decision = Decision::Approve {
            by: approval.by.clone(),
            except: approval.except.clone(),
        };
        match self
            .resolve_held(Some(fence), &approval.held, &decision, now)
            .await
        {
            Ok(_) => Ok(None),
            Err(HeldError::Journal(error)) => Err(error),
            Err(refusal) => Ok(Some(refusal.to_string())),
        }
    }

    async fn abandon(&self) -> Result<(), JournalError> {
        self.let_go().await.map_err(Fault::on_write)
    }

    async fn finish(
        &self,
        fence: Fence,
        report: &SyncReport,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let finished = retried(|| self.put_report(fence, report, now)).await;
        // Whatever became of the report: the sync is over, and the tenant must not stay locked by it.
        *held(&self.running) = None;
        *self.round.lock().await = None;
        *held(&self.pass) = None;
        finished
    }
}
