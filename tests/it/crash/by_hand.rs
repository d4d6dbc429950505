//! What is asked for by hand, killed at every place (FAULTS G19): whoever had a number ends with exactly one.

use super::gate::Held;
use super::scripted::{side_by_side, tells_something};
use super::verdict;
use crate::harness::crash::{Bench, id, number_of};
use crate::harness::database::Database;
use serde_json::{Value, json};

/// The new number, of the range that holds the old one.
const NEW: &str = "+49895550125";

/// Every so-many-th place on PostgreSQL.
const ON_POSTGRES: usize = 4;

/// A line that an administrator has given in Teams, of the same range.
const OUTSIDE: &str = "+49895550120";

/// An order, and the numbers its person may end with.
struct Order {
    arguments: &'static [&'static str],
    person: Person,
    /// Teams refuses the new number.
    refused: bool,
    may_end_with: &'static [&'static str],
    /// How often a person must have a number in the end.
    numbers: &'static [usize],
}

/// How the person of an order stands before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Person {
    /// With the number that the first sync has taken under management.
    Managed,
    /// Without a number, and known to the directory only.
    Joins,
    /// The managed number was taken away in Teams, and another line given there; no sync has seen it yet.
    Changed,
    /// Joins with a line given in Teams, and nothing is adopted.
    Foreign,
}

const ORDERS: [(u32, Order); 7] = [
    (
        10,
        Order {
            arguments: &["assign", "user10@contoso.example", NEW],
            person: Person::Joins,
            refused: false,
            may_end_with: &[NEW, "+49895550100"],
            numbers: &[1],
        },
    ),
    (
        0,
        Order {
            arguments: &["release", "user0@contoso.example"],
            person: Person::Managed,
            refused: false,
            may_end_with: &["+49895550110"],
            numbers: &[0, 1],
        },
    ),
    (
        0,
        Order {
            arguments: &["assign", "user0@contoso.example", NEW],
            person: Person::Managed,
            refused: false,
            may_end_with: &[NEW, "+49895550110"],
            numbers: &[1],
        },
    ),
    (
        0,
        Order {
            arguments: &["assign", "user0@contoso.example", NEW],
            person: Person::Managed,
            refused: true,
            may_end_with: &["+49895550110"],
            numbers: &[1],
        },
    ),
    (
        0,
        Order {
            arguments: &["assign", "user0@contoso.example", NEW],
            person: Person::Changed,
            refused: false,
            may_end_with: &[NEW, OUTSIDE],
            numbers: &[1],
        },
    ),
    (
        0,
        Order {
            arguments: &["assign", "user0@contoso.example", NEW],
            person: Person::Changed,
            refused: true,
            may_end_with: &[OUTSIDE],
            numbers: &[1],
        },
    ),
    (
        10,
        Order {
            arguments: &["assign", "user10@contoso.example", NEW],
            person: Person::Foreign,
            refused: false,
            may_end_with: &[NEW, OUTSIDE],
            numbers: &[1],
        },
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_given_by_hand() {
    everywhere(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_released_by_hand() {
    everywhere(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_changed_by_hand() {
    everywhere(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_changed_for_one_that_teams_refuses() {
    everywhere(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_changed_outside_changed_by_hand() {
    everywhere(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_changed_outside_changed_for_one_that_teams_refuses() {
    everywhere(5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_not_adopted_changed_by_hand() {
    everywhere(6).await;
}

/// No request lies between the record that Teams does not let the old line go and the end of the rest of the change.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_teams_keeps_stays_alone() {
    const NOT_LET_GO: &str = "UPDATE journal SET ended = claimed, ended_seq = 0, outcome = 'failed'
        WHERE action = 'release' AND ended IS NULL RETURNING id";
    let (user, order) = &ORDERS[6];
    let database = Database::sqlite();
    let bench = bench(&database, *user, order).await;
    bench.gate.hold_first("/unassignNumber", Held::Before);
    let mut running = bench.spawn(order.arguments);
    assert!(bench.gate.catches(&mut running).await, "nothing was held");
    running.kill().await;
    bench.count(NOT_LET_GO).await;
    verdict::settle(&bench).await;
    let passed = bench.gate.passed();
    let given = passed.iter().filter(|it| it.contains("/assignNumber"));
    assert_eq!(given.count(), 0, "a second line was asked for: {passed:?}");
    ends_well(&bench, *user, order).await;
    database.remove().await;
}

/// Kills the order at every place on SQLite, and at some places on PostgreSQL.
async fn everywhere(nth: usize) {
    let (user, order) = &ORDERS[nth];
    let points = points(*user, order).await;
    side_by_side(points.iter().map(|point| async {
        let database = Database::sqlite();
        killed_at(&database, *user, order, point).await;
        database.remove().await;
    }))
    .await;
    side_by_side(points.iter().step_by(ON_POSTGRES).map(|point| async {
        let database = Database::postgres().await;
        killed_at(&database, *user, order, point).await;
        database.remove().await;
    }))
    .await;
}

async fn bench<'a>(database: &'a Database, user: u32, order: &Order) -> Bench<'a> {
    let bench = Bench::new(database, 1).await;
    let first = bench.run(&["sync"]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    let gives =
        |number: &str| json!({"user": format!("user{user}@contoso.example"), "number": number});
    match order.person {
        Person::Managed => {}
        Person::Joins => bench.join(user),
        Person::Changed => {
            let old = json!({ "number": number_of(user) });
            bench.control("POST", "/_sim/unassign", old);
            bench.control("POST", "/_sim/assign", gives(OUTSIDE));
        }
        Person::Foreign => {
            bench.configure("[tenant.ownership]\nadopt = false");
            bench.join(user);
            bench.control("POST", "/_sim/assign", gives(OUTSIDE));
        }
    }
    if order.refused {
        bench.control("PUT", "/_sim/switches", json!({ "blocked_numbers": [NEW] }));
    }
    bench.gate.hold(None);
    bench
}

/// The places, from the requests of an order that nobody disturbs.
async fn points(user: u32, order: &Order) -> Vec<(usize, Held, String)> {
    let database = Database::sqlite();
    let bench = bench(&database, user, order).await;
    let run = bench.run(order.arguments).await;
    let code = if order.refused { 4 } else { 0 };
    assert_eq!(run.code, Some(code), "{run:?}");
    let passed = bench.gate.passed();
    verdict::settle(&bench).await;
    ends_well(&bench, user, order).await;
    let both = passed.iter().enumerate().flat_map(|(index, request)| {
        [Held::Before, Held::After].map(|held| (index, held, request.clone()))
    });
    let points: Vec<_> = both
        .filter(|(_, held, request)| tells_something(request, *held))
        .collect();
    assert!(points.len() >= 8, "an order has more places: {points:?}");
    points
}

async fn killed_at(database: &Database, user: u32, order: &Order, point: &(usize, Held, String)) {
    eprintln!("killing {:?} at {point:?}", order.arguments);
    let bench = bench(database, user, order).await;
    bench.gate.hold(Some((point.0, point.1)));
    let mut running = bench.spawn(order.arguments);
    let caught = bench.gate.catches(&mut running).await;
    let killed = running.kill().await;
    assert!(caught, "{point:?} ended by itself: {killed:?}");
    nobody_else_can_get_it(&bench, user, order).await;
    verdict::settle(&bench).await;
    ends_well(&bench, user, order).await;
    eprintln!("all is well after {point:?}");
}

/// Between the release of the old number and the assignment of the new one, neither is free.
async fn nobody_else_can_get_it(bench: &Bench<'_>, user: u32, order: &Order) {
    let open = bench
        .count("SELECT COUNT(*) FROM journal WHERE ended IS NULL AND claims = 1")
        .await;
    let old = match order.person {
        Person::Joins => return,
        Person::Managed => number_of(user),
        Person::Changed | Person::Foreign => OUTSIDE.to_owned(),
    };
    if order.arguments[0] == "release" || open == 0 {
        return;
    }
    // A new number that Teams has refused is free again while the old one is given back.
    let new = (!order.refused).then(|| NEW.to_owned());
    let wanted: Vec<String> = new.into_iter().chain([old]).collect();
    for item in bench.items(&["numbers", "list"]).await {
        let number = item["number"].as_str().unwrap_or_default().to_owned();
        if wanted.contains(&number) {
            assert_eq!(item["user"]["id"], id(user), "{item}");
            assert!(["claimed", "assigned"].contains(&item["state"].as_str().unwrap_or_default()));
        }
    }
}

async fn ends_well(bench: &Bench<'_>, user: u32, order: &Order) {
    let state = bench.control("GET", "/_sim/state", Value::Null);
    let mut holders = verdict::holders(&state);
    let theirs: Vec<String> = holders
        .iter()
        .filter(|(_, holder)| **holder == id(user))
        .map(|(number, _)| number.clone())
        .collect();
    assert!(
        order.numbers.contains(&theirs.len()),
        "user {user} holds {theirs:?}"
    );
    for number in theirs {
        assert!(
            order.may_end_with.contains(&number.as_str()),
            "user {user}: {number}"
        );
    }
    // A line that was given back is managed from then on; one that was never touched is not.
    let foreign = bench
        .items(&["numbers", "list", "--state", "foreign"])
        .await;
    if order.person == Person::Foreign && foreign.iter().any(|item| item["number"] == OUTSIDE) {
        holders.remove(OUTSIDE);
    }
    verdict::database_agrees(bench, &holders).await;
    let violations = bench.control("GET", "/_sim/violations", Value::Null);
    assert_eq!(violations["items"], json!([]), "violations");
}
