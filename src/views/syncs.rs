//! Syncs: past ones, held ones, the one under way.

use super::cursor::{List, may_go_on};
use super::{Cursor, Page, TenantView, ViewError};
use crate::plan::Mode;
use crate::report::{
    ChangeReport, DirectoryReport, NoteReport, RulesReport, Summary, SyncRecord, SyncStatus,
    TriggerKind, UnmatchedReport,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One sync of `syncs list`; `syncs show` adds changes and notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SyncItem {
    /// Tenant name.
    pub tenant: String,
    /// Digest of the plan's content.
    pub plan_id: String,
    /// Its id.
    pub sync_id: Option<String>,
    /// Where it stands.
    pub status: SyncStatus,
    /// What it may write.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// The rules it was made with.
    pub rules: RulesReport,
    /// What it read of the directory.
    pub directory: DirectoryReport,
    /// Counts.
    pub summary: Summary,
    /// Changes in their order; not in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<ChangeReport>>,
    /// Notes in their order; not in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<NoteReport>>,
    /// Where the rules were not those in force: what that did to people without a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub rule_change: Option<UnmatchedReport>,
    /// What set it off.
    pub trigger: TriggerKind,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished: Option<Timestamp>,
}

impl SyncItem {
    /// A stored sync with its changes and notes.
    #[must_use]
    pub fn whole(record: SyncRecord) -> Self {
        let report = record.report;
        Self {
            tenant: report.tenant,
            plan_id: report.plan_id,
            sync_id: report.sync_id,
            status: report.status,
            mode: report.mode,
            rules: report.rules,
            directory: report.directory,
            summary: report.summary,
            changes: Some(report.changes),
            notes: Some(report.notes),
            rule_change: report.rule_change,
            trigger: record.trigger,
            started: record.started,
            finished: record.finished,
        }
    }

    /// A stored sync as a list shows it.
    #[must_use]
    pub fn line(record: SyncRecord) -> Self {
        Self::whole(record).without_lists()
    }

    /// The same as a list shows it.
    #[must_use]
    pub fn without_lists(self) -> Self {
        Self {
            changes: None,
            notes: None,
            ..self
        }
    }
}

impl TenantView {
    /// Syncs, the latest first.
    ///
    /// # Errors
    /// A cursor of another list, or what the database says.
    pub async fn syncs(
        &self,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<SyncItem>, ViewError> {
        let before: Option<String> = after.map(|cursor| cursor.item(List::Syncs)).transpose()?;
        let records = self.store.syncs_before(before.as_deref(), limit).await?;
        let last = records.last().filter(|_| may_go_on(records.len(), limit));
        let next = last
            .and_then(|record| record.report.sync_id.as_ref())
            .map(|id| Cursor::behind(List::Syncs, id));
        Ok(Page {
            items: records.into_iter().map(SyncItem::line).collect(),
            next,
        })
    }

    /// One sync with its changes and notes.
    ///
    /// # Errors
    /// When no sync has that id, or what the database says.
    pub async fn sync(&self, id: &str) -> Result<SyncItem, ViewError> {
        let record = self.store.sync(id).await?;
        let record = record.ok_or_else(|| ViewError::NoSync(id.to_owned()))?;
        Ok(SyncItem::whole(record))
    }
}
