//! `doctor --numbers`: each thing that can be wrong with a number, found in a tenant that has them all.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::short;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E3, E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    each_ailment_is_found_with_what_to_do,
    the_way_out_of_a_stuck_number_works,
    without_people_or_graph_nothing_is_claimed,
);

const RULES: &str = r#"
range "muc" {
  type          direct-routing
  numbers       +49 89 5550 1000 to 1009
  quarantine    0 days
  deleted-grace 30 days
  when          city = "München"
}
range "us" {
  type       calling-plan
  numbers    +1 206 555 0100 to 0109
  country    "US"
  location   "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
  quarantine 0 days
  when       city = "Seattle"
}
"#;

fn line(number: &str, holder: &str, more: Value) -> Value {
    let mut line = json!({"telephoneNumber": number, "numberType": "directRouting", "assignmentStatus": "userAssigned",
        "assignmentTargetId": holder, "assignmentCategory": "primary"});
    if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
        line.extend(more);
    }
    line
}

/// Anna and bert are in order; everybody else is not.
fn hospital() -> Tenant {
    let seattle = json!({"usageLocation": "US"});
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .person("carl", "München", &[E3])
        .person("dora", "München", &[E5])
        .person("emil", "München", &[E5])
        .person("fred", "Hamburg", &[E5])
        .person_with("gina", "Seattle", &[E5, CALLING_PLAN], seattle);
    let id = |n: usize| crate::harness::tenant::nth_id(n);
    tenant
        .held("+498955501000", "anna")
        .held("+498955501001", "bert")
        .held("+498955501002", "carl")
        .held("+498955501003", "dora")
        .held("+498955501004", "emil")
        .number_with(line("+498955501005", &id(5), json!({"assignmentCategory": "alternate"})))
        .number_with(line("+498955501006", &id(6), json!({"numberSource": "onPremises"})))
        .number_with(line("+498955501007", "00000000-0000-4000-8000-00000000dead", json!({})))
        .number_with(line("+12065550100", &id(7), json!({"numberType": "callingPlan", "isoCountryCode": "US",
            "locationId": "6f2a51d8-3f0e-4d51-9c0d-2d5f3f0c8a11", "supportedCustomerActions": ["locationUpdate"]})))
}

/// `two-lines +498955501004 emil`.
fn lines(report: &Value) -> Vec<String> {
    let items = report["items"].as_array().expect("items");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |item: &Value| {
        let (kind, number) = (text(&item["kind"]), text(&item["number"]));
        format!("{kind} {number} {}", short(&item["user"]["upn"]))
            .trim_end()
            .to_owned()
    };
    items.iter().map(line).collect()
}

async fn each_ailment_is_found_with_what_to_do(database: &Database) {
    let story = Scenario::new(database, hospital(), RULES).await;
    story.switch(json!({"on_licence_loss": {"directRouting": {"mode": "glue"}}}));
    story.sync(0).await;
    story.unlicense("bert", E5);
    story.delete("dora", false);
    story.sync(4).await;
    story.forget_log();
    let run = story.run(&["doctor", "--numbers"]).await;
    let report = run.exits(0).report();
    assert_eq!(
        lines(&report),
        [
            "release-blocked +498955501001 bert",
            "unlicensed-holder +498955501002 carl",
            "deleted-holder +498955501003 dora",
            "unknown-holder +498955501007",
            "two-lines +498955501004 emil",
            "two-lines +498955501005 emil",
            "on-premises +498955501006 fred",
            "location-differs +12065550100 gina",
            "undeclared +498955509999",
        ]
    );
    for item in report["items"].as_array().expect("items") {
        let steps = item["to_do"].as_array().map(Vec::len);
        assert!(steps > Some(0), "what is to be done? {item}");
    }
    assert_eq!(story.writes(), [""; 0], "it only looks");
    let text = story
        .text(&["doctor", "--numbers", "--tenant", "contoso"])
        .await;
    for part in [
        "stuck: Teams does not let go of the number: 1\n  1. license the holder again",
        "+498955501001  bert@contoso.example  muc",
        "+498955501007  00000000-0000-4000-8000-00000000dead  muc",
        "Teams has 6f2a51d8-3f0e-4d51-9c0d-2d5f3f0c8a11, the rules name 9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
        "declared by no range: 1\n",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains("anna@"), "{text}");
}

/// What is said is done, step by step, and then nothing is wrong any more.
async fn the_way_out_of_a_stuck_number_works(database: &Database) {
    let tenant = Tenant::default().person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, RULES).await;
    story.switch(json!({"on_licence_loss": {"directRouting": {"mode": "glue"}}}));
    story.sync(0).await;
    story.unlicense("bert", E5);
    story.sync(4).await;
    let stuck = story.run(&["doctor", "--numbers"]).await.report();
    assert_eq!(lines(&stuck)[0], "release-blocked +498955501000 bert");
    story.license("bert", E5);
    story.sync(4).await;
    story.release("bert", &[], 0).await;
    story.unlicense("bert", E5);
    story.sync(0).await;
    let mended = story.run(&["doctor", "--numbers"]).await.report();
    assert_eq!(lines(&mended), ["undeclared +498955509999"]);
    story.ends().await;
}

async fn without_people_or_graph_nothing_is_claimed(database: &Database) {
    let story = Scenario::new(database, hospital(), RULES).await;
    let early = story.run(&["doctor", "--numbers"]).await;
    early.exits(1).says(&["linekeeper sync", "contoso"]);
    story.sync(0).await;
    story.fault(
        "numberAssignments",
        9,
        json!({"status": 403, "code": "Forbidden"}),
    );
    let refused = story.run(&["doctor", "--numbers"]).await;
    refused.exits(6);
    assert_eq!(refused.text(), "");
}
