//! A migration killed at every place of its release and of its assignment: nobody ends with two numbers, and nobody
//! without one beyond what the status says.

use super::gate::Held;
use super::scripted::{side_by_side, tells_something};
use super::verdict;
use crate::harness::crash::{Bench, id, number_of};
use crate::harness::database::Database;
use serde_json::{Value, json};

/// Every so-many-th place on PostgreSQL.
const ON_POSTGRES: usize = 4;

/// Who moves: a holder in Munich.
const MOVER: u32 = 0;

/// The agreed date has passed, so that the number is released at once.
const START: [&str; 11] = [
    "migrate",
    "start",
    "--range",
    "munich",
    "--to",
    "operator-connect",
    "--user",
    "user0@contoso.example",
    "--date",
    "2024-01-01",
    "--confirm",
];
const BACK: [&str; 6] = [
    "migrate",
    "rollback",
    "--range",
    "munich",
    "--to",
    "operator-connect",
];

/// What is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The order that starts the migration and releases the number.
    Release,
    /// The sync that gives it back with the new type.
    Assign,
    /// The order that rolls it back after the release.
    Return,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release() {
    everywhere(Moment::Release).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assignment() {
    everywhere(Moment::Assign).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_back() {
    everywhere(Moment::Return).await;
}

async fn everywhere(moment: Moment) {
    let points = points(moment).await;
    side_by_side(points.iter().map(|point| async {
        let database = Database::sqlite();
        killed_at(&database, moment, point).await;
        database.remove().await;
    }))
    .await;
    side_by_side(points.iter().step_by(ON_POSTGRES).map(|point| async {
        let database = Database::postgres().await;
        killed_at(&database, moment, point).await;
        database.remove().await;
    }))
    .await;
}

async fn bench(database: &Database, moment: Moment) -> Bench<'_> {
    let bench = Bench::new(database, 1).await;
    let first = bench.run(&["sync"]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    if moment != Moment::Return {
        upload(&bench);
    }
    if moment != Moment::Release {
        let started = bench.run(&START).await;
        assert_eq!(started.code, Some(0), "{started:?}");
        assert_eq!(stage(&bench).await, "released");
    }
    bench.gate.hold(None);
    bench
}

/// The operator lists the number with the new type as soon as it is free.
fn upload(bench: &Bench<'_>) {
    let order = json!({"numbers": [number_of(MOVER)], "isoCountryCode": "DE"});
    bench.control("POST", "/_sim/operator", order);
}

const fn order(moment: Moment) -> &'static [&'static str] {
    match moment {
        Moment::Release => &START,
        Moment::Assign => &["sync"],
        Moment::Return => &BACK,
    }
}

async fn points(moment: Moment) -> Vec<(usize, Held, String)> {
    let database = Database::sqlite();
    let bench = bench(&database, moment).await;
    let run = bench.run(order(moment)).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let passed = bench.gate.passed();
    ends_well(&bench, moment).await;
    let both = passed.iter().enumerate().flat_map(|(index, request)| {
        [Held::Before, Held::After].map(|held| (index, held, request.clone()))
    });
    let points: Vec<_> = both
        .filter(|(_, held, request)| tells_something(request, *held))
        .collect();
    assert!(points.len() >= 6, "an order has more places: {points:?}");
    points
}

async fn killed_at(database: &Database, moment: Moment, point: &(usize, Held, String)) {
    eprintln!("killing {:?} at {point:?}", order(moment));
    let bench = bench(database, moment).await;
    bench.gate.hold(Some((point.0, point.1)));
    let mut running = bench.spawn(order(moment));
    let caught = bench.gate.catches(&mut running).await;
    let killed = running.kill().await;
    assert!(caught, "{point:?} ended by itself: {killed:?}");
    nobody_else_can_get_it(&bench).await;
    bench.gate.hold(None);
    bench.outlive_lease().await;
    // Nothing was begun where the order was killed before it was written down.
    if matches!(moment, Moment::Release | Moment::Return) && stage(&bench).await != "released" {
        let again = bench.run(order(moment)).await;
        assert!(matches!(again.code, Some(0 | 1 | 4)), "{again:?}");
    }
    if moment == Moment::Return && stage(&bench).await == "released" {
        let again = bench.run(order(moment)).await;
        assert!(matches!(again.code, Some(0 | 4)), "{again:?}");
    }
    verdict::settle(&bench).await;
    ends_well(&bench, moment).await;
    eprintln!("all is well after {point:?}");
}

/// Where the number is by the status; nothing, where no migration was written down.
async fn stage(bench: &Bench<'_>) -> String {
    let items = bench.items(&["migrate", "status"]).await;
    let person = items.first().map(|item| item["people"][0]["stage"].clone());
    person
        .unwrap_or_default()
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Wherever the number is, it is the mover's.
async fn nobody_else_can_get_it(bench: &Bench<'_>) {
    for item in bench.items(&["numbers", "list"]).await {
        if item["number"] == number_of(MOVER) {
            assert_eq!(item["user"]["id"], id(MOVER), "{item}");
            assert_eq!(item["state"], "assigned", "{item}");
        }
    }
}

async fn ends_well(bench: &Bench<'_>, moment: Moment) {
    verdict::settle(bench).await;
    let state = bench.control("GET", "/_sim/state", Value::Null);
    let holders = verdict::holders(&state);
    let theirs: Vec<&String> = holders
        .iter()
        .filter(|(_, holder)| **holder == id(MOVER))
        .map(|(number, _)| number)
        .collect();
    assert_eq!(theirs, [&number_of(MOVER)], "the mover's numbers");
    let (wanted, stands) = match moment {
        Moment::Return => ("directRouting", "returned"),
        _ => ("operatorConnect", "verified"),
    };
    assert_eq!(state["numbers"][number_of(MOVER)]["type"], wanted);
    assert_eq!(stage(bench).await, stands);
    verdict::database_agrees(bench, &holders).await;
    let violations = bench.control("GET", "/_sim/violations", Value::Null);
    assert_eq!(violations["items"], json!([]), "violations");
}
