//! People join, move, and are disabled.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    a_joiner_gets_a_number_at_the_next_sync,
    a_mover_keeps_the_number_and_is_reported,
    disabling_never_releases_a_number,
);

const TWO_OFFICES: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
range "cgn" {
  type       direct-routing
  numbers    +49 221 5550 100 to 109
  quarantine 30 days
  when       city = "Köln"
}
"#;

async fn a_joiner_gets_a_number_at_the_next_sync(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        TWO_OFFICES,
    )
    .await;
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"])
        .has("/directory/mode", "full");
    story.joins("bert", "Köln", &[E5]);
    story.joins("carl", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&[
            "assign bert +492215550100 rule succeeded",
            "assign carl +498955501001 rule succeeded",
        ])
        .has("/directory/mode", "delta")
        .has("/directory/users", 3);
    story.teams(&[
        "+492215550100 bert",
        "+498955501000 anna",
        "+498955501001 carl",
    ]);
    story.ends().await;
}

async fn a_mover_keeps_the_number_and_is_reported(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        TWO_OFFICES,
    )
    .await;
    story.sync(0).await;
    story.change("anna", json!({"city": "Köln"}));
    story.sync(0).await.changes(&[]).notes(&["drift anna"]);
    story.noted("drift", &["anna"]).await;
    story.change("anna", json!({"city": "Hamburg"}));
    story.sync(0).await.changes(&[]);
    story.teams(&["+498955501000 anna"]);
    story.change("anna", json!({"city": "München"}));
    story.sync(0).await.changes(&[]).notes(&[]);
    story.noted("drift", &[]).await;
    story.history("+498955501000", &["anna"]).await;
    story.ends().await;
}

async fn disabling_never_releases_a_number(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(keep());
    story.sync(0).await;
    story.change("anna", json!({"accountEnabled": false}));
    story.joins_with("bert", "München", &[E5], json!({"accountEnabled": false}));
    story.sync(0).await.changes(&[]).notes(&["disabled bert"]);
    story.teams(&["+498955501000 anna"]);
    // The licence decides, also about somebody disabled.
    story.unlicense("anna", E5);
    story
        .sync(0)
        .await
        .changes(&["release anna +498955501000 delicensed succeeded"]);
    story.change("bert", json!({"accountEnabled": true}));
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    story.ends().await;
}
