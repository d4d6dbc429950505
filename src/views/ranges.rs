//! Ranges: the stock of each.

use super::cursor::List;
use super::stock::Tally;
use super::tenant::Look;
use super::{Cursor, Page, TenantView, ViewError};
use crate::numbering::NumberState;
use crate::plan::{Supply, Suspended, suspended};
use crate::rules::Range;
use serde::Serialize;
use utoipa::ToSchema;

/// One range of `ranges list`: the counts by state add up to the total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RangeItem {
    /// The tenant, where several are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Its name.
    pub range: String,
    /// `direct-routing`, `calling-plan` or `operator-connect`.
    #[serde(rename = "type")]
    pub number_type: String,
    /// ISO 3166 code of its country.
    pub country: Option<String>,
    /// Whether nothing is given from it for now: it is suspended, or its operator is.
    pub suspended: bool,
    /// Whether that is because its operator is, not the range itself.
    #[serde(skip)]
    pub by_operator: bool,
    /// How many numbers it has.
    pub total: u64,
    /// Can be given to the next person.
    pub free: u64,
    /// Taken by a plan that is being applied.
    pub claimed: u64,
    /// Held by managed holders.
    pub assigned: u64,
    /// Resting after their last holders.
    pub quarantined: u64,
    /// Set aside, by rule file or by hand.
    pub reserved: u64,
    /// Never given to anybody.
    pub never: u64,
    /// Refused by Teams, tried again after a while.
    pub blocked: u64,
    /// Declared but not assignable, and held by nobody.
    pub absent: u64,
    /// Held by somebody or something that is not managed.
    pub foreign: u64,
    /// What of it the rules can give.
    #[serde(skip)]
    pub supply: Supply,
}

impl RangeItem {
    /// How many of its numbers are in a state.
    #[must_use]
    pub const fn count(&self, state: NumberState) -> u64 {
        match state {
            NumberState::Free => self.free,
            NumberState::Claimed => self.claimed,
            NumberState::Assigned => self.assigned,
            NumberState::Quarantined => self.quarantined,
            NumberState::Reserved => self.reserved,
            NumberState::Never => self.never,
            NumberState::Blocked => self.blocked,
            NumberState::Absent => self.absent,
            NumberState::Foreign => self.foreign,
        }
    }
}

impl TenantView {
    /// Ranges with their stock, in the order of the rule files.
    ///
    /// # Errors
    /// A cursor of another list or to a range that is gone, or what the database says.
    pub async fn ranges(
        &self,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<RangeItem>, ViewError> {
        let look = self.look().await?;
        let ranges = look.rules.ranges();
        let from = match after {
            None => 0,
            Some(cursor) => {
                1 + place_of(&look, &cursor.item::<String>(List::Ranges)?)
                    .ok_or(ViewError::Cursor)?
            }
        };
        let to = ranges.len().min(from.saturating_add(limit as usize));
        let tallies = self.tallies(&look).await?;
        let closed = self.closed(&look, &ranges[from..to]).await?;
        let stock = ranges.iter().zip(tallies.iter()).skip(from);
        let items = stock
            .zip(closed)
            .map(|((range, tally), closed)| item(range, tally, closed));
        Ok(Page {
            items: items.collect(),
            next: (from < to && to < ranges.len())
                .then(|| Cursor::behind(List::Ranges, &ranges[to - 1].name)),
        })
    }

    /// One range with its stock.
    ///
    /// # Errors
    /// When no range has that name, or what the database says.
    pub async fn range(&self, name: &str) -> Result<RangeItem, ViewError> {
        let look = self.look().await?;
        let at = place_of(&look, name).ok_or_else(|| ViewError::NoRange(name.to_owned()))?;
        let tallies = self.tallies(&look).await?;
        let range = &look.rules.ranges()[at];
        let closed = self.closed(&look, std::slice::from_ref(range)).await?;
        let closed = closed.into_iter().flatten().next();
        Ok(item(range, &tallies[at], closed))
    }

    /// What keeps each of these ranges from giving numbers.
    pub(super) async fn closed(
        &self,
        look: &Look,
        ranges: &[Range],
    ) -> Result<Vec<Option<Closed>>, ViewError> {
        let of_ranges = self.store.suspensions().await?;
        let of_operators = self.store.operator_suspensions().await?;
        let closed = |range: &Range| {
            let found = suspended(&look.rules, range, &of_ranges, &of_operators)?;
            let by_operator = matches!(found, Suspended::Operator { .. });
            Some(Closed { by_operator })
        };
        Ok(ranges.iter().map(closed).collect())
    }
}

/// A range that gives nothing for now.
pub(super) struct Closed {
    by_operator: bool,
}

fn place_of(look: &Look, name: &str) -> Option<usize> {
    look.rules
        .ranges()
        .iter()
        .position(|range| range.name == name)
}

fn item(range: &Range, tally: &Tally, closed: Option<Closed>) -> RangeItem {
    let counts = &tally.counts;
    let count = |state| counts.get(&state).copied().unwrap_or_default();
    RangeItem {
        tenant: None,
        range: range.name.clone(),
        number_type: range.number_type.name().to_owned(),
        country: range.country.map(|country| country.to_string()),
        suspended: closed.is_some(),
        by_operator: closed.is_some_and(|closed| closed.by_operator),
        total: range.numbers.count(),
        free: count(NumberState::Free),
        claimed: count(NumberState::Claimed),
        assigned: count(NumberState::Assigned),
        quarantined: count(NumberState::Quarantined),
        reserved: count(NumberState::Reserved),
        never: count(NumberState::Never),
        blocked: count(NumberState::Blocked),
        absent: count(NumberState::Absent),
        foreign: count(NumberState::Foreign),
        supply: Supply::of(range, counts, tally.golden),
    }
}
