//! What a next link or delta link of the users delta query remembers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Delta tokens for directory objects live this long (docs/graph.md 1.4).
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The state of a round, carried by the client as an opaque text.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct DeltaToken {
    /// Changes behind this reading are wanted; `None` in a first round, which shows everybody.
    pub(super) since: Option<u64>,
    /// The reading at the start of the round: what changes later belongs to the next one.
    pub(super) upto: u64,
    /// First round: the next place. Later rounds: the last reading shown.
    pub(super) at: u64,
    /// The round has sent its first page.
    pub(super) begun: bool,
    pub(super) select: Vec<String>,
    /// The ids of a filter; empty for everybody.
    pub(super) ids: Vec<Uuid>,
    issued: i64,
}

impl DeltaToken {
    /// A first round.
    pub(super) fn first(select: Vec<String>, ids: Vec<Uuid>, reading: u64, now: Timestamp) -> Self {
        Self {
            since: None,
            upto: reading,
            at: 0,
            begun: false,
            select,
            ids,
            issued: now.as_second(),
        }
    }

    /// The round after this one.
    pub(super) fn next_round(&self, now: Timestamp) -> Self {
        Self {
            since: Some(self.upto),
            begun: false,
            issued: now.as_second(),
            ..self.clone()
        }
    }

    /// The same round, a page further.
    pub(super) fn moved(&self, at: u64, now: Timestamp) -> Self {
        Self {
            at,
            begun: true,
            issued: now.as_second(),
            ..self.clone()
        }
    }

    /// A stored delta link is followed: the round reaches up to now.
    pub(super) fn resumed(mut self, reading: u64) -> Self {
        self.upto = reading;
        self.at = self.since.unwrap_or_default();
        self
    }

    pub(super) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a token; `None` when it is not ours or from another life of this server.
    pub(super) fn decode(text: &str, reading: u64) -> Option<Self> {
        let token: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        (token.since.unwrap_or_default() <= reading && token.upto <= reading).then_some(token)
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        let issued = Timestamp::from_second(self.issued).unwrap_or(Timestamp::MIN);
        now.duration_since(issued) >= LIFE
    }
}
