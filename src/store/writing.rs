//! A write transaction of one tenant: the fence first, the audit trail last.

use super::audit::{self, Entry};
use super::author::Author;
use super::engine::{Tx, execute, fetch_optional};
use super::error::Fault;
use super::state_memory::StateMemory;
use super::tenant::{TenantStore, held};
use super::written::Written;
use crate::apply::{Fence, JournalError};
use jiff::Timestamp;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often a transaction is repeated that the database rolled back for another one.
const ATTEMPTS: u32 = 6;

/// The counters of a tenant, taken with its row and written back when the transaction ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) version: i64,
    pub(super) users: i64,
    pub(super) next_user: i64,
    pub(super) next_step: i64,
    pub(super) next_holding: i64,
    pub(super) next_round: i64,
    pub(super) next_licences: i64,
    pub(super) next_profile: i64,
    pub(super) listing: i64,
    pub(super) audit_seq: i64,
    pub(super) audit_hash: String,
}

/// A transaction that holds the tenant's row: writes of one tenant come one after another.
pub(super) struct Writing {
    pub(super) tx: Tx,
    pub(super) tenant: i64,
    pub(super) now: Timestamp,
    pub(super) head: Head,
    /// The sync that writes; `None` of a write by hand.
    pub(super) sync: Option<String>,
    /// What it writes of the state.
    pub(super) written: Written,
    /// Who writes, and by which rules, as far as the audit records do not say so themselves.
    pub(super) author: Author,
    memory: Arc<Mutex<StateMemory>>,
    name: String,
    entries: Vec<Entry>,
}

type HeadRow = (
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    String,
    Option<String>,
);

impl TenantStore {
    /// Begins a write. With a fence it is one of a sync, and refused once a newer fence exists.
    pub(super) async fn writing(
        &self,
        fence: Option<Fence>,
        now: Timestamp,
    ) -> Result<Writing, Fault> {
        const TAKE: &str = "UPDATE tenants SET version = version + 1 WHERE no = $1 AND (fence = $2 OR $2 < 0)
            RETURNING version, users, next_user, next_step, next_holding, next_round, next_licences, next_profile,
                      listing, audit_seq, audit_hash, sync";
        let mut tx = self.pool.write().await?;
        let fenced = fence.map_or(-1, |fence| fence.0);
        let row: Option<HeadRow> = fetch_optional!(&mut tx, TAKE, self.tenant, fenced)?;
        let row = row.ok_or(Fault::Fenced)?;
        Ok(Writing {
            tx,
            tenant: self.tenant,
            now,
            head: Head {
                version: row.0,
                users: row.1,
                next_user: row.2,
                next_step: row.3,
                next_holding: row.4,
                next_round: row.5,
                next_licences: row.6,
                next_profile: row.7,
                listing: row.8,
                audit_seq: row.9,
                audit_hash: row.10,
            },
            sync: row.11.filter(|_| fence.is_some()),
            written: Written::default(),
            author: match fence {
                Some(_) => self.author_of_sync(),
                None => Author::default(),
            },
            memory: Arc::clone(&self.state),
            name: self.name.clone(),
            entries: Vec::new(),
        })
    }
}

impl Writing {
    /// The sync, for columns that name it; a write by hand has none.
    pub(super) fn sync_id(&self) -> String {
        self.sync.clone().unwrap_or_default()
    }

    /// Adds a record to the audit trail of this transaction; answers its place.
    pub(super) fn record(&mut self, mut entry: Entry) -> i64 {
        self.author.sign(&mut entry.detail);
        self.entries.push(entry);
        self.last_place()
    }

    /// Writes the audit records and the counters, and makes everything durable. Answers the tenant's new version.
    pub(super) async fn commit(mut self) -> Result<i64, Fault> {
        const PUT: &str = "UPDATE tenants SET users = $2, next_user = $3, next_step = $4, next_holding = $5,
            next_round = $6, next_licences = $7, next_profile = $8, listing = $9, audit_seq = $10, audit_hash = $11
            WHERE no = $1";
        let entries = std::mem::take(&mut self.entries);
        let sync = self.sync.clone();
        audit::append(&mut self, &entries, sync).await?;
        let h = &self.head;
        execute!(
            &mut self.tx,
            PUT,
            self.tenant,
            h.users,
            h.next_user,
            h.next_step,
            h.next_holding,
            h.next_round,
            h.next_licences,
            h.next_profile,
            h.listing,
            h.audit_seq,
            &h.audit_hash
        )?;
        let version = h.version;
        self.tx.commit().await?;
        held(&self.memory).note(version, self.written);
        Ok(version)
    }

    /// The place of the last record so far.
    pub(super) fn last_place(&self) -> i64 {
        self.head.audit_seq + i64::try_from(self.entries.len()).unwrap_or(i64::MAX)
    }

    /// The name of the tenant, which the audit trail carries.
    pub(super) fn tenant_name(&self) -> &str {
        &self.name
    }
}

/// Runs a write, again when the database rolled it back for the sake of another one; never when its end is unknown.
pub(super) async fn retried<T, F, R>(mut attempt: F) -> Result<T, JournalError>
where
    F: FnMut() -> R,
    R: Future<Output = Result<T, Fault>>,
{
    let mut tried = 1;
    loop {
        match attempt().await {
            Err(fault) if fault.is_passing() && tried < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(5 << tried)).await;
                tried += 1;
            }
            Err(fault) => return Err(fault.on_write()),
            Ok(done) => return Ok(done),
        }
    }
}
