//! Two processes at once.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    the_second_process_says_who_runs_the_sync,
    the_second_process_waits_if_asked_to
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
