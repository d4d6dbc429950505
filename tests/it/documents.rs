//! Pages and files beside the program that must agree with it.

mod commands;
mod cookbook;
mod editor;
mod language;
mod links;
mod markdown;
mod rule_tests;
mod textmate;
mod words;

use linekeeper::config::{Sources, load};
use linekeeper::plan::NoteKind;
use linekeeper::telemetry::{MEASURES, page};
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The page is generated: `LINEKEEPER_REFRESH=1 ./test docs_metrics` writes it anew.
#[test]
fn docs_metrics_is_what_the_table_says() {
    let page = page();
    if std::env::var_os("LINEKEEPER_REFRESH").is_some() {
        std::fs::write(path("docs/metrics.md"), &page).expect("a writable folder");
    }
    assert!(
        read("docs/metrics.md") == page,
        "docs/metrics.md is stale; LINEKEEPER_REFRESH=1 ./test docs_metrics writes it anew"
    );
}

/// Everything in a text that looks like the name of a metric.
fn metrics_named(text: &str) -> Vec<&str> {
    let word = |c: char| !c.is_ascii_lowercase() && c != '_';
    let names = text.split(word).filter(|w| w.starts_with("linekeeper_"));
    names.collect()
}

#[test]
fn alerts_and_guides_name_metrics_that_exist() {
    let known = |name: &str| {
        MEASURES.iter().any(|measure| {
            let tail = name.strip_prefix(measure.name);
            tail.is_some_and(|tail| matches!(tail, "" | "_bucket" | "_sum" | "_count"))
        })
    };
    for file in ["deploy/alerts.yaml", "docs/operations.md"] {
        let text = read(file);
        for name in metrics_named(&text) {
            assert!(known(name), "{file}: there is no metric {name}");
        }
    }
}

#[test]
fn the_guide_says_what_to_do_about_every_note_and_alert() {
    let guide = read("docs/operations.md");
    for kind in NoteKind::ALL {
        let row = format!("| `{}` |", kind.name());
        assert!(guide.contains(&row), "no row for the note {}", kind.name());
    }
    let alerts = read("deploy/alerts.yaml");
    let names = alerts
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let mut count = 0;
    for alert in names {
        count += 1;
        let row = format!("| `{alert}` |");
        assert!(guide.contains(&row), "no row for the alert {alert}");
    }
    assert!(count > 5, "the alerts were not found");
}

/// The sentences of a source's warnings and errors: the last argument of each call, a text.
fn alarms(source: &str) -> Vec<&str> {
    let calls = ["tracing::warn!(", "tracing::error!("];
    let rests = calls.iter().flat_map(|call| source.split(call).skip(1));
    rests.filter_map(sentence).collect()
}

/// The first text that stands behind a comma, or first of all, and before the closing bracket.
fn sentence(arguments: &str) -> Option<&str> {
    let mut parts = arguments.split('"');
    let mut before = parts.next()?;
    loop {
        let text = parts.next()?;
        let after = parts.next()?;
        let is_argument = before.trim().is_empty() || before.trim_end().ends_with(',');
        if is_argument && after.trim_start().starts_with(')') {
            return Some(text);
        }
        before = after;
    }
}

#[test]
fn the_guide_says_what_to_do_about_every_alarm_in_the_log() {
    let guide = read("docs/operations.md");
    let mut count = 0;
    let mut folders = vec![path("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable sources") {
            let file = entry.expect("readable sources").path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let source = std::fs::read_to_string(&file).expect("sources are UTF-8");
            for alarm in alarms(&source) {
                count += 1;
                let first = alarm.split([';', ':']).next().unwrap_or(alarm);
                let row = format!("`{first}");
                assert!(
                    guide.contains(&row),
                    "no row for `{alarm}` of {}",
                    file.display()
                );
            }
        }
    }
    assert!(count > 20, "the alarms were not found");
}

#[test]
fn sentences_are_found() {
    let source = "tracing::warn!(%error, \"it went; wrong\");\ntracing::error!(\n    x = f(\"y\"),\n    \"all bad\"\n)";
    assert_eq!(alarms(source), ["it went; wrong", "all bad"]);
    assert_eq!(alarms("tracing::warn!(\"alone\")"), ["alone"]);
}

#[test]
fn the_example_configurations_are_accepted() {
    for file in ["deploy/linekeeper.toml", "deploy/compose/linekeeper.toml"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secrets = folder.path().display().to_string();
        let text = read(file).replace("/run/secrets/", &format!("{secrets}/"));
        for (name, content) in [
            ("contoso.secret", "s"),
            ("database_url", "postgres://linekeeper@database/linekeeper"),
        ] {
            std::fs::write(folder.path().join(name), content).expect("our own folder");
        }
        std::fs::write(folder.path().join("linekeeper.toml"), text).expect("our own folder");
        let sources = Sources {
            file: None,
            folder: folder.path().to_owned(),
            environment: Vec::new(),
        };
        load(&sources).unwrap_or_else(|errors| panic!("{file}: {errors}"));
    }
}
