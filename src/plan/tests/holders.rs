//! The decision table for users who hold a managed number that is in place.

use super::lines::check;
use super::newcomers::{exempt_until, with_exceptions};
use super::world::{Town, ago, town};
use crate::directory::Attribute;
use crate::numbering::{ListedType, NumberType};
use crate::plan::{GoneHow, Holding};

fn anna(licence: &str) -> Town {
    town().user("anna", licence).holds("anna", 1004)
}

#[test]
fn the_exempt_keep_also_when_gone_or_unlicensed() {
    let kept = "note anna exempt\nkeep 1";
    let by_hand = |town: Town| town.with("anna", |u| u.facts.exempt = Some(exempt_until(None)));
    check(&by_hand(anna("E5+")), kept);
    check(&by_hand(anna("")), kept);
    check(&by_hand(anna("").gone("anna", GoneHow::Deleted, 99)), kept);
    let until = anna("").with("anna", |u| {
        u.facts.exempt = Some(exempt_until(Some(ago(-5))))
    });
    check(&until, "due anna +5h\nnote anna exempt\nkeep 1");
    let ended = anna("").with("anna", |u| {
        u.facts.exempt = Some(exempt_until(Some(ago(0))))
    });
    check(&ended, "release anna 1004 delicensed");
    let rule = with_exceptions().user("anna", "").holds("anna", 1004);
    let board = rule
        .clone()
        .attribute("anna", Attribute::Department, "Board");
    check(&board, kept);
    check(&board.gone("anna", GoneHow::Absent, 99), kept);
    check(
        &rule
            .clone()
            .attribute("anna", Attribute::UsageLocation, "CH"),
        kept,
    );
    check(&rule, "release anna 1004 delicensed");
}

#[test]
fn the_gone_are_released() {
    for how in [GoneHow::SoftDeleted, GoneHow::Deleted, GoneHow::Absent] {
        check(
            &anna("E5+").gone("anna", how, 0),
            "release anna 1004 deleted",
        );
    }
    // Whether they were ever seen licensed does not matter.
    let stale = anna("").gone("anna", GoneHow::Absent, 0);
    check(
        &stale.holding(1004, |h| h.seen_licensed = false),
        "release anna 1004 deleted",
    );
}

#[test]
fn the_doubtful_keep() {
    check(&anna("E5 MCOEV=Suspended"), "note anna lapsing\nkeep 1");
    check(&anna("E5 MCOEV=LockedOut"), "note anna lapsing\nkeep 1");
    check(
        &anna("E5"),
        "due anna +72h\nnote anna licence-pending\nkeep 1",
    );
    let since = |h| anna("E5").with("anna", |u| u.facts.pending_since = Some(ago(h)));
    check(
        &since(71),
        "due anna +1h\nnote anna licence-pending\nkeep 1",
    );
    check(&since(72), "release anna 1004 delicensed");
}

#[test]
fn the_unlicensed_are_released_if_seen_licensed() {
    check(&anna("E3+"), "release anna 1004 delicensed");
    let stale = anna("E3+").holding(1004, |h| h.seen_licensed = false);
    check(&stale, "note anna stale-holder\nkeep 1");
    let calling = anna("CP+");
    check(
        &calling,
        "release anna 1004 delicensed\nnote anna calling-plan-without-phone-system",
    );
}

#[test]
fn a_holder_seen_licensed_or_in_doubt_is_remembered_as_such() {
    let seen = |licence: &str| {
        let town = anna(licence).holding(1004, |h| h.seen_licensed = false);
        let changed: Vec<Holding> = town.plan().effects.holdings;
        changed.iter().any(|holding| holding.seen_licensed)
    };
    assert!(seen("E5+"));
    assert!(seen("TP+"));
    assert!(seen("E5"));
    assert!(seen("E5 MCOEV=Suspended"));
    assert!(!seen("E3+"));
}

#[test]
fn the_rest_keep() {
    check(&anna("TP+"), "note anna no-teams\nkeep 1");
    let disabled = |licence| anna(licence).with("anna", |u| u.user.enabled = false);
    check(&disabled("E5+"), "keep 1");
    check(&disabled("E3+"), "release anna 1004 delicensed");
    check(&anna("E5+").pinned("anna", 1004), "keep 1");
    check(
        &anna("E5+").pinned("anna", 1005),
        "note anna pin-differs\nkeep 1",
    );
    // A pin does not keep the licence: the number goes, the pin stays.
    check(
        &anna("E3+").pinned("anna", 1004),
        "release anna 1004 delicensed",
    );
    let excluded = with_exceptions()
        .user("anna", "E5+")
        .attribute("anna", Attribute::EmployeeType, "Contractor")
        .holds("anna", 1004);
    check(&excluded, "keep 1");
    check(&anna("E5+"), "keep 1");
}

#[test]
fn who_moves_keeps_the_number_and_is_noted() {
    let moved = |city: &str, licence| anna(licence).attribute("anna", Attribute::City, city);
    check(&moved("Zurich", "E5+"), "note anna drift\nkeep 1");
    check(&moved("Nowhere", "E5+"), "keep 1");
    // The licence type changed, the place did not; and then both.
    check(&moved("Munich", "E5+ CP+"), "keep 1");
    check(&moved("Seattle", "E5+ CP+"), "note anna drift\nkeep 1");
    // No range declares the number any more.
    let undeclared = town().user("anna", "E5+").holds("anna", 7000);
    check(&undeclared, "note anna drift\nkeep 1");
    check(
        &town().user("anna", "").holds("anna", 7000),
        "release anna 7000 delicensed",
    );
}

#[test]
fn another_type_in_the_list_is_noted_and_is_what_graph_is_told() {
    let town = anna("").listed_as(1004, Some("anna"), |p| {
        p.number_type = ListedType::Known(NumberType::OperatorConnect);
        p.activated = false;
    });
    check(
        &town,
        "release anna 1004 delicensed\nnote anna type-mismatch",
    );
    let draft = town.plan();
    assert_eq!(
        draft.plan.changes[0].number_type,
        NumberType::OperatorConnect
    );
}
