//! Which numbers were given and which came back since some time.

use super::audit::number_of;
use super::engine::{fetch_all, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use crate::apply::JournalError;
use crate::numbering::E164;
use jiff::Timestamp;

/// Numbers given and come back since some time, each as often as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// When the first holding of all began; `None`: nobody ever had a number.
    pub first: Option<Timestamp>,
    /// Numbers that Linekeeper gave, with how often.
    pub given: Vec<(E164, u64)>,
    /// Numbers whose holdings ended, with how often.
    pub ended: Vec<(E164, u64)>,
}

impl TenantStore {
    /// What the history tells since some time. Looks through the whole history of the tenant.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn turnover(&self, since: Timestamp) -> Result<Turnover, JournalError> {
        self.read_turnover(since).await.map_err(Fault::on_read)
    }

    async fn read_turnover(&self, since: Timestamp) -> Result<Turnover, Fault> {
        const FIRST: &str = "SELECT since FROM holdings WHERE tenant = $1 ORDER BY id LIMIT 1";
        const GIVEN: &str = "SELECT number, COUNT(*) FROM holdings
            WHERE tenant = $1 AND origin = 'assigned' AND since >= $2 GROUP BY number";
        const ENDED: &str = "SELECT number, COUNT(*) FROM holdings
            WHERE tenant = $1 AND ended IS NOT NULL AND ended >= $2 GROUP BY number";
        let mut tx = self.pool.read().await?;
        let since = since.as_microsecond();
        let first: Option<(i64,)> = fetch_optional!(&mut tx, FIRST, self.tenant)?;
        let given: Vec<(i64, i64)> = fetch_all!(&mut tx, GIVEN, self.tenant, since)?;
        let ended: Vec<(i64, i64)> = fetch_all!(&mut tx, ENDED, self.tenant, since)?;
        Ok(Turnover {
            first: first
                .map(|(at,)| Timestamp::from_microsecond(at))
                .transpose()?,
            given: counted(given)?,
            ended: counted(ended)?,
        })
    }
}

fn counted(rows: Vec<(i64, i64)>) -> Result<Vec<(E164, u64)>, Fault> {
    let pair = |(number, count)| Ok((number_of(number)?, u64::try_from(count).unwrap_or_default()));
    rows.into_iter().map(pair).collect()
}
