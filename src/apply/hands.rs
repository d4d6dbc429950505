//! What applying works with: the ports, the patience, and what decides whether a step still fits.

use super::{Applied, Fence, Halt, Journal, Telephony};
use crate::directory::{Directory, LicenceBook};
use crate::plan::Settings;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Tells the present.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Is told of each change that came to an end.
pub type Told = Arc<dyn Fn(&Applied) + Send + Sync>;

/// Everything a step needs.
#[derive(Clone)]
pub struct Hands {
    /// Reads users.
    pub directory: Arc<dyn Directory>,
    /// Reads and writes numbers.
    pub telephony: Arc<dyn Telephony>,
    /// Records.
    pub journal: Arc<dyn Journal>,
    /// This sync's lease.
    pub fence: Fence,
    /// The tenant's products, for "is the licence still as planned".
    pub book: Arc<LicenceBook>,
    /// Configuration.
    pub settings: Arc<Settings>,
    /// How long to wait for what.
    pub patience: Patience,
    /// The present.
    pub now: Now,
    /// Says when nothing new may be begun.
    pub halt: Halt,
    /// Hears of each change that came to an end.
    pub told: Told,
}

/// How long applying waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Between two looks at an operation.
    pub poll: SignedDuration,
    /// From the intent on, until an operation that goes on is left to the next sync.
    pub operation: SignedDuration,
    /// What one request may take; no write is sent with less left of the lease.
    pub request: SignedDuration,
    /// Steps in flight.
    pub in_flight: usize,
}

impl Patience {
    /// How long after an intent a request whose answer is lost may still show its effect. Only then is it known that
    /// it had none.
    #[must_use]
    pub fn settle(&self) -> SignedDuration {
        self.operation.min(SignedDuration::from_secs(60))
    }
}

impl Hands {
    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Sleeps between two looks, less when the work has to end.
    pub async fn pause(&self) {
        tokio::select! {
            () = tokio::time::sleep(self.patience.poll.unsigned_abs()) => {}
            () = self.halt.set() => {}
        }
    }

    /// When a step that was put off for the n-th time is tried again: growing pauses.
    #[must_use]
    pub fn next_try(&self, attempts: u32) -> Timestamp {
        let waiting = self.settings.waiting;
        let pause = waiting
            .first
            .saturating_mul(1 << attempts.min(16))
            .min(waiting.longest);
        self.now().checked_add(pause).unwrap_or(Timestamp::MAX)
    }
}
