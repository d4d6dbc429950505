//! One tenant of a migration: what is read, shown and carried on of it.

use crate::app::{App, Records};
use crate::cli::args::{MigrationArgs, TermsArgs};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{Format, Output};
use crate::cli::people::{ambiguous, known, unknown};
use crate::cli::plan_and_sync::{by_command_line, refused};
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::plan::{
    Hand, MigrationPlan, MigrationRefusal, MigrationWish, Mode, Mover, Refusal, Wish,
};
use crate::reconcile::{self, Ledger as _, Request, SurveyError, SyncError, Tenant};
use crate::report::{
    MigrationPlanReport, MigrationReport, SyncStatus, inert, migration_plan_text, migration_text,
};
use crate::store::MigrationRecord;
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks at a sync that is waited for.
const WAIT_STEP: Duration = Duration::from_millis(500);

/// One tenant with what a migration of it needs.
pub(super) struct Site {
    pub(super) tenant: Tenant,
    pub(super) records: Records,
}

impl Site {
    /// The one tenant that declares the range.
    pub(super) async fn of(app: &App, args: &MigrationArgs) -> anyhow::Result<Self> {
        let mut found = Vec::new();
        let chosen = app.chosen(args.tenants.tenant.as_deref())?;
        let alone = chosen.len() == 1;
        for config in chosen {
            let site = Self::with(app, config).await?;
            let rules = site.tenant.rules.active();
            if alone || rules.ranges().iter().any(|range| range.name == args.range) {
                found.push(site);
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(site), true) => Ok(site),
            (Some(_), false) => Err(ambiguous(&args.range).into()),
            (None, _) => {
                let range = args.range.clone();
                Err(no(&MigrationRefusal::UnknownRange { range }))
            }
        }
    }

    async fn with(app: &App, config: &TenantConfig) -> anyhow::Result<Self> {
        let (tenant, records) = app.tenant(config).await?;
        Ok(Self { tenant, records })
    }

    /// The latest migration of the range to that type; of the range at all, if one is under way.
    pub(super) async fn latest(
        &self,
        args: &MigrationArgs,
    ) -> anyhow::Result<Option<MigrationRecord>> {
        let all = self.records.store.migrations().await?;
        let of_range = |record: &&MigrationRecord| record.migration.range == args.range;
        Ok(all.iter().find(of_range).cloned())
    }

    pub(super) async fn wish(
        &self,
        args: &MigrationArgs,
        terms: &TermsArgs,
    ) -> anyhow::Result<MigrationWish> {
        let mut only: Vec<UserId> = Vec::new();
        for user in &terms.users {
            let known = known(&self.records.store, user).await?;
            only.push(known.ok_or_else(|| unknown(user))?);
        }
        Ok(MigrationWish {
            range: args.range.clone(),
            to: args.to,
            wave_size: usize::try_from(terms.wave_size).unwrap_or(usize::MAX),
            only,
            not_before: terms.date,
        })
    }

    pub(super) async fn survey(&self, wish: &MigrationWish) -> anyhow::Result<MigrationPlan> {
        match reconcile::survey(&self.tenant, by_command_line(), wish).await {
            Ok(plan) => Ok(plan),
            Err(SurveyError::Refused(refusal)) => Err(no(&refusal)),
            Err(SurveyError::Unread(error)) => {
                Err(Failure::new(Exit::Unreachable, error.to_string()).into())
            }
            Err(SurveyError::Journal(error)) => Err(error.into()),
        }
    }

    pub(super) fn show(&self, plan: &MigrationPlan, output: &mut Output) -> anyhow::Result<()> {
        let report = MigrationPlanReport::of(&self.tenant.settings.tenant, plan);
        match output.format {
            Format::Json => output.json(&report)?,
            Format::Text => output.text(&migration_plan_text(&report))?,
        }
        Ok(())
    }

    pub(super) fn tell(&self, record: &MigrationRecord, output: &mut Output) -> anyhow::Result<()> {
        let name = &self.tenant.settings.tenant;
        let report = MigrationReport::of(name, &record.migration, &record.movers);
        match output.format {
            Format::Json => output.json(&report)?,
            Format::Text => output.text(&migration_text(&report))?,
        }
        Ok(())
    }

    /// Whether a person may set anything going just now.
    pub(super) async fn may_begin(&self, output: &mut Output) -> anyhow::Result<()> {
        let state = self.records.store.state(self.tenant.clock.now()).await?;
        if let Some(pause) = &state.pause {
            let reason = pause.reason.clone();
            return Err(refused(&Refusal::Paused { reason }).into());
        }
        match self.tenant.settings.mode {
            Mode::Apply => {}
            Mode::AssignOnly => return Err(refused(&Refusal::AssignOnly).into()),
            Mode::Observe => output.warning(
                "the mode is observe: the migration is recorded, but nothing is written to Teams before mode = \"apply\"",
            ),
        }
        Ok(())
    }

    /// Makes the next step for everybody whose turn has come, as far as no other sync is at it, and shows how far it is.
    pub(super) async fn carry_on(
        &self,
        args: &MigrationArgs,
        wait: Option<Duration>,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let Some(record) = self.latest(args).await? else {
            return Ok(Exit::Done);
        };
        let turn = |mover: &&Mover| mover.is_under_way() && mover.has_begun(&record.migration);
        let people: Vec<UserId> = record.movers.iter().filter(turn).map(|m| m.user).collect();
        let exit = match people.is_empty() {
            true => Exit::Done,
            false => self.step(people, wait, output).await?,
        };
        if let Some(record) = self.latest(args).await? {
            self.tell(&record, output)?;
        }
        Ok(exit)
    }

    async fn step(
        &self,
        people: Vec<UserId>,
        wait: Option<Duration>,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let wish = Wish::Migrate;
        let hand = Hand { people, wish };
        let request = Request::of_hand(by_command_line(), hand.clone());
        let deadline = Instant::now() + wait.unwrap_or_default();
        loop {
            let finished = match reconcile::sync(&self.tenant, &request).await {
                Ok(finished) => finished,
                Err(SyncError::Running { .. }) if Instant::now() < deadline => {
                    tokio::time::sleep(WAIT_STEP).await;
                    continue;
                }
                Err(SyncError::Running { holder, .. }) => {
                    output.warning(&format!(
                        "a sync is under way ({}): the next one carries the migration on",
                        inert(&holder)
                    ));
                    return Ok(Exit::Done);
                }
                Err(SyncError::Refused(refusal)) => return Err(refused(&refusal).into()),
                Err(error) => return Err(error.into()),
            };
            if let Some(failure) = &finished.failure {
                let tenant = &self.tenant.settings.tenant;
                output.error(&anyhow::anyhow!("tenant {tenant}: {failure}"));
            }
            let report = &finished.report;
            return Ok(match report.status {
                SyncStatus::Failed => Exit::Unreachable,
                SyncStatus::Held => Exit::Held,
                _ if reconcile::is_unfinished(report, &hand) => Exit::Partial,
                _ => Exit::Done,
            });
        }
    }
}

/// Nothing was changed, and why.
pub(super) fn no(refusal: &MigrationRefusal) -> anyhow::Error {
    let text = refusal.to_string();
    let words: Vec<String> = text.split(' ').map(inert).collect();
    Failure::new(Exit::Error, words.join(" ")).into()
}
