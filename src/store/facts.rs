//! Sparse facts of users and numbers.

use super::audit::{digits, number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all, fetch_optional};
use super::error::Fault;
use super::writing::Writing;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{NumberFacts, UserFacts, is_decided_again};
use std::collections::{BTreeMap, BTreeSet};

const CHUNK: usize = 4096;

/// Whether the user waits for something that can pass, and so is decided again at every sync.
pub(super) fn is_waiting(facts: &UserFacts) -> bool {
    facts.wait.is_some() || facts.notes.iter().any(|note| is_decided_again(note.kind))
}

pub(super) async fn of_user(tx: &mut Tx, tenant: i64, user: UserId) -> Result<UserFacts, Fault> {
    const READ: &str = "SELECT facts FROM user_facts WHERE tenant = $1 AND user_id = $2";
    let row: Option<(String,)> = fetch_optional!(tx, READ, tenant, user.to_string())?;
    Ok(row
        .map(|(text,)| serde_json::from_str(&text))
        .transpose()?
        .unwrap_or_default())
}

pub(super) async fn of_number(
    tx: &mut Tx,
    tenant: i64,
    number: E164,
) -> Result<NumberFacts, Fault> {
    const READ: &str = "SELECT facts FROM number_facts WHERE tenant = $1 AND number = $2";
    let row: Option<(String,)> = fetch_optional!(tx, READ, tenant, digits(number))?;
    Ok(row
        .map(|(text,)| serde_json::from_str(&text))
        .transpose()?
        .unwrap_or_default())
}

/// Facts of those of the numbers that have any.
pub(super) async fn of_numbers(
    tx: &mut Tx,
    tenant: i64,
    numbers: impl Iterator<Item = E164>,
) -> Result<BTreeMap<E164, NumberFacts>, Fault> {
    const READ: &str = "SELECT f.number, f.facts FROM {batch}
        CROSS JOIN number_facts f WHERE f.tenant = $1 AND f.number = batch.number";
    let batch = Batch::default().int("number", numbers.map(digits));
    let rows: Vec<(i64, String)> = batch.fetch(tx, READ, &[tenant]).await?;
    let facts = rows
        .into_iter()
        .map(|(number, text)| Ok((number_of(number)?, serde_json::from_str(&text)?)));
    facts.collect()
}

/// Facts of those of the users who have any.
pub(super) async fn of_users(
    tx: &mut Tx,
    tenant: i64,
    users: impl Iterator<Item = UserId>,
) -> Result<BTreeMap<UserId, UserFacts>, Fault> {
    const READ: &str = "SELECT f.user_id, f.facts FROM {batch}
        CROSS JOIN user_facts f WHERE f.tenant = $1 AND f.user_id = batch.id";
    let batch = Batch::default().text("id", users.map(|user| user.to_string()));
    let rows: Vec<(String, String)> = batch.fetch(tx, READ, &[tenant]).await?;
    let facts = rows
        .into_iter()
        .map(|(user, text)| Ok((user_of(&user)?, serde_json::from_str(&text)?)));
    facts.collect()
}

/// Replaces facts of users. `touched` is the version of a write by hand, 0 of a sync's.
pub(super) async fn put_users(
    w: &mut Writing,
    facts: &[(UserId, &UserFacts)],
    touched: i64,
) -> Result<(), Fault> {
    const PUT: &str = "INSERT INTO user_facts (tenant, user_id, facts, waiting, due, pinned, touched)
        SELECT $1, id, facts, waiting, due, pinned, $2 FROM {batch} WHERE true
        ON CONFLICT (tenant, user_id) DO UPDATE SET facts = excluded.facts, waiting = excluded.waiting,
            due = excluded.due, pinned = excluded.pinned,
            touched = CASE WHEN excluded.touched > 0 THEN excluded.touched ELSE user_facts.touched END";
    const DROP: &str =
        "DELETE FROM user_facts WHERE tenant = $1 AND user_id IN (SELECT id FROM {batch})";
    w.written.users(facts.iter().map(|(user, _)| *user));
    let nothing = UserFacts::default();
    // What was emptied by hand keeps its row, which tells a sync under way.
    let (kept, dropped): (Vec<_>, Vec<_>) = facts
        .iter()
        .partition(|(_, facts)| touched > 0 || **facts != nothing);
    for chunk in kept.chunks(CHUNK) {
        let texts: Vec<String> = chunk
            .iter()
            .map(|(_, facts)| serde_json::to_string(facts))
            .collect::<Result<_, _>>()?;
        let batch = Batch::default()
            .text("id", chunk.iter().map(|(user, _)| user.to_string()))
            .json("facts", texts)
            .int(
                "waiting",
                chunk.iter().map(|(_, facts)| i64::from(is_waiting(facts))),
            )
            .maybe_int(
                "due",
                chunk
                    .iter()
                    .map(|(_, facts)| facts.due.map(|due| due.as_microsecond())),
            )
            .maybe_int(
                "pinned",
                chunk.iter().map(|(_, facts)| facts.pin.map(digits)),
            );
        batch.execute(&mut w.tx, PUT, &[w.tenant, touched]).await?;
    }
    for chunk in dropped.chunks(CHUNK) {
        let batch = Batch::default().text("id", chunk.iter().map(|(user, _)| user.to_string()));
        batch.execute(&mut w.tx, DROP, &[w.tenant]).await?;
    }
    Ok(())
}

/// Replaces facts of numbers, as [`put_users`] does those of users.
pub(super) async fn put_numbers(
    w: &mut Writing,
    facts: &[(E164, &NumberFacts)],
    touched: i64,
) -> Result<(), Fault> {
    const PUT: &str = "INSERT INTO number_facts (tenant, number, facts, touched)
        SELECT $1, number, facts, $2 FROM {batch} WHERE true
        ON CONFLICT (tenant, number) DO UPDATE SET facts = excluded.facts,
            touched = CASE WHEN excluded.touched > 0 THEN excluded.touched ELSE number_facts.touched END";
    const DROP: &str =
        "DELETE FROM number_facts WHERE tenant = $1 AND number IN (SELECT number FROM {batch})";
    w.written.numbers(facts.iter().map(|(number, _)| *number));
    let nothing = NumberFacts::default();
    let (kept, dropped): (Vec<_>, Vec<_>) = facts
        .iter()
        .partition(|(_, facts)| touched > 0 || **facts != nothing);
    for chunk in kept.chunks(CHUNK) {
        let texts: Vec<String> = chunk
            .iter()
            .map(|(_, facts)| serde_json::to_string(facts))
            .collect::<Result<_, _>>()?;
        let batch = Batch::default()
            .int("number", chunk.iter().map(|(number, _)| digits(*number)))
            .json("facts", texts);
        batch.execute(&mut w.tx, PUT, &[w.tenant, touched]).await?;
    }
    for chunk in dropped.chunks(CHUNK) {
        let batch = Batch::default().int("number", chunk.iter().map(|(number, _)| digits(*number)));
        batch.execute(&mut w.tx, DROP, &[w.tenant]).await?;
    }
    Ok(())
}

/// Users and numbers that somebody changed by hand since a version.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) users: BTreeSet<UserId>,
    pub(super) numbers: BTreeSet<E164>,
}

pub(super) async fn touched_since(
    tx: &mut Tx,
    tenant: i64,
    version: i64,
) -> Result<Touched, Fault> {
    const USERS: &str =
        "SELECT user_id FROM user_facts WHERE tenant = $1 AND touched > 0 AND touched > $2";
    const NUMBERS: &str =
        "SELECT number FROM number_facts WHERE tenant = $1 AND touched > 0 AND touched > $2";
    let users: Vec<(String,)> = fetch_all!(tx, USERS, tenant, version)?;
    let numbers: Vec<(i64,)> = fetch_all!(tx, NUMBERS, tenant, version)?;
    Ok(Touched {
        users: users
            .into_iter()
            .map(|(id,)| user_of(&id))
            .collect::<Result<_, _>>()?,
        numbers: numbers
            .into_iter()
            .map(|(number,)| number_of(number))
            .collect::<Result<_, _>>()?,
    })
}
