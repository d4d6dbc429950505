//! What delays or prevents a release, and what goes with one.

use super::lines::check;
use super::world::{Town, ago, hours, ruled_by, town};
use crate::plan::{GoneHow, Mode, PolicyName};

fn anna(licence: &str) -> Town {
    town().user("anna", licence).holds("anna", 1004)
}

fn range_with(properties: &str) -> Town {
    ruled_by(&format!(
        r#"range "muc" {{ type direct-routing numbers +49 89 5550 1000 to 1009 when city = "Munich" {properties} }}"#
    ))
}

#[test]
fn an_incomplete_read_releases_nothing() {
    let due = "note anna release-due\nkeep 1";
    let partial = |town: Town| town.but(|town| town.circumstances.complete = false);
    check(&partial(anna("")), due);
    check(&partial(anna("").gone("anna", GoneHow::Deleted, 9)), due);
    check(
        &partial(anna("E5+").user("bert", "E5+")),
        "assign bert 1000 rule\nkeep 1",
    );
}

#[test]
fn a_clock_that_is_off_releases_nothing() {
    let town = anna("").but(|town| town.circumstances.clock_agrees = false);
    check(&town, "note anna release-due\nkeep 1");
    assert_eq!(town.plan().plan.status, crate::plan::PlanStatus::Held);
    check(
        &town.user("bert", "E5+"),
        "assign bert 1000 rule\nnote anna release-due\nkeep 1",
    );
}

#[test]
fn without_products_releases_for_lost_licence_wait() {
    let unread = |town: Town| town.but(|town| town.skus = None);
    check(&unread(anna("")), "note anna release-due\nkeep 1");
    check(
        &unread(anna("").gone("anna", GoneHow::Deleted, 0)),
        "release anna 1004 deleted",
    );
}

#[test]
fn assign_only_never_releases() {
    let assign_only = |town: Town| town.but(|town| town.settings.mode = Mode::AssignOnly);
    check(&assign_only(anna("")), "note anna release-due\nkeep 1");
    check(
        &assign_only(anna("E5+").gone("anna", GoneHow::Deleted, 0)),
        "note anna release-due\nkeep 1",
    );
}

#[test]
fn observe_plans_everything() {
    let town = anna("").but(|town| town.settings.mode = Mode::Observe);
    check(&town, "release anna 1004 delicensed");
}

#[test]
fn grace_is_the_ranges_or_the_configurations() {
    let since = |town: Town, h| town.with("anna", |u| u.facts.unlicensed_since = Some(ago(h)));
    let settings = |town: Town| town.but(|town| town.settings.grace = hours(24));
    check(
        &settings(anna("")),
        "due anna +24h\nnote anna release-due\nkeep 1",
    );
    check(
        &since(settings(anna("")), 23),
        "due anna +1h\nnote anna release-due\nkeep 1",
    );
    check(
        &since(settings(anna("")), 24),
        "release anna 1004 delicensed",
    );
    let range = |properties| range_with(properties).user("anna", "").holds("anna", 1004);
    let ten = range("quarantine 0 days grace 10 hours");
    check(
        &settings(ten.clone()),
        "due anna +10h\nnote anna release-due\nkeep 1",
    );
    check(&since(settings(ten), 10), "release anna 1004 delicensed");
    check(
        &settings(range("quarantine 0 days grace 0 days")),
        "release anna 1004 delicensed",
    );
}

#[test]
fn deleted_grace_counts_from_the_deletion() {
    let gone = |town: Town, h| town.gone("anna", GoneHow::SoftDeleted, h);
    let settings = |town: Town| town.but(|town| town.settings.deleted_grace = hours(24));
    let only_other = anna("").but(|town| town.settings.grace = hours(99));
    check(&gone(only_other, 0), "release anna 1004 deleted");
    check(
        &gone(settings(anna("")), 20),
        "due anna +4h\nnote anna release-due\nkeep 1",
    );
    check(&gone(settings(anna("")), 24), "release anna 1004 deleted");
    let range = range_with("quarantine 0 days deleted-grace 2 days")
        .user("anna", "")
        .holds("anna", 1004);
    check(
        &gone(settings(range), 24),
        "due anna +24h\nnote anna release-due\nkeep 1",
    );
}

#[test]
fn grace_begins_anew_after_the_licence_was_back() {
    let back = anna("E5+").with("anna", |u| u.facts.unlicensed_since = Some(ago(9)));
    let facts = back.plan().effects.facts;
    assert_eq!(facts[0].facts.unlicensed_since, None);
}

#[test]
fn a_range_released_by_hand_keeps_its_holders() {
    let town = range_with("quarantine 0 days release by-hand")
        .user("anna", "")
        .holds("anna", 1004);
    check(&town, "note anna release-due\nkeep 1");
    check(
        &town.gone("anna", GoneHow::Deleted, 99),
        "note anna release-due\nkeep 1",
    );
}

#[test]
fn a_release_carries_the_rest_of_its_range() {
    let town = range_with("quarantine 30 days")
        .user("anna", "")
        .holds("anna", 1004);
    let draft = town.plan();
    assert_eq!(draft.plan.changes[0].rest_seconds, 30 * 24 * 3600);
}

#[test]
fn a_number_freed_by_a_plan_is_free_for_the_next_one_only() {
    let one = r#"range "muc" { type direct-routing numbers +49 89 5550 1004 when city = "Munich" quarantine 0 days }"#;
    let town = ruled_by(one)
        .user("anna", "")
        .holds("anna", 1004)
        .user("bert", "E5+");
    check(&town, "release anna 1004 delicensed\nnote bert exhausted");
}

fn dialplan() -> PolicyName {
    PolicyName {
        policy_type: "TenantDialPlan".to_owned(),
        name: "DE".to_owned(),
    }
}

#[test]
fn what_linekeeper_gave_goes_with_the_number() {
    let town = || {
        anna("")
            .with("anna", |u| u.facts.policies = vec![dialplan()])
            .with("anna", |u| {
                u.user.business_phone = Some("+49 (89) 55501004".into())
            })
            .but(|town| town.settings.business_phone = true)
    };
    check(
        &town(),
        "release anna 1004 delicensed
         policy anna -TenantDialPlan:DE delicensed
         profile anna blank delicensed",
    );
    let other = town().with("anna", |u| {
        u.user.business_phone = Some("+49 89 1234567".into())
    });
    check(
        &other,
        "release anna 1004 delicensed\npolicy anna -TenantDialPlan:DE delicensed",
    );
    // An object that is gone can be given and relieved of nothing.
    check(
        &town().gone("anna", GoneHow::Deleted, 0),
        "release anna 1004 deleted",
    );
    // What Teams took, it took without the rest.
    let taken = town().but(|town| town.listing.clear());
    check(
        &taken,
        "release anna 1004 delicensed by-teams
         policy anna -TenantDialPlan:DE delicensed
         profile anna blank delicensed
         ended anna 1004 Delicensed rest 0h",
    );
}
