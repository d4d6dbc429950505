//! The token request of the client credentials grant: an application proves itself at the sign-in service by a secret,
//! a certificate, or another issuer's token (docs/graph.md 8).

use super::assertion::Signer;
use super::federated;
use super::login::{Granted, Sent, TokenError, body_of, read};
use super::origin::Base;
use super::retry::retry_after;
use super::token::Refusal;
use super::transport::cause;
use super::{GraphError, GraphSettings};
use crate::clock::Clock;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// One application at its tenant's token endpoint.
pub(super) struct ClientCredentials {
    client: Client,
    endpoint: Url,
    client_id: String,
    proof: Proof,
    timeout: Duration,
    clock: Arc<dyn Clock>,
}

/// By what the application proves itself.
pub(super) enum Proof {
    Secret(SecretString),
    Signer(Signer),
    Federated(PathBuf),
}

impl ClientCredentials {
    pub(super) fn new(
        settings: &GraphSettings,
        proof: Proof,
        client: Client,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, GraphError> {
        let base = Base::parse("login_url", &settings.login_url)?;
        let tenant = settings.tenant_id.trim();
        Ok(Self {
            client,
            endpoint: base
                .at(&format!("/{tenant}/oauth2/v2.0/token"))
                .map_err(|_| GraphError::Tenant(tenant.to_owned()))?,
            client_id: settings.client_id.clone(),
            proof,
            timeout: settings.request_timeout,
            clock,
        })
    }

    /// Asks once.
    pub(super) async fn ask(&self) -> Result<Granted, Refusal> {
        let proof = self.proof().await?;
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("scope", "https://graph.microsoft.com/.default"),
            ("grant_type", "client_credentials"),
        ];
        match &self.proof {
            Proof::Secret(_) => form.push(("client_secret", proof.expose_secret())),
            Proof::Signer(_) | Proof::Federated(_) => form.extend([
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", proof.expose_secret()),
            ]),
        }
        let request = self.client.post(self.endpoint.clone()).form(&form);
        let answer = request.timeout(self.timeout).send().await.map_err(|e| {
            let text = format!("{} cannot be reached: {}", self.endpoint, cause(&e));
            TokenError::Passing(text)
        })?;
        let asked = retry_after(answer.headers(), self.clock.now());
        let status = answer.status();
        let body = body_of(answer, "login_url").await?;
        let sent = Sent {
            secret: proof.expose_secret(),
            federated: matches!(self.proof, Proof::Federated(_)),
        };
        read(status, &body, &sent, self.clock.now()).map_err(|error| Refusal {
            asked,
            ..error.into()
        })
    }

    /// The proof for one request; another issuer's token is read anew each time, because its file is renewed in place.
    async fn proof(&self) -> Result<SecretString, TokenError> {
        match &self.proof {
            Proof::Secret(secret) => Ok(secret.clone()),
            Proof::Signer(signer) => signer
                .assertion(&self.client_id, self.endpoint.as_str(), self.clock.now())
                .map(SecretString::from)
                .map_err(|e| {
                    TokenError::Refused(format!("the certificate's key cannot sign: {e}"))
                }),
            Proof::Federated(file) => federated::token(file, self.clock.now())
                .await
                .map_err(|error| TokenError::Refused(error.to_string())),
        }
    }
}
