//! What a sync logs: stable fields, Graph's ids on every write, and neither secrets nor people's names.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::process::Command;

on_both_engines!(
    a_log_as_json_names_sync_and_requests_but_no_person,
    a_log_as_text_names_sync_and_requests_but_no_person,
);

/// Anna is refused by name, so that Graph's own words hold her address; Bert gets a number.
async fn story(database: &Database) -> Scenario {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure("mode = \"apply\"\n", "[tenant.ownership]\nadopt = true");
    let said = json!({"error": {"code": "BadRequest",
        "message": "User 'anna@contoso.example' lacks appropriate licenses to assign a number"}});
    story.fault(
        "assignNumber",
        1,
        json!({"status": 400, "body": said.to_string()}),
    );
    story
}

fn no_person_and_no_secret(story: &Scenario, log: &str) {
    let secret = std::fs::read_to_string(story.folder().join("secret")).expect("the secret");
    for word in [secret.as_str(), "anna", "bert", "Bearer", "eyJ"] {
        assert!(!log.contains(word), "`{word}` in the log:\n{log}");
    }
}

async fn a_log_as_json_names_sync_and_requests_but_no_person(database: &Database) {
    let story = story(database).await;
    let mut invocation = story.invocation(&["sync"]);
    let variable = ("LINEKEEPER_LOG".to_owned(), OsString::from("info"));
    invocation.environment.push(variable);
    let run = invocation.run().await;
    run.exits(4);
    let log = run.log();
    no_person_and_no_secret(&story, &log);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    for line in &lines {
        assert_eq!(line["span"]["tenant"], "contoso", "{line}");
        assert_eq!(line["span"]["sync"], json!(run.sync_id()), "{line}");
    }
    let saying = |message: &str| -> Vec<&Value> {
        lines.iter().filter(|l| l["message"] == message).collect()
    };
    let writes = saying("wrote to Graph");
    assert_eq!(writes.len(), story.sent("assignNumber"), "{log}");
    for write in writes {
        assert!(
            write["request_id"].as_str().is_some_and(|id| id.len() > 8),
            "{write}"
        );
        assert!(write["elapsed_ms"].is_u64(), "{write}");
    }
    let made = saying("change made");
    assert_eq!(made.len(), 1, "{log}");
    assert_eq!(made[0]["action"], "assign");
    assert_eq!(made[0]["range"], "muc");
    assert_eq!(saying("change not made").len(), 1, "{log}");
    let finished = saying("sync ended");
    assert_eq!(finished.len(), 1, "{log}");
    assert_eq!(finished[0]["status"], "partial");
    assert_eq!(finished[0]["assign"], 2);
}

async fn a_log_as_text_names_sync_and_requests_but_no_person(database: &Database) {
    let story = story(database).await;
    let config = story.folder().join("linekeeper.toml");
    let run = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_linekeeper"))
            .env("LINEKEEPER_LOG", "info")
            .arg("--config")
            .arg(config)
            .arg("sync")
            .output()
    });
    let output = run.await.expect("no panic").expect("the binary starts");
    let log = String::from_utf8(output.stderr).expect("UTF-8");
    no_person_and_no_secret(&story, &log);
    for line in log.lines() {
        assert!(
            line.contains("sync{tenant=\"contoso\" sync=\"00000"),
            "{line}"
        );
    }
    let writes = log.lines().filter(|line| line.contains("wrote to Graph"));
    let with_id = writes.filter(|line| line.contains(" request_id=\""));
    assert_eq!(with_id.count(), story.sent("assignNumber"), "{log}");
}
