//! Finds the few ranges that can hold for a user, whatever the number of ranges.
//!
//! Of every range's condition some tests are chosen of which at least one must pass for the condition to hold: its
//! *keys*. The rarest are chosen; where even the rarest value is shared by many ranges, a pair of values is. A user's
//! values then lead to the ranges that are worth evaluating. Ranges without such tests are tried for everyone.

use super::Range;
use super::evaluate::Look;
use super::expression::{Expression, Test};
use super::keys::{Chooser, Key};
use super::vocabulary::{SlotId, Table, Vocabulary};
use crate::directory::Kind;
use crate::numbering::NumberType;
use std::collections::BTreeMap;

/// Places of ranges, by rank, in one long list.
#[derive(Clone, Copy, Debug, Default)]
struct Posting {
    first: u32,
    end: u32,
}

/// The ranges of every pair of values of two attributes.
type Pairs = Table<(u32, u32), Posting>;

/// A range as the index sees it: small, so that trying many touches little memory.
#[derive(Clone, Copy, Debug)]
struct Rank {
    priority: i64,
    range: u32,
    /// Kinds it serves, one bit each.
    kinds: u8,
    /// Where what it requires stands and of how many attributes, if its condition is nothing but values of attributes.
    simple: Option<(u32, u8)>,
}

/// The ranges for one kind of voice licence.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Ranges in the order in which they are tried.
    ranks: Vec<Rank>,
    /// What ranges with simple conditions require, one after the other, so that it lies side by side in memory: an
    /// attribute, how many of its values will do, and these, ascending.
    required: Vec<u32>,
    always: Vec<u32>,
    by_value: Vec<(SlotId, Vec<Posting>)>,
    by_text: Vec<(SlotId, Table<u32, Posting>)>,
    by_pair: Vec<((SlotId, SlotId), Pairs)>,
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
        let mut chooser = Chooser::new(words);
        whens().for_each(|(_, when)| chooser.count(when));
        let mut index = Self::default();
        for at in &order {
            index.rank(*at, &ranges[*at as usize]);
        }
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

    fn rank(&mut self, at: u32, range: &Range) {
        let first = self.required.len() as u32;
        let required = range.when.as_ref().and_then(required_values);
        let required = required.unwrap_or_default();
        let count = u8::try_from(required.len()).ok().filter(|count| *count > 0);
        if count.is_some() {
            for (slot, classes) in required {
                let head = [u32::from(slot), classes.len() as u32];
                self.required.extend(head.iter().chain(classes));
            }
        }
        self.ranks.push(Rank {
            priority: range.priority,
            range: at,
            kinds: range
                .kinds
                .iter()
                .fold(0, |mask, kind| mask | 1 << *kind as u8),
            simple: count.map(|count| (first, count)),
        });
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
            let picked = self.ranks[*first as usize];
            let others = held[1..].iter().map(|rank| self.ranks[*rank as usize]);
            let ambiguous = others
                .take_while(|other| other.priority == picked.priority)
                .map(|other| other.range as usize)
                .collect();
            (picked.range as usize, ambiguous)
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
        for at in ranks {
            let rank = self.index.ranks[*at as usize];
            if rank.priority > self.best {
                break;
            }
            if rank.kinds >> self.kind as u8 & 1 == 1 && self.holds(rank, look) {
                self.best = rank.priority;
                self.held.push(*at);
            }
        }
    }

    fn holds(&self, rank: Rank, look: &mut Look<'_>) -> bool {
        if let Some((first, count)) = rank.simple {
            return has_all(&self.index.required[first as usize..], count, look);
        }
        let when = self.ranges[rank.range as usize].when.as_ref();
        when.is_some_and(|when| look.holds(when))
    }
}

/// Whether the user has one of the values of each of so many attributes.
fn has_all(mut required: &[u32], attributes: u8, look: &mut Look<'_>) -> bool {
    for _ in 0..attributes {
        let [slot, several, rest @ ..] = required else {
            return false;
        };
        let (classes, behind) = rest.split_at(*several as usize);
        let class = look.meaning(*slot as SlotId).class;
        if classes.binary_search(&class).is_err() {
            return false;
        }
        required = behind;
    }
    true
}

/// The attributes of each of which a condition requires one of some values, if it is that simple and nothing else.
fn required_values(when: &Expression) -> Option<Vec<(SlotId, &[u32])>> {
    match when {
        Expression::Test(Test::OneOf(slot, classes)) => Some(vec![(*slot, classes)]),
        Expression::All(terms) => {
            let values: Option<Vec<_>> = terms.iter().map(required_values).collect();
            values.map(|values| values.concat())
        }
        _ => None,
    }
}

fn table<T: Default>(tables: &mut Vec<(SlotId, T)>, slot: SlotId) -> &mut T {
    if tables.last().is_none_or(|(last, _)| *last != slot) {
        tables.push((slot, T::default()));
    }
    let last = tables.len() - 1;
    &mut tables[last].1
}
