//! How long to wait, and when to stop waiting (docs/graph.md 9.2).

use super::GraphSettings;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::time::Duration;
use uuid::Uuid;

/// No pause of our own choice is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The patience that settings allow each request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) retries: u32,
    pub(super) max_wait: Duration,
    pub(super) first_pause: Duration,
}

impl From<&GraphSettings> for Policy {
    fn from(settings: &GraphSettings) -> Self {
        Self {
            retries: settings.retries,
            max_wait: settings.max_wait,
            first_pause: settings.first_pause,
        }
    }
}

/// What is left of a request's patience.
#[derive(Debug)]
pub(super) struct Patience {
    policy: Policy,
    tries: u32,
    waited: Duration,
}

impl Patience {
    pub(super) const fn new(policy: Policy) -> Self {
        Self {
            policy,
            tries: 0,
            waited: Duration::ZERO,
        }
    }

    /// How long to wait before the next try; `None` when there is to be none.
    ///
    /// What the service asks for wins over our own pauses. A throttled request that is told how long to wait uses up
    /// no try, because it is bounded by the time it may wait: a tenant at its limit is slow, not broken.
    pub(super) fn next(&mut self, asked: Option<Duration>, throttled: bool) -> Option<Duration> {
        if asked.is_none() || !throttled {
            if self.tries >= self.policy.retries {
                return None;
            }
            self.tries += 1;
        }
        let wait = asked.unwrap_or_else(|| self.own_pause());
        self.waited = self.waited.saturating_add(wait);
        (self.waited <= self.policy.max_wait).then_some(wait)
    }

    /// Doubles with every try, and is somewhere in its upper half.
    fn own_pause(&self) -> Duration {
        let doubled = self
            .policy
            .first_pause
            .saturating_mul(1 << self.tries.saturating_sub(1).min(16));
        jittered(
            doubled.min(LONGEST_PAUSE).min(self.policy.max_wait) / 2,
            1.0,
        )
    }
}

/// Whole milliseconds, as logs show them.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// `base`, lengthened by a random part of at most `share` of it, so that many waiters do not come back at once.
pub(super) fn jittered(base: Duration, share: f64) -> Duration {
    let random = f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX);
    base.saturating_add(base.mul_f64(share * random))
}

/// Whether a read that was answered so is worth another try.
pub(super) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504 | 509)
}

/// The pause an answer asks for, in seconds or by a date; `None` when it names none that makes sense: zero, negative,
/// a date in the past, or anything else.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return (seconds > 0).then(|| Duration::from_secs(seconds));
    }
    // The service's own clock is the one its date was made with.
    let now = header_date(headers).unwrap_or(now);
    let wait = http_date(text)?.duration_since(now);
    Duration::try_from(wait).ok().filter(|w| !w.is_zero())
}

/// The service's time, from the `Date` header.
pub(super) fn header_date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn asked(text: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).expect("a header"));
        headers.insert(
            DATE,
            HeaderValue::from_static("Mon, 02 Nov 2026 10:00:00 GMT"),
        );
        retry_after(&headers, Timestamp::UNIX_EPOCH).map(|wait| wait.as_secs())
    }

    #[test]
    fn reads_seconds_and_dates_and_nothing_else() {
        assert_eq!(asked("7"), Some(7));
        assert_eq!(asked(" 259200 "), Some(259_200));
        assert_eq!(asked("Mon, 02 Nov 2026 10:01:30 GMT"), Some(90));
        assert_eq!(asked("Mon, 02 Nov 2026 09:59:00 GMT"), None);
        assert_eq!(asked("0"), None);
        assert_eq!(asked("-5"), None);
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("1.5"), None);
        assert_eq!(asked(""), None);
    }

    fn patience() -> Patience {
        Patience::new(Policy {
            retries: 2,
            max_wait: Duration::from_secs(60),
            first_pause: Duration::from_secs(1),
        })
    }

    #[test]
    fn own_pauses_double_and_end() {
        let mut patience = patience();
        let first = patience.next(None, false).expect("a first try");
        let second = patience.next(None, false).expect("a second try");
        assert!((500..=1000).contains(&first.as_millis()), "{first:?}");
        assert!((1000..=2000).contains(&second.as_millis()), "{second:?}");
        assert_eq!(patience.next(None, false), None);
    }

    #[test]
    fn throttling_is_bounded_by_time_not_by_tries() {
        let mut patience = patience();
        let asked = Some(Duration::from_secs(15));
        for _ in 0..4 {
            assert_eq!(patience.next(asked, true), asked);
        }
        assert_eq!(patience.next(asked, true), None);
        assert_eq!(
            self::patience().next(Some(Duration::from_hours(72)), true),
            None
        );
    }

    #[test]
    fn a_busy_service_that_names_a_pause_still_uses_up_tries() {
        let mut patience = patience();
        let asked = Some(Duration::from_secs(1));
        assert_eq!(patience.next(asked, false), asked);
        assert_eq!(patience.next(asked, false), asked);
        assert_eq!(patience.next(asked, false), None);
    }
}
