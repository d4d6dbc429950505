//! Which free number comes next.

use super::lines::last;
use super::world::{Town, ago, id, number, ruled_by};
use crate::plan::Stock;
use std::collections::BTreeSet;

fn range(properties: &str) -> Town {
    ruled_by(&format!(
        r#"range "muc" {{ type direct-routing numbers +49 89 5550 1000 to 1004, +49 89 5550 1010 to 1012
            quarantine 0 days when anyone {properties} }}"#
    ))
}

/// The numbers that `anna` would be given one after the other, until there is none.
fn given(town: &Town, refused: &[u64]) -> String {
    let refused: BTreeSet<_> = refused.iter().map(|last| number(*last)).collect();
    let numbers = town.index(|index| {
        let mut stock = Stock::of(index, &town.rules.ranges()[0]);
        let next = || stock.take_next(id("anna"), &refused);
        std::iter::from_fn(next).map(last).collect::<Vec<_>>()
    });
    numbers.join(" ")
}

#[track_caller]
fn check(town: &Town, expected: &str) {
    assert_eq!(given(town, &[]), expected);
}

#[test]
fn longest_idle_gives_fresh_numbers_ascending_then_the_one_free_longest() {
    let used = |town: Town| {
        let freed = |town: Town, last, h| town.number(last, |f| f.freed = Some(ago(h)));
        freed(freed(freed(town, 1000, 10), 1002, 30), 1011, 20)
    };
    check(&range(""), "1000 1001 1002 1003 1004 1010 1011 1012");
    check(&used(range("")), "1001 1003 1004 1010 1012 1002 1011 1000");
    check(
        &used(range("select lowest")),
        "1000 1001 1002 1003 1004 1010 1011 1012",
    );
    check(
        &used(range("select highest")),
        "1012 1011 1010 1004 1003 1002 1001 1000",
    );
}

#[test]
fn random_gives_every_number_once_in_an_order_of_the_user_and_tenant() {
    let town = range("select random");
    let order = given(&town, &[]);
    assert_eq!(order, given(&town, &[]));
    let mut sorted: Vec<&str> = order.split(' ').collect();
    sorted.sort_unstable();
    assert_eq!(sorted.join(" "), given(&range(""), &[]));
    let firsts = ["anna", "bert", "carl", "dora", "emil", "fred"].map(|name| {
        town.index(|index| {
            let mut stock = Stock::of(index, &town.rules.ranges()[0]);
            stock.take_next(id(name), &BTreeSet::new())
        })
    });
    assert!(firsts.iter().collect::<BTreeSet<_>>().len() > 1);
}

#[test]
fn keep_free_counts_free_numbers_only() {
    check(&range("keep-free 3"), "1000 1001 1002 1003 1004");
    check(&range("keep-free 8"), "");
    check(&range("keep-free 99"), "");
    // Of eight numbers one rests: seven are free, and three of them stay.
    check(&range("keep-free 3").rests(1000, 5), "1001 1002 1003 1004");
    check(
        &range("keep-free 3").holds("anna", 1000),
        "1001 1002 1003 1004",
    );
}

#[test]
fn percent_is_of_what_could_be_given_rounded_up() {
    // 10 % of 8 is 0.8, which leaves one.
    check(
        &range("keep-free 10%"),
        "1000 1001 1002 1003 1004 1010 1011",
    );
    check(&range("keep-free 50%"), "1000 1001 1002 1003");
    check(&range("keep-free 100%"), "");
    // Without never, reserve and absent ones five are left: half of them is three.
    let fewer = range("keep-free 50% never +49 89 5550 1010 reserve +49 89 5550 1011");
    check(
        &fewer.listed_as(1012, None, |p| p.activated = false),
        "1000 1001",
    );
}

#[test]
fn only_free_numbers_are_in_stock() {
    let town = range("never +49 89 5550 1000 reserve +49 89 5550 1001")
        .rests(1002, 5)
        .number(1003, |f| f.blocked_until = Some(ago(-1)))
        .holds("bert", 1004)
        .listed_as(1010, None, |p| p.for_users = false)
        .user("zoe", "")
        .pinned("zoe", 1011);
    check(&town, "1012");
}

#[test]
fn a_refused_number_comes_last() {
    assert_eq!(
        given(&range(""), &[1000, 1001]),
        "1002 1003 1004 1010 1011 1012 1000 1001"
    );
    assert_eq!(
        given(&range("select highest"), &[1012]),
        "1011 1010 1004 1003 1002 1001 1000 1012"
    );
}
