//! When: pure functions from a cron expression and an instant to an instant. In UTC, so that no hour is skipped or run
//! twice.

mod next;
mod timetable;

pub use next::{last_due, next_run};
pub use timetable::{Timetable, offset_of};
