//! Emergency locations: sent with the number, and set-ups that Teams would refuse.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    calling_plans_of_the_us_get_the_location_that_fits,
    an_operator_that_leaves_it_to_the_tenant_wants_a_location,
    an_operator_that_keeps_it_to_itself_gets_none,
    an_operator_that_lets_the_tenant_change_it_may_get_one,
    a_model_that_the_numbers_contradict_is_noted_and_mended,
);

const HERE: &str = "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f";
const ELSEWHERE: &str = "6f2a51d8-3f0e-4d51-9c0d-2d5f3f0c8a11";

/// Numbers in Munich of an operator of this model, with these properties.
fn carrier(model: &str, properties: &str) -> String {
    format!(
        r#"operator "Alp" {{ countries ["DE"] emergency {model} }}
        range "muc" {{ type operator-connect numbers +49 89 5550 1000 to 1003 operator "Alp" quarantine 0 days
            when city = "München" {properties} }}"#
    )
}

/// Four such numbers, and what the tenant may do with them.
fn town(actions: &[&str]) -> Tenant {
    let number = |last: u32| {
        json!({"telephoneNumber": format!("+49895550{last}"), "numberType": "operatorConnect",
            "isoCountryCode": "DE", "supportedCustomerActions": actions})
    };
    let listed = (1000..1004).fold(Tenant::default(), |tenant, last| {
        tenant.number_with(number(last))
    });
    listed
        .person_with("anna", "München", &[E5], json!({"department": "Sales"}))
        .person("bert", "München", &[E5])
}

/// The location that Teams has of a number.
fn location(story: &Scenario, number: &str) -> Value {
    let state = story.control("GET", "/_sim/state", Value::Null);
    state["numbers"][number]["location"].clone()
}

/// The rules are refused, with all of this said.
async fn refused(story: &Scenario, rules: &str, said: &[&str]) {
    story.rules(rules);
    let check = story.invocation(&["rules", "check"]).in_text().run().await;
    let text = format!("{}{}", check.text(), check.log());
    for words in said {
        assert!(text.contains(words), "`{words}` in {check}");
    }
    check.exits(3);
    story.run(&["sync"]).await.exits(3);
}

async fn calling_plans_of_the_us_get_the_location_that_fits(database: &Database) {
    let usa = |more: &str| {
        format!(
            r#"range "us" {{ type calling-plan numbers +1 206 555 0100 to 0103 country "US" quarantine 0 days
                when city = "Seattle" {more} }}"#
        )
    };
    let conditional = format!("location \"{HERE}\" when office starts with \"SLU\"");
    let in_office = |office: &str| json!({"usageLocation": "US", "officeLocation": office});
    let tenant = (100..104).fold(Tenant::default(), |tenant, last| {
        tenant.number(&format!("+12065550{last}"), "callingPlan", "US")
    });
    let both = [E5, CALLING_PLAN];
    let tenant = tenant
        .person_with("dora", "Seattle", &both, in_office("SLU 3"))
        .person_with("ella", "Seattle", &both, in_office("Bellevue"));
    let story = Scenario::new(database, tenant, &usa(&conditional)).await;
    story
        .sync(0)
        .await
        .changes(&["assign dora +12065550100 rule succeeded"])
        .notes(&["no-location ella"]);
    assert_eq!(location(&story, "+12065550100"), HERE);
    story.noted("no-location", &["ella"]).await;
    story.forget_log();
    let said = ["no emergency location for this person", "Add a `location`"];
    story.refuses("ella", &["+12065550102"], &said).await;
    story.refuses("ella", &["--from", "us"], &said).await;
    story.refuses("ella", &[], &said).await;
    assert_eq!(story.writes(), [""; 0]);
    let explained = story.text(&["explain", "ella@contoso.example"]).await;
    assert!(explained.contains("no-location"), "{explained}");
    let all = format!("{conditional} location \"{ELSEWHERE}\"");
    story.rules(&usa(&all));
    story
        .assign("ella", &["+12065550102"], 0)
        .await
        .changes(&["assign ella +12065550102 manual succeeded"]);
    assert_eq!(location(&story, "+12065550102"), ELSEWHERE);
    refused(&story, &usa(""), &["need an emergency location"]).await;
    story.rules(&usa(&all));
    story.sync(0).await.changes(&[]);
    story.ends().await;
}

async fn an_operator_that_leaves_it_to_the_tenant_wants_a_location(database: &Database) {
    let sales = format!("location \"{HERE}\" when department = \"Sales\"");
    let rules = carrier("tenant", &sales);
    let story = Scenario::new(database, town(&["locationUpdate"]), &rules).await;
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"])
        .notes(&["no-location bert"]);
    assert_eq!(location(&story, "+498955501000"), HERE);
    let said = ["no emergency location for this person"];
    story.refuses("bert", &["+498955501002"], &said).await;
    refused(
        &story,
        &carrier("tenant", ""),
        &["wants an emergency location with each number"],
    )
    .await;
    story.rules(&carrier(
        "tenant",
        &format!("{sales} location \"{ELSEWHERE}\""),
    ));
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    assert_eq!(location(&story, "+498955501001"), ELSEWHERE);
    story.ends().await;
}

async fn an_operator_that_keeps_it_to_itself_gets_none(database: &Database) {
    let story = Scenario::new(database, town(&["release"]), &carrier("locked", "")).await;
    story.sync(0).await.has("/summary/assign", 2);
    assert_eq!(location(&story, "+498955501000"), Value::Null);
    let located = format!("location \"{HERE}\"");
    refused(
        &story,
        &carrier("locked", &located),
        &["only operator \"Alp\" can set emergency addresses"],
    )
    .await;
    // Also one that comes from the defaults of the file.
    let defaults = format!("defaults {{ {located} }}\n{}", carrier("locked", ""));
    refused(&story, &defaults, &["only operator \"Alp\" can set"]).await;
    story.rules(&carrier("locked", ""));
    story.sync(0).await.changes(&[]);
    story.ends().await;
}

async fn an_operator_that_lets_the_tenant_change_it_may_get_one(database: &Database) {
    let story = Scenario::new(
        database,
        town(&["locationUpdate"]),
        &carrier("operator", ""),
    )
    .await;
    story.assign("anna", &[], 0).await;
    assert_eq!(location(&story, "+498955501000"), Value::Null);
    let located = format!("location \"{HERE}\"");
    story.rules(&carrier("operator", &located));
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"])
        .notes(&[]);
    assert_eq!(location(&story, "+498955501001"), HERE);
    // Another number comes with the location of its range, too.
    story.assign("anna", &["+498955501003"], 0).await;
    assert_eq!(location(&story, "+498955501003"), HERE);
    story.ends().await;
}

async fn a_model_that_the_numbers_contradict_is_noted_and_mended(database: &Database) {
    let located = format!("location \"{HERE}\"");
    let wrong = carrier("operator", &located);
    let story = Scenario::new(database, town(&["release"]), &wrong).await;
    let plan = story.run(&["plan", "--full"]).await;
    plan.exits(0).notes(&["emergency-mismatch"]);
    let sync = story.run(&["sync", "--user", "anna@contoso.example"]).await;
    sync.exits(4)
        .changes(&["assign anna +498955501000 rule failed"]);
    let error = sync.report()["changes"][0]["error"].clone();
    let error = error.as_str().unwrap_or_default().to_owned();
    assert!(error.contains("Contact your operator"), "{sync}");
    story.teams(&[]);
    story.rules(&carrier("locked", ""));
    story.sync(0).await.notes(&[]).changes(&[
        "assign anna +498955501001 rule succeeded",
        "assign bert +498955501000 rule succeeded",
    ]);
    // Where the numbers allow more than is declared, that is noted, too.
    story.rules(&carrier("locked", ""));
    let open = json!({"telephoneNumber": "+498955501003", "numberType": "operatorConnect",
        "isoCountryCode": "DE", "supportedCustomerActions": ["locationUpdate"]});
    story.control("PUT", "/_sim/numbers", open);
    let plan = story.run(&["plan", "--full"]).await;
    plan.exits(0).notes(&["emergency-mismatch"]);
    story.ends().await;
}
