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
