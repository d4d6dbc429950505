//! The list of every request, for tests that ask what was really sent.

use std::collections::VecDeque;

use serde::Serialize;

/// Older requests are forgotten beyond this many.
const LIMIT: usize = 200_000;

/// One request and its outcome.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Logged {
    pub(super) seq: u64,
    pub(super) time: String,
    pub(super) method: String,
    pub(super) path: String,
    /// Bodies of writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<serde_json::Value>,
    pub(super) status: u16,
    pub(super) client_request_id: String,
    /// What was made to go wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<String>,
}

/// The list.
#[derive(Debug, Default)]
pub(super) struct Log {
    next: u64,
    requests: VecDeque<Logged>,
}

impl Log {
    pub(super) fn add(&mut self, mut request: Logged) {
        self.next += 1;
        request.seq = self.next;
        if self.requests.len() == LIMIT {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &Logged> {
        self.requests.iter()
    }

    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }
}
