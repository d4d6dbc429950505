//! Runs tests: decides about each person, compares, and remembers what was exercised.

use super::coverage::Coverage;
use super::outcome::{Outcome, subject};
use super::paper::Blank;
use super::read::{Trial, TrialFile};
use super::report::{MismatchReport, TrialReport};
use super::why::Decided;
use crate::numbering::E164;
use crate::plan::{NoteKind, is_waiting};
use crate::report::Decision;
use crate::rules::{Owner, RuleSet};
use std::collections::BTreeSet;

/// Runs all tests whose name contains `wanted`, in the order of the files.
#[must_use]
pub fn run<'r>(
    rules: &'r RuleSet,
    files: &[TrialFile],
    wanted: Option<&str>,
) -> (Vec<TrialReport>, Coverage<'r>) {
    let blank = Blank::of(rules);
    let mut coverage = Coverage::of(rules);
    let mut reports = Vec::new();
    for file in files {
        let is_wanted = |trial: &&Trial| wanted.is_none_or(|wanted| trial.name.contains(wanted));
        for trial in file.trials.iter().filter(is_wanted) {
            let failures = one(&blank, file, trial, &mut coverage);
            reports.push(TrialReport {
                file: file.name.clone(),
                line: trial.line,
                name: trial.name.clone(),
                passed: failures.is_empty(),
                failures,
            });
        }
    }
    (reports, coverage)
}

fn one(
    blank: &Blank<'_>,
    file: &TrialFile,
    trial: &Trial,
    coverage: &mut Coverage<'_>,
) -> Vec<MismatchReport> {
    let (paper, stored) = blank.paper(file, trial);
    let world = paper.world();
    let outcome = Outcome::of(&world, &stored);
    coverage.take_in(subject(&world, &stored, &outcome.judged), &outcome);
    let decided = Decided {
        world: &world,
        stored: &stored,
        outcome: &outcome,
    };
    let mut failures = Vec::new();
    of_range(trial, &decided, &mut failures);
    of_number(trial, &decided, &mut failures);
    of_notes(trial, &decided, &mut failures);
    of_companions(trial, &decided, &mut failures);
    of_decision(trial, &decided, &mut failures);
    failures
}

const NONE: &str = "none";

fn name(decided: &Decided<'_>, range: Option<usize>) -> String {
    let named = |at: usize| decided.world.rules.ranges()[at].name.clone();
    range.map_or_else(|| NONE.to_owned(), named)
}

fn shown(number: Option<E164>) -> String {
    number.map_or_else(|| NONE.to_owned(), |number| number.to_string())
}

/// `range` and `none`.
fn of_range(trial: &Trial, decided: &Decided<'_>, failures: &mut Vec<MismatchReport>) {
    let outcome = decided.outcome;
    if trial.expects.none {
        if outcome.range.is_some() || outcome.number.is_some() {
            let because = outcome
                .range
                .map_or_else(|| decided.row(), |range| decided.range(range));
            let got = match outcome.number {
                Some(number) => format!(
                    "{} with {number}",
                    name(decided, outcome.range.or(outcome.from))
                ),
                None => name(decided, outcome.range),
            };
            failures.push(mismatch("none", NONE.to_owned(), got, because));
        }
        return;
    }
    let Some(wanted) = &trial.expects.range else {
        return;
    };
    let got = name(decided, outcome.range);
    if got != *wanted || outcome.range.is_none() {
        let ranges = decided.world.rules.ranges();
        let expected = ranges.iter().position(|range| range.name == *wanted);
        let mut because = decided.row();
        for range in expected.into_iter().chain(outcome.range) {
            because.extend(decided.range(range));
        }
        failures.push(mismatch("range", wanted.clone(), got, because));
        return;
    }
    // Whoever expects a range expects a number of it, unless the notes or the decision say otherwise.
    let told = trial.expects.notes.is_some() || trial.expects.decision.is_some();
    let waits = |kind: &NoteKind| is_waiting(*kind);
    if let Some(kind) = outcome.kinds().into_iter().find(waits).filter(|_| !told) {
        let expected = format!("{wanted} with a number");
        let got = format!("{wanted}, but waits ({kind})");
        failures.push(mismatch("range", expected, got, decided.notes()));
    }
}

/// `number` and `from`.
fn of_number(trial: &Trial, decided: &Decided<'_>, failures: &mut Vec<MismatchReport>) {
    let outcome = decided.outcome;
    if let Some(wanted) = trial.expects.number
        && outcome.number != Some(wanted)
    {
        let mut because = decided.number(wanted);
        because.extend(context(decided, failures));
        failures.push(mismatch(
            "number",
            wanted.to_string(),
            shown(outcome.number),
            because,
        ));
    }
    if let Some(wanted) = &trial.expects.from {
        let got = name(decided, outcome.from);
        if got != *wanted {
            let because = context(decided, failures);
            failures.push(mismatch("from", wanted.clone(), got, because));
        }
    }
}

fn of_notes(trial: &Trial, decided: &Decided<'_>, failures: &mut Vec<MismatchReport>) {
    let Some(wanted) = &trial.expects.notes else {
        return;
    };
    let got = decided.outcome.kinds();
    if got != *wanted {
        let because = context(decided, failures);
        failures.push(mismatch("notes", listed(wanted), listed(&got), because));
    }
}

fn listed(kinds: &BTreeSet<NoteKind>) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    match names.is_empty() {
        true => NONE.to_owned(),
        false => names.join(", "),
    }
}

/// `policies` and `location`.
fn of_companions(trial: &Trial, decided: &Decided<'_>, failures: &mut Vec<MismatchReport>) {
    let outcome = decided.outcome;
    let ranges = decided.world.rules.ranges();
    for (policy_type, wanted) in &trial.expects.policies {
        let same = |other: &str| other.eq_ignore_ascii_case(policy_type);
        let got = outcome.policies.iter().find(|(other, _)| same(other));
        let got = got.map_or(NONE, |(_, name)| name);
        if got != wanted {
            let of_type = |owner| match owner {
                Owner::Policy(range, at) => same(&ranges[range].policies[at].policy_type),
                _ => false,
            };
            let because = decided.choices(outcome.from, of_type);
            let (wanted, got) = (
                format!("{policy_type} {wanted}"),
                format!("{policy_type} {got}"),
            );
            failures.push(mismatch("policies", wanted, got, because));
        }
    }
    if let Some(wanted) = &trial.expects.location {
        let got = outcome.location.as_deref().unwrap_or(NONE);
        if got != wanted {
            let is_location = |owner| matches!(owner, Owner::Location(..));
            let because = decided.choices(outcome.from, is_location);
            failures.push(mismatch(
                "location",
                wanted.clone(),
                got.to_owned(),
                because,
            ));
        }
    }
}

/// `decision` and `rule`.
fn of_decision(trial: &Trial, decided: &Decided<'_>, failures: &mut Vec<MismatchReport>) {
    let outcome = decided.outcome;
    if let Some(wanted) = trial
        .expects
        .decision
        .filter(|wanted| *wanted != outcome.decision)
    {
        let names = (Decision::name(wanted), Decision::name(outcome.decision));
        failures.push(mismatch(
            "decision",
            names.0.to_owned(),
            names.1.to_owned(),
            context(decided, failures),
        ));
    }
    if let Some(wanted) = &trial.expects.rule {
        let rules = decided.world.rules;
        let owner = rules.rule_named(wanted);
        if owner != outcome.rule {
            let shown = |owner: Option<Owner>| {
                owner.map_or_else(|| NONE.to_owned(), |owner| rules.name_of(owner))
            };
            let mut because = context(decided, failures);
            because.extend(owner.into_iter().flat_map(|owner| decided.clauses(owner)));
            failures.push(mismatch("rule", shown(owner), shown(outcome.rule), because));
        }
    }
}

/// What decided about the person, without what an earlier failure of the same test has told already.
fn context(decided: &Decided<'_>, failures: &[MismatchReport]) -> Vec<String> {
    let mut lines = Vec::new();
    if failures.is_empty() {
        lines.extend(decided.row());
        let picked = decided.outcome.range.into_iter();
        lines.extend(picked.flat_map(|range| decided.range(range)));
    }
    let told = |line: &String| {
        failures
            .iter()
            .any(|failure| failure.because.contains(line))
    };
    lines.extend(decided.notes().into_iter().filter(|line| !told(line)));
    lines
}

fn mismatch(
    what: &'static str,
    expected: String,
    got: String,
    because: Vec<String>,
) -> MismatchReport {
    MismatchReport {
        what,
        expected,
        got,
        because,
    }
}
