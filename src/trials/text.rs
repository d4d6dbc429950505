//! What came of rule tests, for people.

use super::coverage::{CoverageReport, MissingClause};
use super::report::{TrialReport, summary};
use crate::report::inert;
use std::fmt::Write as _;

/// Every failure with what decided, then how many there were.
#[must_use]
pub fn trials_text(trials: &[TrialReport]) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    for trial in trials.iter().filter(|trial| !trial.passed) {
        let _ = writeln!(
            out,
            "FAILED {}:{}: {}",
            trial.file,
            trial.line,
            inert(&trial.name)
        );
        for failure in &trial.failures {
            let (what, expected, got) = (failure.what, &failure.expected, &failure.got);
            let _ = writeln!(out, "  {what}: expected {expected}, got {got}");
            for line in &failure.because {
                let _ = writeln!(out, "    {line}");
            }
        }
        out.push('\n');
    }
    let all = summary(trials);
    let tests = if all.tests == 1 { "test" } else { "tests" };
    let _ = writeln!(
        out,
        "{} {tests}: {} passed, {} failed",
        all.tests, all.passed, all.failed
    );
    out
}

/// The shares, then everything that no test exercises, with its place.
#[must_use]
pub fn coverage_text(coverage: &CoverageReport) -> String {
    let (ranges, clauses) = (&coverage.ranges, &coverage.clauses);
    let mut out = format!(
        "coverage of {}: {} % of the ranges ({} of {}), {} % of the clauses' outcomes ({} of {})\n",
        coverage.rules,
        ranges.percent,
        ranges.covered,
        ranges.total,
        clauses.percent,
        clauses.covered,
        clauses.total
    );
    for missing in &ranges.missing {
        let (file, line, range) = (&missing.file, missing.line, &missing.range);
        let _ = writeln!(out, "  {file}:{line}: range {range:?} is given to nobody");
    }
    for missing in &clauses.missing {
        let (file, line) = (&missing.file, missing.line);
        let (owner, clause) = (&missing.owner, &missing.clause);
        let _ = writeln!(out, "  {file}:{line}: {owner}: {clause} {}", never(missing));
    }
    out
}

fn never(missing: &MissingClause) -> &'static str {
    match (missing.held, missing.failed, missing.undecided) {
        (0, 0, 0) => "is asked of nobody",
        (0, 0, _) => "could not be decided for anybody",
        (0, _, _) => "never holds",
        _ => "never fails",
    }
}
