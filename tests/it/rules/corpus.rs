//! Wrong rule files as people write them, in the habits of other languages: each must be told apart by its code, and
//! nearly all must be offered the text or the action that mends them.
//!
//! The corpus stands in `tests/data/wrong-rules/*.txt`: an entry begins with `@ CODE | HELP` and holds lines of a range
//! (`@@`: a whole file). What is said of each stands beside it in a file of the same name that ends in `.out`;
//! `LINEKEEPER_REFRESH=1 ./test wrong_rule_files` writes those anew.

use super::{rendered, source};
use linekeeper::rules::{Diagnostic, LoadOptions, load};
use std::fs;
use std::path::{Path, PathBuf};

/// One wrong rule file.
struct Entry {
    code: String,
    /// What the help must hold; empty: no mending is offered.
    help: String,
    shown: String,
    text: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/wrong-rules")
}

/// The names of the corpus files, without their endings.
fn themes() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the corpus");
    let names = files.map(|file| {
        file.expect("a file")
            .file_name()
            .into_string()
            .expect("UTF-8")
    });
    let mut themes: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix(".txt")?.to_owned()))
        .collect();
    themes.sort();
    themes
}

fn entries(theme: &str) -> Vec<Entry> {
    let text = fs::read_to_string(folder().join(format!("{theme}.txt"))).expect("a corpus file");
    let mut entries = Vec::new();
    for section in text.split("\n@").skip(1) {
        let (head, body) = section.split_once('\n').expect("an entry has lines");
        let (head, is_file) = match head.strip_prefix('@') {
            Some(head) => (head, true),
            None => (head, false),
        };
        let (code, help) = head.split_once('|').expect("@ CODE | HELP");
        let shown = body.trim_end().to_owned();
        entries.push(Entry {
            code: code.trim().to_owned(),
            help: help.trim().to_owned(),
            text: if is_file {
                shown.clone()
            } else {
                around(&shown)
            },
            shown,
        });
    }
    entries
}

/// The lines in a range that is fine otherwise.
fn around(lines: &str) -> String {
    let mut text = String::from("range \"munich\" {\n");
    for (word, line) in [
        ("type", "type direct-routing"),
        ("numbers", "numbers +49 89 5550 1000 to 1999"),
        ("quarantine", "quarantine 30 days"),
    ] {
        if !lines.lines().any(|held| held.starts_with(word)) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    for line in lines.lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text + "}\n"
}

fn found(text: &str) -> Vec<Diagnostic> {
    match load(&[source("a.rules", text)], LoadOptions { groups: true }) {
        Ok(loaded) => loaded.warnings,
        Err(found) => found,
    }
}

#[test]
fn wrong_rule_files_are_offered_what_mends_them() {
    let (mut count, mut mended) = (0, 0);
    let mut complaints = Vec::new();
    for theme in themes() {
        for entry in entries(&theme) {
            count += 1;
            let found = found(&entry.text);
            let is_meant = |diagnostic: &&Diagnostic| {
                let help = diagnostic.help.as_deref().unwrap_or_default();
                diagnostic.code == entry.code && help.contains(&entry.help)
            };
            if !found.iter().any(|diagnostic| is_meant(&diagnostic)) {
                complaints.push(format!(
                    "{theme}: expected {} | {}\n{}\n{}",
                    entry.code,
                    entry.help,
                    entry.shown,
                    rendered(&found)
                ));
            } else if !entry.help.is_empty() {
                mended += 1;
            }
        }
    }
    assert!(
        complaints.is_empty(),
        "{}\n{} of {count}",
        complaints.join("\n\n"),
        complaints.len()
    );
    assert!(count >= 200, "only {count} wrong files");
    assert!(
        mended * 200 >= count * 190,
        "only {mended} of {count} are mended"
    );
}

#[test]
fn what_is_said_of_wrong_rule_files_is_written_down() {
    for theme in themes() {
        let mut out = String::new();
        for entry in entries(&theme) {
            let said = found(&entry.text);
            out.push_str(&format!(
                "{}\n\n{}\n\n{}\n\n",
                "=".repeat(80),
                entry.shown,
                rendered(&said)
            ));
        }
        let path = folder().join(format!("{theme}.out"));
        if std::env::var_os("LINEKEEPER_REFRESH").is_some() {
            fs::write(&path, &out).expect("a writable folder");
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == out,
            "{}: something else is said now; LINEKEEPER_REFRESH=1 ./test wrong_rule_files writes it anew",
            path.display()
        );
    }
}
