//! What one text of a person can still be, under what is assumed about it.
//!
//! Exact for equality, lists, blanks and for what a text starts with, ends with and contains: a text that begins and
//! ends as it must, has what it must contain in between, and a sign that no test speaks of between those, passes no
//! other test than it has to. What a pattern matches is not known, only that it is the same each time.

use crate::numbering::Country;
use crate::rules::checked::TextTest;
use crate::rules::normal_form;
use crate::rules::normal_form::before_folding;

/// What is assumed about one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Text<'a> {
    /// Whether its values are country codes.
    is_code: bool,
    blank: Option<bool>,
    among: Option<Vec<Value<'a>>>,
    besides: Vec<&'a str>,
    tests: Vec<(&'a TextTest, bool)>,
}

/// A value that rules name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value<'a> {
    pub(super) normal: &'a str,
    /// As a rule writes it.
    pub(super) shown: &'a str,
}

/// Words that stand for any other value, and signs to set between parts of one.
const OTHERS: [&str; 6] = ["Other", "Else", "x", "q7", "zz9", "\u{25CA}"];

impl<'a> Text<'a> {
    /// Nothing is assumed about a text, or about a country code.
    pub(super) fn new(is_code: bool) -> Self {
        Self {
            is_code,
            ..Self::default()
        }
    }

    /// How much is assumed.
    pub(super) fn size(&self) -> usize {
        self.among.as_ref().map_or(0, Vec::len) + self.besides.len() + self.tests.len()
    }

    /// Assumes that the value is one of these, or none; whether that can be.
    pub(super) fn one_of(&mut self, values: &[Value<'a>], positive: bool) -> bool {
        let is_named = |value: &Value<'a>| {
            let found = values.binary_search_by(|named| named.normal.cmp(value.normal));
            found.is_ok()
        };
        match (&mut self.among, positive) {
            (Some(among), _) => among.retain(|value| is_named(value) == positive),
            (None, false) => self.besides.extend(values.iter().map(|value| value.normal)),
            (None, true) => {
                let besides = &self.besides;
                let tests = &self.tests;
                let fits = |value: &&Value<'a>| {
                    !besides.contains(&value.normal)
                        && tests
                            .iter()
                            .all(|(test, holds)| agrees(test, value, *holds))
                };
                self.among = Some(values.iter().filter(fits).copied().collect());
            }
        }
        self.has_value(positive) && self.possible()
    }

    /// Assumes that there is no value, or that there is one; whether that can be.
    pub(super) fn is_blank(&mut self, positive: bool) -> bool {
        if self.blank.is_some_and(|blank| blank != positive) {
            return false;
        }
        self.blank = Some(positive);
        self.possible()
    }

    /// Assumes that a test holds, or that it does not; whether that can be.
    pub(super) fn test(&mut self, test: &'a TextTest, positive: bool) -> bool {
        if let Some(among) = &mut self.among {
            among.retain(|value| agrees(test, value, positive));
        }
        if self.among.is_none() || matches!(test, TextTest::Matches(_)) {
            self.tests.push((test, positive));
        }
        self.has_value(positive) && self.possible()
    }

    /// What holds holds for a value.
    fn has_value(&mut self, positive: bool) -> bool {
        if positive {
            let had = self.blank.replace(false);
            return had != Some(true);
        }
        true
    }

    fn possible(&self) -> bool {
        if self.blank == Some(true) {
            return true;
        }
        if self.contradicts_itself() {
            return false;
        }
        match &self.among {
            Some(among) => !among.is_empty(),
            None => self.blank.is_none() || self.leaves_room(),
        }
    }

    /// Whether a pattern is assumed to match and not to match.
    fn contradicts_itself(&self) -> bool {
        let patterns = |wanted: bool| {
            let of = self.tests.iter().filter(move |(_, holds)| *holds == wanted);
            of.filter_map(|(test, _)| pattern(test))
        };
        patterns(true).any(|one| patterns(false).any(|other| one == other))
    }

    /// Whether there is a text besides the named values that passes the tests it has to pass and no other.
    fn leaves_room(&self) -> bool {
        if self.is_code {
            return self.codes_left().next().is_some();
        }
        let Some(parts) = self.parts() else {
            return false;
        };
        let refused = self.tests.iter().filter(|(_, holds)| !holds);
        refused.into_iter().all(|(test, _)| match test {
            TextTest::StartsWith(part) => !parts.start.starts_with(&**part),
            TextTest::EndsWith(part) => !parts.end.ends_with(&**part),
            TextTest::Contains(part) => !parts.all().any(|piece| piece.contains(&**part)),
            TextTest::Matches(_) => true,
        })
    }

    fn codes_left(&self) -> impl Iterator<Item = Country> + '_ {
        Country::all().filter(|code| {
            let normal = normal_form(code.as_str());
            !self.besides.contains(&normal.as_str())
        })
    }

    /// The parts the text must have; `None` when it would have to begin or end in two ways.
    fn parts(&self) -> Option<Parts<'a>> {
        let mut parts = Parts::default();
        for (test, _) in self.tests.iter().filter(|(_, holds)| *holds) {
            match test {
                TextTest::StartsWith(part) if parts.start.starts_with(&**part) => {}
                TextTest::StartsWith(part) if part.starts_with(parts.start) => parts.start = part,
                TextTest::EndsWith(part) if parts.end.ends_with(&**part) => {}
                TextTest::EndsWith(part) if part.ends_with(parts.end) => parts.end = part,
                TextTest::StartsWith(_) | TextTest::EndsWith(_) => return None,
                TextTest::Contains(part) => parts.inner.push(part),
                TextTest::Matches(_) => {}
            }
        }
        Some(parts)
    }

    /// A value that is as assumed, `Some(None)` being no value; `None` when none was found, which proves nothing.
    pub(super) fn witness(&self) -> Option<Option<String>> {
        if self.blank != Some(false) {
            return Some(None);
        }
        if let Some(among) = &self.among {
            let fits = |value: &&Value<'a>| self.admits(value.shown);
            return among
                .iter()
                .find(fits)
                .map(|value| Some(value.shown.to_owned()));
        }
        if self.is_code {
            return self.codes_left().next().map(|code| Some(code.to_string()));
        }
        let parts = self.parts()?;
        let matched = self.tests.iter().filter(|(_, holds)| *holds);
        let literal = matched.filter_map(|(test, _)| pattern(test)).map(literal);
        let built = OTHERS.iter().map(|between| parts.joined(between));
        let all = std::iter::once(parts.joined(""))
            .chain(literal)
            .chain(built);
        let mut fitting = all.filter(|text| self.admits(text));
        fitting.next().map(Some)
    }

    /// Whether a text is as assumed, patterns included.
    fn admits(&self, text: &str) -> bool {
        let normal = normal_form(text);
        let passes = |(test, holds): &(&TextTest, bool)| {
            test.holds(&normal, || before_folding(text)) == *holds
        };
        !normal.is_empty()
            && !self.besides.contains(&normal.as_str())
            && self.tests.iter().all(passes)
    }
}

/// The parts a text must have.
#[derive(Default)]
struct Parts<'a> {
    start: &'a str,
    inner: Vec<&'a str>,
    end: &'a str,
}

impl<'a> Parts<'a> {
    fn all(&self) -> impl Iterator<Item = &'a str> + '_ {
        let ends = [self.start, self.end].into_iter();
        ends.chain(self.inner.iter().copied())
    }

    /// The parts with something between them, and around what is neither beginning nor end.
    fn joined(&self, between: &str) -> String {
        let mut text = self.start.to_owned();
        for inner in &self.inner {
            text.push_str(between);
            text.push_str(inner);
        }
        text.push_str(between);
        text.push_str(self.end);
        text
    }
}

/// Whether a value passes a test as assumed; a pattern can go either way.
fn agrees(test: &TextTest, value: &Value<'_>, holds: bool) -> bool {
    match test {
        TextTest::Matches(_) => true,
        _ => test.holds(value.normal, || value.shown.into()) == holds,
    }
}

fn pattern(test: &TextTest) -> Option<&str> {
    match test {
        TextTest::Matches(pattern) => Some(pattern.as_str()),
        _ => None,
    }
}

/// What a pattern looks for, if it is plain but for its anchors.
fn literal(pattern: &str) -> String {
    let plain = pattern.strip_prefix('^').unwrap_or(pattern);
    plain.strip_suffix('$').unwrap_or(plain).replace("\\.", ".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Something assumed about a text.
    #[derive(Clone, Debug)]
    enum Assumed {
        OneOf(Vec<&'static str>),
        Blank,
        Test(TextTest),
    }

    const PARTS: [&str; 5] = ["a", "b", "ab", "ba", "aab"];

    fn assumed() -> impl Strategy<Value = (Assumed, bool)> {
        let part = || proptest::sample::select(&PARTS[..]);
        let some = proptest::sample::subsequence(vec!["", "a", "ab", "abz", "b", "ba"], 1..4);
        let one = prop_oneof![
            some.prop_map(|mut values| {
                values.retain(|value| !value.is_empty());
                Assumed::OneOf(values)
            }),
            Just(Assumed::Blank),
            part().prop_map(|part| Assumed::Test(TextTest::StartsWith(part.to_owned()))),
            part().prop_map(|part| Assumed::Test(TextTest::EndsWith(part.to_owned()))),
            part().prop_map(|part| Assumed::Test(TextTest::Contains(part.to_owned()))),
        ];
        (one, any::<bool>())
    }

    fn holds(assumed: &Assumed, text: &str) -> bool {
        match assumed {
            Assumed::OneOf(values) => values.contains(&text),
            Assumed::Blank => text.is_empty(),
            Assumed::Test(test) => test.holds(text, || text.into()),
        }
    }

    /// Every text of up to seven of three letters.
    fn texts() -> Vec<String> {
        let mut all = vec![String::new()];
        for from in 0.. {
            let Some(text) = all.get(from).filter(|text| text.len() < 7) else {
                break;
            };
            let longer = ['a', 'b', 'z'].map(|letter| format!("{text}{letter}"));
            all.extend(longer);
        }
        all
    }

    #[test]
    fn what_can_be_is_exactly_what_some_text_is() {
        let texts = texts();
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(1_000));
        let all = proptest::collection::vec(assumed(), 1..6);
        let outcome = runner.run(&all, |all| {
            let mut text = Text::default();
            let named: Vec<Vec<Value<'_>>> = all
                .iter()
                .map(|(assumed, _)| match assumed {
                    Assumed::OneOf(values) => values
                        .iter()
                        .map(|text| Value {
                            normal: text,
                            shown: text,
                        })
                        .collect(),
                    _ => Vec::new(),
                })
                .collect();
            let possible =
                all.iter()
                    .zip(&named)
                    .all(|((assumed, positive), values)| match assumed {
                        Assumed::OneOf(_) => text.one_of(values, *positive),
                        Assumed::Blank => text.is_blank(*positive),
                        Assumed::Test(test) => text.test(test, *positive),
                    });
            let fits = |text: &str| {
                all.iter()
                    .all(|(assumed, positive)| holds(assumed, text) == *positive)
            };
            let exists = texts.iter().any(|text| fits(text));
            prop_assert_eq!(possible, exists);
            if possible {
                let witness = text.witness();
                prop_assert!(witness.is_some());
                let witness = normal_form(&witness.flatten().unwrap_or_default());
                prop_assert!(fits(&witness), "{:?}", witness);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
    }
}
