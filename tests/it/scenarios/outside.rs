//! What administrators do in Teams is respected.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, Tenant};

on_both_engines!(
    a_number_changed_in_teams_is_respected,
    a_number_removed_in_teams_waits_for_a_person,
    a_number_that_reappears_was_never_lost,
    a_number_removed_in_teams_rests_whatever_is_given_by_hand,
    numbers_already_held_are_adopted,
    without_adoption_held_numbers_stay_foreign,
);

fn anna() -> Tenant {
    Tenant::default().person("anna", "München", &[E5])
}

async fn a_number_changed_in_teams_is_respected(database: &Database) {
    let mut story = Scenario::new(database, anna(), MUNICH).await;
    story.sync(0).await;
    story.takes("+498955501000");
    story.gives("anna", "+498955501007");
    story.forget_log();
    story
        .sync(0)
        .await
        .changes(&["adopt anna +498955501007 adopted succeeded"]);
    assert_eq!(story.writes(), [""; 0]);
    story.number("+498955501000", "quarantined").await;
    story.number("+498955501007", "assigned anna").await;
    story
        .history("+498955501000", &["anna changed-outside"])
        .await;
    story.joins("bert", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    story.ends().await;
}

async fn a_number_removed_in_teams_waits_for_a_person(database: &Database) {
    let story = Scenario::new(database, anna(), MUNICH).await;
    story.sync(0).await;
    story.takes("+498955501000");
    story.forget_log();
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["removed-outside anna"]);
    story.number("+498955501000", "assigned anna").await;
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["removed-outside anna"]);
    story.number("+498955501000", "quarantined").await;
    story.sync(0).await.changes(&[]);
    assert_eq!(story.writes(), [""; 0]);
    story.noted("removed-outside", &["anna"]).await;
    story
        .run(&["users", "resume", "anna@contoso.example"])
        .await
        .exits(0);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 returning succeeded"])
        .notes(&[]);
    story
        .history("+498955501000", &["anna removed-outside", "anna"])
        .await;
    story.ends().await;
}

async fn a_number_that_reappears_was_never_lost(database: &Database) {
    let story = Scenario::new(database, anna(), MUNICH).await;
    story.sync(0).await;
    story.takes("+498955501000");
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["removed-outside anna"]);
    story.gives("anna", "+498955501000");
    story.sync(0).await.changes(&[]).notes(&[]);
    story.noted("removed-outside", &[]).await;
    story.history("+498955501000", &["anna"]).await;
    story.ends().await;
}

/// The range knows no rest of its own; a number freed outside rests a day.
async fn a_number_removed_in_teams_rests_whatever_is_given_by_hand(database: &Database) {
    let tenant = anna().person("bert", "München", &[E5]);
    let rules = MUNICH.replace("30 days", "0 days");
    let mut story = Scenario::new(database, tenant, &rules).await;
    story.sync(0).await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    // Anna has another line meanwhile, bert has none; no sync has seen either.
    story.takes("+498955501000");
    story.gives("anna", "+498955501007");
    story.takes("+498955501001");
    story.assign("anna", &["+498955501005"], 0).await.changes(&[
        "release anna +498955501007 manual succeeded",
        "assign anna +498955501005 manual succeeded",
    ]);
    story
        .assign("bert", &["+498955501006"], 0)
        .await
        .changes(&["assign bert +498955501006 manual succeeded"]);
    for (number, holder) in [("+498955501000", "anna"), ("+498955501001", "bert")] {
        story.number(number, "quarantined").await;
        let was = format!("{holder} changed-outside");
        story.history(number, &[was.as_str()]).await;
    }
    story.joins("carl", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501002 rule succeeded"]);
    story.later("25h");
    story.number("+498955501000", "free").await;
    story.ends().await;
}

fn holders() -> Tenant {
    Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E3])
        .held("+498955501003", "anna")
        .held("+498955501004", "bert")
}

async fn numbers_already_held_are_adopted(database: &Database) {
    let mut story = Scenario::new(database, holders(), MUNICH).await;
    story
        .sync(0)
        .await
        .changes(&[
            "adopt anna +498955501003 adopted succeeded",
            "adopt bert +498955501004 adopted succeeded",
        ])
        .notes(&["stale-holder bert"]);
    // Bert was never seen licensed: the number stays until a person takes it back.
    story.sync(0).await.changes(&[]);
    story.noted("stale-holder", &["bert"]).await;
    assert_eq!(story.writes(), [""; 0]);
    story.joins("carl", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501000 rule succeeded"]);
    story.ends().await;
}

async fn without_adoption_held_numbers_stay_foreign(database: &Database) {
    let story = Scenario::new(database, holders(), MUNICH).await;
    story.configure("mode = \"apply\"", "[tenant.ownership]\nadopt = false");
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["unmanaged-number anna", "unmanaged-number bert"]);
    story.number("+498955501003", "foreign anna").await;
    assert_eq!(story.writes(), [""; 0]);
    story.ends().await;
}
