//! The next and the last time a cron expression falls due.

use chrono::{DateTime, Utc};
use cron::Schedule;
use jiff::Timestamp;

/// The first moment after `now` at which the schedule falls due; `None` when it never does again.
#[must_use]
pub fn next_run(schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
    schedule
        .after(&to_chrono(now)?)
        .next()
        .and_then(from_chrono)
}

/// The last moment before `now` at which the schedule fell due; `None` when it never did.
#[must_use]
pub fn last_due(schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
    schedule
        .after(&to_chrono(now)?)
        .next_back()
        .and_then(from_chrono)
}

fn to_chrono(at: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at.as_microsecond())
}

fn from_chrono(at: DateTime<Utc>) -> Option<Timestamp> {
    Timestamp::from_microsecond(at.timestamp_micros()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn falls_due_on_the_hour_and_once_a_night() {
        let hourly: Schedule = "0 0 * * * *".parse().expect("cron");
        let nightly: Schedule = "0 30 2 * * *".parse().expect("cron");
        for (schedule, now, last, next) in [
            (
                &hourly,
                "2026-11-21T10:00:00Z",
                "2026-11-21T09:00:00Z",
                "2026-11-21T11:00:00Z",
            ),
            (
                &hourly,
                "2026-11-21T10:59:59Z",
                "2026-11-21T10:00:00Z",
                "2026-11-21T11:00:00Z",
            ),
            (
                &nightly,
                "2026-11-21T02:29:00Z",
                "2026-11-20T02:30:00Z",
                "2026-11-21T02:30:00Z",
            ),
            // The night in which Europe turns its clocks back: once, because the service runs in UTC.
            (
                &nightly,
                "2026-10-25T02:31:00Z",
                "2026-10-25T02:30:00Z",
                "2026-10-26T02:30:00Z",
            ),
        ] {
            assert_eq!(
                last_due(schedule, at(now)),
                Some(at(last)),
                "last before {now}"
            );
            assert_eq!(
                next_run(schedule, at(now)),
                Some(at(next)),
                "next after {now}"
            );
        }
    }
}
