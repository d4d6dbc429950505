//! The grammar for editors: the highlighting tests beside it, and every word of the language.
//!
//! A file under `docs/editor/tests` is highlighted line by line. A comment of carets below a line says what scopes the
//! signs above them have; after ` - ` it says which they have not. `<-` means the sign above the comment's own first one,
//! each `~` before the arrow's hyphens moves it one sign on, each further hyphen widens it. The format is that of
//! vscode-tmgrammar-test, which can run the same files.

use super::textmate::{Grammar, Open, Scopes};
use super::words::words;
use super::{path, read};
use linekeeper::rules::{LoadOptions, SourceFile, load};
use regex::Regex;
use serde_json::Value;
use std::ops::Range;

const GRAMMAR: &str = "docs/editor/linekeeper-rules.tmLanguage.json";
const ROOT: &str = "source.linekeeper-rules";

fn grammar() -> Grammar {
    Grammar::read(&read(GRAMMAR)).unwrap_or_else(|fault| panic!("{GRAMMAR}: {fault}"))
}

/// What a comment asserts about the line above: which signs (not bytes), and the scopes they have and have not.
struct Assertion<'a> {
    signs: Range<usize>,
    has: Vec<&'a str>,
    has_not: Vec<&'a str>,
}

fn assertion(line: &str) -> Option<Assertion<'_>> {
    let pattern = r"^(\s*#\s*)(\^+|<~*-+)((?:\s+[\w.-]+)*?)(?:\s+-((?:\s+[\w.-]+)+))?\s*$";
    let found = Regex::new(pattern).expect("a pattern").captures(line)?;
    let before = found[1].chars().count();
    let mark = &found[2];
    let signs = if mark.starts_with('^') {
        before..before + mark.len()
    } else {
        let start = line.chars().take_while(|sign| sign.is_whitespace()).count();
        let start = start + mark.matches('~').count();
        start..start + mark.matches('-').count()
    };
    let scopes = |group| found.get(group).map_or("", |part| part.as_str());
    Some(Assertion {
        signs,
        has: scopes(3).split_whitespace().collect(),
        has_not: scopes(4).split_whitespace().collect(),
    })
}

/// Whether the scopes hold the wanted ones, in their order.
fn hold(scopes: &Scopes, wanted: &[&str]) -> bool {
    let mut left = scopes.iter();
    wanted
        .iter()
        .all(|wanted| left.any(|scope| scope == wanted))
}

/// How many assertions a file makes, and those that do not hold.
fn tried(grammar: &Grammar, name: &str, text: &str) -> (usize, Vec<String>) {
    let (mut open, mut above, mut scopes) = (Open::new(), "", Vec::new());
    let (mut count, mut complaints) = (0, Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let Some(assertion) = assertion(line) else {
            scopes = grammar.line(line, &mut open);
            above = line;
            continue;
        };
        count += 1;
        if above.chars().count() < assertion.signs.end {
            complaints.push(format!("{name}:{number}: points beyond the line above"));
            continue;
        }
        let signs = above.char_indices().enumerate();
        let meant = signs.filter(|(at, _)| assertion.signs.contains(at));
        for (_, (byte, _)) in meant {
            let scopes = &scopes[byte];
            let has_not = assertion.has_not.iter().any(|not| hold(scopes, &[not]));
            if !hold(scopes, &assertion.has) || has_not {
                complaints.push(format!(
                    "{name}:{number}: `{}` has {scopes:?}",
                    &above[byte..]
                ));
                break;
            }
        }
    }
    (count, complaints)
}

fn files() -> Vec<(String, String)> {
    let folder = path("docs/editor/tests");
    let entries = std::fs::read_dir(folder).expect("the highlighting tests");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a file").file_name())
        .filter_map(|name| name.into_string().ok())
        .collect();
    names.sort();
    let text = |name: &String| read(&format!("docs/editor/tests/{name}"));
    names
        .iter()
        .map(|name| (name.clone(), text(name)))
        .collect()
}

#[test]
fn highlighting_is_as_its_tests_say() {
    let grammar = grammar();
    let files = files();
    assert!(files.len() >= 5, "the highlighting tests were not found");
    let mut all = Vec::new();
    for (name, text) in &files {
        assert!(
            text.starts_with(&format!("# SYNTAX TEST \"{ROOT}\"")),
            "{name}: no head"
        );
        let (count, complaints) = tried(&grammar, name, text);
        assert!(count > 3, "{name}: hardly an assertion");
        all.extend(complaints);
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Highlighting tests show rules as people write them: they are rules, but for the file that shows broken ones.
#[test]
fn highlighting_tests_are_rules() {
    for (name, text) in files()
        .iter()
        .filter(|(name, _)| !name.starts_with("broken"))
    {
        let file = SourceFile {
            name: name.clone(),
            bytes: text.as_bytes().to_vec(),
        };
        if let Err(found) = load(&[file], LoadOptions { groups: true }) {
            let found: Vec<String> = found.iter().map(|fault| fault.render(false)).collect();
            panic!("{}", found.join("\n\n"));
        }
    }
}

#[test]
fn wrong_assertions_are_noticed() {
    let wrong = |text: &str| {
        let full = text.replace("NAME", "entity.name.section.linekeeper-rules");
        let full = full.replace("WORD", "keyword.declaration.linekeeper-rules");
        tried(&grammar(), "x", &full).1.len()
    };
    assert_eq!(wrong("range \"a\"\n# <----- WORD"), 0);
    assert_eq!(wrong("range \"a\"\n# <------ WORD"), 1);
    assert_eq!(wrong("range \"ä\"\n#     ^^^ NAME"), 0);
    assert_eq!(wrong("range \"a\"\n#     ^^^ WORD"), 1);
    assert_eq!(wrong("range \"a\"\n#     ^^^ - WORD"), 0);
    assert_eq!(wrong("range \"a\"\n#     ^^^ - NAME"), 1);
    assert_eq!(wrong("range \"a\"\n#                ^^^ NAME"), 1);
    assert_eq!(wrong("range \"a\"\n# <~~~~~~--- NAME"), 0);
}

#[test]
fn every_word_of_the_language_is_highlighted() {
    let grammar = grammar();
    let words = words();
    let scope = |line: &str, word: &str, inside: bool| {
        let mut open = Open::new();
        if inside {
            grammar.line("{", &mut open);
        }
        let at = line.rfind(word).expect("the word");
        let scopes = grammar.line(line, &mut open);
        let bare = |scope: &String| scope == ROOT || scope.starts_with("meta.");
        let of = |byte: usize| scopes[byte].iter().rfind(|scope| !bare(scope)).cloned();
        let first = of(at).unwrap_or_default();
        let whole = (at..at + word.len()).all(|byte| of(byte).as_ref() == Some(&first));
        if whole { first } else { String::new() }
    };
    let mut wrong = Vec::new();
    let mut check = |line: &str, word: &str, inside: bool, expected: &[&str]| {
        let found = scope(line, word, inside);
        if !expected.iter().any(|expected| found.starts_with(expected)) {
            wrong.push(format!("`{word}` in `{line}`: `{found}`"));
        }
    };
    for word in &words.statements {
        check(word, word, false, &["keyword.declaration"]);
        check(
            &word.to_uppercase(),
            &word.to_uppercase(),
            false,
            &["keyword.declaration"],
        );
    }
    for word in &words.properties {
        let line = format!("  {word} \"x\"");
        let expected = if word == "when" {
            "keyword.control"
        } else {
            "keyword.other.property"
        };
        check(&line, word, true, &[expected]);
    }
    for word in &words.values {
        let lines = [
            "type",
            "unlisted",
            "select",
            "release",
            "emergency",
            "migration",
        ];
        let found = lines.map(|property| scope(&format!("  {property} {word}"), word, true));
        assert!(
            found
                .iter()
                .any(|found| found.starts_with("support.constant")),
            "`{word}`: {found:?}"
        );
    }
    for word in &words.attributes {
        check(
            &format!("when {word} = \"x\""),
            word,
            true,
            &["support.variable.attribute"],
        );
        check(
            &format!("user.{word} -eq \"x\""),
            word,
            false,
            &["support.variable.attribute"],
        );
    }
    for word in &words.operators {
        let line = match word.as_str() {
            "user" => "user.city".to_owned(),
            "hour" | "day" => format!("grace 3 {word}"),
            "match" | "notmatch" | "notcontains" | "notstartswith" | "notendswith" => {
                format!("city -{word}")
            }
            _ => format!("city {word}"),
        };
        check(
            &line,
            word,
            true,
            &["keyword", "constant.language", "variable.language"],
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_extension_names_files_that_are_there() {
    let json = |file: &str| -> Value {
        serde_json::from_str(&read(&format!("docs/editor/{file}"))).expect("JSON")
    };
    let package = json("package.json");
    let language = &package["contributes"]["languages"][0];
    let grammar = &package["contributes"]["grammars"][0];
    assert_eq!(language["id"], grammar["language"]);
    assert_eq!(grammar["scopeName"], ROOT);
    let file = |value: &Value| {
        value
            .as_str()
            .expect("a file")
            .trim_start_matches("./")
            .to_owned()
    };
    assert_eq!(format!("docs/editor/{}", file(&grammar["path"])), GRAMMAR);
    let configuration = json(&file(&language["configuration"]));
    assert_eq!(configuration["comments"]["lineComment"], "#");
    for key in ["increaseIndentPattern", "decreaseIndentPattern"] {
        let pattern = configuration["indentationRules"][key]
            .as_str()
            .expect("a pattern");
        Regex::new(pattern).expect("a pattern that runs everywhere");
    }
}
