//! Finds the few ranges that can hold for a user, whatever the number of ranges.
//!
//! Of every range's condition some tests are chosen of which at least one must pass for the condition to hold: its
//! *keys*. The rarest are chosen; where even the rarest value is shared by many ranges, a pair of values is. A user's
//! values then lead to the ranges that are worth evaluating. Ranges without such tests are tried for everyone.

use super::Range;
use super::evaluate::Look;
use super::expression::{Expression, Test};
use super::vocabulary::{SlotId, Table, Vocabulary};
use crate::directory::Kind;
use crate::numbering::NumberType;
use std::collections::BTreeMap;

/// A value shared by more ranges than this is paired with another, where there is one.
const SHARED: usize = 4;
/// Conditions that would need more pairs than this are looked up by single values.
const PAIRS: usize = 64;

/// A test that must pass, or one of several of which one must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Value(SlotId, u32),
    Text(SlotId, u32),
    Pair((SlotId, u32), (SlotId, u32)),
}

/// Places of ranges, by rank, in one long list.
#[derive(Clone, Copy, Debug, Default)]
struct Posting {
    first: u32,
    end: u32,
}

/// The ranges for one kind of voice licence.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Ranges in the order in which they are tried, with their priority.
    ranks: Vec<(i64, u32)>,
    always: Vec<u32>,
    by_value: Vec<(SlotId, Vec<Posting>)>,
    by_text: Vec<(SlotId, Table<u32, Posting>)>,
    by_pair: Vec<((SlotId, SlotId), Table<(u32, u32), Posting>)>,
    postings: Vec<u32>,
}

impl Index {
    /// Arranges the ranges whose type fits.
    pub(super) fn build(
        ranges: &[Range],
        words: &Vocabulary,
        fits: impl Fn(NumberType) -> bool,
    ) -> Self {
        let mut order: Vec<u32> = (0..ranges.len() as u32)
            .filter(|at| fits(ranges[*at as usize].number_type))
            .filter(|at| ranges[*at as usize].when.is_some())
            .collect();
        order.sort_by_key(|at| (ranges[*at as usize].priority, *at));
        let whens = || {
            let when = |at: &u32| ranges[*at as usize].when.as_ref();
            order.iter().map(when).enumerate()
        };
        let mut chooser = Chooser {
            words,
            counts: Table::default(),
        };
        whens().for_each(|(_, when)| chooser.count(when));
        let mut index = Self {
            ranks: order
                .iter()
                .map(|at| (ranges[*at as usize].priority, *at))
                .collect(),
            ..Self::default()
        };
        let mut lists: BTreeMap<Key, Vec<u32>> = BTreeMap::new();
        for (rank, when) in whens() {
            match when.and_then(|when| chooser.keys(when)) {
                None => index.always.push(rank as u32),
                Some(keys) => {
                    for key in keys {
                        lists.entry(key).or_default().push(rank as u32);
                    }
                }
            }
        }
        for (key, list) in lists {
            index.post(key, &list);
        }
        index
    }

    fn post(&mut self, key: Key, list: &[u32]) {
        let first = self.postings.len() as u32;
        self.postings.extend_from_slice(list);
        let posting = Posting {
            first,
            end: self.postings.len() as u32,
        };
        // Keys come in order, so that those of one attribute follow each other.
        match key {
            Key::Value(slot, class) => {
                let postings = table(&mut self.by_value, slot);
                postings.resize(class as usize + 1, Posting::default());
                postings[class as usize] = posting;
            }
            Key::Text(slot, test) => {
                table(&mut self.by_text, slot).insert(test, posting);
            }
            Key::Pair((a, left), (b, right)) => {
                // Pairs are ordered by their first value, so those of two attributes need not follow each other.
                let at = self.by_pair.iter().position(|(slots, _)| *slots == (a, b));
                let at = at.unwrap_or_else(|| {
                    self.by_pair.push(((a, b), Table::default()));
                    self.by_pair.len() - 1
                });
                self.by_pair[at].1.insert((left, right), posting);
            }
        }
    }

    /// The range that holds, and others of its priority that do.
    pub(super) fn pick(
        &self,
        look: &mut Look<'_>,
        ranges: &[Range],
        kind: Kind,
    ) -> Option<(usize, Vec<usize>)> {
        let mut held = std::mem::take(&mut look.memory.held);
        held.clear();
        let mut tried = Tried {
            index: self,
            ranges,
            kind,
            best: i64::MAX,
            held: &mut held,
        };
        tried.all(look);
        held.sort_unstable();
        held.dedup();
        let picked = held.first().map(|first| {
            let (priority, range) = self.ranks[*first as usize];
            let others = held[1..].iter().map(|rank| self.ranks[*rank as usize]);
            let ambiguous = others
                .take_while(|(other, _)| *other == priority)
                .map(|(_, range)| range as usize)
                .collect();
            (range as usize, ambiguous)
        });
        look.memory.held = held;
        picked
    }
}

/// One walk through the ranges that may hold for a user.
struct Tried<'a> {
    index: &'a Index,
    ranges: &'a [Range],
    kind: Kind,
    /// Priority of the best range found: later ones matter only if they have the same.
    best: i64,
    held: &'a mut Vec<u32>,
}

impl Tried<'_> {
    fn all(&mut self, look: &mut Look<'_>) {
        let index = self.index;
        for (slot, postings) in &index.by_value {
            let class = look.meaning(*slot).class as usize;
            if let Some(posting) = postings.get(class) {
                self.posting(*posting, look);
            }
        }
        for ((a, b), postings) in &index.by_pair {
            let (left, right) = (look.meaning(*a).class, look.meaning(*b).class);
            if left != 0
                && right != 0
                && let Some(posting) = postings.get(&(left, right))
            {
                self.posting(*posting, look);
            }
        }
        for (slot, postings) in &index.by_text {
            for at in 0..look.meaning(*slot).passes.len() {
                let test = look.meaning(*slot).passes[at];
                if let Some(posting) = postings.get(&test) {
                    self.posting(*posting, look);
                }
            }
        }
        self.ranks(&index.always, look);
    }

    fn posting(&mut self, posting: Posting, look: &mut Look<'_>) {
        let index = self.index;
        self.ranks(
            &index.postings[posting.first as usize..posting.end as usize],
            look,
        );
    }

    fn ranks(&mut self, ranks: &[u32], look: &mut Look<'_>) {
        for rank in ranks {
            let (priority, at) = self.index.ranks[*rank as usize];
            if priority > self.best {
                break;
            }
            let range = &self.ranges[at as usize];
            let serves = self.kind == Kind::Person || range.kinds.contains(&self.kind);
            if serves && range.when.as_ref().is_some_and(|when| look.holds(when)) {
                self.best = priority;
                self.held.push(*rank);
            }
        }
    }
}

/// Chooses the keys of conditions by how rare they are.
struct Chooser<'a> {
    words: &'a Vocabulary,
    counts: Table<Key, usize>,
}

impl Chooser<'_> {
    /// Counts every key the condition could be looked up by.
    fn count(&mut self, when: Option<&Expression>) {
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
    fn keys(&self, expression: &Expression) -> Option<Vec<Key>> {
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

fn table<T: Default>(tables: &mut Vec<(SlotId, T)>, slot: SlotId) -> &mut T {
    if tables.last().is_none_or(|(last, _)| *last != slot) {
        tables.push((slot, T::default()));
    }
    let last = tables.len() - 1;
    &mut tables[last].1
}
