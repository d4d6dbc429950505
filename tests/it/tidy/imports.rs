//! Who may import whom: the walls between the modules.

use super::source::Source;

const CORE: &[&str] = &["directory", "numbering", "rules", "plan"];

/// Modules that may import everything: where the parts meet.
const FREE: &[&str] = &["app", "cli"];

/// Each module with what it may import. A module that is missing here is a complaint.
const TABLE: &[(&str, &[&str])] = &[
    ("directory", &[]),
    ("numbering", &[]),
    ("rules", &["directory", "numbering"]),
    ("plan", &["directory", "numbering", "rules"]),
    ("apply", &["directory", "numbering", "plan"]),
    ("report", &["directory", "numbering", "plan"]),
    (
        "reconcile",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "apply",
            "report",
            "clock",
        ],
    ),
    ("schedule", &["reconcile", "clock"]),
    (
        "graph",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "clock",
            "apply",
            "reconcile",
        ],
    ),
    // The ledger's methods take and answer reports, and a rule source names itself in one.
    (
        "store",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "clock",
            "apply",
            "reconcile",
            "report",
        ],
    ),
    (
        "rulebook",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "clock",
            "apply",
            "reconcile",
            "report",
        ],
    ),
    (
        "views",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "clock",
            "apply",
            "reconcile",
            "report",
            "store",
        ],
    ),
    // Tells why in the words of an explanation.
    (
        "trials",
        &["directory", "numbering", "rules", "plan", "report", "views"],
    ),
    (
        "service",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "apply",
            "reconcile",
            "report",
            "store",
            "schedule",
            "clock",
            "views",
        ],
    ),
    (
        "webhooks",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "apply",
            "reconcile",
            "store",
            "clock",
            "views",
            "service",
        ],
    ),
    (
        "api",
        &[
            "directory",
            "numbering",
            "rules",
            "plan",
            "apply",
            "reconcile",
            "report",
            "store",
            "schedule",
            "clock",
            "views",
            "service",
        ],
    ),
    ("sheets", &["numbering", "plan", "report"]),
    ("simulator", &["clock"]),
    ("config", &[]),
    ("clock", &[]),
    ("telemetry", &[]),
];

/// Imports of our modules that the table does not allow.
pub(super) fn forbidden_imports(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(own) = module.first() else {
        return Vec::new();
    };
    if FREE.contains(own) {
        return Vec::new();
    }
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| name == own) else {
        return vec![format!(
            "{}: the module {own} is not in the import table",
            source.path
        )];
    };
    let code = source.shipped();
    let mut complaints: Vec<String> = imported(code)
        .into_iter()
        .filter(|name| name != own && !allowed.contains(&name.as_str()))
        .map(|name| format!("{}: {own} may not import {name}", source.path))
        .collect();
    // Enough `super::` lead to the root, from where everything can be had.
    if code.contains(&"super::".repeat(module.len())) {
        complaints.push(format!(
            "{}: write crate:: instead of super:: to the root",
            source.path
        ));
    }
    complaints
}

/// The first names after `crate::`, those in braces included.
fn imported(code: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|sign| sign.is_alphanumeric() || *sign == '_')
            .collect()
    };
    let mut names = Vec::new();
    for (place, path) in code.match_indices("crate::") {
        let rest = &code[place + path.len()..];
        let Some(group) = rest.trim_start().strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let mut depth = 1;
        let mut entry = String::new();
        for sign in group.chars() {
            match sign {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && sign == ',') {
                names.push(word(&entry));
                entry.clear();
            } else {
                entry.push(sign);
            }
            if depth == 0 {
                break;
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// What the core must not know: machines, networks, time, chance.
const IMPURE: &[&str] = &[
    "tokio::",
    "sqlx::",
    "reqwest::",
    "tracing::",
    "config::",
    "std::env",
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "RandomState",
    "Uuid::new_v4",
];

/// Impurities of the core, and SQL outside the store.
pub(super) fn impure(source: &Source) -> Vec<String> {
    let module = source.module();
    let own = module.first().copied().unwrap_or_default();
    let code = source.shipped();
    let mut complaints = Vec::new();
    if CORE.contains(&own) {
        let found = IMPURE.iter().filter(|word| code.contains(**word));
        complaints.extend(found.map(|word| format!("{}: {word} in the core", source.path)));
    } else if own != "store" && code.contains("sqlx::") {
        complaints.push(format!("{}: only the store knows SQL", source.path));
    }
    if own != "telemetry" && names_metrics_library(code) {
        let text = "only telemetry knows the metrics library";
        complaints.push(format!("{}: {text}", source.path));
    }
    complaints
}

/// The library is at the start of a path; a module of ours of that name is behind another one.
fn names_metrics_library(code: &str) -> bool {
    code.contains("metrics_exporter_prometheus")
        || code.match_indices("metrics::").any(|(place, _)| {
            let before = code[..place].chars().next_back();
            before.is_none_or(|sign| !sign.is_alphanumeric() && sign != '_' && sign != ':')
        })
}

#[test]
fn forbidden_imports_are_found() {
    for (path, code, complaints) in [
        ("src/directory/user.rs", "use crate::numbering::E164;", 1),
        ("src/directory/user.rs", "use crate::directory::User;", 0),
        (
            "src/plan/guard.rs",
            "use crate::{rules::RuleSet, clock::Clock};",
            1,
        ),
        (
            "src/plan/guard.rs",
            "use crate::{directory::{User, UserId}, numbering::E164};",
            0,
        ),
        ("src/plan/guard.rs", "fn f(x: crate::graph::Client) {}", 1),
        (
            "src/plan/guard.rs",
            "// crate::graph\nlet s = \"crate::graph\";",
            0,
        ),
        (
            "src/plan/guard.rs",
            "#[cfg(test)]\nmod tests { use crate::graph; }",
            0,
        ),
        ("src/graph/client.rs", "use crate::store::Ledger;", 1),
        ("src/graph/client.rs", "use super::super::store::Ledger;", 1),
        ("src/graph/client.rs", "use super::wire::User;", 0),
        ("src/report/mod.rs", "use super::graph;", 1),
        (
            "src/simulator/mod.rs",
            "use crate::clock::Clock;\nuse crate::graph::x;",
            1,
        ),
        ("src/cli/run.rs", "use crate::{graph, store};", 0),
        ("src/novelty/mod.rs", "", 1),
    ] {
        let found = forbidden_imports(&Source::new(path, code));
        assert_eq!(found.len(), complaints, "{path}: {code}: {found:?}");
    }
}

#[test]
fn impurities_are_found() {
    for (path, code, complaints) in [
        ("src/plan/guard.rs", "let now = Timestamp::now();", 1),
        ("src/rules/set.rs", "use std::fs::File;", 1),
        ("src/apply/step.rs", "use tokio::time::sleep;", 0),
        ("src/apply/step.rs", "use sqlx::Row;", 1),
        ("src/store/users.rs", "use sqlx::Row;", 0),
        ("src/graph/transport.rs", "metrics::counter!(x)", 1),
        ("src/telemetry/record.rs", "use metrics::counter;", 0),
        ("src/app.rs", "use crate::telemetry::metrics::Metrics;", 0),
    ] {
        assert_eq!(
            impure(&Source::new(path, code)).len(),
            complaints,
            "{path}: {code}"
        );
    }
}
