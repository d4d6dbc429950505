//! What the pages tell people to type or to paste into a pipeline: commands that exist, configurations that are accepted.

use super::markdown::{blocks, code};
use super::read;
use clap::{CommandFactory as _, Parser as _};
use linekeeper::cli::args::Cli;
use linekeeper::config::{Sources, load};

/// Pages with commands.
const PAGES: [&str; 7] = [
    "README.md",
    "docs/rules.md",
    "docs/cookbook.md",
    "docs/coming-from.md",
    "docs/ci.md",
    "docs/editor/README.md",
    "docs/operations.md",
];

/// The words of a command line up to what the shell makes of the rest; quotes keep words together.
fn typed(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for sign in line.chars() {
        match (quote, sign) {
            (None, '|' | '>' | '#' | '&' | ';') => break,
            (None, '"' | '\'') => quote = Some(sign),
            (None, ' ') => words.push(String::new()),
            (Some(open), _) if open == sign => quote = None,
            _ => words.last_mut().expect("a word").push(sign),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Command lines of this program in a page: in blocks, where they are whole, and (true) named in the prose.
fn commands(page: &str) -> Vec<(String, bool)> {
    let text = read(page);
    let mut fenced = false;
    let mut all: Vec<(String, bool)> = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if fenced {
            let line = line.trim_start_matches([' ', '-']);
            let line = ["run: ", "script: ", "entry: ", "$ "]
                .iter()
                .fold(line, |line, start| line.strip_prefix(start).unwrap_or(line));
            all.push((line.to_owned(), false));
        } else {
            all.extend(code(line).into_iter().map(|line| (line, true)));
        }
    }
    all.retain(|(line, _)| line.starts_with("linekeeper "));
    all
}

/// Why a command line is none, if it is none. What is only named may lack what a command requires.
fn complaint(line: &str, named: bool) -> Option<String> {
    let words = typed(line);
    let group = Cli::command();
    let group = group.find_subcommand(words.get(1)?);
    let bare = group.is_some_and(|group| group.has_subcommands()) && words.len() == 2;
    if line.contains('…') || bare {
        return None;
    }
    let refused = Cli::try_parse_from(&words).err()?;
    let lacking = refused.kind() == clap::error::ErrorKind::MissingRequiredArgument;
    let is_fine = !refused.use_stderr() || (named && lacking);
    (!is_fine).then(|| format!("{line}: {refused}"))
}

#[test]
fn commands_in_the_pages_can_be_typed() {
    let mut wrong = Vec::new();
    for page in PAGES {
        let commands = commands(page);
        assert!(!commands.is_empty(), "{page}: no command was found");
        let faults = commands
            .iter()
            .filter_map(|(line, named)| complaint(line, *named));
        wrong.extend(faults.map(|fault| format!("{page}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hooks_run_commands_that_can_be_typed() {
    let hooks = read(".pre-commit-hooks.yaml");
    let hooks: Vec<&str> = hooks.split("\n- id: ").skip(1).collect();
    let name = |hook: &&str| hook.lines().next().unwrap_or_default().to_owned();
    let names: Vec<String> = hooks.iter().map(name).collect();
    assert_eq!(
        names,
        [
            "linekeeper-rules-check",
            "linekeeper-rules-fmt",
            "linekeeper-rules-test"
        ]
    );
    for hook in hooks {
        let value = |key: &str| {
            let mut lines = hook
                .lines()
                .filter_map(|line| line.trim().strip_prefix(key));
            lines
                .next()
                .map(str::trim)
                .unwrap_or_else(|| panic!("{key} of {hook}"))
        };
        assert_eq!(value("language:"), "system");
        assert_eq!(value("pass_filenames:"), "false");
        let line = format!(
            "{} {}",
            value("entry:"),
            value("args:").trim_matches(['[', ']'])
        );
        assert!(complaint(&line, false).is_none(), "{line}");
        let files = regex::Regex::new(value("files:")).expect("a pattern");
        assert!(files.is_match("rules/a.rules") && !files.is_match("rules/a.txt"));
    }
}

#[test]
fn wrong_commands_are_noticed() {
    let is_wrong = |line: &str| complaint(line, false).is_some();
    for right in [
        "linekeeper rules check rules  # all",
        "linekeeper explain \"anna\" | less",
        "linekeeper --help",
        "linekeeper rules",
    ] {
        assert!(!is_wrong(right), "{right}");
    }
    assert!(is_wrong("linekeeper rules chekc"));
    assert!(is_wrong("linekeeper plan --ful"));
    assert!(is_wrong("linekeeper explain"));
    assert!(complaint("linekeeper explain", true).is_none());
    assert!(complaint("linekeeper explane", true).is_some());
}

#[test]
fn configurations_in_the_pages_are_accepted() {
    let mut count = 0;
    for page in PAGES {
        let text = read(page);
        let blocks = blocks(&text);
        for block in blocks.iter().filter(|block| block.info == ["toml"]) {
            if !block.text.contains("[[tenant]]") {
                continue;
            }
            count += 1;
            let folder = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(folder.path().join("linekeeper.toml"), &block.text)
                .expect("our own folder");
            let secret = ("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "secret");
            let sources = Sources {
                file: None,
                folder: folder.path().to_owned(),
                environment: vec![(secret.0.into(), secret.1.into())],
            };
            load(&sources).unwrap_or_else(|errors| panic!("{page}:{}: {errors}", block.line));
        }
    }
    assert!(count >= 2, "the configurations were not found");
}
