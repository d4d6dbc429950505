//! Syncs over HTTP: started, joined, followed, approved.

use super::{ASKED_ONLY, MUNICH};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use std::collections::BTreeSet;

on_both_engines!(
    pressed_a_hundred_times_it_is_one_sync,
    an_idempotency_key_holds_across_a_restart,
    one_key_asked_with_by_many_at_once_is_one_sync,
    events_follow_a_sync_to_its_end,
    a_held_list_is_approved_but_for_one,
    a_dry_run_shows_the_plan_and_changes_nothing,
    one_person_is_synced_alone,
);

async fn with_anna(database: &Database) -> Scenario {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "");
    story
}

fn id_of(sync: &Value) -> String {
    sync["sync_id"].as_str().expect("an id").to_owned()
}

async fn pressed_a_hundred_times_it_is_one_sync(database: &Database) {
    let story = with_anna(database).await;
    story.fault("users/delta", 1, json!({"delay": "2s"}));
    let service = story.serve().await;
    let presses = (0..100).map(|_| service.ask("POST", "/api/v1/syncs", json!({})));
    let answers = futures::future::join_all(presses).await;
    let ids: BTreeSet<String> = answers.iter().map(|answer| id_of(&answer.json())).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let begun = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(
        begun, 1,
        "one has begun it, the others were answered with it"
    );
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 200 | 202))
    );
    let ended = service.ended(ids.first().expect("one")).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert_eq!(ended["trigger"], "api");
    story.teams(&["+498955501000 anna"]);
    let syncs = service.get("/syncs").await;
    assert_eq!(syncs["items"].as_array().map(Vec::len), Some(1), "{syncs}");
    service.stop().await;
}

async fn an_idempotency_key_holds_across_a_restart(database: &Database) {
    let story = with_anna(database).await;
    let service = story.serve().await;
    let key = [("idempotency-key", "monday-1")];
    let path = "/api/v1/syncs";
    let first = service
        .ask_with("POST", path, &key, &json!({"full": true}))
        .await;
    let id = id_of(&first.is(202).json());
    assert_eq!(first.location, Some(format!("/api/v1/syncs/{id}")));
    service.ended(&id).await;
    let again = service
        .ask_with("POST", path, &key, &json!({"full": true}))
        .await;
    assert_eq!(id_of(&again.is(200).json()), id);
    let other = service
        .ask_with("POST", path, &key, &json!({"full": false}))
        .await;
    other.is(422);
    assert_eq!(other.kind, "application/problem+json");
    service.stop().await;
    let service = story.serve().await;
    let restarted = service
        .ask_with("POST", path, &key, &json!({"full": true}))
        .await;
    assert_eq!(id_of(&restarted.is(200).json()), id);
    let without = service.sync().await;
    assert_ne!(id_of(&without), id);
    assert_eq!(
        without["changes"],
        json!([]),
        "the second sync changes nothing"
    );
    service.stop().await;
}

async fn events_follow_a_sync_to_its_end(database: &Database) {
    let story = with_anna(database).await;
    story.fault("users/delta", 1, json!({"delay": "1s"}));
    let service = story.serve().await;
    let begun = service.ask("POST", "/api/v1/syncs", Value::Null).await;
    let id = id_of(&begun.is(202).json());
    let path = format!("/api/v1/syncs/{id}/events");
    let followed = service.ask("GET", &path, Value::Null).await;
    assert_eq!(followed.kind, "text/event-stream");
    let text = &followed.text;
    assert!(
        text.starts_with("event: progress\ndata: {\"stage\":\"reading\""),
        "{text}"
    );
    assert!(text.contains("\"users\":1"), "{text}");
    let (_, end) = text.split_once("event: end\ndata: ").expect("an end");
    let end: Value = serde_json::from_str(end.trim()).expect("JSON");
    assert_eq!(
        (&end["status"], &end["sync_id"]),
        (&json!("succeeded"), &json!(id))
    );
    assert!(end["changes"].is_null(), "as a list shows it: {end}");
    service.stop().await;
    let service = story.serve().await;
    let late = service.ask("GET", &path, Value::Null).await;
    assert!(late.is(200).text.starts_with("event: end\n"), "{late:?}");
    service
        .ask("GET", "/api/v1/syncs/nonsense/events", Value::Null)
        .await
        .is(404);
    service.stop().await;
}

async fn a_held_list_is_approved_but_for_one(database: &Database) {
    let tenant = Tenant::default().people("user", 4, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "[tenant.safety]\nmax_releases = 0");
    story.switch(json!({"on_licence_loss": {"directRouting": {"mode": "keep"}}}));
    let service = story.serve().await;
    service.sync().await;
    for name in ["user-a", "user-b"] {
        story.unlicense(name, E5);
    }
    let held = service.sync().await;
    assert_eq!(held["status"], "held", "{held}");
    let approve = format!("/api/v1/syncs/{}/approve", id_of(&held));
    let unknown = service
        .ask("POST", &approve, json!({"except": ["nobody"]}))
        .await;
    unknown.is(404);
    let approved = service
        .ask(
            "POST",
            &approve,
            json!({"except": ["user-b@contoso.example"]}),
        )
        .await;
    let making = service.ended(&id_of(&approved.is(202).json())).await;
    assert_eq!(making["summary"]["release"], 1, "{making}");
    story.teams(&[
        "+498955501001 user-b",
        "+498955501002 user-c",
        "+498955501003 user-d",
    ]);
    service.ask("POST", &approve, json!({})).await.is(409);
    let again = service.sync().await;
    assert_eq!(
        again["status"], "held",
        "she who was left out is held again: {again}"
    );
    let reject = format!("/api/v1/syncs/{}/reject", id_of(&again));
    service.ask("POST", &reject, Value::Null).await.is(200);
    service.ask("POST", &reject, Value::Null).await.is(409);
    service.stop().await;
}

async fn a_dry_run_shows_the_plan_and_changes_nothing(database: &Database) {
    let story = with_anna(database).await;
    let service = story.serve().await;
    let begun = service
        .ask("POST", "/api/v1/syncs", json!({"dry_run": true}))
        .await;
    let id = id_of(&begun.is(202).json());
    let planned = service.ended(&id).await;
    assert_eq!(planned["status"], "planned", "{planned}");
    assert_eq!(planned["summary"]["assign"], 1);
    assert_eq!(planned["changes"][0]["number"], "+498955501000");
    story.teams(&[]);
    let syncs = service.get("/syncs").await;
    assert_eq!(syncs["items"], json!([]), "a plan is no sync");
    service.stop().await;
}

async fn one_person_is_synced_alone(database: &Database) {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "");
    let service = story.serve().await;
    let wish = json!({"user": "bert@contoso.example"});
    let begun = service.ask("POST", "/api/v1/syncs", wish).await;
    service.ended(&id_of(&begun.is(202).json())).await;
    story.teams(&["+498955501000 bert"]);
    let nobody = json!({"user": "nobody@contoso.example"});
    service.ask("POST", "/api/v1/syncs", nobody).await.is(404);
    service.stop().await;
}

/// The database is busy while somebody asks and leaves: what was asked for is done all the same.
#[tokio::test]
async fn whoever_asks_may_go_away() {
    let database = Database::sqlite();
    let story = with_anna(&database).await;
    let service = story.serve().await;
    let other = SqliteConnection::connect(&database.url).await;
    let mut other = other.expect("the file");
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .expect("the lock");
    service
        .ask_and_leave("POST /api/v1/syncs", "Idempotency-Key: k-1\r\n")
        .await;
    sqlx::query("ROLLBACK")
        .execute(&mut other)
        .await
        .expect("no lock");
    let what = "the sync nobody waits for";
    service
        .until(what, async || {
            (story.held() == ["+498955501000 anna"]).then_some(())
        })
        .await;
    let key = [("idempotency-key", "k-1")];
    let again = service.ask_with("POST", "/api/v1/syncs", &key, &Value::Null);
    again.await.is(200);
    let syncs = service.get("/syncs").await;
    assert_eq!(syncs["items"].as_array().map(Vec::len), Some(1), "{syncs}");
    service.stop().await;
}

async fn one_key_asked_with_by_many_at_once_is_one_sync(database: &Database) {
    let story = with_anna(database).await;
    let service = story.serve().await;
    let key = [("idempotency-key", "tuesday")];
    let wish = json!({"full": true});
    let presses = (0..20).map(|_| service.ask_with("POST", "/api/v1/syncs", &key, &wish));
    let answers = futures::future::join_all(presses).await;
    let ids: BTreeSet<String> = answers.iter().map(|answer| id_of(&answer.json())).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    service.ended(ids.first().expect("one")).await;
    let late = service.ask_with("POST", "/api/v1/syncs", &key, &wish).await;
    assert_eq!(Some(&id_of(&late.is(200).json())), ids.first());
    service.stop().await;
}
