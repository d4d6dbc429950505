//! Chooses the tests by which a range is found: the rarest of those of which one must pass.

use super::expression::{Expression, Test};
use super::vocabulary::{SlotId, Table, Vocabulary};

/// A value shared by more ranges than this is paired with another, where there is one.
const SHARED: usize = 4;
/// Conditions that would need more pairs than this are looked up by single values.
const PAIRS: usize = 64;

/// A test that must pass, or one of several of which one must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Value(SlotId, u32),
    Text(SlotId, u32),
    Pair((SlotId, u32), (SlotId, u32)),
}

/// Chooses the keys of conditions by how rare they are.
pub(super) struct Chooser<'a> {
    words: &'a Vocabulary,
    counts: Table<Key, usize>,
}

impl<'a> Chooser<'a> {
    pub(super) fn new(words: &'a Vocabulary) -> Self {
        Self {
            words,
            counts: Table::default(),
        }
    }

    /// Counts every key the condition could be looked up by.
    pub(super) fn count(&mut self, when: Option<&Expression>) {
        let Some(when) = when else {
            return;
        };
        let mut keys = Vec::new();
        self.candidates(when, &mut |found| keys.extend_from_slice(found));
        for key in keys {
            *self.counts.entry(key).or_insert(0) += 1;
        }
    }

    /// Shows every set of keys of which one must pass for some part of the condition to hold.
    fn candidates(&self, expression: &Expression, see: &mut impl FnMut(&[Key])) {
        match expression {
            Expression::All(terms) => {
                terms.iter().for_each(|term| self.candidates(term, see));
                self.pairs(terms).iter().for_each(|pairs| see(pairs));
            }
            Expression::Any(terms) => terms.iter().for_each(|term| self.candidates(term, see)),
            Expression::Not(_) => {}
            Expression::Test(test) => {
                if let Some(keys) = self.of_test(test) {
                    see(&keys);
                }
            }
        }
    }

    /// The keys of which one must pass; `None` when the condition can hold without any.
    pub(super) fn keys(&self, expression: &Expression) -> Option<Vec<Key>> {
        match expression {
            Expression::All(terms) => {
                let singles = terms.iter().filter_map(|term| self.keys(term));
                let best = singles.min_by_key(|keys| self.cost(keys));
                let pairs = self
                    .pairs(terms)
                    .into_iter()
                    .min_by_key(|keys| self.cost(keys));
                match (best, pairs) {
                    (Some(best), Some(pairs)) => {
                        let crowded = self.cost(&best) > SHARED * best.len();
                        let rarer = self.cost(&pairs) * 2 <= self.cost(&best);
                        Some(if crowded && rarer { pairs } else { best })
                    }
                    (best, _) => best,
                }
            }
            Expression::Any(terms) => {
                let mut all = Vec::new();
                for term in terms {
                    all.extend(self.keys(term)?);
                }
                all.sort_unstable();
                all.dedup();
                Some(all)
            }
            Expression::Not(_) => None,
            Expression::Test(test) => self.of_test(test),
        }
    }

    fn of_test(&self, test: &Test) -> Option<Vec<Key>> {
        match test {
            Test::OneOf(slot, classes) => Some(
                classes
                    .iter()
                    .map(|class| Key::Value(*slot, *class))
                    .collect(),
            ),
            // Which tests a passing value passes is not worked out ahead.
            Test::Text(slot, test) if self.words.slots[*slot as usize].repeats => {
                Some(vec![Key::Text(*slot, *test)])
            }
            _ => None,
        }
    }

    /// Every pair of value tests among the terms, as the pairs of values of which one must be there.
    fn pairs(&self, terms: &[Expression]) -> Vec<Vec<Key>> {
        let values: Vec<(SlotId, &[u32])> = terms
            .iter()
            .filter_map(|term| match term {
                Expression::Test(Test::OneOf(slot, classes)) => Some((*slot, &**classes)),
                _ => None,
            })
            .take(6)
            .collect();
        let mut all = Vec::new();
        for (at, (one, left)) in values.iter().enumerate() {
            for (other, right) in &values[at + 1..] {
                if one == other || left.len() * right.len() > PAIRS {
                    continue;
                }
                let pair = |(left, right): (u32, u32)| {
                    let (a, b) = ((*one, left), (*other, right));
                    Key::Pair(a.min(b), a.max(b))
                };
                let product = left
                    .iter()
                    .flat_map(|l| right.iter().map(move |r| (*l, *r)));
                all.push(product.map(pair).collect());
            }
        }
        all
    }

    fn cost(&self, keys: &[Key]) -> usize {
        keys.iter()
            .map(|key| self.counts.get(key).copied().unwrap_or(0))
            .sum()
    }
}
