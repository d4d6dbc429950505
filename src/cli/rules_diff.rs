//! `rules diff OLD NEW`.

use super::args::DiffArgs;
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::App;
use crate::config::TenantConfig;
use crate::reconcile::RuleSource;
use crate::report::rules_diff_text;
use crate::rulebook::git::{files_at, place_of};
use crate::rulebook::{Revision, Rulebook, RulebookError};
use crate::rules::LoadOptions;
use crate::views::{DiffError, EveryoneError, RulesAsked, rules_diff};
use std::path::Path;
use std::sync::Arc;

/// The tenant's rules as they lie there now.
pub(super) const PRESENT: &str = ".";

/// Whom a change of rules touches, for each tenant.
pub(super) async fn diff(app: &App, args: &DiffArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let mut differs = false;
    for (place, config) in app
        .chosen(args.tenants.tenant.as_deref())?
        .iter()
        .enumerate()
    {
        let (old, new) = (side(config, &args.old)?, side(config, &args.new)?);
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
fn side(config: &TenantConfig, asked: &str) -> anyhow::Result<RulesAsked> {
    match asked {
        PRESENT => of_folder(config, &config.rules.path, asked),
        folder if Path::new(folder).is_dir() => of_folder(config, Path::new(folder), asked),
        revision => at_revision(config, revision),
    }
}

/// The rules of a folder as they lie there now.
pub(super) fn of_folder(
    config: &TenantConfig,
    folder: &Path,
    asked: &str,
) -> anyhow::Result<RulesAsked> {
    let book = Rulebook::open(folder, options(config));
    readable(book, folder.display().to_string(), asked)
}

fn at_revision(config: &TenantConfig, revision: &str) -> anyhow::Result<RulesAsked> {
    let read = || {
        let place = place_of(&config.rules.path)?;
        files_at(&place.repository, revision, &place.folder)
    };
    let snapshot = read().map_err(|error| {
        let text =
            format!("`{revision}` is no folder, and no revision of the rules can be read: {error}");
        Failure::new(Exit::Error, text)
    })?;
    let commit = Revision {
        commit: Some(snapshot.commit),
        dirty: false,
    };
    let book = Rulebook::of_files(&snapshot.files, options(config), commit);
    readable(book, revision.to_owned(), revision)
}

fn readable(
    book: Result<Rulebook, RulebookError>,
    source: String,
    asked: &str,
) -> anyhow::Result<RulesAsked> {
    let rules: Arc<dyn RuleSource> = Arc::new(book.map_err(|error| {
        let text = format!("the rules of `{asked}` cannot be used: {}", error.text());
        Failure::new(Exit::Invalid, text)
    })?);
    Ok(RulesAsked { source, rules })
}

const fn options(config: &TenantConfig) -> LoadOptions {
    LoadOptions {
        groups: config.directory.groups,
    }
}
