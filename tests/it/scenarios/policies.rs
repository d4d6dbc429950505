//! Policies go with the number.

use super::keep;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    policies_follow_the_number_and_only_ours_are_taken_away,
    a_missing_policy_makes_people_wait,
    a_policy_that_fails_leaves_the_number_and_is_tried_again,
);

const RULES: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
  policy     OnlineVoiceRoutingPolicy "DE"
}
"#;

const POLICY: &str = "policy anna +498955501000 rule succeeded OnlineVoiceRoutingPolicy DE";
const NUMBER: &str = "assign anna +498955501000 rule succeeded";

fn anna() -> Tenant {
    let policies = Tenant::default()
        .policy("OnlineVoiceRoutingPolicy", "DE")
        .policy("TenantDialPlan", "DE");
    policies.person("anna", "München", &[E5])
}

async fn policies_follow_the_number_and_only_ours_are_taken_away(database: &Database) {
    let story = Scenario::new(database, anna(), RULES).await;
    story.switch(keep());
    story.sync(0).await.changes(&[NUMBER, POLICY]);
    story.policies(&["anna OnlineVoiceRoutingPolicy DE"]);
    // A dial plan that the rules name only now was not set by us, so it is not ours to take away.
    story.rules(&RULES.replace("policy  ", "policy TenantDialPlan \"DE\"\n  policy  "));
    story.sync(0).await.changes(&[]);
    story.unlicense("anna", E5);
    story.forget_log();
    story.sync(0).await.changes(&[
        "release anna +498955501000 delicensed succeeded",
        "policy anna +498955501000 delicensed succeeded OnlineVoiceRoutingPolicy DE",
    ]);
    assert_eq!(story.writes().len(), 2, "{:?}", story.writes());
    story.policies(&[]);
    story.ends().await;
}

async fn a_missing_policy_makes_people_wait(database: &Database) {
    let story = Scenario::new(database, anna(), RULES).await;
    story.control(
        "PUT",
        "/_sim/policies",
        json!([{"type": "TenantDialPlan", "name": "DE", "id": "plan"}]),
    );
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["policy-missing anna"]);
    story.control(
        "PUT",
        "/_sim/policies",
        json!([{"type": "OnlineVoiceRoutingPolicy", "name": "DE", "id": "de"}]),
    );
    story.sync(0).await.changes(&[NUMBER, POLICY]).notes(&[]);
    story.ends().await;
}

async fn a_policy_that_fails_leaves_the_number_and_is_tried_again(database: &Database) {
    let story = Scenario::new(database, anna(), RULES).await;
    story.fault(
        "userAssignments",
        10,
        json!({"status": 400, "code": "BadRequest"}),
    );
    let waiting = POLICY.replace("succeeded", "waiting");
    story.sync(4).await.changes(&[NUMBER, &waiting]);
    story.teams(&["+498955501000 anna"]);
    story.number("+498955501000", "assigned anna").await;
    story.no_more_faults();
    story.sync(0).await.changes(&[POLICY]);
    story.policies(&["anna OnlineVoiceRoutingPolicy DE"]);
    story.ends().await;
}
