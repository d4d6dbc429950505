//! What a running process tells: lines in a log, and figures for Prometheus.
//!
//! - `logs`, `masked`: sentences with fields on standard error; no address of a person above debug level;
//! - `measure`: the table of everything measured, each with its labels and its meaning, from which `docs/metrics.md`
//!   is generated;
//! - `record`: functions that record; nothing else of the product names the metrics library;
//! - `metrics`: collecting them, and rendering them for `/metrics`.
//!
//! Deliberately does not know where the figures come from: it is handed plain values, and imports nothing of ours.

mod logs;
mod masked;
mod measure;
mod metrics;
mod record;

pub use logs::{TelemetryError, VARIABLE, start};
pub use measure::{Kind, MEASURES, Measure, page};
pub use metrics::{Board, Metrics, MetricsError, TenantFigures};
pub use record::{
    SyncFigures, record_broken_sync, record_credential, record_graph_request, record_rules,
    record_sync, record_throttling, record_token_failure, record_webhook,
};
