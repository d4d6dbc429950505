//! The audit trail: who did what and why, and whether anybody tampered with it.

use super::reviewing::git;
use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant, upn};
use serde_json::Value;
use std::ffi::OsString;
use std::process::Command;

on_both_engines!(
    every_change_says_by_whom_why_and_by_which_rules,
    the_trail_is_searched,
    a_tampered_trail_is_found_in_the_database_and_in_the_file,
    an_exported_trail_is_checked_without_configuration_or_database,
);

/// A command that carla types.
async fn carla(story: &Scenario, arguments: &[&str]) -> Run {
    let mut invocation = story.invocation(arguments);
    let who = ("USER".to_owned(), OsString::from("carla"));
    invocation.environment.push(who);
    let run = invocation.run().await;
    run.exits(0);
    run
}

async fn list(story: &Scenario, more: &[&str]) -> Vec<Value> {
    let run = story.run(&[&["audit", "list"], more].concat()).await;
    run.exits(0).items()
}

/// `assigned schedule rule muc`: event, by whom, why, range.
fn lines(items: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |item: &Value| {
        ["event", "by", "reason", "range"]
            .map(|key| text(&item[key]))
            .join(" ")
    };
    items.iter().map(line).collect()
}

async fn office(database: &Database) -> Scenario {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "Hamburg", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.switch(keep());
    story
}

async fn every_change_says_by_whom_why_and_by_which_rules(database: &Database) {
    let story = office(database).await;
    git(&story, &["init", "--quiet"]);
    git(&story, &["add", "rules"]);
    git(&story, &["commit", "--quiet", "-m", "first"]);
    let first = carla(&story, &["sync"]).await.sync_id();
    let anna = upn("anna");
    let bert = upn("bert");
    for command in [
        &["users", "exempt", &bert, "--reason", "on leave"][..],
        &["users", "pin", &anna, "+498955501000"],
        &["users", "unpin", &anna],
        &[
            "numbers",
            "reserve",
            "+498955501005",
            "--reason",
            "the board",
        ],
        &["ranges", "suspend", "muc", "--reason", "porting"],
        &["ranges", "resume", "muc"],
        &["pause", "--reason", "a look"],
        &["resume"],
        &["release", &anna],
    ] {
        carla(&story, command).await;
    }
    // What changes nothing is not written down.
    for command in [
        &["users", "unpin", &anna][..],
        &["ranges", "resume", "muc"],
        &["resume"],
        &["sync"],
        &["plan", "--full"],
    ] {
        carla(&story, command).await;
    }
    let items = list(&story, &[]).await;
    let expected = [
        "claimed carla rule muc",
        "rules-taken-up carla - -",
        "assigned carla rule muc",
        "exempted carla on leave -",
        "pinned carla - -",
        "unpinned carla - -",
        "reserved carla the board -",
        "suspended carla porting muc",
        "unsuspended carla - muc",
        "paused carla a look -",
        "resumed carla - -",
        "claimed carla manual muc",
        "released carla manual muc",
    ];
    assert_eq!(lines(&items), expected);
    for (place, item) in (1..).zip(&items) {
        assert_eq!(item["seq"], place);
        let commit = item["commit"].as_str().unwrap_or_default();
        let by_sync = item["sync_id"].is_string();
        assert_eq!(commit.len() == 40, by_sync, "{item}");
    }
    assert_eq!(items[0]["sync_id"], first);
    let text = story.text(&["audit", "list", "--event", "assigned"]).await;
    let row = text.lines().nth(1).unwrap_or_default();
    for part in ["+498955501000", &anna, "carla", "rule, range muc, rules "] {
        assert!(row.contains(part), "{part} in {text}");
    }
    story.ends().await;
}

async fn the_trail_is_searched(database: &Database) {
    let mut story = office(database).await;
    let first = carla(&story, &["sync"]).await.sync_id();
    story.later("2d");
    carla(&story, &["release", &upn("anna")]).await;
    let all = list(&story, &[]).await;
    assert_eq!(all.len(), 5, "{all:?}");
    let released = all[4]["at"].as_str().expect("a time").to_owned();
    let anna = upn("anna");
    for (more, expected) in [
        (&["--user", &anna][..], 4),
        (&["--user", story.id_of("anna")], 4),
        (&["--user", story.id_of("bert")], 0),
        (&["--number", "+49 89 5550-1000"], 4),
        (&["--number", "+498955501001"], 0),
        (&["--event", "claimed"], 2),
        (
            &[
                "--event",
                "claimed",
                "--number",
                "+498955501000",
                "--limit",
                "1",
            ],
            1,
        ),
        (&["--sync", &first], 3),
        (&["--since", &released], 1),
        (&["--until", &released], 4),
        (&["--since", "2000-01-01", "--until", "2000-01-02"], 0),
        (&["--limit", "2"], 2),
        (&["--limit", "0"], 0),
        (&["--limit", "99", "--tenant", "contoso"], 5),
    ] {
        let found = list(&story, more).await;
        assert_eq!(found.len(), expected, "{more:?}: {found:?}");
    }
    assert_eq!(
        list(&story, &["--limit", "2"]).await,
        all[3..],
        "the last ones"
    );
    let none = story.run(&["audit", "list", "--event", "asigned"]).await;
    none.exits(0).says(&["asigned", "assigned, claimed"]);
    let nobody = story.run(&["audit", "list", "--user", "x@y.example"]).await;
    nobody.exits(1).says(&["x@y.example"]);
    let service = story.serve().await;
    for (query, expected) in [
        ("user=anna@contoso.example".to_owned(), 4),
        (format!("user={}", story.id_of("bert")), 0),
        ("number=%2B498955501000".to_owned(), 4),
        ("number=+498955501000".to_owned(), 4),
        ("event=claimed".to_owned(), 2),
        (format!("sync={first}"), 3),
        (format!("since={released}"), 1),
        ("until=2000-01-01".to_owned(), 0),
    ] {
        let found = service.get(&format!("/audit?{query}")).await;
        let count = found["items"].as_array().map(Vec::len);
        assert_eq!(count, Some(expected), "{query}: {found}");
    }
    let wrong = service.ask("GET", "/api/v1/audit?since=monday", Value::Null);
    let wrong = wrong.await.is(400).json();
    assert!(
        wrong["detail"]
            .as_str()
            .unwrap_or_default()
            .contains("YYYY-MM-DD")
    );
    let nobody = service.ask("GET", "/api/v1/audit?user=x@y.example", Value::Null);
    nobody.await.is(404);
    service.stop().await;
}

async fn a_tampered_trail_is_found_in_the_database_and_in_the_file(database: &Database) {
    let story = office(database).await;
    carla(&story, &["sync"]).await;
    carla(&story, &["release", &upn("anna")]).await;
    let whole = story.run(&["audit", "verify"]).await;
    whole.exits(0).has("/valid", true).has("/records", 5);
    let hash = whole.report()["hash"].as_str().expect("a hash").to_owned();
    let mark = format!("5:{hash}");
    let noted = story.run(&["audit", "verify", "--expect", &mark]).await;
    noted.exits(0);
    let text = story.text(&["audit", "verify"]).await;
    assert!(text.contains(&mark), "{text}");
    let file = story.folder().join("trail.jsonl").display().to_string();
    for (deed, place, problem) in [
        (
            "UPDATE audit SET user_id = '00000000-0000-4000-8000-000000000002' WHERE seq = 4",
            4,
            "changed",
        ),
        ("DELETE FROM audit WHERE seq = 2", 2, "missing"),
        ("DELETE FROM audit WHERE seq = 5", 5, "missing"),
        (
            "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9",
            2,
            "changed",
        ),
    ] {
        database
            .tamper("CREATE TABLE kept AS SELECT * FROM audit")
            .await;
        database.tamper(deed).await;
        let found = story.run(&["audit", "verify"]).await;
        found
            .exits(1)
            .has("/valid", false)
            .has("/broken_at", place)
            .has("/findings/0/seq", place)
            .has("/findings/0/problem", problem);
        let told = story.invocation(&["audit", "verify"]).in_text().run().await;
        let told = told.exits(1).text();
        for part in [
            "contoso",
            &format!("record {place}"),
            "expected",
            "What to do",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let exported = story.run(&["audit", "export", &file]).await;
        exported.exits(1).says(&["contoso", "audit verify"]);
        let checked = story.run(&["audit", "verify", "--file", &file]).await;
        checked.exits(1).has("/broken_at", place);
        database
            .tamper("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept")
            .await;
    }
    story.run(&["audit", "verify"]).await.exits(0);
    // Syncs do not depend on it.
    database.tamper("DELETE FROM audit WHERE seq = 1").await;
    story.ends().await;
}

async fn an_exported_trail_is_checked_without_configuration_or_database(database: &Database) {
    let story = office(database).await;
    carla(&story, &["sync"]).await;
    carla(&story, &["release", &upn("anna")]).await;
    let file = story.folder().join("trail.jsonl");
    let name = file.display().to_string();
    let exported = story.run(&["audit", "export", &name]).await;
    exported.exits(0).has("/items/0/records", 5);
    let printed = story.run(&["audit", "export"]).await;
    let trail = std::fs::read_to_string(&file).expect("the export");
    assert_eq!(printed.exits(0).text(), trail, "standard output and file");
    for (place, line) in (1..).zip(trail.lines()) {
        let record: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(
            (&record["seq"], &record["tenant"]),
            (&place.into(), &"contoso".into())
        );
        assert_eq!(record["last"] == true, place == 5);
    }
    let mark = format!(
        "5:{}",
        exported.report()["items"][0]["hash"]
            .as_str()
            .expect("a hash")
    );
    alone(&file, &["--expect", &mark], 0, &["5 records", &mark]);
    alone(
        &file,
        &["--expect", &format!("6:{}", "0".repeat(64))],
        1,
        &["record 6"],
    );
    let lines: Vec<&str> = trail.lines().collect();
    for (damaged, said) in [
        (lines[..4].join("\n"), "record 5: it is not there"),
        (lines[1..].join("\n"), "record 1: it is not there"),
        (
            trail.replacen("\"by\":\"carla\"", "\"by\":\"dora\"", 1),
            "record 1: it does not follow",
        ),
        (format!("{trail}nonsense\n"), "line 6 is no record"),
        (
            format!("{trail}{}\n", lines[4].replace("\"seq\":5", "\"seq\":6")),
            "record 6",
        ),
        (String::new(), "holds no record"),
    ] {
        std::fs::write(&file, damaged).expect("written");
        alone(&file, &[], 1, &[said]);
    }
    let missing = story.folder().join("missing.jsonl");
    alone(&missing, &[], 1, &["missing.jsonl cannot be read"]);
    let nowhere = story.run(&["audit", "export", "/nowhere/at/all"]).await;
    nowhere
        .exits(1)
        .says(&["/nowhere/at/all cannot be written"]);
    story.ends().await;
}

/// Checks a file where there is no configuration; all of this is said.
#[track_caller]
fn alone(file: &std::path::Path, more: &[&str], code: i32, said: &[&str]) {
    let empty = tempfile::tempdir().expect("a folder");
    let done = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
        .current_dir(empty.path())
        .args(["audit", "verify", "--file"])
        .arg(file)
        .args(more)
        .output()
        .expect("the binary starts");
    let out = [done.stdout, done.stderr].concat();
    let out = String::from_utf8_lossy(&out);
    assert_eq!(done.status.code(), Some(code), "{out}");
    for part in said {
        assert!(out.contains(part), "{part} in {out}");
    }
}
