//! The audit trail: one record for each change of state, each with the hash of the one before.

use super::bulk::Batch;
use super::chain::{Content, chained};
use super::engine::{fetch_all, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::Writing;
use crate::apply::JournalError;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::reconcile::SyncId;
use jiff::Timestamp;
use serde_json::Value;

/// Rows of one statement.
const CHUNK: usize = 4096;

/// What is to be recorded. Never a secret: events carry numbers, ids, names of ranges and reasons.
pub(super) struct Entry {
    pub(super) event: &'static str,
    pub(super) number: Option<E164>,
    pub(super) user: Option<UserId>,
    pub(super) detail: Value,
}

/// One record of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place, from 1 without gaps.
    pub seq: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened, such as `claimed`, `assigned`, `released`.
    pub event: String,
    /// The number concerned.
    pub number: Option<E164>,
    /// The user concerned.
    pub user: Option<UserId>,
    /// The sync that did it; `None` by hand.
    pub sync: Option<String>,
    /// More of it, as JSON.
    pub detail: String,
    /// SHA-256 over the previous record's hash and this record's content, hexadecimal.
    pub hash: String,
}

/// Which records are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    /// About this user.
    pub user: Option<UserId>,
    /// About this number.
    pub number: Option<E164>,
    /// Of this kind, such as `assigned`.
    pub event: Option<String>,
    /// Of this sync.
    pub sync: Option<SyncId>,
}

type Row = (
    i64,
    i64,
    String,
    Option<i64>,
    Option<String>,
    Option<String>,
    String,
    String,
);

impl TenantStore {
    /// Records after a place, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit(&self, after: i64, limit: u32) -> Result<Vec<AuditRecord>, JournalError> {
        self.audit_of(&AuditFilter::default(), after, limit).await
    }

    /// Records after a place that a filter lets through, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit_of(
        &self,
        filter: &AuditFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, JournalError> {
        const READ: &str = "SELECT seq, at, event, number, user_id, sync, detail, hash FROM audit
            WHERE tenant = $1 AND seq > $2 AND at >= $3 AND at < $4 AND ($5 < 0 OR number = $5)
                AND ($6 = '' OR user_id = $6) AND ($7 = '' OR event = $7) AND ($8 = '' OR sync = $8)
            ORDER BY seq LIMIT $9";
        let read = async {
            let f = Bound::of(filter);
            let mut tx = self.pool.read().await?;
            let rows: Vec<Row> = fetch_all!(
                &mut tx,
                READ,
                self.tenant,
                after,
                f.since,
                f.until,
                f.number,
                f.user,
                f.event,
                f.sync,
                i64::from(limit)
            )?;
            rows.into_iter().map(record).collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// The place after which the last `count` records stand that a filter lets through.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit_before_last(
        &self,
        filter: &AuditFilter,
        count: u32,
    ) -> Result<i64, JournalError> {
        const READ: &str = "SELECT COALESCE(MIN(seq), 1) - 1 FROM (SELECT seq FROM audit
            WHERE tenant = $1 AND at >= $2 AND at < $3 AND ($4 < 0 OR number = $4)
                AND ($5 = '' OR user_id = $5) AND ($6 = '' OR event = $6) AND ($7 = '' OR sync = $7)
            ORDER BY seq DESC LIMIT $8) AS latest";
        let read = async {
            let f = Bound::of(filter);
            let mut tx = self.pool.read().await?;
            let row: Option<(i64,)> = fetch_optional!(
                &mut tx,
                READ,
                self.tenant,
                f.since,
                f.until,
                f.number,
                f.user,
                f.event,
                f.sync,
                i64::from(count)
            )?;
            Ok::<_, Fault>(row.map_or(0, |(before,)| before))
        };
        read.await.map_err(Fault::on_read)
    }

    /// The kinds of records that the trail has, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit_events(&self) -> Result<Vec<String>, JournalError> {
        const READ: &str = "SELECT DISTINCT event FROM audit WHERE tenant = $1 ORDER BY event";
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<(String,)> = fetch_all!(&mut tx, READ, self.tenant)?;
            Ok::<_, Fault>(rows.into_iter().map(|(event,)| event).collect())
        };
        read.await.map_err(Fault::on_read)
    }
}

/// A filter as the statements take it: what is not wanted in particular is -1 or empty.
struct Bound {
    since: i64,
    until: i64,
    number: i64,
    user: String,
    event: String,
    sync: String,
}

impl Bound {
    fn of(filter: &AuditFilter) -> Self {
        let micros = |at: Option<Timestamp>, open| at.map_or(open, Timestamp::as_microsecond);
        Self {
            since: micros(filter.since, i64::MIN),
            until: micros(filter.until, i64::MAX),
            number: filter.number.map_or(-1, digits),
            user: filter.user.map(|user| user.to_string()).unwrap_or_default(),
            event: filter.event.clone().unwrap_or_default(),
            sync: filter.sync.clone().unwrap_or_default(),
        }
    }
}

/// Appends entries in their order and moves the tenant's head.
pub(super) async fn append(
    w: &mut Writing,
    entries: &[Entry],
    sync: Option<String>,
) -> Result<(), Fault> {
    const INSERT: &str =
        "INSERT INTO audit (tenant, seq, at, event, number, user_id, sync, detail, hash)
        SELECT $1, seq, $2, event, number, user_id, sync, detail, hash FROM {batch} WHERE true";
    let at = w.now.as_microsecond();
    for chunk in entries.chunks(CHUNK) {
        let mut rows = Vec::with_capacity(chunk.len());
        for entry in chunk {
            w.head.audit_seq += 1;
            let number = entry.number.map(digits);
            let user = entry.user.map(|user| user.to_string());
            let detail = entry.detail.to_string();
            let content = Content {
                tenant: w.tenant_name(),
                seq: w.head.audit_seq,
                at,
                event: entry.event,
                number,
                user: user.as_deref(),
                sync: sync.as_deref(),
                detail: &detail,
            };
            w.head.audit_hash = chained(&w.head.audit_hash, &content.text()?);
            rows.push((
                w.head.audit_seq,
                entry.event,
                number,
                user,
                detail,
                w.head.audit_hash.clone(),
            ));
        }
        let batch = Batch::default()
            .int("seq", rows.iter().map(|row| row.0))
            .text("event", rows.iter().map(|row| row.1.to_owned()))
            .maybe_int("number", rows.iter().map(|row| row.2))
            .maybe_text("user_id", rows.iter().map(|row| row.3.clone()))
            .maybe_text("sync", rows.iter().map(|_| sync.clone()))
            .text("detail", rows.iter().map(|row| row.4.clone()))
            .text("hash", rows.into_iter().map(|row| row.5));
        batch.execute(&mut w.tx, INSERT, &[w.tenant, at]).await?;
    }
    Ok(())
}

/// The digits as the database keeps them: at most 15, so that they fit.
pub(super) fn digits(number: E164) -> i64 {
    i64::try_from(number.digits()).unwrap_or(i64::MAX)
}

fn record(row: Row) -> Result<AuditRecord, Fault> {
    Ok(AuditRecord {
        seq: row.0,
        at: Timestamp::from_microsecond(row.1)?,
        event: row.2,
        number: row.3.map(number_of).transpose()?,
        user: row.4.map(|id| user_of(&id)).transpose()?,
        sync: row.5,
        detail: row.6,
        hash: row.7,
    })
}

/// The number of stored digits.
pub(super) fn number_of(digits: i64) -> Result<E164, Fault> {
    u64::try_from(digits)
        .ok()
        .and_then(E164::from_digits)
        .ok_or_else(|| Fault::Corrupt(format!("`{digits}` is stored as a number")))
}

/// The user of a stored id.
pub(super) fn user_of(id: &str) -> Result<UserId, Fault> {
    id.parse()
        .map_err(|_| Fault::Corrupt(format!("`{id}` is stored as a user id")))
}
