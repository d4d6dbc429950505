//! Managed numbers that have left their holders: taken by Teams, by a person, or only out of sight.

use super::lines::{check, lines};
use super::world::{Town, ago, hours, id, number, ruled_by, town};
use crate::plan::{GoneHow, Holding, PlanStatus, Wait};

/// Anna's number is booked, and Teams lists it as nobody's.
fn bereft(licence: &str) -> Town {
    town()
        .user("anna", licence)
        .booked("anna", 1004)
        .listed(1004, None)
}

const SUSPECTED: &str = "missing anna 1004\nnote anna removed-outside\nkeep 1";
const REMOVED: &str =
    "ended anna 1004 RemovedOutside rest 24h\nwait anna removed-outside\nnote anna removed-outside";

#[test]
fn a_number_whose_holder_lost_the_plan_is_a_release_by_teams() {
    let by_teams = "release anna 1004 delicensed by-teams\nended anna 1004 Delicensed rest 0h";
    check(&bereft("E3+"), by_teams);
    // A direct-routing number leaves the list altogether.
    check(&bereft("E3+").but(|town| town.listing.clear()), by_teams);
    check(&bereft("E3+").missed(1004, 2), by_teams);
    // Whether or not the holder was seen licensed.
    check(
        &bereft("E3+").holding(1004, |h| h.seen_licensed = false),
        by_teams,
    );
    let lapsing = "release anna 1004 delicensed by-teams\nended anna 1004 Delicensed rest 0h\nnote anna lapsing";
    let doubtful = bereft("E5 MCOEV=Suspended");
    let found = lines(&doubtful.plan(), &doubtful).join("\n");
    assert!(lapsing.starts_with(&found), "{found}");
}

#[test]
fn a_number_whose_holder_is_gone_is_a_release_by_teams() {
    let gone = bereft("E5+").gone("anna", GoneHow::SoftDeleted, 1);
    check(
        &gone,
        "release anna 1004 deleted by-teams\nended anna 1004 Deleted rest 0h",
    );
    let graced = gone.but(|town| town.settings.deleted_grace = hours(3));
    check(
        &graced,
        "missing anna 1004\ndue anna +2h\nnote anna release-due\nkeep 1",
    );
}

#[test]
fn a_calling_plan_number_needs_the_calling_plan() {
    let seattle = |licence| {
        let town = town().user_in("Seattle", "US", "anna", licence);
        town.booked("anna", 104).listed(104, None)
    };
    let lost = "release anna 0104 delicensed by-teams
                ended anna 0104 Delicensed rest 0h
                note anna no-range";
    check(&seattle("E5+"), lost);
    check(
        &seattle("E5+ CP+"),
        "missing anna 0104\nnote anna removed-outside\nkeep 1",
    );
    // A direct-routing number does not.
    let renewed = |town: Town| town.with("anna", |u| u.user.plan_dates.calling_plan = Some(ago(0)));
    check(&renewed(bereft("E5+ CP+")), SUSPECTED);
    check(
        &renewed(seattle("E5+ CP+")),
        "release anna 0104 delicensed by-teams
         assign anna 0104 returning at 9b11
         ended anna 0104 Delicensed rest 0h",
    );
}

#[test]
fn a_plan_assigned_anew_after_the_number_was_seen_explains_its_loss() {
    let renewed =
        |town: Town, h| town.with("anna", |u| u.user.plan_dates.phone_system = Some(ago(h)));
    let returns = "release anna 1004 delicensed by-teams
                   assign anna 1004 returning
                   ended anna 1004 Delicensed rest 0h";
    // The last sync was an hour ago.
    check(&renewed(bereft("E5+"), 0), returns);
    check(&renewed(bereft("E5+"), 1), SUSPECTED);
    check(&renewed(bereft("E5+"), 2), SUSPECTED);
    // Missed for two hours, last in place three hours ago.
    check(&renewed(bereft("E5+").missed(1004, 2), 2), returns);
    check(&renewed(bereft("E5+").missed(1004, 2), 4), REMOVED);
}

#[test]
fn who_returns_in_the_same_plan_keeps_no_grace_and_no_rest() {
    let rules = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 when city = "Munich"
        quarantine 30 days grace 9 days }"#;
    let town = ruled_by(rules)
        .user("anna", "E5+")
        .with("anna", |u| u.user.plan_dates.phone_system = Some(ago(0)))
        .booked("anna", 1004);
    check(
        &town,
        "release anna 1004 delicensed by-teams
         assign anna 1004 returning
         ended anna 1004 Delicensed rest 720h",
    );
}

#[test]
fn grace_runs_for_what_teams_took() {
    let graced = bereft("").but(|town| town.settings.grace = hours(5));
    check(
        &graced,
        "missing anna 1004\ndue anna +5h\nnote anna release-due\nkeep 1",
    );
    let later = graced.with("anna", |u| u.facts.unlicensed_since = Some(ago(5)));
    check(
        &later,
        "release anna 1004 delicensed by-teams\nended anna 1004 Delicensed rest 0h",
    );
    // Eligible again while it runs, or there again: nothing was lost.
    let relicensed = bereft("E5+").missed(1004, 2).with("anna", |u| {
        u.facts.unlicensed_since = Some(ago(2));
        u.user.plan_dates.phone_system = Some(ago(0));
    });
    check(
        &relicensed,
        "release anna 1004 delicensed by-teams
         assign anna 1004 returning
         ended anna 1004 Delicensed rest 0h",
    );
}

#[test]
fn nothing_is_recorded_on_an_incomplete_read_or_a_wrong_clock() {
    let kept = "missing anna 1004\nkeep 1";
    check(
        &bereft("").but(|town| town.circumstances.complete = false),
        kept,
    );
    check(
        &bereft("").but(|town| town.circumstances.clock_agrees = false),
        kept,
    );
}

#[test]
fn a_loss_without_a_licence_cause_is_believed_at_the_second_sight() {
    check(&bereft("E5+"), SUSPECTED);
    check(&bereft("E5+").but(|town| town.listing.clear()), SUSPECTED);
    check(&bereft("E5+").missed(1004, 1), REMOVED);
    let private =
        |p: &mut crate::numbering::ListedProfile| p.category = crate::numbering::Category::Other;
    check(
        &bereft("E5+")
            .listed_as(1004, Some("anna"), private)
            .missed(1004, 1),
        REMOVED,
    );
    let rules = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 30 days when anyone }"#;
    let resting = ruled_by(rules)
        .user("anna", "E5+")
        .booked("anna", 1004)
        .missed(1004, 1);
    check(&resting, &REMOVED.replace("24h", "720h"));
}

#[test]
fn a_number_in_place_again_clears_everything() {
    let back = bereft("E5+").missed(1004, 1).listed(1004, Some("anna"));
    check(&back, "keep 1");
    let changed: Vec<Holding> = back.plan().effects.holdings;
    assert_eq!(changed[0].missing, None);
    // Also after it was concluded: adopted, and the wait is over.
    let concluded = town()
        .user("anna", "E5+")
        .had("anna", 1004, 2)
        .with("anna", |u| u.facts.wait = Some(Wait::RemovedOutside))
        .listed(1004, Some("anna"));
    check(&concluded, "adopt anna 1004 adopted\nwait anna over");
}

#[test]
fn another_number_in_teams_takes_the_place_of_the_old_one() {
    let changed = bereft("E5+").listed(1005, Some("anna"));
    check(
        &changed,
        "adopt anna 1005 adopted\nended anna 1004 ChangedOutside rest 24h",
    );
    let outside = bereft("E5+").listed(7000, Some("anna"));
    check(
        &outside,
        "ended anna 1004 ChangedOutside rest 24h\nnote anna unmanaged-number",
    );
}

#[test]
fn a_number_that_a_person_gave_to_somebody_else_is_adopted_there() {
    let taken = bereft("E5+").user("bert", "E5+").listed(1004, Some("bert"));
    check(
        &taken,
        "adopt bert 1004 adopted
         ended anna 1004 RemovedOutside rest 0h
         wait anna removed-outside
         note anna removed-outside",
    );
    // Two swapped: both hold another number, nobody was removed.
    let swapped = town()
        .user("anna", "E5+")
        .user("bert", "E5+")
        .booked("anna", 1004)
        .booked("bert", 1005)
        .listed(1005, Some("anna"))
        .listed(1004, Some("bert"));
    check(
        &swapped,
        "adopt anna 1005 adopted
         adopt bert 1004 adopted
         ended anna 1004 ChangedOutside rest 0h
         ended bert 1005 ChangedOutside rest 0h",
    );
}

#[test]
fn release_and_adoption_of_one_number_are_two_plans() {
    let taken = bereft("")
        .but(|town| town.settings.grace = hours(99))
        .user("bert", "E5+")
        .listed(1004, Some("bert"));
    check(
        &taken,
        "release anna 1004 delicensed by-teams
         ended anna 1004 Delicensed rest 0h
         note bert unmanaged-number",
    );
    // Nor is it adopted while its old holder has not been decided.
    let only_bert = bereft("E5+").user("bert", "E5+").listed(1004, Some("bert"));
    check(
        &only_bert.but(|town| town.users.retain(|stored| stored.user.id == id("bert"))),
        "note bert unmanaged-number\nkeep 1",
    );
}

#[test]
fn more_losses_than_the_brake_allows_conclude_nothing() {
    let names = ["anna", "bert", "carl", "dora"];
    let lost = |count: usize| {
        let mut town = town().but(|town| town.settings.safety.max_releases = 3);
        for (name, last) in names.iter().zip(1000..).take(count) {
            town = town.user(name, "E5+").booked(name, last).missed(last, 1);
        }
        town
    };
    let three = lost(3).plan();
    assert_eq!(
        (three.plan.status, three.effects.ended.len()),
        (PlanStatus::Planned, 3)
    );
    let town = lost(4).user("zoe", "E5+");
    let four = town.plan();
    assert_eq!(
        (four.plan.status, four.effects.ended.len()),
        (PlanStatus::Held, 0)
    );
    assert!(four.plan.held_because[0].contains("without a licence cause"));
    let found = lines(&four, &town).join("\n");
    // Assignments go on, with numbers that nobody lost.
    assert!(
        found.starts_with("assign zoe 1004 rule\nmissing anna 1000\n"),
        "{found}"
    );
    // Given to somebody else counts the same, and is not adopted there.
    let mut moved = lost(4);
    for (name, last) in ["eric", "fred", "gina", "hans"].iter().zip(1000..) {
        moved = moved.user(name, "E5+").listed(last, Some(name));
    }
    let draft = moved.plan();
    assert_eq!(draft.effects.adopted, Vec::new());
    assert_eq!(draft.effects.ended, Vec::new());
}

#[test]
fn what_is_not_concluded_remembers_when_it_was_last_seen() {
    let town = bereft("E5+")
        .user("bert", "E5+")
        .listed(1004, Some("bert"))
        .but(|town| town.settings.safety.max_releases = 0);
    let kept = town.plan().effects.holdings;
    let missing = kept
        .iter()
        .find(|h| h.number == number(1004))
        .and_then(|h| h.missing);
    assert_eq!(missing.map(|m| m.last_in_place), Some(ago(1)));
}
