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
use crate::views::{DiffError, DiffSide, EveryoneError, rules_diff};
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
fn side(config: &TenantConfig, asked: &str) -> anyhow::Result<DiffSide> {
    let path = &config.rules.path;
    let options = LoadOptions {
        groups: config.directory.groups,
    };
    let (source, read) = match asked {
        PRESENT => (path.display().to_string(), Rulebook::open(path, options)),
        folder if Path::new(folder).is_dir() => {
            (asked.to_owned(), Rulebook::open(Path::new(folder), options))
        }
        revision => {
            let book = at_revision(path, revision, options)?;
            (asked.to_owned(), book)
        }
    };
    let unusable = |error: RulebookError| {
        let text = format!("the rules of `{asked}` cannot be used: {}", error.text());
        Failure::new(Exit::Invalid, text)
    };
    let book: Arc<dyn RuleSource> = Arc::new(read.map_err(unusable)?);
    Ok(DiffSide {
        source,
        rules: book,
    })
}

fn at_revision(
    path: &Path,
    revision: &str,
    options: LoadOptions,
) -> Result<Result<Rulebook, RulebookError>, Failure> {
    let read = || {
        let place = place_of(path)?;
        files_at(&place.repository, revision, &place.folder)
    };
    let snapshot = read().map_err(|error| {
        let text =
            format!("`{revision}` is no folder, and no revision of the rules can be read: {error}");
        Failure::new(Exit::Error, text)
    })?;
    let revision = Revision {
        commit: Some(snapshot.commit),
        dirty: false,
    };
    Ok(Rulebook::of_files(&snapshot.files, options, revision))
}
