//! When: pure functions from a cron expression and an instant to an instant. In UTC, so that no hour is skipped or run
//! twice.

mod next;

pub use next::{last_due, next_run};
