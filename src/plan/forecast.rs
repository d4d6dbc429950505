//! How long the numbers of a range last if things go on as they do. Pure.

use std::collections::BTreeMap;

/// So far is looked ahead: ten years.
const HORIZON: u64 = 3_653;

/// What is known of a range for looking ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend {
    /// Free numbers that are no golden ones.
    pub free: u64,
    /// So many of them the rules leave free.
    pub keep: u64,
    /// Over so many days the two below were counted, at least one.
    pub days: u64,
    /// Numbers given in that time.
    pub assigned: u64,
    /// Numbers that came back in that time.
    pub freed: u64,
    /// So many days a number rests that comes back.
    pub rest_days: u64,
    /// Numbers that rest now, by the days until they are free.
    pub resting: BTreeMap<u64, u64>,
    /// People who are known to join, by the days until they do.
    pub joiners: BTreeMap<u64, u64>,
}

impl Trend {
    /// By how many numbers a day the range shrinks; negative: grows.
    #[must_use]
    pub fn per_day(&self) -> f64 {
        (exact(self.assigned) - exact(self.freed)) / exact(self.days.max(1))
    }

    /// After how many days the rules have no number left to give, 0 being today; `None`: not within ten years.
    ///
    /// Each day as many numbers are given as on the days that were counted, and as many come back. What rests now is free
    /// when its time has come, and what will come back rests first; who is known to join is one of those that join at the
    /// rate, unless there are more of them. So nothing is counted twice.
    #[must_use]
    pub fn dry_in(&self) -> Option<u64> {
        (0..=HORIZON).find(|day| self.left(*day) <= 0)
    }

    /// What the rules can give on a day, times the days that were counted.
    fn left(&self, day: u64) -> i128 {
        let times = |count: u64, days: u64| i128::from(count) * i128::from(days);
        let days = self.days.max(1);
        let upto = |days: &BTreeMap<u64, u64>| days.range(..=day).map(|(_, count)| *count).sum();
        let (back, known): (u64, u64) = (upto(&self.resting), upto(&self.joiners));
        let will_be_back = times(self.freed, day.saturating_sub(self.rest_days));
        let stock = times(self.free + back, days) - times(self.keep, days);
        stock + will_be_back - times(self.assigned, day).max(times(known, days))
    }
}

/// A count as a float; counts of numbers are far below where that is inexact.
fn exact(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::Trend;

    /// Ninety days were counted.
    fn trend(free: u64, assigned: u64, freed: u64) -> Trend {
        Trend {
            free,
            assigned,
            freed,
            days: 90,
            ..Trend::default()
        }
    }

    #[test]
    fn a_range_lasts_as_long_as_its_free_numbers() {
        // One every third day: thirty of them last for ninety days.
        assert_eq!(trend(30, 30, 0).dry_in(), Some(90));
        assert_eq!(trend(1, 30, 0).dry_in(), Some(3));
        assert_eq!(trend(0, 30, 0).dry_in(), Some(0));
        assert_eq!(trend(0, 0, 0).dry_in(), Some(0));
        assert_eq!(trend(1, 0, 0).dry_in(), None);
        assert_eq!(trend(10, 90, 90).dry_in(), None);
        assert_eq!(trend(10, 30, 60).dry_in(), None);
        assert_eq!(
            trend(1_000_000, 1, 0).dry_in(),
            None,
            "not within ten years"
        );
    }

    #[test]
    fn what_the_rules_leave_free_does_not_last() {
        let kept = Trend {
            keep: 20,
            ..trend(30, 30, 0)
        };
        assert_eq!(kept.dry_in(), Some(30));
        let short = Trend {
            keep: 31,
            ..trend(30, 30, 0)
        };
        assert_eq!(short.dry_in(), Some(0));
    }

    #[test]
    fn numbers_that_rest_come_back_on_their_day() {
        let resting = |day, count| Trend {
            resting: [(day, count)].into(),
            ..trend(10, 90, 0)
        };
        assert_eq!(resting(5, 7).dry_in(), Some(17));
        assert_eq!(resting(9, 7).dry_in(), Some(17));
        // Too late: nothing is left the day before.
        assert_eq!(resting(11, 7).dry_in(), Some(10));
    }

    #[test]
    fn more_joiners_than_usual_are_seen_coming() {
        let joining = |day, count| Trend {
            joiners: [(day, count)].into(),
            ..trend(10, 30, 0)
        };
        // Without them the ten last for thirty days.
        assert_eq!(joining(5, 9).dry_in(), Some(30));
        assert_eq!(joining(5, 10).dry_in(), Some(5));
        assert_eq!(joining(29, 10).dry_in(), Some(29));
        assert_eq!(joining(40, 100).dry_in(), Some(30));
    }

    #[test]
    fn what_comes_back_later_rests_first() {
        // As many are freed as are given, but each rests for a month.
        let rests = |free| Trend {
            rest_days: 30,
            ..trend(free, 90, 90)
        };
        assert_eq!(rests(30).dry_in(), Some(30));
        assert_eq!(rests(31).dry_in(), None);
    }

    #[test]
    fn the_rate_is_what_was_given_less_what_came_back() {
        assert!((trend(0, 45, 0).per_day() - 0.5).abs() < 1e-9);
        assert!((trend(0, 45, 90).per_day() + 0.5).abs() < 1e-9);
    }
}
