//! Everything that is measured, once each: name, kind, labels, meaning.

use metrics::{Label, counter, gauge, histogram};
use std::fmt::Write as _;

/// What a measure does over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only rises, from zero at the start of the process.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts in buckets up to these upper bounds.
    Histogram(&'static [f64]),
}

/// One measure. Labels never hold a person's name, id or number.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Its name for Prometheus.
    pub name: &'static str,
    /// What it does over time.
    pub kind: Kind,
    /// The names of its labels, in the order in which their values are given.
    pub labels: &'static [&'static str],
    /// What it means, as a sentence for people.
    pub meaning: &'static str,
}

impl Measure {
    pub(super) fn add(&self, values: &[&str], by: u64) {
        counter!(self.name, self.with(values)).increment(by);
    }

    pub(super) fn set(&self, values: &[&str], to: f64) {
        gauge!(self.name, self.with(values)).set(to);
    }

    pub(super) fn observe(&self, values: &[&str], value: f64) {
        histogram!(self.name, self.with(values)).record(value);
    }

    fn with(&self, values: &[&str]) -> Vec<Label> {
        debug_assert_eq!(self.labels.len(), values.len(), "labels of {}", self.name);
        let pairs = self.labels.iter().zip(values);
        pairs
            .map(|(name, value)| Label::new(*name, (*value).to_owned()))
            .collect()
    }
}

/// The page of the documentation that describes every measure.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(PREFACE);
    for measure in MEASURES {
        let labels: Vec<String> = measure.labels.iter().map(|l| format!("`{l}`")).collect();
        let (kind, note) = match measure.kind {
            Kind::Counter => ("counter", String::new()),
            Kind::Gauge => ("gauge", String::new()),
            Kind::Histogram(bounds) => {
                let bounds: Vec<String> = bounds.iter().map(f64::to_string).collect();
                ("histogram", format!(" Buckets: {}.", bounds.join(", ")))
            }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| `{}` | {kind} | {} | {}{note} |",
            measure.name,
            labels.join(", "),
            measure.meaning
        );
    }
    page
}

const PREFACE: &str = "\
# Metrics

What `/metrics` of a running service tells Prometheus. This page is generated from the table in
`src/telemetry/measure.rs`; a test fails when it is stale, and `LINEKEEPER_REFRESH=1 ./test docs_metrics` writes it anew.

No label holds a person's name, id or telephone number. `tenant` and `range` are the names that your configuration and
rules give them. Times are seconds since 1970 (UTC): an age is `time()` minus the value. Counters start at zero with the
process. `deploy/alerts.yaml` holds alerts over these, and `docs/operations.md` says what to do about each.

| metric | kind | labels | meaning |
|---|---|---|---|
";

macro_rules! measures {
    ($($constant:ident $kind:expr, $name:literal, [$($label:literal),*], $meaning:literal;)*) => {
        $(pub(super) const $constant: Measure = Measure {
            name: $name, kind: $kind, labels: &[$($label),*], meaning: $meaning,
        };)*

        /// Every measure.
        pub const MEASURES: &[Measure] = &[$($constant),*];
    };
}

const SYNC_BUCKETS: &[f64] = &[0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0];
const REQUEST_BUCKETS: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

measures! {
    SYNCS Kind::Counter, "linekeeper_syncs_total", ["tenant", "status"],
        "Syncs that came to an end, by the status of their report: `succeeded`, `partial`, `held`, `failed`.";
    BROKEN_SYNCS Kind::Counter, "linekeeper_broken_syncs_total", ["tenant"],
        "Syncs that ended without a report: the database failed, or the program has a fault. The log says which.";
    SYNC_DURATION Kind::Histogram(SYNC_BUCKETS), "linekeeper_sync_duration_seconds", ["status"],
        "How long syncs took, all tenants together.";
    LAST_DURATION Kind::Gauge, "linekeeper_last_sync_duration_seconds", ["tenant"],
        "How long the last sync of the tenant took.";
    LAST_SYNC Kind::Gauge, "linekeeper_last_sync_timestamp_seconds", ["tenant", "status"],
        "When the last sync with that status ended; with `status=\"succeeded\"` the last success.";
    DIRECTORY_USERS Kind::Gauge, "linekeeper_directory_users", ["tenant"],
        "Users known to the directory, as of the last sync that read it.";
    CHANGES Kind::Counter, "linekeeper_changes_total", ["tenant", "action", "status"],
        "Changes in the reports of syncs: `assign`, `release`, `adopt`, `policy`, `profile`, by how they ended: `succeeded`, `failed` (the failures), `waiting`, `held`, `planned`. One that waits or is held is counted in every sync that says so.";
    WAITING Kind::Gauge, "linekeeper_waiting_users", ["tenant"],
        "Users who wait for a number, a policy, a licence, a person or Teams.";
    NOTES Kind::Gauge, "linekeeper_noted_users", ["tenant", "note"],
        "Users with a standing note of that kind; `linekeeper users list --note KIND` names them.";
    NUMBERS Kind::Gauge, "linekeeper_numbers", ["tenant", "range", "state"],
        "Numbers of the range by state; the states of a range add up to its size, and all are 0 once no rule declares it.";
    SUSPENDED Kind::Gauge, "linekeeper_range_suspended", ["tenant", "range"],
        "1 while nothing is given from the range, because Teams refused three people in a row or a person suspended it or its operator.";
    GIVABLE Kind::Gauge, "linekeeper_range_givable", ["tenant", "range"],
        "Numbers of the range that the rules can still give: free ones, without those that `keep-free` and `numbers.golden_score` hold back.";
    LOW_STOCK Kind::Gauge, "linekeeper_range_low_stock", ["tenant", "range"],
        "1 while the range has fewer free numbers than its `low-stock` says; 0 where it says nothing.";
    DELTA_LINK Kind::Gauge, "linekeeper_delta_link_timestamp_seconds", ["tenant"],
        "When the link was handed out from which the next sync reads changes; Graph takes it for 7 days. 0: the next sync reads everybody.";
    OPEN_STEPS Kind::Gauge, "linekeeper_open_steps", ["tenant"],
        "Changes whose end is not known yet; each sync looks at them again.";
    HELD Kind::Gauge, "linekeeper_brake_held", ["tenant"],
        "1 while a list of changes waits for `linekeeper syncs approve` or `reject`; it expires after 24 hours.";
    BRAKE_RELEASES Kind::Gauge, "linekeeper_brake_releases", ["tenant"],
        "Releases of the last 24 hours that count for the release brake.";
    BRAKE_ASSIGNMENTS Kind::Gauge, "linekeeper_brake_assignments", ["tenant"],
        "Assignments of the last 24 hours that count for the assignment brake.";
    PAUSED Kind::Gauge, "linekeeper_paused", ["tenant"],
        "1 while the tenant is paused and nothing is written.";
    RULES_OK Kind::Gauge, "linekeeper_rules_reload_ok", ["tenant"],
        "1 if the rules could be used when they were last read; 0 while an older set is in force because the files have errors.";
    RULES_LOADED Kind::Gauge, "linekeeper_rules_loaded_timestamp_seconds", ["tenant"],
        "When the rules in force were read.";
    REQUESTS Kind::Counter, "linekeeper_graph_requests_total", ["method", "endpoint", "status"],
        "Requests to Microsoft Graph by method, kind of thing asked for, and HTTP status; `none` if no answer came.";
    REQUEST_DURATION Kind::Histogram(REQUEST_BUCKETS), "linekeeper_graph_request_duration_seconds", ["endpoint"],
        "How long requests to Microsoft Graph took, their whole answer included.";
    THROTTLED Kind::Counter, "linekeeper_graph_throttled_total", ["tenant"],
        "Answers by which Graph asked the tenant to slow down (429).";
    THROTTLE_WAIT Kind::Counter, "linekeeper_graph_throttle_wait_milliseconds_total", ["tenant"],
        "How long the tenant was made to wait by them, in milliseconds.";
    TOKEN_FAILURES Kind::Counter, "linekeeper_graph_token_failures_total", ["tenant"],
        "Attempts to get a token that failed for good: a secret that is wrong or expired, or a sign-in service that stayed away.";
    CREDENTIAL_DAYS Kind::Gauge, "linekeeper_credential_days_left", ["tenant"],
        "Days until the tenant's certificate or client secret ends, with fractions; below 0 once it has. Absent where no end is known: managed identities and federated tokens, and secrets without `client_secret_expires`.";
    WEBHOOKS Kind::Counter, "linekeeper_webhook_messages_total", ["receiver", "outcome"],
        "Tries to deliver a message, by the receiver's address without its path: `delivered`, `put-off` (sent again later), `given-up` (lost to the receiver).";
    PANICS Kind::Counter, "linekeeper_panics_total", [],
        "Faults of the program itself. Anything but 0 is worth a report to its makers.";
    BUILD Kind::Gauge, "linekeeper_build_info", ["version"],
        "Always 1; the label names the version that runs.";
    STARTED Kind::Gauge, "linekeeper_started_timestamp_seconds", [],
        "When the process started.";
}

#[cfg(test)]
mod tests {
    use super::{Kind, MEASURES};

    #[test]
    fn names_are_as_prometheus_wants_them() {
        for measure in MEASURES {
            let name = measure.name;
            assert!(name.starts_with("linekeeper_"), "{name}");
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                "{name}"
            );
            let counts = matches!(measure.kind, Kind::Counter);
            assert_eq!(name.ends_with("_total"), counts, "{name}");
            assert!(measure.meaning.ends_with('.'), "{name}");
        }
        let mut names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEASURES.len());
    }
}
