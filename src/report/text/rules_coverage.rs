//! Coverage for people: the counts first, then who gets nothing, then what nobody needs.

use super::rules_diff::{lines_of, people_read, side};
use super::{LIST, more, table};
use crate::report::inert;
use crate::report::rules_coverage::{
    ClauseOutcome, CoverageSummary, Idle, NoRangeGroup, RangeCoverage, RulesCoverage,
};
use std::fmt::Write;

/// The text form of a coverage, ending with a line end.
#[must_use]
pub fn rules_coverage_text(coverage: &RulesCoverage) -> String {
    let mut out = head(coverage);
    out.push_str(&ranges(&coverage.ranges));
    out.push_str(&without(coverage));
    out.push_str(&ambiguous(coverage));
    out.push_str(&idle_ranges(&coverage.ranges));
    out.push_str(&clauses(coverage));
    out.push_str(&aliases(coverage));
    out
}

fn head(coverage: &RulesCoverage) -> String {
    let summary = &coverage.summary;
    let lines = [
        ("tenant", inert(&coverage.tenant)),
        ("rules", side(&coverage.rules)),
        ("directory", people_read(&coverage.directory)),
        ("people", people(summary)),
        ("not asked", not_asked(summary)),
    ];
    lines_of(&lines)
}

fn people(summary: &CoverageSummary) -> String {
    let mut told = vec![
        format!("{} with a range", summary.with_range),
        format!("{} without one", summary.without_range),
    ];
    if summary.ambiguous > 0 {
        let text = format!(
            "{} whom several ranges of one priority fit",
            summary.ambiguous
        );
        told.push(text);
    }
    if summary.not_served > 0 {
        told.push(format!(
            "{} rooms, devices and the like that no range serves",
            summary.not_served
        ));
    }
    for (by, count) in &summary.ruled_out {
        told.push(format!("{count} ruled out by {}", inert(by)));
    }
    format!(
        "{} about whom the rules are asked: {}",
        summary.asked,
        told.join(", ")
    )
}

fn not_asked(summary: &CoverageSummary) -> String {
    let told: Vec<String> = summary
        .not_asked
        .iter()
        .map(|(reason, count)| format!("{count} {}", reason.replace('-', " ")))
        .collect();
    match told.is_empty() {
        true => "nobody".to_owned(),
        false => told.join(", "),
    }
}

fn ranges(ranges: &[RangeCoverage]) -> String {
    let mut most: Vec<&RangeCoverage> = ranges.iter().filter(|range| range.people > 0).collect();
    if most.is_empty() {
        return String::new();
    }
    most.sort_by_key(|range| std::cmp::Reverse(range.people));
    let rows = most.iter().take(LIST).map(|range| {
        vec![
            inert(&range.range),
            range.people.to_string(),
            format!("{} with a number", range.holders),
            format!("{} without", range.joiners),
        ]
    });
    format!(
        "\npeople per range\n{}{}",
        table(rows),
        more(most.len(), "ranges")
    )
}

fn without(coverage: &RulesCoverage) -> String {
    if coverage.summary.without_range == 0 {
        return String::new();
    }
    let mut out = format!("\nno range fits ({})\n", coverage.summary.without_range);
    for group in coverage.without_range.iter().take(LIST) {
        let _ = writeln!(out, "  {:>6}  {}", group.people, who(group));
        if let Some(nearest) = &group.nearest {
            let fails: Vec<String> = nearest.fails.iter().map(|clause| inert(clause)).collect();
            let range = inert(&nearest.range);
            let aliases = nearest.aliases.iter();
            let aliases: String = aliases
                .map(|alias| format!("          if that is meant: {}\n", inert(alias)))
                .collect();
            let _ = writeln!(
                out,
                "          nearest {range}, but not {}",
                fails.join("; not ")
            );
            out.push_str(&aliases);
        }
    }
    out.push_str(&more(coverage.without_range.len(), "groups"));
    if coverage.without_range_ungrouped > 0 {
        let people = coverage.without_range_ungrouped;
        let _ = writeln!(
            out,
            "  … and {people} people in groups that are too many to be told apart"
        );
    }
    out
}

/// `city "Zürich", department empty; calling plan; anna@contoso.com, bert@contoso.com`
fn who(group: &NoRangeGroup) -> String {
    let value = |(name, value): (&&str, &Option<String>)| match value {
        Some(text) => format!("{name} \"{}\"", inert(text)),
        None => format!("{name} empty"),
    };
    let values: Vec<String> = group.values.iter().map(value).collect();
    let examples: Vec<String> = group.examples.iter().map(|upn| inert(upn)).collect();
    let holders = match group.holders {
        0 => String::new(),
        holders => format!("{holders} of them with a number; "),
    };
    let and_others = match group.people > examples.len() as u64 {
        true => ", …",
        false => "",
    };
    let values = match values.is_empty() {
        true => "whatever they are".to_owned(),
        false => values.join(", "),
    };
    format!(
        "{values}; {}; {holders}{}{and_others}",
        group.voice_licence,
        examples.join(", ")
    )
}

fn ambiguous(coverage: &RulesCoverage) -> String {
    if coverage.ambiguous.is_empty() {
        return String::new();
    }
    let rows = coverage.ambiguous.iter().take(LIST).map(|group| {
        let also: Vec<String> = group.also.iter().map(|range| inert(range)).collect();
        let examples: Vec<String> = group.examples.iter().map(|upn| inert(upn)).collect();
        vec![
            group.people.to_string(),
            format!(
                "{} comes first, {} fits as well",
                inert(&group.range),
                also.join(", ")
            ),
            examples.join(", "),
        ]
    });
    let more = more(coverage.ambiguous.len(), "groups");
    format!("\nseveral ranges of one priority\n{}{more}", table(rows))
}

fn idle_ranges(ranges: &[RangeCoverage]) -> String {
    let idle: Vec<&RangeCoverage> = ranges
        .iter()
        .filter(|range| range.idle.is_some_and(|idle| idle != Idle::ByHand))
        .collect();
    if idle.is_empty() {
        return String::new();
    }
    let rows = idle.iter().take(LIST).map(|range| {
        let why = match (range.idle, &range.taken_by) {
            (Some(Idle::Taken), Some(other)) => {
                format!(
                    "wherever it holds, another range comes first, such as {}",
                    inert(other)
                )
            }
            _ => "its condition holds for nobody".to_owned(),
        };
        let at = format!("{}:{}", inert(&range.file), range.line);
        vec![inert(&range.range), why, at]
    });
    format!(
        "\nranges that are picked for nobody\n{}{}",
        table(rows),
        more(idle.len(), "ranges")
    )
}

fn clauses(coverage: &RulesCoverage) -> String {
    if coverage.clauses.is_empty() {
        return String::new();
    }
    let rows = coverage.clauses.iter().take(LIST).map(|clause| {
        let outcome = match clause.outcome {
            ClauseOutcome::Always => "holds for everybody asked",
            ClauseOutcome::Never => "holds for nobody asked",
            ClauseOutcome::NotAsked => "nobody is asked",
            ClauseOutcome::Undecided => "cannot be decided",
        };
        vec![
            inert(&clause.clause),
            outcome.to_owned(),
            inert(&clause.of),
            format!("{}:{}", inert(&clause.file), clause.line),
        ]
    });
    let more = more(coverage.clauses.len(), "clauses");
    format!(
        "\nclauses that never decide anything\n{}{more}",
        table(rows)
    )
}

fn aliases(coverage: &RulesCoverage) -> String {
    if coverage.aliases.is_empty() {
        return String::new();
    }
    let rows = coverage.aliases.iter().take(LIST).map(|alias| {
        vec![
            alias.attribute.to_owned(),
            format!(
                "\"{}\" for \"{}\"",
                inert(&alias.spelling),
                inert(&alias.value)
            ),
        ]
    });
    let more = more(coverage.aliases.len(), "aliases");
    format!("\naliases whose spelling nobody has\n{}{more}", table(rows))
}
