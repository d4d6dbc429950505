//! A crash between reading and deciding (SPEC section 5, step 1: the mark `undecided`).

use super::gate::Held;
use super::verdict;
use crate::harness::crash::Bench;
use crate::harness::database::{Database, on_both_engines};
use serde_json::Value;

on_both_engines!(a_joiner_read_but_not_decided_is_not_lost);

/// The users are stored, the number list is being read: killed there. The delta will not report the joiners again.
async fn a_joiner_read_but_not_decided_is_not_lost(database: &Database) {
    let bench = Bench::with_twelve_changes(database, 1).await;
    bench.gate.hold_first("numberAssignments", Held::Before);
    let mut running = bench.spawn(&["sync"]);
    assert!(
        bench.gate.catches(&mut running).await,
        "no request was held"
    );
    running.kill().await;
    let known = bench.count("SELECT COUNT(*) FROM users").await;
    assert_eq!(known, 15, "joiners are stored");
    let joined = "SELECT COUNT(*) FROM journal WHERE action <> 'adopt'";
    assert_eq!(bench.count(joined).await, 0, "nothing is decided yet");
    assert_eq!(
        reported_again(&bench).await,
        0,
        "the delta reports nobody again"
    );
    verdict::settle(&bench).await;
    verdict::all_is_well(&bench).await;
}

/// How many users Graph reports behind the stored delta link.
async fn reported_again(bench: &Bench<'_>) -> usize {
    let origin = bench.gate.origin();
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let scope = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
    let form =
        format!("grant_type=client_credentials&client_id=app&client_secret=s3cret&scope={scope}");
    let token = client
        .post(format!(
            "{origin}/00000000-0000-4000-8000-00000000c7a5/oauth2/v2.0/token"
        ))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let token: Value = token
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let link = bench.text("SELECT delta_link FROM tenants").await;
    bench.gate.hold(None);
    let token = token["access_token"].as_str().expect("a token");
    let page = client
        .get(link)
        .bearer_auth(token)
        .send()
        .await
        .expect("an answer");
    let page: Value = page.json().await.expect("JSON");
    assert!(page["@odata.deltaLink"].is_string(), "one page: {page}");
    page["value"].as_array().expect("a list").len()
}
