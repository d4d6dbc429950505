//! Reading users back, a page at a time.
//!
//! Users come in the order in which they were first seen, which never changes. Who belongs to a scope is settled when
//! its first page is read, so that each user comes exactly once whatever is written between two pages.

use super::audit::user_of;
use super::bulk::Batch;
use super::engine::{Tx, fetch_all, fetch_optional};
use super::error::Fault;
use super::licence_sets;
use super::marks;
use super::record;
use super::run_set::RunSet;
use super::tenant::{TenantStore, held};
use super::users::how_of;
use crate::directory::UserId;
use crate::plan::{Gone, StoredUser};
use crate::reconcile::Scope;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The pages of a scope being read.
#[derive(Debug)]
pub(super) struct Pass {
    scope: Scope,
    /// Whom it holds, ascending; of everyone nothing is kept.
    nos: Arc<Vec<u32>>,
    last: Option<(UserId, u32)>,
}

pub(super) type Row = (
    i64,
    String,
    i64,
    Option<i64>,
    Option<String>,
    String,
    Option<String>,
);

impl TenantStore {
    pub(super) async fn page_of_users(
        &self,
        scope: &Scope,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<StoredUser>, Fault> {
        let mut tx = self.pool.read().await?;
        let after_no = self.place_after(&mut tx, after).await?;
        let nos = self.members(&mut tx, scope, after).await?;
        let rows = match scope {
            Scope::Everyone => everyone(&mut tx, self.tenant, after_no, limit).await?,
            _ => {
                let from = nos.partition_point(|no| i64::from(*no) <= after_no);
                let end = from.saturating_add(limit).min(nos.len());
                these(&mut tx, self.tenant, &nos[from..end]).await?
            }
        };
        let last = rows
            .last()
            .map(|row| Ok::<_, Fault>((user_of(&row.1)?, marks::narrow(row.0)?)));
        let last = last.transpose()?;
        let users = self.complete(&mut tx, rows).await?;
        *held(&self.pass) = last.is_some().then(|| Pass {
            scope: scope.clone(),
            nos,
            last,
        });
        Ok(users)
    }

    /// The dense number after which the page begins.
    async fn place_after(&self, tx: &mut Tx, after: Option<UserId>) -> Result<i64, Fault> {
        const FIND: &str = "SELECT no FROM users WHERE tenant = $1 AND id = $2";
        let Some(after) = after else { return Ok(-1) };
        let remembered = held(&self.pass).as_ref().and_then(|pass| pass.last);
        if let Some((id, no)) = remembered
            && id == after
        {
            return Ok(i64::from(no));
        }
        let row: Option<(i64,)> = fetch_optional!(tx, FIND, self.tenant, after.to_string())?;
        let unknown = || Fault::Corrupt(format!("no page ended with user {after}"));
        Ok(row.ok_or_else(unknown)?.0)
    }

    async fn members(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        after: Option<UserId>,
    ) -> Result<Arc<Vec<u32>>, Fault> {
        if after.is_some()
            && let Some(pass) = held(&self.pass).as_ref()
            && pass.scope == *scope
        {
            return Ok(Arc::clone(&pass.nos));
        }
        let nos: BTreeSet<u32> = match scope {
            Scope::Everyone => BTreeSet::new(),
            Scope::Only(users) => marks::numbers_of(tx, self.tenant, users.iter().copied()).await?,
            Scope::Open { also, now } => {
                let mut nos = marks::numbers_of(tx, self.tenant, also.iter().copied()).await?;
                nos.extend(marks::between(tx, self.tenant, 0, u32::MAX).await?.iter());
                nos.extend(waiting(tx, self.tenant, *now).await?);
                nos
            }
        };
        Ok(Arc::new(nos.into_iter().collect()))
    }

    /// Rows with their licences and marks.
    pub(super) async fn complete(
        &self,
        tx: &mut Tx,
        rows: Vec<Row>,
    ) -> Result<Vec<StoredUser>, Fault> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(Vec::new());
        };
        let (first, last) = (marks::narrow(first.0)?, marks::narrow(last.0)?);
        let undecided = marks::between(tx, self.tenant, first, last).await?;
        let missing = held(&self.licences).missing(rows.iter().map(|row| row.2));
        let sets = licence_sets::load(tx, self.tenant, missing).await?;
        held(&self.licences).keep(sets, rows.iter().map(|row| row.2));
        self.decoded(rows, &undecided)
    }

    /// Rows whose licences are in memory.
    pub(super) fn decoded(
        &self,
        rows: Vec<Row>,
        undecided: &RunSet,
    ) -> Result<Vec<StoredUser>, Fault> {
        let (licences, mut texts) = (held(&self.licences), held(&self.texts));
        let users = rows
            .into_iter()
            .map(|(no, id, set, since, how, text, facts)| {
                let set = licences.get(set);
                let set = set.ok_or_else(|| {
                    Fault::Corrupt(format!("the licences of user {id} are missing"))
                })?;
                let gone = match (since, how) {
                    (Some(since), Some(how)) => Some(Gone {
                        since: Timestamp::from_microsecond(since)?,
                        how: how_of(&how)?,
                    }),
                    _ => None,
                };
                Ok(StoredUser {
                    user: record::decode(user_of(&id)?, &text, set, &mut texts)?,
                    gone,
                    undecided: undecided.contains(marks::narrow(no)?),
                    facts: facts
                        .map(|text| serde_json::from_str(&text))
                        .transpose()?
                        .unwrap_or_default(),
                })
            });
        users.collect()
    }
}

/// Everybody but those gone who hold nothing and wait for nothing.
async fn everyone(tx: &mut Tx, tenant: i64, after: i64, limit: usize) -> Result<Vec<Row>, Fault> {
    const READ: &str = "SELECT u.no, u.id, u.licences, u.gone_since, u.gone_how, u.record, f.facts
        FROM users u LEFT JOIN user_facts f ON f.tenant = u.tenant AND f.user_id = u.id
        WHERE u.tenant = $1 AND u.no > $2 AND (u.gone_since IS NULL OR f.waiting = 1 OR f.due IS NOT NULL OR EXISTS
            (SELECT 1 FROM holdings h WHERE h.tenant = u.tenant AND h.user_id = u.id AND h.ended IS NULL))
        ORDER BY u.no LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(fetch_all!(tx, READ, tenant, after, limit)?)
}

async fn these(tx: &mut Tx, tenant: i64, nos: &[u32]) -> Result<Vec<Row>, Fault> {
    const READ: &str = "SELECT u.no, u.id, u.licences, u.gone_since, u.gone_how, u.record, f.facts
        FROM {batch} CROSS JOIN users u LEFT JOIN user_facts f ON f.tenant = u.tenant AND f.user_id = u.id
        WHERE u.tenant = $1 AND u.no = batch.no ORDER BY u.no";
    let batch = Batch::default().int("no", nos.iter().map(|no| i64::from(*no)));
    Ok(batch.fetch(tx, READ, &[tenant]).await?)
}

/// Users who wait for something that can pass, and those whose time has come.
async fn waiting(tx: &mut Tx, tenant: i64, now: Timestamp) -> Result<Vec<u32>, Fault> {
    // The condition in the middle is the one of the partial index, letter by letter, and the order is the index's too:
    // without it SQLite walks all facts.
    const READ: &str = "SELECT u.no FROM user_facts f CROSS JOIN users u
        WHERE f.tenant = $1 AND u.tenant = f.tenant AND u.id = f.user_id
            AND (f.waiting = 1 OR f.due IS NOT NULL) AND (f.waiting = 1 OR f.due <= $2)
        ORDER BY f.due";
    let rows: Vec<(i64,)> = fetch_all!(tx, READ, tenant, now.as_microsecond())?;
    rows.into_iter().map(|(no,)| marks::narrow(no)).collect()
}
