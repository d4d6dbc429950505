//! The database and the rules.

use super::item::Item;
use crate::app::source_of;
use crate::app::url_of;
use crate::cli::exit::Exit;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Rules;
use crate::config::{Config, Database};
use crate::rulebook::{Mirrors, Rulebook, RulebookError, Source};
use crate::rules::{Diagnostic, LoadOptions, RuleSet, Severity};
use crate::store::{Examined, StoreError, examine};
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// Whether the database can be used, what it is, and who works with it right now.
pub(super) async fn database(config: &Config) -> Vec<Item> {
    match examine(url_of(&config.database).expose_secret()).await {
        Ok(Some(found)) => {
            let mut items = vec![described(&found), locks(&found)];
            items.extend(pins(config, &found));
            items
        }
        Ok(None) => {
            let place = match &config.database {
                Database::Sqlite(path) => path.display().to_string(),
                Database::Postgres(_) => "the database".to_owned(),
            };
            let detail = format!("{place} is not there yet");
            vec![Item::warning(
                "database",
                None,
                detail,
                "nothing to mend on a new installation: the first sync makes it",
            )]
        }
        Err(error) => vec![unusable(&error)],
    }
}

fn described(found: &Examined) -> Item {
    let schema = match found.schema {
        None => "empty; the first sync makes its tables".to_owned(),
        Some(schema) if schema < found.newest => {
            format!(
                "schema {schema}, brought to {} by the next command",
                found.newest
            )
        }
        Some(schema) => format!("schema {schema}"),
    };
    Item::ok("database", None, format!("{}, {schema}", found.engine))
}

fn locks(found: &Examined) -> Item {
    let serving = found
        .serving
        .iter()
        .map(|holder| format!("the service runs ({holder})"));
    let running = |tenant: &(String, String, Option<String>)| {
        let holder = tenant.2.as_ref()?;
        Some(format!("a sync of {} runs ({holder})", tenant.0))
    };
    let all: Vec<String> = serving
        .chain(found.tenants.iter().filter_map(running))
        .collect();
    let detail = match all.is_empty() {
        true => "no sync runs right now".to_owned(),
        false => all.join(", "),
    };
    Item::ok("locks", None, detail)
}

/// Tenants whose name belongs to another Microsoft tenant in the database.
fn pins(config: &Config, found: &Examined) -> Vec<Item> {
    let differs = |tenant: &&crate::config::TenantConfig| {
        let mut known = found.tenants.iter();
        known.any(|(name, id, _)| {
            *name == tenant.name && !id.eq_ignore_ascii_case(tenant.tenant_id.trim())
        })
    };
    let item = |tenant: &crate::config::TenantConfig| {
        Item::error(
            Exit::Invalid,
            "database",
            Some(&tenant.name),
            "the database knows this name as another Microsoft tenant",
            "correct tenant_id, or use another tenant name or another database",
        )
    };
    config.tenants.iter().filter(differs).map(item).collect()
}

/// The text of a store's error ends with what to do.
fn unusable(error: &StoreError) -> Item {
    let text = error.to_string();
    let (detail, remedy) = text
        .split_once(": ")
        .unwrap_or((&text, "look at the log of the database"));
    let cause =
        std::error::Error::source(error).map_or_else(String::new, |cause| format!(" ({cause})"));
    Item::error(
        Exit::Error,
        "database",
        None,
        format!("{detail}{cause}"),
        remedy,
    )
}

/// Whether the rules can be used, and the rules themselves if so.
pub(super) fn rules(
    tenant: Option<&str>,
    configured: &Rules,
    groups: bool,
) -> (Item, Option<Arc<RuleSet>>) {
    let source = source_of(configured, &Mirrors::default());
    let now = SystemClock::default().now();
    match source.newest(LoadOptions { groups }, now) {
        Ok(book) => {
            let item = good(tenant, &source.to_string(), &book);
            (item, Some(Arc::clone(book.rules())))
        }
        Err(RulebookError::Wrong(found)) => (broken(tenant, &found), None),
        Err(error) => {
            let remedy = match source {
                Source::Folder(_) => {
                    "set [rules] path to the folder of the rule files; `linekeeper init` writes a first one"
                }
                Source::Repository(_) => {
                    "mend [rules] repository, branch and folder; this machine's git has to be able to fetch it"
                }
            };
            let item = Item::error(Exit::Invalid, "rules", tenant, error.text(), remedy);
            (item, None)
        }
    }
}

fn good(tenant: Option<&str>, shown: &str, book: &Rulebook) -> Item {
    let revision = book.revision();
    let commit = match &revision.commit {
        Some(commit) => {
            let short: String = commit.chars().take(12).collect();
            let dirty = if revision.dirty {
                " with uncommitted changes"
            } else {
                ""
            };
            format!("commit {short}{dirty}")
        }
        None => match &revision.problem {
            Some(why) => format!("no commit, because git refuses ({why})"),
            None => "not in git".to_owned(),
        },
    };
    let ranges = book.rules().ranges().len();
    let warnings = book.warnings().len();
    let detail = format!("{shown}: ranges: {ranges}, {commit}, warnings: {warnings}");
    let remedy = match (warnings, &revision.problem) {
        (0, None) => return Item::ok("rules", tenant, detail),
        (0, Some(_)) => format!(
            "reports and history name the commit as soon as `git -C {shown} log -1` works for the user Linekeeper runs as"
        ),
        _ => "`linekeeper rules check` shows them".to_owned(),
    };
    Item::warning("rules", tenant, detail, remedy)
}

fn broken(tenant: Option<&str>, found: &[Diagnostic]) -> Item {
    let errors: Vec<&Diagnostic> = found
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .collect();
    let first = errors.first().map_or_else(String::new, |first| {
        format!(
            "; the first: {}:{}: {}",
            first.file, first.line, first.message
        )
    });
    let detail = format!("errors: {}{first}", errors.len());
    Item::error(
        Exit::Invalid,
        "rules",
        tenant,
        detail,
        "`linekeeper rules check` shows each with its place",
    )
}
