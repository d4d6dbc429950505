//! What is set by hand of users, numbers, ranges and tenants. The service need not run, and Graph is not asked.

use super::by_hand::{ambiguous, order, unknown};
use super::exit::{Exit, Failure};
use super::inventory::read_number;
use super::output::{Format, Output};
use super::people::known;
use super::plan_and_sync::{by_command_line, refused};
use crate::app::{App, Records};
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Hand, Wish};
use crate::reconcile::{Desk, Ledger as _, OverrideError, RuleSource as _};
use crate::report::inert;
use crate::rules::RuleSet;
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

/// One tenant's records and rules, held still for one command.
pub(super) struct Bureau {
    name: String,
    records: Records,
    rules: Arc<RuleSet>,
    by: String,
    now: Timestamp,
}

impl Bureau {
    async fn of(app: &App, config: &TenantConfig) -> anyhow::Result<Self> {
        let records = app.records(config).await?;
        Ok(Self {
            name: config.name.clone(),
            rules: records.rulebook.active(),
            records,
            by: by_command_line().by,
            now: app.clock.now(),
        })
    }

    /// What the overrides are made with.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk {
            records: &*self.records.store,
            rules: &self.rules,
            settings: &self.records.settings,
            by: &self.by,
            now: self.now,
        }
    }

    async fn all(app: &App, tenant: Option<&str>) -> anyhow::Result<Vec<Self>> {
        let mut all = Vec::new();
        for config in app.chosen(tenant)? {
            all.push(Self::of(app, config).await?);
        }
        Ok(all)
    }

    /// The tenant that knows the user, and the user.
    pub(super) async fn with_user(
        app: &App,
        tenant: Option<&str>,
        user: &str,
    ) -> anyhow::Result<(Self, UserId)> {
        let mut found = Vec::new();
        for bureau in Self::all(app, tenant).await? {
            if let Some(id) = known(&bureau.records, user).await? {
                found.push((bureau, id));
            }
        }
        match found.len() {
            0 => Err(unknown(user).into()),
            1 => Ok(found.remove(0)),
            _ => Err(ambiguous(user).into()),
        }
    }

    /// The tenant whose rules declare the number; where there is only one tenant, that one.
    pub(super) async fn with_number(
        app: &App,
        tenant: Option<&str>,
        number: &str,
    ) -> anyhow::Result<(Self, E164)> {
        let number = read_number(number)?;
        let all = Self::all(app, tenant).await?;
        let declares = |bureau: &Self| bureau.rules.range_of(number).is_some();
        let only = Self::only(all, declares, &number.to_string())?;
        Ok((only, number))
    }

    /// The tenant that knows the range; where there is only one tenant, that one.
    pub(super) async fn with_range(
        app: &App,
        tenant: Option<&str>,
        range: &str,
    ) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for bureau in Self::all(app, tenant).await? {
            let state = bureau.records.store.state(bureau.now).await?;
            let knows = bureau.rules.range(range).is_some() || state.suspended.contains_key(range);
            all.push((bureau, knows));
        }
        let names: Vec<String> = all
            .iter()
            .filter(|(_, knows)| *knows)
            .map(|(bureau, _)| bureau.name.clone())
            .collect();
        let all = all.into_iter().map(|(bureau, _)| bureau).collect();
        Ok(Self::only(
            all,
            |bureau| names.contains(&bureau.name),
            range,
        )?)
    }

    fn only(
        mut all: Vec<Self>,
        wanted: impl Fn(&Self) -> bool,
        what: &str,
    ) -> Result<Self, Failure> {
        if all.len() == 1 {
            return Ok(all.remove(0));
        }
        all.retain(wanted);
        match all.len() {
            0 => Err(Failure::new(
                Exit::Error,
                format!("no tenant declares `{what}`; `linekeeper ranges list` shows the ranges"),
            )),
            1 => Ok(all.remove(0)),
            _ => Err(ambiguous(what)),
        }
    }

    /// Every chosen tenant.
    pub(super) async fn each(app: &App, tenant: Option<&str>) -> anyhow::Result<Vec<Self>> {
        Self::all(app, tenant).await
    }
}

/// Changes the number of somebody pinned at once, as `assign` does.
pub(super) async fn change_to_pin(
    app: &App,
    bureau: &Bureau,
    user: UserId,
    number: E164,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(Some(&bureau.name))?;
    let Some(config) = chosen.first() else {
        return Ok(Exit::Done);
    };
    let (tenant, _) = app.tenant(config).await?;
    let wish = Wish::Assign {
        number: Some(number),
        range: None,
    };
    let people = vec![user];
    let hand = Hand { people, wish };
    order(app, &tenant, hand, None, output).await
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
