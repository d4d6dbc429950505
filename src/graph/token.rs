//! Tokens, wherever they come from: cached, renewed before they end, one renewal for all who wait (docs/graph.md 8).

use super::assertion::Signer;
use super::client_credentials::{ClientCredentials, Proof};
use super::identity::{MachineIdentity, Pauses};
use super::login::{Granted, TokenError};
use super::observer::Observer;
use super::retry::{Patience, Policy, millis};
use super::{Credential, GraphError, GraphSettings};
use crate::clock::Clock;
use reqwest::Client;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A token is renewed this long before its end, or after half its life if that is shorter.
const EARLY: Duration = Duration::from_mins(5);

/// After a renewal failed while the old token still lives, it is not tried again sooner.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// One token, as the header that carries it; it prints as `Sensitive`.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    ends: Instant,
}

/// The tenant's one source of tokens.
pub(super) struct TokenSource {
    issuer: Issuer,
    policy: Policy,
    observer: Arc<dyn Observer>,
    /// Counts finished renewals, so that those who waited for one share its outcome, a failure too.
    renewals: AtomicU64,
    state: Mutex<State>,
}

/// Who gives the tokens.
enum Issuer {
    Login(ClientCredentials),
    Identity(MachineIdentity),
}

/// Why a request brought no token, and how it wants to be repeated.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: TokenError,
    /// The pause the answer asks for.
    pub(super) asked: Option<Duration>,
    /// The endpoint is being renewed and back in a minute.
    pub(super) renewing: bool,
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self {
            error,
            asked: None,
            renewing: false,
        }
    }
}

/// The patience with an issuer.
enum Patient {
    Login(Patience),
    Identity(Pauses),
}

impl Patient {
    fn next(&mut self, refusal: &Refusal) -> Option<Duration> {
        match self {
            Self::Login(patience) => patience.next(refusal.asked, false),
            Self::Identity(pauses) => pauses.next(refusal.renewing, refusal.asked),
        }
    }
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
        let tenant = settings.tenant_id.trim();
        if !is_tenant(tenant) {
            return Err(GraphError::Tenant(tenant.to_owned()));
        }
        let proof = match &settings.credential {
            Credential::Secret(secret) => Ok(Proof::Secret(secret.clone())),
            Credential::Certificate {
                certificate_pem,
                key_pem,
            } => Ok(Proof::Signer(Signer::new(
                certificate_pem,
                key_pem.expose_secret(),
            )?)),
            Credential::FederatedTokenFile(file) => Ok(Proof::Federated(file.clone())),
            Credential::ManagedIdentity(endpoint) => Err(endpoint),
        };
        let issuer = match proof {
            Ok(proof) => Issuer::Login(ClientCredentials::new(settings, proof, client, clock)?),
            Err(endpoint) => Issuer::Identity(MachineIdentity::new(settings, endpoint, clock)?),
        };
        Ok(Self {
            issuer,
            policy: Policy::from(settings),
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
        let mut patient = match &self.issuer {
            Issuer::Login(_) => Patient::Login(Patience::new(self.policy)),
            Issuer::Identity(_) => {
                Patient::Identity(Pauses::new(self.policy.first_pause, self.policy.max_wait))
            }
        };
        loop {
            let asked = match &self.issuer {
                Issuer::Login(login) => login.ask().await,
                Issuer::Identity(identity) => identity.ask().await,
            };
            let refusal = match asked {
                Ok(granted) => return self.token(&granted),
                Err(refusal) => refusal,
            };
            let wait = match refusal.error {
                TokenError::Passing(_) => patient.next(&refusal),
                _ => None,
            };
            let Some(wait) = wait else {
                return Err(refusal.error);
            };
            tracing::debug!(error = %refusal.error, wait_ms = millis(wait), "asking for a token again");
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
