//! Users who are gone and had a number, where employee id, company and surname are known.

use super::audit::{number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all};
use super::error::Fault;
use super::record;
use super::texts::Texts;
use crate::directory::UserId;
use crate::plan::Departed;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

type Row = (String, String, String, i64);

/// All of them, by user.
pub(super) async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<Departed>, Fault> {
    const READ: &str = "SELECT u.id, u.record, u.employee_key, h.number
        FROM holdings h JOIN users u ON u.tenant = h.tenant AND u.id = h.user_id
        WHERE h.tenant = $1 AND u.gone_since IS NOT NULL AND u.employee_key IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM holdings x WHERE x.tenant = h.tenant AND x.user_id = h.user_id AND x.id > h.id)
        ORDER BY u.id";
    let rows: Vec<Row> = fetch_all!(tx, READ, tenant)?;
    counted(tx, tenant, rows).await
}

/// Those among these users.
pub(super) async fn among(
    tx: &mut Tx,
    tenant: i64,
    users: impl Iterator<Item = UserId>,
) -> Result<Vec<Departed>, Fault> {
    const READ: &str = "SELECT u.id, u.record, u.employee_key, h.number
        FROM {batch} CROSS JOIN users u CROSS JOIN holdings h
        WHERE u.tenant = $1 AND u.id = batch.id AND u.gone_since IS NOT NULL AND u.employee_key IS NOT NULL
            AND h.tenant = u.tenant AND h.id =
                (SELECT MAX(x.id) FROM holdings x WHERE x.tenant = u.tenant AND x.user_id = u.id)";
    let batch = Batch::default().text("id", users.map(|user| user.to_string()));
    let rows: Vec<Row> = batch.fetch(tx, READ, &[tenant]).await?;
    counted(tx, tenant, rows).await
}

/// How many objects ever had each of these employee keys; those that nobody has are left out.
pub(super) async fn count<'a>(
    tx: &mut Tx,
    tenant: i64,
    keys: impl Iterator<Item = &'a String>,
) -> Result<HashMap<String, u64>, Fault> {
    const COUNT: &str = "SELECT u.employee_key, COUNT(*) FROM {batch}
        CROSS JOIN users u WHERE u.tenant = $1 AND u.employee_key = batch.employee_key
            AND u.employee_key IS NOT NULL GROUP BY u.employee_key";
    let keys: BTreeSet<&String> = keys.collect();
    let batch = Batch::default().text("employee_key", keys.into_iter().cloned());
    let counts: Vec<(String, i64)> = batch.fetch(tx, COUNT, &[tenant]).await?;
    let counts = counts.into_iter();
    Ok(counts
        .map(|(key, count)| (key, u64::try_from(count).unwrap_or(1)))
        .collect())
}

async fn counted(tx: &mut Tx, tenant: i64, rows: Vec<Row>) -> Result<Vec<Departed>, Fault> {
    let counts = count(tx, tenant, rows.iter().map(|row| &row.2)).await?;
    let (mut departed, mut texts) = (Vec::new(), Texts::default());
    for (id, text, key, number) in rows {
        let user = record::decode(user_of(&id)?, &text, Arc::default(), &mut texts)?;
        let Some(identity) = record::identity(&user.attributes) else {
            continue;
        };
        departed.push(Departed {
            user: user.id,
            identity,
            number: number_of(number)?,
            same_employee_id: counts.get(&key).copied().unwrap_or(1),
        });
    }
    Ok(departed)
}
