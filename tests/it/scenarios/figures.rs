//! What the metrics show of a tenant after its syncs.

use super::ONE_NUMBER;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use linekeeper::app::{self, App};
use linekeeper::config::{Sources, load};
use linekeeper::telemetry::TenantFigures;
use linekeeper::views::TenantView;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

on_both_engines!(
    stock_waiting_people_and_brakes_are_shown,
    a_service_shows_them_to_prometheus,
);

pub(super) async fn figures(story: &Scenario) -> TenantFigures {
    let sources = Sources {
        file: None,
        folder: story.folder().to_owned(),
        environment: Vec::new(),
    };
    let config = load(&sources).expect("a valid configuration");
    let app = App::open(config).await.expect("the database opens");
    let records = app.records(&app.config.tenants[0]).await;
    let records = records.expect("the tenant's records");
    let view = TenantView::new(
        Arc::clone(&records.store),
        records.rulebook,
        records.settings,
        Arc::clone(&app.clock),
    );
    let figures = app::figures(&view, &records.store, app.clock.now()).await;
    app.store.close().await;
    figures.expect("readable records")
}

/// One number, two people: the second waits until there is another.
async fn stock_waiting_people_and_brakes_are_shown(database: &Database) {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, ONE_NUMBER).await;
    assert_eq!(figures(&story).await.delta_link, None);
    story.sync(0).await;
    let shown = figures(&story).await;
    assert_eq!(shown.tenant, "contoso");
    assert_eq!(shown.numbers["muc"]["assigned"], 1);
    assert_eq!(shown.numbers["muc"].values().sum::<u64>(), 1);
    assert_eq!(shown.waiting, 1);
    assert_eq!(shown.notes["exhausted"], 1);
    assert_eq!(shown.brake_assignments, 1);
    assert!(shown.delta_link.is_some());
    assert!(!shown.held && !shown.paused && shown.suspended.is_empty());
    // Every release needs approval: the next one is held.
    story.switch(super::keep());
    story.configure("mode = \"apply\"\n[safety]\nmax_releases = 0", "");
    story.unlicense("anna", E5);
    story.sync(5).await;
    assert!(figures(&story).await.held);
}

/// The service as a process, killed when the test is over.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts `serve` on a free port and answers where it listens, by its log.
fn serve(config: &Path) -> (Serving, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
        .env_remove("LINEKEEPER_LOG")
        .arg("--config")
        .arg(config)
        .args(["--output=json", "serve"])
        .stderr(Stdio::piped())
        .spawn();
    let mut serving = Serving(child.expect("the binary starts"));
    let log = serving.0.stderr.take().expect("a pipe");
    let (tell, address) = mpsc::channel();
    // Reads on to the end, so that the service never waits for its log to be read.
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            let line: Value = serde_json::from_str(&line).expect("JSON");
            if line["message"] == "serving" {
                let address = line["address"].as_str().unwrap_or_default().to_owned();
                drop(tell.send(address));
            }
        }
    });
    let address = address.recv_timeout(Duration::from_secs(20));
    (serving, address.expect("it says where it listens"))
}

/// The figures of the service, once they say this.
async fn metrics_with(address: &str, line: &str) -> String {
    for _ in 0..200 {
        let answer = reqwest::get(format!("http://{address}/metrics")).await;
        let text = answer.expect("an answer").text().await.expect("a text");
        if text.lines().any(|l| l == line) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("`{line}` never appeared");
}

async fn a_service_shows_them_to_prometheus(database: &Database) {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, tenant, ONE_NUMBER).await;
    story.configure("mode = \"apply\"\n[server]\nlisten = \"127.0.0.1:0\"", "");
    let config = story.folder().join("linekeeper.toml");
    let served = tokio::task::spawn_blocking(move || serve(&config)).await;
    let (_serving, address) = served.expect("no panic");
    let assigned = "linekeeper_numbers{tenant=\"contoso\",range=\"muc\",state=\"assigned\"} 1";
    let text = metrics_with(&address, assigned).await;
    for line in [
        "linekeeper_syncs_total{tenant=\"contoso\",status=\"succeeded\"} 1",
        "linekeeper_changes_total{tenant=\"contoso\",action=\"assign\",status=\"succeeded\"} 1",
        "linekeeper_rules_reload_ok{tenant=\"contoso\"} 1",
        "linekeeper_brake_assignments{tenant=\"contoso\"} 1",
        "linekeeper_panics_total 0",
    ] {
        assert!(text.lines().any(|l| l == line), "`{line}` in\n{text}");
    }
    let write = "linekeeper_graph_requests_total{method=\"POST\",endpoint=\"number-assignment\",status=\"202\"} 1";
    assert!(text.contains(write), "{text}");
    for word in ["anna", "+49", "00000000-0000-4000-8000"] {
        assert!(!text.contains(word), "`{word}` in\n{text}");
    }
}
