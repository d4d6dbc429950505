//! The gaps of a step by name: what recovery makes of each, and what it reports.

use super::gate::Held;
use super::verdict;
use crate::harness::crash::{Bench, Ended, POLICY as GRANTED, id};
use crate::harness::database::{Database, on_both_engines};
use serde_json::{Value, json};

on_both_engines!(
    never_begun_is_forgotten,
    begun_but_never_arrived_is_sent_anew,
    arrived_without_answer_is_found,
    an_operation_under_way_is_followed,
    an_operation_that_ended_is_seen,
    a_policy_follows_its_assignment,
    a_release_without_answer_is_found,
    a_policy_put_off_ends_with_its_number,
    a_policy_left_over_by_a_change_of_number_goes_all_the_same,
);

const ASSIGN: &str = "/assignNumber";
const RELEASE: &str = "/unassignNumber";
const POLICY: &str = "/userAssignments/assign";
const OPERATION: &str = "/operations";

/// Kills a sync at the first request that contains `part`, or the one after that; answers the next sync.
async fn after_kill(bench: &Bench<'_>, part: &str, held: Held) -> Ended {
    bench.gate.hold_first(part, held);
    let mut running = bench.spawn(&["sync"]);
    assert!(
        bench.gate.catches(&mut running).await,
        "no request was held"
    );
    running.kill().await;
    bench.gate.hold(None);
    bench.outlive_lease().await;
    bench.run(&["sync"]).await
}

fn requests(bench: &Bench<'_>, part: &str) -> usize {
    let passed = bench.gate.passed();
    passed
        .iter()
        .filter(|request| request.contains(part))
        .count()
}

/// Changes of this kind in a report.
fn made(sync: &Ended, action: &str) -> usize {
    let changes = sync.report["changes"].as_array().expect("a list");
    let succeeded = changes
        .iter()
        .filter(|change| change["action"] == action && change["status"] == "succeeded");
    succeeded.count()
}

async fn finish(bench: &Bench<'_>) {
    bench.operations_take("0ms");
    verdict::settle(bench).await;
    verdict::all_is_well(bench).await;
}

/// Killed at the first release: eleven other steps were claimed and not begun.
async fn never_begun_is_forgotten(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 1).await;
    let sync = after_kill(&bench, "numberAssignments?$filter", Held::Before).await;
    assert_eq!(
        (made(&sync, "assign"), requests(&bench, ASSIGN)),
        (8, 8),
        "{sync:?}"
    );
    finish(&bench).await;
}

async fn begun_but_never_arrived_is_sent_anew(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 1).await;
    let sync = after_kill(&bench, ASSIGN, Held::Before).await;
    assert_eq!(
        (made(&sync, "assign"), requests(&bench, ASSIGN)),
        (8, 8),
        "{sync:?}"
    );
    finish(&bench).await;
}

/// G1: the journal knows no operation, so the number is looked at until it shows the effect.
async fn arrived_without_answer_is_found(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 1).await;
    bench.operations_take("400ms");
    let sync = after_kill(&bench, ASSIGN, Held::After).await;
    assert_eq!(
        (made(&sync, "assign"), requests(&bench, ASSIGN)),
        (8, 7),
        "{sync:?}"
    );
    finish(&bench).await;
}

async fn an_operation_under_way_is_followed(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 50).await;
    bench.operations_take("400ms");
    let sync = after_kill(&bench, OPERATION, Held::Before).await;
    assert_eq!(made(&sync, "assign"), 8, "{sync:?}");
    finish(&bench).await;
}

async fn an_operation_that_ended_is_seen(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 50).await;
    let sync = after_kill(&bench, OPERATION, Held::After).await;
    assert!(made(&sync, "assign") >= 1, "{sync:?}");
    finish(&bench).await;
}

/// G20: the number is given, its policy is not: the next sync sets it, whether or not the request had arrived.
async fn a_policy_follows_its_assignment(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 1).await;
    let sync = after_kill(&bench, POLICY, Held::Before).await;
    assert_eq!(requests(&bench, POLICY), 4, "{sync:?}");
    assert_eq!(made(&sync, "policy"), 4, "{sync:?}");
    finish(&bench).await;
}

async fn a_release_without_answer_is_found(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 1).await;
    bench.operations_take("400ms");
    let sync = after_kill(&bench, RELEASE, Held::After).await;
    assert_eq!(
        (made(&sync, "release"), requests(&bench, RELEASE)),
        (4, 3),
        "{sync:?}"
    );
    finish(&bench).await;
}

/// A policy that Teams refuses waits; when the number is taken back meanwhile, it ends instead of stopping every sync.
async fn a_policy_put_off_ends_with_its_number(database: &Database) {
    let bench = Bench::new(database, 4).await;
    bench.join(10);
    let refuse =
        json!({ "match": { "path_contains": POLICY }, "times": 99, "do": { "status": 400 } });
    bench.control("POST", "/_sim/faults", refuse);
    let given = bench.run(&["sync"]).await;
    assert_eq!(
        (given.code, made(&given, "assign")),
        (Some(4), 1),
        "{given:?}"
    );
    bench.unlicense(10);
    let taken = bench.run(&["sync"]).await;
    assert_eq!(
        (taken.code, made(&taken, "release")),
        (Some(4), 1),
        "{taken:?}"
    );
    verdict::settle(&bench).await;
    let open = "SELECT COUNT(*) FROM journal WHERE ended IS NULL";
    assert_eq!(bench.count(open).await, 0, "open rows of the journal");
}

/// The range of the old number has a policy, that of the new one has none.
async fn a_policy_left_over_by_a_change_of_number_goes_all_the_same(database: &Database) {
    let bench = Bench::new(database, 1).await;
    bench.join(10);
    let given = bench.run(&["sync"]).await;
    assert_eq!(made(&given, "policy"), 1, "{given:?}");
    let granted = || {
        let state = bench.control("GET", "/_sim/state", Value::Null);
        state["policies"][id(10)][GRANTED.0].clone()
    };
    assert_eq!(granted(), GRANTED.1);
    bench
        .gate
        .hold_first("/userAssignments/unassign", Held::Before);
    let mut running = bench.spawn(&["assign", "user10@contoso.example", "+492215550125"]);
    assert!(bench.gate.catches(&mut running).await, "nothing was held");
    running.kill().await;
    let syncs = verdict::settle(&bench).await;
    assert_eq!(made(&syncs[0], "policy"), 1, "{syncs:?}");
    assert_eq!(granted(), Value::Null);
    let open = "SELECT COUNT(*) FROM journal WHERE ended IS NULL";
    assert_eq!(bench.count(open).await, 0, "open rows of the journal");
}
