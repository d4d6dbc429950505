//! A help desk asks why.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    a_holder_is_told_where_the_number_comes_from,
    without_graph_everything_else_is_told,
    who_gets_none_is_told_what_is_missing,
    somebody_no_sync_has_seen_is_read_from_the_directory,
    a_number_says_who_had_it_and_why_it_rests,
    without_the_products_it_says_what_the_sync_does,
);

async fn explained(story: &Scenario, whom: &str) -> Value {
    let run = story.run(&["explain", whom]).await;
    run.exits(0);
    run.report()
}

#[track_caller]
fn says(explained: &Value, pointer: &str, part: &str) {
    let text = explained
        .pointer(pointer)
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(text.contains(part), "{part} at {pointer} of {explained:#}");
}

async fn a_holder_is_told_where_the_number_comes_from(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    let sync = story.sync(0).await;
    let anna = explained(&story, "anna@contoso.example").await;
    for (pointer, value) in [
        ("/decision", json!("keep")),
        ("/number", json!("+498955501000")),
        ("/range", json!("muc")),
        ("/voice_licence", json!("phone-system")),
        ("/kind", json!("person")),
        ("/notes", json!([])),
        ("/ranges/0/matched", json!(true)),
        ("/teams/number", json!("+498955501000")),
        ("/teams/differences", json!([])),
        ("/history/0/sync_id", json!(sync.sync_id())),
    ] {
        assert_eq!(anna.pointer(pointer), Some(&value), "{pointer} of {anna:#}");
    }
    says(
        &anna,
        "/licence",
        "MCOEV (Phone System) is Enabled, brought by SPE_E5",
    );
    // A number taken away in Teams shows at once, before any sync has seen it.
    story.takes("+498955501000");
    let anna = explained(&story, "anna@contoso.example").await;
    says(
        &anna,
        "/teams/differences",
        "Teams shows no number with the person",
    );
    story.gives("anna", "+498955501000");
    story.ends().await;
}

async fn without_graph_everything_else_is_told(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    story.sync(0).await;
    let config =
        std::fs::read_to_string(story.folder().join("linekeeper.toml")).expect("the configuration");
    let graph = format!("{}/v1.0", story.simulator.origin());
    story.write(
        "linekeeper.toml",
        &config.replace(&graph, "http://127.0.0.1:1/v1.0"),
    );
    let anna = explained(&story, "anna@contoso.example").await;
    assert_eq!(anna["number"], "+498955501000", "{anna:#}");
    assert_eq!(anna["teams"], Value::Null, "{anna:#}");
    says(&anna, "/teams_unread", "127.0.0.1:1");
    story
        .run(&["explain", "+498955501000"])
        .await
        .exits(0)
        .has("/teams", Value::Null);
    story.write("linekeeper.toml", &config);
    story.ends().await;
}

async fn who_gets_none_is_told_what_is_missing(database: &Database) {
    let people =
        Tenant::default()
            .person("anna", "Munchen", &[E5])
            .person("bert", "München", &[E3]);
    let story = Scenario::new(database, people, MUNICH).await;
    let noted = ["near-miss anna", "no-range anna"];
    story.sync(0).await.notes(&noted);
    // Nothing has changed, and so nobody is decided about again: the notes stand as they are.
    story.sync(0).await.notes(&[]);
    let anna = explained(&story, "anna@contoso.example").await;
    assert_eq!(anna["decision"], "none", "{anna:#}");
    assert_eq!(anna["nearest_miss"], "muc", "{anna:#}");
    says(&anna, "/ranges/0/why", "nearly");
    says(&anna, "/notes", "no-range");
    says(
        &anna,
        "/notes/1/detail",
        r#"alias city \"München\" = \"Munchen\""#,
    );
    let bert = explained(&story, "bert@contoso.example").await;
    assert_eq!(bert["voice_licence"], "none", "{bert:#}");
    says(
        &bert,
        "/licence",
        "no entry of the user's plans is for Phone System",
    );
    story
        .run(&["explain", "nobody@contoso.example"])
        .await
        .exits(1)
        .says(&["nobody@contoso.example"]);
    story.ends().await;
}

async fn somebody_no_sync_has_seen_is_read_from_the_directory(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let mut story = Scenario::new(database, people, MUNICH).await;
    let anna = explained(&story, "anna@contoso.example").await;
    assert_eq!(anna["decision"], "assign", "{anna:#}");
    assert_eq!(
        (&anna["number"], &anna["range"]),
        (&Value::Null, &json!("muc")),
        "{anna:#}"
    );
    story.sync(0).await;
    story.joins("carl", "München", &[E5]);
    let carl = explained(&story, "carl@contoso.example").await;
    assert_eq!(carl["decision"], "assign", "{carl:#}");
    story.configure("mode = \"observe\"", "");
    let carl = explained(&story, "carl@contoso.example").await;
    says(&carl, "/outcome", "nothing is written");
    story.configure("mode = \"apply\"", "");
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501001 rule succeeded"]);
    story.ends().await;
}

async fn a_number_says_who_had_it_and_why_it_rests(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.sync(0).await;
    let number = explained(&story, "+49 89 5550 1000").await;
    assert_eq!(number["state"], "assigned", "{number:#}");
    says(&number, "/user/upn", "anna");
    assert_eq!(number["teams"]["differences"], json!([]), "{number:#}");
    story.unlicense("anna", E5);
    story
        .sync(0)
        .await
        .changes(&["release anna +498955501000 delicensed succeeded"]);
    let number = explained(&story, "+498955501000").await;
    assert_eq!(number["state"], "quarantined", "{number:#}");
    says(&number, "/because", "rests until");
    assert_eq!(
        number["history"][0]["end_reason"], "delicensed",
        "{number:#}"
    );
    let anna = explained(&story, "anna@contoso.example").await;
    assert_eq!(anna["decision"], "none", "{anna:#}");
    assert_eq!(anna["history"][0]["number"], "+498955501000", "{anna:#}");
    let unknown = explained(&story, "+13125550000").await;
    says(&unknown, "/because", "no range declares it");
    story.ends().await;
}

/// The permission to read the products was never granted: a lost licence releases nothing, and nobody is told it does.
async fn without_the_products_it_says_what_the_sync_does(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.fault("subscribedSkus", 1000, json!({"status": 403}));
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"]);
    story.unlicense("anna", E5);
    for _ in 0..2 {
        story
            .sync(0)
            .await
            .changes(&[])
            .notes(&["release-due anna"]);
        let anna = explained(&story, "anna@contoso.example").await;
        assert_eq!(anna["decision"], "keep", "{anna:#}");
        says(
            &anna,
            "/notes/0/detail",
            "waits until the tenant's products can be read",
        );
    }
    story.no_more_faults();
    story
        .sync(0)
        .await
        .changes(&["release anna +498955501000 delicensed succeeded"]);
    story.ends().await;
}
