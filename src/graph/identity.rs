//! Tokens of a managed identity: from the metadata service of an Azure machine, or from the platform that runs the
//! process (docs/graph.md 8).

use super::login::{Granted, TokenError, body_of, granted, quoted};
use super::retry::retry_after;
use super::token::Refusal;
use super::transport::{cause, client};
use super::{GraphError, GraphSettings, IdentityEndpoint};
use crate::clock::Clock;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// What the token is for: Graph, whichever address it is reached by.
const RESOURCE: &str = "https://graph.microsoft.com/";

/// An endpoint that is there is a hop away; where there is none, a minute's patience would tell no more.
const CONNECT: Duration = Duration::from_secs(3);

/// Pauses between five tries, in halves of seconds as the settings' first pause is: 2, 6, 14 and 30 s.
const PAUSES: [u32; 4] = [4, 12, 28, 60];

/// While the endpoint says that it is being renewed (410), it is asked every 10 s for 70 s.
const RENEWED_PAUSE: u32 = 20;
const RENEWED_TRIES: u32 = 7;

/// The identity of this machine, or of this app.
pub(super) struct MachineIdentity {
    client: Client,
    url: Url,
    header: (HeaderName, HeaderValue),
    client_id: String,
    timeout: Duration,
    clock: Arc<dyn Clock>,
}

impl MachineIdentity {
    pub(super) fn new(
        settings: &GraphSettings,
        endpoint: &IdentityEndpoint,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, GraphError> {
        let (text, version, name, value) = match endpoint {
            IdentityEndpoint::Machine(base) => (
                format!(
                    "{}/metadata/identity/oauth2/token",
                    base.trim_end_matches('/')
                ),
                "2018-02-01",
                HeaderName::from_static("metadata"),
                HeaderValue::from_static("true"),
            ),
            IdentityEndpoint::Host { url, header } => (
                url.clone(),
                "2019-08-01",
                HeaderName::from_static("x-identity-header"),
                sensitive(header.expose_secret()).ok_or(GraphError::IdentityHeader)?,
            ),
        };
        let mut url = Url::parse(&text).map_err(|e| GraphError::Url {
            key: "managed_identity",
            url: text,
            why: e.to_string(),
        })?;
        url.query_pairs_mut()
            .append_pair("api-version", version)
            .append_pair("resource", RESOURCE);
        if !settings.client_id.is_empty() {
            url.query_pairs_mut()
                .append_pair("client_id", &settings.client_id);
        }
        Ok(Self {
            client: client(true, CONNECT)?,
            url,
            header: (name, value),
            client_id: settings.client_id.clone(),
            timeout: settings.request_timeout,
            clock,
        })
    }

    /// Asks once.
    pub(super) async fn ask(&self) -> Result<Granted, Refusal> {
        let (name, value) = self.header.clone();
        let request = self.client.get(self.url.clone()).header(name, value);
        let answer = request.timeout(self.timeout).send().await;
        let answer = answer.map_err(|error| self.not_there(&error))?;
        let asked = retry_after(answer.headers(), self.clock.now());
        let status = answer.status();
        let body = body_of(answer, "the identity endpoint").await?;
        if status.is_success() {
            return granted(&body, self.clock.now()).ok_or_else(|| self.no_endpoint(status).into());
        }
        Err(Refusal {
            asked,
            renewing: status == StatusCode::GONE,
            ..self.refused(status, &body).into()
        })
    }

    fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    fn not_there(&self, error: &reqwest::Error) -> TokenError {
        TokenError::Passing(format!(
            "this machine has no managed identity endpoint: {} cannot be reached ({}); managed_identity works on Azure \
             virtual machines, App Service and Container Apps; elsewhere use a certificate or federated_token_file",
            self.origin(),
            cause(error)
        ))
    }

    fn no_endpoint(&self, status: StatusCode) -> TokenError {
        TokenError::Broken(format!(
            "what answers at {} ({status}) is no managed identity endpoint",
            self.origin()
        ))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> TokenError {
        let secret = match self.header.1.is_sensitive() {
            true => self.header.1.to_str().unwrap_or_default(),
            false => "",
        };
        let said = said(body, secret);
        let busy = status.is_server_error() || matches!(status.as_u16(), 404 | 408 | 410 | 429);
        if busy {
            return TokenError::Passing(format!(
                "the managed identity endpoint at {} answers {status}{said}: it is not ready, or busy",
                self.origin()
            ));
        }
        if said.is_empty() && status != StatusCode::BAD_REQUEST {
            return self.no_endpoint(status);
        }
        let whose = match self.client_id.is_empty() {
            true => "an identity of its own, or client_id names the one of several that is meant"
                .to_owned(),
            false => format!("the identity with the client id {}", self.client_id),
        };
        TokenError::Refused(format!(
            "the managed identity endpoint refuses ({status}{said}); check in Azure, on the machine's page under \
             Identity, that it has {whose}"
        ))
    }
}

/// Prints as `Sensitive`.
fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[derive(Deserialize)]
struct ErrorWire {
    #[serde(default)]
    error: String,
    #[serde(default, alias = "message")]
    error_description: String,
}

/// What an answer says of the error, without what was sent.
fn said(body: &[u8], secret: &str) -> String {
    let Ok(wire) = serde_json::from_slice::<ErrorWire>(body) else {
        return String::new();
    };
    let text = quoted(&wire.error_description, secret);
    format!(", {} {text}", wire.error).trim_end().to_owned()
}

/// What is left of the patience with an identity endpoint.
#[derive(Debug)]
pub(super) struct Pauses {
    unit: Duration,
    most: Duration,
    waited: Duration,
    tries: usize,
    renewing: u32,
}

impl Pauses {
    pub(super) fn new(unit: Duration, most: Duration) -> Self {
        Self {
            unit,
            most,
            waited: Duration::ZERO,
            tries: 0,
            renewing: 0,
        }
    }

    /// How long to wait before the next try; `None` when there is to be none.
    pub(super) fn next(&mut self, renewing: bool, asked: Option<Duration>) -> Option<Duration> {
        let own = if renewing && self.renewing < RENEWED_TRIES {
            self.renewing += 1;
            RENEWED_PAUSE
        } else {
            let pause = *PAUSES.get(self.tries)?;
            self.tries += 1;
            pause
        };
        let wait = asked.unwrap_or_else(|| self.unit.saturating_mul(own));
        self.waited = self.waited.saturating_add(wait);
        (self.waited <= self.most).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_and_seventy_seconds_of_renewal() {
        let pauses = || Pauses::new(Duration::from_millis(500), Duration::from_mins(5));
        let of = |renewing: bool| {
            let mut pauses = pauses();
            let mut next = || pauses.next(renewing, None);
            let waits: Vec<u64> = std::iter::from_fn(&mut next).map(|w| w.as_secs()).collect();
            waits
        };
        assert_eq!(of(false), [2, 6, 14, 30]);
        assert_eq!(of(true), [10, 10, 10, 10, 10, 10, 10, 2, 6, 14, 30]);
        let mut short = Pauses::new(Duration::from_millis(500), Duration::from_secs(10));
        assert_eq!(short.next(false, None), Some(Duration::from_secs(2)));
        assert_eq!(short.next(false, Some(Duration::from_mins(1))), None);
    }
}
