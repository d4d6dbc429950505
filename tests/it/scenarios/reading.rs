//! What could not be read properly leads to nothing rash.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, PHONE_SYSTEM, Tenant, products_without};
use serde_json::json;

on_both_engines!(
    a_half_read_directory_releases_nothing,
    an_expired_link_leads_to_a_full_read,
    an_empty_directory_is_not_believed,
    a_directory_that_is_really_empty_goes_through_the_guard,
    a_missing_product_holds_releases,
    an_unreadable_number_list_changes_nothing,
    a_wrong_clock_releases_nothing,
);

/// Some people with numbers; Teams leaves numbers where they are.
async fn people(database: &Database, count: u8) -> Scenario {
    let story = Scenario::new(
        database,
        Tenant::default().people("user", count, "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(keep());
    story.sync(0).await;
    story
}

const A_RELEASED: &str = "release user-a +498955501000 deleted succeeded";
const B_RELEASED: &str = "release user-b +498955501001 deleted succeeded";

async fn a_half_read_directory_releases_nothing(database: &Database) {
    let story = people(database, 4).await;
    story.switch(json!({"page_size": 1}));
    story.delete("user-d", true);
    story.forget_log();
    for misfortune in [
        json!({"cut": true}),
        json!({"status": 503}),
        json!({"empty_value": true, "no_links": true}),
    ] {
        let half = json!({"match": {"path_contains": "/users/delta"}, "after": 1, "times": 100, "do": misfortune});
        story.control("POST", "/_sim/faults", half);
        let run = story.run(&["sync", "--full"]).await;
        run.exits(4)
            .changes(&[])
            .has("/status", "partial")
            .has("/directory/complete", false);
        run.notes(&["incomplete-read"]);
        story.no_more_faults();
    }
    assert_eq!(story.writes(), [""; 0]);
    story
        .sync(0)
        .await
        .changes(&["release user-d +498955501003 deleted succeeded"]);
    story.ends().await;
}

async fn an_expired_link_leads_to_a_full_read(database: &Database) {
    let story = people(database, 3).await;
    let expire = || story.fault("deltatoken", 1, json!({"expire_delta": true}));
    story.delete("user-a", true);
    expire();
    story
        .sync(0)
        .await
        .changes(&[A_RELEASED])
        .has("/directory/mode", "full")
        .has("/directory/complete", true);
    story.switch(json!({"expired_delta_is_410": true}));
    story.delete("user-b", true);
    expire();
    story
        .sync(0)
        .await
        .changes(&[B_RELEASED])
        .has("/directory/mode", "full");
    story.ends().await;
}

async fn an_empty_directory_is_not_believed(database: &Database) {
    let mut story = people(database, 2).await;
    story.joins("anna", "München", &[E5]);
    story.forget_log();
    story.fault("/users/delta", 1, json!({"empty_value": true}));
    let run = story.run(&["sync", "--full"]).await;
    run.exits(5).changes(&[]).has("/status", "held");
    assert_eq!(story.writes(), [""; 0], "nothing runs");
    // It ends with a read that shows somebody, and that is a full one.
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501002 rule succeeded"])
        .has("/directory/mode", "full");
    story.ends().await;
}

async fn a_directory_that_is_really_empty_goes_through_the_guard(database: &Database) {
    let story = people(database, 2).await;
    story.delete("user-a", true);
    story.delete("user-b", true);
    story.run(&["sync", "--full"]).await.exits(5).changes(&[]);
    story.sync(5).await.changes(&[]);
    let tight = "[tenant.safety]\nmax_releases = 1";
    story.configure("mode = \"apply\"", tight);
    let believed = story.run(&["sync", "--full", "--accept-empty"]).await;
    believed.exits(5).changes(&[
        &A_RELEASED.replace("succeeded", "held"),
        &B_RELEASED.replace("succeeded", "held"),
    ]);
    story.configure("mode = \"apply\"", "");
    let believed = story.run(&["sync", "--full", "--accept-empty"]).await;
    believed.exits(0).changes(&[A_RELEASED, B_RELEASED]);
    story.teams(&[]);
    story.ends().await;
}

async fn a_missing_product_holds_releases(database: &Database) {
    let tenant = Tenant::default().person("anna", "München", &[E3, PHONE_SYSTEM]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.switch(keep());
    story.sync(0).await;
    story.unlicense("anna", PHONE_SYSTEM);
    story.control("PUT", "/_sim/skus", products_without(&[PHONE_SYSTEM]));
    let held = "release anna +498955501000 delicensed held";
    story.sync(5).await.changes(&[held]);
    // Approval by hand lifts the brakes, not this.
    story
        .run(&["sync", "--approve"])
        .await
        .exits(5)
        .changes(&[held]);
    story.teams(&["+498955501000 anna"]);
    // The product comes back: what was held is released.
    story.control("PUT", "/_sim/skus", products_without(&[]));
    story
        .sync(0)
        .await
        .changes(&["release anna +498955501000 delicensed succeeded"]);
    story.ends().await;
}

async fn an_unreadable_number_list_changes_nothing(database: &Database) {
    let mut story = people(database, 2).await;
    story.joins("anna", "München", &[E5]);
    story.unlicense("user-a", E5);
    story.forget_log();
    for misfortune in [
        json!({"status": 500}),
        json!({"empty_value": true}),
        json!({"body": "<html>proxy</html>"}),
    ] {
        story.fault("numberAssignments", 100, misfortune);
        let run = story.sync(6).await;
        run.changes(&[]).has("/status", "failed").says(&["number"]);
        story.no_more_faults();
    }
    assert_eq!(story.writes(), [""; 0]);
    story.sync(0).await.changes(&[
        "release user-a +498955501000 delicensed succeeded",
        "assign anna +498955501002 rule succeeded",
    ]);
    story.ends().await;
}

async fn a_wrong_clock_releases_nothing(database: &Database) {
    let mut story = people(database, 2).await;
    story.joins("anna", "München", &[E5]);
    story.unlicense("user-a", E5);
    for offset in [600, -600] {
        story.switch(json!({"clock_offset_seconds": offset}));
        let run = story.sync(5).await;
        let given = run.report()["changes"].as_array().map_or(0, Vec::len);
        assert_eq!(
            given,
            usize::from(offset > 0),
            "assignments still run, once: {run}"
        );
        story.teams(&[
            "+498955501000 user-a",
            "+498955501001 user-b",
            "+498955501002 anna",
        ]);
    }
    story.switch(json!({"clock_offset_seconds": 0}));
    story
        .sync(0)
        .await
        .changes(&["release user-a +498955501000 delicensed succeeded"]);
    story.ends().await;
}
