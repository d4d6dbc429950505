//! Operators from whose ranges nothing is given for now.

use super::audit::Entry;
use super::engine::{Tx, execute, fetch_all};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::{Writing, retried};
use crate::apply::JournalError;
use crate::numbering::Country;
use crate::plan::{OperatorSuspensions, Suspension};
use jiff::Timestamp;
use serde_json::json;

impl TenantStore {
    /// Suspended operators.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn operator_suspensions(&self) -> Result<OperatorSuspensions, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            suspended(&mut tx, self.tenant).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// Suspends an operator by hand, or its ranges of one country. `what` and `by` go into the audit trail.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn suspend_operator(
        &self,
        operator: &str,
        country: Option<Country>,
        suspension: &Suspension,
        by: &str,
        what: &'static str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        const PUT: &str = "INSERT INTO operator_suspensions (tenant, operator, country, reason, since)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, operator, country) DO UPDATE SET reason = excluded.reason,
            since = excluded.since";
        let once = || async {
            let mut w = self.writing(None, now).await?;
            let since = suspension.since.as_microsecond();
            let reason = suspension.reason.as_str();
            let code = code(country);
            execute!(&mut w.tx, PUT, self.tenant, operator, code, reason, since)?;
            record(&mut w, what, operator, country, Some(reason), by);
            w.commit().await?;
            Ok(())
        };
        retried(once).await
    }

    /// Takes suspensions of an operator back: that of one country, or all of them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn resume_operator(
        &self,
        operator: &str,
        country: Option<Country>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        const DROP: &str =
            "DELETE FROM operator_suspensions WHERE tenant = $1 AND operator = $2 AND country = $3";
        let once = || async {
            let mut w = self.writing(None, now).await?;
            let there = suspended(&mut w.tx, self.tenant).await?;
            let of_operator = there.get(operator).into_iter().flatten();
            for (of, _) in of_operator.filter(|(of, _)| country.is_none() || **of == country) {
                execute!(&mut w.tx, DROP, self.tenant, operator, code(*of))?;
                record(&mut w, "operator-resumed", operator, *of, None, by);
            }
            w.commit().await?;
            Ok(())
        };
        retried(once).await
    }
}

fn record(
    w: &mut Writing,
    event: &'static str,
    operator: &str,
    country: Option<Country>,
    reason: Option<&str>,
    by: &str,
) {
    w.written.suspensions = true;
    w.record(Entry {
        event,
        number: None,
        user: None,
        detail: json!({ "by": by, "operator": operator, "country": country, "reason": reason }),
    });
}

/// The country as it is stored: empty for all countries.
fn code(country: Option<Country>) -> String {
    country.map(String::from).unwrap_or_default()
}

pub(super) async fn suspended(tx: &mut Tx, tenant: i64) -> Result<OperatorSuspensions, Fault> {
    const READ: &str =
        "SELECT operator, country, reason, since FROM operator_suspensions WHERE tenant = $1";
    let rows: Vec<(String, String, String, i64)> = fetch_all!(tx, READ, tenant)?;
    let mut all = OperatorSuspensions::new();
    for (operator, code, reason, since) in rows {
        let country = match code.as_str() {
            "" => None,
            code => Some(country_of(code)?),
        };
        let since = Timestamp::from_microsecond(since)?;
        let suspension = Suspension { reason, since };
        all.entry(operator).or_default().insert(country, suspension);
    }
    Ok(all)
}

fn country_of(code: &str) -> Result<Country, Fault> {
    Country::from_code(code)
        .ok_or_else(|| Fault::Corrupt(format!("`{code}` is stored as a country")))
}
