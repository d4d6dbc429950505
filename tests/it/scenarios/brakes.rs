//! The two brakes, and what a person decides about a held list.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    too_many_releases_are_held_whole,
    exactly_the_approved_releases_are_made,
    a_gap_is_mended_whatever_was_approved_meanwhile,
    too_many_assignments_are_held_and_releases_still_run,
    rules_that_leave_half_without_a_range_are_held,
    rules_that_leave_a_tenth_without_a_range_are_taken_up,
    a_mended_rule_file_ends_the_hold,
);

const HELD: [&str; 3] = [
    "release user-a +498955501000 delicensed held",
    "release user-b +498955501001 delicensed held",
    "release user-c +498955501002 delicensed held",
];

/// Everybody has a number, then all but the last lose their licence, and Teams leaves the numbers where they are.
async fn all_but_the_last_leave(database: &Database, count: u8) -> Scenario {
    let story = Scenario::new(
        database,
        Tenant::default().people("user", count, "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(keep());
    story.sync(0).await;
    for letter in (b'a'..b'a' + count - 1).map(char::from) {
        story.unlicense(&format!("user-{letter}"), E5);
    }
    story
}

async fn too_many_releases_are_held_whole(database: &Database) {
    let story = all_but_the_last_leave(database, 5).await;
    story.forget_log();
    let held = story.sync(5).await;
    held.has("/status", "held").has("/summary/release", 4);
    assert!(
        held.change_lines()
            .iter()
            .all(|line| line.ends_with(" held")),
        "{held}"
    );
    assert_eq!(story.writes(), [""; 0], "none, not up to the limit");
    story.repeats(5).await;
    story.agrees().await;
}

async fn exactly_the_approved_releases_are_made(database: &Database) {
    let story = all_but_the_last_leave(database, 4).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_releases = 0");
    let first = story.sync(5).await;
    first.changes(&HELD);
    let second = story.sync(5).await;
    second.changes(&HELD);
    let replaced = story.run(&["syncs", "approve", &first.sync_id()]).await;
    replaced.exits(1).says(&[&second.sync_id()]);
    let approved = story
        .run(&[
            "syncs",
            "approve",
            &second.sync_id(),
            "--except",
            "user-b@contoso.example",
        ])
        .await;
    approved.exits(0).changes(&[
        "release user-a +498955501000 delicensed succeeded",
        "release user-c +498955501002 delicensed succeeded",
    ]);
    story.teams(&["+498955501001 user-b", "+498955501003 user-d"]);
    let third = story.sync(5).await;
    third.changes(&["release user-b +498955501001 delicensed held"]);
    story
        .run(&["syncs", "reject", &third.sync_id()])
        .await
        .exits(0);
    story
        .run(&["syncs", "approve", &third.sync_id()])
        .await
        .exits(1)
        .says(&["rejected"]);
    story.teams(&["+498955501001 user-b", "+498955501003 user-d"]);
    story.repeats(5).await;
    let lifted = story.run(&["sync", "--approve"]).await;
    lifted
        .exits(0)
        .changes(&["release user-b +498955501001 delicensed succeeded"]);
    story.ends().await;
}

/// What is approved is made, and nothing is decided about anybody else: the next sync knows when the number of user-b was
/// last seen, and that Teams took it with a licence that went and came.
async fn a_gap_is_mended_whatever_was_approved_meanwhile(database: &Database) {
    let mut story = all_but_the_last_leave(database, 2).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_releases = 0");
    let held = story.sync(5).await;
    held.changes(&["release user-a +498955501000 delicensed held"]);
    story.switch(json!({"clock_offset_seconds": 30,
        "on_licence_loss": {"directRouting": {"mode": "strip"}}}));
    story.unlicense("user-b", E5);
    story.license("user-b", E5);
    story.later("2m");
    let approved = story.run(&["syncs", "approve", &held.sync_id()]).await;
    approved
        .exits(0)
        .changes(&["release user-a +498955501000 delicensed succeeded"]);
    story.number("+498955501000", "quarantined").await;
    story
        .sync(0)
        .await
        .changes(&[
            "release user-b +498955501001 delicensed succeeded",
            "assign user-b +498955501001 returning succeeded",
        ])
        .notes(&[]);
    story.ends().await;
}

async fn too_many_assignments_are_held_and_releases_still_run(database: &Database) {
    let mut story = all_but_the_last_leave(database, 2).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_assignments = 3");
    story.joins("anna", "München", &[E5]);
    story.joins("bert", "München", &[E5]);
    let held = story.sync(5).await;
    held.changes(&[
        "release user-a +498955501000 delicensed succeeded",
        "assign anna +498955501002 rule held",
        "assign bert +498955501003 rule held",
    ]);
    story.teams(&["+498955501001 user-b"]);
    story.repeats(5).await;
    let list = story.sync(5).await;
    let approved = story.run(&["syncs", "approve", &list.sync_id()]).await;
    approved.exits(0).changes(&[
        "assign anna +498955501002 rule succeeded",
        "assign bert +498955501003 rule succeeded",
    ]);
    story.ends().await;
}

/// Ten people without a number whom the rules give one, were there any: the only number is somebody else's.
async fn ten_wait(database: &Database) -> Scenario {
    let people =
        Tenant::default()
            .person("holder", "München", &[E5])
            .people("user", 10, "München", &[E5]);
    let story = Scenario::new(database, people, &munich("city = \"München\"")).await;
    let first = story.sync(0).await;
    first.has("/summary/assign", 1).has("/summary/waiting", 10);
    assert!(first.report().get("rule_change").is_none(), "{first}");
    story
}

fn munich(when: &str) -> String {
    format!(
        "range \"muc\" {{ type direct-routing numbers +49 89 5550 1000 quarantine 30 days when {when} }}"
    )
}

/// So many of the ten are told apart by their department.
fn transferred(story: &Scenario, count: u8) {
    for letter in (b'a'..b'a' + count).map(char::from) {
        let sales = serde_json::json!({"department": "Sales"});
        story.change(&format!("user-{letter}"), sales);
    }
}

async fn rules_that_leave_half_without_a_range_are_held(database: &Database) {
    let story = ten_wait(database).await;
    transferred(&story, 5);
    story.rules(&munich("city = \"München\" AND department != \"Sales\""));
    let planned = story.run(&["plan"]).await;
    planned.exits(5).has("/rule_change/left_without", 5);
    let held = story.sync(5).await;
    held.has("/status", "held")
        .has("/rule_change/had_range", 10)
        .has("/rule_change/left_without", 5)
        .has("/rule_change/max_percent", 20)
        .has("/rule_change/held", true);
    assert!(
        held.log().contains(
            "5 of the 10 people without a number who had a range have none any more (muc 5)"
        ),
        "{held}"
    );
    let text = story.text(&["syncs", "show", &held.sync_id()]).await;
    assert!(text.contains("takes them up"), "{text}");
    let again = story.sync(5).await;
    again.has("/rule_change/held", true);
    // Whoever waits does so by the rules in force.
    let users = story.run(&["users", "list", "--note", "exhausted"]).await;
    assert_eq!(users.items().len(), 10, "{users}");
    let but_one = [
        "syncs",
        "approve",
        &again.sync_id(),
        "--except",
        "user-a@contoso.example",
    ];
    story
        .run(&but_one)
        .await
        .exits(1)
        .says(&["for everybody or not at all"]);
    let approved = story.run(&["syncs", "approve", &again.sync_id()]).await;
    approved.exits(0).has("/summary/waiting", 5);
    let users = story.run(&["users", "list", "--note", "no-range"]).await;
    assert_eq!(users.items().len(), 5, "{users}");
    let next = story.sync(0).await;
    assert!(next.report().get("rule_change").is_none(), "{next}");
    story.ends().await;
}

async fn rules_that_leave_a_tenth_without_a_range_are_taken_up(database: &Database) {
    let mut story = ten_wait(database).await;
    transferred(&story, 1);
    story.rules(&munich("city = \"München\" AND department != \"Sales\""));
    let taken_up = story.sync(0).await;
    taken_up
        .has("/rule_change/had_range", 10)
        .has("/rule_change/left_without", 1)
        .has("/rule_change/held", false)
        .has("/summary/waiting", 9);
    // Somebody nobody has decided about yet counts as well.
    story.configure(
        "mode = \"apply\"",
        "[tenant.safety]\nmax_unmatched_percent = 0",
    );
    story.sync(0).await;
    story.joins("anna", "München", &[E5]);
    story.rules(&munich("city = \"München\" AND surname != \"anna\" AND upn != \"anna@contoso.example\" AND department != \"Sales\""));
    let held = story.sync(5).await;
    held.has("/rule_change/had_range", 10)
        .has("/rule_change/left_without", 1);
    let lifted = story.run(&["sync", "--approve"]).await;
    lifted.exits(0).has("/summary/waiting", 9);
    story.ends().await;
}

async fn a_mended_rule_file_ends_the_hold(database: &Database) {
    let story = ten_wait(database).await;
    story.rules(&format!(
        "exclude \"everybody\" when city = \"München\"\n{}",
        munich("city = \"München\"")
    ));
    let held = story.sync(5).await;
    held.has("/rule_change/left_without", 10);
    // What is approved is that set, not whatever comes after it.
    story.rules(&format!(
        "scope when city = \"Ulm\"\n{}",
        munich("city = \"München\"")
    ));
    let other = story.run(&["syncs", "approve", &held.sync_id()]).await;
    other.exits(5).has("/rule_change/held", true);
    story.rules(&format!("# as before\n{}", munich("city = \"München\"")));
    let mended = story.sync(0).await;
    assert!(mended.report().get("rule_change").is_none(), "{mended}");
    story.ends().await;
}
