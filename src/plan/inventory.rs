//! The state of every number of every range, derived from what Teams lists and what is remembered.

use super::{Action, Index};
use crate::directory::UserId;
use crate::numbering::{
    E164, Listed, ListedType, NumberState, Span, Spans, emergency_within, ends_like_emergency,
};
use crate::rules::{Range, Unlisted};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// One number, and what it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number.
    pub number: E164,
    /// Its one state.
    pub state: NumberState,
    /// Its holder, or who it is claimed or set aside for.
    pub user: Option<UserId>,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Until when, of states that end by themselves.
    pub until: Option<Timestamp>,
}

/// How many numbers of a range are in each state; they add up to the range.
pub type Counts = BTreeMap<NumberState, u64>;

/// The inventory of one range: numbers that have something to tell, one by one, and the rest as spans.
#[derive(Clone, Debug, Default)]
pub struct RangeInventory {
    /// Numbers listed, held, claimed, remembered or pinned, ascending.
    pub told: Vec<Entry>,
    /// All other numbers, by their common state.
    pub rest: Vec<(NumberState, Spans)>,
}

impl RangeInventory {
    /// The inventory of a range.
    #[must_use]
    pub fn of(index: &Index<'_>, range: &Range) -> Self {
        let mut told = Vec::new();
        let mut rest = range.numbers.clone();
        for number in numbers_with_a_tale(index, range) {
            told.push(entry(index, range, number));
        }
        for run in runs(told.iter().map(|entry| entry.number)) {
            rest.remove_span(run);
        }
        Self {
            told,
            rest: classify_rest(index, range, rest),
        }
    }

    /// The counts by state.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts: Counts = NumberState::ALL.iter().map(|s| (*s, 0)).collect();
        for entry in &self.told {
            *counts.entry(entry.state).or_default() += 1;
        }
        for (state, spans) in &self.rest {
            *counts.entry(*state).or_default() += spans.count();
        }
        counts
    }

    /// Every number in ascending order, in one state if one is named.
    pub fn entries(&self, state: Option<NumberState>) -> impl Iterator<Item = Entry> + '_ {
        let wanted = move |s: NumberState| state.is_none_or(|wanted| wanted == s);
        let plain = |number, state| Entry {
            number,
            state,
            user: None,
            since: None,
            until: None,
        };
        let rest = self
            .rest
            .iter()
            .filter(move |(s, _)| wanted(*s))
            .map(move |(s, spans)| {
                Box::new(spans.iter().map(move |n| plain(n, *s))) as Box<dyn Iterator<Item = Entry>>
            });
        let told: Box<dyn Iterator<Item = Entry>> =
            Box::new(self.told.iter().filter(move |e| wanted(e.state)).cloned());
        merge(std::iter::once(told).chain(rest).collect())
    }
}

/// Merges ascending sequences into one.
fn merge<'a>(
    sequences: Vec<Box<dyn Iterator<Item = Entry> + 'a>>,
) -> impl Iterator<Item = Entry> + 'a {
    let mut heads: Vec<_> = sequences.into_iter().map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let next = heads
            .iter_mut()
            .enumerate()
            .filter_map(|(at, head)| head.peek().map(|entry| (entry.number, at)))
            .min()?;
        heads[next.1].next()
    })
}

/// What one number is now. The first condition that holds decides.
#[must_use]
pub fn entry(index: &Index<'_>, range: &Range, number: E164) -> Entry {
    let now = index.world.now;
    let facts = index.facts(number);
    let plain = |state| Entry {
        number,
        state,
        user: None,
        since: facts.and_then(|f| f.freed),
        until: None,
    };
    if let Some(entry) = in_hands(index, number) {
        return entry;
    }
    let listed = listed_now(index, number);
    if let Some(listed) = listed.filter(|l| !l.is_unassigned() || l.profile.on_premises) {
        let user = listed.target.map(UserId);
        return Entry {
            user,
            since: None,
            ..plain(NumberState::Foreign)
        };
    }
    if is_never(index, range, number) {
        return plain(NumberState::Never);
    }
    if let Some(until) = range.assignable_at(number).filter(|from| now < *from) {
        return Entry {
            until: Some(until),
            ..plain(NumberState::Absent)
        };
    }
    match (listed, was_freed_since_listing(index, number)) {
        (_, true) => {}
        (Some(_), _) if !index.offers(number, index.type_to_give(range, number)) => {
            return plain(NumberState::Absent);
        }
        (None, _) if range.number_type.must_be_listed() => return plain(NumberState::Absent),
        (None, _) if range.unlisted == Unlisted::Reserve => return plain(NumberState::Reserved),
        _ => {}
    }
    set_aside_or_free(index, range, number)
}

/// Whether the range never gives the number: by its `never`, or by a tail like an emergency number's, where the
/// configuration says so.
pub(super) fn is_never(index: &Index<'_>, range: &Range, number: E164) -> bool {
    let tails_count = index.world.settings.numbers.emergency_tails;
    range.never.contains(number) || (tails_count && ends_like_emergency(number, range.country))
}

/// The same of a set of its numbers.
fn never_among(index: &Index<'_>, range: &Range, numbers: &Spans) -> Spans {
    let mut never = numbers.intersection(&range.never);
    if index.world.settings.numbers.emergency_tails {
        let tails = numbers
            .runs()
            .flat_map(|run| emergency_within(run, range.country));
        tails.for_each(|number| never.insert(Span::single(number)));
    }
    never
}

/// A number that is held under management, or that an open step claims.
fn in_hands(index: &Index<'_>, number: E164) -> Option<Entry> {
    let entry = |state, user, since| Entry {
        number,
        state,
        user: Some(user),
        since: Some(since),
        until: None,
    };
    if let Some(holding) = index.holding(number) {
        return Some(entry(NumberState::Assigned, holding.user, holding.since));
    }
    let step = index.open_step(number)?;
    let state = match step.change.action {
        Action::Assign => NumberState::Claimed,
        _ => NumberState::Assigned,
    };
    Some(entry(state, step.change.user, step.claimed))
}

/// The states of a number that Teams would let us give: reserved, blocked, resting or free.
fn set_aside_or_free(index: &Index<'_>, range: &Range, number: E164) -> Entry {
    let now = index.world.now;
    let facts = index.facts(number);
    let ends = |until: Option<Timestamp>| {
        let clock_agrees = index.world.circumstances.clock_agrees;
        until.filter(|until| now < *until || !clock_agrees)
    };
    let plain = |state, until| Entry {
        number,
        state,
        user: index.pinned_to(number),
        since: facts.and_then(|f| f.freed),
        until,
    };
    let by_hand = facts.and_then(|f| f.reserved.as_ref());
    if let Some(reserved) = by_hand.filter(|r| r.until.is_none_or(|until| now < until)) {
        return plain(NumberState::Reserved, reserved.until);
    }
    if range.reserve.contains(number) || index.pinned_to(number).is_some() {
        let resting = facts.and_then(|f| ends(f.rest_until));
        return plain(NumberState::Reserved, resting);
    }
    if let Some(until) = facts.and_then(|f| f.blocked_until).filter(|u| now < *u) {
        return plain(NumberState::Blocked, Some(until));
    }
    if let Some(until) = facts.and_then(|f| ends(f.rest_until)) {
        return plain(NumberState::Quarantined, Some(until));
    }
    plain(NumberState::Free, None)
}

/// What Teams lists of the number, unless our own release is newer than the list.
pub(super) fn listed_now<'a>(index: &Index<'a>, number: E164) -> Option<&'a Listed> {
    if was_freed_since_listing(index, number) {
        return None;
    }
    index.listed(number)
}

fn was_freed_since_listing(index: &Index<'_>, number: E164) -> bool {
    let freed = index.facts(number).and_then(|facts| facts.freed);
    freed.is_some_and(|freed| freed >= index.world.listed_at)
}

/// Numbers of the range that cannot be told by their place in it alone, ascending.
fn numbers_with_a_tale(index: &Index<'_>, range: &Range) -> BTreeSet<E164> {
    let mut numbers = BTreeSet::new();
    for run in range.numbers.runs() {
        let from = index
            .world
            .listing
            .partition_point(|l| l.number < run.first());
        let listed = index.world.listing[from..].iter().map(|l| l.number);
        numbers.extend(listed.take_while(|n| *n <= run.last()));
        let within = run.first()..=run.last();
        numbers.extend(
            index
                .world
                .state
                .numbers
                .range(within.clone())
                .map(|(n, _)| *n),
        );
        numbers.extend(index.held_within(within.clone()));
        numbers.extend(index.open_numbers().filter(|n| run.contains(*n)));
        numbers.extend(index.pinned_numbers().filter(|n| run.contains(*n)));
    }
    numbers
}

fn classify_rest(index: &Index<'_>, range: &Range, mut rest: Spans) -> Vec<(NumberState, Spans)> {
    let mut classes = Vec::new();
    let mut take = |state, part: Spans, rest: &mut Spans| {
        for run in part.runs() {
            rest.remove_span(run);
        }
        classes.push((state, part));
    };
    take(
        NumberState::Never,
        never_among(index, range, &rest),
        &mut rest,
    );
    let future: Spans = range
        .dated
        .iter()
        .filter(|dated| {
            let first = range.assignable_at(dated.span.first());
            first.is_some_and(|from| index.world.now < from)
        })
        .map(|dated| dated.span)
        .collect();
    take(NumberState::Absent, rest.intersection(&future), &mut rest);
    if range.number_type.must_be_listed() {
        take(NumberState::Absent, rest.clone(), &mut rest);
    } else if range.unlisted == Unlisted::Reserve {
        take(NumberState::Reserved, rest.clone(), &mut rest);
    }
    take(
        NumberState::Reserved,
        rest.intersection(&range.reserve),
        &mut rest,
    );
    classes.push((NumberState::Free, rest));
    classes
}

/// Joins ascending numbers into runs.
pub(super) fn runs(numbers: impl Iterator<Item = E164>) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    for number in numbers {
        let next = runs.last().and_then(|run| {
            let touches = run.last().digits() + 1 == number.digits();
            touches.then(|| Span::new(run.first(), number)).flatten()
        });
        match next {
            Some(longer) => {
                runs.pop();
                runs.push(longer);
            }
            None => runs.push(Span::single(number)),
        }
    }
    runs
}

/// Whether the listed type differs from the range's, as a sentence.
#[must_use]
pub(super) fn type_mismatch(listed: &Listed, range: &Range) -> Option<String> {
    let shown = match &listed.profile.number_type {
        ListedType::Known(known) if *known == range.number_type => return None,
        ListedType::Known(known) => known.name(),
        ListedType::Other(text) => text,
    };
    Some(format!(
        "Teams lists {} as {shown}, the range {} is {}",
        listed.number, range.name, range.number_type
    ))
}
