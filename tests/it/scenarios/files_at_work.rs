//! Files that are large, and programs that are killed over them.

#![expect(
    clippy::print_stderr,
    reason = "the peaks of memory are told to whoever runs this alone"
)]

use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

on_both_engines!(a_killed_import_has_set_everything_or_nothing);

/// Numbers enough that the write lasts a while.
const MANY: u32 = 20_000;

/// What half a million rows may take, in megabytes.
const MOST: u64 = 160;

const HALF_A_MILLION: u32 = 500_000;

fn rules(numbers: u32) -> String {
    format!(
        "range \"muc\" {{ type direct-routing numbers +49 89 5550 000000 to {:06} quarantine 30 days when city = \"München\" }}",
        numbers - 1
    )
}

async fn story(database: &Database, numbers: u32) -> Scenario {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, tenant, &rules(numbers)).await;
    story.sync(0).await;
    story
}

/// A file that sets all numbers but the first, which somebody has.
fn file(story: &Scenario, numbers: u32, state: &str) -> PathBuf {
    let mut rows = String::from("number,state,until,reason\n");
    for n in 1..numbers {
        writeln!(rows, "+49895550{n:06},{state},,shelf {}", n % 1000).expect("memory");
    }
    let name = format!("{state}.csv");
    story.write(&name, &rows);
    story.folder().join(name)
}

fn start(story: &Scenario, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_linekeeper"))
        .arg("--config")
        .arg(story.folder().join("linekeeper.toml"))
        .args(["--output", "json"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

async fn set_aside(story: &Scenario) -> usize {
    let whole = story.text(&["numbers", "export"]).await;
    whole.matches(",reserved,").count()
}

async fn a_killed_import_has_set_everything_or_nothing(database: &Database) {
    let story = story(database, MANY).await;
    let (aside, free) = (file(&story, MANY, "reserved"), file(&story, MANY, "free"));
    let (aside, free) = (aside.display().to_string(), free.display().to_string());
    let all = MANY as usize - 1;
    // How long it takes undisturbed.
    let began = Instant::now();
    story.run(&["numbers", "import", &aside]).await.exits(0);
    let whole = began.elapsed();
    assert_eq!(set_aside(&story).await, all);
    let mut there = all;
    for tenth in [2, 4, 6, 7, 8, 9] {
        let next = if there == all { &free } else { &aside };
        let mut child = start(&story, &["numbers", "import", next]);
        tokio::time::sleep(whole * tenth / 10).await;
        let over = child.try_wait().expect("it can be asked").is_some();
        child.kill().expect("it can be killed");
        tokio::task::spawn_blocking(move || child.wait())
            .await
            .expect("waits")
            .expect("ends");
        let now = set_aside(&story).await;
        assert!(
            now == 0 || now == all,
            "{now} of {all} are set aside after {tenth} tenths"
        );
        assert!(
            !over || now != there,
            "a file that was brought to its end changed nothing"
        );
        there = now;
    }
    let records = story.run(&["numbers", "import", &aside]).await;
    records.exits(0).has("/wrong_rows", 0);
    assert_eq!(set_aside(&story).await, all);
    story.sync(0).await;
    story.ends().await;
}

/// The most memory a process has had by its end, in megabytes.
async fn peak(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or_default() / 1024);
        if let Some(ended) = child.try_wait().expect("it can be asked") {
            assert!(ended.success(), "{ended}");
            return peak;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// On SQLite only: what is measured is this program, and it is the same for both.
#[tokio::test]
async fn half_a_million_rows_need_no_more_memory_than_a_few_megabytes() {
    let database = Database::sqlite();
    let story = story(&database, HALF_A_MILLION).await;
    let inventory = story.folder().join("inventory.csv").display().to_string();
    let out = peak(start(&story, &["numbers", "export", &inventory])).await;
    let rows = std::fs::read_to_string(&inventory)
        .expect("the export")
        .lines()
        .count();
    assert_eq!(rows, HALF_A_MILLION as usize + 1);
    let back = peak(start(&story, &["numbers", "import", &inventory])).await;
    let aside = file(&story, HALF_A_MILLION, "reserved")
        .display()
        .to_string();
    let set = peak(start(&story, &["numbers", "import", &aside])).await;
    let again = peak(start(&story, &["numbers", "export", &inventory])).await;
    eprintln!(
        "peaks in MB: export {out}, import of it {back}, reservations {set}, export of them {again}"
    );
    assert!(
        out.max(back).max(set).max(again) < MOST,
        "{out}, {back}, {set}, {again} MB"
    );
    database.remove().await;
}
