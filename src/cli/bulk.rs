//! Plans of many orders by hand: made, shown and saved, to be applied by `sync --plan`.

use super::bar::Bar;
use super::exit::Exit;
use super::output::{Format, Output};
use super::plan_and_sync::{by_command_line, exit_of, print};
use super::plan_file::{hand_of, save};
use super::retyped::{linekeeper, quoted};
use crate::app::App;
use crate::plan::Errand;
use crate::reconcile::{self, Finished, Request, Tenant};
use crate::report::SyncStatus;
use std::path::Path;

/// Plans the orders over what is observed now, prints and saves the plan. Nothing is changed.
pub(super) async fn plan_and_save(
    app: &App,
    tenant: &Tenant,
    errands: Vec<Errand>,
    file: &Path,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut request = Request::of_hand(by_command_line(), hand_of(errands.clone()));
    let bar = Bar::over(output, &mut request);
    let finished = bar.during(reconcile::plan(tenant, &request)).await?;
    print(&finished, output)?;
    if finished.report.status != SyncStatus::Failed {
        save(tenant, &finished, &errands, file)?;
        if output.format == Format::Text {
            output.line(&what_next(app, tenant, &finished, file))?;
        }
    }
    Ok(exit_of(&finished))
}

fn what_next(app: &App, tenant: &Tenant, finished: &Finished, file: &Path) -> String {
    if finished.plan.changes.is_empty() {
        return format!(
            "There is nothing to change; the empty plan is saved as {}.",
            file.display()
        );
    }
    let approve = match finished.report.status {
        SyncStatus::Held => " --approve",
        _ => "",
    };
    format!(
        "Nothing was changed. Within 24 hours, and as long as every change still fits: {} sync --tenant {} --plan {}{approve}",
        linekeeper(app.config.file.as_deref()),
        tenant.settings.tenant,
        quoted(&file.display().to_string()),
    )
}
