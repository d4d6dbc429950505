//! Tokens by client credentials: cached, renewed before they end, one renewal for all who wait (docs/graph.md 8).

use super::assertion::Signer;
use super::login::{Granted, TokenError, read};
use super::observer::Observer;
use super::origin::Base;
use super::retry::{Patience, Policy, millis, retry_after};
use super::transport::cause;
use super::{Credential, GraphError, GraphSettings};
use crate::clock::Clock;
use reqwest::header::HeaderValue;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A token is renewed this long before its end, or after half its life if that is shorter.
const EARLY: Duration = Duration::from_mins(5);

/// After a renewal failed while the old token still lives, it is not tried again sooner.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// No token answer is longer.
const ANSWER_LIMIT: usize = 256 * 1024;

/// One token, as the header that carries it; it prints as `Sensitive`.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    ends: Instant,
}

/// The tenant's one source of tokens.
pub(super) struct TokenSource {
    client: Client,
    endpoint: Url,
    client_id: String,
    proof: Proof,
    policy: Policy,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    /// Counts finished renewals, so that those who waited for one share its outcome, a failure too.
    renewals: AtomicU64,
    state: Mutex<State>,
}

enum Proof {
    Secret(SecretString),
    Signer(Signer),
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    renew: Option<Instant>,
    failure: Option<TokenError>,
}

impl TokenSource {
    pub(super) fn new(
        settings: &GraphSettings,
        client: Client,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, GraphError> {
        let base = Base::parse("login_url", &settings.login_url)?;
        let tenant = settings.tenant_id.trim();
        if !is_tenant(tenant) {
            return Err(GraphError::Tenant(tenant.to_owned()));
        }
        let proof = match &settings.credential {
            Credential::Secret(secret) => Proof::Secret(secret.clone()),
            Credential::Certificate {
                certificate_pem,
                key_pem,
            } => Proof::Signer(Signer::new(certificate_pem, key_pem.expose_secret())?),
        };
        Ok(Self {
            client,
            endpoint: base
                .at(&format!("/{tenant}/oauth2/v2.0/token"))
                .map_err(|_| GraphError::Tenant(tenant.to_owned()))?,
            client_id: settings.client_id.clone(),
            proof,
            policy: Policy::from(settings),
            timeout: settings.request_timeout,
            clock,
            observer: Arc::clone(&settings.observer),
            renewals: AtomicU64::new(0),
            state: Mutex::default(),
        })
    }

    /// A token that lives for a while yet.
    pub(super) async fn current(&self) -> Result<Arc<Token>, TokenError> {
        self.obtain(None).await
    }

    /// A token other than `refused`, which the service did not take.
    pub(super) async fn other_than(&self, refused: &Arc<Token>) -> Result<Arc<Token>, TokenError> {
        self.obtain(Some(refused)).await
    }

    async fn obtain(&self, refused: Option<&Arc<Token>>) -> Result<Arc<Token>, TokenError> {
        let seen = self.renewals.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if refused
            .zip(state.token.as_ref())
            .is_some_and(|(old, held)| Arc::ptr_eq(old, held))
        {
            state.token = None;
        }
        let now = Instant::now();
        let alive = state.token.clone().filter(|token| token.ends > now);
        if let Some(token) = &alive
            && state.renew.is_some_and(|at| now < at)
        {
            return Ok(Arc::clone(token));
        }
        if let Some(failure) = &state.failure
            && self.renewals.load(Ordering::Acquire) != seen
        {
            return alive.ok_or_else(|| failure.clone());
        }
        let outcome = self.renewed().await;
        self.renewals.fetch_add(1, Ordering::Release);
        match outcome {
            Ok((token, renew)) => {
                state.token = Some(Arc::clone(&token));
                state.renew = Some(renew);
                state.failure = None;
                Ok(token)
            }
            Err(failure) => {
                tracing::warn!(error = %failure, "no Graph token can be had");
                self.observer.no_token();
                state.failure = Some(failure.clone());
                state.renew = Some(Instant::now() + AFTER_FAILURE);
                alive.ok_or(failure)
            }
        }
    }

    async fn renewed(&self) -> Result<(Arc<Token>, Instant), TokenError> {
        let mut patience = Patience::new(self.policy);
        loop {
            let (failure, asked) = match self.ask().await {
                Ok(granted) => return self.token(&granted),
                Err((failure, asked)) => (failure, asked),
            };
            let TokenError::Passing(_) = failure else {
                return Err(failure);
            };
            let Some(wait) = patience.next(asked, false) else {
                return Err(failure);
            };
            tracing::debug!(error = %failure, wait_ms = millis(wait), "asking for a token again");
            tokio::time::sleep(wait).await;
        }
    }

    fn token(&self, granted: &Granted) -> Result<(Arc<Token>, Instant), TokenError> {
        let mut header =
            HeaderValue::from_str(&format!("Bearer {}", granted.token.expose_secret()))
                .map_err(|_| TokenError::Broken("the token is no header value".into()))?;
        header.set_sensitive(true);
        let now = Instant::now();
        let early = EARLY.min(granted.lives / 2);
        tracing::debug!(lifetime_ms = millis(granted.lives), "got a Graph token");
        let ends = now + granted.lives;
        Ok((Arc::new(Token { header, ends }), ends - early))
    }

    async fn ask(&self) -> Result<Granted, (TokenError, Option<Duration>)> {
        let proof = self.proof().map_err(|error| (error, None))?;
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("scope", "https://graph.microsoft.com/.default"),
            ("grant_type", "client_credentials"),
        ];
        match &self.proof {
            Proof::Secret(_) => form.push(("client_secret", proof.expose_secret())),
            Proof::Signer(_) => form.extend([
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", proof.expose_secret()),
            ]),
        }
        let passing = |text: String| (TokenError::Passing(text), None);
        let request = self.client.post(self.endpoint.clone()).form(&form);
        let mut answer = request.timeout(self.timeout).send().await.map_err(|e| {
            passing(format!(
                "{} cannot be reached: {}",
                self.endpoint,
                cause(&e)
            ))
        })?;
        let asked = retry_after(answer.headers(), self.clock.now());
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|e| passing(format!("the token answer was cut off: {}", cause(&e))))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_LIMIT {
                let text = "what answers at login_url sends too much to be a token endpoint";
                return Err((TokenError::Broken(text.into()), None));
            }
        }
        read(status, &body, proof.expose_secret()).map_err(|error| (error, asked))
    }

    fn proof(&self) -> Result<SecretString, TokenError> {
        match &self.proof {
            Proof::Secret(secret) => Ok(secret.clone()),
            Proof::Signer(signer) => signer
                .assertion(&self.client_id, self.endpoint.as_str(), self.clock.now())
                .map(SecretString::from)
                .map_err(|e| {
                    TokenError::Refused(format!("the certificate's key cannot sign: {e}"))
                }),
        }
    }
}

/// A GUID or a domain; the endpoints for everybody's tenant give no application token (docs/graph.md 8).
fn is_tenant(text: &str) -> bool {
    let everybodys = ["common", "organizations", "consumers"];
    !text.is_empty()
        && !everybodys.contains(&text.to_ascii_lowercase().as_str())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_guid_or_a_domain() {
        assert!(is_tenant("8f1f2d6e-0000-4000-8000-000000000001"));
        assert!(is_tenant("contoso.onmicrosoft.com"));
        for wrong in ["", "common", "Organizations", "a/b", "..", "a b", "a?b"] {
            assert!(!is_tenant(wrong), "{wrong}");
        }
    }
}
