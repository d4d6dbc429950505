//! Two processes at once on one database.

use super::verdict;
use crate::harness::crash::{Bench, Ended};
use crate::harness::database::{Database, on_both_engines};
use serde_json::Value;

on_both_engines!(two_at_once_never_give_one_number_twice);

const PAIRS: u32 = 10;

/// The first pair meets on an empty database, which both of them want to set up; each pair finds two joiners.
async fn two_at_once_never_give_one_number_twice(database: &Database) {
    let bench = Bench::new(database, 4).await;
    bench.operations_take("60ms");
    let mut both = 0;
    for pair in 0..PAIRS {
        bench.join(20 + 2 * pair);
        bench.join(21 + 2 * pair);
        let (first, second) = (bench.spawn(&["sync"]), bench.spawn(&["sync"]));
        let ended = [first.ended().await, second.ended().await];
        ended.iter().for_each(|sync| ran_or_gave_way(pair, sync));
        let ran = ended.iter().filter(|sync| sync.code == Some(0)).count();
        assert!(ran > 0, "pair {pair}: nobody synced: {ended:?}");
        both += usize::from(ran == 2);
        verdict::nothing_sent_twice(&bench);
    }
    eprintln!("{both} of {PAIRS} pairs ran one after the other");
    verdict::settle(&bench).await;
    let state = bench.control("GET", "/_sim/state", Value::Null);
    let holders = verdict::holders(&state);
    assert_eq!(
        holders.len(),
        7 + 2 * PAIRS as usize,
        "everybody has a number"
    );
    verdict::nothing_sent_twice(&bench);
    verdict::database_agrees(&bench, &holders).await;
}

fn ran_or_gave_way(pair: u32, sync: &Ended) {
    let gave_way = sync.code == Some(1) && sync.complaint.contains("already running");
    assert!(sync.code == Some(0) || gave_way, "pair {pair}: {sync:?}");
}
