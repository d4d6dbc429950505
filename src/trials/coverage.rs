//! What of a rule set the tests have exercised, and what not.
//!
//! A range is covered once the rules picked it, or a number of it was given, for somebody. Ranges that are neither picked
//! by rule nor overflow are given by hand only and do not count. A clause is covered once it has held for somebody and
//! failed for somebody, of those whom its condition is asked of, whatever the other clauses said (see
//! [`Exercise`]). Whether a test passed does not matter here.

use super::outcome::Outcome;
use crate::plan::Row;
use crate::rules::{Clause, Exercise, RuleSet, Subject};
use serde::Serialize;
use std::collections::BTreeSet;

/// What was exercised so far.
#[derive(Clone, Debug)]
pub struct Coverage<'r> {
    rules: &'r RuleSet,
    exercise: Exercise<'r>,
    picked: BTreeSet<usize>,
}

/// The coverage of one rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageReport {
    /// The folder of the rules.
    pub rules: String,
    /// The lower of the two shares, in percent, rounded down: what a threshold is compared with.
    pub percent: u64,
    /// Ranges.
    pub ranges: RangeCoverage,
    /// Clauses.
    pub clauses: ClauseCoverage,
}

/// Which ranges were picked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RangeCoverage {
    /// Ranges that can be picked by rule, or are overflow.
    pub total: u64,
    /// Those that were.
    pub covered: u64,
    /// Percent, rounded down.
    pub percent: u64,
    /// Those that were not.
    pub missing: Vec<MissingRange>,
}

/// A range nobody was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingRange {
    /// Its name.
    pub range: String,
    /// Where it stands.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

/// Which clauses turned out both ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseCoverage {
    /// Two ways for each clause.
    pub total: u64,
    /// Ways that occurred.
    pub covered: u64,
    /// Percent, rounded down.
    pub percent: u64,
    /// Clauses of which one way or both are missing.
    pub missing: Vec<MissingClause>,
}

/// A clause that did not turn out both ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingClause {
    /// Whose condition it is, such as `range "muc"`.
    #[serde(rename = "in")]
    pub owner: String,
    /// The clause, without a negation before it.
    pub clause: String,
    /// Where it stands.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// For how many people it held.
    pub held: u64,
    /// For how many it failed.
    pub failed: u64,
    /// For how many it could not be decided.
    pub undecided: u64,
}

impl<'r> Coverage<'r> {
    pub(super) fn of(rules: &'r RuleSet) -> Self {
        Self {
            rules,
            exercise: Exercise::of(rules),
            picked: BTreeSet::new(),
        }
    }

    /// Takes in one decision: each condition is asked of whoever comes so far in the decision table.
    pub(super) fn take_in(&mut self, subject: Subject<'_>, outcome: &Outcome) {
        self.exercise.everyone(subject);
        if matches!(outcome.judged.row, Row::Excluded(_) | Row::Eligible) {
            self.exercise.licensed(subject);
        }
        if outcome.judged.row == Row::Eligible {
            self.exercise
                .eligible(subject, outcome.judged.licensing.voice);
        }
        let given: BTreeSet<usize> = outcome.range.into_iter().chain(outcome.from).collect();
        for range in given {
            self.exercise.given(range, subject);
            self.picked.insert(range);
        }
    }

    /// The shares, and everything that is missing.
    #[must_use]
    pub fn report(&self, rules: &str) -> CoverageReport {
        let (ranges, clauses) = (self.ranges(), self.clauses());
        CoverageReport {
            rules: rules.to_owned(),
            percent: ranges.percent.min(clauses.percent),
            ranges,
            clauses,
        }
    }

    fn ranges(&self) -> RangeCoverage {
        let all = self.rules.ranges();
        let overflow: BTreeSet<usize> = all
            .iter()
            .flat_map(|range| range.overflow.clone())
            .collect();
        let counts = |at: &usize| self.rules.condition(*at).is_some() || overflow.contains(at);
        let total = (0..all.len()).filter(counts).count() as u64;
        let missing: Vec<MissingRange> = (0..all.len())
            .filter(counts)
            .filter(|at| !self.picked.contains(at))
            .map(|at| MissingRange {
                range: all[at].name.clone(),
                file: all[at].file.clone(),
                line: all[at].line,
            })
            .collect();
        let covered = total - missing.len() as u64;
        RangeCoverage {
            total,
            covered,
            percent: percent(covered, total),
            missing,
        }
    }

    fn clauses(&self) -> ClauseCoverage {
        let clauses = self.exercise.clauses();
        let total = 2 * clauses.len() as u64;
        let covered = clauses.iter().map(Clause::ways).sum();
        let missing = clauses.into_iter().filter(|clause| clause.ways() < 2);
        ClauseCoverage {
            total,
            covered,
            percent: percent(covered, total),
            missing: missing.map(|clause| self.missing(clause)).collect(),
        }
    }

    fn missing(&self, clause: Clause) -> MissingClause {
        MissingClause {
            owner: self.rules.name_of(clause.owner),
            clause: clause.text,
            file: clause.file,
            line: clause.line,
            held: clause.held,
            failed: clause.failed,
            undecided: clause.undecided,
        }
    }
}

/// Rounded down, so that 100 means all; of nothing all is covered.
const fn percent(covered: u64, total: u64) -> u64 {
    match total {
        0 => 100,
        total => covered * 100 / total,
    }
}
