//! Off until switched on.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, PHONE_SYSTEM, Tenant};
use serde_json::json;

on_both_engines!(
    observing_writes_nothing,
    assigning_only_never_releases,
    what_was_put_off_is_not_written_while_observing,
);

async fn observing_writes_nothing(database: &Database) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .held("+498955501003", "bert");
    let story = Scenario::new(database, tenant, MUNICH).await;
    // `observe` is the default, and needs no permission to write.
    story.configure("", "");
    let grants = [
        "User.Read.All",
        "LicenseAssignment.Read.All",
        "TeamsTelephoneNumber.Read.All",
    ];
    story.switch(json!({"grants": grants}));
    let run = story.sync(0).await;
    run.has("/mode", "observe").has("/status", "succeeded");
    run.changes(&[
        "adopt bert +498955501003 adopted succeeded",
        "assign anna +498955501000 rule planned",
    ]);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule planned"]);
    assert_eq!(story.writes(), [""; 0]);
    story.agrees().await;
}

async fn what_was_put_off_is_not_written_while_observing(database: &Database) {
    let tenant = Tenant::default().person("anna", "München", &[E3]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let grants = [
        "User.Read.All",
        "LicenseAssignment.Read.All",
        "TeamsTelephoneNumber.ReadWrite.All",
    ];
    story.switch(json!({"readiness_delay": "6h", "grants": grants}));
    story.sync(0).await.changes(&[]);
    story.license("anna", PHONE_SYSTEM);
    story.sync(4).await;
    story.number("+498955501000", "claimed anna").await;
    story.switch(json!({"readiness_delay": "0s"}));
    story.configure("mode = \"observe\"", "");
    story.forget_log();
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule planned"]);
    assert_eq!(story.writes(), [""; 0], "a person said: write nothing");
    story.configure("mode = \"apply\"", "");
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"]);
    story.ends().await;
}

async fn assigning_only_never_releases(database: &Database) {
    let mut story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.configure("mode = \"assign-only\"", "");
    story.switch(keep());
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"]);
    story.unlicense("anna", E5);
    story.joins("bert", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    story.repeats(0).await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.configure("mode = \"apply\"", "");
    story
        .sync(0)
        .await
        .changes(&["release anna +498955501000 delicensed succeeded"]);
    story.ends().await;
}
