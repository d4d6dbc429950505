//! The pages about the rule language: every example is read, every table is tried, no word is missing.

use super::markdown::{Block, Table, all_code, blocks, code, tables};
use super::read;
use super::words::{kinds, words};
use linekeeper::directory::{Attribute, Kind, LicenceBook, PlanCatalogue, User, UserId};
use linekeeper::rules::{
    Diagnostic, GroupMembers, LoadOptions, Loaded, RuleSet, SourceFile, Subject, load, normal_form,
};

/// Pages that show rules.
const PAGES: [&str; 5] = [
    "README.md",
    "docs/rules.md",
    "docs/cookbook.md",
    "docs/coming-from.md",
    "docs/ci.md",
];

fn loaded(text: &str) -> Result<Loaded, Vec<Diagnostic>> {
    let file = SourceFile {
        name: "example.rules".into(),
        bytes: text.as_bytes().to_vec(),
    };
    load(&[file], LoadOptions { groups: true })
}

#[track_caller]
fn rules(text: &str) -> RuleSet {
    let shown = |found: Vec<Diagnostic>| {
        let found: Vec<String> = found.iter().map(|d| d.render(false)).collect();
        panic!("{text}\n{}", found.join("\n\n"))
    };
    loaded(text).unwrap_or_else(shown).rule_set
}

fn condition(expression: &str) -> String {
    format!("exclude \"x\" when {expression}\n")
}

/// The rule sets of an example: itself, or one for each expression, or a range around its properties.
fn rule_sets(block: &Block) -> Vec<String> {
    match block.info.get(1).map(String::as_str) {
        Some("when") => {
            let lines = block.text.lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(condition).collect()
        }
        Some("range") => {
            let says = |word: &str| {
                let mut lines = block.text.lines();
                lines.any(|line| line.split_whitespace().next() == Some(word))
            };
            let needed = [
                "type direct-routing",
                "numbers +49 89 5550 1000 to 1999",
                "quarantine 30 days",
            ];
            let missing = |line: &&str| !says(line.split(' ').next().unwrap_or_default());
            let needed: Vec<&str> = needed.into_iter().filter(missing).collect();
            vec![format!(
                "range \"x\" {{\n{}\n{}}}\n",
                needed.join("\n"),
                block.text
            )]
        }
        _ => vec![block.text.clone()],
    }
}

/// What is wrong with an example, if anything.
fn complaints(page: &str, block: &Block) -> Vec<String> {
    let word = |word: &str| block.info.iter().position(|info| info == word);
    let code = |after: &str| word(after).map(|at| block.info[at + 1].as_str());
    let partial = ["when", "range"].iter().any(|kind| word(kind) == Some(1));
    let mut complaints = Vec::new();
    for text in rule_sets(block) {
        let (errors, warnings) = match loaded(&text) {
            Ok(loaded) => (Vec::new(), loaded.warnings),
            Err(errors) => (errors, Vec::new()),
        };
        let errors = errors.iter().map(|found| found.code);
        let warnings: Vec<&str> = warnings.iter().map(|found| found.code).collect();
        let errors: Vec<&str> = errors.collect();
        let as_said = match (code("wrong"), code("warns")) {
            (Some(wrong), _) => errors == [wrong],
            (None, Some(warns)) => errors.is_empty() && warnings.contains(&warns),
            (None, None) => errors.is_empty() && (partial || warnings.is_empty()),
        };
        if !as_said {
            complaints.push(format!(
                "{page}:{}: {:?} gives errors {errors:?} and warnings {warnings:?}\n{text}",
                block.line, block.info
            ));
        }
    }
    complaints
}

#[test]
fn every_example_of_the_pages_is_read_as_the_page_says() {
    let mut all = Vec::new();
    for page in PAGES {
        let text = read(page);
        let examples = blocks(&text);
        let examples = examples
            .iter()
            .filter(|block| block.info.first().is_some_and(|word| word == "rules"));
        let mut count = 0;
        for block in examples {
            count += 1;
            all.extend(complaints(page, block));
        }
        assert!(count > 0 || page == "docs/ci.md", "{page}: no example");
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn wrong_examples_are_noticed() {
    let complained = |page: &str| {
        let found = blocks(page)
            .iter()
            .flat_map(|block| complaints("page", block))
            .count();
        found > 0
    };
    assert!(!complained("```rules\nlet a = [\"x\"]\n```\n"));
    assert!(complained("```rules\nlet a = \n```\n"));
    assert!(complained(
        "```rules when\ncity = \"Bonn\"\ncitty = \"Bonn\"\n```\n"
    ));
    assert!(complained(
        "```rules wrong incomplete\nlet a = [\"x\"]\n```\n"
    ));
    assert!(complained("```rules wrong overlap\nlet a =\n```\n"));
    assert!(!complained("```rules wrong incomplete\nlet a =\n```\n"));
    assert!(complained(
        "```rules\nexclude \"x\" when city != \"Bonn\"\n```\n"
    ));
    assert!(complained(
        "```rules warns shadowed\nexclude \"x\" when city != \"Bonn\"\n```\n"
    ));
}

#[test]
fn the_page_about_the_language_shows_every_word_of_it() {
    let page = all_code(&read("docs/rules.md")).to_lowercase();
    let words = words();
    let folded: Vec<String> = page
        .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_' && sign != '-')
        .map(|token| token.replace('_', ""))
        .collect();
    let is_shown = |word: &str| {
        let word = word.replace('_', "");
        let numbered = word.starts_with("extensionattribute");
        numbered
            || folded
                .iter()
                .any(|token| token.trim_start_matches('-') == word)
    };
    let kinds: Vec<&str> = kinds().collect();
    let words = words.all().chain(kinds);
    let missing: Vec<&str> = words.filter(|word| !is_shown(word)).collect();
    assert!(
        missing.is_empty(),
        "docs/rules.md does not show {missing:?}"
    );
}

/// The tables of a page with this first row, all their rows together.
fn rows(page: &str, head: &[&str]) -> Vec<Vec<String>> {
    let tables: Vec<Table> = tables(&read(page))
        .into_iter()
        .filter(|table| {
            table
                .head
                .iter()
                .zip(head)
                .all(|(cell, h)| cell.starts_with(h))
        })
        .collect();
    let rows: Vec<Vec<String>> = tables.into_iter().flat_map(|table| table.rows).collect();
    assert!(!rows.is_empty(), "{page}: no table {head:?}");
    rows
}

#[test]
fn other_spellings_mean_the_same() {
    let tables = [
        rows("docs/rules.md", &["canonical", "also accepted"]),
        rows("docs/coming-from.md", &["in Entra", "in Linekeeper"]),
    ];
    for row in tables.iter().flatten() {
        let (one, other) = (code(&row[0]), code(&row[1]));
        if row[1].starts_with("not accepted") {
            assert!(loaded(&condition(&one[0])).is_err(), "{row:?} is accepted");
            for written in row[1].split("write ").skip(1).flat_map(code) {
                rules(&condition(&written));
            }
            continue;
        }
        let digest = |text: &str| rules(&condition(text)).digest().clone();
        assert_eq!(digest(&one[0]), digest(&other[0]), "{row:?}");
    }
}

#[test]
fn the_table_of_attributes_is_complete() {
    let mut listed = Vec::new();
    for row in rows("docs/rules.md", &["attribute", "also", "in Graph"]) {
        let names: Vec<String> = row[..2].iter().flat_map(|cell| code(cell)).collect();
        for name in &names {
            let tests = ["is empty", "= true", "= \"person\"", "has \"MCOEV\""];
            let group = "has \"d3b4fe1f-9992-4930-8acb-ca6ec609365e\"";
            let mut tests = tests.iter().chain([&group]);
            let is_one = tests.any(|test| loaded(&condition(&format!("{name} {test}"))).is_ok());
            assert!(is_one, "{row:?}: {name} is no attribute");
        }
        listed.extend(code(&row[0]));
    }
    let missing: Vec<&str> = Attribute::ALL
        .iter()
        .map(|attribute| attribute.name())
        .filter(|name| !name.starts_with("extension_attribute_"))
        .filter(|name| !listed.iter().any(|listed| listed == name))
        .collect();
    assert!(missing.is_empty(), "docs/rules.md: no row for {missing:?}");
}

/// A text in quotes with `\u{…}` resolved.
fn unquoted(text: &str) -> String {
    let escape = regex::Regex::new(r"\\u\{([0-9A-Fa-f]+)\}").expect("a pattern");
    let plain = escape.replace_all(text.trim_matches('"'), |found: &regex::Captures<'_>| {
        let code = u32::from_str_radix(&found[1], 16).expect("a number");
        char::from_u32(code).expect("a character").to_string()
    });
    plain.into_owned()
}

/// Whether the condition holds for a person in that city.
fn holds(expression: &str, city: Option<&str>) -> bool {
    let rules = rules(&condition(expression));
    let mut user = User::new(UserId::from_u128(1));
    user.attributes = city
        .map(|city| (Attribute::City, city))
        .into_iter()
        .collect();
    let (book, groups) = (
        LicenceBook::new(PlanCatalogue::default(), None),
        GroupMembers::new(),
    );
    let subject = Subject {
        user: &user,
        kind: Kind::Person,
        book: &book,
        groups: &groups,
    };
    rules.excluded_by(subject).is_some()
}

#[test]
fn texts_are_equal_as_the_page_says() {
    for row in rows("docs/rules.md", &["a", "b", "equal?"]) {
        let (a, b) = (code(&row[0])[0].clone(), unquoted(&code(&row[1])[0]));
        let equal = row[2].starts_with("yes");
        assert!(equal || row[2].starts_with("no"), "{row:?}");
        assert_eq!(holds(&format!("city = {a}"), Some(&b)), equal, "{row:?}");
        assert_eq!(
            normal_form(&unquoted(&a)) == normal_form(&b),
            equal,
            "{row:?}"
        );
    }
}

#[test]
fn empty_means_what_the_page_says() {
    let head = [
        "expression",
        "city is `\"Bonn\"`",
        "city is `\"Köln\"`",
        "city is empty",
    ];
    for row in rows("docs/rules.md", &head) {
        let expression = &code(&row[0])[0];
        let cities: [&[Option<&str>]; 3] = [
            &[Some("Bonn")],
            &[Some("Köln")],
            &[None, Some(""), Some(" \u{200B}")],
        ];
        for (cell, cities) in row[1..].iter().zip(cities) {
            let expected = cell.trim_matches('*') == "yes";
            for city in cities {
                assert_eq!(holds(expression, *city), expected, "{row:?} for {city:?}");
            }
        }
    }
}

#[test]
fn numbers_are_read_as_the_page_says() {
    for row in rows("docs/rules.md", &["written", "means"]) {
        let written = &code(&row[0])[0];
        let text =
            format!("range \"x\" {{ type direct-routing quarantine 30 days numbers {written} }}");
        let rules = rules(&text);
        let spans: Vec<String> = rules.ranges()[0]
            .numbers
            .runs()
            .map(|span| match span.count() {
                1 => format!("`{}`", span.first()),
                _ => format!("`{}` to `{}`", span.first(), span.last()),
            })
            .collect();
        assert_eq!(spans.join(", "), row[1], "{written}");
    }
}
