//! `rules test`, as typed.

use clap::Args;
use std::path::PathBuf;

/// `rules test`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Looks at no tenant: everything a test depends on stands in its file, see docs/rule-tests.md. Exit codes: 0 all \
passed; 1 a test failed, or the coverage is below the threshold; 2 no test file was found, or no test of that name; 3 rules \
or test files have errors."
)]
pub struct RulesTestArgs {
    /// Folder of rules, or one test file [default: the configured folder]
    pub path: Option<PathBuf>,
    /// Only tests that have this in their name
    #[arg(long, value_name = "NAME")]
    pub run: Option<String>,
    /// Write the results as JUnit XML as well
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Tell which ranges and clauses no test exercises
    #[arg(long)]
    pub coverage: bool,
    /// End with 1 when ranges or clauses are covered to less than so many percent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub coverage_threshold: Option<u8>,
}
