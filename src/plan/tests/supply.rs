//! What the rules can give: neither golden numbers nor, where that is switched on, those that end like an emergency call.

use super::lines::{check, last};
use super::world::{Town, ago, id, number, ruled_by};
use crate::numbering::NumberState;
use crate::plan::{Stock, Supply, Wish, by_hand, entry, standing, supplies};
use std::collections::BTreeSet;

/// 1000 scores 50, 1001 45, 1010 55, 1012 20, the others nothing.
fn range(least: Option<u8>, properties: &str) -> Town {
    let rules = format!(
        r#"range "muc" {{ type direct-routing numbers +49 89 5550 1000 to 1004, +49 89 5550 1010 to 1012
            quarantine 0 days when anyone {properties} }}"#
    );
    ruled_by(&rules).but(|town| town.settings.numbers.golden_score = least)
}

/// One range around the German emergency numbers.
fn tails(switched_on: bool, numbers: &str) -> Town {
    let rules = format!(
        r#"range "muc" {{ type direct-routing numbers {numbers} quarantine 0 days when anyone }}"#
    );
    ruled_by(&rules).but(|town| town.settings.numbers.emergency_tails = switched_on)
}

fn given(town: &Town) -> String {
    let numbers = town.index(|index| {
        let mut stock = Stock::of(index, &town.rules.ranges()[0]);
        let next = || stock.take_next(id("anna"), &BTreeSet::new());
        std::iter::from_fn(next).map(last).collect::<Vec<_>>()
    });
    numbers.join(" ")
}

fn supply(town: &Town) -> Supply {
    let found = town.look(|world| supplies(world, &BTreeSet::from([0])));
    found[&0]
}

#[test]
fn the_rules_give_no_golden_number() {
    assert_eq!(
        given(&range(None, "")),
        "1000 1001 1002 1003 1004 1010 1011 1012"
    );
    assert_eq!(given(&range(Some(50), "")), "1001 1002 1003 1004 1011 1012");
    assert_eq!(given(&range(Some(45), "")), "1002 1003 1004 1011 1012");
    assert_eq!(
        given(&range(Some(45), "select highest")),
        "1012 1011 1004 1003 1002"
    );
    // One that somebody had is as golden as before.
    let used = range(Some(45), "").number(1010, |f| f.freed = Some(ago(10)));
    assert_eq!(given(&used), "1002 1003 1004 1011 1012");
    let random = given(&range(Some(45), "select random"));
    assert!(
        !random.contains("1000") && random.split(' ').count() == 5,
        "{random}"
    );
}

#[test]
fn golden_numbers_are_free_but_no_supply() {
    let town = range(Some(45), "keep-free 50% low-stock 40%");
    let expected = Supply {
        free: 5,
        golden: 3,
        keep: 3,
        least: Some(2),
    };
    assert_eq!(supply(&town), expected);
    assert_eq!(given(&town), "1002 1003");
    let state = town.index(|index| entry(index, &town.rules.ranges()[0], number(1010)).state);
    assert_eq!(state, NumberState::Free);
    // One that is held counts as the others do.
    let held = town.holds("anna", 1000).holds("bert", 1002);
    let expected = Supply {
        free: 4,
        golden: 2,
        keep: 3,
        least: Some(3),
    };
    assert_eq!(supply(&held), expected);
}

#[test]
fn an_alert_is_due_below_the_threshold_and_not_at_it() {
    let town = range(None, "low-stock 7");
    assert!(!supply(&town).is_low());
    let one = town.holds("anna", 1000);
    assert!(!supply(&one).is_low());
    let two = one.holds("bert", 1001);
    assert!(supply(&two).is_low());
    assert!(!supply(&range(Some(20), "")).is_low(), "nothing is said");
}

#[test]
fn a_range_with_golden_numbers_only_is_exhausted_for_the_rules() {
    let rules = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1001 quarantine 0 days
        when city = "Munich" }"#;
    let town = ruled_by(rules)
        .but(|town| town.settings.numbers.golden_score = Some(40))
        .user("anna", "E5+");
    check(&town, "note anna exhausted");
    // Who had one gets it back, and so does who is pinned to one.
    check(
        &town.clone().had("anna", 1001, 10),
        "assign anna 1001 returning",
    );
    check(
        &town.clone().pinned("anna", 1000),
        "assign anna 1000 pinned",
    );
    let asks = |number, range: Option<&str>| {
        let wish = Wish::Assign {
            number,
            range: range.map(str::to_owned),
        };
        town.look(|world| match by_hand(world, town.users.clone(), &wish) {
            Ok(draft) => last(draft.plan.changes[0].number),
            Err(refusal) => refusal.code().to_owned(),
        })
    };
    assert_eq!(asks(Some(number(1000)), None), "1000");
    // Without a name for it nobody gets one by hand either.
    assert_eq!(asks(None, Some("muc")), "exhausted");
    assert_eq!(asks(None, None), "exhausted");
}

#[test]
fn tails_of_emergency_numbers_are_never_given_where_that_is_on() {
    let around = "+49 89 5550 1109 to 1113";
    assert_eq!(given(&tails(false, around)), "1109 1110 1111 1112 1113");
    let town = tails(true, around);
    assert_eq!(given(&town), "1109 1111 1113");
    // Listed and remembered numbers are told one by one, and end the same.
    let told = town
        .listed(1110, None)
        .number(1112, |f| f.freed = Some(ago(10)));
    assert_eq!(given(&told), "1109 1111 1113");
    let state =
        |last| told.index(|index| entry(index, &told.rules.ranges()[0], number(last)).state);
    assert_eq!(
        [1110, 1111, 1112].map(state),
        [NumberState::Never, NumberState::Free, NumberState::Never,]
    );
    // Whoever holds one keeps it.
    assert_eq!(
        told.clone()
            .holds("anna", 1112)
            .index(|index| { entry(index, &told.rules.ranges()[0], number(1112)).state }),
        NumberState::Assigned
    );
}

#[test]
fn an_explanation_says_why_the_rules_do_not_give_it() {
    let says = |town: &Town, last| town.index(|index| standing(index, number(last)).1.join("\n"));
    let golden = says(&range(Some(45), ""), 1010);
    assert!(
        golden.contains("score 55") && golden.contains("numbers.golden_score"),
        "{golden}"
    );
    assert!(!says(&range(Some(60), ""), 1010).contains("score"));
    let tail = says(&tails(true, "+49 89 5550 1109 to 1113"), 1112);
    assert!(tail.contains("emergency number of DE"), "{tail}");
}
