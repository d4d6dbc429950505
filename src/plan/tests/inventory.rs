//! The one state of every number.

use super::world::{Town, ago, number, ruled_by, town};
use crate::numbering::{
    Category, ListedProfile, ListedStatus, ListedType, NumberState, NumberType,
};
use crate::plan::{NumberFacts, RangeInventory, Reservation, entry};

const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1007, +49 89 5550 1008 to 1009 from 2026-03-03
      never   +49 89 5550 1001
      reserve +49 89 5550 1002
      quarantine 0 days
      when anyone
    }
    range "rest" {
      type direct-routing
      numbers +49 89 5550 1100 to 1109
      unlisted reserve
      quarantine 0 days
    }
    range "us" {
      type calling-plan
      numbers +1 206 555 0100 to 0109
      country "US"
      location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
      quarantine 0 days
    }
    range "zrh" {
      type operator-connect
      numbers +41 43 555 20 00 to 20 09
      quarantine 0 days
    }"#;

/// The state of one number, by its entry and by the inventory of its range, which must agree.
fn state(town: &Town, last: u64) -> NumberState {
    town.index(|index| {
        let at = town
            .rules
            .range_of(number(last))
            .expect("a range declares it");
        let range = &town.rules.ranges()[at];
        let inventory = RangeInventory::of(index, range);
        let alone = entry(index, range, number(last));
        let all: Vec<_> = inventory.entries(None).collect();
        let within = all.iter().filter(|e| e.number == number(last));
        assert_eq!(within.map(|e| e.state).collect::<Vec<_>>(), [alone.state]);
        assert!(all.iter().map(|e| e.number).eq(range.numbers.iter()));
        let counted: u64 = inventory.counts().values().sum();
        assert_eq!(counted, range.numbers.count());
        alone.state
    })
}

#[track_caller]
fn check(town: &Town, last: u64, expected: NumberState) {
    assert_eq!(state(town, last), expected, "of {last}");
}

fn here() -> Town {
    ruled_by(RULES)
}

#[test]
fn by_the_rules_alone() {
    let rules = here();
    check(&rules, 1000, NumberState::Free);
    check(&rules, 1001, NumberState::Never);
    check(&rules, 1002, NumberState::Reserved);
    check(&rules, 1007, NumberState::Free);
    check(&rules, 1008, NumberState::Absent);
    let next_day = here().but(|town| town.now = ago(-16));
    check(&next_day, 1009, NumberState::Free);
    check(
        &here().but(|town| town.now = ago(-15)),
        1009,
        NumberState::Absent,
    );
    check(&rules, 1100, NumberState::Reserved);
    check(&here().listed(1100, None), 1100, NumberState::Free);
    // Calling-plan and operator-connect numbers exist only where Teams lists them.
    check(&rules, 100, NumberState::Absent);
    check(&here().listed(100, None), 100, NumberState::Free);
    check(&rules, 2000, NumberState::Absent);
    check(&here().listed(2000, None), 2000, NumberState::Free);
}

#[test]
fn what_teams_lists_but_would_not_assign_is_absent() {
    let changes: [fn(&mut ListedProfile); 5] = [
        |p| p.activated = false,
        |p| p.for_users = false,
        |p| p.ported = false,
        |p| p.number_type = ListedType::Known(NumberType::OperatorConnect),
        |p| p.number_type = ListedType::Other("new".to_owned()),
    ];
    for change in changes {
        for last in [100, 1000] {
            check(
                &here().listed_as(last, None, change),
                last,
                NumberState::Absent,
            );
        }
    }
}

#[test]
fn what_is_held_by_anything_not_managed_is_foreign() {
    let foreign = |holder, change: fn(&mut ListedProfile)| {
        for last in [1000, 1001, 1002, 1008, 100] {
            let town = here().listed_as(last, holder, change);
            check(&town, last, NumberState::Foreign);
        }
    };
    foreign(Some("anna"), |_| {});
    foreign(Some("anna"), |p| p.category = Category::Other);
    foreign(Some("hall"), |p| {
        p.status = ListedStatus::Other("conferenceAssigned".to_owned())
    });
    foreign(None, |p| {
        p.status = ListedStatus::Other("policyAssigned".to_owned())
    });
    foreign(None, |p| p.extension = true);
    foreign(None, |p| p.on_premises = true);
    foreign(Some("anna"), |p| p.on_premises = true);
}

#[test]
fn a_managed_number_is_assigned_whatever_else_is_true() {
    let held = |last| here().user("anna", "E5+").booked("anna", last);
    for last in [100, 1000, 1001, 1002, 1008] {
        check(&held(last), last, NumberState::Assigned);
        check(&held(last).listed(last, None), last, NumberState::Assigned);
        let inactive = held(last).listed_as(last, Some("anna"), |p| p.activated = false);
        check(&inactive, last, NumberState::Assigned);
        check(
            &held(last).listed_as(last, Some("anna"), |p| p.extension = true),
            last,
            NumberState::Assigned,
        );
    }
}

fn told(change: impl Fn(&mut NumberFacts)) -> Town {
    let mut town = here();
    for last in [1000, 1001, 1002, 1008] {
        town = town.number(last, &change);
    }
    town
}

fn until(hours: i64) -> Option<Reservation> {
    Some(Reservation {
        by: "admin".to_owned(),
        reason: "board".to_owned(),
        until: Some(ago(-hours)),
        whom: None,
    })
}

#[test]
fn what_is_remembered_counts_after_never_and_absent() {
    let resting = told(|f| f.rest_until = Some(ago(-1)));
    check(&resting, 1000, NumberState::Quarantined);
    check(&resting, 1001, NumberState::Never);
    check(&resting, 1002, NumberState::Reserved);
    check(&resting, 1008, NumberState::Absent);
    let blocked = told(|f| {
        f.blocked_until = Some(ago(-1));
        f.rest_until = Some(ago(-1));
    });
    check(&blocked, 1000, NumberState::Blocked);
    check(&blocked, 1001, NumberState::Never);
    let reserved = told(|f| {
        f.reserved = until(1);
        f.blocked_until = Some(ago(-1));
    });
    check(&reserved, 1000, NumberState::Reserved);
    check(&reserved, 1001, NumberState::Never);
    check(
        &here().user("anna", "").pinned("anna", 1000),
        1000,
        NumberState::Reserved,
    );
}

#[test]
fn what_has_an_end_ends_by_itself() {
    check(
        &told(|f| f.rest_until = Some(ago(0))),
        1000,
        NumberState::Free,
    );
    check(
        &told(|f| f.blocked_until = Some(ago(0))),
        1000,
        NumberState::Free,
    );
    check(&told(|f| f.reserved = until(0)), 1000, NumberState::Free);
    // No rest ends while the clock cannot be trusted.
    let unsure =
        told(|f| f.rest_until = Some(ago(0))).but(|t| t.circumstances.clock_agrees = false);
    check(&unsure, 1000, NumberState::Quarantined);
}

#[test]
fn a_list_read_after_a_release_is_believed() {
    // Freed half an hour ago by a sync that had read the list an hour ago; this list is of now.
    let freed = |town: Town, last| town.number(last, |f| f.freed = Some(now_minus_half()));
    check(&freed(here(), 100), 100, NumberState::Absent);
    check(
        &freed(here(), 100).listed(100, None),
        100,
        NumberState::Free,
    );
    let given_elsewhere = freed(town(), 1000)
        .user("hall", "")
        .listed(1000, Some("hall"));
    check(&given_elsewhere, 1000, NumberState::Foreign);
}

fn now_minus_half() -> jiff::Timestamp {
    ago(0) - jiff::SignedDuration::from_mins(30)
}
