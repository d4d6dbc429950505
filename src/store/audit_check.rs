//! The audit trail as it lies in the database, and whether it is what was written.

use super::chain::{AuditCheck, ChainCheck, ChainMark, ChainedRecord};
use super::engine::{Tx, fetch_all, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use crate::apply::JournalError;

/// Rows of one statement.
const CHUNK: i64 = 4096;

/// A row with all fields as texts: an engine that lets a damaged one be of another type shows it all the same.
type RawRow = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
);

// Ordered by the column of the table: the text of that name would come as 1, 10, 2.
const RAW: &str = "SELECT CAST(seq AS TEXT), CAST(at AS TEXT), CAST(event AS TEXT), CAST(number AS TEXT),
        CAST(user_id AS TEXT), CAST(sync AS TEXT), CAST(detail AS TEXT), CAST(hash AS TEXT) FROM audit
    WHERE tenant = $1 AND seq > $2 ORDER BY audit.seq LIMIT $3";

impl TenantStore {
    /// Where the trail ends, as the tenant's row has it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit_end(&self) -> Result<ChainMark, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            end_of(&mut tx, self.tenant).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// Records after a place as they lie there, oldest first; none of them is taken for what it should be.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audit_as_it_lies(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ChainedRecord>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            as_they_lie(&mut tx, self.tenant, after, i64::from(limit)).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// Reads the whole trail and checks that each record follows from the one before, up to the tenant's last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn verify_audit(&self) -> Result<AuditCheck, JournalError> {
        self.verify_audit_against(None).await
    }

    /// The same, and that a record still has the hash that somebody noted down once.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn verify_audit_against(
        &self,
        noted: Option<ChainMark>,
    ) -> Result<AuditCheck, JournalError> {
        self.verify(noted).await.map_err(Fault::on_read)
    }

    async fn verify(&self, noted: Option<ChainMark>) -> Result<AuditCheck, Fault> {
        let mut tx = self.pool.read().await?;
        let end = end_of(&mut tx, self.tenant).await?;
        let mut check = ChainCheck::new(&self.name, noted);
        let mut after = i64::MIN;
        loop {
            let records = as_they_lie(&mut tx, self.tenant, after, CHUNK).await?;
            records.iter().for_each(|record| check.take(record));
            // A place that is no number sorts behind all numbers: nothing more can be asked for.
            match records.last().map(|last| last.seq.parse()) {
                Some(Ok(seq)) => after = seq,
                Some(Err(_)) | None => return Ok(check.end(Some(&end))),
            }
        }
    }
}

async fn end_of(tx: &mut Tx, tenant: i64) -> Result<ChainMark, Fault> {
    const LAST: &str = "SELECT audit_seq, audit_hash FROM tenants WHERE no = $1";
    let last: Option<(i64, String)> = fetch_optional!(tx, LAST, tenant)?;
    let (seq, hash) = last.unwrap_or_default();
    Ok(ChainMark { seq, hash })
}

async fn as_they_lie(
    tx: &mut Tx,
    tenant: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<ChainedRecord>, Fault> {
    let rows: Vec<RawRow> = fetch_all!(tx, RAW, tenant, after, limit)?;
    let raw = |row: RawRow| ChainedRecord {
        seq: row.0,
        at: row.1,
        event: row.2,
        number: row.3,
        user: row.4,
        sync: row.5,
        detail: row.6,
        hash: row.7,
    };
    Ok(rows.into_iter().map(raw).collect())
}
