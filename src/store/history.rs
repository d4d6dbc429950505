//! What was: syncs with their reports, and every holder a number ever had.

use super::audit::{digits, number_of, user_of};
use super::engine::{execute, fetch_all, fetch_optional};
use super::error::Fault;
use super::names::{name, named};
use super::tenant::TenantStore;
use crate::apply::{Fence, JournalError};
use crate::directory::UserId;
use crate::numbering::{E164, NumberType};
use crate::plan::{EndReason, HoldingOrigin, Reason};
use crate::report::{
    DirectoryReport, ReadMode, RulesReport, Summary, SyncRecord, SyncReport, SyncStatus,
};
use jiff::Timestamp;

/// One holder of a number, now or once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Who.
    pub user: UserId,
    /// The UPN then; empty when it was not known.
    pub upn: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None`: still.
    pub to: Option<Timestamp>,
    /// Type then.
    pub number_type: NumberType,
    /// Range that declared the number then.
    pub range: Option<String>,
    /// Assigned or adopted.
    pub origin: HoldingOrigin,
    /// Why it began.
    pub reason: Reason,
    /// The sentence that explained it.
    pub why: String,
    /// The sync that began it; empty by hand.
    pub sync: String,
    /// Digest of that sync's plan.
    pub plan_id: Option<String>,
    /// Commit of the rules then.
    pub rule_commit: Option<String>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// The sync that ended it.
    pub end_sync: Option<String>,
}

type HistoryRow = (
    String,
    String,
    i64,
    Option<i64>,
    String,
    Option<String>,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

type SyncRow = (
    String,
    String,
    i64,
    Option<i64>,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl TenantStore {
    /// Everyone who ever held the number under management, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn history(&self, number: E164) -> Result<Vec<HistoryEntry>, JournalError> {
        const READ: &str = "SELECT h.user_id, h.upn, h.since, h.ended, h.number_type, h.range_name, h.origin, h.reason,
                h.why, h.sync, s.plan_id, s.rule_commit, h.end_reason, h.end_sync
            FROM holdings h LEFT JOIN syncs s ON s.tenant = h.tenant AND s.id = h.sync
            WHERE h.tenant = $1 AND h.number = $2 ORDER BY h.id";
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<HistoryRow> = fetch_all!(&mut tx, READ, self.tenant, digits(number))?;
            rows.into_iter()
                .map(history_of)
                .collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// Every number the user ever held under management, with that holding, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn history_of(
        &self,
        user: UserId,
    ) -> Result<Vec<(E164, HistoryEntry)>, JournalError> {
        const NUMBERS: &str =
            "SELECT number FROM holdings WHERE tenant = $1 AND user_id = $2 ORDER BY id";
        const READ: &str = "SELECT h.user_id, h.upn, h.since, h.ended, h.number_type, h.range_name, h.origin, h.reason,
                h.why, h.sync, s.plan_id, s.rule_commit, h.end_reason, h.end_sync
            FROM holdings h LEFT JOIN syncs s ON s.tenant = h.tenant AND s.id = h.sync
            WHERE h.tenant = $1 AND h.user_id = $2 ORDER BY h.id";
        let read = async {
            let mut tx = self.pool.read().await?;
            let id = user.to_string();
            let numbers: Vec<(i64,)> = fetch_all!(&mut tx, NUMBERS, self.tenant, &id)?;
            let rows: Vec<HistoryRow> = fetch_all!(&mut tx, READ, self.tenant, &id)?;
            let pairs = numbers.into_iter().zip(rows);
            pairs
                .map(|((number,), row)| Ok((number_of(number)?, history_of(row)?)))
                .collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// A part of the whole history: holders of numbers up to one, behind a certain holding of a number, by number and then
    /// oldest first. With each its place, behind which the next part begins.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn history_between(
        &self,
        behind: (u64, i64),
        to: E164,
        limit: u32,
    ) -> Result<Vec<(E164, i64, HistoryEntry)>, JournalError> {
        const PLACES: &str = "SELECT number, id FROM holdings
            WHERE tenant = $1 AND number BETWEEN $2 AND $4 AND (number > $2 OR id > $3) ORDER BY number, id LIMIT $5";
        const READ: &str = "SELECT h.user_id, h.upn, h.since, h.ended, h.number_type, h.range_name, h.origin, h.reason,
                h.why, h.sync, s.plan_id, s.rule_commit, h.end_reason, h.end_sync
            FROM holdings h LEFT JOIN syncs s ON s.tenant = h.tenant AND s.id = h.sync
            WHERE h.tenant = $1 AND h.number BETWEEN $2 AND $4 AND (h.number > $2 OR h.id > $3)
            ORDER BY h.number, h.id LIMIT $5";
        let read = async {
            let mut tx = self.pool.read().await?;
            let from = i64::try_from(behind.0).unwrap_or(i64::MAX);
            let (id, to, limit) = (behind.1, digits(to), i64::from(limit));
            let places: Vec<(i64, i64)> =
                fetch_all!(&mut tx, PLACES, self.tenant, from, id, to, limit)?;
            let rows: Vec<HistoryRow> =
                fetch_all!(&mut tx, READ, self.tenant, from, id, to, limit)?;
            let pairs = places.into_iter().zip(rows);
            pairs
                .map(|((number, id), row)| Ok((number_of(number)?, id, history_of(row)?)))
                .collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// The latest syncs, newest first, without their changes and notes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn syncs(&self, limit: u32) -> Result<Vec<SyncRecord>, JournalError> {
        const READ: &str =
            "SELECT id, trigger_kind, started, finished, status, report, NULL, NULL FROM syncs
            WHERE tenant = $1 ORDER BY fence DESC LIMIT $2";
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<SyncRow> = fetch_all!(&mut tx, READ, self.tenant, i64::from(limit))?;
            rows.into_iter()
                .map(|row| self.sync_of(row))
                .collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// The latest syncs that began before one of them, newest first, without their changes and notes; before one
    /// that is not there: none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn syncs_before(
        &self,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SyncRecord>, JournalError> {
        const READ: &str =
            "SELECT id, trigger_kind, started, finished, status, report, NULL, NULL FROM syncs
            WHERE tenant = $1 AND fence < (SELECT b.fence FROM syncs b WHERE b.tenant = $1 AND b.id = $2)
            ORDER BY fence DESC LIMIT $3";
        let Some(before) = before else {
            return self.syncs(limit).await;
        };
        let read = async {
            let mut tx = self.pool.read().await?;
            let limit = i64::from(limit);
            let rows: Vec<SyncRow> = fetch_all!(&mut tx, READ, self.tenant, before, limit)?;
            rows.into_iter()
                .map(|row| self.sync_of(row))
                .collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// One sync with its changes and notes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sync(&self, id: &str) -> Result<Option<SyncRecord>, JournalError> {
        const READ: &str =
            "SELECT id, trigger_kind, started, finished, status, report, changes, notes FROM syncs
            WHERE tenant = $1 AND id = $2";
        let read = async {
            let mut tx = self.pool.read().await?;
            let row: Option<SyncRow> = fetch_optional!(&mut tx, READ, self.tenant, id)?;
            row.map(|row| self.sync_of(row)).transpose()
        };
        read.await.map_err(Fault::on_read)
    }

    pub(super) async fn put_report(
        &self,
        fence: Fence,
        report: &SyncReport,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const PUT: &str = "UPDATE syncs SET finished = $3, status = $4, plan_id = $5, rule_commit = $6, report = $7,
            changes = $8, notes = $9 WHERE tenant = $1 AND fence = $2";
        let short = shallow(report);
        let mut w = self.writing(Some(fence), now).await?;
        execute!(
            &mut w.tx,
            PUT,
            self.tenant,
            fence.0,
            now.as_microsecond(),
            name(report.status)?,
            &report.plan_id,
            report.rules.commit.as_deref(),
            serde_json::to_string(&short)?,
            serde_json::to_string(&report.changes)?,
            serde_json::to_string(&report.notes)?
        )?;
        self.free(&mut w.tx, fence).await?;
        w.commit().await?;
        Ok(())
    }

    fn sync_of(&self, row: SyncRow) -> Result<SyncRecord, Fault> {
        let (id, trigger, started, finished, status, report, changes, notes) = row;
        let mut report = match report {
            Some(text) => serde_json::from_str(&text)?,
            None => self.without_report(id, named(status)?),
        };
        if let Some(text) = changes {
            report.changes = serde_json::from_str(&text)?;
        }
        if let Some(text) = notes {
            report.notes = serde_json::from_str(&text)?;
        }
        Ok(SyncRecord {
            report,
            trigger: serde_json::from_str(&trigger)?,
            started: Timestamp::from_microsecond(started)?,
            finished: finished.map(Timestamp::from_microsecond).transpose()?,
        })
    }

    /// What is known of a sync that has not written its report: it runs, or its process ended.
    fn without_report(&self, id: String, status: SyncStatus) -> SyncReport {
        SyncReport {
            tenant: self.name.clone(),
            plan_id: String::new(),
            sync_id: Some(id),
            status,
            mode: self.settings.mode,
            rules: RulesReport::default(),
            directory: DirectoryReport {
                mode: ReadMode::Delta,
                complete: false,
                users: 0,
            },
            summary: Summary::default(),
            changes: Vec::new(),
            notes: Vec::new(),
            rule_change: None,
        }
    }
}

/// The report without its two long lists.
fn shallow(report: &SyncReport) -> SyncReport {
    SyncReport {
        tenant: report.tenant.clone(),
        plan_id: report.plan_id.clone(),
        sync_id: report.sync_id.clone(),
        status: report.status,
        mode: report.mode,
        rules: report.rules.clone(),
        directory: report.directory.clone(),
        summary: report.summary,
        changes: Vec::new(),
        notes: Vec::new(),
        rule_change: report.rule_change,
    }
}

fn history_of(row: HistoryRow) -> Result<HistoryEntry, Fault> {
    Ok(HistoryEntry {
        user: user_of(&row.0)?,
        upn: row.1,
        from: Timestamp::from_microsecond(row.2)?,
        to: row.3.map(Timestamp::from_microsecond).transpose()?,
        number_type: named(row.4)?,
        range: row.5,
        origin: named(row.6)?,
        reason: named(row.7)?,
        why: row.8,
        sync: row.9,
        plan_id: row.10,
        rule_commit: row.11,
        end_reason: row.12.map(named).transpose()?,
        end_sync: row.13,
    })
}
