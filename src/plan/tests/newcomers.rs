//! The decision table for users who hold no number.

use super::lines::check;
use super::world::{Town, ago, hours, id, ruled_by, town};
use crate::directory::Attribute;
use crate::plan::{Exemption, GoneHow, Wait};
use jiff::Timestamp;

/// A tenant whose rules leave some people alone.
pub(super) fn with_exceptions() -> Town {
    ruled_by(
        r#"
        scope when usage_location = "DE"
        exempt "board" when department = "Board"
        exclude "contractors" when employee_type = "Contractor"
        range "muc" {
          type direct-routing
          numbers +49 89 5550 1000 to 1009
          quarantine 0 days
          when city = "Munich"
        }"#,
    )
}

pub(super) fn exempt_until(until: Option<Timestamp>) -> Exemption {
    Exemption {
        reason: "asked for it".to_owned(),
        until,
    }
}

#[test]
fn the_exempt_get_nothing_and_the_end_of_an_exemption_is_looked_at() {
    let anna = || town().user("anna", "E5+");
    let exempt = |until| anna().with("anna", |u| u.facts.exempt = Some(exempt_until(until)));
    check(&exempt(None), "");
    check(&exempt(Some(ago(-5))), "due anna +5h");
    check(&exempt(Some(ago(0))), "assign anna 1000 rule");
    let board = with_exceptions().user("anna", "E5+");
    check(
        &board
            .clone()
            .attribute("anna", Attribute::Department, "Board"),
        "",
    );
    check(
        &board
            .clone()
            .attribute("anna", Attribute::UsageLocation, "CH"),
        "",
    );
    check(&board, "assign anna 1000 rule");
}

#[test]
fn the_gone_get_nothing() {
    for how in [GoneHow::SoftDeleted, GoneHow::Deleted, GoneHow::Absent] {
        check(&town().user("anna", "E5+").gone("anna", how, 1), "");
    }
}

#[test]
fn doubt_is_noted_and_a_pending_licence_is_believed_for_72_hours() {
    check(
        &town().user("anna", "E5 MCOEV=Suspended"),
        "note anna lapsing",
    );
    let pending = town().user("anna", "E5");
    check(&pending, "due anna +72h\nnote anna licence-pending");
    let since = |h| {
        pending
            .clone()
            .with("anna", |u| u.facts.pending_since = Some(ago(h)))
    };
    check(&since(71), "due anna +1h\nnote anna licence-pending");
    check(&since(72), "");
}

#[test]
fn the_beginning_of_a_pending_licence_survives_a_sync_without_products() {
    let town = town()
        .user("anna", "E5")
        .with("anna", |u| u.facts.pending_since = Some(ago(10)))
        .but(|town| town.skus = None);
    let kept = town.plan().effects.facts.into_iter();
    let mut kept =
        kept.filter_map(|update| update.facts.pending_since.is_none().then_some(update.user));
    assert_eq!(kept.next(), None);
}

#[test]
fn without_a_licence_there_is_nothing_to_say() {
    check(&town().user("anna", "E3+"), "");
    check(&town().user("anna", ""), "");
    check(
        &town().user("anna", "CP+"),
        "note anna calling-plan-without-phone-system",
    );
    check(
        &town().user("anna", "MCOEV=Odd"),
        "note anna unknown-plan-status",
    );
}

#[test]
fn without_teams_nothing_unless_configured() {
    let anna = town().user("anna", "TP+");
    check(&anna, "note anna no-teams");
    let lenient = anna.but(|town| town.settings.eligibility.require_teams = false);
    check(&lenient, "assign anna 1000 rule");
}

#[test]
fn a_disabled_account_gets_nothing_unless_configured() {
    let anna = town()
        .user("anna", "E5+")
        .with("anna", |u| u.user.enabled = false);
    check(&anna, "note anna disabled");
    let lenient = anna.but(|town| town.settings.eligibility.include_disabled = true);
    check(&lenient, "assign anna 1000 rule");
}

#[test]
fn who_waits_for_a_person_goes_on_waiting() {
    let waits = |wait| {
        town()
            .user("anna", "E5+")
            .with("anna", |u| u.facts.wait = Some(wait))
    };
    check(&waits(Wait::RemovedOutside), "note anna removed-outside");
    check(&waits(Wait::ReleasedByHand), "note anna released-by-hand");
    let pinned = waits(Wait::ReleasedByHand).pinned("anna", 1003);
    check(&pinned, "note anna released-by-hand");
}

#[test]
fn the_pinned_get_their_number_even_if_excluded_or_without_range() {
    let town = with_exceptions()
        .user("anna", "E5+")
        .attribute("anna", Attribute::EmployeeType, "Contractor")
        .attribute("anna", Attribute::City, "Nowhere");
    check(&town, "");
    check(&town.pinned("anna", 1003), "assign anna 1003 pinned");
}

#[test]
fn the_excluded_get_nothing() {
    let town = with_exceptions().user("anna", "E5+");
    check(
        &town.attribute("anna", Attribute::EmployeeType, "contractor"),
        "",
    );
}

#[test]
fn persons_without_a_range_are_named_and_no_one_else() {
    let away = |licence| town().user_in("Nowhere", "DE", "anna", licence);
    check(&away("E5+"), "note anna no-range");
    check(&away("ROOM+"), "");
    check(&away("E5+ VU+"), "");
    check(&away("E5+").with("anna", |u| u.user.guest = true), "");
}

#[test]
fn who_is_nearly_served_is_named() {
    let near = town().user_in("Munihc", "DE", "anna", "E5+");
    check(
        &near,
        "note anna no-range
         note anna near-miss",
    );
}

#[test]
fn other_kinds_are_served_only_where_a_range_names_them() {
    check(&town().user("anna", "ROOM+"), "");
    let rooms = |licence| {
        ruled_by(
            r#"range "rooms" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
                when kind IN ["room", "device"] AND city = "Munich" }"#,
        )
        .user("anna", licence)
    };
    check(&rooms("ROOM+"), "assign anna 1000 rule");
    check(&rooms("DEVICE+"), "assign anna 1000 rule");
    check(&rooms("E5+"), "note anna no-range");
    check(&rooms("VU+ E5+"), "");
    check(
        &rooms("ROOM+").with("anna", |u| u.user.enabled = false),
        "note anna disabled",
    );
}

#[test]
fn a_group_that_cannot_be_read_leaves_its_people_as_they_are() {
    let rules = r#"
        exempt "vip" when groups has "11111111-2222-3333-4444-555555555555"
        range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days when city = "Munich" }"#;
    let town = || {
        ruled_by(rules)
            .user("anna", "E5+")
            .user("bert", "")
            .holds("bert", 1000)
            .user("carl", "E5+")
            .listed(1001, Some("carl"))
    };
    check(&town(), "note carl unmanaged-number\nkeep 1");
    let group = "11111111-2222-3333-4444-555555555555"
        .parse()
        .expect("an id");
    let read = town().but(|town| drop(town.groups.insert(group, [id("anna")].into())));
    check(
        &read,
        "release bert 1000 delicensed
         adopt carl 1001 adopted",
    );
}

#[test]
fn a_number_that_is_not_managed_is_left_alone() {
    let unmanaged = "note anna unmanaged-number";
    check(
        &town().user("anna", "E5+").listed(7000, Some("anna")),
        unmanaged,
    );
    let ours = town().user("anna", "E5+").listed(1004, Some("anna"));
    check(&ours, "adopt anna 1004 adopted");
    check(
        &ours.clone().but(|town| town.settings.adopt = false),
        unmanaged,
    );
    let on_premises = |p: &mut crate::numbering::ListedProfile| p.on_premises = true;
    let anna = || town().user("anna", "E5+");
    check(
        &anna().listed_as(1004, Some("anna"), on_premises),
        unmanaged,
    );
    check(
        &anna().listed_as(1004, Some("anna"), |p| p.extension = true),
        unmanaged,
    );
    // A private or alternate line does not count as held.
    let private =
        |p: &mut crate::numbering::ListedProfile| p.category = crate::numbering::Category::Other;
    check(
        &anna().listed_as(1000, Some("anna"), private),
        "assign anna 1001 rule",
    );
    // Nobody who is exempt, gone, or of a kind that the range does not name is taken under management.
    let exempt = ours.with("anna", |u| u.facts.exempt = Some(exempt_until(None)));
    check(&exempt, unmanaged);
    check(
        &town()
            .user("anna", "")
            .gone("anna", GoneHow::Deleted, 1)
            .listed(1004, Some("anna")),
        "",
    );
    check(&town().user("anna", "ROOM+").listed(1004, Some("anna")), "");
}

#[test]
fn who_was_never_seen_licensed_is_adopted_as_a_stale_holder() {
    let stale = "adopt anna 1004 adopted\nnote anna stale-holder";
    check(&town().user("anna", "").listed(1004, Some("anna")), stale);
    let doubtful = town().user("anna", "E5").listed(1004, Some("anna"));
    check(&doubtful, "adopt anna 1004 adopted");
    // Had it before, licensed: a list that lags shows it once more.
    let again = town()
        .user("anna", "")
        .listed(1004, Some("anna"))
        .had("anna", 1004, 2);
    check(&again, "adopt anna 1004 adopted");
}

#[test]
fn adoption_ends_a_wait_and_notes_another_type() {
    let town = town()
        .user("anna", "E5+")
        .with("anna", |u| u.facts.wait = Some(Wait::RemovedOutside))
        .listed_as(1004, Some("anna"), |p| {
            p.number_type =
                crate::numbering::ListedType::Known(crate::numbering::NumberType::OperatorConnect);
        });
    check(
        &town,
        "adopt anna 1004 adopted\nwait anna over\nnote anna type-mismatch",
    );
}

#[test]
fn settling_delays_the_first_number_until_nothing_changed_for_so_long() {
    let town = town()
        .user("anna", "E5+")
        .but(|town| town.settings.eligibility.settle = hours(4));
    check(&town, "due anna +4h");
    let seen = town.plan().effects.facts[0].facts.clone();
    let later = |town: &Town, by: i64| {
        town.clone()
            .with("anna", |u| u.facts = seen.clone())
            .but(|town| town.now = ago(-by))
    };
    check(&later(&town, 3), "");
    check(&later(&town, 4), "assign anna 1000 rule");
    // An attribute the rules read changes: it begins anew.
    let moved = later(&town, 3).attribute("anna", Attribute::City, "munich");
    check(&moved, "due anna +7h");
    let renamed = later(&town, 4).attribute("anna", Attribute::Surname, "Other");
    check(&renamed, "assign anna 1000 rule");
}
