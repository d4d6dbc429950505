//! What an answer means that is no success (docs/graph.md 1.4, 9.2).

use super::decode::Text;
use super::login::TokenError;
use super::retry::is_passing;
use super::route::Route;
use super::transport::Answer;
use crate::directory::ReadError;
use reqwest::StatusCode;
use reqwest::header::LOCATION;
use serde::Deserialize;

/// Why a read failed, with the status where an answer came, for callers to whom a 403 or 404 says something.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: Option<StatusCode>,
    pub(super) error: ReadError,
}

impl Failure {
    /// Whether the service answered so.
    pub(super) fn is(&self, status: StatusCode) -> bool {
        self.status == Some(status)
    }

    pub(super) const fn broken(text: String) -> Self {
        Self::from_error(ReadError::Broken(text))
    }

    pub(super) const fn unreachable(text: String) -> Self {
        Self::from_error(ReadError::Unreachable(text))
    }

    pub(super) const fn from_error(error: ReadError) -> Self {
        Self {
            status: None,
            error,
        }
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::from_error(error)
    }
}

impl From<TokenError> for ReadError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Passing(_) => Self::Unreachable(error.to_string()),
            TokenError::Refused(_) => Self::Refused(error.to_string()),
            TokenError::Broken(_) => Self::Broken(error.to_string()),
        }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    error: WireError<'a>,
}

#[derive(Deserialize)]
struct WireError<'a> {
    #[serde(borrow)]
    code: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    #[serde(borrow, rename = "innerError", alias = "innererror")]
    inner: Option<Box<WireInner<'a>>>,
}

#[derive(Deserialize)]
struct WireInner<'a> {
    #[serde(borrow)]
    code: Option<Text<'a>>,
    #[serde(borrow, rename = "innerError", alias = "innererror")]
    inner: Option<Box<WireInner<'a>>>,
}

/// The error of an answer: every code from the outside in, and the message for people.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorText {
    codes: Vec<String>,
    message: String,
}

impl ErrorText {
    /// Reads the envelope; an answer without one has no codes.
    pub(super) fn of(body: &[u8]) -> Self {
        let Ok(Envelope { error }) = serde_json::from_slice::<Envelope<'_>>(body) else {
            return Self::default();
        };
        let mut codes: Vec<String> = error.code.iter().map(|code| code.to_string()).collect();
        let mut inner = error.inner.as_deref();
        while let Some(level) = inner {
            codes.extend(level.code.iter().map(|code| code.to_string()));
            inner = level.inner.as_deref();
        }
        codes.retain(|code| !code.is_empty());
        let message = error.message.as_deref().unwrap_or_default();
        Self {
            codes,
            message: message.chars().take(500).collect(),
        }
    }

    fn has(&self, code: &str) -> bool {
        self.codes
            .iter()
            .any(|known| known.eq_ignore_ascii_case(code))
    }

    fn asks_for_resync(&self) -> bool {
        self.has("syncStateNotFound") || self.has("resyncRequired")
    }
}

/// What a person reads of an answer: status, code, message, and the id by which Microsoft finds it again.
pub(super) fn describe(answer: &Answer) -> String {
    let error = ErrorText::of(&answer.body);
    let mut text = answer.status.to_string();
    if let Some(code) = error.codes.first() {
        text = format!("{text}, {code}");
    }
    if !error.message.is_empty() {
        text = format!("{text}: {}", error.message);
    }
    if let Some(id) = answer.request_id() {
        text = format!("{text} (request-id {id})");
    }
    text
}

/// The words for a missing permission and how to grant it.
pub(super) fn missing_permission(route: Route, client_id: &str, answer: &Answer) -> String {
    format!(
        "Graph refuses {}: the application {client_id} lacks the application permission {}; add it in Entra under \
         App registrations > API permissions and give admin consent [{}]",
        route.subject(),
        route.permission(),
        describe(answer)
    )
}

/// What a read makes of an answer that is neither a success nor, after all retries, worth another try.
pub(super) fn read_failure(route: Route, client_id: &str, answer: &Answer) -> Failure {
    let status = answer.status;
    let error = ErrorText::of(&answer.body);
    let said = || format!("while reading {}: {}", route.subject(), describe(answer));
    let error = if status == StatusCode::GONE || error.asks_for_resync() {
        ReadError::Resync
    } else if status.is_redirection() {
        ReadError::Broken(format!(
            "while reading {}: {status} towards {}; redirects are not followed: does a proxy ask for a sign-in?",
            route.subject(),
            host_of(answer),
        ))
    } else if status == StatusCode::UNAUTHORIZED {
        ReadError::Refused(format!(
            "Graph does not accept the token, also after it was renewed; check tenant_id and client_id [{}]",
            describe(answer)
        ))
    } else if status == StatusCode::FORBIDDEN {
        ReadError::Refused(missing_permission(route, client_id, answer))
    } else if is_passing(status)
        || status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
    {
        ReadError::Unreachable(said())
    } else if status.is_client_error() || status.is_server_error() {
        ReadError::Refused(said())
    } else {
        ReadError::Broken(said())
    };
    Failure {
        status: Some(status),
        error,
    }
}

/// The host a redirect leads to.
fn host_of(answer: &Answer) -> String {
    answer
        .headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| reqwest::Url::parse(text).ok())
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "an unnamed place".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn failure(status: u16, body: &str) -> ReadError {
        let answer = Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        read_failure(Route::Users, "app-1", &answer).error
    }

    #[test]
    fn codes_are_found_at_every_depth_and_spelling() {
        let deep = r#"{"error":{"code":"","message":"m","innererror":{"code":"x","innerError":{"code":"SyncStateNotFound"}}}}"#;
        assert_eq!(failure(400, deep), ReadError::Resync);
        let outer = r#"{"error":{"code":"resyncRequired","message":"m"}}"#;
        assert_eq!(failure(400, outer), ReadError::Resync);
        assert_eq!(failure(410, ""), ReadError::Resync);
    }

    #[test]
    fn statuses_mean_what_a_caller_can_do() {
        let body = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}"#;
        let ReadError::Refused(text) = failure(403, body) else {
            panic!("a 403 is a refusal");
        };
        insta::assert_snapshot!(text, @"Graph refuses users: the application app-1 lacks the application permission User.Read.All; add it in Entra under App registrations > API permissions and give admin consent [403 Forbidden, Authorization_RequestDenied: Insufficient privileges]");
        assert!(matches!(failure(401, ""), ReadError::Refused(_)));
        assert!(matches!(failure(404, ""), ReadError::Refused(_)));
        assert!(matches!(failure(400, "<html>"), ReadError::Refused(_)));
        assert!(matches!(failure(501, ""), ReadError::Refused(_)));
        assert!(matches!(failure(503, ""), ReadError::Unreachable(_)));
        assert!(matches!(failure(429, ""), ReadError::Unreachable(_)));
        assert!(matches!(failure(302, ""), ReadError::Broken(_)));
    }
}
