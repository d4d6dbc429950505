//! What is set by hand of users, numbers, ranges and tenants. The service need not run, and Graph is not asked.

use super::by_hand::order;
use super::exit::{Exit, Failure};
use super::inventory::read_number;
use super::output::{Format, Output};
use super::people::{ambiguous, meant, unknown};
use super::plan_and_sync::{by_command_line, refused};
use crate::app::App;
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Hand, Wish};
use crate::reconcile::{self, BulkDesk, Desk, Ledger as _, OverrideError, RuleSource as _};
use crate::report::inert;
use crate::rules::RuleSet;
use crate::store::TenantStore;
use crate::views::TenantView;
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// One tenant's records, held still for one command; the rules need not be readable.
pub(super) struct Bureau<'a> {
    config: &'a TenantConfig,
    store: Arc<TenantStore>,
    by: String,
    now: Timestamp,
}

impl<'a> Bureau<'a> {
    /// The bureau of one tenant.
    pub(super) async fn of(app: &App, config: &'a TenantConfig) -> anyhow::Result<Self> {
        Ok(Self::over(app, config, app.store_of(config).await?))
    }

    fn over(app: &App, config: &'a TenantConfig, store: Arc<TenantStore>) -> Self {
        Self {
            config,
            store,
            by: by_command_line().by,
            now: app.clock.now(),
        }
    }

    /// The id of its Microsoft tenant, as configured.
    pub(super) fn tenant_id(&self) -> &str {
        &self.config.tenant_id
    }

    /// What the overrides are made with.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk {
            records: &*self.store,
            settings: self.store.settings(),
            by: &self.by,
            now: self.now,
        }
    }

    /// Has the next sync decide about whoever answers to a name already.
    pub(super) async fn look_again_at(&self, whom: &str) -> anyhow::Result<()> {
        let people = self.store.answering_to(whom).await?;
        Ok(reconcile::decide_again(&self.desk(), &people).await?)
    }

    /// The tenant's part of the database.
    pub(super) fn store(&self) -> &Arc<TenantStore> {
        &self.store
    }

    /// What many overrides are looked at with.
    pub(super) fn bulk<'s>(&'s self, rules: &'s RuleSet) -> BulkDesk<'s> {
        BulkDesk {
            records: &*self.store,
            settings: self.store.settings(),
            rules,
            by: &self.by,
            now: self.now,
        }
    }

    /// The rules, for what is checked against them.
    pub(super) fn rules(&self, app: &App) -> Result<Arc<RuleSet>, Failure> {
        Ok(app.rulebook(self.config)?.active())
    }

    /// The tenant that knows the user, and the user.
    pub(super) async fn with_user(
        app: &'a App,
        tenant: Option<&str>,
        user: &str,
    ) -> anyhow::Result<(Self, UserId)> {
        let meant = meant(app, tenant, user).await?;
        let meant = meant.ok_or_else(|| unknown(user))?;
        let bureau = Self::over(app, meant.config, meant.store);
        Ok((bureau, meant.user))
    }
}

/// One tenant's records with its rules.
pub(super) struct Ruled<'a> {
    pub(super) bureau: Bureau<'a>,
    pub(super) rules: Arc<RuleSet>,
}

impl<'a> Ruled<'a> {
    /// The tenant whose rules declare the number; where there is only one tenant, that one.
    pub(super) async fn with_number(
        app: &'a App,
        tenant: Option<&str>,
        number: &str,
    ) -> anyhow::Result<(Self, E164)> {
        let number = read_number(number)?;
        let mut all = Vec::new();
        for ruled in Self::all(app, tenant).await? {
            let declares = ruled.rules.range_of(number).is_some();
            all.push((ruled, declares));
        }
        let shows = "`linekeeper ranges list` shows the ranges";
        Ok((only(all, &number.to_string(), shows)?, number))
    }

    /// The tenant that knows the range; where there is only one tenant, that one.
    pub(super) async fn with_range(
        app: &'a App,
        tenant: Option<&str>,
        range: &str,
    ) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for ruled in Self::all(app, tenant).await? {
            let state = ruled.bureau.store.state(ruled.bureau.now).await?;
            let knows = ruled.rules.range(range).is_some() || state.suspended.contains_key(range);
            all.push((ruled, knows));
        }
        Ok(only(
            all,
            range,
            "`linekeeper ranges list` shows the ranges",
        )?)
    }

    /// The tenant that knows the operator; where there is only one tenant, that one.
    pub(super) async fn with_operator(
        app: &'a App,
        tenant: Option<&str>,
        operator: &str,
    ) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for ruled in Self::all(app, tenant).await? {
            let state = ruled.bureau.store.state(ruled.bureau.now).await?;
            let suspended = state.suspended_operators.contains_key(operator);
            let knows = ruled.rules.operator(operator).is_some() || suspended;
            all.push((ruled, knows));
        }
        let shows = "`linekeeper operators list` shows the operators";
        Ok(only(all, operator, shows)?)
    }

    /// The tenant as people look at it.
    pub(super) async fn view(&self, app: &App) -> anyhow::Result<TenantView> {
        app.view(self.bureau.config).await
    }

    async fn all(app: &'a App, tenant: Option<&str>) -> anyhow::Result<Vec<Self>> {
        let mut all = Vec::new();
        for config in app.chosen(tenant)? {
            let bureau = Bureau::of(app, config).await?;
            let rules = bureau.rules(app)?;
            all.push(Self { bureau, rules });
        }
        Ok(all)
    }
}

/// The only tenant there is, or the only one that is meant.
fn only<T>(mut all: Vec<(T, bool)>, what: &str, shows: &str) -> Result<T, Failure> {
    if all.len() > 1 {
        all.retain(|(_, meant)| *meant);
    }
    match all.len() {
        0 => Err(Failure::new(
            Exit::Error,
            format!("no tenant declares `{what}`; {shows}"),
        )),
        1 => Ok(all.remove(0).0),
        _ => Err(ambiguous(what)),
    }
}

/// Changes the number of somebody pinned at once, as `assign` does.
pub(super) async fn change_to_pin(
    app: &App,
    bureau: &Bureau<'_>,
    user: UserId,
    number: E164,
    wait: Option<Duration>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (tenant, _) = app.tenant(bureau.config).await?;
    let wish = Wish::Assign {
        number: Some(number),
        range: None,
    };
    let people = vec![user];
    let hand = Hand { people, wish };
    order(app, &tenant, hand, wait, output).await
}

/// Prints what is set now: the object for programs, a sentence for people.
pub(super) fn tell<T: Serialize>(
    set: Result<T, OverrideError>,
    sentence: impl FnOnce(&T) -> String,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let set = match set {
        Ok(set) => set,
        Err(OverrideError::Refused(refusal)) => return Err(refused(&refusal).into()),
        Err(OverrideError::Journal(error)) => return Err(error.into()),
    };
    match output.format {
        Format::Json => output.json(&set)?,
        Format::Text => output.line(&sentence(&set))?,
    }
    Ok(Exit::Done)
}

/// `: why` and ` until when`, where they are known.
pub(super) fn details(reason: Option<&str>, until: Option<Timestamp>) -> String {
    let until = until.map(|until| format!(" until {until}"));
    let reason = reason
        .filter(|reason| !reason.is_empty())
        .map(|reason| format!(": {}", inert(reason)));
    format!(
        "{}{}",
        until.unwrap_or_default(),
        reason.unwrap_or_default()
    )
}
