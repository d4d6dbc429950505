//! `rules status`.

use super::args::TenantArgs;
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::{App, options_of, source_of};
use crate::config::TenantConfig;
use crate::report::inert;
use crate::rulebook::{Rulebook, RulebookError, Source};
use crate::rules::{Diagnostic, Severity};
use crate::views::{RulesActive, rules_active};
use jiff::Timestamp;
use serde::Serialize;

/// The rules of one tenant: those that lie there, and those that decide.
#[derive(Serialize)]
struct Status {
    tenant: String,
    /// Folder, or repository and branch.
    source: String,
    /// The newest rules; null when they cannot be used.
    newest: Option<Newest>,
    /// Why they cannot: what could not be read; null when they have errors instead.
    problem: Option<String>,
    /// Every error of the newest rules, as `rules check` has them.
    errors: Vec<Diagnostic>,
    /// By what the last sync decided; null before the first.
    active: Option<Active>,
    /// Whether the next sync decides by other rules than the last.
    pending: bool,
}

#[derive(Serialize)]
struct Newest {
    commit: Option<String>,
    dirty: bool,
    authored: Option<Timestamp>,
    digest: String,
}

#[derive(Serialize)]
struct Active {
    commit: Option<String>,
    dirty: bool,
    authored: Option<Timestamp>,
    digest: String,
    since: Timestamp,
}

/// `rules status`: commit, author's date, since when they decide, what is wrong with the newest; 3 when that is something.
pub(super) async fn status(
    app: &App,
    args: &TenantArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut all = Vec::new();
    for config in app.chosen(args.tenant.as_deref())? {
        all.push(of_tenant(app, config).await?);
    }
    match output.format {
        Format::Json => output.items(&all)?,
        Format::Text => {
            for one in &all {
                output.text(&text(one))?;
            }
        }
    }
    let usable = all.iter().all(|one| one.newest.is_some());
    Ok(if usable { Exit::Done } else { Exit::Invalid })
}

async fn of_tenant(app: &App, config: &TenantConfig) -> anyhow::Result<Status> {
    let store = app.store_of(config).await?;
    let active = rules_active(&store).await;
    let active = active.map_err(|error| Failure::new(Exit::Error, error.to_string()))?;
    let source = source_of(&config.rules, &app.mirrors);
    let newest = source.newest(options_of(config), app.clock.now());
    let (errors, problem) = match &newest {
        Ok(_) => (Vec::new(), None),
        Err(RulebookError::Wrong(found)) => (errors_of(found), None),
        Err(other) => (Vec::new(), Some(other.text())),
    };
    let newest = newest.ok().map(|book| newest_of(&source, &book));
    let pending = match (&newest, &active) {
        (Some(newest), Some(active)) => newest.digest != active.rules.digest,
        (Some(_), None) => true,
        (None, _) => false,
    };
    Ok(Status {
        tenant: config.name.clone(),
        newest,
        problem,
        errors,
        active: active.map(|active| active_of(&source, active)),
        pending,
        source: source.to_string(),
    })
}

fn errors_of(found: &[Diagnostic]) -> Vec<Diagnostic> {
    let errors = found
        .iter()
        .filter(|found| found.severity == Severity::Error);
    errors.cloned().collect()
}

fn newest_of(source: &Source, book: &Rulebook) -> Newest {
    let revision = book.revision();
    Newest {
        authored: revision
            .commit
            .as_deref()
            .and_then(|id| source.authored(id)),
        commit: revision.commit.clone(),
        dirty: revision.dirty,
        digest: book.rules().digest().clone(),
    }
}

fn active_of(source: &Source, active: RulesActive) -> Active {
    let rules = active.rules;
    Active {
        authored: rules.commit.as_deref().and_then(|id| source.authored(id)),
        commit: rules.commit,
        dirty: rules.dirty,
        digest: rules.digest,
        since: active.since,
    }
}

fn text(status: &Status) -> String {
    let mut out = format!("{}: {}\n", status.tenant, inert(&status.source));
    match (&status.newest, &status.problem) {
        (Some(newest), _) => {
            let described = described(newest.commit.as_deref(), newest.dirty, newest.authored);
            out.push_str(&format!("  newest  {described}\n"));
        }
        (None, Some(problem)) => out.push_str(&format!("  newest  cannot be used: {problem}\n")),
        (None, None) => {
            let count = status.errors.len();
            out.push_str(&format!("  newest  cannot be used, errors: {count}\n"));
            for error in &status.errors {
                out.push_str(&format!("{}\n", error.render(false)));
            }
        }
    }
    match &status.active {
        Some(active) => {
            let described = described(active.commit.as_deref(), active.dirty, active.authored);
            let since = active.since.strftime("%Y-%m-%d %H:%M UTC");
            out.push_str(&format!("  active  {described}, since {since}\n"));
        }
        None => out.push_str("  active  none: no sync has decided anything yet\n"),
    }
    if status.pending {
        out.push_str(
            "  the next sync decides by the newest; `linekeeper plan` shows what that changes\n",
        );
    }
    out
}

fn described(commit: Option<&str>, dirty: bool, authored: Option<Timestamp>) -> String {
    let Some(commit) = commit else {
        return "without a commit".to_owned();
    };
    let short = commit.get(..12).unwrap_or(commit);
    let of = authored.map_or_else(String::new, |at| {
        at.strftime(" of %Y-%m-%d %H:%M UTC").to_string()
    });
    let and = if dirty {
        " with uncommitted changes"
    } else {
        ""
    };
    format!("commit {short}{of}{and}")
}
