//! Collecting what is measured, and rendering it for Prometheus.

use super::measure::{
    BRAKE_ASSIGNMENTS, BRAKE_RELEASES, BUILD, DELTA_LINK, GIVABLE, HELD, Kind, LOW_STOCK, MEASURES,
    NOTES, NUMBERS, OPEN_STEPS, PANICS, PAUSED, STARTED, SUSPENDED, WAITING,
};
use super::record::{counted, now, seconds};
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};
use thiserror::Error;

/// Observations are sorted into their buckets so often, whether or not anybody asks for them.
const UPKEEP: Duration = Duration::from_secs(20);

/// Why nothing can be measured.
#[derive(Debug, Error)]
pub enum MetricsError {
    /// Something else in the process collects already.
    #[error("metrics are collected twice in one process")]
    Twice,
    /// The library refuses the table.
    #[error("the table of metrics is not usable")]
    Table(#[source] metrics_exporter_prometheus::BuildError),
}

/// The figures of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

/// Shows what is true of tenants, and remembers what it has shown, to take it back when it is no longer there.
#[derive(Debug, Default)]
pub struct Board {
    shown: BTreeMap<String, Shown>,
}

/// What of a tenant has been shown once and would stay as it was if nobody took it back.
#[derive(Debug, Default)]
struct Shown {
    ranges: BTreeSet<String>,
    notes: BTreeSet<&'static str>,
}

/// What is true of a tenant at one moment, by its stored records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantFigures {
    /// Its name.
    pub tenant: String,
    /// Users who wait.
    pub waiting: u64,
    /// Users by the kind of their standing notes.
    pub notes: BTreeMap<&'static str, u64>,
    /// Numbers by range and state.
    pub numbers: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Suspended ranges.
    pub suspended: BTreeSet<String>,
    /// By range, how many numbers the rules can still give.
    pub givable: BTreeMap<String, u64>,
    /// Ranges with fewer free numbers than their `low-stock`.
    pub low_stock: BTreeSet<String>,
    /// When the delta link was handed out, if there is one.
    pub delta_link: Option<SystemTime>,
    /// Changes whose end is not known.
    pub open_steps: u64,
    /// Whether a list of changes waits for a person.
    pub held: bool,
    /// Releases that count for the brake.
    pub brake_releases: u64,
    /// Assignments that count for the brake.
    pub brake_assignments: u64,
    /// Whether the tenant is paused.
    pub paused: bool,
}

impl Metrics {
    /// Collects from now on, for the whole process; counts panics, too. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the process collects already.
    pub fn start() -> Result<Self, MetricsError> {
        let recorder = builder()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| MetricsError::Twice)?;
        describe();
        BUILD.set(&[env!("CARGO_PKG_VERSION")], 1.0);
        STARTED.set(&[], seconds(SystemTime::UNIX_EPOCH, now()));
        PANICS.add(&[], 0);
        count_panics();
        let upkeep = handle.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                upkeep.run_upkeep();
            }
        });
        Ok(Self { handle })
    }

    /// The answer of `/metrics`: Prometheus's text format, `text/plain; version=0.0.4`.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }
}

impl Board {
    /// Shows what is true of a tenant now. Ranges and notes that are no longer there are shown as 0.
    pub fn show(&mut self, figures: &TenantFigures) {
        let tenant = figures.tenant.as_str();
        let shown = self.shown.entry(tenant.to_owned()).or_default();
        shown.notes.extend(figures.notes.keys());
        shown.ranges.extend(figures.numbers.keys().cloned());
        for note in &shown.notes {
            let count = figures.notes.get(note).copied().unwrap_or_default();
            NOTES.set(&[tenant, note], counted(count));
        }
        for range in &shown.ranges {
            show_range(figures, range);
        }
        WAITING.set(&[tenant], counted(figures.waiting));
        OPEN_STEPS.set(&[tenant], counted(figures.open_steps));
        HELD.set(&[tenant], flag(figures.held));
        PAUSED.set(&[tenant], flag(figures.paused));
        BRAKE_RELEASES.set(&[tenant], counted(figures.brake_releases));
        BRAKE_ASSIGNMENTS.set(&[tenant], counted(figures.brake_assignments));
        let link = figures.delta_link.unwrap_or(SystemTime::UNIX_EPOCH);
        DELTA_LINK.set(&[tenant], seconds(SystemTime::UNIX_EPOCH, link));
    }
}

fn show_range(figures: &TenantFigures, range: &str) {
    let tenant = figures.tenant.as_str();
    let counts = figures.numbers.get(range);
    for state in STATES {
        let count = counts.and_then(|counts| counts.get(state)).copied();
        NUMBERS.set(&[tenant, range, state], counted(count.unwrap_or_default()));
    }
    SUSPENDED.set(&[tenant, range], flag(figures.suspended.contains(range)));
    let givable = figures.givable.get(range).copied().unwrap_or_default();
    GIVABLE.set(&[tenant, range], counted(givable));
    LOW_STOCK.set(&[tenant, range], flag(figures.low_stock.contains(range)));
}

/// The names of the states of a number, as the contract fixes them.
const STATES: [&str; 9] = [
    "free",
    "claimed",
    "assigned",
    "quarantined",
    "reserved",
    "never",
    "blocked",
    "absent",
    "foreign",
];

fn flag(set: bool) -> f64 {
    f64::from(u8::from(set))
}

fn builder() -> Result<PrometheusBuilder, MetricsError> {
    let mut builder = PrometheusBuilder::new();
    for measure in MEASURES {
        if let Kind::Histogram(bounds) = measure.kind {
            let matcher = Matcher::Full(measure.name.to_owned());
            builder = builder
                .set_buckets_for_metric(matcher, bounds)
                .map_err(MetricsError::Table)?;
        }
    }
    Ok(builder)
}

fn describe() {
    for measure in MEASURES {
        match measure.kind {
            Kind::Counter => describe_counter!(measure.name, measure.meaning),
            Kind::Gauge => describe_gauge!(measure.name, measure.meaning),
            Kind::Histogram(_) => describe_histogram!(measure.name, measure.meaning),
        }
    }
}

/// Counts panics before whatever else is done about them.
fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.add(&[], 1);
        before(panic);
    }));
}

#[cfg(test)]
mod tests {
    use super::super::record::{
        SyncFigures, record_graph_request, record_rules, record_sync, record_throttling,
    };
    use super::{Board, STATES, TenantFigures, builder, describe};
    use std::collections::BTreeMap;
    use std::time::Duration;

    /// Runs with a collector of its own, and answers what it shows.
    fn shown(work: impl FnOnce()) -> String {
        let recorder = builder().expect("a usable table").build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            work();
        });
        recorder.handle().render()
    }

    #[track_caller]
    fn has(text: &str, line: &str) {
        assert!(text.lines().any(|l| l == line), "`{line}` in\n{text}");
    }

    #[test]
    fn a_range_that_is_gone_is_shown_as_empty() {
        let text = shown(|| {
            let mut board = Board::default();
            let mut figures = TenantFigures {
                tenant: "contoso".into(),
                waiting: 3,
                ..TenantFigures::default()
            };
            let counts = BTreeMap::from([("free", 7)]);
            figures.numbers.insert("muc".into(), counts.clone());
            figures.numbers.insert("old".into(), counts);
            figures.notes.insert("exhausted", 2);
            board.show(&figures);
            figures.numbers.remove("old");
            figures.notes.clear();
            board.show(&figures);
        });
        let number = |range, count| {
            format!(
                "linekeeper_numbers{{tenant=\"contoso\",range=\"{range}\",state=\"free\"}} {count}"
            )
        };
        has(&text, &number("muc", 7));
        has(&text, &number("old", 0));
        has(
            &text,
            "linekeeper_noted_users{tenant=\"contoso\",note=\"exhausted\"} 0",
        );
        has(&text, "linekeeper_waiting_users{tenant=\"contoso\"} 3");
        has(
            &text,
            "linekeeper_delta_link_timestamp_seconds{tenant=\"contoso\"} 0",
        );
    }

    #[test]
    fn a_sync_is_counted_by_what_became_of_it() {
        let figures = SyncFigures {
            tenant: "contoso",
            status: "partial",
            users: Some(41),
            changes: [(("assign", "failed"), 2)].into(),
            took: Duration::from_secs(3),
        };
        let text = shown(|| record_sync(&figures));
        has(
            &text,
            "linekeeper_syncs_total{tenant=\"contoso\",status=\"partial\"} 1",
        );
        has(
            &text,
            "linekeeper_changes_total{tenant=\"contoso\",action=\"assign\",status=\"failed\"} 2",
        );
        has(
            &text,
            "linekeeper_last_sync_duration_seconds{tenant=\"contoso\"} 3",
        );
        has(&text, "linekeeper_directory_users{tenant=\"contoso\"} 41");
        // A sync that could decide nothing leaves the users as they were.
        let failed = SyncFigures {
            status: "failed",
            users: None,
            ..figures.clone()
        };
        let text = shown(|| [&figures, &failed].into_iter().for_each(record_sync));
        has(&text, "linekeeper_directory_users{tenant=\"contoso\"} 41");
    }

    #[test]
    fn requests_throttling_and_rules_are_counted() {
        let text = shown(|| {
            record_graph_request("GET", "users", Some(200), Duration::from_millis(70));
            record_graph_request("GET", "users", None, Duration::from_secs(30));
            record_throttling("contoso", Duration::from_millis(1500));
            record_rules("contoso", true, true);
            record_rules("contoso", false, false);
        });
        let request = "linekeeper_graph_requests_total{method=\"GET\",endpoint=\"users\",status";
        has(&text, &format!("{request}=\"200\"}} 1"));
        has(&text, &format!("{request}=\"none\"}} 1"));
        has(
            &text,
            "linekeeper_graph_request_duration_seconds_bucket{endpoint=\"users\",le=\"0.1\"} 1",
        );
        has(
            &text,
            "linekeeper_graph_throttled_total{tenant=\"contoso\"} 1",
        );
        has(
            &text,
            "linekeeper_graph_throttle_wait_milliseconds_total{tenant=\"contoso\"} 1500",
        );
        has(&text, "linekeeper_rules_reload_ok{tenant=\"contoso\"} 0");
        has(&text, "# TYPE linekeeper_graph_requests_total counter");
    }

    #[test]
    fn every_state_of_a_number_is_shown() {
        let states = crate::numbering::NumberState::ALL.map(|state| state.name());
        assert_eq!(states, STATES);
    }
}
