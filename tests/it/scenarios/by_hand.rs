//! A number by hand, another one, or none.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E3, E5, PHONE_SYSTEM, ROOM, Tenant};
use serde_json::json;

on_both_engines!(
    any_number_that_fits_may_be_given_to_anybody_licensed,
    without_a_number_the_rules_pick,
    a_number_that_cannot_be_given_is_refused_with_the_reason,
    nobody_gets_a_second_number,
    a_change_of_number_ends_with_the_new_one,
    a_change_that_teams_refuses_ends_with_the_old_number,
    a_change_that_cannot_be_begun_touches_nothing,
    a_release_by_hand_holds_the_person,
    a_release_to_renumber_lets_the_rules_choose_another,
    stale_holders_are_released_after_a_look,
    nothing_is_written_while_observing_or_paused,
);

const RULES: &str = r#"
exclude "no line" when employee_type = "Intern"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  never      +49 89 5550 1008
  reserve    +49 89 5550 1009
  quarantine 30 days
  when       city = "München"
  policy     OnlineVoiceRoutingPolicy "DE-Munich"
  policy     TenantDialPlan "DE"
}
range "cgn" {
  type       direct-routing
  numbers    +49 221 5550 100 to 109
  quarantine 0 days
  when       city = "Köln"
  policy     TenantDialPlan "CGN"
}
range "us" {
  type       calling-plan
  numbers    +1 206 555 0100 to 0109
  country    "US"
  location   "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
  quarantine 0 days
}
"#;

fn town() -> Tenant {
    Tenant::default()
        .person("anna", "München", &[E5])
        .policy("OnlineVoiceRoutingPolicy", "DE-Munich")
        .policy("TenantDialPlan", "DE")
        .policy("TenantDialPlan", "CGN")
}

async fn any_number_that_fits_may_be_given_to_anybody_licensed(database: &Database) {
    let tenant = town()
        .person_with("ines", "München", &[E5], json!({"employeeType": "Intern"}))
        .person("room", "Hamburg", &[ROOM])
        .person_with("otto", "Hamburg", &[E5], json!({"accountEnabled": false}));
    let story = Scenario::new(database, tenant, RULES).await;
    story
        .assign("ines", &["+49 89 5550-1005"], 0)
        .await
        .changes(&[
            "assign ines +498955501005 manual succeeded",
            "policy ines +498955501005 manual succeeded OnlineVoiceRoutingPolicy DE-Munich",
            "policy ines +498955501005 manual succeeded TenantDialPlan DE",
        ]);
    story.assign("room", &["--from", "cgn"], 0).await;
    story.assign("otto", &["+498955501009"], 0).await;
    story.sync(0).await.changes(&[
        "assign anna +498955501000 rule succeeded",
        "policy anna +498955501000 rule succeeded OnlineVoiceRoutingPolicy DE-Munich",
        "policy anna +498955501000 rule succeeded TenantDialPlan DE",
    ]);
    story.teams(&[
        "+492215550100 room",
        "+498955501000 anna",
        "+498955501005 ines",
        "+498955501009 otto",
    ]);
    // What is so already is done.
    story
        .assign("ines", &["+498955501005"], 0)
        .await
        .changes(&[]);
    story.history("+498955501009", &["otto"]).await;
    story.ends().await;
}

async fn without_a_number_the_rules_pick(database: &Database) {
    let tenant = town()
        .person("bert", "Köln", &[E5])
        .person("carl", "Hamburg", &[E5]);
    let story = Scenario::new(database, tenant, RULES).await;
    story.assign("bert", &[], 0).await.changes(&[
        "assign bert +492215550100 manual succeeded",
        "policy bert +492215550100 manual succeeded TenantDialPlan CGN",
    ]);
    story
        .refuses("carl", &[], &["no range fits carl@", "--from"])
        .await;
    story
        .refuses("bert", &[], &["already has +492215550100"])
        .await;
    // After a move the rules pick another range, and by hand its number comes.
    story.change("bert", json!({"city": "München"}));
    story.assign("bert", &[], 0).await.changes(&[
        "release bert +492215550100 manual succeeded",
        "assign bert +498955501000 manual succeeded",
        "policy bert +498955501000 manual succeeded OnlineVoiceRoutingPolicy DE-Munich",
        "policy bert +498955501000 manual succeeded TenantDialPlan DE",
    ]);
    story.sync(0).await.notes(&["no-range carl"]);
    story.ends().await;
}

async fn a_number_that_cannot_be_given_is_refused_with_the_reason(database: &Database) {
    let tenant = town()
        .person("bert", "München", &[E5])
        .person("carl", "Hamburg", &[E3])
        .person("dora", "Seattle", &[E5, CALLING_PLAN])
        .number("+12065550100", "callingPlan", "US");
    let story = Scenario::new(database, tenant, RULES).await;
    story.switch(keep());
    story.sync(0).await;
    story.forget_log();
    story
        .refuses(
            "bert",
            &["+498955501000"],
            &["+498955501000 is with anna@contoso.example"],
        )
        .await;
    story
        .refuses("bert", &["+498955507777"], &["lies in no range"])
        .await;
    story
        .refuses(
            "bert",
            &["+12065550100"],
            &["is calling-plan", "phone-system"],
        )
        .await;
    story
        .refuses(
            "dora",
            &["+498955501005"],
            &["is direct-routing", "calling-plan"],
        )
        .await;
    story
        .refuses(
            "dora",
            &["+12065550100"],
            &["the range us is of US", "\"DE\""],
        )
        .await;
    story
        .refuses("dora", &["+12065550101"], &["the tenant does not list it"])
        .await;
    story
        .refuses(
            "carl",
            &["+498955501005"],
            &["carl@contoso.example has no usable Phone System"],
        )
        .await;
    story
        .refuses("bert", &["+498955501008"], &["never gives", "--force"])
        .await;
    story
        .refuses(
            "bert",
            &["--from", "nowhere"],
            &["no range is called `nowhere`"],
        )
        .await;
    story
        .refuses(
            "nobody",
            &["+498955501005"],
            &["nobody in the directory", "nobody@contoso.example"],
        )
        .await;
    story
        .release("carl", &[], 1)
        .await
        .says(&["carl@contoso.example holds no number"]);
    assert_eq!(story.writes(), [""; 0]);
    story.unlicense("anna", E5);
    story.sync(0).await;
    story
        .refuses(
            "bert",
            &["+498955501000"],
            &["rests until", "numbers free +498955501000"],
        )
        .await;
    story.ends().await;
}

/// A number that lies in no range is a number all the same.
async fn nobody_gets_a_second_number(database: &Database) {
    let tenant = town().held("+498955507000", "anna");
    let story = Scenario::new(database, tenant, RULES).await;
    story.sync(0).await;
    let said = [
        "anna@contoso.example has +498955507000 in Teams",
        "admin centre",
    ];
    story.refuses("anna", &["+498955501005"], &said).await;
    story.release("anna", &[], 1).await.says(&said);
    story.teams(&["+498955507000 anna"]);
    assert_eq!(story.writes(), [""; 0]);
}

async fn a_change_of_number_ends_with_the_new_one(database: &Database) {
    let mut story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await;
    story.assign("anna", &["+492215550105"], 0).await.changes(&[
        "release anna +498955501000 manual succeeded",
        "assign anna +492215550105 manual succeeded",
        "policy anna +492215550105 manual succeeded TenantDialPlan CGN",
        "policy anna +492215550105 manual succeeded OnlineVoiceRoutingPolicy DE-Munich",
    ]);
    story.teams(&["+492215550105 anna"]);
    story.policies(&["anna TenantDialPlan CGN"]);
    story.number("+498955501000", "quarantined").await;
    story.number("+492215550105", "assigned anna").await;
    story.history("+498955501000", &["anna manual"]).await;
    story.joins("bert", "München", &[E5]);
    story.sync(0).await.notes(&["drift anna"]);
    story.teams(&["+492215550105 anna", "+498955501001 bert"]);
    story.ends().await;
}

/// G19: the new number is refused after the old one has gone.
async fn a_change_that_teams_refuses_ends_with_the_old_number(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await;
    story.switch(json!({"blocked_numbers": ["+498955501005"]}));
    story.assign("anna", &["+498955501005"], 4).await.changes(&[
        "release anna +498955501000 manual succeeded",
        "assign anna +498955501005 manual failed",
        "assign anna +498955501000 manual succeeded",
        "policy anna +498955501005 manual failed OnlineVoiceRoutingPolicy DE-Munich",
        "policy anna +498955501005 manual failed TenantDialPlan DE",
    ]);
    story.teams(&["+498955501000 anna"]);
    story.policies(&[
        "anna OnlineVoiceRoutingPolicy DE-Munich",
        "anna TenantDialPlan DE",
    ]);
    story.number("+498955501005", "free").await;
    story
        .history("+498955501000", &["anna manual", "anna"])
        .await;
    story.ends().await;
}

async fn a_change_that_cannot_be_begun_touches_nothing(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await;
    story.forget_log();
    // Teams will not let the old number go.
    story.fault("unassignNumber", 9, json!({"status": 400}));
    story.assign("anna", &["+498955501005"], 4).await;
    story.no_more_faults();
    story.teams(&["+498955501000 anna"]);
    story.number("+498955501005", "free").await;
    story.configure("mode = \"assign-only\"", "");
    story
        .refuses("anna", &["+498955501005"], &["assign-only"])
        .await;
    story.ends().await;
}

async fn a_release_by_hand_holds_the_person(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await;
    story.release("anna", &[], 0).await.changes(&[
        "release anna +498955501000 manual succeeded",
        "policy anna +498955501000 manual succeeded OnlineVoiceRoutingPolicy DE-Munich",
        "policy anna +498955501000 manual succeeded TenantDialPlan DE",
    ]);
    story.teams(&[]);
    story.number("+498955501000", "quarantined").await;
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["released-by-hand anna"]);
    story.noted("released-by-hand", &["anna"]).await;
    story.repeats(0).await;
    let resumed = story
        .run(&["users", "resume", "anna@contoso.example"])
        .await;
    resumed.exits(0);
    story.sync(0).await;
    story.teams(&["+498955501000 anna"]);
    // By hand a number may be given without that, too.
    story.release("anna", &[], 0).await;
    story.assign("anna", &["+498955501003"], 0).await;
    story.sync(0).await.changes(&[]).notes(&[]);
    story.ends().await;
}

async fn a_release_to_renumber_lets_the_rules_choose_another(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await;
    story.release("anna", &["--renumber"], 0).await;
    story.teams(&[]);
    story.sync(0).await.notes(&[]);
    story.teams(&["+498955501001 anna"]);
    story.ends().await;
}

async fn stale_holders_are_released_after_a_look(database: &Database) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .people("stale", 3, "München", &[E3])
        .held("+498955501002", "stale-a")
        .held("+498955501003", "stale-b")
        .held("+498955501004", "stale-c");
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_releases = 0");
    story.sync(0).await;
    story
        .noted("stale-holder", &["stale-a", "stale-b", "stale-c"])
        .await;
    story.license("stale-c", PHONE_SYSTEM);
    story.forget_log();
    let released = |status: &str| {
        ["stale-a +498955501002", "stale-b +498955501003"]
            .map(|who| format!("release {who} manual {status}"))
    };
    let shown = story.run(&["release", "--stale"]).await;
    assert_eq!(
        shown.exits(0).change_lines(),
        released("planned"),
        "{shown}"
    );
    assert_eq!(story.writes(), [""; 0]);
    let done = story.run(&["release", "--stale", "--yes"]).await;
    assert_eq!(
        done.exits(0).change_lines(),
        released("succeeded"),
        "{done}"
    );
    story.sync(0).await;
    story.noted("stale-holder", &[]).await;
    story.teams(&["+498955501000 anna", "+498955501004 stale-c"]);
    // Whoever is licensed later is served like everybody.
    story.license("stale-a", E5);
    story
        .sync(0)
        .await
        .changes(&["assign stale-a +498955501002 returning succeeded"]);
    story.ends().await;
}

async fn nothing_is_written_while_observing_or_paused(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.configure("mode = \"observe\"", "");
    story
        .assign("anna", &["+498955501005"], 0)
        .await
        .has("/changes/0/status", "planned")
        .says(&["observe", "nothing was written"]);
    story.configure("mode = \"apply\"", "");
    let paused = story.run(&["pause", "--reason", "audit"]).await;
    paused.exits(0);
    let said = ["paused (audit)", "linekeeper resume"];
    story
        .assign("anna", &["+498955501005"], 5)
        .await
        .says(&said);
    story.run(&["resume"]).await.exits(0).has("/changed", true);
    assert_eq!(story.writes(), [""; 0]);
    story.number("+498955501005", "free").await;
    story.sync(0).await;
    story.ends().await;
}
