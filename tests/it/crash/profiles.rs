//! Profiles of guests written from a file, killed before and after the first one arrives: the journal is settled, and
//! the file brought once more writes what is missing and nothing twice.

use super::gate::Held;
use super::verdict;
use crate::harness::crash::{Bench, id};
use crate::harness::database::Database;
use serde_json::{Value, json};
use std::io::Write as _;

const GUESTS: std::ops::Range<u32> = 50..53;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn profiles_written_from_a_file() {
    for held in [Held::Before, Held::After] {
        let database = Database::sqlite();
        killed(&database, held).await;
        database.remove().await;
        let database = Database::postgres().await;
        killed(&database, held).await;
        database.remove().await;
    }
}

async fn killed(database: &Database, held: Held) {
    let bench = Bench::new(database, 1).await;
    for n in GUESTS {
        bench.control("POST", "/_sim/users", guest(n));
    }
    let first = bench.run(&["sync"]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "user,number").expect("a file");
    for n in GUESTS {
        writeln!(file, "user{n}@contoso.example,+498955501{}", n - 30).expect("a file");
    }
    let file = file.path().display().to_string();
    let bring = ["users", "pin", "--file", &file, "--profile-only"];
    bench.gate.hold_first("PATCH", held);
    let mut running = bench.spawn(&bring);
    assert!(bench.gate.catches(&mut running).await, "nothing was held");
    running.kill().await;
    verdict::settle(&bench).await;
    let open = bench
        .count("SELECT COUNT(*) FROM journal WHERE ended IS NULL")
        .await;
    assert_eq!(open, 0, "the journal is settled");
    bench.gate.hold(None);
    let again = bench.run(&bring).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    let written = bench.gate.passed();
    let written = written
        .iter()
        .filter(|request| request.starts_with("PATCH"))
        .count();
    assert!(
        (1..=3).contains(&written),
        "{written} profiles were written again"
    );
    verdict::settle(&bench).await;
    bench.gate.hold(None);
    let last = bench.run(&bring).await;
    assert_eq!(
        (last.code, &last.report["unchanged"]),
        (Some(0), &json!(3)),
        "{last:?}"
    );
    assert!(
        !bench
            .gate
            .passed()
            .iter()
            .any(|request| request.starts_with("PATCH"))
    );
}

fn guest(n: u32) -> Value {
    json!({
        "id": id(n), "userPrincipalName": format!("user{n}@contoso.example"), "displayName": format!("Guest {n}"),
        "usageLocation": "DE", "accountEnabled": true, "userType": "Guest", "businessPhones": [],
        "assignedLicenses": [], "assignedPlans": [],
    })
}
