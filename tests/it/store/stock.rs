//! What is remembered of stock: which ranges were short of numbers, and what was given and came back.

use super::*;
use crate::harness::database::on_both_engines;
use std::collections::BTreeSet;

on_both_engines!(
    ranges_that_are_short_of_numbers_are_remembered_until_they_are_not,
    the_turnover_is_counted_from_a_time_on,
);

async fn short(store: &TenantStore) -> Vec<String> {
    let ranges = store.low_stock().await.expect("reads");
    ranges.into_iter().collect()
}

async fn ranges_that_are_short_of_numbers_are_remembered_until_they_are_not(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let set =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    assert_eq!(short(&store).await, [""; 0]);
    for (names, minute) in [(&["muc", "ber"][..], 1), (&["ber", "zrh"][..], 2)] {
        let put = store
            .remember_low_stock(fence, &set(names), at(minute))
            .await;
        put.expect("the database is there");
        assert_eq!(
            short(&store).await,
            set(names).into_iter().collect::<Vec<_>>()
        );
    }
    // Another tenant has ranges of its own; a sync that was overtaken writes nothing.
    let stale = Fence(fence.0 - 1);
    assert!(
        store
            .remember_low_stock(stale, &set(&["muc"]), at(3))
            .await
            .is_err()
    );
    let other = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    let id = "6d9b9f57-6c4a-4c43-8a0d-0d3c0a1b2c3e";
    let other = other
        .tenant("other", id, Arc::new(Settings::default()))
        .await;
    assert_eq!(short(&other.expect("the tenant")).await, [""; 0]);
    let put = store.remember_low_stock(fence, &set(&[]), at(4)).await;
    put.expect("the database is there");
    assert_eq!(short(&store).await, [""; 0]);
}

async fn the_turnover_is_counted_from_a_time_on(database: &Database) {
    let store = open(database).await;
    assert_eq!(store.turnover(at(0)).await, Ok(Default::default()));
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..4).map(user).collect()).await;
    for (seq, action, who, no) in [
        (1, Action::Assign, 1, 1),
        (2, Action::Release, 1, 1),
        (3, Action::Assign, 2, 1),
        (4, Action::Assign, 3, 2),
    ] {
        let steps = vec![change(seq, action, who, no)];
        make(&store, fence, &sync, steps, i64::from(seq)).await;
    }
    let all = store.turnover(at(0)).await.expect("reads");
    assert_eq!(all.first, Some(at(1)));
    let sorted = |mut pairs: Vec<(E164, u64)>| {
        pairs.sort_unstable();
        pairs
    };
    assert_eq!(sorted(all.given), [(number(1), 2), (number(2), 1)]);
    assert_eq!(all.ended, [(number(1), 1)]);
    let late = store.turnover(at(3)).await.expect("reads");
    assert_eq!(sorted(late.given), [(number(1), 1), (number(2), 1)]);
    assert_eq!((late.ended, late.first), (vec![], Some(at(1))));
}
