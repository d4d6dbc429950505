//! Plans of many orders by hand, killed at every place while they are made: everybody ends with exactly one number where
//! numbers were changed, and what is left of the orders is planned and made again.

use super::gate::Held;
use super::scripted::{side_by_side, tells_something};
use super::verdict;
use crate::harness::crash::{Bench, id, number_of};
use crate::harness::database::Database;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every so-many-th place on PostgreSQL.
const ON_POSTGRES: usize = 5;

/// A plan in the making, and what it makes of two people.
struct Story {
    /// Makes and saves the plan; `SYNC` stands for the id of the sync before.
    plans: &'static [&'static str],
    people: [u32; 2],
    /// The numbers of each before and after.
    before: [Option<&'static str>; 2],
    after: [Option<&'static str>; 2],
}

/// Two holders of different number types and policies get other numbers.
const RENUMBERS: Story = Story {
    plans: &[
        "users",
        "renumber",
        "--file",
        "people.csv",
        "--save",
        "plan.json",
    ],
    people: [0, 1],
    before: [Some("+49895550110"), Some("+492215550111")],
    after: [Some("+49895550125"), Some("+492215550125")],
};

/// Two joiners were given numbers by rule, which is undone.
const REVERTS: Story = Story {
    plans: &["syncs", "revert", "SYNC", "--save", "plan.json"],
    people: [10, 11],
    before: [Some("+49895550100"), Some("+492215550100")],
    after: [None, None],
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_of_other_numbers() {
    everywhere(&RENUMBERS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_undoes_a_sync() {
    everywhere(&REVERTS).await;
}

async fn everywhere(story: &'static Story) {
    let points = points(story).await;
    side_by_side(points.iter().map(|point| async {
        let database = Database::sqlite();
        killed_at(&database, story, point).await;
        database.remove().await;
    }))
    .await;
    side_by_side(points.iter().step_by(ON_POSTGRES).map(|point| async {
        let database = Database::postgres().await;
        killed_at(&database, story, point).await;
        database.remove().await;
    }))
    .await;
}

/// The tenant before the plan; answers the plan's command.
async fn bench<'a>(database: &'a Database, story: &Story) -> (Bench<'a>, Vec<String>) {
    let bench = Bench::new(database, 1).await;
    let first = bench.run(&["sync"]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    for person in story.people.iter().filter(|n| **n >= 10) {
        bench.join(*person);
    }
    let second = bench.run(&["sync"]).await;
    assert_eq!(second.code, Some(0), "{second:?}");
    let numbers = story.people.iter().zip(story.after);
    let lines =
        numbers.filter_map(|(n, number)| Some(format!("user{n}@contoso.example,{}\n", number?)));
    bench.write("people.csv", &lines.collect::<String>());
    let sync = second.report["sync_id"].as_str().unwrap_or_default();
    let command = story.plans.iter().map(|word| word.replace("SYNC", sync));
    let command: Vec<String> = command.collect();
    assert_eq!(theirs(&bench, story), story.before.map(owned));
    planned(&bench, &command).await;
    bench.gate.hold(None);
    (bench, command)
}

fn owned(number: Option<&str>) -> Option<String> {
    number.map(str::to_owned)
}

async fn planned(bench: &Bench<'_>, command: &[String]) {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let plan = bench.run(&words).await;
    assert_eq!(plan.code, Some(0), "{plan:?}");
}

/// What the two hold in Teams; nobody holds two.
fn theirs(bench: &Bench<'_>, story: &Story) -> [Option<String>; 2] {
    let state = bench.control("GET", "/_sim/state", Value::Null);
    let mut held: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (number, holder) in verdict::holders(&state) {
        held.entry(holder).or_default().push(number);
    }
    story
        .people
        .map(|n| match held.get(&id(n)).map(Vec::as_slice) {
            None => None,
            Some([one]) => Some(one.clone()),
            Some(several) => panic!("user {n} holds {several:?}"),
        })
}

/// The places, from the requests of a plan that nobody disturbs.
async fn points(story: &Story) -> Vec<(usize, Held, String)> {
    let database = Database::sqlite();
    let (bench, _) = bench(&database, story).await;
    let made = bench.run(&["sync", "--plan", "plan.json"]).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let passed = bench.gate.passed();
    ends_well(&bench, story).await;
    let both = passed.iter().enumerate().flat_map(|(index, request)| {
        [Held::Before, Held::After].map(|held| (index, held, request.clone()))
    });
    let points: Vec<_> = both
        .filter(|(_, held, request)| tells_something(request, *held))
        .collect();
    assert!(points.len() >= 12, "a plan has more places: {points:?}");
    database.remove().await;
    points
}

async fn killed_at(database: &Database, story: &Story, point: &(usize, Held, String)) {
    eprintln!("killing {:?} at {point:?}", story.plans);
    let (bench, command) = bench(database, story).await;
    bench.gate.hold(Some((point.0, point.1)));
    let mut running = bench.spawn(&["sync", "--plan", "plan.json"]);
    let caught = bench.gate.catches(&mut running).await;
    let killed = running.kill().await;
    assert!(caught, "{point:?} ended by itself: {killed:?}");
    verdict::settle(&bench).await;
    for (n, now) in theirs(&bench, story).into_iter().enumerate() {
        let ends = [owned(story.before[n]), owned(story.after[n])];
        assert!(
            ends.contains(&now),
            "user {} holds {now:?}",
            story.people[n]
        );
    }
    // What was not made is planned again and made: what was made already stays as it is.
    planned(&bench, &command).await;
    let rest = bench.run(&["sync", "--plan", "plan.json"]).await;
    assert_eq!(rest.code, Some(0), "{rest:?}");
    ends_well(&bench, story).await;
    eprintln!("all is well after {point:?}");
}

async fn ends_well(bench: &Bench<'_>, story: &Story) {
    verdict::settle(bench).await;
    assert_eq!(theirs(bench, story), story.after.map(owned));
    // The others have what they had.
    let state = bench.control("GET", "/_sim/state", Value::Null);
    let holders = verdict::holders(&state);
    for n in (0..7).filter(|n| !story.people.contains(n)) {
        assert_eq!(
            holders.get(&number_of(n)),
            Some(&id(n)),
            "user {n} keeps the number"
        );
    }
    verdict::database_agrees(bench, &holders).await;
    let violations = bench.control("GET", "/_sim/violations", Value::Null);
    assert_eq!(violations["items"], json!([]), "violations");
}
