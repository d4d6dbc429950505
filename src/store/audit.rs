//! The audit trail: one record for each change of state, each with the hash of the one before.

use super::bulk::Batch;
use super::engine::{fetch_all, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::Writing;
use crate::apply::JournalError;
use crate::directory::UserId;
use crate::numbering::E164;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

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

/// What a check of the whole trail found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many records there are.
    pub records: i64,
    /// The place of the first record that is missing or does not fit the one before.
    pub broken_at: Option<i64>,
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

const READ: &str = "SELECT seq, at, event, number, user_id, sync, detail, hash FROM audit
    WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3";

impl TenantStore {
    /// Records after a place, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit(&self, after: i64, limit: u32) -> Result<Vec<AuditRecord>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<Row> = fetch_all!(&mut tx, READ, self.tenant, after, i64::from(limit))?;
            rows.into_iter().map(record).collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// Reads the whole trail and checks that each record follows from the one before, up to the tenant's last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn verify_audit(&self) -> Result<AuditCheck, JournalError> {
        self.verify().await.map_err(Fault::on_read)
    }

    async fn verify(&self) -> Result<AuditCheck, Fault> {
        const LAST: &str = "SELECT audit_seq, audit_hash FROM tenants WHERE no = $1";
        let mut tx = self.pool.read().await?;
        let last: Option<(i64, String)> = fetch_optional!(&mut tx, LAST, self.tenant)?;
        let (records, end) = last.unwrap_or_default();
        let (mut seq, mut hash) = (0, String::new());
        loop {
            let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
            let rows: Vec<Row> = fetch_all!(&mut tx, READ, self.tenant, seq, limit)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                seq += 1;
                let content = content(
                    &self.name,
                    row.0,
                    row.1,
                    &row.2,
                    row.3,
                    row.4.as_deref(),
                    row.5.as_deref(),
                    &row.6,
                );
                hash = chained(&hash, &content?);
                if row.0 != seq || row.7 != hash {
                    return Ok(AuditCheck {
                        records,
                        broken_at: Some(seq),
                    });
                }
            }
        }
        let broken_at = (seq != records || hash != end).then_some(seq + 1);
        Ok(AuditCheck { records, broken_at })
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
            let content = content(
                w.tenant_name(),
                w.head.audit_seq,
                at,
                entry.event,
                number,
                user.as_deref(),
                sync.as_deref(),
                &detail,
            );
            w.head.audit_hash = chained(&w.head.audit_hash, &content?);
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

/// The canonical form of a record: a JSON array of its fields in this order.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a field of the record, once"
)]
fn content(
    tenant: &str,
    seq: i64,
    at: i64,
    event: &str,
    number: Option<i64>,
    user: Option<&str>,
    sync: Option<&str>,
    detail: &str,
) -> Result<String, Fault> {
    Ok(serde_json::to_string(&(
        tenant, seq, at, event, number, user, sync, detail,
    ))?)
}

fn chained(previous: &str, content: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(b"\n");
    hash.update(content.as_bytes());
    hex(&hash.finalize())
}

/// Hexadecimal, lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
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
