//! What a change of rules does to people, before anybody acts on it.

use super::world::{Town, hours, id, now, ruled_by};
use crate::directory::{Attribute, GroupId};
use crate::numbering::E164;
use crate::plan::{Asked, Comparison, Effect, Exemption, Unmatched};
use crate::rules::GroupMembers;

fn range(name: &str, first: u32, rest: &str) -> String {
    format!(
        "range \"{name}\" {{ type direct-routing numbers +49 89 5550 {first} to {} quarantine 1 day {rest} }}\n",
        first + 9
    )
}

/// The effect of a change on everybody of a town, none of whom has a number, and what it is to the brake.
fn effects(town: &Town, new: &str) -> (Vec<Option<Effect>>, Unmatched) {
    let new = ruled_by(new);
    let mut comparison = Comparison::new(&town.rules, &new.rules);
    let seen = town.look(|world| {
        let asked = Asked {
            settings: world.settings,
            book: world.book,
            groups: world.groups,
            now: world.now,
        };
        let mut see = |stored| comparison.see(asked, stored, true).map(|c| c.effect);
        town.users.iter().map(&mut see).collect()
    });
    (seen, comparison.unmatched().clone())
}

fn people(rules: &str) -> Town {
    ruled_by(rules)
        .user_in("Bonn", "DE", "anna", "E5+")
        .user_in("Ulm", "DE", "bert", "E5+")
        .user_in("Köln", "DE", "carl", "E5+")
        .user_in("Bonn", "DE", "dora", "")
}

fn three(bonn: &str, ulm: &str) -> String {
    [
        range("bonn", 1000, &format!("when city = \"Bonn\" {bonn}")),
        range("ulm", 1100, &format!("when city = \"Ulm\" {ulm}")),
    ]
    .concat()
}

#[test]
fn losses_moves_and_gains_are_told_apart() {
    use Effect::{Gains, Loses, Moves, Same};
    let old = three("", "");
    let town = people(&old);
    let (seen, unmatched) = effects(&town, &old);
    assert_eq!(seen, [Some(Same), Some(Same), Some(Same), None]);
    assert_eq!((unmatched.had_range, unmatched.left_without), (2, 0));
    let new = [
        range("bonn", 1000, "when city = \"Köln\""),
        range("ulm-2", 1100, "when city = \"Ulm\""),
    ];
    let (seen, unmatched) = effects(&town, &new.concat());
    let renamed = Some(Same);
    assert_eq!(seen, [Some(Loses), renamed, Some(Gains), None]);
    assert_eq!((unmatched.had_range, unmatched.left_without), (2, 1));
    assert!(unmatched.is_over(49) && !unmatched.is_over(50) && unmatched.is_over(0));
    assert_eq!(
        unmatched.sentence(),
        "1 of the 2 people without a number who had a range have none any more (bonn 1)"
    );
    let first = format!(
        "{}{old}",
        range("all", 1200, "when usage_location = \"DE\"")
    );
    let (seen, unmatched) = effects(&town, &first);
    assert_eq!(seen, [Some(Moves), Some(Moves), Some(Gains), None]);
    assert_eq!(unmatched.left_without, 0);
    assert!(!unmatched.is_over(0));
}

#[test]
fn an_exclude_an_exempt_or_a_scope_takes_a_range_as_well() {
    use Effect::{Loses, Same};
    let old = three("", "");
    let town = people(&old);
    for statement in [
        "exclude \"x\" when city = \"Bonn\"",
        "exempt \"x\" when city = \"Bonn\"",
        "scope when city != \"Bonn\"",
    ] {
        let (seen, unmatched) = effects(&town, &format!("{statement}\n{old}"));
        assert_eq!(
            seen,
            [Some(Loses), Some(Same), Some(Same), None],
            "{statement}"
        );
        assert_eq!(unmatched.left_without, 1, "{statement}");
    }
}

#[test]
fn policies_and_locations_count_where_they_change_for_the_person() {
    use Effect::{Same, Terms};
    let policy = |name: &str, rest: &str| format!("policy TenantDialPlan \"{name}\" {rest}");
    let old = three(&policy("A", ""), &policy("A", ""));
    let town = people(&old);
    let new = three(&policy("B", ""), &policy("a", "when city = \"Bonn\""));
    let (seen, _) = effects(&town, &new);
    assert_eq!(seen, [Some(Terms), Some(Terms), Some(Same), None]);
    let new = three(&policy("A", "when city = \"Bonn\""), &policy("A", ""));
    let (seen, _) = effects(&town, &new);
    assert_eq!(seen, [Some(Same), Some(Same), Some(Same), None]);
    let new = three("location \"l\"", &policy("A", ""));
    let (seen, _) = effects(&town, &new);
    assert_eq!(seen, [Some(Terms), Some(Same), Some(Same), None]);
}

#[test]
fn who_is_not_decided_by_rule_is_not_asked_about() {
    let old = three("", "");
    let town = people(&old)
        .with("anna", |anna| {
            anna.facts.pin = E164::from_digits(498_955_501_005)
        })
        .with("bert", |bert| {
            bert.facts.exempt = Some(Exemption {
                reason: "hers".to_owned(),
                until: Some(now() + hours(1)),
            });
        })
        .attribute("carl", Attribute::City, "Bonn")
        .with("carl", |carl| carl.user.enabled = false);
    let (seen, unmatched) = effects(&town, &range("bonn", 1000, ""));
    assert_eq!(seen, [None, None, None, None]);
    assert_eq!(unmatched, Unmatched::default());
}

#[test]
fn a_group_that_cannot_be_read_is_no_loss() {
    let group = GroupId::from_u128(9);
    let old = three("", "");
    let new = range(
        "bonn",
        1000,
        &format!("when city = \"Bonn\" AND groups has \"{group}\""),
    );
    let mut town = people(&old);
    let (seen, unmatched) = effects(&town, &new);
    assert_eq!(seen[0], Some(Effect::Unknown));
    assert_eq!(unmatched.by_range, [("ulm".to_owned(), 1)].into());
    town.groups = GroupMembers::from([(group, [id("anna")].into())]);
    let (seen, _) = effects(&town, &new);
    assert_eq!(seen[0], Some(Effect::Same));
}
