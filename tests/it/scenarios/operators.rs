//! Operators: what they have, what they may give, and how they leave.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use linekeeper::store::{AuditRecord, Options, Store};
use serde_json::{Value, json};
use std::sync::Arc;

on_both_engines!(
    operators_are_listed_with_their_numbers,
    a_suspended_operator_gives_nothing_until_resumed,
    in_one_country_an_operator_gives_nothing_there,
    an_operator_leaves_when_nobody_holds_a_number_of_it,
    numbers_that_no_range_declares_are_told_by_operator,
);

const ALP: &str = "0f0f0f0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f";
const SEA: &str = "5ea5ea5e-1a2b-4c3d-8e4f-5a6b7c8d9e0f";
const STRANGER: &str = "dddddddd-1a2b-4c3d-8e4f-5a6b7c8d9e0f";

/// Two countries, two operators with ids, one without, and an overflow to another operator.
const RULES: &str = r#"
operator "Alp Tel" {
  id        "{0F0F0F0F-1A2B-4C3D-8E4F-5A6B7C8D9E0F}"
  countries ["CH", "DE"]
  emergency operator
}
operator "Sea" { id "5ea5ea5e-1a2b-4c3d-8e4f-5a6b7c8d9e0f" countries ["DE"] migration in-place }
operator "Own trunks" { countries ["DE"] }
range "zrh" {
  type operator-connect  numbers +41 43 555 20 00 to 20 03  operator "Alp Tel"
  quarantine 0 days      when city = "Zürich"
}
range "muc" {
  type operator-connect  numbers +49 89 5550 1000           operator "Alp Tel"
  quarantine 0 days      when city = "München"              overflow "muc-sea"
}
range "muc-sea" {
  type operator-connect  numbers +49 89 5550 1010 to 1011   operator "Sea"   quarantine 0 days
}
range "cgn" {
  type direct-routing    numbers +49 221 5550 100 to 109    operator "Own trunks"
  quarantine 0 days      when city = "Köln"
}
"#;

fn number(number: &str, operator: &str, country: &str) -> Value {
    json!({"telephoneNumber": number, "numberType": "operatorConnect", "operatorId": operator,
        "isoCountryCode": country, "supportedCustomerActions": ["locationUpdate"]})
}

fn town() -> Tenant {
    let zurich = ["+41435552000", "+41435552001", "+41435552002"];
    let tenant = zurich.iter().fold(Tenant::default(), |tenant, listed| {
        tenant.number_with(number(listed, ALP, "CH"))
    });
    tenant
        .number_with(number("+498955501000", ALP, "DE"))
        .number_with(number("+498955501010", SEA, "DE"))
        // The rules say Sea, Teams says Alp Tel: Teams is right.
        .number_with(number("+498955501011", ALP, "DE"))
        .number_with(number("+498955507001", STRANGER, "DE"))
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .person_with("zoe", "Zürich", &[E5], json!({"usageLocation": "CH"}))
}

/// `Alp Tel CH 4: free 2, assigned 1, absent 1`, a line for each operator and country.
fn numbers(run: &Run) -> Vec<String> {
    let mut lines = Vec::new();
    for item in run.items() {
        let name = item["operator"].as_str().or(item["id"].as_str());
        for counted in item["numbers"].as_array().expect("numbers") {
            let counts = counted.as_object().expect("counts").iter();
            let mut counts: Vec<String> = counts
                .filter(|(name, count)| *name != "total" && count.as_u64().is_some_and(|c| c > 0))
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            counts.sort();
            lines.push(format!(
                "{} {} {}: {}",
                name.unwrap_or_default(),
                counted["country"].as_str().unwrap_or("-"),
                counted["total"],
                counts.join(", ")
            ));
        }
    }
    lines
}

async fn operators_are_listed_with_their_numbers(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await.changes(&[
        "assign anna +498955501000 rule succeeded",
        "assign bert +498955501010 rule succeeded",
        "assign zoe +41435552000 rule succeeded",
    ]);
    let list = story.run(&["operators", "list"]).await;
    assert_eq!(
        numbers(list.exits(0)),
        [
            "Alp Tel CH 4: absent 1, assigned 1, free 2",
            "Alp Tel DE 2: assigned 1, free 1",
            "Sea DE 1: assigned 1",
            "Own trunks DE 10: free 10",
            &format!("{STRANGER} DE 1: undeclared 1"),
        ],
        "{list}"
    );
    let items = list.items();
    assert_eq!(items[0]["countries"], json!(["CH", "DE"]));
    assert_eq!(items[0]["emergency"], "operator");
    assert_eq!(items[0]["migration"], "after-upload");
    assert_eq!(items[0]["ranges"], json!(["zrh", "muc"]));
    assert_eq!(items[1]["migration"], "in-place");
    assert_eq!(items[2]["id"], Value::Null);
    assert_eq!(items[3]["declared"], false);
    assert_eq!(items[3]["id"], STRANGER);
    let text = story.text(&["operators", "list"]).await;
    for said in ["Alp Tel", "Own trunks", "(no rule) dddddddd", "undeclared"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    story.ends().await;
}

async fn a_suspended_operator_gives_nothing_until_resumed(database: &Database) {
    let mut story = Scenario::new(database, town(), RULES).await;
    let suspend = ["operators", "suspend", "Alp Tel", "--reason", "fraud"];
    let suspended = story.run(&suspend).await;
    suspended
        .exits(0)
        .has("/suspended", true)
        .has("/changed", true)
        .has("/ranges", json!(["zrh", "muc"]));
    story.run(&suspend).await.exits(0).has("/changed", false);
    // Muc itself is suspended, so that its overflow is not asked either.
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["suspended anna", "suspended bert", "suspended zoe"]);
    let explained = story.text(&["explain", "anna@contoso.example"]).await;
    let said = "the range muc is of the operator Alp Tel, which is suspended: fraud";
    assert!(explained.contains(said), "{explained}");
    let explained = story.text(&["explain", "+498955501000"]).await;
    assert!(
        explained.contains("which is suspended since"),
        "{explained}"
    );
    let ranges = story.run(&["ranges", "list"]).await;
    let flags: Vec<Value> = ranges
        .items()
        .iter()
        .map(|r| r["suspended"].clone())
        .collect();
    assert_eq!(flags, [true, true, false, false], "{ranges}");
    let text = story.text(&["ranges", "list"]).await;
    assert!(text.contains("zrh (operator suspended)"), "{text}");
    let said = [said, "operators resume \"Alp Tel\""];
    story.refuses("anna", &["+498955501000"], &said).await;
    story.refuses("anna", &["--from", "muc"], &said).await;
    story.refuses("anna", &[], &said).await;
    story
        .run(&["operators", "suspend", "Alp", "--reason", "x"])
        .await
        .exits(1)
        .says(&["no operator is called `Alp`", "Alp Tel, Sea"]);
    let alone = story.text(&["ranges", "resume", "muc"]).await;
    let said = "still gives no number: its operator Alp Tel is suspended (fraud)";
    assert!(alone.contains(said), "{alone}");
    let resumed = story.run(&["operators", "resume", "Alp Tel"]).await;
    resumed.exits(0).has("/suspended", false);
    story.sync(0).await.has("/summary/assign", 3);
    // Of an overflow that is suspended nobody hears; the next one is asked, and here there is none.
    let sea = ["operators", "suspend", "Sea", "--reason", "strike"];
    story.run(&sea).await.exits(0);
    story.joins("carl", "München", &[E5]);
    story.sync(0).await.changes(&[]).notes(&["exhausted carl"]);
    let again = story.run(&["operators", "resume", "Sea"]).await;
    again.exits(0);
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501011 rule succeeded"]);
    recorded(
        database,
        &[
            "operator-suspended Alp Tel",
            "operator-resumed Alp Tel",
            "operator-suspended Sea",
            "operator-resumed Sea",
        ],
    )
    .await;
    story.ends().await;
}

/// These records about operators, and no others, are in the audit trail, which is whole.
async fn recorded(database: &Database, expected: &[&str]) {
    let store = Store::open(&database.url, Options::default()).await;
    let store = store.expect("opens");
    let id = "00000000-0000-4000-a000-000000000001";
    let tenant = store.tenant("contoso", id, Arc::default());
    let tenant = tenant.await.expect("the tenant");
    let check = tenant.verify_audit().await.expect("reads");
    assert_eq!(check.broken_at, None);
    let records = tenant.audit(0, 10_000).await.expect("reads");
    let line = |record: &AuditRecord| {
        let detail: Value = serde_json::from_str(&record.detail).expect("JSON");
        let operator = detail["operator"].as_str()?;
        assert!(detail["by"].as_str().is_some_and(|by| !by.is_empty()));
        let country = detail["country"].as_str().unwrap_or_default();
        let line = format!("{} {operator} {country}", record.event);
        Some(line.trim_end().to_owned())
    };
    let lines: Vec<String> = records.iter().filter_map(line).collect();
    store.close().await;
    assert_eq!(lines, expected);
}

async fn in_one_country_an_operator_gives_nothing_there(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    let suspend = |country| {
        [
            "operators",
            "suspend",
            "Alp Tel",
            "--reason",
            "x",
            "--country",
            country,
        ]
    };
    story
        .run(&suspend("CH"))
        .await
        .exits(0)
        .has("/ranges", json!(["zrh"]));
    story
        .run(&suspend("FR"))
        .await
        .exits(1)
        .says(&["for FR", "CH, DE"]);
    story.run(&suspend("XX")).await.exits(2);
    story
        .sync(0)
        .await
        .changes(&[
            "assign anna +498955501000 rule succeeded",
            "assign bert +498955501010 rule succeeded",
        ])
        .notes(&["suspended zoe"]);
    let list = story.run(&["operators", "list"]).await;
    let item = &list.exits(0).items()[0];
    assert_eq!(item["suspended"], false);
    assert_eq!(item["suspensions"][0]["country"], "CH");
    let text = story.text(&["operators", "list"]).await;
    assert!(text.contains("Alp Tel (suspended in CH)"), "{text}");
    // What is suspended as a whole stays so, also there.
    let whole = ["operators", "suspend", "Alp Tel", "--reason", "all of it"];
    story.run(&whole).await.exits(0);
    let there = ["operators", "resume", "Alp Tel", "--country", "CH"];
    story
        .run(&there)
        .await
        .exits(0)
        .has("/changed", true)
        .has("/suspended", true);
    let text = story.text(&there).await;
    assert!(text.contains("suspended as a whole: all of it"), "{text}");
    story.sync(0).await.changes(&[]);
    story.run(&suspend("CH")).await.exits(0);
    // Without a country everything of it is taken back.
    story
        .run(&["operators", "resume", "Alp Tel"])
        .await
        .exits(0)
        .has("/changed", true);
    story
        .sync(0)
        .await
        .changes(&["assign zoe +41435552000 rule succeeded"]);
    let events = [
        "operator-suspended Alp Tel CH",
        "operator-suspended Alp Tel",
        "operator-resumed Alp Tel CH",
        "operator-suspended Alp Tel CH",
        "operator-resumed Alp Tel",
        "operator-resumed Alp Tel CH",
    ];
    recorded(database, &events).await;
    story.ends().await;
}

async fn an_operator_leaves_when_nobody_holds_a_number_of_it(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story.sync(0).await;
    let remove = ["operators", "remove", "Alp Tel"];
    let refused = story.run(&remove).await;
    refused
        .exits(1)
        .says(&["is not removed", "assigned: 2", "linekeeper assign"])
        .has("/removed", false)
        .has("/changed", false)
        .has("/to_take_back", json!([]))
        .has("/assigned/0/number", "+41435552000")
        .has("/assigned/0/user/upn", "zoe@contoso.example")
        .has("/assigned/1/user/upn", "anna@contoso.example");
    recorded(database, &[]).await;
    let text = story.invocation(&remove).in_text().run().await;
    assert!(text.exits(1).text().contains("zoe@contoso.example"));
    story.release("zoe", &[], 0).await;
    story.release("anna", &[], 0).await;
    // Also a line that an administrator gave in Teams, to somebody who waits, stands against it.
    story.gives("anna", "+498955501011");
    story.configure("mode = \"apply\"", "[tenant.ownership]\nadopt = false");
    story.sync(0).await;
    story
        .run(&remove)
        .await
        .exits(1)
        .has("/assigned/0/number", "+498955501011")
        .has("/assigned/0/state", "foreign");
    story.takes("+498955501011");
    story.sync(0).await;
    let removed = story.run(&remove).await;
    let back = removed.exits(0).report();
    let numbers = back["to_take_back"].as_array().expect("numbers").iter();
    let numbers: Vec<&str> = numbers.filter_map(|n| n["number"].as_str()).collect();
    assert_eq!(
        numbers,
        [
            "+41435552000",
            "+41435552001",
            "+41435552002",
            "+498955501000",
            "+498955501011"
        ],
        "{removed}"
    );
    removed
        .has("/removed", true)
        .has("/changed", true)
        .has("/ranges", json!(["zrh", "muc"]));
    recorded(database, &["operator-removed Alp Tel"]).await;
    // It gives nothing any more, so that nobody is in its way again.
    story
        .run(&["users", "resume", "zoe@contoso.example"])
        .await
        .exits(0);
    story.sync(0).await.changes(&[]);
    story.noted("suspended", &["zoe"]).await;
    // The operator takes its numbers back, one after the other.
    for number in &numbers {
        story.control("DELETE", &format!("/_sim/numbers/{number}"), Value::Null);
    }
    story.sync(0).await;
    let text = story.text(&remove).await;
    assert!(text.contains("lists no number of it any more"), "{text}");
    assert!(text.contains("out of the rule files"), "{text}");
    story
        .run(&["operators", "remove", "Alp"])
        .await
        .exits(1)
        .says(&["no operator is called `Alp`"]);
    story.ends().await;
}

async fn numbers_that_no_range_declares_are_told_by_operator(database: &Database) {
    let tenant = town()
        .number_with(number("+498955507002", SEA, "DE"))
        .number_with(number("+498955507003", SEA, "DE"))
        .number_with(number("+41435557004", SEA, "CH"))
        .number("+498955507005", "directRouting", "DE");
    let story = Scenario::new(database, tenant, RULES).await;
    let plan = story.run(&["plan", "--full"]).await;
    let report = plan.exits(0).report();
    let notes = report["notes"].as_array().expect("notes").iter();
    let mut said: Vec<&str> = notes
        .filter(|note| note["kind"] == "undeclared")
        .filter_map(|note| note["detail"].as_str())
        .collect();
    said.sort_unstable();
    let stranger = format!(
        "operator-connect numbers with +49 of the operator {STRANGER}, which no rule declares, that no range declares: 1, the first +498955507001"
    );
    let mut expected = [
        "direct-routing numbers with +49 that no range declares: 1, the first +498955507005",
        "operator-connect numbers with +41 of the operator Sea that no range declares: 1, the first +41435557004",
        "operator-connect numbers with +49 of the operator Sea that no range declares: 2, the first +498955507002",
        // The number that every scenario has.
        "operator-connect numbers with +49 that no range declares: 1, the first +498955509999",
        &stranger,
    ];
    expected.sort_unstable();
    assert_eq!(said, expected, "{plan}");
}
