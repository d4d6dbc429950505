//! `rules check`.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::config::Config;
use crate::rulebook::{self, RulebookError};
use crate::rules::{Diagnostic, LoadOptions, render};
use std::path::{Path, PathBuf};

/// `rules check [PATH]`: every error of all files, and the warnings; 3 when there is an error.
pub(super) fn check(config: impl FnOnce() -> anyhow::Result<Config>, path: Option<&Path>, output: &mut Output) -> anyhow::Result<Exit> {
    let (paths, options) = match path {
        Some(path) => (vec![path.to_owned()], LoadOptions { groups: true }),
        None => configured(&config()?),
    };
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for path in &paths {
        let checked = rulebook::check(path, options).map_err(|error: RulebookError| Failure::new(Exit::Invalid, error.to_string()))?;
        errors.extend(checked.errors);
        warnings.extend(checked.warnings);
    }
    match output.format {
        Format::Json => output.json(&serde_json::json!({ "errors": errors, "warnings": warnings }))?,
        Format::Text => output.text(&text(&paths, &errors, &warnings))?,
    }
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Invalid })
}

fn configured(config: &Config) -> (Vec<PathBuf>, LoadOptions) {
    let mut paths: Vec<PathBuf> = config.tenants.iter().map(|tenant| tenant.rules.path.clone()).collect();
    paths.sort();
    paths.dedup();
    let groups = config.tenants.iter().all(|tenant| tenant.directory.groups);
    (paths, LoadOptions { groups })
}

fn text(paths: &[PathBuf], errors: &[Diagnostic], warnings: &[Diagnostic]) -> String {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let mut out: String = errors.iter().chain(warnings).map(|d| format!("{}\n", render(d))).collect();
    out.push_str(&format!("{}: {} errors, {} warnings\n", shown.join(", "), errors.len(), warnings.len()));
    out
}
