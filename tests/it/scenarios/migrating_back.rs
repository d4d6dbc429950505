//! A migration that is paused, fails, goes back, or may not write.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::migrating::story;
use serde_json::json;

on_both_engines!(
    a_migration_stands_still_while_paused_and_goes_on,
    a_wave_goes_back_as_far_as_teams_lists_the_old_type,
    who_fails_is_tried_again_and_holds_the_next_wave_up,
    nothing_is_written_while_observing,
);

async fn a_migration_stands_still_while_paused_and_goes_on(database: &Database) {
    let story = story(database, "after-upload").await;
    story.migrate("start", &["--confirm"], 0).await;
    story.migrate("pause", &[], 0).await;
    story.operator(
        &["+498955501000", "+498955501001"],
        json!({"shown": "twice"}),
    );
    story.repeats(0).await;
    story.stands("paused", "anna waiting, bert waiting").await;
    story.migrate("start", &[], 1).await.says(&["--confirm"]);
    story.migrate("start", &["--confirm"], 0).await;
    story
        .stands("running", "anna released, bert released")
        .await;
    story.migrate("pause", &[], 0).await;
    story.repeats(0).await;
    story.stands("paused", "anna released, bert released").await;
    story.migrate("start", &["--confirm"], 0).await;
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.ends().await;
}

async fn a_wave_goes_back_as_far_as_teams_lists_the_old_type(database: &Database) {
    let story = story(database, "release-first").await;
    let policies = [
        "anna OnlineVoiceRoutingPolicy DE-Munich",
        "anna TenantDialPlan DE",
        "bert OnlineVoiceRoutingPolicy DE-Munich",
        "bert TenantDialPlan DE",
    ];
    story.migrate("start", &["--confirm"], 0).await;
    story.policies(&[policies[1], policies[3]]);
    // Anna's number has arrived, bert's has not: his is a direct-routing number that is not listed, and goes back at once.
    story.operator(&["+498955501000"], json!({}));
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 manual succeeded"]);
    story.migrate("rollback", &[], 0).await;
    story
        .stands("rolling-back", "anna failed, bert returned")
        .await;
    let status = story.text(&["migrate", "status"]).await;
    assert!(
        status.contains("the operator has to list it as direct-routing again"),
        "{status}"
    );
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.repeats(0).await;
    story.operator(
        &["+498955501000"],
        json!({"how": "in-place", "numberType": "directRouting"}),
    );
    story.sync(0).await;
    story.stands("done", "anna returned, bert returned").await;
    story.policies(&policies);
    // Another start takes them along again.
    story.migrate("start", &["--confirm"], 0).await;
    story.operator(&["+498955501000", "+498955501001"], json!({}));
    story.sync(0).await;
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.ends().await;
}

async fn who_fails_is_tried_again_and_holds_the_next_wave_up(database: &Database) {
    let story = story(database, "release-first").await;
    story
        .migrate("start", &["--confirm", "--wave-size", "1"], 0)
        .await;
    story.operator(&["+498955501000"], json!({}));
    story.fault(
        "assignNumber",
        1,
        json!({"fail_operation": "Something went wrong."}),
    );
    story
        .sync(4)
        .await
        .changes(&["assign anna +498955501000 manual failed"]);
    story.stands("running", "anna failed, bert planned").await;
    story.number("+498955501000", "assigned anna").await;
    story.migrate("start", &["--confirm", "--next"], 0).await;
    story
        .migrate("start", &["--confirm", "--next"], 1)
        .await
        .says(&["has begun already"]);
    story
        .stands("running", "anna assigned, bert released")
        .await;
    story.operator(&["+498955501001"], json!({}));
    story.sync(0).await;
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    let audit = story.run(&["numbers", "history", "+498955501000"]).await;
    audit.exits(0);
    story.ends().await;
}

async fn nothing_is_written_while_observing(database: &Database) {
    let story = story(database, "release-first").await;
    story.configure("mode = \"observe\"", "");
    story.forget_log();
    let started = story.migrate("start", &["--confirm"], 0).await;
    started.says(&["the mode is observe"]);
    story.stands("running", "anna waiting, bert waiting").await;
    story.run(&["sync"]).await.exits(0);
    assert_eq!(story.writes(), [""; 0], "observe writes nothing");
    story.configure("mode = \"apply\"", "");
    story.operator(&["+498955501000", "+498955501001"], json!({}));
    story.sync(0).await;
    story.sync(0).await;
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    story.ends().await;
}
