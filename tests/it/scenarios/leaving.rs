//! People lose their licence or leave; their number comes back, and comes back to them.

use super::{MUNICH, ONE_NUMBER, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    teams_strips_the_delicensed_and_the_number_rests,
    teams_keeps_the_number_of_the_delicensed_and_it_is_released,
    teams_will_not_let_go_of_the_number,
    the_deleted_give_their_numbers_back,
    whoever_returns_after_a_gap_has_the_old_number,
    a_gap_between_two_syncs_is_mended,
    a_gap_is_mended_whatever_was_done_by_hand_meanwhile,
);

fn two_people() -> Tenant {
    Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
}

const GIVEN: &str = "assign anna +498955501000 rule succeeded";
const RELEASED: &str = "release anna +498955501000 delicensed succeeded";

/// The single number rests 30 days, then bert has it.
async fn rests_and_is_given_again(story: &mut Scenario) {
    story.number("+498955501000", "quarantined").await;
    story.sync(0).await.changes(&[]);
    story.noted("exhausted", &["bert"]).await;
    story.later("29d");
    story.sync(0).await.changes(&[]);
    story.later("40d");
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501000 rule succeeded"]);
    story
        .history("+498955501000", &["anna delicensed", "bert"])
        .await;
}

async fn teams_strips_the_delicensed_and_the_number_rests(database: &Database) {
    let mut story = Scenario::new(database, two_people(), ONE_NUMBER).await;
    story
        .sync(0)
        .await
        .changes(&[GIVEN])
        .notes(&["exhausted bert"]);
    story.unlicense("anna", E5);
    story.teams(&[]);
    story.forget_log();
    story.sync(0).await.changes(&[RELEASED]);
    assert_eq!(story.writes(), [""; 0], "Teams has done it already");
    rests_and_is_given_again(&mut story).await;
    story.ends().await;
}

async fn teams_keeps_the_number_of_the_delicensed_and_it_is_released(database: &Database) {
    let mut story = Scenario::new(database, two_people(), ONE_NUMBER).await;
    story.switch(keep());
    story.sync(0).await.changes(&[GIVEN]);
    story.unlicense("anna", E5);
    story.teams(&["+498955501000 anna"]);
    story.sync(0).await.changes(&[RELEASED]);
    assert_eq!(story.sent("unassignNumber"), 1);
    story.teams(&[]);
    rests_and_is_given_again(&mut story).await;
    story.ends().await;
}

async fn teams_will_not_let_go_of_the_number(database: &Database) {
    let mut story = Scenario::new(database, two_people(), ONE_NUMBER).await;
    story.switch(json!({"on_licence_loss": {"directRouting": {"mode": "glue"}}}));
    story.sync(0).await.changes(&[GIVEN]);
    story.unlicense("anna", E5);
    let refused = "release anna +498955501000 delicensed waiting";
    story.sync(4).await.changes(&[refused]);
    story.number("+498955501000", "assigned anna").await;
    // By hand it is tried again at once, and long after the quarantine it is still not free.
    story.later("40d");
    story
        .sync(4)
        .await
        .changes(&[refused])
        .notes(&["exhausted bert", "release-blocked anna"]);
    story.number("+498955501000", "assigned anna").await;
    story.noted("release-blocked", &["anna"]).await;
    story.switch(keep());
    story.sync(0).await.changes(&[RELEASED]);
    story.number("+498955501000", "quarantined").await;
    story.noted("release-blocked", &[]).await;
    story.ends().await;
}

async fn the_deleted_give_their_numbers_back(database: &Database) {
    let tenant = Tenant::default().people("user", 4, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.sync(0).await;
    story.switch(json!({"on_delete": "keep"}));
    story.forget_log();
    story.delete("user-a", false);
    story.delete("user-b", true);
    story.sync(0).await.changes(&[
        "release user-a +498955501000 deleted succeeded",
        "release user-b +498955501001 deleted succeeded",
    ]);
    assert_eq!(story.sent("unassignNumber"), 2);
    story.switch(json!({"on_delete": "strip"}));
    story.forget_log();
    story.delete("user-c", false);
    story.delete("user-d", true);
    story.sync(0).await.changes(&[
        "release user-c +498955501002 deleted succeeded",
        "release user-d +498955501003 deleted succeeded",
    ]);
    assert_eq!(story.writes(), [""; 0], "Teams has done it already");
    story.teams(&[]);
    for number in [
        "+498955501000",
        "+498955501001",
        "+498955501002",
        "+498955501003",
    ] {
        story.number(number, "quarantined").await;
    }
    // Restored from the deleted items: the same number again.
    story.control("POST", "/_sim/users/{user-a}/restore", json!(null));
    story
        .sync(0)
        .await
        .changes(&["assign user-a +498955501000 returning succeeded"]);
    story.ends().await;
}

async fn whoever_returns_after_a_gap_has_the_old_number(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.sync(0).await.changes(&[GIVEN]);
    story.unlicense("anna", E5);
    story.sync(0).await.changes(&[RELEASED]);
    story.joins("bert", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    story.later("3d");
    story.license("anna", E5);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 returning succeeded"]);
    story
        .history("+498955501000", &["anna delicensed", "anna"])
        .await;
    story.ends().await;
}

async fn a_gap_between_two_syncs_is_mended(database: &Database) {
    let story = Scenario::new(database, two_people(), MUNICH).await;
    story.sync(0).await;
    // Graph gives the dates of plans in whole seconds: the new licence must be seen to be later.
    story.switch(json!({"clock_offset_seconds": 30}));
    story.unlicense("anna", E5);
    story.license("anna", E5);
    story.teams(&["+498955501001 bert"]);
    story
        .sync(0)
        .await
        .changes(&[RELEASED, "assign anna +498955501000 returning succeeded"])
        .notes(&[]);
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.ends().await;
}

/// What is asked for by hand reads the number list too, but decides about nobody else: when anna's number was seen last
/// is for the next sync to know.
async fn a_gap_is_mended_whatever_was_done_by_hand_meanwhile(database: &Database) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "Köln", &[E5])
        .person("carl", "Köln", &[E5]);
    let mut story = Scenario::new(database, tenant, MUNICH).await;
    story.sync(0).await.changes(&[GIVEN]);
    story.switch(json!({"clock_offset_seconds": 30}));
    story.unlicense("anna", E5);
    story.license("anna", E5);
    story.later("2m");
    story.assign("bert", &["+498955501005"], 0).await;
    story.number("+498955501005", "assigned bert").await;
    story.assign("bert", &["+498955501006"], 0).await;
    story.number("+498955501005", "quarantined").await;
    story.number("+498955501006", "assigned bert").await;
    story.release("bert", &[], 0).await;
    story.number("+498955501006", "quarantined").await;
    story.assign("carl", &["+498955501007"], 0).await;
    story.run(&["sync", "--user", "carl@contoso.example"]).await;
    story.number("+498955501007", "assigned carl").await;
    story.number("+498955501000", "assigned anna").await;
    story
        .sync(0)
        .await
        .changes(&[RELEASED, "assign anna +498955501000 returning succeeded"])
        .notes(&["released-by-hand bert"]);
    story.teams(&["+498955501000 anna", "+498955501007 carl"]);
    story.ends().await;
}
