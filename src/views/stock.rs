//! The inventory, a stretch of numbers at a time, and the counts of every range.

use super::tenant::Look;
use super::{TenantView, ViewError};
use crate::numbering::{E164, NumberState, Span, Spans};
use crate::plan::{Counts, Index, RangeInventory, World, golden_among_free};
use crate::rules::{Range, RuleSet};
use crate::store::Stretch;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a kind in one stretch when everything is counted.
const COUNTED_AT_ONCE: u32 = 4096;

/// While a sync is under way every write of it would have everything counted again: counts may be so old then.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);

/// The counts of all ranges, and what they are true of.
pub(super) struct Counted {
    version: i64,
    rules: Arc<RuleSet>,
    at: Timestamp,
    /// When the first state ends by itself.
    until: Option<Timestamp>,
    tallies: Arc<Vec<Tally>>,
}

/// What is counted of one range.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// By state.
    pub(super) counts: Counts,
    /// Free numbers that the rules leave to people.
    pub(super) golden: u64,
}

impl Counted {
    fn holds(&self, look: &Look) -> bool {
        let timely = self.at <= look.now && self.until.is_none_or(|until| look.now < until);
        let current = self.version == look.standing.version
            || (look.standing.sync.is_some() && look.now.duration_since(self.at) < PATIENCE);
        timely && current && Arc::ptr_eq(&self.rules, &look.rules)
    }
}

impl TenantView {
    /// The counts of every range, in the order of the ranges. Counted once and kept until something is written or a
    /// state ends by itself; during a sync they may be a few seconds old.
    pub(super) async fn tallies(&self, look: &Look) -> Result<Arc<Vec<Tally>>, ViewError> {
        // Held while it is counted, so that many who look at once count once.
        let mut slot = self.counted.lock().await;
        if let Some(counted) = slot.as_ref().filter(|counted| counted.holds(look)) {
            return Ok(Arc::clone(&counted.tallies));
        }
        let counted = self.count(look).await?;
        let tallies = Arc::clone(&counted.tallies);
        *slot = Some(counted);
        Ok(tallies)
    }

    async fn count(&self, look: &Look) -> Result<Counted, ViewError> {
        let ranges = look.rules.ranges();
        let mut runs: Vec<(Span, usize)> = Vec::new();
        for (at, range) in ranges.iter().enumerate() {
            runs.extend(range.numbers.runs().map(|run| (run, at)));
        }
        runs.sort_unstable();
        let nothing = Tally {
            counts: NumberState::ALL.iter().map(|state| (*state, 0)).collect(),
            golden: 0,
        };
        let mut tallies = vec![nothing; ranges.len()];
        let mut until = None;
        let last = runs.iter().map(|(run, _)| run.last()).max();
        let mut from = runs.first().map(|(run, _)| run.first());
        while let (Some(first), Some(last)) = (from, last) {
            let stretch = self.store.stretch(first, last, COUNTED_AT_ONCE).await?;
            from = after(stretch.upto).filter(|next| *next <= last);
            // The first run that does not end before the stretch.
            let begin = runs.partition_point(|(run, _)| run.last() < first);
            self.with_index(look, &stretch, |index| {
                for (at, part) in parts(&runs[begin..], first, stretch.upto) {
                    let range = part_of(&ranges[at], part);
                    let inventory = RangeInventory::of(index, &range);
                    let golden = golden_among_free(&inventory, self.settings.numbers);
                    tallies[at].golden += golden.count();
                    add(&mut tallies[at].counts, inventory.counts());
                    until = earliest(until, first_end(&inventory, &range, look.now));
                }
            });
        }
        Ok(Counted {
            version: look.standing.version,
            rules: Arc::clone(&look.rules),
            at: look.now,
            until,
            tallies: Arc::new(tallies),
        })
    }

    /// Looks at a stretch as a plan would.
    pub(super) fn with_index<T>(
        &self,
        look: &Look,
        stretch: &Stretch,
        at: impl FnOnce(&Index<'_>) -> T,
    ) -> T {
        let (rules, book) = (&look.rules, &look.known.book);
        let (state, listing) = (&stretch.state, &stretch.listing);
        let world = World {
            // A stretch holds nothing of the tenant as a whole.
            listed_at: look.known.anchor.numbers_read.unwrap_or(look.now),
            ..World::at_rest(rules, &self.settings, book, state, listing, look.now)
        };
        at(&Index::new(&world))
    }
}

/// The number after a number.
pub(super) fn after(number: E164) -> Option<E164> {
    E164::from_digits(number.digits() + 1)
}

/// A range with these of its numbers only.
pub(super) fn part_of(range: &Range, numbers: Spans) -> Range {
    let mut part = range.clone();
    part.numbers = numbers;
    part
}

/// What of the ranges lies between two numbers.
pub(super) fn parts(runs: &[(Span, usize)], first: E164, last: E164) -> BTreeMap<usize, Spans> {
    let mut parts: BTreeMap<usize, Spans> = BTreeMap::new();
    for (run, at) in runs.iter().take_while(|(run, _)| run.first() <= last) {
        if let Some(span) = Span::new(run.first().max(first), run.last().min(last)) {
            parts.entry(*at).or_default().insert(span);
        }
    }
    parts
}

fn add(sum: &mut Counts, more: Counts) {
    for (state, count) in more {
        *sum.entry(state).or_default() += count;
    }
}

/// When the first number of an inventory changes its state by itself.
fn first_end(inventory: &RangeInventory, range: &Range, now: Timestamp) -> Option<Timestamp> {
    let told = inventory.told.iter().filter_map(|entry| entry.until);
    let dated = range
        .dated
        .iter()
        .filter_map(|dated| range.assignable_at(dated.span.first()));
    told.chain(dated).filter(|end| now < *end).min()
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
