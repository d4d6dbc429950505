//! [`Graph`]: one tenant, read and written.

use super::interner::Interner;
use super::transport::Transport;
use super::{GraphError, GraphSettings};
use crate::apply::{CallError, EffectivePage, OperationState, Order, Telephony, Voice, VoiceError};
use crate::clock::Clock;
use crate::directory::{
    Cursor, Directory, GroupId, Link, Page, PlanCatalogue, ReadError, Seats, Sku, User, UserId,
};
use crate::numbering::{E164, Listed};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One tenant in Microsoft Graph. Cheap to ask from many tasks at once: requests in flight are bounded, a throttled
/// tenant waits as a whole, and other tenants are other instances.
pub struct Graph {
    pub(super) transport: Transport,
    pub(super) catalogue: PlanCatalogue,
    pub(super) hire_date: bool,
    pub(super) policy_ids: Mutex<BTreeMap<(String, String), String>>,
    interner: Mutex<Interner>,
}

impl Graph {
    /// An adapter with an HTTP client of its own. Nothing is sent yet. `clock` is compared with the service's time;
    /// where tests shift the product's clock, hand in the one that should agree with the service's.
    ///
    /// # Errors
    /// When the settings cannot be right: a URL, a national cloud, a tenant, a certificate.
    pub fn new(settings: GraphSettings, clock: Arc<dyn Clock>) -> Result<Self, GraphError> {
        Self::build(settings, clock, None)
    }

    /// As [`Graph::new`], over a client made by [`super::http_client`] that many tenants share: each client holds the
    /// machine's certificates in memory, which thousands of tenants would feel.
    ///
    /// # Errors
    /// As [`Graph::new`].
    pub fn with_client(
        settings: GraphSettings,
        clock: Arc<dyn Clock>,
        client: reqwest::Client,
    ) -> Result<Self, GraphError> {
        Self::build(settings, clock, Some(client))
    }

    fn build(
        settings: GraphSettings,
        clock: Arc<dyn Clock>,
        client: Option<reqwest::Client>,
    ) -> Result<Self, GraphError> {
        Ok(Self {
            transport: Transport::new(&settings, clock, client)?,
            catalogue: settings.catalogue,
            hire_date: settings.hire_date,
            policy_ids: Mutex::default(),
            interner: Mutex::new(Interner::new()),
        })
    }

    /// The application permissions the token carries, in order; `None` when the token cannot be looked into. For
    /// diagnosis only: a token is Graph's business, and its form may change (docs/graph.md 8).
    ///
    /// # Errors
    /// When no token can be had.
    pub async fn granted(&self) -> Result<Option<Vec<String>>, ReadError> {
        let token = self.transport.token().await?;
        let text = token.header.to_str().unwrap_or_default();
        let claims = text.split('.').nth(1).and_then(|part| {
            let json = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
            serde_json::from_slice::<serde_json::Value>(&json).ok()
        });
        Ok(claims.map(|claims| {
            let roles = claims.get("roles").and_then(|roles| roles.as_array());
            let mut roles: Vec<String> = roles
                .into_iter()
                .flatten()
                .filter_map(|role| role.as_str().map(str::to_owned))
                .collect();
            roles.sort_unstable();
            roles
        }))
    }

    pub(super) fn interner(&self) -> MutexGuard<'_, Interner> {
        self.interner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("base", &self.transport.base)
            .field("client_id", &self.transport.client_id)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Directory for Graph {
    async fn page(&self, at: &Cursor) -> Result<Page, ReadError> {
        self.read_page(at).await
    }

    async fn skus(&self) -> Result<Vec<Sku>, ReadError> {
        self.read_skus().await
    }

    async fn seats(&self) -> Result<Vec<Seats>, ReadError> {
        self.read_seats().await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        self.read_user(id).await
    }

    async fn user_named(&self, upn: &str) -> Result<Option<User>, ReadError> {
        self.read_user_at(upn).await
    }

    async fn members(&self, group: GroupId) -> Result<Vec<UserId>, ReadError> {
        self.read_members(group).await
    }

    fn selection(&self) -> String {
        // Links lead to the place they came from: after a move to another one they are of no use.
        let digest = super::users::selection(&self.catalogue, self.hire_date);
        format!("{digest} {}", self.transport.base)
    }
}

#[async_trait]
impl Telephony for Graph {
    async fn numbers(
        &self,
        after: Option<&Link>,
    ) -> Result<(Vec<Listed>, Option<Link>), ReadError> {
        self.read_numbers(after).await
    }

    async fn number(&self, number: E164) -> Result<Option<Listed>, ReadError> {
        self.read_number(number).await
    }

    async fn entries(&self, number: E164) -> Result<Vec<Listed>, ReadError> {
        self.read_entries(number).await
    }

    async fn voice(&self, user: UserId) -> Result<Option<Voice>, VoiceError> {
        self.read_voice(user).await
    }

    async fn effective_policies(&self, after: Option<&Link>) -> Result<EffectivePage, VoiceError> {
        self.read_effective_policies(after).await
    }

    async fn policy(&self, policy_type: &str, name: &str) -> Result<Option<String>, ReadError> {
        self.read_policy(policy_type, name).await
    }

    async fn send(&self, order: &Order) -> Result<Option<Link>, CallError> {
        self.send_order(order).await
    }

    async fn operation(&self, at: &Link) -> Result<OperationState, ReadError> {
        self.read_operation(at).await
    }

    fn clock_ahead(&self) -> Option<SignedDuration> {
        self.transport.clock_ahead()
    }
}
