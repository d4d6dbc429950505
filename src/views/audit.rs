//! The audit trail.

use super::cursor::{List, may_go_on};
use super::{Cursor, Page, TenantView, ViewError};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::store::AuditRecord;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One record of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditItem {
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
    /// The sync that did it; null by hand.
    pub sync_id: Option<String>,
    /// More of it.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// SHA-256 over the hash of the record before and this record, hexadecimal.
    pub hash: String,
}

impl TenantView {
    /// The audit trail, oldest first.
    ///
    /// # Errors
    /// A cursor of another list, or what the database says.
    pub async fn audit(
        &self,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<AuditItem>, ViewError> {
        let after = after.map(|cursor| cursor.item(List::Audit)).transpose()?;
        let records = self.store.audit(after.unwrap_or_default(), limit).await?;
        let last = records.last().filter(|_| may_go_on(records.len(), limit));
        Ok(Page {
            next: last.map(|last| Cursor::behind(List::Audit, last.seq)),
            items: records.into_iter().map(item).collect(),
        })
    }
}

fn item(record: AuditRecord) -> AuditItem {
    AuditItem {
        seq: record.seq,
        at: record.at,
        event: record.event,
        number: record.number,
        user: record.user,
        sync_id: record.sync,
        // What is stored is JSON; should it ever not be, it is shown as the text it is.
        detail: serde_json::from_str(&record.detail).unwrap_or(Value::String(record.detail)),
        hash: record.hash,
    }
}
