//! What is set of operators by hand, killed at any moment: it is there whole, with its record, or not at all.

use super::verdict;
use crate::harness::crash::Bench;
use crate::harness::database::Database;
use std::time::{Duration, Instant};

/// An operator for the range of the tenant.
const RULES: &str = r#"operator "Alp" { countries ["FR"] }
range "paris" { type operator-connect numbers +33 1 55 50 10 00 to 10 09 operator "Alp" quarantine 0 days }"#;

/// So many moments between the start of a command and its usual end.
const MOMENTS: u32 = 12;

const OUTSTANDING: &str =
    "SELECT COALESCE(SUM(CASE WHEN event = 'operator-resumed' THEN -1 ELSE 1 END), 0) FROM audit
    WHERE event IN ('operator-suspended', 'operator-removed', 'operator-resumed')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_is_whole_or_not_there() {
    on_both(&["operators", "suspend", "Alp", "--reason", "fraud"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_is_whole_or_not_there() {
    on_both(&["operators", "remove", "Alp"]).await;
}

async fn on_both(command: &[&str]) {
    for database in [Database::sqlite(), Database::postgres().await] {
        killed_at_many_moments(&database, command).await;
        database.remove().await;
    }
}

async fn killed_at_many_moments(database: &Database, command: &[&str]) {
    let bench = Bench::new(database, 1).await;
    bench.rules("operators.rules", RULES);
    let begun = Instant::now();
    let calm = bench.run(command).await;
    let usual = begun.elapsed();
    assert_eq!(calm.code, Some(0), "{calm:?}");
    assert!(stands(&bench).await, "{calm:?}");
    let mut there = 0;
    for moment in 0..MOMENTS {
        let resumed = bench.run(&["operators", "resume", "Alp"]).await;
        assert_eq!(resumed.code, Some(0), "{resumed:?}");
        assert!(!stands(&bench).await);
        let running = bench.spawn(command);
        tokio::time::sleep(pause(usual, moment)).await;
        running.kill().await;
        there += u32::from(stands(&bench).await);
    }
    eprintln!("{there} of {MOMENTS} had taken effect");
    verdict::audit_is_whole(&bench).await;
    let again = bench.run(command).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(stands(&bench).await, "nothing is left locked");
}

fn pause(usual: Duration, moment: u32) -> Duration {
    usual * (moment + 1) / MOMENTS
}

/// Whether the operator is suspended; the audit trail must say the same.
async fn stands(bench: &Bench<'_>) -> bool {
    let items = bench.items(&["operators", "list"]).await;
    let suspended = items[0]["suspended"] == true;
    let recorded = bench.count(OUTSTANDING).await;
    assert_eq!(recorded, i64::from(suspended), "{items:?}");
    suspended
}
