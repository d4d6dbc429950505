//! `rules check`.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::config::Config;
use crate::rulebook::{Rulebook, RulebookError};
use crate::rules::{Diagnostic, LoadOptions, Severity, SourceFile, load};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// `rules check [PATH]`: every error of all files, and the warnings; 3 when there is an error.
pub(super) fn check(
    config: impl FnOnce() -> anyhow::Result<Config>,
    path: Option<&Path>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (paths, options) = match path {
        Some(path) => (vec![path.to_owned()], LoadOptions { groups: true }),
        None => configured(&config()?),
    };
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for path in &paths {
        for found in findings(path, options)? {
            match found.severity {
                Severity::Error => errors.push(found),
                Severity::Warning => warnings.push(found),
            }
        }
    }
    match output.format {
        Format::Json => {
            output.json(&serde_json::json!({ "errors": errors, "warnings": warnings }))?
        }
        Format::Text => output.text(&text(&paths, &errors, &warnings))?,
    }
    Ok(if errors.is_empty() {
        Exit::Done
    } else {
        Exit::Invalid
    })
}

fn configured(config: &Config) -> (Vec<PathBuf>, LoadOptions) {
    let mut paths: Vec<PathBuf> = config
        .tenants
        .iter()
        .map(|tenant| tenant.rules.path.clone())
        .collect();
    if paths.is_empty() {
        paths.push(config.rules.path.clone());
    }
    paths.sort();
    paths.dedup();
    let groups = config.tenants.iter().all(|tenant| tenant.directory.groups);
    (paths, LoadOptions { groups })
}

fn text(paths: &[PathBuf], errors: &[Diagnostic], warnings: &[Diagnostic]) -> String {
    let shown: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let mut out: String = errors
        .iter()
        .chain(warnings)
        .map(|d| format!("{}\n", d.render(false)))
        .collect();
    out.push_str(&format!(
        "{}: {} errors, {} warnings\n",
        shown.join(", "),
        errors.len(),
        warnings.len()
    ));
    out
}

/// Everything there is to say of a folder of rules, or of one file.
fn findings(path: &Path, options: LoadOptions) -> anyhow::Result<Vec<Diagnostic>> {
    if path.is_file() {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let name = path.display().to_string();
        return Ok(match load(&[SourceFile { name, bytes }], options) {
            Ok(loaded) => loaded.warnings,
            Err(found) => found,
        });
    }
    match Rulebook::open(path, options) {
        Ok(rulebook) => Ok(rulebook.warnings().to_vec()),
        Err(RulebookError::Wrong(found)) => Ok(found),
        Err(other) => Err(Failure::new(Exit::Invalid, other.to_string()).into()),
    }
}
