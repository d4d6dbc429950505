//! The audit trail.

use super::cursor::{List, may_go_on};
use super::{Cursor, Page, TenantView, ViewError};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::store::{AuditFilter, AuditRecord, TenantStore};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One record of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditItem {
    /// The tenant, where several are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Its place, from 1 without gaps.
    pub seq: i64,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened, such as `claimed`, `assigned`, `released`.
    pub event: String,
    /// The number concerned.
    #[schema(value_type = Option<String>)]
    pub number: Option<E164>,
    /// The user concerned, by id.
    #[schema(value_type = Option<String>)]
    pub user: Option<UserId>,
    /// By whom: a command line user, a token's name, `schedule`, `start`, `rules`. Null in records of versions that did not
    /// write it down.
    pub by: Option<String>,
    /// Why: `rule`, `returning`, `delicensed` and so on, or what a person gave as the reason.
    pub reason: Option<String>,
    /// The range whose rule wanted it, or that it is about.
    pub range: Option<String>,
    /// The commit of the rules then.
    pub commit: Option<String>,
    /// The sync that did it; null by hand.
    pub sync_id: Option<String>,
    /// All that was written down of it.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// SHA-256 over the hash of the record before and this record, hexadecimal.
    pub hash: String,
}

impl TenantView {
    /// The audit trail, or what a filter lets through of it, oldest first.
    ///
    /// # Errors
    /// A cursor of another list, or what the database says.
    pub async fn audit(
        &self,
        filter: &AuditFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<AuditItem>, ViewError> {
        let after = after.map(|cursor| cursor.item(List::Audit)).transpose()?;
        let items = audit_items(&self.store, filter, after.unwrap_or_default(), limit).await?;
        let last = items.last().filter(|_| may_go_on(items.len(), limit));
        Ok(Page {
            next: last.map(|last| Cursor::behind(List::Audit, last.seq)),
            items,
        })
    }
}

/// Records after a place that a filter lets through, oldest first. No rules are needed.
///
/// # Errors
/// What the database says.
pub async fn audit_items(
    store: &TenantStore,
    filter: &AuditFilter,
    after: i64,
    limit: u32,
) -> Result<Vec<AuditItem>, ViewError> {
    let records = store.audit_of(filter, after, limit).await?;
    Ok(records.into_iter().map(item).collect())
}

/// A record as it is shown.
pub(super) fn item(record: AuditRecord) -> AuditItem {
    // What is stored is JSON; should it ever not be, it is shown as the text it is.
    let detail: Value =
        serde_json::from_str(&record.detail).unwrap_or(Value::String(record.detail));
    let part = |key: &str| detail[key].as_str().map(str::to_owned);
    AuditItem {
        tenant: None,
        seq: record.seq,
        at: record.at,
        event: record.event,
        number: record.number,
        user: record.user,
        by: part("by"),
        reason: part("reason"),
        range: part("range"),
        commit: part("commit"),
        sync_id: record.sync,
        hash: record.hash,
        detail,
    }
}
