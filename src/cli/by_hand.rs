//! `assign` and `release`: a number by hand, another one, or none.

use super::args::{AssignArgs, ReleaseArgs};
use super::exit::Exit;
use super::inventory::read_number;
use super::output::{Format, Output};
use super::people::{meant, unknown};
use super::plan_and_sync::{by_command_line, ended, exit_of, one_person, print, run};
use super::retyped::linekeeper;
use crate::app::App;
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::plan::{Hand, Mode, NoteKind, Wish};
use crate::reconcile::{self, Finished, Request, Tenant, is_unfinished};
use crate::report::SyncStatus;
use std::time::Duration;

/// `assign USER [NUMBER] [--from RANGE]`.
pub(super) async fn assign(
    app: &App,
    args: &AssignArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let number = args.number.as_deref().map(read_number).transpose()?;
    let (tenant, user) = whose(app, args.tenants.tenant.as_deref(), &args.user).await?;
    let wish = Wish::Assign {
        number,
        range: args.from.clone(),
    };
    let people = vec![user];
    order(app, &tenant, Hand { people, wish }, args.wait, output).await
}

/// `release USER [--renumber]` and `release --stale [--yes]`.
pub(super) async fn release(
    app: &App,
    args: &ReleaseArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let tenant = args.tenants.tenant.as_deref();
    let Some(user) = &args.user else {
        return release_stale(app, args, output).await;
    };
    let (tenant, user) = whose(app, tenant, user).await?;
    let wish = Wish::Release {
        renumber: args.renumber,
    };
    let people = vec![user];
    order(app, &tenant, Hand { people, wish }, args.wait, output).await
}

async fn release_stale(app: &App, args: &ReleaseArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let mut exits = Vec::new();
    for config in app.chosen(args.tenants.tenant.as_deref())? {
        let done = release_stale_of(app, config, args, output).await;
        exits.push(ended(config, done, output));
    }
    Ok(Exit::worst(exits))
}

async fn release_stale_of(
    app: &App,
    config: &TenantConfig,
    args: &ReleaseArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (tenant, records) = app.tenant(config).await?;
    let noted = records
        .store
        .user_notes(Some(NoteKind::StaleHolder), usize::MAX)
        .await?;
    let hand = Hand {
        people: noted.into_iter().map(|(id, ..)| id).collect(),
        wish: Wish::ReleaseStale,
    };
    match args.yes {
        true => order(app, &tenant, hand, args.wait, output).await,
        false => preview(app, &tenant, hand, output).await,
    }
}

async fn preview(
    app: &App,
    tenant: &Tenant,
    hand: Hand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let request = Request::of_hand(by_command_line(), hand);
    let finished = reconcile::plan(tenant, &request).await?;
    print(&finished, output)?;
    if output.format == Format::Text && !finished.report.changes.is_empty() {
        let linekeeper = linekeeper(app.config.file.as_deref());
        let name = &tenant.settings.tenant;
        output.line(&format!(
            "Nothing was released. To release them: {linekeeper} release --stale --yes --tenant {name}"
        ))?;
    }
    Ok(exit_of(&finished))
}

/// Makes what is asked for, prints what came of it, and answers whether it is done.
pub(super) async fn order(
    app: &App,
    tenant: &Tenant,
    hand: Hand,
    wait: Option<Duration>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    // A number that goes is nobody else's; only one that comes may be declared by two tenants.
    if matches!(hand.wish, Wish::Assign { .. }) {
        app.check_overlaps()?;
    }
    let request = Request::of_hand(by_command_line(), hand.clone());
    let finished = run(tenant, &request, wait).await?;
    print(&finished, output)?;
    let changes = &finished.report.changes;
    if tenant.settings.mode == Mode::Observe && !changes.is_empty() {
        output.warning("the mode is observe: nothing was written to Teams; mode = \"apply\" in the configuration lets it");
    }
    if output.format == Format::Text && changes.is_empty() && finished.failure.is_none() {
        output.line("It is so already; nothing was to be done.")?;
    }
    Ok(exit_of_order(&finished, &hand))
}

fn exit_of_order(finished: &Finished, hand: &Hand) -> Exit {
    let report = &finished.report;
    if report.status == SyncStatus::Failed {
        Exit::Unreachable
    } else if is_unfinished(report, hand) || !report.directory.complete {
        Exit::Partial
    } else {
        Exit::Done
    }
}

/// The one tenant that knows the user, and the user; where only one tenant is meant its directory is asked, too.
async fn whose(app: &App, tenant: Option<&str>, user: &str) -> anyhow::Result<(Tenant, UserId)> {
    if let Some(meant) = meant(app, tenant, user).await? {
        let (tenant, _) = app.tenant(meant.config).await?;
        return Ok((tenant, meant.user));
    }
    let [config] = app.chosen(tenant)?[..] else {
        return Err(unknown(user).into());
    };
    let (tenant, records) = app.tenant(config).await?;
    let id = one_person(&tenant, &records, Some(user)).await?;
    id.map(|id| (tenant, id))
        .ok_or_else(|| unknown(user).into())
}
