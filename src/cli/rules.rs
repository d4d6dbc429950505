//! `rules check`; the other tools for rule files have files of their own.

mod explain;
mod fmt;

pub(super) use explain::explain;
pub(super) use fmt::fmt;

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::source_of;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Rules};
use crate::rulebook::{Mirrors, RulebookError, Source};
use crate::rules::{Diagnostic, LoadOptions, Severity, SourceFile, load};
use anyhow::Context as _;
use std::path::Path;

/// `rules check [PATH]`: every error of all files, and the warnings; 3 when there is an error.
pub(super) fn check(
    config: impl FnOnce() -> anyhow::Result<Config>,
    path: Option<&Path>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (sources, options) = match path {
        Some(path) => {
            let source = Source::Folder(path.to_owned());
            (vec![source], LoadOptions { groups: true })
        }
        None => configured(&config()?),
    };
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for source in &sources {
        for found in findings(source, options)? {
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
        Format::Text => output.text(&text(&sources, &errors, &warnings))?,
    }
    Ok(if errors.is_empty() {
        Exit::Done
    } else {
        Exit::Invalid
    })
}

/// Every place that the configuration names, and how its rules are read.
pub(super) fn configured(config: &Config) -> (Vec<Source>, LoadOptions) {
    let tenants = config.tenants.iter().map(|tenant| &tenant.rules);
    let mut rules: Vec<&Rules> = tenants.collect();
    if rules.is_empty() {
        rules.push(&config.rules);
    }
    rules.sort();
    rules.dedup();
    let mirrors = Mirrors::default();
    let sources = rules.iter().map(|rules| source_of(rules, &mirrors));
    let groups = config.tenants.iter().all(|tenant| tenant.directory.groups);
    (sources.collect(), LoadOptions { groups })
}

fn text(sources: &[Source], errors: &[Diagnostic], warnings: &[Diagnostic]) -> String {
    let shown: Vec<String> = sources.iter().map(Source::to_string).collect();
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

/// Everything there is to say of rules, or of one file.
fn findings(source: &Source, options: LoadOptions) -> anyhow::Result<Vec<Diagnostic>> {
    if let Source::Folder(path) = source
        && path.is_file()
    {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let name = path.display().to_string();
        return Ok(match load(&[SourceFile { name, bytes }], options) {
            Ok(loaded) => loaded.warnings,
            Err(found) => found,
        });
    }
    match source.newest(options, SystemClock::default().now()) {
        Ok(rulebook) => Ok(rulebook.warnings().to_vec()),
        Err(RulebookError::Wrong(found)) => Ok(found),
        Err(other) => Err(Failure::new(Exit::Invalid, other.text()).into()),
    }
}
