//! Numbers that Teams refuses.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    a_refused_number_is_followed_by_another,
    two_refused_numbers_make_the_person_wait,
    three_people_refused_in_a_row_suspend_the_range,
);

async fn a_refused_number_is_followed_by_another(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(json!({"blocked_numbers": ["+498955501000"]}));
    story
        .sync(4)
        .await
        .changes(&["assign anna +498955501000 rule failed"]);
    story.number("+498955501000", "free").await;
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501001 rule succeeded"]);
    story.ends().await;
}

async fn two_refused_numbers_make_the_person_wait(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(json!({"blocked_numbers": ["+498955501000", "+498955501001"]}));
    story
        .sync(4)
        .await
        .changes(&["assign anna +498955501000 rule failed"]);
    story
        .sync(4)
        .await
        .changes(&["assign anna +498955501001 rule failed"]);
    story.sync(0).await.changes(&[]).notes(&["refused anna"]);
    story.noted("refused", &["anna"]).await;
    story.number("+498955501000", "free").await;
    story.number("+498955501001", "free").await;
    story.switch(json!({"blocked_numbers": []}));
    story
        .run(&["users", "resume", "anna@contoso.example"])
        .await
        .exits(0);
    story.joins("bert", "München", &[E5]);
    story.sync(0).await.changes(&[
        "assign anna +498955501000 rule succeeded",
        "assign bert +498955501001 rule succeeded",
    ]);
    story.ends().await;
}

async fn three_people_refused_in_a_row_suspend_the_range(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().people("user", 3, "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(json!({"blocked_numbers": ["+498955501000", "+498955501001", "+498955501002"]}));
    story.sync(4).await.changes(&[
        "assign user-a +498955501000 rule failed",
        "assign user-b +498955501001 rule failed",
        "assign user-c +498955501002 rule failed",
    ]);
    story.joins("late", "München", &[E5]);
    story.sync(0).await.changes(&[]);
    story
        .noted("suspended", &["late", "user-a", "user-b", "user-c"])
        .await;
    let ranges = story.run(&["ranges", "list"]).await;
    assert_eq!(ranges.items()[0]["suspended"], true, "{ranges}");
    story.ends().await;
}
