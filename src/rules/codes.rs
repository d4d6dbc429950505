//! What every error and warning means: the pages of `linekeeper rules explain`.

use super::Severity;
pub use super::codes_table::CODES;
use super::findings::nearest;
use std::fmt::Write as _;

/// What one code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePage {
    /// The code, as in [`Diagnostic::code`](super::Diagnostic::code).
    pub code: &'static str,
    /// Whether a rule set with it is refused.
    pub severity: Severity,
    /// A short sentence.
    pub title: &'static str,
    /// What it means, and why it matters.
    pub meaning: &'static str,
    /// An example that brings it about: a file, or lines of a range.
    pub wrong: &'static str,
    /// The example, mended.
    pub right: &'static str,
}

/// The page of a code.
#[must_use]
pub fn code_page(code: &str) -> Option<&'static CodePage> {
    CODES.iter().find(|page| page.code == code)
}

/// The code nearest to what was asked for, if one is near.
#[must_use]
pub fn nearest_code(read: &str) -> Option<&'static str> {
    nearest(read, CODES.iter().map(|page| page.code))
}

impl CodePage {
    /// The wrong example as a whole file.
    #[must_use]
    pub fn wrong_file(&self) -> String {
        whole(self.wrong)
    }

    /// The mended example as a whole file.
    #[must_use]
    pub fn right_file(&self) -> String {
        whole(self.right)
    }
}

/// Lines of a range with the rest of it around; a file as it is.
fn whole(example: &str) -> String {
    let example = example.trim_matches('\n');
    let is_statement = |line: &str| {
        let words = [
            "range",
            "let",
            "alias",
            "defaults",
            "scope",
            "exclude",
            "exempt",
            "operator \"Carrier\" {",
            "rnage",
            "#",
        ];
        words.iter().any(|word| line.starts_with(word))
    };
    if example.lines().next().is_some_and(is_statement) {
        return format!("{example}\n");
    }
    let mut file = String::from("range \"munich\" {\n");
    let holds = |word: &str| example.lines().any(|line| line.starts_with(word));
    for (word, line) in [
        ("type", "type direct-routing"),
        ("numbers", "numbers +49 89 5550 1000 to 1999"),
        ("quarantine", "quarantine 30 days"),
    ] {
        if !holds(word) {
            let _ = writeln!(file, "{line}");
        }
    }
    let _ = writeln!(file, "{example}\n}}");
    file
}
