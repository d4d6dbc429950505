//! `users renumber`: a plan that gives many people other numbers.

use super::args::RenumberArgs;
use super::bulk::plan_and_save;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::plan_and_sync::refused;
use super::roster::{self, Columns};
use crate::app::{App, Records};
use crate::directory::UserId;
use crate::plan::{Aim, Errand, NoteKind, Refusal};
use crate::reconcile::{Ledger as _, RuleSource as _};
use std::collections::BTreeSet;
use std::path::Path;

/// Makes the plan and saves it.
pub(super) async fn renumber(
    app: &App,
    args: &RenumberArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let [config] = app.chosen(args.tenants.tenant.as_deref())?[..] else {
        let text = "a plan is saved of one tenant; name it with --tenant";
        return Err(Failure::new(Exit::Usage, text).into());
    };
    let (tenant, records) = app.tenant(config).await?;
    let mut errands = match &args.file {
        Some(file) => listed(&records, file).await?,
        None => drifted(&records).await?,
    };
    if let Some(range) = &args.range {
        let within = holders_of(app, &records, range).await?;
        errands.retain(|errand| within.contains(&errand.user));
    }
    plan_and_save(app, &tenant, errands, &args.save, output).await
}

async fn listed(records: &Records, file: &Path) -> anyhow::Result<Vec<Errand>> {
    let people = roster::read(&records.store, file, Columns::UserAndNumber).await?;
    let errands = people.into_iter().map(|listed| Errand {
        user: listed.user,
        aim: listed.number.map_or(Aim::Another, Aim::Number),
        why: "renumbered by hand".to_owned(),
        had_until: None,
    });
    Ok(errands.collect())
}

/// Everybody noted `drift`.
async fn drifted(records: &Records) -> anyhow::Result<Vec<Errand>> {
    let store = &records.store;
    let noted = store.user_notes(Some(NoteKind::Drift), usize::MAX).await?;
    let errands = noted.into_iter().map(|(user, ..)| Errand {
        user,
        aim: Aim::Drifted,
        why: "renumbered after a move".to_owned(),
        had_until: None,
    });
    Ok(errands.collect())
}

/// Who holds a number of the range; where the rules no longer declare it, of what it was.
async fn holders_of(app: &App, records: &Records, range: &str) -> anyhow::Result<BTreeSet<UserId>> {
    let (rules, now) = (records.rulebook.active(), app.clock.now());
    let state = records.store.state(now).await?;
    let declares = |number| rules.range_of(number).map(|at| &rules.ranges()[at].name);
    let held = state.holdings.iter().filter(|held| {
        let name = declares(held.number).or(held.range.as_ref());
        name.is_some_and(|name| name == range)
    });
    let holders: BTreeSet<UserId> = held.map(|held| held.user).collect();
    if holders.is_empty() && rules.range(range).is_none() {
        let range = range.to_owned();
        return Err(refused(&Refusal::UnknownRange { range }).into());
    }
    Ok(holders)
}
