//! Numbers: the state of each.

use super::cursor::List;
use super::stock::{after, part_of};
use super::tenant::Look;
use super::{Cursor, Page, TenantView, ViewError};
use crate::directory::UserId;
use crate::numbering::{E164, NumberState, Span, golden_score, typed_number};
use crate::plan::{Entry, Index, Numbers, RangeInventory, told};
use crate::report::UserRef;
use crate::rules::Range;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Rows of a kind in one stretch of numbers.
const AT_ONCE: u32 = 1024;

/// So many stretches are looked through for a page at most; one that is not full by then goes on behind them.
const STRETCHES: usize = 64;

/// One number of `numbers list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NumberItem {
    /// The number.
    #[schema(value_type = String)]
    pub number: E164,
    /// The range that declares it.
    pub range: String,
    /// `direct-routing`, `calling-plan` or `operator-connect`.
    #[serde(rename = "type")]
    pub number_type: String,
    /// `free`, `claimed`, `assigned`, `quarantined`, `reserved`, `never`, `blocked`, `absent` or `foreign`.
    #[schema(value_type = String)]
    pub state: NumberState,
    /// Its holder, or who it is claimed or set aside for.
    pub user: Option<UserRef>,
    /// For whom it is set aside by name, who may join later: UPN, mail or employee id.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub whom: Option<String>,
    /// Since when, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Until when, of states that end by themselves.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// How memorable it is, 1 to 100; only where memorable numbers were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden: Option<u8>,
}

/// Which numbers are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberFilter<'a> {
    /// Only of this range.
    pub range: Option<&'a str>,
    /// Only in this state.
    pub state: Option<NumberState>,
    /// Only memorable ones, with their scores.
    pub golden: Option<Golden>,
}

/// Which numbers count as memorable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Golden {
    /// Those that the configuration leaves to people; where it leaves none, all that score at all.
    Configured,
    /// Those that score at least so much.
    AtLeast(u8),
}

impl Golden {
    fn least(self, settings: Numbers) -> u8 {
        match self {
            Self::Configured => settings.golden_score.unwrap_or(1),
            Self::AtLeast(least) => least.max(1),
        }
    }
}

/// A number as a person types it: separators are taken out.
///
/// # Errors
/// When it is none.
pub fn read_number(text: &str) -> Result<E164, ViewError> {
    typed_number(text).map_err(|why| ViewError::NoNumber {
        text: text.to_owned(),
        why,
    })
}

impl TenantView {
    /// Numbers with their states, in the order of the ranges, ascending in each.
    ///
    /// # Errors
    /// An unknown range, a cursor of another list or to a number no range declares any more, or what the database
    /// says.
    pub async fn numbers(
        &self,
        filter: NumberFilter<'_>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<NumberItem>, ViewError> {
        let look = self.look().await?;
        let (found, next) = self.found(&look, filter, after, limit).await?;
        let items = self.named(found).await?;
        let scored = |item: NumberItem| NumberItem {
            golden: filter.golden.map(|_| golden_score(item.number)),
            ..item
        };
        Ok(Page {
            items: items.into_iter().map(|(item, _)| scored(item)).collect(),
            next,
        })
    }

    /// The same, each with why it is set aside by hand.
    ///
    /// # Errors
    /// As [`TenantView::numbers`].
    pub async fn numbers_with_reasons(
        &self,
        filter: NumberFilter<'_>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<(NumberItem, Option<String>)>, ViewError> {
        let look = self.look().await?;
        let (found, next) = self.found(&look, filter, after, limit).await?;
        let items = self.named(found).await?;
        Ok(Page { items, next })
    }

    async fn found<'r>(
        &self,
        look: &'r Look,
        filter: NumberFilter<'r>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<(Vec<Found<'r>>, Option<Cursor>), ViewError> {
        let after = after.map(|cursor| cursor.item::<E164>(List::Numbers));
        let mut walk = Walk::begin(look, filter, after.transpose()?)?;
        let mut found = Vec::new();
        for _ in 0..STRETCHES {
            let left = (limit as usize).saturating_sub(found.len());
            if left == 0 || walk.is_over() {
                break;
            }
            self.step(look, &mut walk, left, &mut found).await?;
        }
        let next =
            (!walk.is_over()).then(|| walk.last.map(|last| Cursor::behind(List::Numbers, last)));
        Ok((found, next.flatten()))
    }

    /// One number with its state.
    ///
    /// # Errors
    /// When no range declares it, or what the database says.
    pub async fn number(&self, number: E164) -> Result<NumberItem, ViewError> {
        let look = self.look().await?;
        let at = look
            .rules
            .range_of(number)
            .ok_or(ViewError::Undeclared(number))?;
        let range = &look.rules.ranges()[at];
        let stretch = self.store.stretch(number, number, AT_ONCE).await?;
        let (entry, whom) = self.with_index(&look, &stretch, |index| {
            (
                crate::plan::entry(index, range, number),
                awaited(index, number),
            )
        });
        let holder = match entry.user {
            Some(id) => self.store.person(id).await?,
            None => None,
        };
        let upn = |_| holder.map(|person| person.stored.user.upn().to_owned());
        Ok(item(&entry, whom, range, upn))
    }

    /// Looks through the next stretch.
    async fn step<'r>(
        &self,
        look: &Look,
        walk: &mut Walk<'r>,
        left: usize,
        found: &mut Vec<Found<'r>>,
    ) -> Result<(), ViewError> {
        let Some((range, span)) = walk.next_span(left) else {
            return Ok(());
        };
        let stretch = self
            .store
            .stretch(span.first(), span.last(), AT_ONCE)
            .await?;
        let seen = Span::new(span.first(), stretch.upto).unwrap_or(Span::single(span.first()));
        let least = walk
            .filter
            .golden
            .map(|golden| golden.least(self.settings.numbers));
        let wanted = |entry: &Entry| least.is_none_or(|least| golden_score(entry.number) >= least);
        let entries: Vec<Found<'r>> = self.with_index(look, &stretch, |index| {
            let part = part_of(range, std::iter::once(seen).collect());
            let inventory = RangeInventory::of(index, &part);
            let entries = inventory.entries(walk.filter.state).filter(wanted);
            let found = |entry: Entry| {
                let facts = index.facts(entry.number);
                Found {
                    reason: facts.and_then(|facts| told(&entry, facts, look.now).1),
                    whom: awaited(index, entry.number),
                    entry,
                    range,
                }
            };
            entries.take(left).map(found).collect()
        });
        let full = entries.len() == left;
        walk.looked_upto(match entries.last() {
            Some(last) if full => last.entry.number,
            _ => seen.last(),
        });
        found.extend(entries);
        Ok(())
    }

    async fn named(
        &self,
        found: Vec<Found<'_>>,
    ) -> Result<Vec<(NumberItem, Option<String>)>, ViewError> {
        let ids: Vec<_> = found.iter().filter_map(|found| found.entry.user).collect();
        let upns = self.store.upns(ids).await?;
        let upn = |id| upns.get(&id).cloned();
        let items = found.into_iter();
        Ok(items
            .map(|found| {
                let item = item(&found.entry, found.whom, found.range, upn);
                (item, found.reason)
            })
            .collect())
    }
}

fn awaited(index: &Index<'_>, number: E164) -> Option<String> {
    index.reserved_for(number).map(str::to_owned)
}

fn item(
    entry: &Entry,
    whom: Option<String>,
    range: &Range,
    upn: impl FnOnce(UserId) -> Option<String>,
) -> NumberItem {
    NumberItem {
        number: entry.number,
        range: range.name.clone(),
        number_type: range.number_type.name().to_owned(),
        state: entry.state,
        user: entry.user.map(|id| UserRef {
            id,
            upn: upn(id).unwrap_or_default(),
        }),
        whom,
        since: entry.since,
        until: entry.until,
        golden: None,
    }
}

/// A number that was looked for.
struct Found<'r> {
    entry: Entry,
    /// The range that declares it.
    range: &'r Range,
    /// For whom it is set aside by name.
    whom: Option<String>,
    /// Why it is set aside by hand.
    reason: Option<String>,
}

/// A walk through the numbers of the ranges.
struct Walk<'r> {
    ranges: &'r [Range],
    filter: NumberFilter<'r>,
    /// The range it is in.
    at: usize,
    /// Where it ends.
    end: usize,
    /// The last number looked at in this range.
    within: Option<E164>,
    /// The last number looked at.
    last: Option<E164>,
}

impl<'r> Walk<'r> {
    fn begin(
        look: &'r Look,
        filter: NumberFilter<'r>,
        after: Option<E164>,
    ) -> Result<Self, ViewError> {
        let ranges = look.rules.ranges();
        let (mut at, mut end) = (0, ranges.len());
        if let Some(name) = filter.range {
            let place = ranges.iter().position(|range| range.name == name);
            at = place.ok_or_else(|| ViewError::NoRange(name.to_owned()))?;
            end = at + 1;
        }
        if let Some(number) = after {
            let of = look.rules.range_of(number);
            at = of
                .filter(|of| (at..end).contains(of))
                .ok_or(ViewError::Cursor)?;
        }
        let mut walk = Self {
            ranges,
            filter,
            at,
            end,
            within: after,
            last: after,
        };
        walk.settle();
        Ok(walk)
    }

    const fn is_over(&self) -> bool {
        self.at >= self.end
    }

    /// The numbers to be looked at next: unless certain ones are wanted, no more than are left to be shown.
    fn next_span(&self, left: usize) -> Option<(&'r Range, Span)> {
        let range = self.ranges[..self.end].get(self.at)?;
        let run = self.rest_of_run()?;
        let most = match (self.filter.state, self.filter.golden) {
            (None, None) => run.first().digits() + left as u64 - 1,
            _ => u64::MAX,
        };
        let last = E164::from_digits(run.last().digits().min(most))?;
        Some((range, Span::new(run.first(), last)?))
    }

    fn looked_upto(&mut self, number: E164) {
        self.within = Some(number);
        self.last = Some(number);
        self.settle();
    }

    /// Moves on to a range that has numbers left.
    fn settle(&mut self) {
        while !self.is_over() && self.rest_of_run().is_none() {
            self.at += 1;
            self.within = None;
        }
    }

    /// The next run of the range that has not been looked at, or what is left of one.
    fn rest_of_run(&self) -> Option<Span> {
        let numbers = &self.ranges.get(self.at)?.numbers;
        let Some(last) = self.within else {
            return numbers.runs().next();
        };
        let next = numbers.at_or_after(after(last)?)?;
        let run = numbers.runs().find(|run| run.contains(next))?;
        Span::new(next, run.last())
    }
}
