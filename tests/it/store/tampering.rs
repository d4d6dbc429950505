//! Whatever is done to the audit trail behind the store's back is found, and told from where on.

use super::journal::ready;
use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::Pause;
use linekeeper::store::{AuditFilter, AuditProblem, ChainMark};

on_both_engines!(
    whatever_is_done_to_the_trail_is_found_at_its_place,
    a_trail_is_filtered_and_its_end_is_found,
);

const RESTORE: &str = "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept_audit; \
    UPDATE tenants SET audit_seq = (SELECT k.audit_seq FROM kept_tenants k WHERE k.no = tenants.no), \
    audit_hash = (SELECT k.audit_hash FROM kept_tenants k WHERE k.no = tenants.no)";

/// What is done to record `#`, and what is found there.
const DEEDS: [(&str, AuditProblem); 12] = [
    (
        "UPDATE audit SET at = at + 1 WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET event = 'x' WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET number = COALESCE(number + 1, 5) WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET number = CASE WHEN number IS NULL THEN 0 ELSE NULL END WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET user_id = CASE WHEN user_id IS NULL THEN '' ELSE NULL END WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET user_id = '00000000-0000-4000-8000-000000000001' WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET sync = CASE WHEN sync IS NULL THEN '' ELSE NULL END WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET sync = 'another' WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET detail = detail || ' ' WHERE seq = #",
        AuditProblem::Changed,
    ),
    (
        "UPDATE audit SET hash = '0' WHERE seq = #",
        AuditProblem::Changed,
    ),
    ("DELETE FROM audit WHERE seq = #", AuditProblem::Missing),
    ("DELETE FROM audit WHERE seq >= #", AuditProblem::Missing),
];

async fn whatever_is_done_to_the_trail_is_found_at_its_place(database: &Database) {
    let (store, fence, sync) = ready(database, 9).await;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1)],
        1,
    )
    .await;
    let pause = Pause {
        reason: "audit".into(),
        until: None,
    };
    store.pause(&pause, "admin", at(2)).await.expect("pauses");
    let exempt = |facts: &mut linekeeper::plan::UserFacts| facts.due = Some(at(9));
    let exempted = store.change_facts(id(2), "admin", "exempted", &exempt, at(2));
    exempted.await.expect("writes");
    make(
        &store,
        fence,
        &sync,
        vec![change(2, Action::Release, 1, 1)],
        3,
    )
    .await;
    let end = store.audit_end().await.expect("reads");
    assert_eq!(end.seq, 6);
    database
        .tamper("CREATE TABLE kept_audit AS SELECT * FROM audit; CREATE TABLE kept_tenants AS SELECT * FROM tenants")
        .await;
    for place in 1..=end.seq {
        for (deed, problem) in DEEDS {
            database
                .tamper(&deed.replace('#', &place.to_string()))
                .await;
            let found = finding(&store).await;
            assert_eq!(found, Some((place, problem)), "{deed}, {place}");
            database.tamper(RESTORE).await;
        }
    }
    swapped_and_added_records_are_found(&store, database, end.seq).await;
    other_ends_are_found(&store, database).await;
    if database.is_sqlite() {
        other_kinds_of_values_are_found(&store, database).await;
    }
    assert_eq!(finding(&store).await, None, "all is as it was");
}

async fn finding(store: &TenantStore) -> Option<(i64, AuditProblem)> {
    let check = store.verify_audit().await.expect("verifies");
    let first = check
        .findings
        .first()
        .map(|first| (first.seq, first.problem));
    assert_eq!(check.broken_at, first.map(|first| first.0));
    first
}

async fn swapped_and_added_records_are_found(store: &TenantStore, database: &Database, last: i64) {
    for place in 1..last {
        let next = place + 1;
        database
            .tamper(&format!(
                "UPDATE audit SET seq = 99 WHERE seq = {place}; UPDATE audit SET seq = {place} WHERE seq = {next};
                UPDATE audit SET seq = {next} WHERE seq = 99"
            ))
            .await;
        let expected = Some((place, AuditProblem::Changed));
        assert_eq!(finding(store).await, expected, "{place} and {next} swapped");
        database.tamper(RESTORE).await;
    }
    for (place, problem) in [
        (0, AuditProblem::OutOfPlace),
        (-5, AuditProblem::OutOfPlace),
        (last + 1, AuditProblem::OutOfPlace),
    ] {
        database
            .tamper(&format!(
                "INSERT INTO audit SELECT tenant, {place}, at, event, number, user_id, sync, detail, hash FROM kept_audit
                WHERE seq = 2"
            ))
            .await;
        let found = finding(store).await.expect("something is wrong");
        assert_eq!(found.0, place);
        assert!(found.1 == problem || place > last, "{found:?}");
        database.tamper(RESTORE).await;
    }
    database
        .tamper(
            "UPDATE audit SET seq = seq + 100 WHERE seq >= 3; UPDATE audit SET seq = seq - 99 WHERE seq > 100;
            INSERT INTO audit SELECT tenant, 3, at, event, number, user_id, sync, detail, hash FROM kept_audit WHERE seq = 2",
        )
        .await;
    let expected = Some((3, AuditProblem::Changed));
    assert_eq!(finding(store).await, expected, "a record in between");
    database.tamper(RESTORE).await;
}

async fn other_ends_are_found(store: &TenantStore, database: &Database) {
    for (deed, expected) in [
        (
            "UPDATE tenants SET audit_seq = 7",
            (7, AuditProblem::Missing),
        ),
        (
            "UPDATE tenants SET audit_seq = 5",
            (6, AuditProblem::OutOfPlace),
        ),
        (
            "UPDATE tenants SET audit_hash = ''",
            (6, AuditProblem::OtherEnd),
        ),
        ("DELETE FROM audit", (1, AuditProblem::Missing)),
    ] {
        database.tamper(deed).await;
        assert_eq!(finding(store).await, Some(expected), "{deed}");
        database.tamper(RESTORE).await;
    }
    let records = store.audit_as_it_lies(0, 100).await.expect("reads");
    let noted = |seq, hash: &str| ChainMark {
        seq,
        hash: hash.to_owned(),
    };
    for (mark, found) in [
        (noted(3, &records[2].hash), None),
        (noted(3, &records[3].hash), Some(3)),
        (noted(9, &records[3].hash), Some(9)),
    ] {
        let check = store.verify_audit_against(Some(mark)).await;
        assert_eq!(check.expect("verifies").broken_at, found);
    }
}

/// SQLite keeps whatever it is given.
async fn other_kinds_of_values_are_found(store: &TenantStore, database: &Database) {
    for deed in [
        "UPDATE audit SET at = 'soon' WHERE seq = 4",
        "UPDATE audit SET at = at + 0.5 WHERE seq = 4",
        "UPDATE audit SET number = 'none' WHERE seq = 4",
        "UPDATE audit SET number = x'00' WHERE seq = 4",
        "UPDATE audit SET detail = x'7b7d' WHERE seq = 4",
        "UPDATE audit SET seq = 4.5 WHERE seq = 4",
        "UPDATE audit SET seq = 'four' WHERE seq = 4",
    ] {
        database.tamper(deed).await;
        let found = finding(store).await.expect(deed);
        assert_eq!(found.0, 4, "{deed}");
        database.tamper(RESTORE).await;
    }
}

async fn a_trail_is_filtered_and_its_end_is_found(database: &Database) {
    let (store, fence, sync) = ready(database, 9).await;
    for who in 1..=4 {
        let seq = u32::try_from(who).expect("small");
        let no = u64::try_from(who).expect("small");
        make(
            &store,
            fence,
            &sync,
            vec![change(seq, Action::Assign, who, no)],
            i64::from(seq),
        )
        .await;
    }
    let places = async |filter: AuditFilter| {
        let records = store.audit_of(&filter, 0, 100).await.expect("reads");
        records.iter().map(|record| record.seq).collect::<Vec<_>>()
    };
    let all = AuditFilter::default();
    assert_eq!(places(all.clone()).await, [1, 2, 3, 4, 5, 6, 7, 8]);
    let of = |change: fn(&mut AuditFilter)| {
        let mut filter = AuditFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, expected) in [
        (of(|f| f.user = Some(id(2))), &[3, 4][..]),
        (of(|f| f.number = Some(number(3))), &[5, 6]),
        (of(|f| f.event = Some("assigned".into())), &[2, 4, 6, 8]),
        (of(|f| f.since = Some(at(3))), &[5, 6, 7, 8]),
        (of(|f| f.until = Some(at(2))), &[1, 2]),
        (of(|f| f.sync = Some("none".into())), &[]),
    ] {
        assert_eq!(places(filter.clone()).await, expected, "{filter:?}");
    }
    let assigned = of(|f| f.event = Some("assigned".into()));
    for (filter, count, before) in [(&all, 3, 5), (&all, 8, 0), (&all, 99, 0), (&assigned, 2, 5)] {
        let found = store.audit_before_last(filter, count).await;
        assert_eq!(found, Ok(before), "{filter:?}, {count}");
    }
    let kinds = store.audit_events().await.expect("reads");
    assert_eq!(kinds, ["assigned", "claimed"]);
}
