//! Many tenants due at the same minute, two of them in trouble.

use super::MUNICH;
use crate::harness::database::Database;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use linekeeper::clock::SystemClock;
use linekeeper::simulator::{Options, Simulator};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TENANTS: usize = 300;

/// A tenant of its own, with two people and a hundred numbers.
async fn simulator() -> Simulator {
    let tenant = Tenant::default().people("user", 2, "München", &[E5]);
    let clock = Arc::new(SystemClock::default());
    Simulator::on_free_port(tenant.build().0, Options::default(), clock)
        .await
        .expect("a free port")
}

/// Rules with numbers of this tenant's own.
fn rules(story: &Scenario, n: usize) -> String {
    let folder = story.folder().join(format!("rules-{n}"));
    std::fs::create_dir(&folder).expect("a folder");
    let numbers = MUNICH.replace(
        "5550 1000 to 1099",
        &format!("{} to {}", 1_000_000 + n * 100, 1_000_099 + n * 100),
    );
    std::fs::write(folder.join("a.rules"), numbers).expect("a file");
    folder.display().to_string()
}

fn configured(story: &Scenario, simulator: &Simulator, n: usize) -> String {
    let (origin, rules) = (simulator.origin(), rules(story, n));
    format!(
        "[[tenant]]\nname = \"t{n}\"\ntenant_id = \"00000000-0000-4000-b000-{n:012}\"\nclient_id = \"linekeeper\"\n\
         client_secret_file = \"secret\"\ngraph_url = \"{origin}/v1.0\"\nlogin_url = \"{origin}\"\nrules_path = \"{rules}\"\n"
    )
}

/// The most memory the process has had, in megabytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("a number") / 1024
}

#[tokio::test]
async fn two_in_trouble_do_not_hold_up_three_hundred() {
    let database = Database::sqlite();
    let story = Scenario::new(
        &database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    let simulators = futures::future::join_all((0..TENANTS).map(|_| simulator())).await;
    let throttled = json!({"times": 1_000_000, "do": {"status": 429, "retry_after": "3600"}});
    let hanging = json!({"match": {"path_contains": "users/delta"}, "times": 1_000_000, "do": {"delay": "1h"}});
    for (at, fault) in [(0, &throttled), (1, &hanging)] {
        let (status, answer) = simulators[at].control("POST", "/_sim/faults", fault);
        assert!(status < 300, "{answer}");
    }
    let tenants: Vec<String> = simulators
        .iter()
        .enumerate()
        .map(|(n, s)| configured(&story, s, n))
        .collect();
    let head = "mode = \"apply\"\n[schedule]\nspread = \"0s\"\ncron = \"0 0 0 1 1 *\"\nfull_cron = \"0 0 0 1 1 *\"";
    story.configure(head, &tenants.concat());
    let begun = Instant::now();
    let service = story.serve().await;
    let served = |simulator: &Simulator| {
        let (_, state) = simulator.control("GET", "/_sim/state", &Value::Null);
        let numbers = state["numbers"].as_object().expect("numbers").values();
        numbers
            .filter(|number| number["holder"].is_string())
            .count()
            == 2
    };
    let all = async || simulators[2..].iter().all(served).then_some(());
    while all().await.is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(240),
            "the log:\n{}",
            service.log()
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let took = begun.elapsed();
    let peak = peak(service.process());
    assert!(peak < 400, "{peak} MB after {took:?}");
    assert!(
        !served(&simulators[0]) && !served(&simulators[1]),
        "they are still in trouble"
    );
    let ready = service.ask("GET", "/readyz", Value::Null).await;
    ready.is(200);
    let tenants = service.get("/tenants?limit=1000").await;
    assert_eq!(tenants["items"].as_array().map(Vec::len), Some(TENANTS + 1));
    service.kill().await;
}
