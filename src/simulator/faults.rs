//! What is made to go wrong, ordered through `/_sim/faults`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::switches::Span;

/// An ordered misfortune.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests it strikes.
    #[serde(default, rename = "match")]
    pub matching: FaultMatch,
    /// Matching requests that are let through first.
    #[serde(default)]
    pub after: u64,
    /// How many requests it strikes after that.
    #[serde(default = "once")]
    pub times: u64,
    /// What goes wrong.
    #[serde(rename = "do")]
    pub effect: FaultEffect,
}

fn once() -> u64 {
    1
}

/// A description of requests; what is left out matches all.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultMatch {
    /// The HTTP method.
    pub method: Option<String>,
    /// A part of path and query as sent, or after percent-decoding.
    pub path_contains: Option<String>,
}

/// What goes wrong. Several may be combined.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultEffect {
    /// Wait so long before anything happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Span>,
    /// Answer this status; the request has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The `Retry-After` header that goes with `status`, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<String>,
    /// The error code that goes with `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Answer this text (JSON if it starts with a brace); the request has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The content type of `body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Close the connection without answer; the request has no effect.
    #[serde(skip_serializing_if = "is_false")]
    pub drop: bool,
    /// The request takes effect and the connection is closed without answer.
    #[serde(skip_serializing_if = "is_false")]
    pub lose_answer: bool,
    /// Close the connection in the middle of the body.
    #[serde(skip_serializing_if = "is_false")]
    pub cut: bool,
    /// Send the body a byte at a time with this pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drip: Option<Span>,
    /// Put so many blanks before the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pad: Option<usize>,
    /// Empty the `value` list.
    #[serde(skip_serializing_if = "is_false")]
    pub empty_value: bool,
    /// Leave out next link and delta link.
    #[serde(skip_serializing_if = "is_false")]
    pub no_links: bool,
    /// Put these items behind the `value` list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub append: Vec<Value>,
    /// Replace these top-level fields of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<serde_json::Map<String, Value>>,
    /// A next link to this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_next_link: Option<String>,
    /// A next link to the request itself.
    #[serde(skip_serializing_if = "is_false")]
    pub repeat_next_link: bool,
    /// Refuse the delta token as expired.
    #[serde(skip_serializing_if = "is_false")]
    pub expire_delta: bool,
    /// The operation that this POST begins fails with this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_operation: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl FaultEffect {
    /// Whether the JSON of the answer is rewritten.
    pub(super) fn rewrites(&self) -> bool {
        self.empty_value
            || self.no_links
            || !self.append.is_empty()
            || self.replace.is_some()
            || self.foreign_next_link.is_some()
            || self.repeat_next_link
    }

    /// Rewrites the JSON of an answer to a request for `url`.
    pub(super) fn rewrite(&self, body: &[u8], url: &str) -> Vec<u8> {
        let Ok(Value::Object(mut answer)) = serde_json::from_slice(body) else {
            return body.to_vec();
        };
        if self.empty_value {
            answer.insert("value".to_owned(), Value::Array(Vec::new()));
        }
        if let Some(Value::Array(items)) = answer.get_mut("value") {
            items.extend(self.append.iter().cloned());
        }
        let new_link = self
            .foreign_next_link
            .clone()
            .or_else(|| self.repeat_next_link.then(|| url.to_owned()));
        if self.no_links || new_link.is_some() {
            answer.remove("@odata.nextLink");
            answer.remove("@odata.deltaLink");
        }
        if let Some(link) = new_link {
            answer.insert("@odata.nextLink".to_owned(), link.into());
        }
        answer.extend(self.replace.clone().unwrap_or_default());
        Value::Object(answer).to_string().into_bytes()
    }
}

/// The misfortunes still to come.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn all(&self) -> &[Fault] {
        &self.0
    }

    /// What strikes this request: the first fault that matches and is due. Every matching one counts it.
    pub(super) fn strike(&mut self, method: &str, target: &str) -> Option<FaultEffect> {
        let decoded = percent_encoding::percent_decode_str(target).decode_utf8_lossy();
        let mut struck = None;
        for fault in &mut self.0 {
            let FaultMatch {
                method: wanted,
                path_contains,
            } = &fault.matching;
            let matches = wanted
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && path_contains
                    .as_deref()
                    .is_none_or(|part| target.contains(part) || decoded.contains(part));
            if !matches || struck.is_some() {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                struck = Some(fault.effect.clone());
            }
        }
        self.0.retain(|fault| fault.times > 0);
        struck
    }
}
