//! Graph is slow, lossy, shut, or says no.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    a_lost_answer_is_found_by_reading_and_never_sent_twice,
    a_lost_request_is_sent_again_once_that_is_known,
    an_unreachable_graph_is_named,
    a_wrong_secret_is_named,
    each_missing_permission_is_named,
    throttling_loses_nothing,
);

async fn anna(database: &Database) -> Scenario {
    Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await
}

const GIVEN: &str = "assign anna +498955501000 rule succeeded";

async fn a_lost_answer_is_found_by_reading_and_never_sent_twice(database: &Database) {
    let story = anna(database).await;
    story.fault("assignNumber", 1, json!({"lose_answer": true}));
    story.sync(0).await.changes(&[GIVEN]);
    assert_eq!(story.sent("assignNumber"), 1);
    story.ends().await;
}

async fn a_lost_request_is_sent_again_once_that_is_known(database: &Database) {
    let story = anna(database).await;
    story.fault("assignNumber", 1, json!({"drop": true}));
    story.sync(0).await.changes(&[GIVEN]);
    assert_eq!(story.sent("assignNumber"), 2);
    story.ends().await;
}

async fn an_unreachable_graph_is_named(database: &Database) {
    let story = anna(database).await;
    let config =
        std::fs::read_to_string(story.folder().join("linekeeper.toml")).expect("the configuration");
    let graph = format!("{}/v1.0", story.simulator.origin());
    story.write(
        "linekeeper.toml",
        &config.replace(&graph, "http://127.0.0.1:1/v1.0"),
    );
    story.sync(6).await.says(&["127.0.0.1:1"]);
    story.write("linekeeper.toml", &config);
    story.sync(0).await.changes(&[GIVEN]);
    story.ends().await;
}

async fn a_wrong_secret_is_named(database: &Database) {
    let story = anna(database).await;
    let secret = std::fs::read_to_string(story.folder().join("secret")).expect("the secret");
    story.write("secret", "not-this-one");
    story.sync(6).await.says(&["contoso", "secret"]);
    story.write("secret", &secret);
    story.switch(json!({"secret_expired": true}));
    story.sync(6).await.says(&["contoso", "secret", "expired"]);
    story.switch(json!({"secret_expired": false}));
    story.sync(0).await.changes(&[GIVEN]);
    story.ends().await;
}

async fn each_missing_permission_is_named(database: &Database) {
    let story = anna(database).await;
    let granted = [
        "User.Read.All",
        "LicenseAssignment.Read.All",
        "TeamsTelephoneNumber.ReadWrite.All",
    ];
    let without = |missing: &str| -> Vec<&str> {
        granted
            .into_iter()
            .filter(|grant| *grant != missing)
            .collect()
    };
    story.switch(json!({"grants": without("User.Read.All")}));
    story.sync(6).await.says(&["User.Read.All"]).changes(&[]);
    story.switch(json!({"grants": without("TeamsTelephoneNumber.ReadWrite.All")}));
    story
        .sync(6)
        .await
        .says(&["TeamsTelephoneNumber.Read.All"])
        .changes(&[]);
    story.switch(json!({"grants": ["User.Read.All", "LicenseAssignment.Read.All", "TeamsTelephoneNumber.Read.All"]}));
    let refused = story.sync(4).await;
    let error = refused.report()["changes"][0]["error"].to_string();
    assert!(
        error.contains("TeamsTelephoneNumber.ReadWrite.All"),
        "{refused}"
    );
    story.number("+498955501000", "free").await;
    // Without the products nothing is lost; without the Teams configurations the number list decides.
    story.switch(json!({"grants": without("LicenseAssignment.Read.All")}));
    story
        .sync(0)
        .await
        .says(&["LicenseAssignment.Read.All"])
        .changes(&[GIVEN]);
    story.switch(json!({"grants": granted}));
    story.ends().await;
}

async fn throttling_loses_nothing(database: &Database) {
    let mut story = anna(database).await;
    let busy = json!({"status": 429, "retry_after": "1", "code": "TooManyRequests"});
    story.sync(0).await.changes(&[GIVEN]);
    story.joins("bert", "München", &[E5]);
    for path in [
        "/users/delta",
        "subscribedSkus",
        "numberAssignments",
        "assignNumber",
    ] {
        story.fault(path, 2, busy.clone());
    }
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    story.ends().await;
}
