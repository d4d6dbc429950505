//! One message to one receiver: the request, what its answer means, and when it is sent again.

use super::receiver::Receiver;
use crate::clock::Clock;
use crate::store::WaitingMessage;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, StatusCode, Url};
use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A receiver answers within this, or has not answered.
const TIMEOUT: Duration = Duration::from_secs(15);

const CONNECT: Duration = Duration::from_secs(10);

/// Pauses between the tries; the last one again and again.
const PAUSES: [SignedDuration; 6] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(1),
];

/// A message that is older than this is given up when it fails again.
const LIFE: SignedDuration = SignedDuration::from_hours(72);

/// A message that the receiver itself refuses is given up after so many tries, so that others need not wait for it.
const REFUSALS: u32 = 3;

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// It is tried again.
    PutOff,
    /// It is not tried again.
    GivenUp,
}

impl Outcome {
    /// The name in figures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::PutOff => "put-off",
            Self::GivenUp => "given-up",
        }
    }
}

/// Who is told of every try.
pub trait Observer: Send + Sync {
    /// A try is over.
    fn tried(&self, receiver: &str, outcome: Outcome);
}

/// Sends messages. Follows no redirect, and goes to this machine without any proxy.
pub struct Sender {
    /// Made when first needed: each holds the machine's certificates in memory.
    client: OnceLock<Client>,
    direct: OnceLock<Client>,
    clock: Arc<dyn Clock>,
    pub(super) observer: Arc<dyn Observer>,
    pauses: Vec<SignedDuration>,
}

/// Why a message did not arrive.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) text: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Another time.
    Later,
    /// The receiver does not want this message.
    Refused,
    /// The receiver wants none any more.
    Gone,
}

impl Sender {
    /// A sender. `clock` is the real time, which receivers compare signatures with.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, observer: Arc<dyn Observer>) -> Self {
        Self {
            client: OnceLock::new(),
            direct: OnceLock::new(),
            clock,
            observer,
            pauses: PAUSES.to_vec(),
        }
    }

    fn client(&self, url: &Url) -> reqwest::Result<&Client> {
        let direct = is_loopback(url);
        let kept = if direct { &self.direct } else { &self.client };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .user_agent(concat!("linekeeper/", env!("CARGO_PKG_VERSION")));
        let builder = if direct { builder.no_proxy() } else { builder };
        let client = builder.build()?;
        Ok(kept.get_or_init(|| client))
    }

    /// The same with other pauses, for tests.
    #[must_use]
    pub fn with_pauses(self, pauses: Vec<SignedDuration>) -> Self {
        Self { pauses, ..self }
    }

    /// Sends once.
    pub(super) async fn send(
        &self,
        receiver: &Receiver,
        message: &WaitingMessage,
    ) -> Result<(), Failure> {
        let later = |text: String| Failure {
            text,
            verdict: Verdict::Later,
        };
        let seconds = self.clock.now().as_second();
        let signature = receiver.signature(&message.id, seconds, &message.body);
        let signature = signature.ok_or_else(|| later("the secret cannot sign".to_owned()))?;
        let client = self
            .client(receiver.url())
            .map_err(|error| later(cause(&error)))?;
        let request = client
            .post(receiver.url().clone())
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature)
            .body(message.body.clone());
        // What the answer says beside its status is not read.
        match request.send().await {
            Err(error) => Err(later(cause(&error))),
            Ok(answer) => judged(answer.status()),
        }
    }

    /// When a message that did not arrive is sent again; `None`: never.
    pub(super) fn again(
        &self,
        message: &WaitingMessage,
        failure: &Failure,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let is_old = now.duration_since(message.created) > LIFE;
        let refused = failure.verdict == Verdict::Refused && message.tries + 1 >= REFUSALS;
        if is_old || refused || failure.verdict == Verdict::Gone {
            return None;
        }
        let tries = usize::try_from(message.tries).unwrap_or(usize::MAX);
        let pause = self.pauses.get(tries).or(self.pauses.last());
        now.checked_add(pause.copied().unwrap_or_default()).ok()
    }
}

fn judged(status: StatusCode) -> Result<(), Failure> {
    let verdict = match status.as_u16() {
        200..300 => return Ok(()),
        410 => Verdict::Gone,
        408 | 425 | 429 => Verdict::Later,
        400..500 => Verdict::Refused,
        _ => Verdict::Later,
    };
    let text = match status.is_redirection() {
        true => format!(
            "the receiver answers {status}; redirects are not followed, configure where it leads to"
        ),
        false => format!("the receiver answers {status}"),
    };
    Err(Failure { text, verdict })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The innermost cause: the outer ones name the address, which may hold a secret.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    match error.source() {
        Some(_) => inner.to_string(),
        None => "the request could not be sent".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    struct Nobody;

    impl Observer for Nobody {
        fn tried(&self, _: &str, _: Outcome) {}
    }

    /// The pauses until a message is given up.
    fn pauses(status: u16) -> Vec<i64> {
        let sender = Sender::new(Arc::new(SystemClock::default()), Arc::new(Nobody));
        let status = StatusCode::from_u16(status).expect("a status");
        let failure = judged(status).expect_err("no success");
        let created: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
        let mut message = WaitingMessage {
            no: 1,
            id: "msg_1".into(),
            event: "held".into(),
            body: "{}".into(),
            created,
            due: created,
            tries: 0,
        };
        let mut now = created;
        let mut pauses = Vec::new();
        while let Some(due) = sender.again(&message, &failure, now) {
            pauses.push(due.duration_since(now).as_secs());
            (now, message.tries) = (due, message.tries + 1);
        }
        pauses
    }

    #[test]
    fn pauses_grow_and_end_after_three_days() {
        let busy = pauses(503);
        assert_eq!(busy[..7], [5, 30, 120, 600, 1800, 3600, 3600]);
        assert_eq!(busy.len(), 5 + 72, "then an hour each");
        assert_eq!(pauses(429), busy);
        assert_eq!(pauses(302), busy);
        assert_eq!(pauses(400), [5, 30]);
        assert!(pauses(410).is_empty());
    }

    #[test]
    fn only_success_is_success() {
        for good in [200, 202, 204] {
            assert!(judged(StatusCode::from_u16(good).expect("a status")).is_ok());
        }
        let moved = judged(StatusCode::FOUND).expect_err("not followed").text;
        assert!(moved.contains("not followed"), "{moved}");
    }
}
