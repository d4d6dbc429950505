//! What came of rule tests, as values for JSON, for people and for other programs.

use serde::Serialize;

/// One test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrialReport {
    /// The file it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Whether all that it expects came true.
    pub passed: bool,
    /// What did not.
    pub failures: Vec<MismatchReport>,
}

/// One expectation that did not come true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MismatchReport {
    /// The key under `expect`.
    pub what: &'static str,
    /// What was expected.
    pub expected: String,
    /// What came instead.
    pub got: String,
    /// What decided, one line each; inner lines are indented by blanks.
    pub because: Vec<String>,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Tests that ran.
    pub tests: usize,
    /// Those that passed.
    pub passed: usize,
    /// Those that failed.
    pub failed: usize,
}

/// Counts tests.
#[must_use]
pub fn summary(trials: &[TrialReport]) -> Summary {
    let passed = trials.iter().filter(|trial| trial.passed).count();
    Summary {
        tests: trials.len(),
        passed,
        failed: trials.len() - passed,
    }
}
