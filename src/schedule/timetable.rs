//! When the syncs of one tenant fall due.

use super::next_run;
use cron::Schedule;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

/// When the syncs of one tenant fall due, in UTC.
#[derive(Clone, Debug)]
pub struct Timetable {
    /// When a sync runs.
    pub cron: Schedule,
    /// When a sync runs that reads the whole directory.
    pub full_cron: Schedule,
    /// How long after those times this tenant's turn comes, so that many tenants do not start at once.
    pub offset: SignedDuration,
}

impl Timetable {
    /// The first moment after `now` at which a sync falls due; `None` when it never does again.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let shifted = now.checked_sub(self.offset).ok()?;
        let next = |schedule| next_run(schedule, shifted);
        let first = [next(&self.cron), next(&self.full_cron)]
            .into_iter()
            .flatten()
            .min()?;
        first.checked_add(self.offset).ok()
    }

    /// When to run, having waited for `due` until `now`: `due` itself, unless the clock was set back so far that it
    /// would not come for more than a whole interval.
    #[must_use]
    pub fn still_due(&self, due: Timestamp, now: Timestamp) -> Timestamp {
        let Some(next) = self.next(now) else {
            return due;
        };
        let interval = self
            .next(next)
            .map_or(SignedDuration::ZERO, |after| after.duration_since(next));
        if due.duration_since(next) > interval {
            next
        } else {
            due
        }
    }
}

/// A tenant's share of the time over which start times are spread: the same at every start and replica, evenly
/// distributed.
#[must_use]
pub fn offset_of(tenant: &str, spread: SignedDuration) -> SignedDuration {
    let digest = Sha256::digest(tenant);
    let (first, _) = digest.split_at(4);
    let hash = first
        .iter()
        .fold(0_u128, |hash, byte| hash << 8 | u128::from(*byte));
    let share = (u128::try_from(spread.as_micros()).unwrap_or_default() * hash) >> 32;
    SignedDuration::from_micros(i64::try_from(share).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn hourly(offset: SignedDuration) -> Timetable {
        Timetable {
            cron: "0 0 * * * *".parse().expect("cron"),
            full_cron: "0 30 2 * * *".parse().expect("cron"),
            offset,
        }
    }

    #[test]
    fn falls_due_with_either_schedule_and_by_the_offset_later() {
        let offset = SignedDuration::from_mins(3);
        for (now, next) in [
            ("2026-11-21T01:59:59Z", "2026-11-21T02:03:00Z"),
            ("2026-11-21T02:03:00Z", "2026-11-21T02:33:00Z"),
            ("2026-11-21T02:33:00Z", "2026-11-21T03:03:00Z"),
        ] {
            assert_eq!(hourly(offset).next(at(now)), Some(at(next)), "after {now}");
        }
    }

    #[test]
    fn a_clock_set_back_neither_runs_twice_nor_waits_for_a_year() {
        let table = hourly(SignedDuration::ZERO);
        let due = at("2026-11-21T11:00:00Z");
        for (now, still) in [
            ("2026-11-21T10:30:00Z", "2026-11-21T11:00:00Z"),
            ("2026-11-21T09:30:00Z", "2026-11-21T11:00:00Z"),
            ("2025-11-21T09:30:00Z", "2025-11-21T10:00:00Z"),
            ("1970-01-02T00:00:00Z", "1970-01-02T01:00:00Z"),
        ] {
            assert_eq!(table.still_due(due, at(now)), at(still), "at {now}");
        }
    }

    #[test]
    fn three_days_asleep_are_one_sync() {
        let table = hourly(SignedDuration::ZERO);
        let due = at("2026-11-21T11:00:00Z");
        let awake = at("2026-11-24T11:20:00Z");
        assert!(table.still_due(due, awake) <= awake);
        assert_eq!(table.next(awake), Some(at("2026-11-24T12:00:00Z")));
    }

    #[test]
    fn offsets_are_spread_evenly() {
        let spread = SignedDuration::from_mins(5);
        let mut tenths = [0; 10];
        for tenant in 0..1000 {
            let offset = offset_of(&format!("tenant-{tenant}"), spread);
            assert!(offset < spread);
            tenths[usize::try_from(offset.as_secs() / 30).expect("positive")] += 1;
        }
        assert!(
            tenths.iter().all(|count| (60..150).contains(count)),
            "{tenths:?}"
        );
        assert_eq!(
            offset_of("contoso", SignedDuration::ZERO),
            SignedDuration::ZERO
        );
    }
}
