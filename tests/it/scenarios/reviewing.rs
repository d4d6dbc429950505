//! Rules under review: what they make of the directory, and whom a change of them touches, before it is made.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use linekeeper::simulator::TenantFile;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

const CONTOSO: &str = include_str!("../../data/contoso/contoso.rules");
const EXPECTED: &str = include_str!("../../data/contoso/contoso.expected.json");
const TENANT: &[u8] = include_bytes!("../../data/contoso/contoso.json");

on_both_engines!(
    a_tenant_is_covered_as_the_contract_expects,
    what_nobody_needs_is_named,
    two_revisions_are_compared_over_todays_people,
    holders_keep_their_numbers_and_are_told_apart,
    two_sets_that_decide_alike_differ_in_nothing,
    rules_that_cannot_be_read_are_said_to_be_so,
);

const TOWNS: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
range "ulm" {
  type       direct-routing
  numbers    +49 731 5550 1000 to 1009
  quarantine 30 days
  when       city = "Ulm"
}
"#;

async fn contoso(database: &Database) -> Scenario {
    let tenant = TenantFile::from_slice(TENANT).expect("a valid tenant");
    let story = Scenario::of_file(database, tenant, CONTOSO).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_assignments = 0");
    story
}

/// Three people in Munich and one in Ulm, without numbers; and nobody's rules yet.
async fn towns(database: &Database) -> Scenario {
    let people = Tenant::default()
        .people("user", 3, "München", &[E5])
        .person("ulla", "Ulm", &[E5]);
    Scenario::new(database, people, TOWNS).await
}

#[track_caller]
fn at(report: &Value, pointer: &str, expected: impl Into<Value>) {
    let found = report.pointer(pointer);
    assert_eq!(found, Some(&expected.into()), "{pointer} of {report:#}");
}

/// The value of a key of every item of a list, by another key.
fn by<'v>(list: &'v Value, key: &str, value: &str) -> BTreeMap<&'v str, &'v Value> {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|item| (item[key].as_str().unwrap_or_default(), &item[value]))
        .collect()
}

/// `loses anna muc -`
fn people(diff: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |person: &Value| {
        let name = text(&person["user"]["upn"]);
        let name = name.split('@').next().unwrap_or_default();
        let (from, to) = (text(&person["from"]), text(&person["to"]));
        format!("{} {name} {from} {to}", text(&person["effect"]))
    };
    let people = diff["people"].as_array().into_iter().flatten();
    people.map(line).collect()
}

pub(super) fn git(story: &Scenario, arguments: &[&str]) {
    let done = Command::new("git")
        .arg("-C")
        .arg(story.folder())
        .args(["-c", "user.name=n", "-c", "user.email=n@example.org"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{arguments:?}");
}

async fn ok(story: &Scenario, arguments: &[&str]) -> Run {
    let run = story.run(arguments).await;
    run.exits(0);
    run
}

async fn a_tenant_is_covered_as_the_contract_expects(database: &Database) {
    let story = contoso(database).await;
    let before = ok(&story, &["rules", "coverage"]).await.report();
    at(&before, "/directory/read", "live");
    story.sync(0).await;
    story.forget_log();
    let after = ok(&story, &["rules", "coverage", "--tenant", "contoso"]).await;
    assert_eq!(story.requests(), 0, "nothing is asked of Graph");
    let after = after.report();
    at(&after, "/directory/read", "stored");
    at(&after, "/directory/users", 503);
    assert!(after["directory"]["at"].is_string(), "{after:#}");
    let expected: Value = serde_json::from_str(EXPECTED).expect("JSON");
    let no_range = expected["counts"]["notes"]["no-range"].clone();
    for report in [&before, &after] {
        // One more, without a city, has a number and keeps it.
        let groups = report["without_range"].as_array().expect("groups");
        let sum = |key: &str| groups.iter().filter_map(|group| group[key].as_u64()).sum();
        let (people, holders): (u64, u64) = (sum("people"), sum("holders"));
        at(report, "/summary/without_range", people);
        assert_eq!(Some(people - holders), no_range.as_u64(), "{report:#}");
        assert_eq!(holders, 1, "{report:#}");
        // Of the 76 who have a number of the garden, two are disabled and one has no city. Who is picked for Werksviertel
        // and found no number there has one of the overflow.
        let picked = by(&report["ranges"], "range", "people");
        for (range, people) in [("muc-garden", 73), ("muc-werk", 45), ("muc-overflow", 0)] {
            assert_eq!(picked[range], &json!(people), "{range}");
        }
        let idle = by(&report["ranges"], "range", "idle");
        assert_eq!(idle["muc-overflow"], "by-hand");
        assert_eq!(idle["cgn"], &Value::Null);
    }
    assert_eq!(
        by(&before["ranges"], "range", "people"),
        by(&after["ranges"], "range", "people")
    );
    let zurich = json!({"city": "Zürich", "department": null, "office": "Europaallee", "usage_location": "CH"});
    let groups = after["without_range"].as_array().expect("groups");
    let group = groups.iter().find(|group| group["values"] == zurich);
    let group = group.unwrap_or_else(|| panic!("{zurich} in {after:#}"));
    at(group, "/nearest/range", "zrh");
    at(group, "/examples/0", "andri.kung@contoso.example");
    story.ends().await;
}

async fn what_nobody_needs_is_named(database: &Database) {
    let story = towns(database).await;
    story.rules(&format!(
        "{TOWNS}{}",
        r#"
alias city "München" = "Munich", "Monaco"
exclude "tests" when department = "Test"
range "never" { type direct-routing numbers +49 30 5550 1000 to 1009 quarantine 1 day when city = "Berlin" AND usage_location = "DE" }
range "late" { type direct-routing numbers +49 30 5550 2000 to 2009 quarantine 1 day when city = "Ulm" priority 200 }
range "twin" { type direct-routing numbers +49 30 5550 3000 to 3009 quarantine 1 day when office = "X" OR city = "Ulm" }
"#
    ));
    story.change("user-a", json!({"city": "Munich"}));
    story.change("user-b", json!({"city": "Mailand"}));
    story.change("user-c", json!({"city": "Munchen"}));
    let report = ok(&story, &["rules", "coverage"]).await.report();
    let idle = by(&report["ranges"], "range", "idle");
    assert_eq!(idle["never"], "no-match");
    assert_eq!(idle["late"], "taken");
    assert_eq!(idle["twin"], "taken");
    assert_eq!(idle["muc"], &Value::Null);
    assert_eq!(by(&report["ranges"], "range", "taken_by")["late"], "ulm");
    at(&report, "/summary/with_range", 2);
    at(&report, "/summary/ambiguous", 1);
    at(&report, "/ambiguous/0/range", "ulm");
    at(&report, "/ambiguous/0/also/0", "twin");
    at(&report, "/summary/without_range", 2);
    let groups = report["without_range"].as_array().expect("groups");
    let group = |city: &str| {
        let found = groups.iter().find(|group| group["values"]["city"] == city);
        found.unwrap_or_else(|| panic!("{city} in {report:#}"))
    };
    at(group("Mailand"), "/examples/0", "user-b@contoso.example");
    at(group("Munchen"), "/nearest/range", "muc");
    let alias = "alias city \"München\" = \"Munchen\"";
    at(group("Munchen"), "/nearest/aliases/0", alias);
    assert_eq!(
        by(&report["aliases"], "spelling", "value"),
        BTreeMap::from([("monaco", &json!("München"))])
    );
    let clauses = by(&report["clauses"], "clause", "outcome");
    for (clause, outcome) in [
        ("city = \"Berlin\"", "never"),
        ("usage_location = \"DE\"", "always"),
        ("department = \"Test\"", "never"),
        ("office = \"X\"", "never"),
    ] {
        assert_eq!(clauses[clause], outcome, "{clause}");
    }
    assert!(!clauses.contains_key("city = \"München\""), "{report:#}");
    let text = story.text(&["rules", "coverage"]).await;
    for part in [
        "2 with a range, 2 without one",
        alias,
        "ranges that are picked for nobody",
        "clauses that never decide anything",
        "\"monaco\" for \"München\"",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

async fn two_revisions_are_compared_over_todays_people(database: &Database) {
    let story = towns(database).await;
    git(&story, &["init", "--quiet"]);
    git(&story, &["add", "rules"]);
    git(&story, &["commit", "--quiet", "-m", "first"]);
    story.change("user-a", json!({"city": "Mailand"}));
    story.rules(
        &TOWNS
            .replace("\"München\"", "\"Mailand\"")
            .replace("30 days", "60 days"),
    );
    let present = ok(&story, &["rules", "diff", "HEAD"]).await;
    let expected = [
        "loses user-b muc -",
        "loses user-c muc -",
        "gains user-a - muc",
    ];
    let diff = present.report();
    assert_eq!(people(&diff), expected);
    at(&diff, "/new/dirty", true);
    at(&diff, "/old/source", "HEAD");
    at(&diff, "/directory/read", "live");
    git(&story, &["commit", "--quiet", "-a", "-m", "second"]);
    let committed = ok(&story, &["rules", "diff", "HEAD~1", "HEAD"])
        .await
        .report();
    assert_eq!(people(&committed), expected);
    assert_ne!(committed["old"]["commit"], committed["new"]["commit"]);
    at(&committed, "/summary/joiners/loses", 2);
    at(&committed, "/summary/joiners/same", 1);
    at(&committed, "/unmatched/had_range", 3);
    at(&committed, "/unmatched/left_without", 2);
    at(&committed, "/unmatched/held", true);
    at(
        &committed,
        "/people/0/why",
        "not city = \"Mailand\" (it is \"München\")",
    );
    at(&committed, "/ranges/0/change", "changed");
    at(&committed, "/ranges/0/old/takers", 2);
    at(&committed, "/ranges/0/new/takers", 1);
    at(&committed, "/ranges/0/new/free", 10);
    let changed = by(&committed["ranges"][0]["properties"], "what", "new");
    assert_eq!(changed["quarantine"], "60 days");
    assert_eq!(changed["when"], "city = \"Mailand\"");
    let text = story.text(&["rules", "diff", "HEAD~1", "HEAD"]).await;
    for part in [
        "2 of 3 people without a number lose their range",
        "a sync is held until somebody approves",
        "30 days",
        "user-b@contoso.example",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let code = ["rules", "diff", "HEAD~1", "HEAD", "--exit-code"];
    story.run(&code).await.exits(10);
}

async fn holders_keep_their_numbers_and_are_told_apart(database: &Database) {
    let mut story = towns(database).await;
    story.sync(0).await;
    story.joins("anna", "München", &[E5]);
    story.joins("bert", "Ulm", &[E5]);
    std::fs::create_dir(story.folder().join("other")).expect("a folder");
    story.write(
        "other/a.rules",
        &TOWNS.replace("range \"muc\"", "range \"munich\"").replace(
            "5550 1000 to 1009\n  quarantine 30 days\n  when       city = \"Ulm\"",
            "5550 2000 to 2009\n  quarantine 30 days\n  when       city = \"Augsburg\"",
        ),
    );
    let other = story.folder().join("other");
    let other = other.to_str().expect("a name");
    let run = ok(&story, &["rules", "diff", ".", other]).await;
    let diff = run.report();
    at(&diff, "/directory/read", "stored");
    at(&diff, "/directory/users", 4);
    assert_eq!(
        people(&diff),
        ["loses ulla ulm -"],
        "a renamed range moves nobody"
    );
    at(&diff, "/people/0/number", "+4973155501000");
    at(&diff, "/people/0/joins", false);
    at(&diff, "/summary/holders/loses", 1);
    at(&diff, "/summary/undeclared", 1);
    at(&diff, "/numbers/0/number", "+4973155501000");
    at(&diff, "/numbers/0/to", Value::Null);
    at(&diff, "/ranges/0/renamed_from", "muc");
    at(&diff, "/ranges/0/new/holders", 3);
    at(&diff, "/ranges/0/new/free", 7);
    let live = ok(&story, &["rules", "diff", ".", other, "--live"])
        .await
        .report();
    assert_eq!(people(&live), ["loses bert ulm -", "loses ulla ulm -"]);
    at(&live, "/unmatched/had_range", 2);
    at(&live, "/unmatched/left_without", 1);
    at(&live, "/directory/users", 6);
    story.sync(0).await;
    story.ends().await;
}

async fn two_sets_that_decide_alike_differ_in_nothing(database: &Database) {
    let story = towns(database).await;
    std::fs::create_dir(story.folder().join("other")).expect("a folder");
    story.write("other/b.rules", &format!("# a comment\n{TOWNS}"));
    let other = story.folder().join("other");
    let other = other.to_str().expect("a name");
    let run = ok(&story, &["rules", "diff", other, ".", "--exit-code"]).await;
    let diff = run.report();
    at(&diff, "/differs", false);
    at(&diff, "/people", json!([]));
    at(&diff, "/unmatched/held", false);
    let text = story.text(&["rules", "diff", other]).await;
    assert!(text.contains("decide alike"), "{text}");
}

async fn rules_that_cannot_be_read_are_said_to_be_so(database: &Database) {
    let story = towns(database).await;
    let outside = story.run(&["rules", "diff", "main"]).await;
    outside
        .exits(1)
        .says(&["`main` is no folder", "git work tree"]);
    git(&story, &["init", "--quiet"]);
    git(&story, &["add", "rules"]);
    git(&story, &["commit", "--quiet", "-m", "first"]);
    let unknown = story.run(&["rules", "diff", "v9"]).await;
    unknown.exits(1).says(&["no revision `v9`"]);
    story.rules("range \"muc\" { type direct-routing }");
    let broken = story.run(&["rules", "diff", "HEAD", "."]).await;
    broken.exits(3).says(&["offices.rules"]);
    // What is broken now does not stop a look at what was committed.
    ok(&story, &["rules", "diff", "HEAD", "HEAD"]).await;
    let graph_is_gone = std::fs::read_to_string(story.folder().join("linekeeper.toml"))
        .expect("the configuration")
        .replace(&story.simulator.origin(), "http://127.0.0.1:1");
    story.write("linekeeper.toml", &graph_is_gone);
    let unread = story.run(&["rules", "diff", "HEAD", "HEAD"]).await;
    unread.exits(6).says(&["cannot be read"]);
}
