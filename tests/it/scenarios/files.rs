//! Numbers and pins from files, and back into files.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

on_both_engines!(
    a_file_sets_numbers_aside_and_lets_them_go,
    an_export_reads_back_without_any_change,
    wrong_rows_can_be_left_out,
    two_files_at_once_are_one_after_the_other,
    templates_need_nothing_and_standard_input_is_a_file,
);

pub(super) fn town(names: &[&str]) -> Tenant {
    names.iter().fold(Tenant::default(), |tenant, name| {
        tenant.person(name, "München", &[E5])
    })
}

/// Brings a file; it must end with this code.
pub(super) async fn brings(
    story: &Scenario,
    command: &[&str],
    text: &str,
    more: &[&str],
    code: i32,
) -> Run {
    story.write("rows.csv", text);
    let file = story.folder().join("rows.csv").display().to_string();
    let run = story.run(&[command, &[&file], more].concat()).await;
    run.exits(code);
    run
}

const IMPORT: [&str; 2] = ["numbers", "import"];

async fn export(story: &Scenario, more: &[&str]) -> String {
    story.text(&[&["numbers", "export"], more].concat()).await
}

async fn a_file_sets_numbers_aside_and_lets_them_go(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna"]), MUNICH).await;
    let rows = "number,state,until,reason\n+49 89 5550 1000,reserved,,board\n+498955501001,quarantined,2100-01-01,\n";
    brings(&story, &IMPORT, rows, &["--preview"], 0)
        .await
        .has("/changed", false)
        .has("/new_matches", 2);
    story.number("+498955501000", "free").await;
    brings(&story, &IMPORT, rows, &[], 0)
        .await
        .has("/changed", true)
        .has("/rows", 2)
        .has("/new_matches", 2)
        .has("/rows_without_user", 2)
        .has("/total_after", 2);
    story.number("+498955501000", "reserved").await;
    story.number("+498955501001", "quarantined").await;
    // A second time there is nothing to do.
    brings(&story, &IMPORT, rows, &[], 0)
        .await
        .has("/changed", false)
        .has("/unchanged", 2)
        .has("/total_after", 2);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501002 rule succeeded"]);
    let more = "number,state,until,reason\n+498955501000,free,,\n+498955501003,reserved,2100-01-01,\n+498955501002,assigned,,\n";
    brings(&story, &IMPORT, more, &[], 0)
        .await
        .has("/to_remove", 1)
        .has("/new_matches", 1)
        .has("/unchanged", 1)
        .has("/total_after", 2)
        .has("/users_without_row", 0);
    story.number("+498955501000", "free").await;
    story.joins("bert", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501000 rule succeeded"]);
    story.ends().await;
}

async fn an_export_reads_back_without_any_change(database: &Database) {
    let rules = format!(
        "{MUNICH}\nrange \"vip\" {{ type direct-routing numbers +49 89 5550 2000 to 2003 never +49 89 5550 2001 \
         reserve +49 89 5550 2002 quarantine 0 days }}\n\
         range \"oc\" {{ type operator-connect country \"DE\" numbers +49 89 5550 3000 to 3001 quarantine 0 days }}"
    );
    let story = Scenario::new(database, town(&["anna", "bert", "carl"]), &rules).await;
    story.sync(0).await;
    story.release("carl", &[], 0).await;
    let reason = "=1+1, \"said\" anna;\n'x' \u{fc}";
    story
        .numbers("reserve", "+498955501007", &["--reason", reason], 0)
        .await;
    story
        .numbers("reserve", "+498955501008", &["--until", "2100-01-01"], 0)
        .await;
    story
        .numbers("rest", "+498955501009", &["--until", "2100-01-01"], 0)
        .await;
    story.users("pin", "carl", &["+498955502000"], 0).await;
    let whole = export(&story, &[]).await;
    assert_eq!(
        whole.lines().next(),
        Some("number,state,until,reason,range,type,user_id,upn,since")
    );
    // No cell begins as a formula does.
    let begins =
        |sign: char| whole.contains(&format!("\n{sign}")) || whole.contains(&format!(",{sign}"));
    assert!(!['=', '+', '-', '@'].into_iter().any(begins), "{whole}");
    let states: Vec<&str> = [
        "assigned",
        "free",
        "quarantined",
        "reserved",
        "never",
        "absent",
    ]
    .into_iter()
    .filter(|state| !whole.contains(&format!(",{state},")))
    .collect();
    assert!(states.is_empty(), "{states:?} are not in {whole}");
    let back = brings(&story, &IMPORT, &whole, &[], 0).await;
    back.has("/changed", false)
        .has("/rows", 16)
        .has("/unchanged", 16);
    // The same through the spreadsheet of somebody who separates with semicolons.
    let file = story.folder().join("out.csv").display().to_string();
    story
        .run(&["numbers", "export", &file])
        .await
        .exits(0)
        .has("/rows", 16);
    let of_file = std::fs::read_to_string(&file).expect("the export");
    assert_eq!(of_file, whole);
    let one = export(&story, &["--range", "vip"]).await;
    assert_eq!(one.lines().count(), 5, "{one}");
    let items = story.run(&["numbers", "export"]).await.items();
    let set_aside = items
        .iter()
        .find(|item| item["number"] == "+498955501007")
        .expect("it is there");
    assert_eq!(set_aside["reason"], reason);
    let history = export(&story, &["--history"]).await;
    let head = "number,from,to,user_id,upn,range,type,origin,reason,why,sync_id,plan_id,rule_commit,end_reason,end_sync_id";
    assert_eq!(history.lines().next(), Some(head));
    assert_eq!(history.lines().count(), 4, "{history}");
    assert!(history.contains(",manual,"), "{history}");
    assert_eq!(
        export(&story, &["--history", "--range", "vip"])
            .await
            .lines()
            .count(),
        1
    );
    let nowhere = story
        .run(&["numbers", "export", "--range", "nowhere"])
        .await;
    nowhere.exits(1).says(&["no range is called `nowhere`"]);
    story.sync(0).await;
    story.ends().await;
}

async fn wrong_rows_can_be_left_out(database: &Database) {
    let story = Scenario::new(database, town(&["anna"]), MUNICH).await;
    story.sync(0).await;
    let rows = "number,state\n+498955501005,reserved\n+498955507777,reserved\n+498955501006,reserved\n4.98955E+11,free\n\
                +498955501005,free\n+498955501000,free\n";
    let refused = brings(&story, &IMPORT, rows, &[], 1).await;
    refused.has("/wrong_rows", 4).has("/changed", false);
    refused.says(&[
        "4 of 6 rows are wrong",
        "nothing was changed",
        "--skip-invalid",
    ]);
    story.number("+498955501005", "free").await;
    let errors = refused.report()["errors"].clone();
    let lines: Vec<&Value> = errors
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| &e["line"])
        .collect();
    assert_eq!(lines, [3, 5, 6, 7], "{errors}");
    let taken = brings(&story, &IMPORT, rows, &["--skip-invalid"], 0).await;
    taken
        .has("/wrong_rows", 4)
        .has("/new_matches", 2)
        .has("/changed", true);
    story.number("+498955501005", "reserved").await;
    story.number("+498955501006", "reserved").await;
    // A file without a head of its own is no file, whatever is left out.
    brings(
        &story,
        &IMPORT,
        "+498955501007,reserved\n",
        &["--skip-invalid"],
        1,
    )
    .await
    .says(&["cannot be used; nothing was changed"]);
    story.sync(0).await;
    story.ends().await;
}

async fn two_files_at_once_are_one_after_the_other(database: &Database) {
    let story = Scenario::new(database, town(&["anna"]), MUNICH).await;
    story.sync(0).await;
    let rows = |reason: &str| {
        let row = |n: u32| format!("+49895550100{n},reserved,,{reason}\n");
        format!(
            "number,state,until,reason\n{}",
            (1..10).map(row).collect::<String>()
        )
    };
    let file = |name: &str| story.folder().join(name).display().to_string();
    story.write("one.csv", &rows("one"));
    story.write("two.csv", &rows("two"));
    let (one, two) = (file("one.csv"), file("two.csv"));
    let (one, two) = (["numbers", "import", &one], ["numbers", "import", &two]);
    for _ in 0..3 {
        let (one, two) = tokio::join!(story.run(&one), story.run(&two));
        one.exits(0);
        two.exits(0);
        let whole = export(&story, &[]).await;
        let (ones, twos) = (
            whole.matches(",one,").count(),
            whole.matches(",two,").count(),
        );
        assert!((ones, twos) == (9, 0) || (ones, twos) == (0, 9), "{whole}");
    }
    story.sync(0).await;
    story.ends().await;
}

/// Runs the program with a text as its standard input.
async fn with_input(story: &Scenario, arguments: &[&str], input: String) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linekeeper"));
    command
        .arg("--config")
        .arg(story.folder().join("linekeeper.toml"))
        .args(["--output", "json"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let run = move || {
        let mut child = command.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(input.as_bytes()).expect("it reads");
        drop(pipe);
        child.wait_with_output().expect("an end")
    };
    let output = tokio::task::spawn_blocking(run).await.expect("no panic");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), told)
}

async fn templates_need_nothing_and_standard_input_is_a_file(database: &Database) {
    let story = Scenario::new(database, town(&["anna"]), MUNICH).await;
    story.sync(0).await;
    for (command, head) in [
        (
            &["numbers", "import", "--template"][..],
            "number,state,until,reason\r\n'+49",
        ),
        (
            &["users", "pin", "--template"],
            "user,number\r\nanna@contoso.com,'+49",
        ),
    ] {
        let mut bare = story.invocation(command);
        bare.config = story.folder().join("there-is-no-such-file.toml");
        let template = bare.run().await;
        assert!(template.exits(0).text().starts_with(head), "{template}");
    }
    // What the template shows is understood, but for its number, which is nobody's here.
    let template = story.text(&["numbers", "import", "--template"]).await;
    let rows = template.replace("+498955501000", "+498955501003");
    let rows = rows.replace("2026-12-31", "2100-12-31");
    let (code, told) = with_input(&story, &["numbers", "import", "-"], rows).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("\"new_matches\":1"), "{told}");
    story.number("+498955501003", "reserved").await;
    let nowhere = story.run(&["numbers", "import", "/nowhere/x.csv"]).await;
    nowhere.exits(1).says(&["/nowhere/x.csv cannot be read"]);
    story.run(&["numbers", "import"]).await.exits(2);
    story.run(&["users", "pin", "--preview"]).await.exits(2);
    story
        .run(&["users", "pin", "anna@contoso.example"])
        .await
        .exits(2);
    story.sync(0).await;
    story.ends().await;
}
