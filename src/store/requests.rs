//! Requests that carry an idempotency key: sent twice, they are done once, also across a restart.

use super::engine::{execute, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::retried;
use crate::apply::JournalError;
use crate::reconcile::SyncId;
use jiff::{SignedDuration, Timestamp};

/// How long a key is honoured.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What is remembered of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// It is new, and from now on belongs to this body.
    New,
    /// The same was asked before, and answered with this sync, if it came to an answer.
    Same(Option<SyncId>),
    /// Something else was asked under it.
    Other,
}

impl TenantStore {
    /// Looks a key up, and takes it for a body (by its digest) if it is new.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn remember_request(
        &self,
        key: &str,
        digest: &str,
        now: Timestamp,
    ) -> Result<Remembered, JournalError> {
        retried(|| self.remember(key, digest, now)).await
    }

    /// Notes with which sync a request was answered.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn answer_request(&self, key: &str, sync: &str) -> Result<(), JournalError> {
        const ANSWER: &str = "UPDATE requests SET sync = $3 WHERE tenant = $1 AND key = $2";
        let once = || async {
            let mut tx = self.pool.write().await?;
            execute!(&mut tx, ANSWER, self.tenant, key, sync)?;
            tx.commit().await?;
            Ok(())
        };
        retried(once).await
    }

    async fn remember(&self, key: &str, digest: &str, now: Timestamp) -> Result<Remembered, Fault> {
        const FORGET: &str = "DELETE FROM requests WHERE tenant = $1 AND at <= $2";
        const FIND: &str = "SELECT digest, sync FROM requests WHERE tenant = $1 AND key = $2";
        const TAKE: &str = "INSERT INTO requests (tenant, key, digest, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING";
        let mut tx = self.pool.write().await?;
        let outlived = now.checked_sub(LIFE).unwrap_or(Timestamp::MIN);
        execute!(&mut tx, FORGET, self.tenant, outlived.as_microsecond())?;
        let at = now.as_microsecond();
        let taken = execute!(&mut tx, TAKE, self.tenant, key, digest, at)?;
        let remembered = match taken {
            0 => {
                let row: Option<(String, Option<String>)> =
                    fetch_optional!(&mut tx, FIND, self.tenant, key)?;
                match row {
                    Some((before, sync)) if before == digest => Remembered::Same(sync),
                    Some(_) => Remembered::Other,
                    None => Remembered::New,
                }
            }
            _ => Remembered::New,
        };
        tx.commit().await?;
        Ok(remembered)
    }
}
