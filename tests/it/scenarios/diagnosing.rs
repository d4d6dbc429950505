//! `doctor` finds what is wrong and says how to mend it; `init` begins an installation.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

on_both_engines!(
    a_good_tenant_has_no_error,
    a_commit_that_git_does_not_tell_is_missed,
    each_thing_that_is_wrong_is_named_with_its_remedy,
    what_graph_refuses_is_named_by_its_permission,
);

const POLICY: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
  policy     OnlineVoiceRoutingPolicy "DE-Munich"
}
"#;

async fn story(database: &Database, rules: &str) -> Scenario {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .policy("OnlineVoiceRoutingPolicy", "DE-Munich");
    Scenario::new(database, tenant, rules).await
}

/// The one line of that check and its state must be this, and its detail and remedy must say that.
#[track_caller]
fn found(run: &Run, check: &str, state: &str, said: &str) {
    let items = run.items();
    let fits = |item: &&Value| {
        let text = format!("{} {}", item["detail"], item["remedy"]);
        item["check"] == check && item["state"] == state && text.contains(said)
    };
    assert!(
        items.iter().any(|item| fits(&item)),
        "{check} {state} {said} in {run}"
    );
}

async fn a_commit_that_git_does_not_tell_is_missed(database: &Database) {
    let story = story(database, POLICY).await;
    let outside = story.run(&["doctor"]).await;
    found(&outside, "rules", "ok", "not in git");
    story.write("rules/.git", "gitdir: /nowhere\n");
    let run = story.run(&["doctor"]).await;
    found(&run, "rules", "warning", "because git refuses");
    found(&run, "rules", "warning", "log -1");
}

async fn a_good_tenant_has_no_error(database: &Database) {
    let story = story(database, POLICY).await;
    let first = story.run(&["doctor"]).await;
    first.exits(0);
    match database.is_sqlite() {
        true => found(&first, "database", "warning", "is not there yet"),
        false => found(&first, "database", "ok", "empty"),
    }
    // A look makes nothing: the second one sees the same.
    let but_the_clock = |run: &Run| {
        let mut items = run.items();
        items.retain(|item| item["check"] != "clock");
        items
    };
    let second = story.run(&["doctor"]).await;
    assert_eq!(but_the_clock(&second), but_the_clock(&first));
    assert!(story.writes().is_empty(), "the doctor has written to Graph");
    story.sync(0).await;
    let run = story.run(&["doctor", "--tenant", "contoso"]).await;
    run.exits(0);
    for (check, state, said) in [
        ("setting", "ok", "tenant.contoso.client_id"),
        ("setting", "ok", "safety.max_releases = 20 (default)"),
        ("database", "ok", "schema "),
        ("locks", "ok", "no sync runs"),
        ("rules", "ok", "ranges: 1"),
        ("token", "ok", "signed in"),
        ("clock", "ok", "Graph's"),
        ("User.Read.All", "ok", "users"),
        ("user properties", "ok", "come back"),
        ("LicenseAssignment.Read.All", "ok", "products"),
        ("TeamsTelephoneNumber.Read.All", "ok", "numbers"),
        (
            "TeamsTelephoneNumber.ReadWrite.All",
            "ok",
            "as the token says",
        ),
        ("TeamsUserConfiguration.Read.All", "ok", "was read"),
        ("TeamsPolicyUserAssign.ReadWrite.All", "ok", "policies"),
        ("User-Phone.ReadWrite.All", "skipped", "not needed"),
        ("policies", "ok", "1 of 1"),
    ] {
        found(&run, check, state, said);
    }
    assert!(
        !run.to_string().contains("s3cret-of"),
        "a secret is shown: {run}"
    );
    story
        .run(&["doctor", "--tenant", "fabrikam"])
        .await
        .exits(2);
    story.ends().await;
}

async fn each_thing_that_is_wrong_is_named_with_its_remedy(database: &Database) {
    let story = story(database, MUNICH).await;
    story.rules("range \"muc\" { type direct-routing }");
    let run = story.run(&["doctor"]).await;
    run.exits(3);
    found(&run, "rules", "error", "rules check");
    found(&run, "token", "ok", "");
    story.rules(MUNICH);
    story.configure("mode = \"aply\"", "");
    let run = story.run(&["doctor"]).await;
    run.exits(3);
    found(&run, "configuration", "error", "mode");
    story.configure("mode = \"apply\"", "");
    let config =
        std::fs::read_to_string(story.folder().join("linekeeper.toml")).expect("the configuration");
    let elsewhere = match database.is_sqlite() {
        true => "sqlite:/nowhere/at/all/lk.db".to_owned(),
        false => format!("{}_that_is_missing", database.url),
    };
    story.write(
        "linekeeper.toml",
        &config.replace(&database.url, &elsewhere),
    );
    let run = story.run(&["doctor"]).await;
    run.exits(1);
    found(&run, "database", "error", "database.url");
    story.write("linekeeper.toml", &config);
    story.write("public", "s3cret-of-the-scenarios");
    let public = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(story.folder().join("public"), public).expect("our own file");
    story.write(
        "linekeeper.toml",
        &config.replace("\"secret\"", "\"public\""),
    );
    let run = story.run(&["doctor"]).await;
    run.exits(0);
    found(&run, "secret files", "warning", "chmod o=");
    story.write("linekeeper.toml", &config);
    story.sync(0).await;
    story.ends().await;
}

async fn what_graph_refuses_is_named_by_its_permission(database: &Database) {
    let story = story(database, POLICY).await;
    story.write("secret", "not-this-one");
    let run = story.run(&["doctor"]).await;
    run.exits(6);
    found(&run, "token", "error", "the client secret is wrong");
    found(&run, "permissions", "skipped", "");
    story.write("secret", "s3cret-of-the-scenarios");
    story.switch(json!({"grants": ["User.Read.All", "LicenseAssignment.Read.All", "TeamsTelephoneNumber.Read.All"]}));
    let run = story.run(&["doctor"]).await;
    run.exits(6);
    found(
        &run,
        "TeamsTelephoneNumber.ReadWrite.All",
        "error",
        "grant the application permission",
    );
    found(
        &run,
        "TeamsPolicyUserAssign.ReadWrite.All",
        "error",
        "grant the application permission",
    );
    found(
        &run,
        "TeamsUserConfiguration.Read.All",
        "warning",
        "not granted",
    );
    story.configure("mode = \"observe\"", "");
    let run = story.run(&["doctor"]).await;
    run.exits(0);
    found(
        &run,
        "TeamsTelephoneNumber.ReadWrite.All",
        "skipped",
        "observe",
    );
    found(&run, "policies", "skipped", "observe");
    story
        .switch(json!({"grants": ["LicenseAssignment.Read.All", "TeamsTelephoneNumber.Read.All"]}));
    let run = story.run(&["doctor"]).await;
    run.exits(6);
    found(
        &run,
        "User.Read.All",
        "error",
        "grant the application permission User.Read.All",
    );
    // A property that comes back empty for everybody names the permission it takes.
    story.switch(json!({"grants": ["User.Read.All", "LicenseAssignment.Read.All", "TeamsTelephoneNumber.Read.All"],
        "hidden_properties": ["assignedPlans"]}));
    let run = story.run(&["doctor"]).await;
    run.exits(6);
    found(&run, "user properties", "error", "User.Read.All");
}

fn linekeeper(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_linekeeper"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LINEKEEPER_LOG")
        .output()
        .expect("the binary starts")
}

#[test]
fn init_begins_and_never_overwrites() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = |output: &Output| {
        let streams = [&output.stdout[..], &output.stderr[..]].concat();
        String::from_utf8_lossy(&streams).into_owned()
    };
    let first = linekeeper(folder.path(), &["init", "--folder", "new"]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first));
    assert!(
        text(&first).contains("3. Look before anything happens"),
        "{}",
        text(&first)
    );
    let written = |name: &str| {
        std::fs::read_to_string(folder.path().join("new").join(name)).expect("it was written")
    };
    let before = (written("linekeeper.toml"), written("rules/first.rules"));
    let again = linekeeper(folder.path(), &["init", "--folder", "new"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again));
    assert!(
        text(&again).contains("is not overwritten"),
        "{}",
        text(&again)
    );
    assert_eq!(
        (written("linekeeper.toml"), written("rules/first.rules")),
        before
    );
    let new = folder.path().join("new");
    let checked = linekeeper(&new, &["rules", "check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked));
    assert!(
        text(&checked).contains("0 errors, 0 warnings"),
        "{}",
        text(&checked)
    );
    let looked = linekeeper(&new, &["doctor"]);
    assert_eq!(looked.status.code(), Some(3), "{}", text(&looked));
    for said in [
        "no tenant is configured",
        "ok       rules",
        "linekeeper.db is not there yet",
    ] {
        assert!(text(&looked).contains(said), "{said} in {}", text(&looked));
    }
    assert!(
        !new.join("linekeeper.db").exists(),
        "a look has made a database"
    );
}
