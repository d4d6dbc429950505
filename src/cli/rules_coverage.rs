//! `rules coverage [PATH]`.

use super::args::CoverageArgs;
use super::exit::Exit;
use super::output::{Format, Output};
use super::rules_diff::{failure, of_folder, present};
use crate::app::App;
use crate::report::rules_coverage_text;
use crate::views::rules_coverage;
use std::sync::Arc;

/// What the rules are to everybody, for each tenant.
pub(super) async fn coverage(
    app: &App,
    args: &CoverageArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(args.tenants.tenant.as_deref())?;
    for (place, config) in chosen.into_iter().enumerate() {
        let rules = match &args.path {
            Some(folder) => of_folder(config, folder)?,
            None => present(app, config)?,
        };
        let (tenant, store) = app.tenant_with(config, Arc::clone(&rules.rules)).await?;
        let found = rules_coverage(&tenant, &store, &rules, args.live)
            .await
            .map_err(|error| failure(&error))?;
        match output.format {
            Format::Json => output.json(&found)?,
            Format::Text => {
                let gap = if place > 0 { "\n" } else { "" };
                output.text(&format!("{gap}{}", rules_coverage_text(&found)))?;
            }
        }
    }
    Ok(Exit::Done)
}
