//! Ways to sign in without a secret, and being told before what one signs in with ends.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::{Invocation, Run};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linekeeper::clock::{Clock as _, SystemClock};
use serde_json::json;

on_both_engines!(
    another_issuers_token_signs_in,
    a_machine_signs_in_by_its_identity,
    the_end_of_a_secret_is_told_in_time,
);

/// What a command prints has all of this.
#[track_caller]
fn shows(run: &Run, parts: &[&str]) {
    let text = run.to_string();
    for part in parts {
        assert!(text.contains(part), "{part} in {text}");
    }
}

const GIVEN: &str = "assign anna +498955501000 rule succeeded";

async fn anna(database: &Database) -> Scenario {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    Scenario::new(database, tenant, MUNICH).await
}

/// The tenant signs in by this instead of its secret.
fn signs_in_by(story: &Scenario, way: &str) {
    story.configure("mode = \"apply\"", "");
    let file = story.folder().join("linekeeper.toml");
    let config = std::fs::read_to_string(file).expect("the configuration");
    let config = config.replace("client_secret_file = \"secret\"", way);
    story.write("linekeeper.toml", &config);
}

/// A token of another issuer that ends in so many minutes.
fn assertion(minutes: i64, subject: &str, audience: &str) -> String {
    let ends = SystemClock::default().now().as_second() + 60 * minutes;
    let claims =
        json!({"iss": "https://oidc.example", "sub": subject, "aud": [audience], "exp": ends});
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part("{}"),
        part(&claims.to_string()),
        part("s3cr3t")
    )
}

async fn another_issuers_token_signs_in(database: &Database) {
    const EXCHANGE: &str = "api://AzureADTokenExchange";
    let story = anna(database).await;
    signs_in_by(&story, "federated_token_file = \"token\"");
    story.sync(3).await.says(&["federated_token_file", "token"]);
    story.switch(
        json!({"federated_issuer": "https://oidc.example", "federated_subject": "voice:lk"}),
    );
    let token = assertion(60, "voice:lk", EXCHANGE);
    story.write("token", &format!("{token}\n"));
    story.sync(0).await.changes(&[GIVEN]);
    let doctor = story.run(&["doctor"]).await;
    shows(doctor.exits(0), &["voice:lk"]);
    assert!(!doctor.to_string().contains(&token), "{doctor}");
    for (wrong, said) in [
        (assertion(60, "voice:other", EXCHANGE), "700213"),
        (
            assertion(60, "voice:lk", "https://elsewhere.example"),
            "700212",
        ),
        (assertion(-1, "voice:lk", EXCHANGE), "700024"),
        (assertion(-30, "voice:lk", EXCHANGE), "ended at"),
        ("hunter2".to_owned(), "holds no token"),
    ] {
        story.write("token", &wrong);
        let run = story.sync(6).await;
        run.says(&[said]);
        assert!(!run.to_string().contains(&wrong), "{run}");
    }
    story.write("token", &token);
    story.ends().await;
}

/// The command with the metadata service at this address.
async fn on_a_machine(story: &Scenario, url: &str, arguments: &[&str]) -> Run {
    let mut invocation: Invocation = story.invocation(arguments);
    let variable = ("LINEKEEPER_IMDS_URL".to_owned(), url.into());
    invocation.environment.push(variable);
    invocation.run().await
}

async fn a_machine_signs_in_by_its_identity(database: &Database) {
    let story = anna(database).await;
    signs_in_by(&story, "managed_identity = true");
    let config = std::fs::read_to_string(story.folder().join("linekeeper.toml")).expect("a file");
    let impatient = config.replace("[graph]\n", "[graph]\nmax_wait = \"1s\"\n");
    story.write("linekeeper.toml", &impatient);
    let url = story.simulator.origin();
    story.switch(json!({"machine_identities": ["linekeeper"]}));
    let first = on_a_machine(&story, &url, &["sync"]).await;
    first.exits(0).changes(&[GIVEN]);
    let doctor = on_a_machine(&story, &url, &["doctor"]).await;
    shows(doctor.exits(0), &["managed identity", "linekeeper"]);
    story.switch(json!({"machine_identities": []}));
    let refused = on_a_machine(&story, &url, &["sync"]).await;
    refused.exits(6).says(&["Identity not found", "Azure"]);
    let nowhere = on_a_machine(&story, "http://127.0.0.1:1", &["sync"]).await;
    nowhere.exits(6).says(&["no managed identity endpoint"]);
    let doctor = on_a_machine(&story, "http://127.0.0.1:1", &["doctor"]).await;
    let said = ["no managed identity endpoint", "switch the identity on"];
    shows(doctor.exits(6), &said);
    let elsewhere = on_a_machine(&story, "http://192.0.2.1", &["sync"]).await;
    elsewhere
        .exits(3)
        .says(&["LINEKEEPER_IMDS_URL", "loopback"]);
    story.configure("mode = \"apply\"", "");
    story.ends().await;
}

async fn the_end_of_a_secret_is_told_in_time(database: &Database) {
    let mut story = anna(database).await;
    let soon = SystemClock::default().now() + jiff::SignedDuration::from_hours(24 * 20);
    let day = soon.strftime("%Y-%m-%d").to_string();
    let way = format!("client_secret_file = \"secret\"\nclient_secret_expires = \"{day}\"");
    signs_in_by(&story, &way);
    let told = async |story: &Scenario, sentence: &str| {
        let service = story.serve().await;
        service.logs(sentence).await;
        let shown = service.ask("GET", "/metrics", json!(null)).await;
        let line = shown
            .text
            .lines()
            .find(|line| line.starts_with("linekeeper_credential_days_left"));
        let days = line
            .and_then(|line| line.rsplit_once(' '))
            .map(|(_, days)| days.to_owned());
        let log = service.stop().await;
        let lines = log.lines().filter(|line| line.contains(sentence)).count();
        assert_eq!(lines, 1, "{log}");
        days.and_then(|days| days.parse::<f64>().ok())
            .expect("a figure")
    };
    let left = told(&story, "ends soon").await;
    assert!((18.0..20.1).contains(&left), "{left}");
    shows(story.run(&["doctor"]).await.exits(0), &["in 19 days"]);
    story.later("30d");
    let left = told(&story, "has ended").await;
    assert!((-12.0..-9.9).contains(&left), "{left}");
    shows(story.run(&["doctor"]).await.exits(6), &["which ended at"]);
    signs_in_by(
        &story,
        "managed_identity = true\nclient_secret_expires = \"2027-01-01\"",
    );
    story.sync(3).await.says(&["client_secret_expires"]);
    story.configure("mode = \"apply\"", "");
    // The services were stopped wherever their first sync was.
    story.sync(0).await;
    story.ends().await;
}
