//! Which checks there are, in which order, and how their outcome is printed.

use super::item::{Item, State, exit_of};
use super::{credentials, graph, records, setup};
use crate::app::chosen;
use crate::cli::exit::Exit;
use crate::cli::output::{Format, Output};
use crate::config::{Sources, load};
use crate::report::inert;
use std::path::PathBuf;

/// `doctor`.
pub(in crate::cli) async fn doctor(
    file: Option<PathBuf>,
    tenant: Option<&str>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let sources = Sources::of_process(file)?;
    let mut items = setup::settings(&sources);
    match load(&sources) {
        Err(errors) => items.extend(setup::wrong(&errors)),
        Ok(config) => {
            items.extend(setup::loaded(&config));
            items.extend(records::database(&config).await);
            let tenants = match config.tenants.is_empty() {
                true => {
                    items.push(setup::no_tenant());
                    items.push(records::rules(None, &config.rules, true).0);
                    Vec::new()
                }
                false => chosen(&config, tenant)?,
            };
            for tenant in tenants {
                let (item, rules) =
                    records::rules(Some(&tenant.name), &tenant.rules, tenant.directory.groups);
                items.push(item);
                items.push(credentials::check(&config, tenant));
                items.extend(graph::checks(&config, tenant, rules.as_deref()).await);
            }
        }
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&text(&items))?,
    }
    Ok(exit_of(&items))
}

/// One line for each check, the remedy below it; then what it comes to.
fn text(items: &[Item]) -> String {
    let mut out = String::new();
    for item in items.iter().filter(|item| !item.quiet) {
        let tenant = item
            .tenant
            .as_ref()
            .map_or_else(String::new, |name| format!("{}: ", inert(name)));
        let lines: Vec<String> = item.detail.lines().map(inert).collect();
        let state = item.state.name();
        out.push_str(&format!(
            "{state:<8} {tenant}{}: {}\n",
            item.check,
            lines.join("\n         ")
        ));
        if let Some(remedy) = &item.remedy {
            out.push_str(&format!("         -> {}\n", inert(remedy)));
        }
    }
    let of = |state| {
        items
            .iter()
            .filter(|item| item.state == state && !item.quiet)
            .count()
    };
    out.push_str(&format!(
        "\n{} ok, {} warnings, {} errors, {} skipped\n",
        of(State::Ok),
        of(State::Warning),
        of(State::Error),
        of(State::Skipped)
    ));
    out
}
