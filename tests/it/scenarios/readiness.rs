//! Licences that Teams has not taken up yet.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, PHONE_SYSTEM, Tenant};
use serde_json::json;

on_both_engines!(
    a_licence_that_is_not_ready_waits,
    a_licence_that_cannot_be_looked_up_waits_with_its_number,
    people_not_in_teams_only_mode_wait,
);

const GIVEN: &str = "assign anna +498955501000 rule succeeded";
const WAITS: &str = "assign anna +498955501000 rule waiting";

async fn a_licence_that_is_not_ready_waits(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E3]),
        MUNICH,
    )
    .await;
    story.switch(json!({"readiness_delay": "6h"}));
    story.sync(0).await.changes(&[]);
    story.license("anna", PHONE_SYSTEM);
    story.sync(4).await.changes(&[WAITS]);
    assert_eq!(story.writes(), [""; 0], "nothing is sent");
    story.number("+498955501000", "free").await;
    story.switch(json!({"readiness_delay": "0s"}));
    story.sync(0).await.changes(&[GIVEN]).notes(&[]);
    story.noted("licence-not-ready", &[]).await;
    story.ends().await;
}

async fn a_licence_that_cannot_be_looked_up_waits_with_its_number(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E3]),
        MUNICH,
    )
    .await;
    let grants = [
        "User.Read.All",
        "LicenseAssignment.Read.All",
        "TeamsTelephoneNumber.ReadWrite.All",
    ];
    story.switch(json!({"readiness_delay": "6h", "grants": grants}));
    story.sync(0).await.changes(&[]);
    story.license("anna", PHONE_SYSTEM);
    story.sync(4).await.changes(&[WAITS]);
    story.number("+498955501000", "claimed anna").await;
    story.joins("bert", "München", &[E5]);
    story.switch(json!({"readiness_delay": "0s"}));
    story
        .sync(0)
        .await
        .changes(&[GIVEN, "assign bert +498955501001 rule succeeded"]);
    story.ends().await;
}

async fn people_not_in_teams_only_mode_wait(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(json!({"not_teams_only": ["anna@contoso.example"]}));
    story.sync(4).await.changes(&[WAITS]);
    assert_eq!(story.writes(), [""; 0], "nothing is sent");
    story.noted("not-teams-only", &["anna"]).await;
    story.switch(json!({"not_teams_only": []}));
    story.sync(0).await.changes(&[GIVEN]);
    story.ends().await;
}
