//! Tenants: what each may write, whether it is paused, what was read when.

use super::{TenantView, ViewError};
use crate::plan::{Mode, Pause};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantItem {
    /// Its name as configured.
    pub tenant: String,
    /// `observe`, `assign-only` or `apply`.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// The pause in force.
    pub pause: Option<PauseItem>,
    /// How many users are known and not gone.
    pub users: u64,
    /// The sync under way.
    pub running_sync_id: Option<String>,
    /// When the last complete full read of users ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub full_read: Option<Timestamp>,
    /// When the number list was last read whole.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub numbers_read: Option<Timestamp>,
}

/// A pause: no write of any kind until it is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PauseItem {
    /// Why.
    pub reason: String,
    /// Until when; null: until it is taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl TenantView {
    /// The tenant as a whole.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tenant(&self) -> Result<TenantItem, ViewError> {
        let look = self.look().await?;
        let anchor = &look.known.anchor;
        Ok(TenantItem {
            tenant: self.name().to_owned(),
            mode: self.settings.mode,
            users: look.standing.users,
            full_read: anchor.full_read,
            numbers_read: anchor.numbers_read,
            running_sync_id: look.standing.sync,
            pause: look.standing.pause.map(pause_item),
        })
    }
}

fn pause_item(pause: Pause) -> PauseItem {
    PauseItem {
        reason: pause.reason,
        until: pause.until,
    }
}
