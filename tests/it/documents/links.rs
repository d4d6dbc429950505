//! Links between the pages lead somewhere.

use super::{path, read};
use regex::Regex;
use std::collections::BTreeSet;

/// Every page: the root's and those under `docs`.
fn pages() -> Vec<String> {
    let mut all = vec!["README.md".to_owned(), "CHANGELOG.md".to_owned()];
    for folder in ["docs", "docs/editor"] {
        for entry in std::fs::read_dir(path(folder)).expect("the pages") {
            let name = entry.expect("a page").file_name();
            let name = name.into_string().expect("a name");
            if name.ends_with(".md") {
                all.push(format!("{folder}/{name}"));
            }
        }
    }
    assert!(all.len() > 8, "the pages were not found: {all:?}");
    all
}

/// The anchors of a page's headings: lower case, blanks as hyphens, other signs left out.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let title = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter_map(|sign| match sign {
            ' ' => Some('-'),
            '-' | '_' => Some(sign),
            sign => sign.is_alphanumeric().then_some(sign),
        });
        kept.collect()
    };
    headings.map(anchor).collect()
}

fn dead(page: &str, text: &str) -> Vec<String> {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let leads_nowhere = |target: &str| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let file = match file {
            "" => page.to_owned(),
            file => format!("{folder}/{file}")
                .trim_start_matches('/')
                .to_owned(),
        };
        let is_page = file.ends_with(".md") && path(&file).is_file();
        match anchor {
            "" => !path(&file).exists(),
            anchor => !is_page || !anchors(&read(&file)).contains(anchor),
        }
    };
    link.captures_iter(text)
        .map(|found| found[1].to_owned())
        .filter(|target| !target.contains("://") && leads_nowhere(target))
        .map(|target| format!("{page}: {target}"))
        .collect()
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let dead: Vec<String> = pages()
        .iter()
        .flat_map(|page| dead(page, &read(page)))
        .collect();
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn dead_links_are_noticed() {
    let count = |text: &str| dead("docs/rules.md", text).len();
    assert_eq!(
        count("[a](cookbook.md) [b](#files) [c](../README.md) [d](https://x.example/y)"),
        0
    );
    assert_eq!(count("[a](editor/README.md) [b](ci.md#github-actions)"), 0);
    assert_eq!(count("[a](cokbook.md) [b](#filez) [c](ci.md#nowhere)"), 3);
}
