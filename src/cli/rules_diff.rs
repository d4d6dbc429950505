//! `rules diff OLD NEW`.

use super::args::DiffArgs;
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::{App, options_of, source_of};
use crate::config::TenantConfig;
use crate::report::rules_diff_text;
use crate::rulebook::{Rulebook, RulebookError, Source};
use crate::views::{DiffError, EveryoneError, RulesAsked, rules_diff};
use std::path::Path;
use std::sync::Arc;

/// The tenant's rules as they lie there now.
const PRESENT: &str = ".";

/// Whom a change of rules touches, for each tenant.
pub(super) async fn diff(app: &App, args: &DiffArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let mut differs = false;
    for (place, config) in app
        .chosen(args.tenants.tenant.as_deref())?
        .iter()
        .enumerate()
    {
        let (old, new) = (side(app, config, &args.old)?, side(app, config, &args.new)?);
        let rules = Arc::clone(&new.rules);
        let (tenant, store) = app.tenant_with(config, rules).await?;
        let found = rules_diff(&tenant, &store, (&old, &new), args.live)
            .await
            .map_err(|error| match error {
                DiffError::Everyone(error) => failure(&error),
                DiffError::View(error) => Failure::new(Exit::Error, error.to_string()),
            })?;
        differs |= found.differs;
        match output.format {
            Format::Json => output.json(&found)?,
            Format::Text => {
                let gap = if place > 0 { "\n" } else { "" };
                output.text(&format!("{gap}{}", rules_diff_text(&found)))?;
            }
        }
    }
    Ok(match args.exit_code && differs {
        true => Exit::Changes,
        false => Exit::Done,
    })
}

/// Why nobody could be looked at, with the code that goes with it.
pub(super) fn failure(error: &EveryoneError) -> Failure {
    let exit = match error {
        EveryoneError::Journal(_) => Exit::Error,
        EveryoneError::Read(_) => Exit::Unreachable,
    };
    Failure::new(exit, error.to_string())
}

/// One of the two rule sets, as it was asked for.
fn side(app: &App, config: &TenantConfig, asked: &str) -> anyhow::Result<RulesAsked> {
    match asked {
        PRESENT => present(app, config),
        folder if Path::new(folder).is_dir() => of_folder(config, Path::new(folder)),
        revision => at_revision(app, config, revision),
    }
}

/// The tenant's rules as they are now.
pub(super) fn present(app: &App, config: &TenantConfig) -> anyhow::Result<RulesAsked> {
    let source = source_of(&config.rules, &app.mirrors);
    Ok(RulesAsked {
        rules: Arc::new(app.rulebook(config)?),
        source: source.to_string(),
    })
}

/// The rules of another folder.
pub(super) fn of_folder(config: &TenantConfig, folder: &Path) -> anyhow::Result<RulesAsked> {
    let shown = folder.display().to_string();
    let book = Rulebook::open(folder, options_of(config)).map_err(|error| {
        let text = format!("the rules of `{shown}` cannot be used: {}", error.text());
        Failure::new(Exit::Invalid, text)
    })?;
    Ok(RulesAsked {
        source: shown,
        rules: Arc::new(book),
    })
}

fn at_revision(app: &App, config: &TenantConfig, revision: &str) -> anyhow::Result<RulesAsked> {
    let source = source_of(&config.rules, &app.mirrors);
    if let Source::Repository(_) = source {
        // So that what was pushed just now is there.
        source
            .fetch(app.clock.now())
            .map_err(|error| unusable(revision, &error))?;
    }
    let book = source.at(revision, options_of(config));
    Ok(RulesAsked {
        rules: Arc::new(book.map_err(|error| unusable(revision, &error))?),
        source: revision.to_owned(),
    })
}

fn unusable(revision: &str, error: &RulebookError) -> Failure {
    match error {
        RulebookError::Git(error) => {
            let text = format!(
                "`{revision}` is no folder, and no revision of the rules can be read: {error}"
            );
            Failure::new(Exit::Error, text)
        }
        error => {
            let text = format!("the rules of `{revision}` cannot be used: {}", error.text());
            Failure::new(Exit::Invalid, text)
        }
    }
}
