//! The mark `undecided`, kept as runs of dense numbers: a first full read marks a million users with a thousand rows.

use super::bulk::Batch;
use super::engine::{Tx, execute, fetch_all};
use super::error::Fault;
use super::run_set::RunSet;
use super::writing::Writing;
use crate::directory::UserId;
use std::collections::BTreeSet;

/// Marks users.
pub(super) async fn mark(w: &mut Writing, nos: &RunSet) -> Result<(), Fault> {
    const MARK: &str = "INSERT INTO undecided (tenant, first_no, last_no)
        SELECT $1, first_no, last_no FROM {batch} WHERE true
        ON CONFLICT (tenant, first_no) DO UPDATE SET last_no =
            CASE WHEN excluded.last_no > undecided.last_no THEN excluded.last_no ELSE undecided.last_no END";
    let batch = batch_of(nos.runs());
    batch.execute(&mut w.tx, MARK, &[w.tenant]).await?;
    Ok(())
}

/// Marks users by id; who is not known is left out.
pub(super) async fn mark_users(
    w: &mut Writing,
    users: impl IntoIterator<Item = UserId>,
) -> Result<(), Fault> {
    let nos = numbers_of(&mut w.tx, w.tenant, users).await?;
    mark(w, &nos.into_iter().collect()).await
}

/// Takes the mark off these users, `None`: off everybody.
pub(super) async fn unmark(w: &mut Writing, users: Option<&[UserId]>) -> Result<(), Fault> {
    const CLEAR: &str = "DELETE FROM undecided WHERE tenant = $1";
    const DROP: &str =
        "DELETE FROM undecided WHERE tenant = $1 AND first_no IN (SELECT first_no FROM {batch})";
    let Some(users) = users else {
        execute!(&mut w.tx, CLEAR, w.tenant)?;
        return Ok(());
    };
    let stored = rows(&mut w.tx, w.tenant).await?;
    if stored.is_empty() || users.is_empty() {
        return Ok(());
    }
    let mut left = RunSet::default();
    for (first, last) in &stored {
        left.insert_run(*first, *last);
    }
    for no in numbers_of(&mut w.tx, w.tenant, users.iter().copied()).await? {
        left.remove(no);
    }
    let left: BTreeSet<(u32, u32)> = left.runs().collect();
    let old = batch_of(stored.difference(&left).copied());
    old.execute(&mut w.tx, DROP, &[w.tenant]).await?;
    let mut new = RunSet::default();
    for (first, last) in left.difference(&stored) {
        new.insert_run(*first, *last);
    }
    mark(w, &new).await
}

/// The undecided among the dense numbers from `first` to `last`.
pub(super) async fn between(
    tx: &mut Tx,
    tenant: i64,
    first: u32,
    last: u32,
) -> Result<RunSet, Fault> {
    const READ: &str = "SELECT first_no, last_no FROM undecided WHERE tenant = $1 AND last_no >= $2 AND first_no <= $3";
    let rows: Vec<(i64, i64)> = fetch_all!(tx, READ, tenant, i64::from(first), i64::from(last))?;
    let mut set = RunSet::default();
    for (first, last) in rows {
        set.insert_run(narrow(first)?, narrow(last)?);
    }
    Ok(set)
}

/// The dense numbers of users, ascending; who is not known is left out.
pub(super) async fn numbers_of(
    tx: &mut Tx,
    tenant: i64,
    users: impl IntoIterator<Item = UserId>,
) -> Result<BTreeSet<u32>, Fault> {
    const FIND: &str =
        "SELECT u.no FROM {batch} CROSS JOIN users u WHERE u.tenant = $1 AND u.id = batch.id";
    let batch = Batch::default().text("id", users.into_iter().map(|id| id.to_string()));
    let rows: Vec<(i64,)> = batch.fetch(tx, FIND, &[tenant]).await?;
    rows.into_iter().map(|(no,)| narrow(no)).collect()
}

async fn rows(tx: &mut Tx, tenant: i64) -> Result<BTreeSet<(u32, u32)>, Fault> {
    const READ: &str = "SELECT first_no, last_no FROM undecided WHERE tenant = $1";
    let rows: Vec<(i64, i64)> = fetch_all!(tx, READ, tenant)?;
    let runs = rows
        .into_iter()
        .map(|(first, last)| Ok((narrow(first)?, narrow(last)?)));
    runs.collect()
}

fn batch_of(runs: impl Iterator<Item = (u32, u32)>) -> Batch {
    let (first, last): (Vec<i64>, Vec<i64>) = runs
        .map(|(first, last)| (i64::from(first), i64::from(last)))
        .unzip();
    Batch::default().int("first_no", first).int("last_no", last)
}

/// A stored dense number.
pub(super) fn narrow(no: i64) -> Result<u32, Fault> {
    u32::try_from(no).map_err(|_| Fault::Corrupt(format!("`{no}` is stored as a user's place")))
}
