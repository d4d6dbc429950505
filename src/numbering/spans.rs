//! A set of numbers, kept as runs: its memory grows with the runs, not with the numbers.

use super::{E164, Span};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included};

/// A set of numbers. Cheap for a million consecutive ones, and for a few exceptions in the middle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    runs: BTreeMap<u64, u64>,
    count: u64,
}

impl Spans {
    /// How many numbers are in the set.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Whether the number is in the set.
    #[must_use]
    pub fn contains(&self, number: E164) -> bool {
        self.run_at(number.digits()).is_some()
    }

    /// The lowest number.
    #[must_use]
    pub fn first(&self) -> Option<E164> {
        self.runs
            .first_key_value()
            .and_then(|(first, _)| E164::from_digits(*first))
    }

    /// The highest number.
    #[must_use]
    pub fn last(&self) -> Option<E164> {
        self.runs
            .last_key_value()
            .and_then(|(_, last)| E164::from_digits(*last))
    }

    /// The maximal runs in ascending order. A run never joins numbers of different length.
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = Span> + '_ {
        self.runs.iter().filter_map(|(first, last)| {
            Span::new(E164::from_digits(*first)?, E164::from_digits(*last)?)
        })
    }

    /// Every number in ascending order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = E164> + '_ {
        self.runs().flat_map(|run| {
            (run.first().digits()..=run.last().digits()).filter_map(E164::from_digits)
        })
    }

    /// Adds a span; numbers already in the set stay once.
    pub fn insert(&mut self, span: Span) {
        let (mut first, mut last) = (span.first().digits(), span.last().digits());
        let touching: Vec<(u64, u64)> = self
            .runs
            .range(..=last.saturating_add(1))
            .rev()
            .map(|(from, to)| (*from, *to))
            .take_while(|(_, to)| to.saturating_add(1) >= first)
            .filter(|(from, to)| joins((*from, *to), (first, last)))
            .collect();
        for (from, to) in touching {
            self.runs.remove(&from);
            self.count -= to - from + 1;
            first = first.min(from);
            last = last.max(to);
        }
        self.count += last - first + 1;
        self.runs.insert(first, last);
    }

    /// Takes one number out; answers whether it was there.
    pub fn remove(&mut self, number: E164) -> bool {
        let value = number.digits();
        let Some((first, last)) = self.run_at(value) else {
            return false;
        };
        self.runs.remove(&first);
        if first < value {
            self.runs.insert(first, value - 1);
        }
        if value < last {
            self.runs.insert(value + 1, last);
        }
        self.count -= 1;
        true
    }

    /// Takes a whole span out, whatever part of it is in the set.
    pub fn remove_span(&mut self, span: Span) {
        let (first, last) = (span.first().digits(), span.last().digits());
        let touched: Vec<(u64, u64)> = self
            .runs
            .range(..=last)
            .rev()
            .map(|(from, to)| (*from, *to))
            .take_while(|(_, to)| *to >= first)
            .collect();
        for (from, to) in touched {
            self.runs.remove(&from);
            self.count -= to - from + 1;
            for (left, right) in [
                (from, first.saturating_sub(1).min(to)),
                ((last + 1).max(from), to),
            ] {
                if left <= right && (right < first || left > last) {
                    self.runs.insert(left, right);
                    self.count += right - left + 1;
                }
            }
        }
    }

    /// The numbers that are in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::default();
        for run in self.runs() {
            let (first, last) = (run.first().digits(), run.last().digits());
            let before = other.run_at(first).into_iter();
            let within = other
                .runs
                .range((Excluded(first), Included(last)))
                .map(|(from, to)| (*from, *to));
            for (from, to) in before.chain(within) {
                let ends = (
                    E164::from_digits(from.max(first)),
                    E164::from_digits(to.min(last)),
                );
                if let (Some(from), Some(to)) = ends
                    && let Some(span) = Span::new(from, to)
                {
                    both.insert(span);
                }
            }
        }
        both
    }

    /// The numbers of this set that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        for run in other.runs() {
            rest.remove_span(run);
        }
        rest
    }

    /// The first number of the set at or after `number`.
    #[must_use]
    pub fn at_or_after(&self, number: E164) -> Option<E164> {
        let value = number.digits();
        if self.run_at(value).is_some() {
            return Some(number);
        }
        self.runs
            .range(value..)
            .next()
            .and_then(|(first, _)| E164::from_digits(*first))
    }

    fn run_at(&self, value: u64) -> Option<(u64, u64)> {
        let (first, last) = self.runs.range(..=value).next_back()?;
        (*last >= value).then_some((*first, *last))
    }
}

/// Runs join when they overlap or touch, unless that would join numbers of different length.
fn joins(run: (u64, u64), new: (u64, u64)) -> bool {
    let overlap = run.0 <= new.1 && new.0 <= run.1;
    overlap || run.0.ilog10() == new.0.ilog10()
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut all = Self::default();
        for span in spans {
            all.insert(span);
        }
        all
    }
}

impl FromIterator<E164> for Spans {
    fn from_iter<I: IntoIterator<Item = E164>>(numbers: I) -> Self {
        numbers.into_iter().map(Span::single).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const BASE: u64 = 4_989_000_000;

    fn span(first: u64, last: u64) -> Span {
        let at = |offset| E164::from_digits(BASE + offset).expect("a number");
        Span::new(at(first), at(last)).expect("a span")
    }

    proptest! {
        #[test]
        fn behaves_like_a_set_of_numbers(steps in proptest::collection::vec((0u8..4, 0u64..60, 0u64..12), 1..60)) {
            let (mut spans, mut other) = (Spans::default(), Spans::default());
            let (mut set, mut other_set) = (BTreeSet::new(), BTreeSet::new());
            for (what, first, length) in steps {
                let (first, last) = (first, first + length);
                match what {
                    0 => { spans.insert(span(first, last)); set.extend(first..=last); }
                    1 => { spans.remove_span(span(first, last)); set.retain(|n| !(first..=last).contains(n)); }
                    2 => { prop_assert_eq!(spans.remove(span(first, last).first()), set.remove(&first)); }
                    _ => { other.insert(span(first, last)); other_set.extend(first..=last); }
                }
                let numbers = |spans: &Spans| spans.iter().map(|n| n.digits() - BASE).collect::<BTreeSet<_>>();
                prop_assert_eq!(&numbers(&spans), &set);
                prop_assert_eq!(spans.count(), set.len() as u64);
                prop_assert_eq!(numbers(&spans.intersection(&other)), &set & &other_set);
                prop_assert_eq!(numbers(&spans.difference(&other)), &set - &other_set);
            }
        }
    }
}
