//! A set of dense user numbers, kept as runs: small for consecutive ones, which batches of pages are.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Runs `first..=last` that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RunSet(BTreeMap<u32, u32>);

impl RunSet {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, no: u32) -> bool {
        let run = self.0.range(..=no).next_back();
        run.is_some_and(|(_, last)| *last >= no)
    }

    pub(super) fn insert(&mut self, no: u32) {
        self.insert_run(no, no);
    }

    pub(super) fn insert_run(&mut self, mut first: u32, mut last: u32) {
        while let Some((from, to)) = self.0.range(..=last.saturating_add(1)).next_back() {
            let (from, to) = (*from, *to);
            if to.saturating_add(1) < first {
                break;
            }
            self.0.remove(&from);
            first = first.min(from);
            last = last.max(to);
        }
        self.0.insert(first, last);
    }

    pub(super) fn remove(&mut self, no: u32) {
        let Some((first, last)) = self.0.range(..=no).next_back().map(|(a, b)| (*a, *b)) else {
            return;
        };
        if last < no {
            return;
        }
        self.0.remove(&first);
        if first < no {
            self.0.insert(first, no - 1);
        }
        if no < last {
            self.0.insert(no + 1, last);
        }
    }

    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().map(|(first, last)| (*first, *last))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.runs().flat_map(|(first, last)| first..=last)
    }

    pub(super) fn count(&self) -> u64 {
        self.runs()
            .map(|(first, last)| u64::from(last - first) + 1)
            .sum()
    }

    /// Such as `0-999,1005`.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for (first, last) in self.runs() {
            if !text.is_empty() {
                text.push(',');
            }
            // Writing to a String does not fail.
            let _ = match first == last {
                true => write!(text, "{first}"),
                false => write!(text, "{first}-{last}"),
            };
        }
        text
    }

    /// Adds what [`RunSet::to_text`] wrote; `None` when it is something else.
    pub(super) fn add_text(&mut self, text: &str) -> Option<()> {
        for run in text.split(',').filter(|run| !run.is_empty()) {
            let (first, last) = run.split_once('-').unwrap_or((run, run));
            self.insert_run(first.parse().ok()?, last.parse().ok()?);
        }
        Some(())
    }
}

impl FromIterator<u32> for RunSet {
    fn from_iter<I: IntoIterator<Item = u32>>(nos: I) -> Self {
        let mut set = Self::default();
        for no in nos {
            set.insert(no);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_like_a_set(steps in proptest::collection::vec((any::<bool>(), 0u32..40, 0u32..6), 0..50)) {
            let (mut runs, mut set) = (RunSet::default(), BTreeSet::new());
            for (add, first, length) in steps {
                if add {
                    runs.insert_run(first, first + length);
                    set.extend(first..=first + length);
                } else {
                    runs.remove(first);
                    set.remove(&first);
                }
                prop_assert_eq!(runs.iter().collect::<BTreeSet<_>>(), set.clone());
                prop_assert_eq!(runs.count(), set.len() as u64);
                let joined = runs.runs().zip(runs.runs().skip(1)).all(|(a, b)| a.1 + 1 < b.0);
                prop_assert!(joined, "runs that touch are one");
                let mut read = RunSet::default();
                prop_assert!(read.add_text(&runs.to_text()).is_some());
                prop_assert_eq!(&read, &runs);
            }
        }
    }
}
