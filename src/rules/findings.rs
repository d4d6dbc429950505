//! What reading a rule set finds fault with, before places become lines and columns.

use super::Severity;

/// A place in one of the files, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) file: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Spot {
    /// The place from the beginning of this one to the end of the other.
    pub(super) fn to(self, other: Self) -> Self {
        Self {
            end: other.end.max(self.end),
            ..self
        }
    }
}

/// One fault.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) spot: Spot,
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// All faults so far. Keeps so many of each severity and counts the rest, so that a hostile file cannot fill memory.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    errors: usize,
    warnings: usize,
}

/// How many errors, and how many warnings, are kept.
const KEPT: usize = 1_000;

impl Findings {
    pub(super) fn error(
        &mut self,
        spot: Spot,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        self.errors += 1;
        if self.errors <= KEPT {
            self.keep(spot, Severity::Error, code, message, help);
        }
    }

    pub(super) fn warning(
        &mut self,
        spot: Spot,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        self.warnings += 1;
        if self.warnings <= KEPT {
            self.keep(spot, Severity::Warning, code, message, help);
        }
    }

    fn keep(
        &mut self,
        spot: Spot,
        severity: Severity,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        debug_assert!(
            super::code_page(code).is_some(),
            "`rules explain {code}` has no page"
        );
        self.kept.push(Finding {
            spot,
            severity,
            code,
            message,
            help,
        });
    }

    /// Whether one more error is kept, so that it pays to look for a way to mend it.
    pub(super) fn has_room(&self) -> bool {
        self.errors < KEPT
    }

    /// As [`did_you_mean`], for names that a rule set declares: there may be so many that only errors that are kept
    /// are worth the search.
    pub(super) fn did_you_mean<'a>(
        &self,
        read: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Option<String> {
        self.has_room().then(|| did_you_mean(read, known)).flatten()
    }

    /// How many errors there are, those not kept included.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// The findings in the order of files and places, and how many errors and warnings were not kept.
    pub(super) fn into_sorted(mut self) -> (Vec<Finding>, usize) {
        self.kept.sort_by_key(|finding| finding.spot);
        let dropped = self.errors.saturating_sub(KEPT) + self.warnings.saturating_sub(KEPT);
        (self.kept, dropped)
    }
}

/// The known name nearest to what was read, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(read: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let read = read.to_lowercase();
    let reach = (read.chars().count() / 3).clamp(1, 3);
    known
        .map(|name| {
            (
                strsim::damerau_levenshtein(&read, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, name)| name)
}

/// The help that offers the nearest name.
pub(super) fn did_you_mean<'a>(read: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(read, known).map(|name| format!("did you mean `{name}`?"))
}

/// What was read, short enough for a message.
pub(super) fn shorten(read: &str) -> String {
    let mut short: String = read.chars().take(40).collect();
    if short.len() < read.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_only_what_is_near() {
        let check = |read: &str, expected: Option<&str>| {
            assert_eq!(
                nearest(read, ["city", "country", "office"].into_iter()),
                expected
            );
        };
        check("citty", Some("city"));
        check("contry", Some("country"));
        check("Offcie", Some("office"));
        check("department", None);
    }

    #[test]
    fn a_flood_is_counted_not_kept() {
        let mut findings = Findings::default();
        for start in 0..2_500 {
            let spot = Spot {
                file: 0,
                start,
                end: start,
            };
            findings.error(spot, "syntax", String::new(), None);
        }
        assert_eq!(findings.errors(), 2_500);
        let (kept, dropped) = findings.into_sorted();
        assert_eq!((kept.len(), dropped), (1_000, 1_500));
    }
}
