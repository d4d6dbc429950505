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
    a_policy_that_the_rules_name_anew_is_noted_or_set,
    a_policy_that_somebody_changed_in_teams_is_set_again_where_that_is_enforced,
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

const ENFORCED: &str = "[tenant.policies]\nenforce = true";

async fn a_policy_that_the_rules_name_anew_is_noted_or_set(database: &Database) {
    let tenant = anna().policy("OnlineVoiceRoutingPolicy", "AT");
    let story = Scenario::new(database, tenant, RULES).await;
    story.sync(0).await.changes(&[NUMBER, POLICY]);
    story.rules(&RULES.replace("\"DE\"", "\"AT\""));
    let run = story.sync(0).await;
    run.changes(&[]).notes(&["drift anna"]);
    let detail = run.report()["notes"].to_string();
    assert!(
        detail.contains("the rules would set \\\"AT\\\" now"),
        "{detail}"
    );
    story.noted("drift", &["anna"]).await;
    story.policies(&["anna OnlineVoiceRoutingPolicy DE"]);
    story.configure("mode = \"apply\"", ENFORCED);
    let set = POLICY.replace(" DE", " AT");
    story.sync(0).await.changes(&[&set]).notes(&[]);
    story.policies(&["anna OnlineVoiceRoutingPolicy AT"]);
    story.noted("drift", &[]).await;
    story.ends().await;
}

async fn a_policy_that_somebody_changed_in_teams_is_set_again_where_that_is_enforced(
    database: &Database,
) {
    let tenant = anna()
        .policy("OnlineVoiceRoutingPolicy", "AT")
        .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, RULES).await;
    story.configure("mode = \"apply\"", ENFORCED);
    let grants = |name: &str, policy: serde_json::Value| {
        let body = json!({"type": "OnlineVoiceRoutingPolicy", "name": policy});
        story.control("POST", &format!("/_sim/users/{{{name}}}/policy"), body);
    };
    story.sync(0).await;
    grants("anna", json!("AT"));
    // A sync of what changed does not ask everybody; a full one does.
    story.sync(0).await.changes(&[]);
    story.policies(&[
        "anna OnlineVoiceRoutingPolicy AT",
        "bert OnlineVoiceRoutingPolicy DE",
    ]);
    story
        .run(&["sync", "--full"])
        .await
        .exits(0)
        .changes(&[POLICY]);
    story.policies(&[
        "anna OnlineVoiceRoutingPolicy DE",
        "bert OnlineVoiceRoutingPolicy DE",
    ]);
    // One that is gone comes back, as long as Teams names the type for anybody.
    grants("bert", json!(null));
    let again = POLICY.replace("anna", "bert").replace("1000", "1001");
    story
        .run(&["sync", "--full"])
        .await
        .exits(0)
        .changes(&[&again]);
    // Without the permission to ask, what was set counts as set.
    grants("anna", json!("AT"));
    let grants_of = story.control("GET", "/_sim/switches", json!(null))["grants"].clone();
    let kept = grants_of.as_array().expect("grants").iter();
    let kept: Vec<_> = kept
        .filter(|grant| *grant != "TeamsUserConfiguration.Read.All")
        .collect();
    story.switch(json!({ "grants": kept }));
    story.run(&["sync", "--full"]).await.exits(0).changes(&[]);
    // Not enforced, nothing is asked and nothing set.
    story.switch(json!({ "grants": grants_of }));
    story.configure("mode = \"apply\"", "");
    story.run(&["sync", "--full"]).await.exits(0).changes(&[]);
    story.policies(&[
        "anna OnlineVoiceRoutingPolicy AT",
        "bert OnlineVoiceRoutingPolicy DE",
    ]);
    story.ends().await;
}
