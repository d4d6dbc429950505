//! What time it is, as an argument.

use jiff::{SignedDuration, Timestamp};

/// Tells the present. Tests hand in their own.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant, to the microsecond, as the store keeps times.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, shifted by a fixed offset (zero outside tests).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    /// Added to the machine's time.
    pub offset: SignedDuration,
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "here time comes in")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        let shifted = now.checked_add(self.offset).unwrap_or(now);
        Timestamp::from_microsecond(shifted.as_microsecond()).unwrap_or(shifted)
    }
}
