//! `plan` and `sync`.

use super::args::{PlanArgs, SyncArgs};
use super::bar::Bar;
use super::exit::{self, Exit, Failure};
use super::output::{Format, Output};
use super::plan_file;
use crate::app::{App, Records, options_of, source_of};
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::plan::Refusal;
use crate::reconcile::{self, Finished, Request, SyncError, Tenant, Trigger};
use crate::report::{self, SyncStatus, TriggerKind};
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks at a sync that is waited for.
const WAIT_STEP: Duration = Duration::from_millis(500);

/// Who asks, when a command line does.
pub(super) fn by_command_line() -> Trigger {
    #[expect(
        clippy::disallowed_methods,
        reason = "no setting, but whom the audit trail names"
    )]
    let user = std::env::var("USER").ok().filter(|name| !name.is_empty());
    Trigger {
        kind: TriggerKind::Cli,
        by: user.unwrap_or_else(|| "command line".to_owned()),
    }
}

/// `plan`: what a sync would do now, for each tenant.
pub(super) async fn plan(app: &App, args: &PlanArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let chosen = app.chosen(args.tenants.tenant.as_deref())?;
    if args.save.is_some() && chosen.len() > 1 {
        return Err(Failure::new(
            Exit::Usage,
            "a plan is saved of one tenant; name it with --tenant",
        )
        .into());
    }
    let mut exits = Vec::new();
    for config in chosen {
        let done = plan_one(app, config, args, output).await;
        exits.push(ended(config, done, output));
    }
    Ok(Exit::worst(exits))
}

async fn plan_one(
    app: &App,
    config: &TenantConfig,
    args: &PlanArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (tenant, records) = app.tenant(config).await?;
    let mut request = Request::new(by_command_line(), true);
    request.full = args.full;
    request.only = one_person(&tenant, &records, args.user.as_deref()).await?;
    let bar = Bar::over(output, &mut request);
    let finished = bar.during(reconcile::plan(&tenant, &request)).await?;
    print(&finished, output)?;
    if let Some(file) = &args.save {
        plan_file::save(&tenant, &finished, &[], file)?;
    }
    let changes = args.exit_code && !finished.report.changes.is_empty();
    let found = if changes { Exit::Changes } else { Exit::Done };
    Ok(Exit::worst([found, exit_of(&finished)]))
}

/// One tenant's failure does not stop the others: it is told at once and counts in the exit code.
pub(super) fn ended(
    config: &TenantConfig,
    done: anyhow::Result<Exit>,
    output: &mut Output,
) -> Exit {
    done.unwrap_or_else(|error| {
        let exit = exit::of_error(&error);
        output.error(&anyhow::anyhow!("tenant {}: {error:#}", config.name));
        exit
    })
}

/// `sync`: one sync of each tenant, now.
pub(super) async fn sync(app: &App, args: &SyncArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let chosen = app.chosen(args.tenants.tenant.as_deref())?;
    let one_only = args.approve || args.plan.is_some();
    if one_only && chosen.len() > 1 {
        return Err(Failure::new(
            Exit::Usage,
            "--approve and --plan are for one tenant; name it with --tenant",
        )
        .into());
    }
    app.check_overlaps()?;
    let mut exits = Vec::new();
    for config in chosen {
        let done = sync_one(app, config, args, output).await;
        exits.push(ended(config, done, output));
    }
    Ok(Exit::worst(exits))
}

async fn sync_one(
    app: &App,
    config: &TenantConfig,
    args: &SyncArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (tenant, records) = app.tenant(config).await?;
    let mut request = Request::new(by_command_line(), true);
    request.full = args.full;
    request.accept_empty = args.accept_empty;
    request.approve = args.approve;
    request.only = one_person(&tenant, &records, args.user.as_deref()).await?;
    if let Some(file) = &args.plan {
        plan_file::ask_for(&mut request, file)?;
    }
    let bar = Bar::over(output, &mut request);
    let finished = bar.during(run(&tenant, &request, args.wait)).await?;
    print(&finished, output)?;
    if finished.report.status != SyncStatus::Failed && !finished.report.holds_rules() {
        let source = source_of(&config.rules, &app.mirrors);
        // The sync is done: without the mark, only a rewritten history would not be seen.
        if let Err(error) = source.keep(&records.rulebook, options_of(config)) {
            output.warning(&error.text());
        }
    }
    Ok(exit_of(&finished))
}

/// Runs a sync, waiting for one that is under way if asked to.
pub(super) async fn run(
    tenant: &Tenant,
    request: &Request,
    wait: Option<Duration>,
) -> anyhow::Result<Finished> {
    let deadline = Instant::now() + wait.unwrap_or_default();
    loop {
        match reconcile::sync(tenant, request).await {
            Err(SyncError::Running { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(WAIT_STEP).await;
            }
            Err(SyncError::Running { holder, .. }) => {
                let text = format!("a sync is already running: {holder}; --wait 5m waits for it");
                return Err(Failure::new(Exit::Error, text).into());
            }
            Err(SyncError::Stale(stale)) => {
                return Err(Failure::new(Exit::Stale, stale.to_string()).into());
            }
            Err(SyncError::Refused(refusal)) => return Err(refused(&refusal).into()),
            other => return Ok(other?),
        }
    }
}

/// Nothing was changed: a pause holds everything, all else is an order that cannot be carried out.
pub(super) fn refused(refusal: &Refusal) -> Failure {
    let exit = match refusal {
        Refusal::Paused { .. } => Exit::Held,
        _ => Exit::Error,
    };
    // Names are other people's making; the sentence around them is longer than what is shown of a name.
    let text = refusal.to_string();
    let words: Vec<String> = text.split(' ').map(report::inert).collect();
    Failure::new(exit, words.join(" "))
}

/// Prints the report, and on standard error why nothing could be decided.
pub(super) fn print(finished: &Finished, output: &mut Output) -> anyhow::Result<()> {
    match output.format {
        Format::Json => output.json(&finished.report)?,
        Format::Text => output.text(&report::text(&finished.report, &finished.held_because))?,
    }
    if let Some(failure) = &finished.failure {
        output.error(&anyhow::anyhow!(
            "tenant {}: {failure}",
            finished.report.tenant
        ));
    }
    Ok(())
}

/// The exit code of one tenant's outcome.
pub(super) fn exit_of(finished: &Finished) -> Exit {
    match finished.report.status {
        SyncStatus::Failed => Exit::Unreachable,
        SyncStatus::Held => Exit::Held,
        SyncStatus::Partial => Exit::Partial,
        SyncStatus::Planned if !finished.report.directory.complete => Exit::Partial,
        SyncStatus::Planned | SyncStatus::Running | SyncStatus::Succeeded => Exit::Done,
    }
}

/// The one person of `--user`: known already by id, UPN or mail, or asked of the directory by UPN.
pub(super) async fn one_person(
    tenant: &Tenant,
    records: &Records,
    user: Option<&str>,
) -> anyhow::Result<Option<UserId>> {
    let Some(text) = user else { return Ok(None) };
    if let Some(id) = super::people::known(&records.store, text).await? {
        return Ok(Some(id));
    }
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    match tenant.directory.user_named(text).await {
        Ok(Some(user)) => Ok(Some(user.id)),
        Ok(None) => Err(Failure::new(
            Exit::Error,
            format!("nobody in the directory has the UPN, mail or id `{text}`"),
        )
        .into()),
        Err(error) => Err(Failure::new(Exit::Unreachable, error.to_string()).into()),
    }
}
