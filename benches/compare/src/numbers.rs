//! Numbers given one at a time from a table with an index over the free ones: `… LIMIT 1`, then `UPDATE`, durable each.

use crate::measure::{Scale, figure, median, thousands, timed};
use rusqlite::{Connection, params};
use std::time::Duration;

/// Prints how many numbers a second are given from a million of which half are taken.
pub(crate) fn measure(scale: &Scale) {
    let numbers = scale.size(1_000_000);
    for joiners in [10_000, 100_000].map(|full| scale.size(full)) {
        // Each costs the same, so that a part of them says what all would take.
        let part = joiners.min(20_000);
        let time = median(|| given(numbers, part).expect("SQLite does it"));
        let rate = part as f64 / time.as_secs_f64();
        let size = format!("{} joiners", thousands(joiners));
        figure(
            4,
            "one by one: SELECT … LIMIT 1, UPDATE, COMMIT on SQLite FULL, indexed",
            &size,
            rate,
            "a second",
        );
    }
}

fn given(numbers: u64, joiners: u64) -> rusqlite::Result<Duration> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut base = Connection::open(folder.path().join("numbers.db"))?;
    base.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192;
         CREATE TABLE numbers (number INTEGER PRIMARY KEY, state TEXT NOT NULL, user_id TEXT);
         CREATE INDEX free ON numbers (number) WHERE state = 'free';",
    )?;
    let filling = base.transaction()?;
    {
        let mut add = filling.prepare("INSERT INTO numbers (number, state) VALUES (?1, ?2)")?;
        for at in 0..numbers {
            let state = if at % 2 == 0 { "taken" } else { "free" };
            add.execute(params![493_020_000_000_u64 + at, state])?;
        }
    }
    filling.commit()?;
    let (time, done) = timed(|| (0..joiners).try_for_each(|user| give(&mut base, user)));
    done.map(|()| time)
}

fn give(base: &mut Connection, user: u64) -> rusqlite::Result<()> {
    let giving = base.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let next: u64 = giving
        .prepare_cached("SELECT number FROM numbers WHERE state = 'free' ORDER BY number LIMIT 1")?
        .query_row([], |row| row.get(0))?;
    giving
        .prepare_cached("UPDATE numbers SET state = 'claimed', user_id = ?2 WHERE number = ?1")?
        .execute(params![next, format!("{user:032x}")])?;
    giving.commit()
}
