//! What the adapter is told about one tenant.

use super::observer::{Nobody, Observer};
use crate::directory::PlanCatalogue;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// How to reach one tenant. Durations are of the monotonic clock.
#[derive(Clone, Debug)]
pub struct GraphSettings {
    /// Base of every request, version included.
    pub graph_url: String,
    /// Base of the token endpoint.
    pub login_url: String,
    /// The tenant, by its GUID or one of its domains.
    pub tenant_id: String,
    /// The application's client id.
    pub client_id: String,
    /// How the application proves itself.
    pub credential: Credential,
    /// Requests in flight.
    pub concurrency: usize,
    /// The longest that one request may take, its whole answer included.
    pub request_timeout: Duration,
    /// The longest `Retry-After` that is waited out, and the most that one request waits for them in all.
    pub max_wait: Duration,
    /// How often a read is sent again, after which it counts as failed.
    pub retries: u32,
    /// The pause before the first repetition where the service names none; it doubles from there.
    pub first_pause: Duration,
    /// Which plans a user's plan dates are about.
    pub catalogue: PlanCatalogue,
    /// Whether the days on which people join are read too.
    pub hire_date: bool,
    /// Who is told of the requests.
    pub observer: Arc<dyn Observer>,
}

impl GraphSettings {
    /// The global cloud with the product's defaults.
    #[must_use]
    pub fn new(tenant_id: &str, client_id: &str, credential: Credential) -> Self {
        Self {
            graph_url: "https://graph.microsoft.com/v1.0".into(),
            login_url: "https://login.microsoftonline.com".into(),
            tenant_id: tenant_id.into(),
            client_id: client_id.into(),
            credential,
            concurrency: 8,
            request_timeout: Duration::from_secs(30),
            max_wait: Duration::from_mins(5),
            retries: 4,
            first_pause: Duration::from_millis(500),
            catalogue: PlanCatalogue::default(),
            hire_date: false,
            observer: Arc::new(Nobody),
        }
    }
}

/// How the application proves itself at the token endpoint (docs/graph.md 8).
#[derive(Clone, Debug)]
pub enum Credential {
    /// The value of a client secret, not its id.
    Secret(SecretString),
    /// An RSA certificate and its private key.
    Certificate {
        /// The certificate that is registered with the application, as PEM.
        certificate_pem: String,
        /// Its private key, PKCS#1 or PKCS#8, as PEM.
        key_pem: SecretString,
    },
    /// A file with a token of another issuer, read again for every token request.
    FederatedTokenFile(PathBuf),
    /// The identity of the machine or of the app, which the platform vouches for.
    ManagedIdentity(IdentityEndpoint),
}

/// Where the tokens of a managed identity come from. Neither is ever asked through a proxy.
#[derive(Clone, Debug)]
pub enum IdentityEndpoint {
    /// The metadata service of an Azure virtual machine, by its base URL.
    Machine(String),
    /// What App Service, Container Apps and the like offer to a process.
    Host {
        /// The whole address, without a query.
        url: String,
        /// What shows that it is the process that asks.
        header: SecretString,
    },
}

/// Why no adapter can be made of the settings. All of them are errors of configuration.
#[derive(Debug, Error)]
pub enum GraphError {
    /// An URL that cannot be one.
    #[error("{key} `{url}` is not usable: {why}")]
    Url {
        /// Which setting.
        key: &'static str,
        /// Its value.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A host of a national cloud.
    #[error(
        "{key} names `{host}`, a national cloud: Microsoft offers number management in the global cloud only; \
         use https://graph.microsoft.com/v1.0 and https://login.microsoftonline.com (tenants of the US GCC use these too)"
    )]
    NationalCloud {
        /// Which setting.
        key: &'static str,
        /// The host.
        host: String,
    },
    /// A tenant that cannot be one.
    #[error(
        "tenant_id `{0}` is not usable: give the tenant's GUID or one of its domains, never `common`"
    )]
    Tenant(String),
    /// `concurrency` is zero.
    #[error("graph.concurrency must be at least 1")]
    Concurrency,
    /// The certificate is not one.
    #[error("the client certificate is not usable: {0}")]
    Certificate(&'static str),
    /// The private key is not one.
    #[error("the client certificate's key is not usable: an RSA private key in PEM is needed")]
    Key(#[source] jsonwebtoken::errors::Error),
    /// The header of the identity endpoint is none.
    #[error(
        "IDENTITY_HEADER is no value for a header; the platform sets it, and nothing else should"
    )]
    IdentityHeader,
    /// The HTTP client cannot be set up: no certificate store, an unusable proxy.
    #[error(
        "the HTTPS client cannot be set up: check the machine's CA certificates and proxy variables"
    )]
    Client(#[source] reqwest::Error),
}
