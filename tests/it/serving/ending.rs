//! How the service ends, in good order and otherwise, and goes on afterwards.

use super::{ASKED_ONLY, MUNICH};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both_engines!(
    told_to_stop_with_operations_in_flight_it_ends_in_time,
    told_to_stop_while_reading_it_ends_in_time,
    told_to_stop_before_an_order_it_says_to_ask_again,
    what_goes_with_a_number_is_not_forgotten_when_it_is_told_to_stop,
    killed_in_the_middle_it_goes_on_at_the_next_start,
);

async fn twelve(database: &Database) -> Scenario {
    let tenant = Tenant::default().people("user", 12, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "");
    story
}

/// Everybody has exactly one number, and nothing is left to do.
async fn all_is_well(story: &Scenario, service: &crate::harness::service::Service) {
    let first = service.sync().await;
    assert!(
        matches!(first["status"].as_str(), Some("succeeded" | "partial")),
        "{first}"
    );
    let second = service.sync().await;
    assert_eq!(second["changes"], json!([]), "{second}");
    let mut held = story.held();
    assert_eq!(held.len(), 12, "{held:?}");
    held.retain(|line| line.contains("user-"));
    assert_eq!(held.len(), 12, "{held:?}");
}

async fn told_to_stop_with_operations_in_flight_it_ends_in_time(database: &Database) {
    let story = twelve(database).await;
    story.switch(json!({"operation_time": "2s"}));
    let service = story.serve().await;
    service
        .ask("POST", "/api/v1/syncs", json!({}))
        .await
        .is(202);
    service
        .until("the first write", async || {
            (!story.writes().is_empty()).then_some(())
        })
        .await;
    let begun = Instant::now();
    let log = service.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(30), "{log}");
    assert!(log.ends_with("stopped\n"), "{log}");
    let service = story.serve().await;
    all_is_well(&story, &service).await;
    service.stop().await;
}

async fn told_to_stop_while_reading_it_ends_in_time(database: &Database) {
    let story = twelve(database).await;
    story.fault("users/delta", 1, json!({"delay": "60s"}));
    let service = story.serve().await;
    let begun = service.ask("POST", "/api/v1/syncs", json!({})).await;
    let id = begun.is(202).json()["sync_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let asked = Instant::now();
    service.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(30));
    story.no_more_faults();
    let service = story.serve().await;
    assert_eq!(
        service.get(&format!("/syncs/{id}")).await["status"],
        "failed"
    );
    all_is_well(&story, &service).await;
    service.stop().await;
}

/// Orders a number for bert, whom no rule gives one, and tells the service to stop while a request is answered whose
/// path contains `part`; answers the sync of the order.
async fn stopped_at(story: &Scenario, part: &str) -> Value {
    story.control(
        "POST",
        "/_sim/faults",
        json!({"match": {"path_contains": part}, "times": 1, "do": {"delay": "2s"}}),
    );
    let service = story.serve().await;
    let number = json!({"number": "+498955501005"});
    let order = "/api/v1/users/bert@contoso.example/number";
    // The order is answered when it is done, or not done.
    let (answer, ()) = tokio::join!(service.ask("PUT", order, number), async {
        let look = async || {
            let faults = story.control("GET", "/_sim/faults", Value::Null);
            (faults["items"] == json!([])).then_some(())
        };
        service.until("the request", look).await;
        service.signal("TERM");
    });
    let id = answer.json()["sync_id"].clone();
    let (code, log) = service.exit().await;
    assert_eq!(code, 0, "{log}");
    story.no_more_faults();
    let service = story.serve().await;
    let id = id.as_str().expect("an id");
    let sync = service.get(&format!("/syncs/{id}")).await;
    service.stop().await;
    sync
}

fn bert() -> Tenant {
    Tenant::default()
        .person("bert", "Bonn", &[E5])
        .policy("TenantDialPlan", "DE")
}

async fn told_to_stop_before_an_order_it_says_to_ask_again(database: &Database) {
    let story = Scenario::new(database, bert(), MUNICH).await;
    story.configure(ASKED_ONLY, "");
    let sync = stopped_at(&story, "userConfigurations").await;
    let change = &sync["changes"][0];
    assert_eq!(change["status"], "failed", "{sync}");
    let error = change["error"].as_str().unwrap_or_default();
    assert!(error.contains("ask again once it runs"), "{sync}");
    assert_eq!(story.writes(), [""; 0]);
    // It is over: no later sync does it.
    story.sync(0).await.changes(&[]);
    story.teams(&[]);
    story.ends().await;
}

async fn what_goes_with_a_number_is_not_forgotten_when_it_is_told_to_stop(database: &Database) {
    let rules = MUNICH.replace("quarantine", "policy TenantDialPlan \"DE\"\n  quarantine");
    let story = Scenario::new(database, bert(), &rules).await;
    story.configure(ASKED_ONLY, "");
    let sync = stopped_at(&story, "/assignNumber").await;
    let status = |at: usize| sync["changes"][at]["status"].clone();
    assert_eq!([status(0), status(1)], ["succeeded", "waiting"], "{sync}");
    story.teams(&["+498955501005 bert"]);
    story.policies(&[]);
    story
        .sync(0)
        .await
        .changes(&["policy bert +498955501005 manual succeeded TenantDialPlan DE"]);
    story.policies(&["bert TenantDialPlan DE"]);
    story.ends().await;
}

async fn killed_in_the_middle_it_goes_on_at_the_next_start(database: &Database) {
    let story = twelve(database).await;
    story.switch(json!({"operation_time": "1s"}));
    let service = story.serve().await;
    service
        .ask("POST", "/api/v1/syncs", json!({}))
        .await
        .is(202);
    service
        .until("the first write", async || {
            (!story.writes().is_empty()).then_some(())
        })
        .await;
    service.kill().await;
    story.configure(
        &ASKED_ONLY.replace("on_start = false", "on_start = true"),
        "",
    );
    let service = story.serve().await;
    service
        .until("the sync at start", async || {
            let syncs = service.get("/syncs").await;
            let ended = syncs["items"]
                .as_array()?
                .iter()
                .any(|sync| sync["trigger"] == "start" && !sync["finished"].is_null());
            ended.then_some(())
        })
        .await;
    all_is_well(&story, &service).await;
    let state = service.ask("GET", "/readyz?verbose", Value::Null).await;
    assert!(state.text.contains("the last sync"), "{state:?}");
    service.stop().await;
}

#[tokio::test]
async fn a_second_service_on_one_file_is_told_who_serves_it() {
    let database = Database::sqlite();
    let story = twelve(&database).await;
    let first = story.serve().await;
    let (code, log) = story.serve_anyhow().exit().await;
    assert_eq!(code, 1, "{log}");
    assert!(log.contains("is served already, by process"), "{log}");
    first.stop().await;
    story.serve().await.stop().await;
}
