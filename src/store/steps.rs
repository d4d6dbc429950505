//! Steps as rows of the journal.

use super::engine::{Tx, fetch_all, fetch_optional};
use super::error::Fault;
use super::names::named;
use crate::apply::StepId;
use crate::plan::{Change, OpenStep};
use jiff::Timestamp;

type Row = (
    i64,
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<String>,
    Option<i64>,
    i64,
    Option<String>,
    i64,
    Option<String>,
);

/// Every step whose end is not known, oldest first.
pub(super) async fn open(tx: &mut Tx, tenant: i64) -> Result<Vec<OpenStep>, Fault> {
    const READ: &str =
        "SELECT id, sync, change, state, claimed, started, operation, not_before, attempts, error,
            claims, user_claim FROM journal WHERE tenant = $1 AND ended IS NULL ORDER BY id";
    let rows: Vec<Row> = fetch_all!(tx, READ, tenant)?;
    rows.into_iter().map(step_of).collect()
}

/// The open steps that claim a number between two, inclusive, by number.
pub(super) async fn claiming(
    tx: &mut Tx,
    tenant: i64,
    from: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<OpenStep>, Fault> {
    const READ: &str =
        "SELECT id, sync, change, state, claimed, started, operation, not_before, attempts, error,
            claims, user_claim FROM journal
        WHERE tenant = $1 AND claims = 1 AND ended IS NULL AND number BETWEEN $2 AND $3 ORDER BY number LIMIT $4";
    let rows: Vec<Row> = fetch_all!(tx, READ, tenant, from, to, limit)?;
    rows.into_iter().map(step_of).collect()
}

/// One step whose end is not known. What has ended cannot be begun or ended again.
pub(super) async fn one(tx: &mut Tx, tenant: i64, step: StepId) -> Result<OpenStep, Fault> {
    const READ: &str =
        "SELECT id, sync, change, state, claimed, started, operation, not_before, attempts, error,
            claims, user_claim FROM journal WHERE tenant = $1 AND id = $2 AND ended IS NULL";
    let row: Option<Row> = fetch_optional!(tx, READ, tenant, step.0)?;
    let row =
        row.ok_or_else(|| Fault::Refused(format!("the journal has no open step {}", step.0)))?;
    step_of(row)
}

fn step_of(row: Row) -> Result<OpenStep, Fault> {
    let time = |micros: Option<i64>| micros.map(Timestamp::from_microsecond).transpose();
    let change: Change = serde_json::from_str(&row.2)?;
    Ok(OpenStep {
        id: row.0,
        sync: row.1,
        change,
        state: named(row.3)?,
        claims_number: row.10 != 0,
        claims_user: row.10 != 0 && row.11.is_some(),
        claimed: Timestamp::from_microsecond(row.4)?,
        started: time(row.5)?,
        operation: row.6,
        not_before: time(row.7)?,
        attempts: u32::try_from(row.8).unwrap_or(u32::MAX),
        error: row.9.map(|text| serde_json::from_str(&text)).transpose()?,
    })
}
