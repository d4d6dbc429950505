//! What a number was at some moment of the past, as far as history and audit trail tell.

use super::audit::item as audit_item;
use super::history::{HistoryItem, number_history};
use super::{AuditItem, ViewError};
use crate::directory::UserId;
use crate::numbering::{E164, NumberState};
use crate::report::UserRef;
use crate::store::{AuditFilter, TenantStore};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

/// Records of one part.
const PART: u32 = 1000;

/// What a number was at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NumberThen {
    /// The tenant, where several are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The number.
    pub number: E164,
    /// The moment.
    pub at: Timestamp,
    /// Its state then; null where nothing is written down that tells: what rules set aside, and what Teams listed then, is
    /// not.
    pub state: Option<NumberState>,
    /// Who held it then, under the name of that time, or whom it was claimed for.
    pub user: Option<UserRef>,
    /// Since when it had been so, where that is known.
    pub since: Option<Timestamp>,
    /// Until when it was so, or was to be so; null: until now, or until somebody ends it.
    pub until: Option<Timestamp>,
    /// The holding it was in.
    pub held: Option<HistoryItem>,
    /// The last holding that was over by then.
    pub before: Option<HistoryItem>,
}

/// What a number was at a moment. No rules are needed.
///
/// # Errors
/// What the database says.
pub async fn number_then(
    store: &TenantStore,
    number: E164,
    at: Timestamp,
) -> Result<NumberThen, ViewError> {
    let history = number_history(store, number).await?;
    let filter = AuditFilter {
        number: Some(number),
        until: at.checked_add(SignedDuration::from_micros(1)).ok(),
        ..AuditFilter::default()
    };
    let (mut told, mut after) = (Told::default(), 0);
    loop {
        let records = store.audit_of(&filter, after, PART).await?;
        let Some(last) = records.last() else { break };
        after = last.seq;
        records
            .into_iter()
            .for_each(|record| told.take(&audit_item(record)));
    }
    let mut then = then(number, at, &history, &told);
    if let (Some(user), None) = (&mut then.user, &then.held) {
        let upns = store.upns([user.id]).await?;
        user.upn = upns.get(&user.id).cloned().unwrap_or_default();
    }
    Ok(then)
}

/// What the records up to the moment leave of a number that nobody holds.
#[derive(Debug, Default)]
struct Told {
    /// Claimed for somebody, and since when.
    claimed: Option<(UserId, Timestamp)>,
    /// Rests until then, and since when.
    rest: Option<(Timestamp, Timestamp)>,
    /// Blocked until then, and since when.
    blocked: Option<(Timestamp, Timestamp)>,
    /// Set aside by hand.
    reserved: Option<SetAside>,
}

/// A reservation by hand.
#[derive(Clone, Copy, Debug)]
struct SetAside {
    until: Option<Timestamp>,
    since: Timestamp,
    /// For somebody by name: it is over when the number is given.
    by_name: bool,
}

impl Told {
    fn take(&mut self, record: &AuditItem) {
        let detail = &record.detail;
        let assigns = detail["action"] == "assign";
        match record.event.as_str() {
            "claimed" if assigns => self.claimed = record.user.map(|user| (user, record.at)),
            "given-back" | "withdrawn" if assigns => self.claimed = None,
            // What holds it is told by the history; what was before is over.
            "assigned" | "adopted" => {
                let given = record.event == "assigned";
                let reserved = self.reserved.filter(|aside| !(given && aside.by_name));
                *self = Self {
                    reserved,
                    ..Self::default()
                };
            }
            _ => {}
        }
        let until = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        if let Some(rest) = detail.get("rest_until") {
            self.rest = until(rest).map(|until| (until, record.at));
        }
        if let Some(blocked) = detail.get("blocked_until") {
            self.blocked = until(blocked).map(|until| (until, record.at));
        }
        if let Some(reserved) = detail.get("reserved") {
            let is_set = !reserved.is_null();
            self.reserved = is_set.then(|| SetAside {
                until: until(&reserved["until"]),
                since: record.at,
                by_name: reserved["for"].is_string(),
            });
        }
    }

    /// What keeps it from being given, since when and until when; in the order in which the inventory asks.
    fn stands_at(&self, at: Timestamp) -> Option<(NumberState, Timestamp, Option<Timestamp>)> {
        let lasts = |until: Option<Timestamp>| until.is_none_or(|until| at < until);
        let reserved = self.reserved.filter(|aside| lasts(aside.until));
        let reserved = reserved.map(|aside| (NumberState::Reserved, aside.since, aside.until));
        let timed = |state, told: Option<(Timestamp, Timestamp)>| {
            let (until, since) = told.filter(|(until, _)| lasts(Some(*until)))?;
            Some((state, since, Some(until)))
        };
        reserved
            .or_else(|| timed(NumberState::Blocked, self.blocked))
            .or_else(|| timed(NumberState::Quarantined, self.rest))
    }
}

fn then(number: E164, at: Timestamp, history: &[HistoryItem], told: &Told) -> NumberThen {
    let is_over = |item: &&HistoryItem| item.to.is_some_and(|to| to <= at);
    let held = history.iter().rev().find(|item| item.covers(at));
    let nothing = NumberThen {
        tenant: None,
        number,
        at,
        state: None,
        user: None,
        since: None,
        until: None,
        held: None,
        before: history.iter().rev().find(is_over).cloned(),
    };
    if let Some(held) = held {
        return NumberThen {
            state: Some(NumberState::Assigned),
            user: Some(held.user.clone()),
            since: Some(held.from),
            until: held.to,
            held: Some(held.clone()),
            ..nothing
        };
    }
    if let Some((user, since)) = told.claimed {
        let upn = String::new();
        return NumberThen {
            state: Some(NumberState::Claimed),
            user: Some(UserRef { id: user, upn }),
            since: Some(since),
            ..nothing
        };
    }
    match told.stands_at(at) {
        Some((state, since, until)) => NumberThen {
            state: Some(state),
            since: Some(since),
            until,
            ..nothing
        },
        None => nothing,
    }
}

#[cfg(test)]
#[path = "number_then_tests.rs"]
mod tests;
