//! What must be so after every crash, once the program has been started again.

use crate::harness::crash::{Bench, Ended, JOINERS, LEAVERS, POLICY, STAYERS, id, number_of};
use linekeeper::store::{Options, Store};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many syncs may pass until nothing is left to do.
const SYNCS: usize = 3;

/// Syncs until nothing changes any more; answers the syncs.
pub(crate) async fn settle(bench: &Bench<'_>) -> Vec<Ended> {
    bench.gate.hold(None);
    bench.outlive_lease().await;
    let mut syncs = Vec::new();
    for _ in 0..SYNCS {
        let sync = bench.run(&["sync"]).await;
        assert!(
            matches!(sync.code, Some(0 | 4)),
            "a sync after the crash breaks down: {sync:?}"
        );
        let quiet =
            sync.code == Some(0) && sync.report["changes"].as_array().is_some_and(Vec::is_empty);
        syncs.push(sync);
        if quiet {
            return syncs;
        }
    }
    panic!("after {SYNCS} syncs there is still something to do: {syncs:#?}");
}

/// Joiners hold one number each, leavers none, stayers theirs; Graph, database and log agree on it.
pub(crate) async fn all_is_well(bench: &Bench<'_>) {
    nothing_sent_twice(bench);
    let state = bench.control("GET", "/_sim/state", Value::Null);
    let holders = holders(&state);
    let mut held: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (number, user) in &holders {
        held.entry(user).or_default().push(number);
    }
    let of = |n: u32| held.get(id(n).as_str()).cloned().unwrap_or_default();
    for n in STAYERS {
        assert_eq!(of(n), [number_of(n)], "user {n} stays");
    }
    for n in LEAVERS {
        assert!(of(n).is_empty(), "user {n} has left with {:?}", of(n));
    }
    for n in JOINERS {
        assert_eq!(of(n).len(), 1, "user {n} has joined and has {:?}", of(n));
        let policy = state["policies"][id(n)][POLICY.0].as_str();
        let wanted = (n % 2 == 0).then_some(POLICY.1);
        assert_eq!(policy, wanted, "the policy of user {n}");
    }
    database_agrees(bench, &holders).await;
}

/// What holds whatever was asked for: Graph took no order twice, and saw nothing a correct client would not send.
pub(crate) fn nothing_sent_twice(bench: &Bench<'_>) {
    let violations = bench.control("GET", "/_sim/violations", Value::Null);
    assert_eq!(violations["items"], Value::Array(vec![]), "violations");
    let log = bench.control("GET", "/_sim/log", Value::Null);
    let mut seen = BTreeSet::new();
    for request in log["items"].as_array().expect("a list") {
        if request["status"] != 202 {
            continue;
        }
        let body = &request["body"];
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let user = text("assignmentTargetId");
        let action = if user.is_empty() { "release" } else { "assign" };
        let number = format!("{action} {}", text("telephoneNumber"));
        assert!(seen.insert(number.clone()), "Graph took `{number}` twice");
        if action == "assign" {
            assert!(seen.insert(user.clone()), "{user} was given two numbers");
        }
    }
}

/// Who holds which number in Graph.
pub(crate) fn holders(state: &Value) -> BTreeMap<String, String> {
    let numbers = state["numbers"].as_object().expect("an object");
    let held = numbers.iter().filter_map(|(number, listed)| {
        Some((number.clone(), listed["holder"].as_str()?.to_owned()))
    });
    held.collect()
}

/// The database says of numbers and users what Graph says, has nothing open, and its audit trail is whole.
pub(crate) async fn database_agrees(bench: &Bench<'_>, holders: &BTreeMap<String, String>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let numbers = bench
        .items(&["numbers", "list", "--state", "assigned"])
        .await;
    let assigned: BTreeMap<String, String> = numbers
        .iter()
        .map(|item| (text(&item["number"]), text(&item["user"]["id"])))
        .collect();
    assert_eq!(
        &assigned, holders,
        "`numbers list` (left) and Graph (right)"
    );
    let users = bench.items(&["users", "list"]).await;
    let with_number: BTreeMap<String, String> = users
        .iter()
        .filter(|item| item["number"].is_string())
        .map(|item| (text(&item["number"]), text(&item["id"])))
        .collect();
    assert_eq!(
        &with_number, holders,
        "`users list` (left) and Graph (right)"
    );
    let open = bench
        .count("SELECT COUNT(*) FROM journal WHERE ended IS NULL")
        .await;
    assert_eq!(open, 0, "open rows of the journal");
    let twice = "SELECT COUNT(*) FROM (SELECT number FROM journal WHERE action = 'assign' AND outcome = 'done'
        GROUP BY number HAVING COUNT(*) > 1) AS twice";
    assert_eq!(
        bench.count(twice).await,
        0,
        "numbers assigned twice by the journal"
    );
    audit_is_whole(bench).await;
}

pub(crate) async fn audit_is_whole(bench: &Bench<'_>) {
    let store = Store::open(&bench.database.url, Options::default())
        .await
        .expect("opens");
    let tenant = store
        .tenant(
            "crash",
            "00000000-0000-4000-8000-00000000c7a5",
            Arc::default(),
        )
        .await
        .expect("the tenant");
    let check = tenant.verify_audit().await.expect("is read");
    assert!(check.broken_at.is_none(), "{check:?}");
    store.close().await;
}
