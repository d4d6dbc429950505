//! Comments that cite the facts about Graph, against the sections of `docs/graph.md`.

use super::source::Source;
use std::collections::BTreeSet;

const PAGE: &str = "docs/graph.md";

/// The numbers that can be cited: `4.1`, `9`, `trap 12`.
pub(super) fn sections(page: &str) -> BTreeSet<String> {
    let heading = |line: &str| {
        let rest = line.trim_start_matches('#');
        let number = rest.trim_start().split(' ').next()?.trim_end_matches('.');
        let numbered = line.starts_with('#') && number.starts_with(|c: char| c.is_ascii_digit());
        numbered.then(|| number.to_owned())
    };
    let traps = page.split("\n## Traps\n").nth(1).unwrap_or_default();
    let trap = |line: &str| {
        let number = line.split(". ").next()?;
        number.parse::<u8>().ok().map(|n| format!("trap {n}"))
    };
    let headings = page.lines().filter_map(heading);
    headings.chain(traps.lines().filter_map(trap)).collect()
}

/// Citations that lead nowhere.
pub(super) fn dangling(source: &Source, sections: &BTreeSet<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for line in source.text.lines().filter(|line| line.contains("//")) {
        let old = line.match_indices("GRAPH").any(|(place, _)| {
            let rest = line[place + 5..].trim_start_matches([',', ' ']);
            rest.starts_with(|c: char| c.is_ascii_digit())
                || rest.starts_with("section")
                || rest.starts_with("trap")
        });
        if old {
            complaints.push(format!("{}: cite {PAGE} instead of GRAPH", source.path));
        }
        for rest in line.split(PAGE).skip(1) {
            complaints.extend(
                cited(rest)
                    .into_iter()
                    .filter(|number| !sections.contains(number))
                    .map(|number| format!("{}: {PAGE} has no {number}", source.path)),
            );
        }
    }
    complaints
}

/// ` 4.2, 5)` cites `4.2` and `5`; `, trap 12` cites `trap 12`.
fn cited(rest: &str) -> Vec<String> {
    let rest = rest.split([')', ':', ';']).next().unwrap_or_default();
    let mut numbers = Vec::new();
    for part in rest
        .split(',')
        .map(|part| part.trim().trim_end_matches('.'))
    {
        let number = part.strip_prefix("trap ").unwrap_or(part);
        if number.is_empty() && numbers.is_empty() {
            continue;
        }
        if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
            break;
        }
        numbers.push(part.to_owned());
    }
    numbers
}

#[test]
fn dangling_citations_are_found() {
    let known = sections("# Facts\n## 4. Numbers\n### 4.1 List\n## Traps\n\n12. No user\n");
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    assert_eq!(known, ["4", "4.1", "trap 12"]);
    let known = known.into_iter().map(str::to_owned).collect();
    for (comment, complaints) in [
        ("// (docs/graph.md 4.1)", 0),
        ("// (docs/graph.md 4.1, 4)", 0),
        ("// (docs/graph.md, trap 12)", 0),
        ("// as docs/graph.md says, in passing", 0),
        ("// (docs/graph.md 4.2)", 1),
        ("// (docs/graph.md, trap 13)", 1),
        ("// (docs/graph.md 4.2, 5)", 2),
        ("// (GRAPH 4.1)", 1),
        ("const GRAPH: u8 = 1; // the name", 0),
    ] {
        let found = dangling(&Source::new("src/a.rs", comment), &known);
        assert_eq!(found.len(), complaints, "{comment}: {found:?}");
    }
}
