//! What was: history, held lists, the audit trail.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::EndReason;
use linekeeper::report::{ChangeReport, UserRef};
use linekeeper::store::{Decision, HeldError};

on_both_engines!(
    a_number_keeps_its_history,
    held_lists_replace_each_other_and_expire,
    the_audit_trail_shows_where_it_was_broken,
);

async fn a_number_keeps_its_history(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..3).map(user).collect()).await;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1)],
        1,
    )
    .await;
    make(
        &store,
        fence,
        &sync,
        vec![change(2, Action::Release, 1, 1)],
        2,
    )
    .await;
    make(
        &store,
        fence,
        &sync,
        vec![change(3, Action::Assign, 2, 1)],
        3,
    )
    .await;
    store
        .finish(fence, &report(&sync, SyncStatus::Succeeded), at(4))
        .await
        .expect("finishes");
    let history = store.history(number(1)).await.expect("reads");
    let short: Vec<_> = history
        .iter()
        .map(|h| (h.user, h.from, h.to, h.end_reason))
        .collect();
    assert_eq!(
        short,
        [
            (id(1), at(1), Some(at(2)), Some(EndReason::Delicensed)),
            (id(2), at(3), None, None),
        ]
    );
    let first = &history[0];
    assert_eq!(
        (first.upn.as_str(), first.range.as_deref(), first.reason),
        ("user1@example.test", Some("muc"), Reason::Rule)
    );
    assert_eq!(
        (
            &first.sync,
            first.plan_id.as_deref(),
            first.rule_commit.as_deref()
        ),
        (&sync, Some("plan-1"), Some("abc"))
    );
    assert_eq!(
        (first.why.as_str(), first.end_sync.as_ref()),
        ("the rule says so", Some(&sync))
    );
    assert_eq!(store.history(number(2)).await, Ok(vec![]));
}

fn holding(sync: &str) -> SyncReport {
    let line = |who: u128, status| ChangeReport {
        action: "release".into(),
        user: UserRef {
            id: id(who),
            upn: format!("user{who}"),
        },
        number: number(1),
        range: None,
        number_type: NumberType::DirectRouting,
        reason: Reason::Delicensed,
        policy: None,
        status,
        error: None,
        why: String::new(),
    };
    let changes = vec![
        line(1, ChangeStatus::Held),
        line(2, ChangeStatus::Held),
        line(3, ChangeStatus::Succeeded),
    ];
    SyncReport {
        changes,
        ..report(sync, SyncStatus::Held)
    }
}

async fn held_lists_replace_each_other_and_expire(database: &Database) {
    let store = open(database).await;
    let (fence, first) = begin(&store).await;
    store
        .hold(fence, &first, &holding(&first), at(0))
        .await
        .expect("holds");
    store
        .finish(fence, &holding(&first), at(0))
        .await
        .expect("finishes");
    let held = store
        .held(at(1))
        .await
        .expect("reads")
        .expect("a held list");
    assert_eq!(
        (held.sync.as_str(), held.created, held.changes.len()),
        (first.as_str(), at(0), 2)
    );
    assert_eq!(store.held(at(24 * 60)).await, Ok(None), "it has expired");

    let (fence, second) = begin(&store).await;
    store
        .hold(fence, &second, &holding(&second), at(5))
        .await
        .expect("holds");
    let approve = Decision::Approve {
        by: "admin".into(),
        except: vec![id(2)],
    };
    let replaced = HeldError::Replaced {
        old: first.clone(),
        new: second.clone(),
    };
    assert_eq!(
        store
            .resolve_held(Some(fence), &first, &approve, at(6))
            .await,
        Err(replaced)
    );
    let expired = HeldError::Expired(second.clone());
    assert_eq!(
        store
            .resolve_held(Some(fence), &second, &approve, at(5 + 24 * 60))
            .await,
        Err(expired)
    );
    let unknown = HeldError::NotHeld("x".into());
    assert_eq!(
        store.resolve_held(Some(fence), "x", &approve, at(6)).await,
        Err(unknown)
    );
    let made = store
        .resolve_held(Some(fence), &second, &approve, at(6))
        .await
        .expect("approves");
    assert_eq!(
        made.iter().map(|change| change.user.id).collect::<Vec<_>>(),
        [id(1)]
    );
    let decided = HeldError::Decided {
        id: second.clone(),
        decision: "approved".into(),
    };
    let reject = Decision::Reject { by: "admin".into() };
    assert_eq!(
        store.resolve_held(None, &second, &reject, at(7)).await,
        Err(decided)
    );
    assert_eq!(store.held(at(7)).await, Ok(None));
}

async fn the_audit_trail_shows_where_it_was_broken(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..3).map(user).collect()).await;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1)],
        1,
    )
    .await;
    make(
        &store,
        fence,
        &sync,
        vec![change(2, Action::Release, 1, 1)],
        2,
    )
    .await;
    let records = store.audit(0, 100).await.expect("reads");
    let events: Vec<_> = records
        .iter()
        .map(|record| (record.event.as_str(), record.number))
        .collect();
    let at_1 = |event| (event, Some(number(1)));
    assert_eq!(
        events,
        [
            at_1("claimed"),
            at_1("assigned"),
            at_1("claimed"),
            at_1("released")
        ]
    );
    assert!(
        records
            .iter()
            .all(|record| record.user == Some(id(1)) && record.sync.as_ref() == Some(&sync))
    );
    assert_eq!(
        store.verify_audit().await.expect("verifies").broken_at,
        None
    );
    alter(database, "UPDATE audit SET user_id = NULL WHERE seq = 3").await;
    assert_eq!(
        store.verify_audit().await.expect("verifies").broken_at,
        Some(3)
    );
    alter(database, "DELETE FROM audit WHERE seq >= 3").await;
    let check = store.verify_audit().await.expect("verifies");
    assert_eq!(
        (check.records, check.broken_at),
        (4, Some(3)),
        "a missing end shows too"
    );
}

async fn alter(database: &Database, statement: &'static str) {
    if database.is_sqlite() {
        let pool = sqlx::SqlitePool::connect(&database.url)
            .await
            .expect("connects");
        sqlx::query(statement).execute(&pool).await.expect("alters");
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(&database.url)
            .await
            .expect("connects");
        sqlx::query(statement).execute(&pool).await.expect("alters");
        pool.close().await;
    }
}
