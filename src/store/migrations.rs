//! Migrations as rows: started, paused, rolled back and taken up by people, carried on by syncs.

use super::audit::Entry;
use super::engine::{Tx, execute, fetch_all, fetch_optional};
use super::error::Fault;
use super::movers;
use super::names::{name, named};
use super::tenant::TenantStore;
use super::writing::{Writing, retried};
use crate::apply::JournalError;
use crate::numbering::NumberType;
use crate::plan::{Advance, Migration, Mover, Pace, Stage};
use crate::rules::MigrationWay;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

/// A migration with its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationRecord {
    /// The migration.
    pub migration: Migration,
    /// Its people, by number.
    pub movers: Vec<Mover>,
}

/// A migration that is to begin; the ids of it and of its people are still to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMigration {
    /// The migration; the first wave has begun.
    pub migration: Migration,
    /// Its people.
    pub movers: Vec<Mover>,
}

/// What became of the wish to roll a wave back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollBack {
    /// So many people go back.
    Turned(u64),
    /// Another migration of the range has begun since.
    Superseded,
}

type Row = (
    i64,
    String,
    String,
    String,
    Option<String>,
    Option<i64>,
    String,
    i64,
    i64,
    i64,
    String,
    Option<i64>,
);

impl TenantStore {
    /// Every migration there ever was, the latest first, with its people.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn migrations(&self) -> Result<Vec<MigrationRecord>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            let mut records = Vec::new();
            for migration in all(&mut tx, self.tenant).await?.into_iter().rev() {
                let movers = movers::of(&mut tx, self.tenant, migration.id).await?;
                records.push(MigrationRecord { migration, movers });
            }
            Ok(records)
        };
        read.await.map_err(Fault::on_read)
    }

    /// Starts a migration in one transaction. `None`: one of the range, or of somebody in it, is under way already.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn start_migration(
        &self,
        new: &NewMigration,
        now: Timestamp,
    ) -> Result<Option<i64>, JournalError> {
        retried(|| self.add_migration(new, now)).await
    }

    /// Sets what a migration may do, and lets waves up to `begun` begin, if later ones than now are meant.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn pace_migration(
        &self,
        id: i64,
        pace: Pace,
        begun: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.put_pace(id, pace, begun, by, now)).await
    }

    /// Turns the people of a wave round, and stops everybody else. A migration that had ended is under way again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn roll_back_wave(
        &self,
        id: i64,
        wave: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<RollBack, JournalError> {
        retried(|| self.turn_back(id, wave, by, now)).await
    }

    /// Turns the people of a wave that was rolled back to the new type again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn take_wave_up(
        &self,
        id: i64,
        wave: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<u64, JournalError> {
        retried(|| self.turn_forward(id, wave, by, now)).await
    }

    async fn add_migration(
        &self,
        new: &NewMigration,
        now: Timestamp,
    ) -> Result<Option<i64>, Fault> {
        const NEXT: &str = "SELECT COALESCE(MAX(id), 0) + 1 FROM migrations WHERE tenant = $1";
        const ADD: &str = "INSERT INTO migrations (tenant, id, range_name, to_type, way, operator, not_before, pace, begun,
                waves, started, started_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
        let mut w = self.writing(None, now).await?;
        let next: Option<(i64,)> = fetch_optional!(&mut w.tx, NEXT, w.tenant)?;
        let id = next.map_or(1, |(id,)| id);
        let m = &new.migration;
        let added = execute!(
            &mut w.tx,
            ADD,
            w.tenant,
            id,
            &m.range,
            m.to.name(),
            name(m.way)?,
            m.operator.as_deref(),
            m.not_before.map(Timestamp::as_microsecond),
            name(m.pace)?,
            i64::from(m.begun),
            i64::from(m.waves),
            m.started.as_microsecond(),
            &m.by
        )?;
        let movers: Vec<Mover> = (new.movers.iter().cloned())
            .map(|mover| Mover {
                migration: id,
                ..mover
            })
            .collect();
        if added == 0 || !movers::add(&mut w, &movers).await? {
            return Ok(None);
        }
        let detail = json!({
            "by": m.by, "migration": id, "range": m.range, "to": m.to, "way": m.way, "people": movers.len(),
            "waves": m.waves, "not_before": m.not_before,
        });
        w.record(told("migration-started", detail));
        w.commit().await?;
        Ok(Some(id))
    }

    async fn put_pace(
        &self,
        id: i64,
        pace: Pace,
        begun: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const PUT: &str =
            "UPDATE migrations SET pace = $3, begun = CASE WHEN begun < $4 THEN $4 ELSE begun END
            WHERE tenant = $1 AND id = $2 AND ended IS NULL";
        let mut w = self.writing(None, now).await?;
        let (word, begun) = (name(pace)?, i64::from(begun));
        execute!(&mut w.tx, PUT, w.tenant, id, word, begun)?;
        w.written.migrations = true;
        let detail = json!({ "by": by, "migration": id, "pace": pace, "begun": begun });
        w.record(told("migration-paced", detail));
        w.commit().await?;
        Ok(())
    }

    async fn turn_back(
        &self,
        id: i64,
        wave: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<RollBack, Fault> {
        const PACE: &str =
            "UPDATE migrations SET pace = $3, ended = NULL WHERE tenant = $1 AND id = $2";
        const TURN: &str = "UPDATE movers SET back = 1, under_way = 1, trouble = NULL
            WHERE tenant = $1 AND migration = $2 AND wave = $3 AND stage <> $4 AND stage <> $5";
        let mut w = self.writing(None, now).await?;
        let paced = execute!(&mut w.tx, PACE, w.tenant, id, name(Pace::RollingBack)?);
        match paced.map_err(Fault::from) {
            // Of an ended migration only: the range has another one by now.
            Err(fault) if fault.is_second() => return Ok(RollBack::Superseded),
            done => done?,
        };
        let (returned, left_out) = (name(Stage::Returned)?, name(Stage::LeftOut)?);
        let wave_no = i64::from(wave);
        let turned = execute!(&mut w.tx, TURN, w.tenant, id, wave_no, returned, left_out)?;
        w.written.migrations = true;
        let detail = json!({ "by": by, "migration": id, "wave": wave, "people": turned });
        w.record(told("migration-rolled-back", detail));
        w.commit().await?;
        Ok(RollBack::Turned(turned))
    }

    async fn turn_forward(
        &self,
        id: i64,
        wave: u32,
        by: &str,
        now: Timestamp,
    ) -> Result<u64, Fault> {
        const TURN: &str = "UPDATE movers SET back = 0, under_way = CASE WHEN stage = $4 THEN 0 ELSE 1 END, trouble = NULL,
                stage = CASE WHEN stage = $5 THEN $6 ELSE stage END
            WHERE tenant = $1 AND migration = $2 AND wave = $3 AND back = 1 AND stage <> $7";
        let mut w = self.writing(None, now).await?;
        let verified = name(Stage::Verified)?;
        let (returned, planned) = (name(Stage::Returned)?, name(Stage::Planned)?);
        let no = i64::from(wave);
        let left_out = name(Stage::LeftOut)?;
        let turned = execute!(
            &mut w.tx, TURN, w.tenant, id, no, verified, returned, planned, left_out
        )?;
        w.written.migrations = true;
        let detail = json!({ "by": by, "migration": id, "wave": wave, "people": turned });
        w.record(told("migration-taken-up", detail));
        w.commit().await?;
        Ok(turned)
    }
}

/// The migrations under way, and their people.
pub(super) async fn under_way(
    tx: &mut Tx,
    tenant: i64,
) -> Result<(BTreeMap<i64, Migration>, Vec<Mover>), Fault> {
    let mut open = BTreeMap::new();
    let mut people = Vec::new();
    for migration in all(tx, tenant).await? {
        if migration.ended.is_none() {
            people.extend(movers::of(tx, tenant, migration.id).await?);
            open.insert(migration.id, migration);
        }
    }
    Ok((open, people))
}

/// Lets waves begin, and ends migrations of which nobody is left to be moved.
pub(super) async fn advance(w: &mut Writing, advances: &[Advance]) -> Result<(), Fault> {
    const BEGIN: &str = "UPDATE migrations SET begun = $3
        WHERE tenant = $1 AND id = $2 AND begun < $3 AND pace = $4 AND ended IS NULL";
    const END: &str = "UPDATE migrations SET ended = $3 WHERE tenant = $1 AND id = $2 AND ended IS NULL
        AND NOT EXISTS (SELECT 1 FROM movers m WHERE m.tenant = $1 AND m.migration = $2 AND m.under_way = 1)";
    for Advance {
        migration,
        begun,
        ended,
    } in advances.iter().copied()
    {
        let running = name(Pace::Running)?;
        let began = execute!(
            &mut w.tx,
            BEGIN,
            w.tenant,
            migration,
            i64::from(begun),
            running
        )?;
        if began > 0 {
            let detail = json!({ "migration": migration, "wave": begun });
            w.record(told("migration-wave-begun", detail));
        }
        let now = w.now.as_microsecond();
        if ended && execute!(&mut w.tx, END, w.tenant, migration, now)? > 0 {
            let detail = json!({ "migration": migration });
            w.record(told("migration-ended", detail));
        }
        w.written.migrations = true;
    }
    Ok(())
}

/// All migrations, the earliest first.
async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<Migration>, Fault> {
    const READ: &str = "SELECT id, range_name, to_type, way, operator, not_before, pace, begun, waves, started, started_by,
            ended
        FROM migrations WHERE tenant = $1 ORDER BY id";
    let rows: Vec<Row> = fetch_all!(tx, READ, tenant)?;
    rows.into_iter().map(migration_of).collect()
}

fn migration_of(row: Row) -> Result<Migration, Fault> {
    let time = |micros: Option<i64>| micros.map(Timestamp::from_microsecond).transpose();
    let to: NumberType = named(row.2)?;
    let way: MigrationWay = named(row.3)?;
    Ok(Migration {
        id: row.0,
        range: row.1,
        to,
        way,
        operator: row.4,
        not_before: time(row.5)?,
        pace: named(row.6)?,
        begun: u32::try_from(row.7).unwrap_or_default(),
        waves: u32::try_from(row.8).unwrap_or_default(),
        started: Timestamp::from_microsecond(row.9)?,
        by: row.10,
        ended: time(row.11)?,
    })
}

fn told(event: &'static str, detail: serde_json::Value) -> Entry {
    Entry {
        event,
        number: None,
        user: None,
        detail,
    }
}
