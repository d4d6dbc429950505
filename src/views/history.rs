//! Everyone who ever held a number.

use super::cursor::List;
use super::{Cursor, Page, TenantView, ViewError};
use crate::numbering::{E164, NumberType};
use crate::plan::{EndReason, HoldingOrigin, Reason};
use crate::report::UserRef;
use crate::store::{HistoryEntry, TenantStore};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// No number is higher.
const LAST_NUMBER: u64 = 999_999_999_999_999;

/// One holder of a number, now or once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryItem {
    /// The number.
    #[schema(value_type = String)]
    pub number: E164,
    /// Who held it, under the name of that time.
    pub user: UserRef,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when; null: still.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Type of the number then.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub number_type: NumberType,
    /// Range that declared the number then.
    pub range: Option<String>,
    /// `assigned` or `adopted`.
    #[schema(value_type = String)]
    pub origin: HoldingOrigin,
    /// Why it began.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// The sentence that explained it.
    pub why: String,
    /// The sync that began it; empty by hand.
    pub sync_id: String,
    /// Digest of that sync's plan.
    pub plan_id: Option<String>,
    /// Commit of the rules then.
    pub rule_commit: Option<String>,
    /// Why it ended.
    #[schema(value_type = Option<String>)]
    pub end_reason: Option<EndReason>,
    /// The sync that ended it.
    pub end_sync_id: Option<String>,
}

/// Where the whole history goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPlace {
    run: usize,
    number: u64,
    id: i64,
}

impl TenantView {
    /// A part of the history of all numbers, or of those that a range declares now, by number and then oldest first;
    /// and where it goes on.
    ///
    /// # Errors
    /// An unknown range, or what the database says.
    pub async fn whole_history(
        &self,
        range: Option<&str>,
        at: Option<HistoryPlace>,
        limit: u32,
    ) -> Result<(Vec<HistoryItem>, Option<HistoryPlace>), ViewError> {
        let look = self.look().await?;
        let runs: Vec<(u64, E164)> = match range {
            None => E164::from_digits(LAST_NUMBER)
                .map(|last| (0, last))
                .into_iter()
                .collect(),
            Some(name) => {
                let range = look.rules.range(name);
                let range = range.ok_or_else(|| ViewError::NoRange(name.to_owned()))?;
                let runs = range.numbers.runs();
                runs.map(|run| (run.first().digits(), run.last())).collect()
            }
        };
        let begins = |run: usize| {
            let (first, _) = *runs.get(run)?;
            let (number, id) = (first, -1);
            Some(HistoryPlace { run, number, id })
        };
        let Some(at) = at.or_else(|| begins(0)) else {
            return Ok((Vec::new(), None));
        };
        let Some((_, last)) = runs.get(at.run) else {
            return Ok((Vec::new(), None));
        };
        let behind = (at.number, at.id);
        let found = self.store.history_between(behind, *last, limit).await?;
        let next = match found.last() {
            Some((number, id, _)) if found.len() >= limit as usize => Some(HistoryPlace {
                number: number.digits(),
                id: *id,
                ..at
            }),
            _ => begins(at.run + 1),
        };
        let items = found
            .into_iter()
            .map(|(number, _, entry)| item(number, entry));
        Ok((items.collect(), next))
    }

    /// Everyone who ever held the number under management, oldest first; the number need not lie in a range any more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn history(&self, number: E164) -> Result<Vec<HistoryItem>, ViewError> {
        number_history(&self.store, number).await
    }

    /// A part of the history of a number, or with a moment who held it then. What is ended later keeps its place: the
    /// history only grows at its end.
    ///
    /// # Errors
    /// A cursor of another list, and what the database says.
    pub async fn history_page(
        &self,
        number: E164,
        at: Option<Timestamp>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<HistoryItem>, ViewError> {
        let mut all = self.history(number).await?;
        all.retain(|item| at.is_none_or(|at| item.covers(at)));
        let from: usize = after.map_or(Ok(0), |cursor| cursor.item(List::History))?;
        let to = all.len().min(from.saturating_add(limit as usize));
        let next = (to < all.len()).then(|| Cursor::behind(List::History, to));
        let items = all.into_iter().take(to).skip(from).collect();
        Ok(Page { items, next })
    }
}

impl HistoryItem {
    /// Whether the number was in these hands at a moment.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}

/// Everyone who ever held the number under management, oldest first. No rules are needed.
///
/// # Errors
/// What the database says.
pub async fn number_history(
    store: &TenantStore,
    number: E164,
) -> Result<Vec<HistoryItem>, ViewError> {
    let entries = store.history(number).await?;
    Ok(entries
        .into_iter()
        .map(|entry| item(number, entry))
        .collect())
}

fn item(number: E164, entry: HistoryEntry) -> HistoryItem {
    HistoryItem {
        number,
        user: UserRef {
            id: entry.user,
            upn: entry.upn,
        },
        from: entry.from,
        to: entry.to,
        number_type: entry.number_type,
        range: entry.range,
        origin: entry.origin,
        reason: entry.reason,
        why: entry.why,
        sync_id: entry.sync,
        plan_id: entry.plan_id,
        rule_commit: entry.rule_commit,
        end_reason: entry.end_reason,
        end_sync_id: entry.end_sync,
    }
}
