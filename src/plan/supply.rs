//! What the rules can give of a range: its free numbers without those that only people give.

use super::{Counts, Index, Numbers, RangeInventory, State, World};
use crate::numbering::{E164, Listed, NumberState, Spans, golden_within};
use crate::rules::Range;
use std::collections::{BTreeMap, BTreeSet};

/// The supply of one range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supply {
    /// Free numbers, those that the rules leave free included, golden ones not.
    pub free: u64,
    /// Free numbers that the rules leave to people because they are golden.
    pub golden: u64,
    /// `keep-free`: so many of `free` the rules leave.
    pub keep: u64,
    /// `low-stock`: with fewer than so many `free` an alert is raised.
    pub least: Option<u64>,
}

impl Supply {
    /// The supply of a range by its counts, so many of its free numbers being golden. Percentages are of the numbers
    /// that could be given by rule at all.
    #[must_use]
    pub fn of(range: &Range, counts: &Counts, golden: u64) -> Self {
        let count = |state| counts.get(&state).copied().unwrap_or_default();
        let out_of_reach = [
            NumberState::Never,
            NumberState::Reserved,
            NumberState::Absent,
        ];
        let uncounted = out_of_reach.map(count).iter().sum::<u64>() + golden;
        let counted = range.numbers.count().saturating_sub(uncounted);
        Self {
            free: count(NumberState::Free).saturating_sub(golden),
            golden,
            keep: range.keep_free.of(counted),
            least: range.low_stock.map(|amount| amount.of(counted)),
        }
    }

    /// How many people could still be given a number by rule.
    #[must_use]
    pub const fn givable(&self) -> u64 {
        self.free.saturating_sub(self.keep)
    }

    /// Whether an alert is due.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.least.is_some_and(|least| self.free < least)
    }
}

/// The free numbers of an inventory that the rules leave to people.
#[must_use]
pub fn golden_among_free(inventory: &RangeInventory, settings: Numbers) -> Spans {
    let Some(least) = settings.golden_score else {
        return Spans::default();
    };
    let is_free = |state: &NumberState| *state == NumberState::Free;
    let told = inventory.told.iter().filter(|entry| is_free(&entry.state));
    let told = told.map(|entry| entry.number);
    let rest = inventory.rest.iter().filter(|(state, _)| is_free(state));
    let runs = rest.flat_map(|(_, spans)| spans.runs());
    told.filter(|number| settings.leaves_to_people(*number))
        .chain(runs.flat_map(|run| golden_within(run, least)))
        .collect()
}

/// The supply of some ranges of the rule set, by their index. Costs what these ranges hold, not what the tenant holds.
#[must_use]
pub fn supplies(world: &World<'_>, ranges: &BTreeSet<usize>) -> BTreeMap<usize, Supply> {
    let declared = world.rules.ranges();
    let within: Spans = ranges
        .iter()
        .flat_map(|at| declared[*at].numbers.runs())
        .collect();
    let (state, listing) = (state_of(world.state, &within), listing_of(world, &within));
    let part = World {
        state: &state,
        listing: &listing,
        ..*world
    };
    let index = Index::new(&part);
    let supply = |at: &usize| {
        let range = &declared[*at];
        let inventory = RangeInventory::of(&index, range);
        let golden = golden_among_free(&inventory, world.settings.numbers);
        (*at, Supply::of(range, &inventory.counts(), golden.count()))
    };
    ranges.iter().map(supply).collect()
}

/// What is remembered of these numbers.
fn state_of(state: &State, within: &Spans) -> State {
    let holds = |number: E164| within.contains(number);
    let holdings = state.holdings.iter().filter(|held| holds(held.number));
    let numbers = within
        .runs()
        .flat_map(|run| state.numbers.range(run.first()..=run.last()));
    let pins = state
        .facts
        .iter()
        .filter(|(_, facts)| facts.pin.is_some_and(holds));
    let open = state.open_steps.iter();
    State {
        holdings: holdings.cloned().collect(),
        numbers: numbers
            .map(|(number, facts)| (*number, facts.clone()))
            .collect(),
        facts: pins.map(|(user, facts)| (*user, facts.clone())).collect(),
        open_steps: open
            .filter(|step| holds(step.change.number))
            .cloned()
            .collect(),
        ..State::default()
    }
}

/// What Teams lists of them.
fn listing_of(world: &World<'_>, within: &Spans) -> Vec<Listed> {
    let runs = within.runs().flat_map(|run| {
        let from = world.listing.partition_point(|l| l.number < run.first());
        let rest = world.listing[from..].iter();
        rest.take_while(move |listed| listed.number <= run.last())
    });
    runs.cloned().collect()
}
