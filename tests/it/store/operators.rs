//! Suspended operators: kept by tenant, operator and country, remembered, and told in the audit trail.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::numbering::Country;
use linekeeper::plan::{OperatorSuspensions, Suspension};

on_both_engines!(
    suspensions_come_and_go_one_by_one,
    what_one_process_remembers_is_what_another_reads,
    tenants_do_not_see_each_other,
);

fn because(reason: &str, minute: i64) -> Suspension {
    Suspension {
        reason: reason.to_owned(),
        since: at(minute),
    }
}

fn country(code: &str) -> Option<Country> {
    Country::from_code(code)
}

async fn suspend(store: &TenantStore, operator: &str, code: &str, reason: &str) {
    let suspension = because(reason, 1);
    let what = "operator-suspended";
    let written = store
        .suspend_operator(operator, country(code), &suspension, "eve", what, at(1))
        .await;
    written.expect("suspends");
}

async fn resume(store: &TenantStore, operator: &str, code: &str) {
    let written = store
        .resume_operator(operator, country(code), "eve", at(2))
        .await;
    written.expect("resumes");
}

/// `Alp` of everything, `Alp CH` of one country.
async fn told(store: &TenantStore) -> Vec<String> {
    let all: OperatorSuspensions = store.operator_suspensions().await.expect("reads");
    let state = store.state(at(3)).await.expect("reads");
    assert_eq!(state.suspended_operators, all, "the state says the same");
    let line = |name: &str, country: &Option<Country>, suspension: &Suspension| {
        let country = country.map_or_else(String::new, |c| format!(" {c}"));
        format!("{name}{country}: {}", suspension.reason)
    };
    all.iter()
        .flat_map(|(name, of)| of.iter().map(move |(c, s)| line(name, c, s)))
        .collect()
}

async fn suspensions_come_and_go_one_by_one(database: &Database) {
    let store = open(database).await;
    suspend(&store, "Alp", "CH", "fraud").await;
    suspend(&store, "Alp", "", "all of it").await;
    suspend(&store, "Sea; DROP TABLE \"x'", "", "strike").await;
    suspend(&store, "Alp", "CH", "fraud again").await;
    assert_eq!(
        told(&store).await,
        [
            "Alp: all of it",
            "Alp CH: fraud again",
            "Sea; DROP TABLE \"x': strike"
        ]
    );
    resume(&store, "Alp", "DE").await;
    resume(&store, "Alp", "CH").await;
    assert_eq!(
        told(&store).await,
        ["Alp: all of it", "Sea; DROP TABLE \"x': strike"]
    );
    suspend(&store, "Alp", "DE", "port").await;
    resume(&store, "Alp", "").await;
    assert_eq!(told(&store).await, ["Sea; DROP TABLE \"x': strike"]);
    let records = store.audit(0, 100).await.expect("reads");
    let events: Vec<&str> = records.iter().map(|r| r.event.as_str()).collect();
    // What was not suspended is not recorded as resumed.
    let (suspended, resumed) = ("operator-suspended", "operator-resumed");
    assert_eq!(
        events,
        [
            suspended, suspended, suspended, suspended, resumed, suspended, resumed, resumed
        ]
    );
    assert_eq!(
        records[0].detail,
        r#"{"by":"eve","country":"CH","operator":"Alp","reason":"fraud"}"#
    );
    let check = store.verify_audit().await.expect("reads");
    assert_eq!(check.broken_at, None);
}

async fn what_one_process_remembers_is_what_another_reads(database: &Database) {
    let root = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    let (one, other) = (tenant_of(&root).await, tenant_of(&root).await);
    assert_eq!(told(&one).await, [""; 0]);
    suspend(&one, "Alp", "", "here").await;
    assert_eq!(told(&one).await, ["Alp: here"], "its own write");
    assert_eq!(told(&other).await, ["Alp: here"], "one of another process");
    suspend(&other, "Sea", "DE", "there").await;
    resume(&other, "Alp", "").await;
    assert_eq!(told(&one).await, ["Sea DE: there"]);
    assert_eq!(told(&other).await, ["Sea DE: there"]);
}

async fn tenants_do_not_see_each_other(database: &Database) {
    let root = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    let one = tenant_of(&root).await;
    let other = root.tenant("other", "another id", Arc::new(Settings::default()));
    let other = other.await.expect("the tenant");
    suspend(&one, "Alp", "", "here").await;
    suspend(&other, "Alp", "CH", "there").await;
    resume(&other, "Alp", "").await;
    assert_eq!(told(&one).await, ["Alp: here"]);
    assert_eq!(told(&other).await, [""; 0]);
}
