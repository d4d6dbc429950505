//! A killed process leaves nothing locked.

use super::gate::Held;
use super::verdict;
use crate::harness::crash::Bench;
use crate::harness::database::Database;
use std::time::{Duration, Instant};

async fn killed_in_the_middle<'a>(database: &'a Database) -> Bench<'a> {
    let bench = Bench::with_twelve_changes(database, 1).await;
    bench.gate.hold_first("/assignNumber", Held::Before);
    let mut running = bench.spawn(&["sync"]);
    assert!(
        bench.gate.catches(&mut running).await,
        "no request was held"
    );
    let meanwhile = bench.run(&["sync"]).await;
    assert_eq!(
        meanwhile.code,
        Some(1),
        "two syncs of one tenant: {meanwhile:?}"
    );
    assert!(
        meanwhile.complaint.contains("already running: process "),
        "{meanwhile:?}"
    );
    running.kill().await;
    bench.gate.hold(None);
    bench
}

#[tokio::test]
async fn on_sqlite_the_next_sync_starts_at_once() {
    let database = Database::sqlite();
    let bench = killed_in_the_middle(&database).await;
    let next = bench.run(&["sync"]).await;
    // What was found without effect is made by this very sync, and told once.
    assert_eq!(next.code, Some(0), "{next:?}");
    verdict::all_is_well(&bench).await;
}

/// The lease lasts half a minute; what waits for it has the tenant within a minute.
#[tokio::test]
async fn on_postgres_the_tenant_moves_within_a_minute() {
    let database = Database::postgres().await;
    let bench = killed_in_the_middle(&database).await;
    let at_once = bench.run(&["sync"]).await;
    assert_eq!(at_once.code, Some(1), "the lease still runs: {at_once:?}");
    let begun = Instant::now();
    let next = bench.run(&["sync", "--wait", "1m"]).await;
    // What was found without effect is made by this very sync, and told once.
    assert_eq!(next.code, Some(0), "{next:?}");
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "{:?}",
        begun.elapsed()
    );
    verdict::all_is_well(&bench).await;
    drop(bench);
    database.remove().await;
}
