//! The moments at which something is measured. Where nobody collects, these cost next to nothing.

use super::measure::{
    BROKEN_SYNCS, CHANGES, CREDENTIAL_DAYS, DIRECTORY_USERS, LAST_DURATION, LAST_SYNC,
    REQUEST_DURATION, REQUESTS, RULES_LOADED, RULES_OK, SYNC_DURATION, SYNCS, THROTTLE_WAIT,
    THROTTLED, TOKEN_FAILURES, WEBHOOKS,
};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// A sync in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncFigures<'a> {
    /// Tenant name.
    pub tenant: &'a str,
    /// The status of its report.
    pub status: &'a str,
    /// How many users are known; `None` where nothing could be decided.
    pub users: Option<u64>,
    /// How many changes there are of an action that ended in a status.
    pub changes: BTreeMap<(&'a str, &'a str), u64>,
    /// How long it took.
    pub took: Duration,
}

/// A sync that came to an end.
pub fn record_sync(figures: &SyncFigures<'_>) {
    let (tenant, status, took) = (figures.tenant, figures.status, figures.took);
    SYNCS.add(&[tenant, status], 1);
    SYNC_DURATION.observe(&[status], took.as_secs_f64());
    LAST_DURATION.set(&[tenant], took.as_secs_f64());
    LAST_SYNC.set(&[tenant, status], seconds(SystemTime::UNIX_EPOCH, now()));
    if let Some(users) = figures.users {
        DIRECTORY_USERS.set(&[tenant], counted(users));
    }
    for ((action, status), count) in &figures.changes {
        CHANGES.add(&[tenant, action, status], *count);
    }
}

/// A sync that ended without a report, because the database or the program failed.
pub fn record_broken_sync(tenant: &str) {
    BROKEN_SYNCS.add(&[tenant], 1);
}

/// How the rules stand: `ok` unless older ones are in force because the files have errors; `new` if others are in force
/// than when this was last told.
pub fn record_rules(tenant: &str, ok: bool, new: bool) {
    RULES_OK.set(&[tenant], f64::from(u8::from(ok)));
    if new {
        RULES_LOADED.set(&[tenant], seconds(SystemTime::UNIX_EPOCH, now()));
    }
}

/// A request to Graph, answered with a status or not at all.
pub fn record_graph_request(method: &str, endpoint: &str, status: Option<u16>, took: Duration) {
    let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    REQUESTS.add(&[method, endpoint, &status], 1);
    REQUEST_DURATION.observe(&[endpoint], took.as_secs_f64());
}

/// Graph asked the tenant to slow down.
pub fn record_throttling(tenant: &str, wait: Duration) {
    THROTTLED.add(&[tenant], 1);
    let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    THROTTLE_WAIT.add(&[tenant], wait);
}

/// No token could be had.
pub fn record_token_failure(tenant: &str) {
    TOKEN_FAILURES.add(&[tenant], 1);
}

/// How many days what the tenant signs in with lasts yet.
pub fn record_credential(tenant: &str, days_left: f64) {
    CREDENTIAL_DAYS.set(&[tenant], days_left);
}

/// A message was delivered to a receiver, or not.
pub fn record_webhook(receiver: &str, outcome: &str) {
    WEBHOOKS.add(&[receiver, outcome], 1);
}

/// The real time: Prometheus compares with its own clock, also where a test shifts the product's.
#[expect(
    clippy::disallowed_methods,
    reason = "what is exported is compared with the clock of another machine"
)]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

pub(super) fn seconds(from: SystemTime, to: SystemTime) -> f64 {
    to.duration_since(from).unwrap_or_default().as_secs_f64()
}

/// A count as Prometheus takes it: exact far beyond any number of people.
pub(super) const fn counted(count: u64) -> f64 {
    count as f64
}
