//! Rules that are a branch of a git repository.

use super::{ASKED_ONLY, MUNICH};
use crate::harness::database::Database;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository that rules are pushed to.
struct Repository(PathBuf);

impl Repository {
    fn new(story: &Scenario) -> Self {
        let folder = story.folder().join("team");
        std::fs::create_dir_all(folder.join("rules")).expect("a folder");
        let repository = Self(folder);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.0, arguments)
    }

    /// Other rules, committed; answers the commit.
    fn commit(&self, rules: &str) -> String {
        std::fs::write(self.0.join("rules/offices.rules"), rules).expect("a file");
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "rules"]);
        self.git(&["rev-parse", "HEAD"])
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "user.name=n",
            "-c",
            "user.email=n@example.org",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A story whose rules are on the branch `main`; nothing is fetched by itself but once a second.
async fn story(database: &Database) -> (Scenario, Repository) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("carl", "Köln", &[E5]);
    let story = Scenario::new(database, tenant, "not read").await;
    let repository = Repository::new(&story);
    configure(&story, "team", "");
    (story, repository)
}

fn configure(story: &Scenario, repository: &str, more: &str) {
    let rules = format!("[rules]\nrepository = \"{repository}\"\npoll = \"1s\"\n{more}");
    story.configure(&format!("{ASKED_ONLY}\n{rules}"), "");
}

fn with_cologne() -> String {
    let cologne = MUNICH
        .replace("muc", "cgn")
        .replace("+49 89 5550", "+49 221 5550")
        .replace("München", "Köln");
    format!("{MUNICH}\n{cologne}")
}

#[tokio::test]
async fn a_branch_is_taken_up_as_it_is_pushed_and_kept_while_it_is_broken() {
    let database = Database::sqlite();
    let (story, repository) = story(&database).await;
    let (code, log) = story.serve_anyhow().exit().await;
    assert_eq!(code, 3, "{log}");
    assert!(log.contains("the branch `main` of"), "no commit yet: {log}");
    let first = repository.commit(MUNICH);
    let service = story.serve().await;
    let ended = service.sync().await;
    assert_eq!(ended["rules"]["commit"], json!(first), "{ended}");
    assert_eq!(ended["rules"]["dirty"], false);
    std::fs::write(repository.0.join("rules/offices.rules"), "half writ").expect("a file");
    assert_eq!(
        service.sync().await["status"],
        "succeeded",
        "what is not committed does not count"
    );
    let second = repository.commit(&with_cologne());
    let what = "carl by the pushed rules";
    service
        .until(what, async || (story.held().len() == 2).then_some(()))
        .await;
    let syncs = service.get("/syncs").await;
    assert_eq!(syncs["items"][0]["trigger"], "rules", "{syncs}");
    assert_eq!(syncs["items"][0]["rules"]["commit"], json!(second));
    repository.commit("range \"muc\" {");
    service.logs("the newest rules cannot be used").await;
    let reload = service
        .ask("POST", "/api/v1/rules/reload", Value::Null)
        .await;
    assert!(
        reload.is(409).text.contains("rules/offices.rules:1:"),
        "{reload:?}"
    );
    assert_eq!(service.get("/rules").await["commit"], json!(second));
    service.stop().await;
    // A bad push is no reason not to start again.
    let service = story.serve().await;
    assert_eq!(service.get("/rules").await["commit"], json!(second));
    assert_eq!(service.sync().await["changes"], json!([]));
    let third = repository.commit(MUNICH);
    service
        .ask("POST", "/api/v1/rules/reload", Value::Null)
        .await
        .is(200);
    assert_eq!(service.get("/rules").await["commit"], json!(third));
    service.stop().await;
}

#[tokio::test]
async fn the_status_tells_what_lies_there_and_what_decides() {
    let database = Database::sqlite();
    let (story, repository) = story(&database).await;
    let first = repository.commit(MUNICH);
    let status = async |code: i32| {
        let run = story.run(&["rules", "status"]).await;
        run.exits(code);
        run.items()[0].clone()
    };
    let before = status(0).await;
    assert_eq!(before["newest"]["commit"], json!(first), "{before}");
    assert!(before["newest"]["authored"].is_string(), "{before}");
    assert_eq!(
        (&before["active"], &before["pending"]),
        (&Value::Null, &json!(true))
    );
    story.sync(0).await;
    let decided = status(0).await;
    assert_eq!(decided["active"]["digest"], decided["newest"]["digest"]);
    assert_eq!(decided["pending"], false, "{decided}");
    let since = decided["active"]["since"].clone();
    story.sync(0).await;
    let second = repository.commit(&with_cologne());
    let newer = status(0).await;
    assert_eq!(newer["newest"]["commit"], json!(second), "{newer}");
    assert_eq!(newer["active"]["commit"], json!(first), "{newer}");
    assert_eq!(
        (&newer["active"]["since"], &newer["pending"]),
        (&since, &json!(true))
    );
    repository.commit("range \"muc\" {");
    let broken = status(3).await;
    assert_eq!(broken["newest"], Value::Null, "{broken}");
    assert_eq!(
        broken["errors"][0]["file"]
            .as_str()
            .map(|file| file.ends_with("offices.rules")),
        Some(true)
    );
    assert_eq!(
        broken["active"]["commit"],
        json!(first),
        "the last sync decided by it"
    );
    // What is broken now does not keep older revisions from being compared.
    let diff = story.run(&["rules", "diff", "HEAD~2", "HEAD~1"]).await;
    diff.exits(0).has("/differs", true);
    assert_eq!(diff.report()["old"]["commit"], json!(first), "{diff}");
    let shown = story.invocation(&["rules", "status"]).in_text().run().await;
    shown.exits(3);
    assert!(
        shown
            .to_string()
            .contains(&format!("active  commit {}", &first[..12])),
        "{shown}"
    );
}

#[tokio::test]
async fn a_history_that_was_rewritten_is_taken_up_only_when_that_is_allowed() {
    let database = Database::sqlite();
    let (story, repository) = story(&database).await;
    repository.commit(MUNICH);
    let second = repository.commit(&with_cologne());
    let service = story.serve().await;
    repository.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let other = repository.commit(&MUNICH.replace("1099", "1098"));
    service.logs("the newest rules cannot be used").await;
    let rules = service.get("/rules").await;
    assert_eq!(rules["commit"], json!(second), "{rules}");
    let problem = rules["problem"]["text"].as_str().expect("a problem");
    assert!(
        problem.contains("was rewritten") && problem.contains(&other[..12]),
        "{problem}"
    );
    configure(&story, "team", "allow_rewrite = true");
    service.signal("HUP");
    service.logs("the configuration was read again").await;
    service
        .until("the other history", async || {
            (service.get("/rules").await["commit"] == json!(other)).then_some(())
        })
        .await;
    service.stop().await;
}

#[tokio::test]
async fn a_repository_that_is_gone_stops_nobody_who_has_its_rules() {
    let database = Database::sqlite();
    let (story, repository) = story(&database).await;
    let first = repository.commit(MUNICH);
    let moved = repository.0.with_file_name("moved");
    std::fs::rename(&repository.0, &moved).expect("moved");
    let never = story.run(&["sync"]).await;
    never.exits(3).says(&["could not be fetched"]);
    std::fs::rename(&moved, &repository.0).expect("moved");
    story.sync(0).await;
    std::fs::rename(&repository.0, &moved).expect("moved");
    let kept = story.sync(0).await;
    kept.says(&["the rules could not be fetched; those fetched last are used"]);
    assert_eq!(kept.report()["rules"]["commit"], json!(first));
    let service = story.serve().await;
    service.logs("the newest rules cannot be used").await;
    assert_eq!(service.sync().await["changes"], json!([]));
    std::fs::rename(&moved, &repository.0).expect("moved");
    service.logs("the newest rules are in use again").await;
    service.stop().await;
}

#[tokio::test]
async fn a_repository_is_read_over_http_too() {
    let database = Database::sqlite();
    let (story, repository) = story(&database).await;
    let first = repository.commit(MUNICH);
    let bare = story.folder().join("bare.git");
    let bare = bare.to_str().expect("text");
    repository.git(&["clone", "--quiet", "--bare", ".", bare]);
    git(Path::new(bare), &["update-server-info"]);
    let root = PathBuf::from(bare);
    let file = axum::routing::get(
        async move |axum::extract::Path(path): axum::extract::Path<String>| {
            std::fs::read(root.join(path)).map_err(|_| axum::http::StatusCode::NOT_FOUND)
        },
    );
    let routes = axum::Router::new().route("/rules.git/{*path}", file);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    configure(&story, &format!("http://{address}/rules.git"), "");
    let synced = story.sync(0).await;
    assert_eq!(synced.report()["rules"]["commit"], json!(first));
    let checked = story.run(&["rules", "check"]).await;
    checked.exits(0);
    assert_eq!(checked.report()["errors"], json!([]));
    story.teams(&["+498955501000 anna"]);
}
