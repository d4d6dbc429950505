//! A tenant looked at through rules that are not its own.

use super::App;
use crate::config::TenantConfig;
use crate::reconcile::{RuleSource, Tenant};
use crate::store::TenantStore;
use std::sync::Arc;

impl App {
    /// A tenant to be looked at with other rules than its own, which are not even read.
    ///
    /// # Errors
    /// What is wrong with credentials or database.
    pub async fn tenant_with(
        &self,
        config: &TenantConfig,
        rules: Arc<dyn RuleSource>,
    ) -> anyhow::Result<(Tenant, Arc<TenantStore>)> {
        let store = self.store_of(config).await?;
        let tenant = self.engine(config, &store, rules, store.settings())?;
        Ok((tenant, store))
    }
}
