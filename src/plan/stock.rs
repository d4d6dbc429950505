//! The free numbers of one range, and the order in which they are given.

use super::{Index, RangeInventory, Supply, golden_among_free};
use crate::directory::UserId;
use crate::numbering::{E164, NumberState, Spans};
use crate::rules::{Range, Select};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Free numbers of a range while a plan is being made: what is taken is gone for everyone after. Golden ones are not
/// among them: whoever wants one has to name it.
#[derive(Debug)]
pub struct Stock {
    never_used: Spans,
    idle: BTreeSet<(Timestamp, E164)>,
    freed: BTreeMap<E164, Timestamp>,
    select: Select,
    keep: u64,
    all: Spans,
    tenant: String,
}

impl Stock {
    /// The stock of a range as the plan begins.
    #[must_use]
    pub fn of(index: &Index<'_>, range: &Range) -> Self {
        let inventory = RangeInventory::of(index, range);
        let golden = golden_among_free(&inventory, index.world.settings.numbers);
        let supply = Supply::of(range, &inventory.counts(), golden.count());
        let free = inventory
            .told
            .iter()
            .filter(|entry| entry.state == NumberState::Free && !golden.contains(entry.number));
        let (used, fresh): (Vec<_>, Vec<_>) = free.partition(|entry| entry.since.is_some());
        let mut never_used: Spans = super::inventory::runs(fresh.iter().map(|entry| entry.number))
            .into_iter()
            .collect();
        for (_, spans) in inventory
            .rest
            .iter()
            .filter(|(s, _)| *s == NumberState::Free)
        {
            spans.runs().for_each(|run| never_used.insert(run));
        }
        Self {
            never_used: never_used.difference(&golden),
            idle: used
                .iter()
                .filter_map(|e| Some((e.since?, e.number)))
                .collect(),
            freed: used
                .iter()
                .filter_map(|e| Some((e.number, e.since?)))
                .collect(),
            select: range.select,
            keep: supply.keep,
            all: range.numbers.clone(),
            tenant: index.world.settings.tenant.clone(),
        }
    }

    /// How many numbers are free.
    #[must_use]
    pub fn free(&self) -> u64 {
        self.never_used.count() + self.idle.len() as u64
    }

    /// Takes the next number for a user by rule: not below what is kept free, and none the user was refused while
    /// another is free.
    pub fn take_next(&mut self, user: UserId, refused: &BTreeSet<E164>) -> Option<E164> {
        if self.free() <= self.keep {
            return None;
        }
        self.take_any(user, refused)
    }

    /// The same by hand: what is kept free is free.
    pub fn take_any(&mut self, user: UserId, refused: &BTreeSet<E164>) -> Option<E164> {
        let set_aside: Vec<E164> = refused
            .iter()
            .copied()
            .filter(|n| self.contains(*n))
            .collect();
        let held_back: Vec<_> = set_aside.iter().map(|n| self.pull(*n)).collect();
        let next = self.next(user);
        for (number, freed) in set_aside.iter().zip(held_back) {
            self.put_back(*number, freed);
        }
        let chosen = next.or_else(|| self.next(user))?;
        self.pull(chosen);
        Some(chosen)
    }

    /// Takes one certain number, whatever is kept free; answers whether it was there.
    pub fn take(&mut self, number: E164) -> bool {
        let there = self.contains(number);
        self.pull(number);
        there
    }

    fn contains(&self, number: E164) -> bool {
        self.freed.contains_key(&number) || self.never_used.contains(number)
    }

    fn next(&self, user: UserId) -> Option<E164> {
        match self.select {
            Select::LongestIdle => {
                let idle = || self.idle.first().map(|(_, number)| *number);
                self.never_used.first().or_else(idle)
            }
            Select::Lowest => {
                let ends = [
                    self.never_used.first(),
                    self.freed.first_key_value().map(|(n, _)| *n),
                ];
                ends.into_iter().flatten().min()
            }
            Select::Highest => {
                let ends = [
                    self.never_used.last(),
                    self.freed.last_key_value().map(|(n, _)| *n),
                ];
                ends.into_iter().flatten().max()
            }
            Select::Random => self.at_random(user),
        }
    }

    /// Walks the range in an order that a hash of tenant and user determines (a step that shares no factor with the
    /// size visits every place once) and takes the first free number: same input, same number.
    fn at_random(&self, user: UserId) -> Option<E164> {
        if self.free() == 0 {
            return None;
        }
        let size = self.all.count();
        let digest = Sha256::new()
            .chain_update(self.tenant.as_bytes())
            .chain_update([0])
            .chain_update(user.0.as_bytes())
            .finalize();
        let word = |at: usize| {
            digest[at..at + 8]
                .iter()
                .fold(0u64, |w, byte| w << 8 | u64::from(*byte))
        };
        let start = word(0) % size;
        let step = (word(8) % size..)
            .find(|step| gcd(*step, size) == 1)
            .unwrap_or(1);
        (0..size)
            .map(|turn| {
                (u128::from(start) + u128::from(turn) * u128::from(step)) % u128::from(size)
            })
            .filter_map(|place| self.number_at(u64::try_from(place).ok()?))
            .find(|number| self.contains(*number))
    }

    fn number_at(&self, mut place: u64) -> Option<E164> {
        for run in self.all.runs() {
            if place < run.count() {
                return E164::from_digits(run.first().digits() + place);
            }
            place -= run.count();
        }
        None
    }

    /// Takes a number out, answering when it was freed if it had been used.
    fn pull(&mut self, number: E164) -> Option<Timestamp> {
        let freed = self.freed.remove(&number);
        match freed {
            Some(at) => self.idle.remove(&(at, number)),
            None => self.never_used.remove(number),
        };
        freed
    }

    fn put_back(&mut self, number: E164, freed: Option<Timestamp>) {
        match freed {
            Some(at) => {
                self.idle.insert((at, number));
                self.freed.insert(number, at);
            }
            None => self
                .never_used
                .insert(crate::numbering::Span::single(number)),
        }
    }
}

const fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
