//! Two processes at once.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    the_second_process_says_who_runs_the_sync,
    the_second_process_waits_if_asked_to,
    whoever_approves_or_moves_a_pin_waits_if_asked_to,
);

async fn slow_teams(database: &Database) -> Scenario {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.sync(0).await;
    story.switch(json!({"operation_time": "2s"}));
    story.joins("bert", "München", &[E5]);
    story.joins("carl", "München", &[E5]);
    story.forget_log();
    story
}

async fn the_second_process_says_who_runs_the_sync(database: &Database) {
    let story = slow_teams(database).await;
    let (one, other) = tokio::join!(story.run(&["sync"]), story.run(&["sync"]));
    let (ran, refused) = if one.code() == 0 {
        (one, other)
    } else {
        (other, one)
    };
    ran.exits(0).changes(&[
        "assign bert +498955501001 rule succeeded",
        "assign carl +498955501002 rule succeeded",
    ]);
    refused.exits(1).says(&["already running", "--wait"]);
    assert_eq!(story.sent("assignNumber"), 2);
    story.ends().await;
}

async fn the_second_process_waits_if_asked_to(database: &Database) {
    let story = slow_teams(database).await;
    let waiting = &["sync", "--wait", "5m"];
    let (one, other) = tokio::join!(story.run(waiting), story.run(waiting));
    let mut changes = [one.exits(0).change_lines(), other.exits(0).change_lines()].concat();
    changes.sort();
    assert_eq!(
        changes,
        [
            "assign bert +498955501001 rule succeeded",
            "assign carl +498955501002 rule succeeded"
        ]
    );
    assert_eq!(story.sent("assignNumber"), 2);
    story.ends().await;
}

async fn whoever_approves_or_moves_a_pin_waits_if_asked_to(database: &Database) {
    let story = slow_teams(database).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_assignments = 1");
    let held = story.sync(5).await.sync_id();
    let approve = ["syncs", "approve", &held];
    let pin = ["users", "pin", "anna@contoso.example", "+498955501005"];
    let move_pin = [&pin[..], &["--move"]].concat();
    let wait = ["--wait", "5m"];
    // A change of number takes the tenant for the time of two slow operations.
    let under_way = story.invocation(&["assign", "anna@contoso.example", "+498955501006"]);
    let under_way = tokio::spawn(under_way.run());
    while story.sent("unassignNumber") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let waiting = (
        [&approve[..], &wait].concat(),
        [&move_pin[..], &wait].concat(),
    );
    let (not_approved, not_moved, approved, moved) = tokio::join!(
        story.run(&approve),
        story.run(&move_pin),
        story.run(&waiting.0),
        story.run(&waiting.1),
    );
    for refused in [not_approved, not_moved] {
        let said = ["already running", "--wait 5m waits for it"];
        refused.exits(1).says(&said);
    }
    under_way.await.expect("no panic").exits(0);
    approved.exits(0).changes(&[
        "assign bert +498955501001 rule succeeded",
        "assign carl +498955501002 rule succeeded",
    ]);
    moved.exits(0);
    story.teams(&[
        "+498955501001 bert",
        "+498955501002 carl",
        "+498955501005 anna",
    ]);
    story.ends().await;
}
