//! A sync that has taken its tenant: from here on it is under way, also for other processes.

use super::sync::{Course, Finished};
use super::told::tell;
use super::verify::{failed_report, refused_report};
use super::{Begin, Request, SyncError, SyncId, Tenant};
use crate::apply::{Fence, JournalError};
use crate::directory::ReadError;
use crate::plan::Plan;
use crate::report::SyncReport;
use crate::rules::RuleSet;
use std::sync::Arc;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// Takes the tenant for one sync: from here on it is under way, also for other processes.
///
/// # Errors
/// When another sync runs, a held list can no longer be approved, or the database fails.
pub async fn begin(tenant: Tenant, request: Request) -> Result<Begun, SyncError> {
    // At the level of errors, so that every line of a sync tells tenant and sync, whatever is filtered out.
    let span = tracing::error_span!("sync", tenant = tenant.settings.tenant, sync = Empty);
    let now = tenant.clock.now();
    let begin = tenant.ledger.begin(&request.trigger, now);
    let (fence, id) = match begin.instrument(span.clone()).await? {
        Begin::Ours(fence, id) => (fence, id),
        Begin::Running { sync, holder } => {
            let tenant = &tenant.settings.tenant;
            tracing::info!(tenant, holder, "no sync: another one of this tenant runs");
            return Err(SyncError::Running { sync, holder });
        }
    };
    span.record("sync", &id);
    let begun = Begun {
        rules: tenant.rules.active(),
        tenant,
        request,
        fence,
        id,
        span,
    };
    begun.approve().await?;
    Ok(begun)
}

/// A sync that has taken its tenant and is still to run.
pub struct Begun {
    tenant: Tenant,
    request: Request,
    fence: Fence,
    id: SyncId,
    rules: Arc<RuleSet>,
    span: Span,
}

impl Begun {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SyncId {
        &self.id
    }

    /// Runs it to its end and lets the tenant go.
    ///
    /// # Errors
    /// As [`sync`](super::sync()), but for another sync.
    pub async fn run(&self) -> Result<Finished, SyncError> {
        let begun = self.tenant.clock.now();
        let outcome = self.whole().instrument(self.span.clone()).await;
        let took = begun.duration_until(self.tenant.clock.now());
        self.span.in_scope(|| tell(&outcome, took));
        outcome
    }

    async fn whole(&self) -> Result<Finished, SyncError> {
        let course = self.course();
        let finished = course.run().await;
        let report = match &finished {
            Ok(finished) => finished.report.clone(),
            Err(SyncError::Refused(_)) => refused_report(&course.seen(None, 0)),
            Err(_) => failed_report(&course.seen(None, 0)),
        };
        let recorded = self.finish(&report).await;
        // What went wrong first tells more than that it could not be recorded either.
        let finished = finished?;
        recorded?;
        Ok(finished)
    }

    /// Ends it as failed where [`Begun::run`] was not waited for to its end; what was under way is settled by the
    /// next sync.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn broken_off(&self) -> Result<Finished, SyncError> {
        let text = "the service was stopped before the sync had ended".to_owned();
        let report = failed_report(&self.course().seen(None, 0));
        self.finish(&report).await?;
        let finished = Finished {
            report,
            failure: Some(ReadError::Broken(text)),
            held_because: Vec::new(),
            plan: Plan::default(),
        };
        self.span
            .in_scope(|| tracing::warn!("the service was stopped before the sync had ended"));
        Ok(finished)
    }

    /// Marks the held list that this sync was asked to make; where that cannot be, the sync is over before it began.
    async fn approve(&self) -> Result<(), SyncError> {
        let Some(approval) = &self.request.approval else {
            return Ok(());
        };
        let (ledger, now) = (&self.tenant.ledger, self.tenant.clock.now());
        let refusal = ledger.approve(self.fence, approval, now).await;
        if matches!(refusal, Ok(None)) {
            return Ok(());
        }
        self.finish(&failed_report(&self.course().seen(None, 0)))
            .await?;
        match refusal? {
            Some(why) => Err(SyncError::NotHeld(why)),
            None => Ok(()),
        }
    }

    async fn finish(&self, report: &SyncReport) -> Result<(), JournalError> {
        let now = self.tenant.clock.now();
        self.tenant.ledger.finish(self.fence, report, now).await
    }

    fn course(&self) -> Course<'_> {
        Course {
            tenant: &self.tenant,
            request: &self.request,
            fence: self.fence,
            id: Some(self.id.clone()),
            rules: Arc::clone(&self.rules),
        }
    }
}
