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
    let notes = report["notes"].as_array().expect("notes");
    for (upn, expected) in expected["users"].as_object().expect("users") {
        let change = made.get(upn).copied();
        // Some people have a second note, about their licences.
        let about = |note: &&Value| change.is_none() && note["user"]["upn"] == upn.as_str();
        let note = notes
            .iter()
            .filter(about)
            .max_by_key(|note| note["kind"] == expected["note"]);
        let found = outcome(&users[upn], change, note);
        let wanted = wanted(expected);
        // The expectation names the range of a note only where it has one to name.
        let compared = if wanted[5].is_empty() { 5 } else { 6 };
        assert_eq!(
            found[..compared],
            wanted[..compared],
            "{upn}: {:?}",
            users[upn]
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

/// Licence, kind, outcome, number, note of somebody without a number, and range, of the number or else of the note.
fn outcome(user: &Value, change: Option<&Value>, note: Option<&Value>) -> [String; 6] {
    let range = note.map_or(&user["range"], |note| &note["range"]);
    [
        string(&user["voice_licence"]),
        string(&user["kind"]),
        change.map_or_else(|| "none".to_owned(), |change| string(&change["action"])),
        string(&user["number"]),
        note.map_or_else(String::new, |note| string(&note["kind"])),
        string(range),
    ]
}

fn wanted(expected: &Value) -> [String; 6] {
    [
        "voice_licence",
        "kind",
        "outcome",
        "number",
        "note",
        "range",
    ]
    .map(|key| string(&expected[key]))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
