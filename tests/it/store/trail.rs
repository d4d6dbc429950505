//! The audit trail: one record for each change of state, by whom and why.

use super::journal::ready;
use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::{EndReason, Ending, Holding, HoldingOrigin, StepEnd, StepError, Suspension};
use linekeeper::plan::{Exemption, Pause, Reservation};
use linekeeper::reconcile::{MadeWith, RulesInForce};
use linekeeper::report::{ChangeReport, UserRef};
use linekeeper::rules::{LoadOptions, SourceFile, load};
use linekeeper::store::{AuditRecord, Decision};
use serde_json::Value;

on_both_engines!(
    each_change_of_state_has_one_record_that_says_by_whom,
    what_another_sync_decided_keeps_its_commit,
);

/// The records since the last look.
async fn news(store: &TenantStore, seen: &mut i64) -> Vec<AuditRecord> {
    let records = store.audit(*seen, 1000).await.expect("reads");
    *seen = records.last().map_or(*seen, |last| last.seq);
    for record in &records {
        let detail: Value = serde_json::from_str(&record.detail).expect("JSON");
        assert!(detail["by"].is_string(), "by whom? {record:?}");
    }
    records
}

/// The kinds of the records since the last look.
async fn events(store: &TenantStore, seen: &mut i64) -> Vec<String> {
    let records = news(store, seen).await;
    records.into_iter().map(|record| record.event).collect()
}

fn in_hand(who: u128, no: u64) -> Holding {
    Holding {
        number: number(no),
        user: id(who),
        number_type: NumberType::DirectRouting,
        range: Some("muc".into()),
        origin: HoldingOrigin::Adopted,
        since: at(1),
        seen_licensed: true,
        missing: None,
    }
}

fn text(error: &str) -> StepError {
    StepError::LicenceNotReady(error.to_owned())
}

fn rules_in_force() -> RulesInForce {
    let text = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1099 }"#;
    let file = SourceFile {
        name: "muc.rules".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let loaded = load(&[file], LoadOptions { groups: false }).expect("good rules");
    RulesInForce {
        digest: loaded.rule_set.digest().clone(),
        files: Arc::clone(loaded.rule_set.sources()),
    }
}

async fn each_change_of_state_has_one_record_that_says_by_whom(database: &Database) {
    let (store, fence, sync) = ready(database, 20).await;
    let mut seen = 0;
    store
        .store_listing(fence, &[], at(0))
        .await
        .expect("stores");
    let nothing = Vec::<String>::new();
    let read = events(&store, &mut seen).await;
    assert_eq!(read, nothing, "what is read changes nothing");
    claims_are_recorded(&store, fence, &sync, &mut seen).await;
    ends_are_recorded(&store, fence, &sync, &mut seen).await;
    by_hand_is_recorded(&store, &mut seen).await;
    held_lists_are_recorded(&store, fence, &sync, &mut seen).await;
    let check = store.verify_audit().await.expect("verifies");
    assert_eq!((check.records, check.broken_at), (seen, None));
}

async fn claims_are_recorded(store: &TenantStore, fence: Fence, sync: &SyncId, seen: &mut i64) {
    let mut approved = change(2, Action::Assign, 2, 2);
    approved.approved = true;
    let claim = Claim {
        changes: vec![
            change(1, Action::Assign, 1, 1),
            approved,
            change(3, Action::Assign, 3, 3),
            change(4, Action::Profile { phone: None }, 4, 4),
        ],
        adopted: vec![in_hand(5, 5), in_hand(6, 6)],
        recorded: vec![
            change(5, Action::Adopt, 5, 5),
            change(6, Action::Adopt, 6, 6),
        ],
        rules: Some(rules_in_force()),
        made_with: MadeWith {
            commit: Some("abc".into()),
            dirty: true,
        },
        ..Claim::default()
    };
    let claimed = store.claim(fence, sync, &claim, at(1)).await;
    assert_eq!(claimed, Ok(vec![]));
    let records = news(store, seen).await;
    let all: Vec<_> = records.iter().map(|record| record.event.as_str()).collect();
    let expected = [
        "adopted",
        "adopted",
        "claimed",
        "claimed",
        "claimed",
        "rules-taken-up",
    ];
    assert_eq!(all, expected);
    for record in &records {
        let detail: Value = serde_json::from_str(&record.detail).expect("JSON");
        assert_eq!(detail["by"], "tests");
        assert_eq!(
            (&detail["commit"], &detail["dirty"]),
            (&"abc".into(), &true.into())
        );
        assert_eq!(detail["approved"] == true, record.user == Some(id(2)));
        assert_eq!(record.sync.as_ref(), Some(sync));
    }
    let ended = Claim {
        ended: vec![Ending {
            number: number(5),
            user: id(5),
            reason: EndReason::RemovedOutside,
            rest_until: at(90),
        }],
        decided: Some(vec![]),
        ..Claim::default()
    };
    let claimed = store.claim(fence, sync, &ended, at(2)).await;
    assert_eq!(claimed, Ok(vec![]));
    let records = news(store, seen).await;
    assert_eq!(records.len(), 1, "{records:?}");
    let detail: Value = serde_json::from_str(&records[0].detail).expect("JSON");
    assert_eq!(
        (records[0].event.as_str(), &detail["reason"]),
        ("ended", &"removed-outside".into())
    );
    assert_eq!(
        (&detail["range"], &detail["rest_until"]),
        (&"muc".into(), &at(90).to_string().into())
    );
}

async fn ends_are_recorded(store: &TenantStore, fence: Fence, sync: &SyncId, seen: &mut i64) {
    let waits = |why: &str| StepEnd::Waiting {
        until: at(9),
        why: text(why),
    };
    let end = async |seq: u32, end: StepEnd| {
        let step = step_of(store, seq).await;
        store.started(fence, step).await.expect("starts");
        store.accepted(fence, step, None).await.expect("accepts");
        store.ended(fence, step, &end, at(3)).await.expect("ends");
    };
    for (seq, how, expected) in [
        (1, waits("not yet"), &["put-off"][..]),
        (1, waits("not yet"), &[]),
        (1, waits("still not"), &["put-off"]),
        (1, StepEnd::Done, &["assigned"]),
        (2, StepEnd::Failed(text("no")), &["given-back"]),
        (4, StepEnd::Failed(text("no")), &["failed"]),
    ] {
        end(seq, how).await;
        assert_eq!(events(store, seen).await, expected);
    }
    let step = step_of(store, 3).await;
    store.withdrawn(fence, step).await.expect("withdraws");
    assert_eq!(events(store, seen).await, ["withdrawn"]);
    let release = plan(vec![change(7, Action::Release, 1, 1)]);
    assert_eq!(store.claim(fence, sync, &release, at(4)).await, Ok(vec![]));
    end(7, StepEnd::Done).await;
    assert_eq!(events(store, seen).await, ["claimed", "released"]);
}

async fn by_hand_is_recorded(store: &TenantStore, seen: &mut i64) {
    let user = |what, set: &'static (dyn Fn(&mut linekeeper::plan::UserFacts) + Send + Sync)| {
        store.change_facts(id(9), "admin", what, set, at(5))
    };
    let exemption = &|facts: &mut linekeeper::plan::UserFacts| {
        facts.exempt = Some(Exemption {
            reason: "on leave".into(),
            until: None,
        });
    };
    user("exempted", exemption).await.expect("writes");
    user("pinned", &|facts| facts.pin = Some(number(9)))
        .await
        .expect("writes");
    user("unpinned", &|facts| facts.pin = None)
        .await
        .expect("writes");
    let records = news(store, seen).await;
    let numbers: Vec<_> = records.iter().map(|record| record.number).collect();
    assert_eq!(
        numbers,
        [None, Some(number(9)), Some(number(9))],
        "the number that is no pin any more, too"
    );
    let reasons: Vec<Value> = records.iter().map(reason).collect();
    assert_eq!(reasons, [Value::from("on leave"), Value::Null, Value::Null]);
    let reserve = &|facts: &mut linekeeper::plan::NumberFacts| {
        facts.reserved = Some(Reservation {
            whom: None,
            by: "admin".into(),
            reason: "the board".into(),
            until: Some(at(99)),
        });
    };
    let reserved = store.change_number(number(7), "admin", "reserved", reserve, at(5));
    reserved.await.expect("writes");
    let pause = Pause {
        reason: "audit".into(),
        until: None,
    };
    store.pause(&pause, "admin", at(5)).await.expect("pauses");
    store.resume("admin", at(5)).await.expect("resumes");
    let suspension = Suspension {
        reason: "porting".into(),
        since: at(5),
    };
    let suspended = store.suspend_range("muc", Some(&suspension), "admin", at(5));
    suspended.await.expect("suspends");
    let resumed = store.suspend_range("muc", None, "admin", at(5));
    resumed.await.expect("resumes");
    let records = news(store, seen).await;
    let told: Vec<_> = records
        .iter()
        .map(|record| (record.event.as_str(), reason(record)))
        .collect();
    assert_eq!(
        told,
        [
            ("reserved", "the board".into()),
            ("paused", "audit".into()),
            ("resumed", Value::Null),
            ("suspended", "porting".into()),
            ("unsuspended", Value::Null),
        ]
    );
    assert!(records.iter().all(|record| record.sync.is_none()));
}

fn reason(record: &AuditRecord) -> Value {
    let detail: Value = serde_json::from_str(&record.detail).expect("JSON");
    detail["reason"].clone()
}

async fn held_lists_are_recorded(store: &TenantStore, fence: Fence, sync: &SyncId, seen: &mut i64) {
    let held = ChangeReport {
        action: "release".into(),
        user: UserRef {
            id: id(1),
            upn: "user1".into(),
        },
        number: number(1),
        range: None,
        number_type: NumberType::DirectRouting,
        reason: Reason::Delicensed,
        policy: None,
        status: ChangeStatus::Held,
        error: None,
        why: String::new(),
    };
    let report = SyncReport {
        changes: vec![held],
        ..report(sync, SyncStatus::Held)
    };
    store
        .hold(fence, sync, &report, at(6))
        .await
        .expect("holds");
    let reject = Decision::Reject { by: "admin".into() };
    let rejected = store.resolve_held(None, sync, &reject, at(7)).await;
    rejected.expect("rejects");
    let suspension = Suspension {
        reason: "Teams refused 3 people in a row".into(),
        since: at(8),
    };
    let suspended = store.suspend(fence, "cgn", Some(&suspension), at(8)).await;
    suspended.expect("suspends");
    let records = news(store, seen).await;
    let by: Vec<_> = records
        .iter()
        .map(|record| {
            let detail: Value = serde_json::from_str(&record.detail).expect("JSON");
            (record.event.clone(), detail["by"].clone())
        })
        .collect();
    let expected = [
        ("held", "tests"),
        ("rejected", "admin"),
        ("suspended", "tests"),
    ];
    let expected: Vec<_> = expected
        .map(|(event, by)| (event.to_owned(), by.into()))
        .into();
    assert_eq!(by, expected);
}

async fn what_another_sync_decided_keeps_its_commit(database: &Database) {
    let (store, fence, first) = ready(database, 3).await;
    let claim = Claim {
        made_with: MadeWith {
            commit: Some("first".into()),
            dirty: false,
        },
        ..plan(vec![change(1, Action::Assign, 1, 1)])
    };
    let claimed = store.claim(fence, &first, &claim, at(1)).await;
    assert_eq!(claimed, Ok(vec![]));
    let step = step_of(&store, 1).await;
    store.started(fence, step).await.expect("starts");
    // The process ends here; another one settles what it left.
    store.abandon().await.expect("lets go");
    drop(store);
    let store = open(database).await;
    let (fence, second) = begin(&store).await;
    let ended = store.ended(fence, step, &StepEnd::Done, at(2)).await;
    ended.expect("ends");
    let other = Claim {
        made_with: MadeWith {
            commit: Some("second".into()),
            dirty: false,
        },
        ..plan(vec![change(1, Action::Assign, 2, 2)])
    };
    let claimed = store.claim(fence, &second, &other, at(3)).await;
    assert_eq!(claimed, Ok(vec![]));
    let records = store.audit(0, 100).await.expect("reads");
    let told: Vec<_> = records
        .iter()
        .map(|record| {
            let detail: Value = serde_json::from_str(&record.detail).expect("JSON");
            let commit = detail["commit"].as_str().unwrap_or_default().to_owned();
            (
                record.event.as_str(),
                record.sync.as_ref() == Some(&first),
                commit,
            )
        })
        .collect();
    let expected = [
        ("claimed", true, "first".to_owned()),
        ("assigned", false, "first".to_owned()),
        ("claimed", false, "second".to_owned()),
    ];
    assert_eq!(told, expected);
}
