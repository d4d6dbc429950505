//! `syncs list`, `show`, `approve`, `reject`.

use super::exit::{Exit, Failure};
use super::inventory::plain_table;
use super::output::{Format, Output};
use super::people::known;
use super::plan_and_sync::{by_command_line, exit_of, print, run};
use crate::app::App;
use crate::config::TenantConfig;
use crate::reconcile::Request;
use crate::report::{self, SyncRecord, SyncStatus};
use crate::store::{Decision, TenantStore};
use crate::views::SyncItem;
use std::sync::Arc;
use std::time::Duration;

/// So many syncs are listed.
const SHOWN: u32 = 100;

/// `syncs list`: past syncs, the latest first.
pub(super) async fn list(
    app: &App,
    tenant: Option<&str>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut items = Vec::new();
    for config in app.chosen(tenant)? {
        let store = app.store_of(config).await?;
        let records = store.syncs_before(None, SHOWN).await?;
        items.extend(records.into_iter().map(SyncItem::line));
    }
    items.sort_by_key(|item| std::cmp::Reverse(item.started));
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&table(&items))?,
    }
    Ok(Exit::Done)
}

fn table(items: &[SyncItem]) -> String {
    let mut table = plain_table();
    table.set_header([
        "started", "tenant", "id", "status", "assign", "release", "adopt", "waiting", "failed",
    ]);
    for item in items {
        let summary = item.summary;
        table.add_row([
            item.started.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            item.tenant.clone(),
            item.sync_id.clone().unwrap_or_default(),
            item.status.name().to_owned(),
            summary.assign.to_string(),
            summary.release.to_string(),
            summary.adopt.to_string(),
            summary.waiting.to_string(),
            summary.failed.to_string(),
        ]);
    }
    format!("{table}\n")
}

/// `syncs show ID`.
pub(super) async fn show(app: &App, id: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, _, record) = find(app, id).await?;
    match output.format {
        Format::Json => output.json(&SyncItem::whole(record))?,
        Format::Text => output.text(&report::text(&record.report, &[]))?,
    }
    Ok(Exit::Done)
}

/// The sync of that id, in whichever tenant it ran.
pub(super) async fn find<'a>(
    app: &'a App,
    id: &str,
) -> anyhow::Result<(&'a TenantConfig, Arc<TenantStore>, SyncRecord)> {
    for config in app.chosen(None)? {
        let store = app.store_of(config).await?;
        if let Some(record) = store.sync(id).await? {
            return Ok((config, store, record));
        }
    }
    Err(Failure::new(
        Exit::Error,
        format!("no sync has the id `{id}`; `linekeeper syncs list` shows them"),
    )
    .into())
}

/// `syncs approve ID [--except USER]`: makes exactly the held changes, each checked again by a sync of its own.
pub(super) async fn approve(
    app: &App,
    id: &str,
    except: &[String],
    wait: Option<Duration>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (config, store, record) = find(app, id).await?;
    let mut left_out = Vec::new();
    for user in except {
        match known(&store, user).await? {
            Some(id) => left_out.push(id),
            None => {
                return Err(Failure::new(
                    Exit::Error,
                    format!("--except {user}: no such user is known"),
                )
                .into());
            }
        };
    }
    let request = Request::approving(by_command_line(), &record.report, left_out)
        .ok_or_else(|| nothing_held(&record, !except.is_empty()))?;
    let (tenant, _) = app.tenant(config).await?;
    let finished = run(&tenant, &request, wait).await?;
    print(&finished, output)?;
    Ok(exit_of(&finished))
}

fn nothing_held(record: &SyncRecord, except: bool) -> Failure {
    let id = record.report.sync_id.as_deref().unwrap_or_default();
    let text = match record.report.status {
        SyncStatus::Held if except && record.report.holds_rules() => format!(
            "the sync {id} holds changed rules, which are taken up for everybody or not at all: --except does not go with it"
        ),
        SyncStatus::Held => format!(
            "the sync {id} holds no list of changes that could be approved; see `linekeeper syncs show {id}`"
        ),
        other => format!(
            "the sync {id} is {}, it holds nothing to approve",
            other.name()
        ),
    };
    Failure::new(Exit::Error, text)
}

/// `syncs reject ID`: drops the held changes; the next sync plans anew.
pub(super) async fn reject(app: &App, id: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, store, _) = find(app, id).await?;
    let decision = Decision::Reject {
        by: by_command_line().by,
    };
    store
        .resolve_held(None, id, &decision, app.clock.now())
        .await?;
    match output.format {
        Format::Json => output.json(&serde_json::json!({ "sync_id": id, "rejected": true }))?,
        Format::Text => output.line(&format!(
            "{id}: the held changes are dropped; what still holds is planned again"
        ))?,
    }
    Ok(Exit::Done)
}
