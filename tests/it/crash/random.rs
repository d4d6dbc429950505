//! A sync with many writes at once, killed at random moments.

use super::verdict;
use crate::harness::crash::Bench;
use crate::harness::database::Database;
use futures::StreamExt as _;
use std::time::{Duration, Instant};

/// Kill moments; their seeds count up from the first.
const MOMENTS: u64 = 20;
const FIRST_SEED: u64 = 0x5eed;

const SIDE_BY_SIDE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_moments_on_sqlite() {
    let whole = undisturbed().await;
    side_by_side(|seed| async move {
        let database = Database::sqlite();
        killed_some_time(&database, seed, whole).await;
        database.remove().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_moments_on_postgres() {
    let whole = undisturbed().await;
    side_by_side(|seed| async move {
        let database = Database::postgres().await;
        killed_some_time(&database, seed, whole).await;
        database.remove().await;
    })
    .await;
}

async fn side_by_side<F: Future<Output = ()>>(work: impl Fn(u64) -> F) {
    futures::stream::iter(FIRST_SEED..FIRST_SEED + MOMENTS)
        .map(work)
        .buffer_unordered(SIDE_BY_SIDE)
        .collect::<Vec<()>>()
        .await;
}

/// How long the sync takes when nobody kills it.
async fn undisturbed() -> Duration {
    let database = Database::sqlite();
    let bench = Bench::with_twelve_changes(&database, 4).await;
    bench.operations_take("60ms");
    let begun = Instant::now();
    let sync = bench.run(&["sync"]).await;
    assert_eq!(sync.code, Some(0), "{sync:?}");
    begun.elapsed()
}

/// Killed once, and then the sync that recovers once more, each at a moment of its own.
async fn killed_some_time(database: &Database, seed: u64, whole: Duration) {
    let mut random = seed;
    let bench = Bench::with_twelve_changes(database, 4).await;
    bench.operations_take("60ms");
    for _ in 0..2 {
        let moment = whole.mul_f64(part(&mut random));
        eprintln!("seed {seed:#x}: killed after {moment:?} of {whole:?}");
        let running = bench.spawn(&["sync"]);
        tokio::time::sleep(moment).await;
        running.kill().await;
        bench.outlive_lease().await;
    }
    verdict::settle(&bench).await;
    verdict::all_is_well(&bench).await;
    eprintln!("seed {seed:#x}: all is well");
}

/// A number from 0 to 1 (SplitMix64): the same seed, the same moments.
fn part(random: &mut u64) -> f64 {
    *random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *random;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let thousandth = u32::try_from((mixed ^ (mixed >> 31)) % 1000).unwrap_or_default();
    f64::from(thousandth) / 1000.0
}
