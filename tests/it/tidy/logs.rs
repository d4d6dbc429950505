//! The fields of log lines, against the table in `docs/logs.md`.

use super::source::Source;
use std::collections::BTreeSet;

const MACROS: [&str; 10] = [
    "trace!",
    "debug!",
    "info!",
    "warn!",
    "error!",
    "trace_span!",
    "debug_span!",
    "info_span!",
    "warn_span!",
    "error_span!",
];

/// The names in the first column of the table.
pub(super) fn documented(page: &str) -> BTreeSet<String> {
    let fields = page.split("\n## Fields\n").nth(1).unwrap_or_default();
    let first = |line: &str| {
        let cell = line.strip_prefix("| `")?;
        Some(cell.split('`').next()?.to_owned())
    };
    fields.lines().filter_map(first).collect()
}

/// The names of the fields that a source logs.
pub(super) fn logged(source: &Source) -> BTreeSet<String> {
    let code = source.shipped();
    let mut found = BTreeSet::new();
    for name in MACROS {
        let call = format!("tracing::{name}(");
        for (place, _) in code.match_indices(&call) {
            found.extend(
                arguments(&code[place + call.len()..])
                    .iter()
                    .filter_map(|a| field(a)),
            );
        }
    }
    found
}

/// The arguments up to the closing bracket.
fn arguments(code: &str) -> Vec<String> {
    let mut depth = 0;
    let mut all = vec![String::new()];
    for sign in code.chars() {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(sign);
        }
    }
    all
}

/// `%error`, `user = %id`, `status`: the name. A message is blank.
fn field(argument: &str) -> Option<String> {
    let name = argument
        .split('=')
        .next()?
        .trim()
        .trim_start_matches(['%', '?']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Fields that the page does not know.
pub(super) fn undocumented(source: &Source, known: &BTreeSet<String>) -> Vec<String> {
    let unknown = logged(source)
        .into_iter()
        .filter(|name| !known.contains(name));
    unknown
        .map(|name| {
            let path = &source.path;
            format!("{path}: the log field {name} is not in the table of docs/logs.md; use a name that is, or add it")
        })
        .collect()
}

#[test]
fn fields_are_found() {
    let code = "fn f() { tracing::warn!(%error, user = %id, wait_ms = millis(a, b), status, \"x\"); \
        tracing::info_span!(\"sync\", tenant = f(), sync = Empty); }";
    let source = Source::new("src/a.rs", code);
    let fields: Vec<String> = logged(&source).into_iter().collect();
    assert_eq!(
        fields,
        ["error", "status", "sync", "tenant", "user", "wait_ms"]
    );
    let known = documented("x\n## Fields\n\n| field | m |\n|---|---|\n| `error` | e |\n");
    assert_eq!(known.len(), 1);
    assert_eq!(undocumented(&source, &known).len(), 5);
}
