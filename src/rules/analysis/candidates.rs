//! Finds the ranges that may hold for somebody for whom another one holds, without comparing every two.
//!
//! Of most conditions some attributes must have one of a few values. Two ranges that require different values of the
//! same attribute have nobody in common, and most pairs of ranges are like that.

use crate::directory::{Attribute, Kind};
use crate::rules::checked::{CheckedRange, Condition, Probe};
use std::collections::{BTreeMap, HashMap};

/// Longer lists of values are not looked up.
const VALUES: usize = 64;

/// So many pairs are compared for one range, and for all.
const FOR_ONE: usize = 2_048;
const FOR_ALL: usize = 3_000_000;

/// The values that attributes must have, ascending, as numbers.
type Required = BTreeMap<Attribute, Vec<u32>>;

/// Ranges in the order in which they are tried, by what they require.
#[derive(Default)]
pub(super) struct Candidates<'a> {
    numbers: HashMap<&'a str, u32, foldhash::fast::FixedState>,
    seen: Vec<(Required, u8)>,
    by_value: HashMap<(Attribute, u32), Vec<usize>, foldhash::fast::FixedState>,
    /// For each attribute the ranges that require nothing of it.
    free: BTreeMap<Attribute, Vec<usize>>,
    compared: usize,
}

impl<'a> Candidates<'a> {
    /// Of the ranges added before, the places of those that this one may have somebody in common with, in order; those
    /// beyond the limits are left out. Then adds it.
    pub(super) fn before(&mut self, range: &'a CheckedRange) -> Vec<usize> {
        let required = range.when.as_ref().map(|when| self.required(when));
        let required = required.unwrap_or_default();
        let kinds = mask(range);
        let mut places = self.sharing(&required);
        places.truncate(FOR_ONE.min(FOR_ALL - self.compared));
        self.compared += places.len();
        places.retain(|at| {
            let (other, other_kinds) = &self.seen[*at];
            kinds & other_kinds != 0 && may_meet(&required, other)
        });
        self.add(required, kinds);
        places
    }

    /// The places of ranges that share a value of the attribute that has fewest, or require nothing of it.
    fn sharing(&self, required: &Required) -> Vec<usize> {
        let lists = |(attribute, values): (&Attribute, &Vec<u32>)| {
            // Of an attribute that nobody has required so far nobody requires anything.
            let others = self.free.get(attribute)?;
            let same = values
                .iter()
                .filter_map(|value| self.by_value.get(&(*attribute, *value)));
            Some(same.chain([others]).collect::<Vec<_>>())
        };
        let length = |lists: &Vec<&Vec<usize>>| lists.iter().map(|list| list.len()).sum::<usize>();
        let Some(fewest) = required.iter().filter_map(lists).min_by_key(length) else {
            return (0..self.seen.len().min(FOR_ONE)).collect();
        };
        let first = fewest
            .into_iter()
            .flat_map(|list| list.iter().take(FOR_ONE));
        let mut places: Vec<usize> = first.copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn add(&mut self, required: Required, kinds: u8) {
        let at = self.seen.len();
        for (attribute, values) in &required {
            // An attribute that nobody required so far is free in all that came before.
            self.free
                .entry(*attribute)
                .or_insert_with(|| (0..at).collect());
            for value in values {
                self.by_value
                    .entry((*attribute, *value))
                    .or_default()
                    .push(at);
            }
        }
        for (attribute, free) in &mut self.free {
            if !required.contains_key(attribute) {
                free.push(at);
            }
        }
        self.seen.push((required, kinds));
    }

    /// The values that attributes must have for the condition to hold.
    fn required(&mut self, condition: &'a Condition) -> Required {
        match condition {
            Condition::Test(Probe::OneOf(attribute, values), _) if values.len() <= VALUES => {
                let number = |value: &'a crate::rules::checked::Operand| {
                    let next = self.numbers.len() as u32;
                    *self.numbers.entry(&value.normal).or_insert(next)
                };
                let mut values: Vec<u32> = values.iter().map(number).collect();
                values.sort_unstable();
                Required::from([(*attribute, values)])
            }
            Condition::All(terms) => {
                let mut all = Required::new();
                for term in terms {
                    for (attribute, values) in self.required(term) {
                        let known = all.entry(attribute).or_insert_with(|| values.clone());
                        known.retain(|value| values.binary_search(value).is_ok());
                    }
                }
                all
            }
            Condition::Any(terms) => {
                let mut each = terms.iter().map(|term| self.required(term));
                let Some(mut all) = each.next() else {
                    return Required::new();
                };
                for other in each {
                    all.retain(|attribute, _| other.contains_key(attribute));
                    for (attribute, values) in &mut all {
                        values.extend(&other[attribute]);
                        values.sort_unstable();
                        values.dedup();
                    }
                    all.retain(|_, values| values.len() <= VALUES);
                }
                all
            }
            Condition::Not(_) | Condition::Test(..) => Required::new(),
        }
    }
}

/// Whether no attribute has to have different values in both.
fn may_meet(one: &Required, other: &Required) -> bool {
    one.iter().all(|(attribute, values)| {
        let shared = |others: &Vec<u32>| {
            values
                .iter()
                .any(|value| others.binary_search(value).is_ok())
        };
        other.get(attribute).is_none_or(shared)
    })
}

fn mask(range: &CheckedRange) -> u8 {
    let kinds = range.range.kinds.iter();
    kinds.fold(0, |mask, kind: &Kind| mask | 1 << *kind as u8)
}
