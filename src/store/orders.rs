//! How much one caller has ordered by hand.

use super::engine::fetch_optional;
use super::error::Fault;
use super::tenant::TenantStore;
use crate::reconcile::Trigger;
use jiff::Timestamp;

impl TenantStore {
    /// How many orders of single people this caller has made since then, those under way included.
    pub(super) async fn orders_of(&self, by: &Trigger, since: Timestamp) -> Result<u64, Fault> {
        const COUNT: &str = "SELECT COUNT(*) FROM journal j JOIN syncs s ON s.tenant = j.tenant AND s.id = j.sync
            WHERE j.tenant = $1 AND j.by_hand = 1 AND j.claimed > $2 AND (j.ended IS NULL OR j.outcome = 'done')
                AND s.started_by = $3 AND s.trigger_kind = $4";
        let kind = serde_json::to_string(&by.kind)?;
        let since = since.as_microsecond();
        let mut tx = self.pool.read().await?;
        let row: Option<(i64,)> =
            fetch_optional!(&mut tx, COUNT, self.tenant, since, &by.by, kind)?;
        Ok(row.map_or(0, |(count,)| count.unsigned_abs()))
    }
}
