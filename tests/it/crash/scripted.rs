//! A sync of twelve changes, killed at every place, and started again; at some places its recovery is killed as well.

use super::gate::Held;
use super::verdict;
use crate::harness::crash::Bench;
use crate::harness::database::Database;
use futures::StreamExt as _;

/// Processes under way at once.
const SIDE_BY_SIDE: usize = 8;

/// Every so-many-th place on PostgreSQL, whose engine differs from SQLite's but whose journal does not.
const ON_POSTGRES: usize = 3;

/// At every so-many-th place the recovery is killed too.
const KILLED_AGAIN: usize = 4;

/// A place to kill at.
#[derive(Clone, Debug)]
struct Point {
    index: usize,
    held: Held,
    #[expect(dead_code, reason = "printed, to tell which request it is")]
    request: String,
    /// The request of the recovering sync at which it is killed in turn.
    again: Option<usize>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_place_on_sqlite() {
    let points = points().await;
    let killed = points.iter().map(|point| async {
        let database = Database::sqlite();
        killed_at(&database, point).await;
        database.remove().await;
    });
    side_by_side(killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_third_place_on_postgres() {
    let points = points().await;
    let killed = points.iter().step_by(ON_POSTGRES).map(|point| async {
        let database = Database::postgres().await;
        killed_at(&database, point).await;
        database.remove().await;
    });
    side_by_side(killed).await;
}

pub(super) async fn side_by_side(work: impl Iterator<Item = impl Future<Output = ()>>) {
    futures::stream::iter(work)
        .buffer_unordered(SIDE_BY_SIDE)
        .collect::<Vec<()>>()
        .await;
}

/// The places, from the requests of a sync that nobody disturbs.
async fn points() -> Vec<Point> {
    let database = Database::sqlite();
    let bench = Bench::with_twelve_changes(&database, 1).await;
    bench.gate.hold(None);
    let sync = bench.run(&["sync"]).await;
    assert_eq!(sync.code, Some(0), "{sync:?}");
    let summary = &sync.report["summary"];
    let made = ["assign", "release", "policy"].map(|kind| summary[kind].as_u64());
    assert_eq!(made, [Some(8), Some(4), Some(4)], "{sync:?}");
    let passed = bench.gate.passed();
    verdict::all_is_well(&bench).await;
    let mut points = Vec::new();
    for (index, request) in passed.iter().enumerate() {
        for held in [Held::Before, Held::After] {
            if tells_something(request, held) || index + 1 == passed.len() {
                let nth = points.len();
                points.push(Point {
                    index,
                    held,
                    request: request.clone(),
                    again: (nth % KILLED_AGAIN == 0).then_some(nth % 13),
                });
            }
        }
    }
    assert!(
        points.len() >= 70,
        "a sync of twelve changes has more places: {points:?}"
    );
    points
}

/// Whether being killed there differs from being killed at an earlier request. Before a write, the person is read and
/// looked up in Teams: neither changes journal or Graph. The answer of a read matters no more than the read.
pub(super) fn tells_something(request: &str, held: Held) -> bool {
    let writes = request.starts_with("POST /v1.0") || request.starts_with("PATCH");
    let looks = request.starts_with("GET /v1.0/users/0") || request.contains("userConfigurations");
    writes || (held == Held::Before && !looks)
}

/// The panics of the checks say what is wrong; the line printed last says where.
async fn killed_at(database: &Database, point: &Point) {
    eprintln!("killing at {point:?}");
    let bench = Bench::with_twelve_changes(database, 1).await;
    bench.gate.hold(Some((point.index, point.held)));
    let mut running = bench.spawn(&["sync"]);
    let caught = bench.gate.catches(&mut running).await;
    let killed = running.kill().await;
    assert!(caught, "{point:?} ended by itself: {killed:?}");
    if let Some(request) = point.again {
        killed_again(&bench, request).await;
    }
    verdict::settle(&bench).await;
    verdict::all_is_well(&bench).await;
    eprintln!("all is well after {point:?}");
}

/// Kills the sync that recovers, unless it is through before that request.
async fn killed_again(bench: &Bench<'_>, request: usize) {
    bench.outlive_lease().await;
    bench.gate.hold(Some((request, Held::After)));
    let mut running = bench.spawn(&["sync"]);
    bench.gate.catches(&mut running).await;
    running.kill().await;
}
