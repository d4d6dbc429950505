//! Which operator each number of a tenant belongs to.

use super::operators::{ByCountry, States};
use super::stock::{after, part_of, parts};
use super::tenant::Look;
use super::{TenantView, ViewError};
use crate::numbering::{Country, E164, Listed, NumberState, Span, country_of};
use crate::plan::{Index, RangeInventory, entry};
use crate::rules::{Operator, Range, RuleSet};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows of a kind in one stretch.
const AT_ONCE: u32 = 4096;

/// The least and the greatest number there can be.
const EVERY: (u64, u64) = (1_000_000, 999_999_999_999_999);

/// Whose a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// The declared operator of this index.
    Declared(usize),
    /// An operator id that no rule declares.
    Unknown(Uuid),
}

/// Ranges of a stretch, each with its numbers in it.
pub(super) type Within<'w> = &'w [Range];

/// Whose a number is, as Teams lists it and the rules declare it. What Teams says counts, unless the operator that the
/// range names is declared without an id to compare.
pub(super) fn group_of(rules: &RuleSet, number: E164, listed: Option<&Listed>) -> Option<Group> {
    let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
    let by_range = range.and_then(|range| range.operator);
    let nameless = by_range.is_some_and(|at| rules.operators()[at].id.is_none());
    let id = listed.and_then(|listed| listed.profile.operator);
    match id.filter(|_| !nameless) {
        Some(id) => Some(by_id(rules.operators(), id)),
        None => by_range.map(Group::Declared),
    }
}

fn by_id(operators: &[Operator], id: Uuid) -> Group {
    let text = id.to_string();
    let declared = operators.iter().position(|known| known.has_id(&text));
    declared.map_or(Group::Unknown(id), Group::Declared)
}

/// The country of a number: its range's, the listed one, or that of its calling code.
pub(super) fn country(rules: &RuleSet, number: E164, listed: Option<&Listed>) -> Option<Country> {
    let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
    let listed = || listed.and_then(|listed| listed.profile.country);
    range
        .and_then(|range| range.country)
        .or_else(listed)
        .or_else(|| country_of(number))
}

/// Numbers counted by operator, country and state.
#[derive(Default)]
pub(super) struct Tally {
    groups: BTreeMap<Group, ByCountry>,
}

impl Tally {
    pub(super) fn into_groups(self) -> BTreeMap<Group, ByCountry> {
        self.groups
    }

    /// Counts a stretch: ranges of operators as a whole, then moves what Teams lists as another one's.
    pub(super) fn add(&mut self, index: &Index<'_>, within: Within<'_>) {
        let rules = index.world.rules;
        for range in within {
            let Some(operator) = range.operator else {
                continue;
            };
            for (state, count) in RangeInventory::of(index, range).counts() {
                let states = self.states(Group::Declared(operator), range.country);
                *states.entry(Some(state)).or_default() += count;
            }
        }
        for listed in once_each(index.world.listing) {
            let number = listed.number;
            let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
            let counted = range.and_then(|range| range.operator).map(Group::Declared);
            let group = group_of(rules, number, Some(listed));
            if group == counted {
                continue;
            }
            let state = range.map(|range| entry(index, range, number).state);
            if let (Some(counted), Some(range)) = (counted, range) {
                let count = self
                    .states(counted, range.country)
                    .entry(state)
                    .or_default();
                *count = count.saturating_sub(1);
            }
            if let Some(group) = group {
                let country = country(rules, number, Some(listed));
                *self.states(group, country).entry(state).or_default() += 1;
            }
        }
    }

    fn states(&mut self, group: Group, country: Option<Country>) -> &mut States {
        let countries = self.groups.entry(group).or_default();
        countries.entry(country).or_default()
    }
}

/// Each number once, also one that is listed with extensions.
pub(super) fn once_each(listing: &[Listed]) -> impl Iterator<Item = &Listed> {
    let first = |at: &usize| *at == 0 || listing[at - 1].number != listing[*at].number;
    (0..listing.len()).filter(first).map(|at| &listing[at])
}

impl TenantView {
    /// Looks at all numbers of the tenant, a stretch at a time, with the ranges that have numbers in it.
    pub(super) async fn each_operator_stretch(
        &self,
        look: &Look,
        mut see: impl FnMut(&Index<'_>, Within<'_>),
    ) -> Result<(), ViewError> {
        let ranges = look.rules.ranges();
        let mut runs: Vec<(Span, usize)> = Vec::new();
        for (at, range) in ranges.iter().enumerate() {
            runs.extend(range.numbers.runs().map(|run| (run, at)));
        }
        runs.sort_unstable();
        let last = E164::from_digits(EVERY.1);
        let mut from = E164::from_digits(EVERY.0);
        while let (Some(first), Some(last)) = (from, last) {
            let stretch = self.store.stretch(first, last, AT_ONCE).await?;
            from = after(stretch.upto).filter(|next| *next <= last);
            let begin = runs.partition_point(|(run, _)| run.last() < first);
            let within: Vec<Range> = parts(&runs[begin..], first, stretch.upto)
                .into_iter()
                .map(|(at, part)| part_of(&ranges[at], part))
                .collect();
            self.with_index(look, &stretch, |index| see(index, &within));
        }
        Ok(())
    }
}

/// Whether somebody or something has the number, or is about to.
pub(super) const fn is_held(state: NumberState) -> bool {
    matches!(
        state,
        NumberState::Assigned | NumberState::Claimed | NumberState::Foreign
    )
}
