//! `syncs revert ID`: a plan that gives everybody in a past sync what they had before it.

use super::args::RevertArgs;
use super::bulk::plan_and_save;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::people::known;
use super::syncs::find;
use crate::app::App;
use crate::directory::UserId;
use crate::plan::{Past, revert as undoing};
use crate::report::SyncStatus;
use crate::store::TenantStore;
use std::collections::BTreeSet;

/// Makes the plan and saves it.
pub(super) async fn revert(
    app: &App,
    args: &RevertArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (config, store, record) = find(app, &args.id).await?;
    if record.report.status == SyncStatus::Running {
        let text = format!(
            "the sync {} has not come to its end: wait for it; if its process was killed, the next `linekeeper sync` settles it",
            args.id
        );
        return Err(Failure::new(Exit::Error, text).into());
    }
    let mut made = store.made_in(&args.id, &record.report.changes).await?;
    if !args.only.is_empty() {
        let only = only(&store, &args.only, &made, &args.id).await?;
        made.retain(|past| only.contains(&past.user));
    }
    let (tenant, _) = app.tenant(config).await?;
    let errands = undoing(&made, &args.id);
    plan_and_save(app, &tenant, errands, &args.save, output).await
}

/// The people the plan is limited to. All who are unknown or were not in the sync are named at once.
async fn only(
    store: &TenantStore,
    wanted: &[String],
    made: &[Past],
    sync: &str,
) -> anyhow::Result<BTreeSet<UserId>> {
    let (mut found, mut wrong) = (BTreeSet::new(), Vec::new());
    for text in wanted {
        match known(store, text).await {
            Ok(Some(id)) if made.iter().any(|past| past.user == id) => {
                found.insert(id);
            }
            Ok(Some(_)) => wrong.push(format!(
                "--only {text}: the sync {sync} changed nothing of theirs"
            )),
            Ok(None) => wrong.push(format!("--only {text}: no such user is known")),
            Err(error) => wrong.push(format!("--only {text}: {error:#}")),
        }
    }
    match wrong.is_empty() {
        true => Ok(found),
        false => Err(Failure::new(Exit::Error, wrong.join("\n")).into()),
    }
}
