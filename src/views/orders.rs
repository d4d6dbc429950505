//! Which numbers of a range can be uploaded, released or blocked, and why the others cannot.

use super::stock::{after, part_of};
use super::{TenantView, ViewError};
use crate::numbering::{E164, Listed, NumberState, Span, Spans};
use crate::plan::{Entry, Index, RangeInventory};
use crate::report::{LeftOut, NumberOrder, OrderKind};
use std::collections::BTreeMap;

/// Rows of a kind in one stretch.
const AT_ONCE: u32 = 4096;

/// What is to be ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// Direct-routing numbers that Teams does not list are uploaded.
    Upload,
    /// Numbers that are free are released.
    Release,
    /// Numbers in these states are blocked.
    Block {
        /// For so many days; `None`: until the block is taken off.
        days: Option<u16>,
        /// In which states; those of numbers that somebody has are not heeded.
        states: Vec<NumberState>,
    },
}

impl TenantView {
    /// The order for the numbers of a range, as they were last read, without the id of the Microsoft tenant, which is
    /// not known here; `None` when they have never been read.
    ///
    /// # Errors
    /// An unknown range, or what the database says.
    pub async fn number_order(
        &self,
        name: &str,
        ordered: &Ordered,
    ) -> Result<Option<NumberOrder>, ViewError> {
        let look = self.look().await?;
        let range = look.rules.range(name);
        let range = range.ok_or_else(|| ViewError::NoRange(name.to_owned()))?;
        let Some(as_of) = look.known.anchor.numbers_read else {
            return Ok(None);
        };
        let closed = self.closed(&look, std::slice::from_ref(range)).await?;
        let mut numbers = Spans::default();
        let mut left_out: BTreeMap<LeftOut, Spans> = BTreeMap::new();
        for run in range.numbers.runs() {
            let mut from = Some(run.first());
            while let Some(first) = from {
                let stretch = self.store.stretch(first, run.last(), AT_ONCE).await?;
                let seen = Span::new(first, stretch.upto).unwrap_or(Span::single(first));
                from = after(seen.last()).filter(|next| *next <= run.last());
                let part = part_of(range, std::iter::once(seen).collect());
                self.with_index(&look, &stretch, |index| {
                    for entry in RangeInventory::of(index, &part).entries(None) {
                        let single = Span::single(entry.number);
                        match against(index, &entry, ordered) {
                            None => numbers.insert(single),
                            Some(why) => left_out.entry(why).or_default().insert(single),
                        }
                    }
                });
            }
        }
        Ok(Some(NumberOrder {
            kind: match ordered {
                Ordered::Upload => OrderKind::Upload,
                Ordered::Release => OrderKind::Release,
                Ordered::Block { days, .. } => OrderKind::Block { days: *days },
            },
            tenant: self.name().to_owned(),
            tenant_id: String::new(),
            range: range.name.clone(),
            number_type: range.number_type,
            suspended: closed.iter().any(Option::is_some),
            as_of,
            numbers,
            left_out,
        }))
    }
}

/// Why the number is left out of the order, if it is.
fn against(index: &Index<'_>, entry: &Entry, ordered: &Ordered) -> Option<LeftOut> {
    let listed = index.listed(entry.number);
    match ordered {
        Ordered::Upload => against_upload(index, entry, listed),
        Ordered::Release => state(index, entry, listed, &[NumberState::Free])
            .or_else(|| unclear(index, entry.number, listed)),
        Ordered::Block { states, .. } => {
            let fit = [
                NumberState::Free,
                NumberState::Quarantined,
                NumberState::Never,
                NumberState::Blocked,
            ];
            let unasked = !states.contains(&entry.state);
            state(index, entry, listed, &fit)
                .or_else(|| unasked.then_some(LeftOut::NotAsked))
                .or_else(|| unclear(index, entry.number, listed))
        }
    }
}

fn against_upload(index: &Index<'_>, entry: &Entry, listed: Option<&Listed>) -> Option<LeftOut> {
    let unlisted = [
        NumberState::Free,
        NumberState::Reserved,
        NumberState::Quarantined,
        NumberState::Blocked,
    ];
    match (listed, entry.state) {
        // Teams takes a direct-routing number off its list with the holder, unless it was uploaded.
        (Some(_), _) if freed_since(index, entry.number) => Some(LeftOut::FreedSince),
        (Some(_), _) => Some(LeftOut::Listed),
        (None, _) => state(index, entry, listed, &unlisted),
    }
}

/// Why a number cannot be ordered for its state, unless it is one of these.
fn state(
    index: &Index<'_>,
    entry: &Entry,
    listed: Option<&Listed>,
    fit: &[NumberState],
) -> Option<LeftOut> {
    if fit.contains(&entry.state) {
        return None;
    }
    Some(match entry.state {
        NumberState::Assigned => LeftOut::Assigned,
        NumberState::Claimed => LeftOut::Claimed,
        NumberState::Foreign => LeftOut::Foreign,
        NumberState::Reserved => LeftOut::Reserved,
        NumberState::Quarantined => LeftOut::Quarantined,
        NumberState::Never => LeftOut::Never,
        NumberState::Blocked => LeftOut::Blocked,
        NumberState::Absent if is_to_come(index, entry.number) => LeftOut::NotYet,
        NumberState::Absent if listed.is_some() => LeftOut::NotAssignable,
        NumberState::Absent | NumberState::Free => LeftOut::NotListed,
    })
}

/// Whether the range says that the number may not be given before a day to come.
fn is_to_come(index: &Index<'_>, number: E164) -> bool {
    let rules = index.world.rules;
    let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
    let from = range.and_then(|range| range.assignable_at(number));
    from.is_some_and(|from| index.world.now < from)
}

/// What Teams says of a number that nobody holds: it has to list it as such.
fn unclear(index: &Index<'_>, number: E164, listed: Option<&Listed>) -> Option<LeftOut> {
    match listed {
        None => Some(LeftOut::NotListed),
        Some(_) if freed_since(index, number) => Some(LeftOut::FreedSince),
        Some(listed) => (!listed.is_unassigned()).then_some(LeftOut::Foreign),
    }
}

/// Whether the number was given back after the list was read, so that the list is wrong about it.
fn freed_since(index: &Index<'_>, number: E164) -> bool {
    let freed = index.facts(number).and_then(|facts| facts.freed);
    freed.is_some_and(|freed| freed >= index.world.listed_at)
}
