//! Rule tests: made-up people, what they expect of the rules, and what the rules make of them.
//!
//! [`read`] takes a `*.test.toml` apart into trials, or answers everything that is wrong with it. [`run`] decides about
//! each person exactly as a sync would, by the same pure functions over a tenant that exists only on paper, and compares.
//! Knows no files and no clock: a trial says what day it is.

mod coverage;
mod document;
mod expectation;
mod figure;
mod junit;
mod licensed;
mod outcome;
mod paper;
mod products;
mod read;
mod report;
mod run;
mod stock;
mod text;
mod why;

pub use coverage::{Coverage, CoverageReport};
pub use junit::junit;
pub use products::PRODUCTS;
pub use read::{TrialFile, read};
pub use report::{MismatchReport, Summary, TrialReport, summary};
pub use run::run;
pub use text::{coverage_text, trials_text};

#[cfg(test)]
mod tests;
