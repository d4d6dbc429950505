//! The number in the profile: written after it is given, cleared when it goes, and never a reason to fail.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    the_profile_follows_the_number_without_a_loop,
    profiles_that_cannot_be_written_are_notes,
    a_change_of_number_changes_the_profile,
    without_the_permission_nobodys_profile_is_called_read_only,
);

const PHONE: &str = "[tenant.profile]\nbusiness_phone = true";

/// Exactly these office telephones: `anna +498955501000`.
#[track_caller]
fn phones(story: &Scenario, people: &[&str], expected: &[&str]) {
    let state = story.control("GET", "/_sim/state", Value::Null);
    let line = |name: &&str| {
        let phone = state["phones"][story.id_of(name)].as_str()?;
        Some(format!("{name} {phone}"))
    };
    let found: Vec<String> = people.iter().filter_map(line).collect();
    assert_eq!(found, expected, "the office telephones");
}

/// How often a profile was written since the log was last forgotten.
fn patches(story: &Scenario) -> usize {
    story
        .writes()
        .iter()
        .filter(|write| write.starts_with("PATCH"))
        .count()
}

async fn the_profile_follows_the_number_without_a_loop(database: &Database) {
    let people = Tenant::default()
        .person("anna", "München", &[E5])
        .person_with(
            "bert",
            "München",
            &[E5],
            json!({"businessPhones": ["+49 (89) 5550-1001"]}),
        )
        .person_with(
            "carl",
            "München",
            &[E5],
            json!({"businessPhones": ["+49 30 1"]}),
        );
    let story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.configure("mode = \"apply\"", PHONE);
    // Bert's shows the number already, digit by digit.
    story.sync(0).await.changes(&[
        "assign anna +498955501000 rule succeeded",
        "profile anna +498955501000 rule succeeded",
        "assign bert +498955501001 rule succeeded",
        "assign carl +498955501002 rule succeeded",
        "profile carl +498955501002 rule succeeded",
    ]);
    let names = ["anna", "bert", "carl"];
    phones(
        &story,
        &names,
        &[
            "anna +498955501000",
            "bert +49 (89) 5550-1001",
            "carl +498955501002",
        ],
    );
    // What was written comes back as a change of the person, and is left at that.
    story.forget_log();
    story.sync(0).await.changes(&[]);
    assert_eq!(patches(&story), 0);
    // Somebody writes another one: it is put right. It goes with the number, but only where it still shows it.
    story.change("anna", json!({"businessPhones": ["+49 89 1"]}));
    story
        .sync(0)
        .await
        .changes(&["profile anna +498955501000 rule succeeded"]);
    story.unlicense("bert", E5);
    story.sync(0).await.changes(&[
        "release bert +498955501001 delicensed succeeded",
        "profile bert +498955501001 delicensed succeeded",
    ]);
    story.unlicense("carl", E5);
    story.change("carl", json!({"businessPhones": ["+49 30 1"]}));
    story
        .sync(0)
        .await
        .changes(&["release carl +498955501002 delicensed succeeded"]);
    phones(&story, &names, &["anna +498955501000", "carl +49 30 1"]);
    story.ends().await;
}

/// Anna is an administrator, whose profile Graph protects; Bert's is written on-premises.
async fn profiles_that_cannot_be_written_are_notes(database: &Database) {
    let people = Tenant::default()
        .person("anna", "München", &[E5])
        .person_with(
            "bert",
            "München",
            &[E5],
            json!({"onPremisesSyncEnabled": true}),
        )
        .person("carl", "München", &[E5]);
    let mut story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.configure("mode = \"apply\"", PHONE);
    let anna = format!("/users/{}", story.id_of("anna"));
    let refused = json!({"match": {"method": "PATCH", "path_contains": anna}, "times": 9,
        "do": {"status": 403, "code": "Authorization_RequestDenied"}});
    story.control("POST", "/_sim/faults", refused);
    let first = story.sync(0).await;
    first
        .changes(&[
            "assign anna +498955501000 rule succeeded",
            "assign bert +498955501001 rule succeeded",
            "assign carl +498955501002 rule succeeded",
            "profile carl +498955501002 rule succeeded",
        ])
        .notes(&["profile-read-only anna", "profile-read-only bert"])
        .has("/status", "succeeded")
        .has("/summary/failed", 0)
        .has("/summary/profile", 1);
    story.noted("profile-read-only", &["anna", "bert"]).await;
    // It is not asked again at every sync, and still says so.
    story.forget_log();
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["profile-read-only anna"]);
    story.change("anna", json!({"department": "Board"}));
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["profile-read-only anna"]);
    assert_eq!(patches(&story), 0);
    story.noted("profile-read-only", &["anna", "bert"]).await;
    // A week later it is, as soon as something about the person changes.
    story.no_more_faults();
    story.later("8d");
    story.change("anna", json!({"department": "Sales"}));
    story
        .sync(0)
        .await
        .changes(&["profile anna +498955501000 rule succeeded"])
        .notes(&[]);
    // Bert's number goes, and his profile goes on showing it.
    story.change("bert", json!({"businessPhones": ["+498955501001"]}));
    story.sync(0).await.changes(&[]);
    story.unlicense("bert", E5);
    story
        .sync(0)
        .await
        .changes(&["release bert +498955501001 delicensed succeeded"])
        .notes(&["profile-read-only bert"]);
    story.ends().await;
}

async fn a_change_of_number_changes_the_profile(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.configure("mode = \"apply\"", PHONE);
    story.sync(0).await;
    story.assign("anna", &["+498955501005"], 0).await;
    phones(&story, &["anna"], &["anna +498955501005"]);
    story.release("anna", &[], 0).await;
    phones(&story, &["anna"], &[]);
    story.ends().await;
}

/// The same answer as for an administrator, but it is the application that may not write.
async fn without_the_permission_nobodys_profile_is_called_read_only(database: &Database) {
    let people = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    story.configure("mode = \"apply\"", PHONE);
    let all = story.control("GET", "/_sim/switches", Value::Null)["grants"].clone();
    let without: Vec<&Value> = all
        .as_array()
        .expect("grants")
        .iter()
        .filter(|grant| {
            ![
                "User-Phone.ReadWrite.All",
                "User.ReadWrite.All",
                "Directory.ReadWrite.All",
            ]
            .contains(&grant.as_str().unwrap_or_default())
        })
        .collect();
    story.switch(json!({ "grants": without }));
    let run = story.sync(4).await;
    run.changes(&[
        "assign anna +498955501000 rule succeeded",
        "profile anna +498955501000 rule waiting",
    ])
    .notes(&[]);
    let error = run.report()["changes"][1]["error"].to_string();
    assert!(error.contains("User-Phone.ReadWrite.All"), "{error}");
    story.switch(json!({ "grants": all }));
    story
        .sync(0)
        .await
        .changes(&["profile anna +498955501000 rule succeeded"]);
    story.ends().await;
}
