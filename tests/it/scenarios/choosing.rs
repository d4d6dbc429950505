//! Which range, which number.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E5, ROOM, Tenant, VIRTUAL};
use serde_json::{Value, json};

on_both_engines!(
    the_licence_decides_before_the_place,
    one_city_is_told_apart_by_office,
    the_next_free_number_is_given_in_the_order_of_joining,
    only_people_and_the_kinds_a_rule_names_are_served,
);

async fn the_licence_decides_before_the_place(database: &Database) {
    let rules = r#"
range "sea-direct" {
  type       direct-routing
  numbers    +1 206 555 0200 to 0209
  country    "US"
  quarantine 30 days
  when       city = "Seattle"
}
range "sea-calling" {
  type       calling-plan
  numbers    +1 206 555 0100 to 0109
  country    "US"
  location   "6f2a51d8-3f0e-4d51-9c0d-2d5f3f0c8a11"
  quarantine 30 days
  when       city = "Seattle"
}
"#;
    let american = || json!({"usageLocation": "US"});
    let tenant = Tenant::default()
        .person_with("anna", "Seattle", &[E5, CALLING_PLAN], american())
        .person_with("bert", "Seattle", &[E5], american())
        .person_with("carl", "Seattle", &[E5, CALLING_PLAN], american())
        .number("+12065550100", "callingPlan", "US");
    let mut story = Scenario::new(database, tenant, rules).await;
    story
        .sync(0)
        .await
        .changes(&[
            "assign anna +12065550100 rule succeeded",
            "assign bert +12065550200 rule succeeded",
        ])
        .notes(&["exhausted carl"]);
    // The reverse: direct routing is full, a calling-plan number is free.
    story.rules(&rules.replace("0200 to 0209", "0200"));
    story.control(
        "PUT",
        "/_sim/numbers",
        json!({"telephoneNumber": "+12065550101", "numberType": "callingPlan"}),
    );
    story.unlicense("carl", E5);
    story.joins_with("dora", "Seattle", &[E5], american());
    story.sync(0).await.changes(&[]);
    story.noted("exhausted", &["dora"]).await;
    story.ends().await;
}

async fn one_city_is_told_apart_by_office(database: &Database) {
    let rules = r#"
range "garden" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       office = "Englischer Garten" AND city = "MÜNCHEN"
}
range "werk" {
  type       direct-routing
  numbers    +49 89 5550 2000 to 2009
  quarantine 30 days
  when       city = "München" AND office = "Werksviertel"
}
"#;
    let office = |name: &str| json!({"officeLocation": name});
    let tenant = Tenant::default()
        .person_with("anna", "München", &[E5], office("Werksviertel"))
        .person_with(
            "bert",
            " mu\u{308}nchen",
            &[E5],
            office("ENGLISCHER  Garten"),
        )
        .person("carl", "München", &[E5])
        .person_with("dora", "Munchen", &[E5], office("Werksviertel"));
    let story = Scenario::new(database, tenant, rules).await;
    let run = story.sync(0).await;
    run.changes(&[
        "assign anna +498955502000 rule succeeded",
        "assign bert +498955501000 rule succeeded",
    ]);
    story.noted("no-range", &["carl", "dora"]).await;
    story.ends().await;
}

async fn the_next_free_number_is_given_in_the_order_of_joining(database: &Database) {
    let rules = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1005
  never      +49 89 5550 1001
  reserve    +49 89 5550 1002
  keep-free  1
  overflow   "spare"
  quarantine 30 days
  when       city = "München"
}
range "spare" {
  type       direct-routing
  numbers    +49 89 5550 2000 to 2001
  quarantine 30 days
}
"#;
    let joined = |when: Value| json!({"createdDateTime": when});
    let tenant = Tenant::default()
        .person_with("nora", "München", &[E5], joined(Value::Null))
        .person("adam", "München", &[E5])
        .person("bea", "München", &[E5])
        .person("carl", "München", &[E5])
        .person_with(
            "zoe",
            "München",
            &[E5],
            joined("2019-05-01T08:00:00Z".into()),
        )
        .person_with("yves", "München", &[E5], joined(Value::Null));
    let story = Scenario::new(database, tenant, rules).await;
    story
        .sync(0)
        .await
        .changes(&[
            "assign zoe +498955501000 rule succeeded",
            "assign adam +498955501003 rule succeeded",
            "assign bea +498955501004 rule succeeded",
            "assign carl +498955502000 rule succeeded",
            "assign nora +498955502001 rule succeeded",
        ])
        .notes(&["exhausted yves"]);
    for (number, state) in [
        ("+498955501001", "never"),
        ("+498955501002", "reserved"),
        ("+498955501005", "free"),
    ] {
        story.number(number, state).await;
    }
    story.ends().await;
}

async fn only_people_and_the_kinds_a_rule_names_are_served(database: &Database) {
    let rules = format!(
        "{MUNICH}\nrange \"rooms\" {{\n  type direct-routing\n  numbers +49 89 5550 3000 to 3009\n  quarantine 30 days\n  \
         when kind = \"room\" AND city = \"München\"\n}}\n"
    );
    let tenant = Tenant::default()
        .person_with("guest", "München", &[E5], json!({"userType": "Guest"}))
        .person("attendant", "München", &[VIRTUAL])
        .person("boardroom", "München", &[ROOM])
        .person("anna", "München", &[E5]);
    let story = Scenario::new(database, tenant.clone(), MUNICH).await;
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"])
        .notes(&[]);
    story.rules(&rules);
    story
        .sync(0)
        .await
        .changes(&["assign boardroom +498955503000 rule succeeded"])
        .notes(&[]);
    story.ends().await;
}
