//! One tenant's part of the database.

use super::connect::{Options, Store};
use super::engine::{Pool, execute, fetch_optional};
use super::error::StoreError;
use super::lease::Running;
use super::licence_sets::LicenceSets;
use super::listing::ListingMemory;
use super::lock;
use super::rounds::RoundMemory;
use super::scopes::Pass;
use super::state_memory::StateMemory;
use super::texts::Texts;

use crate::plan::Settings;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All that is remembered of one tenant; implements [`crate::reconcile::Ledger`].
///
/// What it keeps in memory it could read again: another process may write meanwhile, and the tenant's version tells.
pub struct TenantStore {
    pub(super) pool: Pool,
    pub(super) options: Options,
    pub(super) tenant: i64,
    pub(super) name: String,
    pub(super) settings: Arc<Settings>,
    /// Where the lock of the tenant lies; `None` where leases do its work.
    pub(super) lock_file: Option<PathBuf>,
    pub(super) running: Mutex<Option<Running>>,
    pub(super) round: tokio::sync::Mutex<Option<RoundMemory>>,
    pub(super) listing: tokio::sync::Mutex<Option<ListingMemory>>,
    pub(super) state: Arc<Mutex<StateMemory>>,
    pub(super) licences: Mutex<LicenceSets>,
    pub(super) texts: Mutex<Texts>,
    pub(super) pass: Mutex<Option<Pass>>,
    /// Whether users can be looked up by name without reading everybody.
    pub(super) names_ready: AtomicBool,
}

impl std::fmt::Debug for TenantStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantStore")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl TenantStore {
    /// The settings it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }
}

impl Store {
    /// The tenant of that name, made when it is new. The id of the Microsoft tenant is pinned at the first use.
    ///
    /// # Errors
    /// [`StoreError::OtherTenant`] when the name is pinned to another id; else what the database says.
    pub async fn tenant(
        &self,
        name: &str,
        tenant_id: &str,
        settings: Arc<Settings>,
    ) -> Result<TenantStore, StoreError> {
        let tenant = self.pin(name, tenant_id.trim()).await?;
        Ok(TenantStore {
            pool: self.pool.clone(),
            options: self.options.clone(),
            tenant,
            name: name.to_owned(),
            settings,
            lock_file: self.file.as_ref().map(|file| lock::path_of(file, name)),
            running: Mutex::default(),
            round: tokio::sync::Mutex::default(),
            listing: tokio::sync::Mutex::default(),
            state: Arc::default(),
            licences: Mutex::default(),
            texts: Mutex::default(),
            pass: Mutex::default(),
            names_ready: AtomicBool::default(),
        })
    }

    async fn pin(&self, name: &str, tenant_id: &str) -> Result<i64, StoreError> {
        const FIND: &str = "SELECT no, tenant_id FROM tenants WHERE name = $1";
        const ADD: &str = "INSERT INTO tenants (no, name, tenant_id)
            SELECT COALESCE(MAX(no), 0) + 1, $1, $2 FROM tenants WHERE true ON CONFLICT DO NOTHING";
        let mut found: Option<(i64, String)> = {
            let mut tx = self.pool.read().await?;
            fetch_optional!(&mut tx, FIND, name)?
        };
        // Two processes that add different tenants at once may pick the same key: the loser tries again.
        for _ in 0..10 {
            if found.is_some() {
                break;
            }
            let mut tx = self.pool.write().await?;
            execute!(&mut tx, ADD, name, tenant_id)?;
            found = fetch_optional!(&mut tx, FIND, name)?;
            tx.commit().await?;
        }
        let (no, pinned) = found.ok_or(sqlx::Error::RowNotFound)?;
        if pinned.eq_ignore_ascii_case(tenant_id) {
            return Ok(no);
        }
        Err(StoreError::OtherTenant {
            name: name.to_owned(),
            pinned,
            given: tenant_id.to_owned(),
        })
    }
}

/// The content of a lock whose holder may have panicked: everything kept here is whole at any time.
pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
