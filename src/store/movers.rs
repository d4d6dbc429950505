//! Who moves in a migration, and how far: rows that change with the steps of the journal and with what a plan has seen.

use super::audit::{Entry, digits, number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, execute, fetch_all, fetch_optional};
use super::error::Fault;
use super::names::{name, named};
use super::writing::Writing;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Change, Mover, Pace, Stage, StepError};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;

const CHUNK: usize = 4096;

type Row = (
    i64,
    i64,
    i64,
    String,
    String,
    String,
    String,
    i64,
    i64,
    Option<String>,
);

/// The people of a migration, by number.
pub(super) async fn of(tx: &mut Tx, tenant: i64, migration: i64) -> Result<Vec<Mover>, Fault> {
    const READ: &str =
        "SELECT migration, wave, number, user_id, upn, from_type, stage, back, since, trouble
        FROM movers WHERE tenant = $1 AND migration = $2 ORDER BY number";
    let rows: Vec<Row> = fetch_all!(tx, READ, tenant, migration)?;
    rows.into_iter().map(mover_of).collect()
}

fn mover_of(row: Row) -> Result<Mover, Fault> {
    Ok(Mover {
        migration: row.0,
        wave: u32::try_from(row.1).unwrap_or_default(),
        number: number_of(row.2)?,
        user: user_of(&row.3)?,
        upn: row.4,
        from: named(row.5)?,
        stage: named(row.6)?,
        back: row.7 != 0,
        since: Timestamp::from_microsecond(row.8)?,
        trouble: row.9,
    })
}

/// Adds the people of a new migration. `false`: one of them, or a number, is on its way in another one.
pub(super) async fn add(w: &mut Writing, movers: &[Mover]) -> Result<bool, Fault> {
    const ADD: &str = "INSERT INTO movers (tenant, migration, number, user_id, upn, wave, from_type, stage, back, since)
        SELECT $1, migration, number, user_id, upn, wave, from_type, stage, 0, $2 FROM {batch} WHERE true
        ON CONFLICT DO NOTHING RETURNING number";
    let mut added = 0;
    for chunk in movers.chunks(CHUNK) {
        let stages: Vec<String> = chunk
            .iter()
            .map(|mover| name(mover.stage))
            .collect::<Result<_, _>>()?;
        let batch = Batch::default()
            .int("migration", chunk.iter().map(|m| m.migration))
            .int("number", chunk.iter().map(|m| digits(m.number)))
            .text("user_id", chunk.iter().map(|m| m.user.to_string()))
            .text("upn", chunk.iter().map(|m| m.upn.replace('\0', "")))
            .int("wave", chunk.iter().map(|m| i64::from(m.wave)))
            .text("from_type", chunk.iter().map(|m| m.from.name().to_owned()))
            .text("stage", stages);
        let scalars = [w.tenant, w.now.as_microsecond()];
        let rows: Vec<(i64,)> = batch.fetch(&mut w.tx, ADD, &scalars).await?;
        added += rows.len();
    }
    w.written.migrations = true;
    Ok(added == movers.len())
}

/// Writes what a plan has seen of movers, but not of those whom somebody has turned round meanwhile. A number that has
/// changed its type in the hands of its holder changes it in the holding, too.
pub(super) async fn put(w: &mut Writing, movers: &[Mover]) -> Result<(), Fault> {
    const PUT: &str = "UPDATE movers SET stage = batch.stage, since = batch.since, trouble = batch.trouble,
            under_way = batch.under_way FROM {batch}
        WHERE movers.tenant = $1 AND movers.migration = batch.migration AND movers.number = batch.number
            AND movers.back = batch.back RETURNING movers.number";
    for chunk in movers.chunks(CHUNK) {
        let stages: Vec<String> = chunk
            .iter()
            .map(|mover| name(mover.stage))
            .collect::<Result<_, _>>()?;
        let batch = Batch::default()
            .int("migration", chunk.iter().map(|m| m.migration))
            .int("number", chunk.iter().map(|m| digits(m.number)))
            .int("back", chunk.iter().map(|m| i64::from(m.back)))
            .text("stage", stages)
            .int("since", chunk.iter().map(|m| m.since.as_microsecond()))
            .maybe_text("trouble", chunk.iter().map(|m| m.trouble.clone()))
            .int(
                "under_way",
                chunk.iter().map(|m| i64::from(m.is_under_way())),
            );
        let rows: Vec<(i64,)> = batch.fetch(&mut w.tx, PUT, &[w.tenant]).await?;
        w.written.migrations |= !rows.is_empty();
        let put: BTreeSet<i64> = rows.into_iter().map(|(number,)| number).collect();
        let put: Vec<&Mover> = (chunk.iter())
            .filter(|mover| put.contains(&digits(mover.number)))
            .collect();
        for mover in &put {
            w.record(entry(mover));
        }
        retype(w, &put).await?;
    }
    Ok(())
}

/// Where a number was seen in hand with the type it was to have, the holding is of that type.
async fn retype(w: &mut Writing, movers: &[&Mover]) -> Result<(), Fault> {
    const RETYPE: &str = "UPDATE holdings SET number_type =
            CASE WHEN batch.back = 1 THEN batch.from_type ELSE
                (SELECT to_type FROM migrations WHERE tenant = $1 AND id = batch.migration) END
        FROM {batch}
        WHERE holdings.tenant = $1 AND holdings.number = batch.number AND holdings.user_id = batch.user_id
            AND holdings.ended IS NULL";
    let arrived: Vec<&&Mover> = (movers.iter())
        .filter(|m| matches!(m.stage, Stage::Verified | Stage::Returned))
        .collect();
    let batch = Batch::default()
        .int("migration", arrived.iter().map(|m| m.migration))
        .int("number", arrived.iter().map(|m| digits(m.number)))
        .text("user_id", arrived.iter().map(|m| m.user.to_string()))
        .int("back", arrived.iter().map(|m| i64::from(m.back)))
        .text(
            "from_type",
            arrived.iter().map(|m| m.from.name().to_owned()),
        );
    batch.execute(&mut w.tx, RETYPE, &[w.tenant]).await?;
    let users: Vec<UserId> = arrived.iter().map(|mover| mover.user).collect();
    w.written.holders(users.into_iter());
    Ok(())
}

/// A step of a migration is done: the mover has reached this stage.
pub(super) async fn arrive(w: &mut Writing, change: &Change, stage: Stage) -> Result<(), Fault> {
    const ARRIVE: &str = "UPDATE movers SET stage = $4, since = $5, trouble = NULL, under_way = $6
        WHERE tenant = $1 AND number = $2 AND user_id = $3 AND under_way = 1
        RETURNING migration, wave, number, user_id, upn, from_type, stage, back, since, trouble";
    let (number, user) = (digits(change.number), change.user.to_string());
    let over = matches!(stage, Stage::Returned);
    let row: Option<Row> = fetch_optional!(
        &mut w.tx,
        ARRIVE,
        w.tenant,
        number,
        user,
        name(stage)?,
        w.now.as_microsecond(),
        i64::from(!over)
    )?;
    w.written.migrations = true;
    let detail = row.map(mover_of).transpose()?;
    w.record(match &detail {
        Some(mover) => entry(mover),
        // The migration ended meanwhile: what was done in Teams is recorded all the same.
        None => Entry {
            event: "moving",
            number: Some(change.number),
            user: Some(change.user),
            detail: json!({ "stage": stage }),
        },
    });
    Ok(())
}

/// A step of a migration has failed: the mover stands where it stood, and this is why.
pub(super) async fn stumble(
    w: &mut Writing,
    change: &Change,
    error: &StepError,
) -> Result<(), Fault> {
    const STUMBLE: &str = "UPDATE movers SET trouble = $4
        WHERE tenant = $1 AND number = $2 AND user_id = $3 AND under_way = 1";
    if change.part.moves().is_none() || !change.action.claims() {
        return Ok(());
    }
    let (number, user) = (digits(change.number), change.user.to_string());
    let trouble = error.detail().replace('\0', "");
    execute!(&mut w.tx, STUMBLE, w.tenant, number, user, trouble)?;
    w.written.migrations = true;
    Ok(())
}

/// Whether a step in this direction may be made for the number.
pub(super) async fn may_move(
    tx: &mut Tx,
    tenant: i64,
    number: E164,
    back: bool,
) -> Result<bool, Fault> {
    const READ: &str = "SELECT m.pace, p.back FROM movers p JOIN migrations m
            ON m.tenant = p.tenant AND m.id = p.migration
        WHERE p.tenant = $1 AND p.number = $2 AND p.under_way = 1";
    let row: Option<(String, i64)> = fetch_optional!(tx, READ, tenant, digits(number))?;
    let Some((pace, goes_back)) = row else {
        return Ok(false);
    };
    let pace: Pace = named(pace)?;
    Ok(pace.allows(back) && (goes_back != 0) == back)
}

fn entry(mover: &Mover) -> Entry {
    Entry {
        event: "moving",
        number: Some(mover.number),
        user: Some(mover.user),
        detail: json!({
            "migration": mover.migration, "wave": mover.wave, "stage": mover.stage, "back": mover.back,
            "trouble": mover.trouble,
        }),
    }
}
