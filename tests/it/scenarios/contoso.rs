//! The tenant of eight offices: everybody ends with what was worked out by hand from the contract.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use linekeeper::simulator::TenantFile;
use serde_json::Value;
use std::collections::BTreeMap;

const RULES: &str = include_str!("../../data/contoso/contoso.rules");
const EXPECTED: &str = include_str!("../../data/contoso/contoso.expected.json");
const TENANT: &[u8] = include_bytes!("../../data/contoso/contoso.json");

on_both_engines!(everybody_ends_with_what_the_contract_says);

async fn everybody_ends_with_what_the_contract_says(database: &Database) {
    let tenant = TenantFile::from_slice(TENANT).expect("a valid tenant");
    let story = Scenario::of_file(database, tenant, RULES).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_assignments = 0");
    let first = story.sync(0).await;
    let report = first.report();
    let users = story.run(&["users", "list"]).await;
    let users: BTreeMap<String, Value> = users
        .items()
        .into_iter()
        .map(|u| (string(&u["upn"]), u))
        .collect();
    let expected: Value = serde_json::from_str(EXPECTED).expect("JSON");
    let changes = report["changes"].as_array().expect("changes");
    let made: BTreeMap<String, &Value> = changes
        .iter()
        .filter(|c| c["action"] == "assign" || c["action"] == "adopt")
        .map(|c| (string(&c["user"]["upn"]), c))
        .collect();
    for (upn, expected) in expected["users"].as_object().expect("users") {
        let user = &users[upn];
        assert_eq!(
            outcome(user, made.get(upn).copied()),
            wanted(expected),
            "{upn}: {user} {expected}"
        );
    }
    let counts = &expected["counts"];
    for kind in ["assign", "adopt"] {
        assert_eq!(report["summary"][kind], counts[kind], "{kind}");
    }
    assert!(
        changes.iter().all(|c| c["status"] == "succeeded"),
        "{first}"
    );
    let notes = report["notes"].as_array().expect("notes");
    for (kind, count) in counts["notes"].as_object().expect("counts of notes") {
        let found = notes
            .iter()
            .filter(|note| note["kind"] == kind.as_str())
            .count();
        assert_eq!(
            Some(found as u64),
            count.as_u64(),
            "notes of the kind {kind}: {first}"
        );
    }
    story.ends().await;
}

/// Licence, kind, outcome, number, range, and the note of somebody without a number.
fn outcome(user: &Value, change: Option<&Value>) -> [String; 6] {
    let note = user["notes"]
        .get(0)
        .filter(|_| change.is_none())
        .map(|note| string(&note["kind"]));
    [
        string(&user["voice_licence"]),
        string(&user["kind"]),
        change.map_or_else(|| "none".to_owned(), |c| string(&c["action"])),
        string(&user["number"]),
        string(&user["range"]),
        note.unwrap_or_default(),
    ]
}

fn wanted(expected: &Value) -> [String; 6] {
    [
        "voice_licence",
        "kind",
        "outcome",
        "number",
        "range",
        "note",
    ]
    .map(|key| string(&expected[key]))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
