//! Files as people and spreadsheets leave them: what is said of each stands beside it in a file of the same name that
//! ends in `.out`, and what is wrong changes nothing. `LINEKEEPER_REFRESH=1` writes those anew.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

on_both_engines!(files_of_numbers, files_of_pins);

/// An office, and a range with numbers that are set aside and one that is never given.
const RULES: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
range "vip" {
  type       direct-routing
  numbers    +49 89 5550 2000 to 2009
  never      +49 89 5550 2001
  reserve    +49 89 5550 2002 to 2009
  quarantine 30 days
}
"#;

/// Four people with numbers; two of them have the same employee id.
async fn office(database: &Database) -> Scenario {
    let with = |name: &str, id: &str| (name.to_owned(), json!({ "employeeId": id }));
    let people = [
        with("anna", "e-anna"),
        with("bert", "e-bert"),
        with("carl", "e-carl"),
        with("dora", "e-same"),
        with("emil", "e-same"),
    ];
    let tenant = people
        .iter()
        .fold(Tenant::default(), |tenant, (name, more)| {
            let city = if name == "emil" { "Bonn" } else { "München" };
            tenant.person_with(name, city, &[E5], more.clone())
        });
    let story = Scenario::new(database, tenant, RULES).await;
    story.change(
        "bert",
        json!({"userPrincipalName": "bert-once@contoso.example"}),
    );
    story.sync(0).await;
    story.change("bert", json!({"userPrincipalName": "bert@contoso.example"}));
    story.sync(0).await;
    story
}

async fn files_of_numbers(database: &Database) {
    corpus(database, "numbers", &["numbers", "import"]).await;
}

async fn files_of_pins(database: &Database) {
    corpus(database, "pins", &["users", "pin", "--file"]).await;
}

fn folder(theme: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/csv")
        .join(theme)
}

async fn corpus(database: &Database, theme: &str, command: &[&str]) {
    let story = office(database).await;
    let mut files: Vec<PathBuf> = fs::read_dir(folder(theme))
        .expect("the corpus")
        .map(|file| file.expect("a file").path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "csv"))
        .collect();
    files.sort();
    assert!(files.len() > 5, "the corpus was not found: {files:?}");
    let before = everything(&story).await;
    let mut wrong = Vec::new();
    for file in files {
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        let path = file.display().to_string();
        let arguments = [command, &[&path]].concat();
        let preview = [&arguments[..], &["--preview"]].concat();
        let run = story.invocation(&preview).in_text().run().await;
        let code = if name.starts_with("odd-") { 0 } else { 1 };
        run.exits(code);
        if code == 1 {
            // The same without the preview.
            let real = story.run(&arguments).await;
            real.exits(1)
                .has("/changed", false)
                .says(&["nothing was changed"]);
            assert_ne!(real.report()["errors"], json!([]), "{real}");
        }
        wrong.extend(compared(&file, &told(&run, &file)));
    }
    assert_eq!(everything(&story).await, before, "nothing was to change");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    story.ends().await;
}

/// Numbers, people and the trail.
async fn everything(story: &Scenario) -> [String; 2] {
    let numbers = story.run(&["numbers", "export"]).await;
    let users = story.run(&["users", "list"]).await;
    [numbers.exits(0).text(), users.exits(0).text()]
}

fn told(run: &Run, file: &Path) -> String {
    let folder = format!("{}/", file.parent().expect("a folder").display());
    let told = format!(
        "exit code {}\n--- standard output\n{}--- standard error\n{}",
        run.code(),
        run.text(),
        run.log()
    );
    let lines = told.lines().map(str::trim_end);
    lines.collect::<Vec<_>>().join("\n").replace(&folder, "") + "\n"
}

fn compared(file: &Path, told: &str) -> Option<String> {
    let expected = file.with_extension("out");
    if std::env::var_os("LINEKEEPER_REFRESH").is_some() {
        fs::write(&expected, told).expect("a writable file");
        return None;
    }
    let stands = fs::read_to_string(&expected).unwrap_or_default();
    let differs = format!(
        "{}\n--- stands\n{stands}\n--- is told\n{told}",
        file.display()
    );
    (stands != told).then_some(differs)
}
