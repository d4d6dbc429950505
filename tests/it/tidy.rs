//! The rules of the house, checked. Each check is a function from text to complaints, tried on small bad examples
//! first, so that a check that finds nothing is known to look.

mod citations;
mod imports;
mod licences;
mod logs;
mod manifest;
mod sizes;
mod source;

use source::{Source, sources};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[track_caller]
fn no_complaints(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn check_all(folders: &[&str], check: impl Fn(&Source) -> Vec<String>) {
    let files: Vec<Source> = folders.iter().flat_map(|folder| sources(folder)).collect();
    assert!(files.len() > 5, "the sources were not found");
    no_complaints(files.iter().flat_map(check).collect());
}

#[test]
fn modules_import_only_what_the_table_allows() {
    check_all(&["src"], imports::forbidden_imports);
}

#[test]
fn the_core_is_pure() {
    check_all(&["src"], imports::impure);
}

#[test]
fn files_and_functions_are_small() {
    check_all(&["src", "tests"], |source| {
        let mut complaints = sizes::long_files(source);
        if source.path.starts_with("src/") {
            complaints.extend(sizes::long_functions(source));
        }
        complaints
    });
}

#[test]
fn nothing_is_left_half_done_and_every_module_has_a_real_name() {
    check_all(&["src", "tests"], banned);
    check_all(&["src"], mod_files_hold_no_code);
}

#[test]
fn every_dependency_says_what_it_is_for() {
    no_complaints(manifest::without_reason(&read("Cargo.toml")));
}

#[test]
fn every_licence_is_on_the_list() {
    let allowed = licences::allowed(&read("deny.toml"));
    assert!(
        allowed.iter().any(|licence| licence == "MIT"),
        "deny.toml was not understood"
    );
    let packages = licences::packages(&root());
    assert!(packages.len() > 50, "the dependencies were not found");
    no_complaints(licences::outside(&packages, &allowed));
}

#[test]
fn every_log_field_is_documented_and_used() {
    let known = logs::documented(&read("docs/logs.md"));
    check_all(&["src"], |source| logs::undocumented(source, &known));
    let mut unused = known;
    for source in sources("src") {
        let logged = logs::logged(&source);
        unused.retain(|name| !logged.contains(name));
    }
    assert!(unused.is_empty(), "docs/logs.md: never logged: {unused:?}");
}

#[test]
fn every_citation_of_the_facts_about_graph_leads_somewhere() {
    let sections = citations::sections(&read("docs/graph.md"));
    assert!(sections.len() > 30, "docs/graph.md was not understood");
    check_all(&["src", "tests"], |source| {
        match source.path.ends_with("tidy/citations.rs") {
            true => Vec::new(),
            false => citations::dangling(source, &sections),
        }
    });
}

#[test]
fn migrations_are_numbered_named_and_the_same_for_both_engines() {
    let names = |engine: &str| file_names(&root().join("migrations").join(engine));
    let engines: Vec<Vec<String>> = ["sqlite", "postgres", ""].map(names).into();
    no_complaints(
        engines
            .iter()
            .flat_map(|names| manifest::badly_named(names))
            .collect(),
    );
    if !engines[0].is_empty() && !engines[1].is_empty() {
        assert_eq!(engines[0], engines[1]);
    }
}

/// The `*.sql` files of a folder in order; none if it is not there.
fn file_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".sql"))
        .collect();
    names.sort();
    names
}

const VAGUE_NAMES: &[&str] = &["util", "utils", "common", "helpers", "types"];

fn banned(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for word in ["todo!", "unimplemented!", "dbg!"] {
        if source.code.contains(word) {
            complaints.push(format!("{}: {word}", source.path));
        }
    }
    let marker = concat!("FIX", "ME");
    if source.text.contains(marker) {
        complaints.push(format!("{}: {marker}", source.path));
    }
    for name in VAGUE_NAMES {
        let file = format!("/{name}.rs");
        let folder = format!("/{name}/");
        let inline = format!("mod {name} ");
        let line = format!("mod {name};");
        if source.path.ends_with(&file)
            || source.path.contains(&folder)
            || source.code.contains(&inline)
            || source.code.contains(&line)
        {
            complaints.push(format!(
                "{}: a module named {name} says nothing",
                source.path
            ));
        }
    }
    complaints
}

fn mod_files_hold_no_code(source: &Source) -> Vec<String> {
    if !source.path.ends_with("/mod.rs") {
        return Vec::new();
    }
    let code = |line: &&str| {
        let line = line.trim_start().trim_start_matches("pub ");
        [
            "fn ", "struct ", "enum ", "trait ", "impl ", "impl<", "static ",
        ]
        .iter()
        .any(|start| line.starts_with(start))
    };
    match source.code.lines().find(code) {
        Some(line) => vec![format!(
            "{}: holds docs, mod lines and re-exports only, not `{}`",
            source.path,
            line.trim()
        )],
        None => Vec::new(),
    }
}

#[test]
fn banned_words_and_vague_names_are_found() {
    let complaints = |path: &str, text: &str| banned(&Source::new(path, text)).len();
    assert_eq!(complaints("src/plan/guard.rs", "fn f() { todo!() }"), 1);
    assert_eq!(
        complaints("src/plan/guard.rs", "// todo! in a comment\n"),
        0
    );
    assert_eq!(complaints("src/plan/guard.rs", "let s = \"dbg!\";"), 0);
    assert_eq!(
        complaints("src/plan/guard.rs", concat!("// FIX", "ME later\n")),
        1
    );
    assert_eq!(complaints("src/util.rs", ""), 1);
    assert_eq!(complaints("src/common/a.rs", ""), 1);
    assert_eq!(complaints("src/lib.rs", "mod helpers;"), 1);
    assert_eq!(complaints("src/lib.rs", "pub mod types { }"), 1);
    let code = Source::new("src/plan/mod.rs", "mod guard;\npub fn f() {}\n");
    assert_eq!(mod_files_hold_no_code(&code).len(), 1);
    let clean = Source::new("src/plan/mod.rs", "//! fn\nmod guard;\npub use guard::f;\n");
    assert!(mod_files_hold_no_code(&clean).is_empty());
}
