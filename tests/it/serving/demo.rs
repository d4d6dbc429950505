//! The demonstration with a folder: what the README walks through.

use crate::harness::run::{Invocation, Run};
use crate::harness::service::Service;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Runs a command in the demonstration's folder, as somebody in another window does.
async fn run(folder: &Path, arguments: &[&str]) -> Run {
    let invocation = Invocation {
        format: "json",
        config: folder.join("linekeeper.toml"),
        arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
        environment: Vec::new(),
    };
    invocation.run().await
}

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=n", "-c", "user.email=n@example.org"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{arguments:?}: {done:?}");
}

/// The ids of those who have a number, or have none.
async fn people(folder: &Path, with_number: bool, arguments: &[&str]) -> BTreeSet<String> {
    let listed = run(folder, &[&["users", "list"], arguments].concat()).await;
    let items = listed.exits(0).items();
    let wanted = items
        .iter()
        .filter(|item| item["number"].is_null() != with_number);
    wanted
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn rules_changed_in_the_folder_of_a_demonstration_come_into_force_when_they_are_merged() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("northwind");
    let service = Service::demo(&folder, home.path().join("log")).await;
    let commit = async || service.get("/rules").await["commit"].clone();
    let first = commit().await;
    assert!(first.is_string(), "{first}");
    let waiting = people(&folder, false, &["--note", "no-range"]).await;
    let rules = folder.join("rules");
    git(&rules, &["worktree", "add", "-b", "change", "../change"]);
    let file = folder.join("change/offices.rules");
    let text = std::fs::read_to_string(&file).expect("rules");
    let changed = text.replace(" AND NOT (department = \"Legal\")", "");
    assert_ne!(text, changed, "the README takes this out");
    std::fs::write(&file, changed).expect("written");
    let change = folder.join("change").display().to_string();
    run(&folder, &["rules", "check", &change]).await.exits(0);
    git(
        &folder.join("change"),
        &["commit", "--all", "-m", "Numbers for the lawyers of Paris"],
    );
    assert_eq!(
        commit().await,
        first,
        "what is committed elsewhere is not in force"
    );
    git(&rules, &["merge", "--ff-only", "change"]);
    service
        .until("the merged rules", async || {
            (commit().await != first).then_some(())
        })
        .await;
    let served = service
        .until("numbers for the lawyers", async || {
            let served = people(&folder, true, &[]).await;
            (served.intersection(&waiting).count() > 0).then_some(served)
        })
        .await;
    assert!(served.len() > 300, "{}", served.len());
    let log = service.stop().await;
    assert!(log.contains("The rules lie in"), "{log}");
    assert!(rules.join("offices.rules").is_file(), "the rules stay");
    let configuration = std::fs::read_to_string(folder.join("linekeeper.toml")).expect("it stays");
    let database = configuration
        .lines()
        .find_map(|line| line.strip_prefix("url = \"sqlite:"));
    let database = database.expect("a database").trim_end_matches('"');
    assert!(!Path::new(database).exists(), "the database is temporary");
}
