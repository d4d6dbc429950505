//! Who may sync a tenant. On SQLite the lock of a file says so, on PostgreSQL a lease in the tenant's row; on both the
//! fence in that row keeps out whoever has lost it.

use super::author::Author;
use super::bulk::POSTGRES_NOW;
use super::engine::{Pool, Tx, execute, fetch_optional};
use super::error::Fault;
use super::lock::{self, FileLock, Taken};
use super::tenant::{TenantStore, held};
use super::written::Written;
use crate::apply::Fence;
use crate::plan::Pause;
use crate::reconcile::{Begin, Trigger};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use uuid::Uuid;

/// The sync this process runs: lets the tenant go when dropped.
#[derive(Debug)]
pub(super) struct Running {
    fence: Fence,
    /// Whom it is by, and by which rules once it has decided.
    pub(super) author: Author,
    _lock: Option<FileLock>,
    renewal: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(renewal) = &self.renewal {
            renewal.abort();
        }
    }
}

impl TenantStore {
    pub(super) async fn begin_sync(&self, by: &Trigger, now: Timestamp) -> Result<Begin, Fault> {
        let lock = match self.lock_file.as_deref().map(lock::take).transpose() {
            Ok(Some(Taken::Held(holder))) => return self.running_elsewhere(holder).await,
            Ok(Some(Taken::Ours(lock))) => Some(lock),
            Ok(None) => None,
            Err(error) => {
                return Err(Fault::Refused(format!(
                    "the lock of the tenant cannot be taken: {error}"
                )));
            }
        };
        let mut tx = self.pool.write().await?;
        let present = present(&mut tx).await?;
        let Some((fence, version)) = self.raise_fence(&mut tx, present).await? else {
            drop(tx);
            return self.running_elsewhere(String::new()).await;
        };
        let sync = format!(
            "{:07}-{}",
            fence.0,
            &Uuid::new_v4().simple().to_string()[..8]
        );
        self.write_sync_row(&mut tx, fence, &sync, by, now).await?;
        tx.commit().await?;
        held(&self.state).note(version, Written::default());
        let renewal = present.map(|_| {
            let (pool, lease) = (self.pool.clone(), self.options.lease);
            tokio::spawn(renew(pool, self.tenant, fence, lease).in_current_span())
        });
        held(&self.state).handed_out = None;
        *held(&self.running) = Some(Running {
            fence,
            author: Author {
                by: Some(by.by.clone()),
                ..Author::default()
            },
            _lock: lock,
            renewal,
        });
        Ok(Begin::Ours(fence, sync))
    }

    /// Raises the fence unless somebody's lease still runs; answers it with the tenant's new version.
    async fn raise_fence(
        &self,
        tx: &mut Tx,
        present: Option<i64>,
    ) -> Result<Option<(Fence, i64)>, Fault> {
        const TAKE: &str = "UPDATE tenants
            SET fence = fence + 1, version = version + 1, lease_owner = $3, lease_until = $4
            WHERE no = $1 AND (lease_until IS NULL OR lease_until < $2) RETURNING fence, version";
        let until = present.map(|present| present.saturating_add(micros(self.options.lease)));
        let row: Option<(i64, i64)> = fetch_optional!(
            tx,
            TAKE,
            self.tenant,
            present.unwrap_or(i64::MAX),
            lock::holder(),
            until
        )?;
        Ok(row.map(|(fence, version)| (Fence(fence), version)))
    }

    async fn write_sync_row(
        &self,
        tx: &mut Tx,
        fence: Fence,
        sync: &str,
        by: &Trigger,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const NAME: &str = "UPDATE tenants SET sync = $2 WHERE no = $1";
        const BROKEN_OFF: &str = "UPDATE syncs SET status = 'failed', finished = $2
            WHERE tenant = $1 AND finished IS NULL";
        const ADD: &str =
            "INSERT INTO syncs (tenant, id, fence, trigger_kind, started_by, started, status)
            VALUES ($1, $2, $3, $4, $5, $6, 'running')";
        let kind = serde_json::to_string(&by.kind)?;
        execute!(tx, NAME, self.tenant, sync)?;
        execute!(tx, BROKEN_OFF, self.tenant, now.as_microsecond())?;
        execute!(
            tx,
            ADD,
            self.tenant,
            sync,
            fence.0,
            kind,
            &by.by,
            now.as_microsecond()
        )?;
        Ok(())
    }

    async fn running_elsewhere(&self, holder: String) -> Result<Begin, Fault> {
        const WHO: &str = "SELECT sync, lease_owner FROM tenants WHERE no = $1";
        let mut tx = self.pool.read().await?;
        let row: Option<(Option<String>, Option<String>)> =
            fetch_optional!(&mut tx, WHO, self.tenant)?;
        let (sync, owner) = row.unwrap_or_default();
        let holder = match holder.is_empty() {
            true => owner.unwrap_or_default(),
            false => holder,
        };
        Ok(Begin::Running { sync, holder })
    }

    pub(super) async fn write_allowed(
        &self,
        fence: Fence,
        needed: SignedDuration,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        const READ: &str = "SELECT fence, lease_until, pause FROM tenants WHERE no = $1";
        let mut tx = self.pool.read().await?;
        let row: Option<(i64, Option<i64>, Option<String>)> =
            fetch_optional!(&mut tx, READ, self.tenant)?;
        let (newest, until, pause) = row.ok_or(Fault::Fenced)?;
        let enough = match present(&mut tx).await? {
            None => held(&self.running)
                .as_ref()
                .is_some_and(|running| running.fence == fence),
            Some(present) => {
                let needed = i64::try_from(needed.as_micros()).unwrap_or(i64::MAX);
                until.is_some_and(|until| until.saturating_sub(present) >= needed)
            }
        };
        Ok(newest == fence.0 && enough && in_force(pause.as_deref(), now)?.is_none())
    }

    /// Lets the tenant go, on PostgreSQL at once rather than when the lease has run out.
    pub(super) async fn let_go(&self) -> Result<(), Fault> {
        let running = held(&self.running).take();
        let Some(running) = running else {
            return Ok(());
        };
        let mut tx = self.pool.write().await?;
        self.free(&mut tx, running.fence).await?;
        Ok(tx.commit().await?)
    }

    /// Frees the lease in the tenant's row, if it is still of this fence.
    pub(super) async fn free(&self, tx: &mut Tx, fence: Fence) -> Result<(), Fault> {
        const FREE: &str = "UPDATE tenants SET lease_owner = NULL, lease_until = NULL, sync = NULL
            WHERE no = $1 AND fence = $2";
        execute!(tx, FREE, self.tenant, fence.0)?;
        Ok(())
    }
}

/// The stored pause, unless it is over.
pub(super) fn in_force(pause: Option<&str>, now: Timestamp) -> Result<Option<Pause>, Fault> {
    let pause: Option<Pause> = pause.map(serde_json::from_str).transpose()?;
    Ok(pause.filter(|pause| pause.until.is_none_or(|until| until > now)))
}

/// The time by which leases are measured: the server's, because replicas' clocks differ. `None` where no lease is.
async fn present(tx: &mut Tx) -> Result<Option<i64>, Fault> {
    match tx {
        Tx::Sqlite(_) => Ok(None),
        Tx::Postgres(_) => {
            let row: Option<(i64,)> = fetch_optional!(tx, POSTGRES_NOW)?;
            Ok(row.map(|(present,)| present))
        }
    }
}

/// Renews a lease three times in its life, until somebody else has it.
async fn renew(pool: Pool, tenant: i64, fence: Fence, lease: Duration) {
    const RENEW: &str = "UPDATE tenants SET lease_until = $3 WHERE no = $1 AND fence = $2 AND lease_until IS NOT NULL";
    loop {
        tokio::time::sleep(lease / 3).await;
        let once = async {
            let mut tx = pool.write().await?;
            let until = present(&mut tx)
                .await?
                .unwrap_or(0)
                .saturating_add(micros(lease));
            let rows = execute!(&mut tx, RENEW, tenant, fence.0, until)?;
            tx.commit().await?;
            Ok::<u64, Fault>(rows)
        };
        match once.await {
            Ok(0) => return,
            Ok(_) => {}
            Err(fault) => {
                let error = fault.on_write();
                tracing::warn!(%error, "the lease of the tenant could not be renewed");
            }
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
