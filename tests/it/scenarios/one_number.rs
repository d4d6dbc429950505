//! The whole story of one number, chapter by chapter, and what history and audit trail tell of it in the end.

use super::keep;
use super::reviewing::git;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::short;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant, upn};
use jiff::{SignedDuration, Timestamp};
use linekeeper::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

on_both_engines!(
    the_story_of_one_number,
    whoever_is_created_anew_gets_the_old_number_back,
);

/// The number of the story, and one beside it.
const NUMBER: &str = "+498955501000";
const OTHER: &str = "+498955501001";

/// What the operator has not uploaded is given to nobody.
const RULES: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1003
  unlisted   reserve
  quarantine 30 days
  when       city = "München"
}
"#;

/// Numbers that the operator uploads: they appear in the tenant's list.
fn uploads(story: &Scenario, numbers: &[&str]) {
    let listed: Vec<Value> = numbers
        .iter()
        .map(|number| json!({"telephoneNumber": number, "numberType": "directRouting"}))
        .collect();
    story.control("PUT", "/_sim/numbers", json!({"numbers": listed}));
}

async fn the_story_of_one_number(database: &Database) {
    let tenant = Tenant::default().person("bert", "München", &[]);
    let mut story = Scenario::new(database, tenant, RULES).await;
    story.switch(keep());
    git(&story, &["init", "--quiet"]);
    git(&story, &["add", "rules"]);
    git(&story, &["commit", "--quiet", "-m", "the rules of Munich"]);
    let begun = SystemClock::default().now();
    uploaded(&mut story).await;
    reserved_for_a_joiner(&mut story).await;
    given_to_the_joiner(&mut story).await;
    changed_by_hand(&mut story).await;
    kept_while_disabled(&mut story).await;
    resting_after_the_licence(&mut story).await;
    returned_to_the_same_person(&mut story).await;
    migrated_to_operator_connect(&mut story).await;
    the_history_is_told(&story, begun).await;
    the_trail_is_told(&story).await;
    story.ends().await;
}

async fn uploaded(story: &mut Scenario) {
    story.sync(0).await.changes(&[]);
    story.number(NUMBER, "reserved").await;
    story.later("1d");
    uploads(story, &[NUMBER, OTHER]);
    story.sync(0).await.changes(&[]);
    story.number(NUMBER, "free").await;
}

async fn reserved_for_a_joiner(story: &mut Scenario) {
    story.later("2d");
    let anna = upn("anna");
    let wish = ["--for", &anna, "--reason", "joins next week"];
    story.numbers("reserve", NUMBER, &wish, 0).await;
    story.number(NUMBER, "reserved").await;
    // Somebody else is served meanwhile, and does not get it.
    story.license("bert", E5);
    let other = format!("assign bert {OTHER} rule succeeded");
    story.sync(0).await.changes(&[&other]);
}

async fn given_to_the_joiner(story: &mut Scenario) {
    story.later("9d");
    story.joins("anna", "München", &[E5]);
    let given = format!("assign anna {NUMBER} pinned succeeded");
    story.sync(0).await.changes(&[&given]);
    story.teams(&[&format!("{NUMBER} anna"), &format!("{OTHER} bert")]);
}

/// To another number and, a day later, back: until then nobody else gets it.
async fn changed_by_hand(story: &mut Scenario) {
    story.later("20d");
    uploads(story, &["+498955501002"]);
    let changed = story.assign("anna", &["+498955501002"], 0).await;
    let taken = format!("release anna {NUMBER} manual succeeded");
    changed.changes(&[&taken, "assign anna +498955501002 manual succeeded"]);
    story.number(NUMBER, "quarantined").await;
    story.later("21d");
    story.refuses("anna", &[NUMBER], &["rests"]).await;
    story.numbers("free", NUMBER, &[], 0).await;
    story.assign("anna", &[NUMBER], 0).await;
    story.number(NUMBER, "assigned anna").await;
}

async fn kept_while_disabled(story: &mut Scenario) {
    story.later("30d");
    story.change("anna", json!({"accountEnabled": false}));
    story.sync(0).await.changes(&[]);
    story.number(NUMBER, "assigned anna").await;
}

async fn resting_after_the_licence(story: &mut Scenario) {
    story.later("40d");
    story.unlicense("anna", E5);
    let released = format!("release anna {NUMBER} delicensed succeeded");
    story.sync(0).await.changes(&[&released]);
    story.number(NUMBER, "quarantined").await;
    story.teams(&[&format!("{OTHER} bert")]);
}

async fn returned_to_the_same_person(story: &mut Scenario) {
    story.later("50d");
    story.change("anna", json!({"accountEnabled": true}));
    story.license("anna", E5);
    story.joins("dora", "München", &[E5]);
    let returned = format!("assign anna {NUMBER} returning succeeded");
    let changes = story.sync(0).await.change_lines();
    assert!(changes.contains(&returned), "{changes:?}");
    assert!(
        !changes
            .iter()
            .any(|line| line.starts_with(&format!("assign dora {NUMBER}")))
    );
    story.number(NUMBER, "assigned anna").await;
}

/// The operator takes it over; Anna keeps it.
async fn migrated_to_operator_connect(story: &mut Scenario) {
    story.later("60d");
    story.rules(&with_an_operator());
    let anna = upn("anna");
    story
        .migrate("start", &["--confirm", "--user", &anna], 0)
        .await;
    story.stands("running", "anna released").await;
    story.number(NUMBER, "assigned anna").await;
    story.operator(&[NUMBER], json!({}));
    let given = format!("assign anna {NUMBER} manual succeeded");
    // Dora gets the one that has rested since Anna had it.
    let dora = "assign dora +498955501002 rule succeeded";
    story.sync(0).await.changes(&[&given, dora]);
    story.sync(0).await.changes(&[]);
    story.stands("done", "anna verified").await;
    story.types(&[(NUMBER, "operatorConnect")]);
}

fn with_an_operator() -> String {
    let range = RULES.replace("type ", "operator   \"Telecom\"\n  type ");
    format!("operator \"Telecom\" {{ countries [\"DE\"] migration release-first }}\n{range}")
}

/// State and holder at each turn, also while the rules cannot be read.
async fn the_history_is_told(story: &Scenario, begun: Timestamp) {
    let ended = ["anna manual", "anna delicensed", "anna migrated", "anna"];
    story.history(NUMBER, &ended).await;
    story.rules("range {");
    story.history(NUMBER, &ended).await;
    for (day, expected) in [
        (0, "- -"),
        (2, "reserved -"),
        (8, "reserved -"),
        (9, "assigned anna"),
        (20, "quarantined -"),
        (21, "assigned anna"),
        (35, "assigned anna"),
        (40, "quarantined -"),
        (49, "quarantined -"),
    ] {
        // An hour after what happened on that day.
        let at = begun + SignedDuration::from_hours(24 * day + 1);
        let at = at.to_string();
        let run = story
            .run(&["numbers", "history", NUMBER, "--at", &at])
            .await;
        let item = run.exits(0).items().remove(0);
        let state = item["state"].as_str().unwrap_or("-");
        let who = match short(&item["user"]["upn"]) {
            "" => "-",
            who => who,
        };
        assert_eq!(format!("{state} {who}"), expected, "day {day}: {run}");
        assert_eq!(item["held"].is_object(), state == "assigned", "{run}");
    }
    let later = (begun + SignedDuration::from_hours(24 * 400)).to_string();
    let run = story
        .run(&["numbers", "history", NUMBER, "--at", &later])
        .await;
    run.exits(2).says(&["has not come yet"]);
    let at = (begun + SignedDuration::from_hours(24 * 41)).to_string();
    let text = story
        .text(&["numbers", "history", NUMBER, "--at", &at])
        .await;
    for part in [
        "it was quarantined since",
        "before, it was with anna@",
        "(delicensed)",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    story.rules(&with_an_operator());
    let service = story.serve().await;
    let at = (begun + SignedDuration::from_hours(24 * 10)).to_string();
    let then = service
        .get(&format!("/numbers/{NUMBER}/history?at={at}"))
        .await;
    let holders = then["items"].as_array().expect("items");
    assert_eq!(holders.len(), 1, "{then}");
    assert_eq!(holders[0]["user"]["upn"], upn("anna"));
    service.stop().await;
}

async fn the_trail_is_told(story: &Scenario) {
    let run = story.run(&["audit", "list", "--number", NUMBER]).await;
    let items = run.exits(0).items();
    let line = |item: &Value| {
        let text = |key: &str| item[key].as_str().unwrap_or("-").to_owned();
        let rules = if item["commit"].is_string() {
            " by rules"
        } else {
            ""
        };
        format!("{} {}{rules}", text("event"), text("reason"))
    };
    let lines: Vec<String> = items.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "reserved joins next week",
            "claimed pinned by rules",
            "assigned pinned by rules",
            "claimed manual by rules",
            "released manual by rules",
            // The way back to it, had the other number not come.
            "withdrawn manual by rules",
            "rest-ended -",
            "claimed manual by rules",
            "assigned manual by rules",
            "claimed delicensed by rules",
            "released delicensed by rules",
            "claimed returning by rules",
            "assigned returning by rules",
            // To the operator: released, given with the new type, seen in the list.
            "claimed manual by rules",
            "moving - by rules",
            "claimed manual by rules",
            "moved migrated by rules",
            "moving - by rules",
            "assigned manual by rules",
            "moving - by rules",
        ]
    );
    assert!(items.iter().all(|item| item["by"].is_string()), "{run}");
    story
        .run(&["audit", "verify"])
        .await
        .exits(0)
        .has("/valid", true);
}

/// Deleted and created anew under another id, with the same employee id, company and surname: the same person.
async fn whoever_is_created_anew_gets_the_old_number_back(database: &Database) {
    let known = json!({"employeeId": "4711", "companyName": "Contoso", "surname": "Anders"});
    let tenant = Tenant::default()
        .person_with("anna", "München", &[E5], known.clone())
        .person("bert", "Hamburg", &[E5]);
    let rules = RULES.replace("unlisted   reserve", "");
    let mut story = Scenario::new(database, tenant, &rules).await;
    story.switch(keep());
    let given = format!("assign anna {NUMBER} rule succeeded");
    story.sync(0).await.changes(&[&given]);
    story.delete("anna", false);
    let released = format!("release anna {NUMBER} deleted succeeded");
    story.sync(0).await.changes(&[&released]);
    story.number(NUMBER, "quarantined").await;
    // Somebody who only looks alike does not get it, and neither does whoever is first.
    story.joins_with(
        "abel",
        "München",
        &[E5],
        json!({"employeeId": "4712", "companyName": "Contoso", "surname": "Anders"}),
    );
    story.joins_with("anna2", "München", &[E5], known);
    let other = format!("assign abel {OTHER} rule succeeded");
    let returned = format!("assign anna2 {NUMBER} returning succeeded");
    let changes = story.sync(0).await.change_lines();
    for expected in [&other, &returned] {
        assert!(changes.contains(expected), "{expected} in {changes:?}");
    }
    story.history(NUMBER, &["anna deleted", "anna2"]).await;
    story.ends().await;
}
