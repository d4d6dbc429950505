//! What is read back: scopes, state, listing, history, held lists, people, the audit trail.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::numbering::{Category, Listed, ListedProfile, ListedStatus, ListedType};
use linekeeper::plan::{EndReason, FactsUpdate, Note, NoteKind, UserFacts, Wait};
use linekeeper::report::{ChangeReport, UserRef};
use linekeeper::store::{Decision, HeldError};

on_both_engines!(
    the_state_is_read_again_only_when_somebody_wrote,
    scopes_hold_whom_they_should,
    the_number_list_is_replaced_by_its_differences,
    a_number_keeps_its_history,
    held_lists_replace_each_other_and_expire,
    people_are_found_by_id_upn_mail_and_former_upn,
    the_departed_are_recognisable,
    the_audit_trail_shows_where_it_was_broken,
);

async fn the_state_is_read_again_only_when_somebody_wrote(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..3).map(user).collect()).await;
    let first = store.state(at(1)).await.expect("reads");
    let second = store.state(at(2)).await.expect("reads");
    assert!(Arc::ptr_eq(&first, &second));
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1)],
        3,
    )
    .await;
    let third = store.state(at(3)).await.expect("reads");
    assert_eq!((first.holdings.len(), third.holdings.len()), (0, 1));
    let other = open(database).await;
    let pin = |facts: &mut UserFacts| facts.pin = Some(number(4));
    other
        .change_facts(id(2), "admin", "pinned", &pin, at(4))
        .await
        .expect("pins");
    let fourth = store.state(at(4)).await.expect("reads");
    assert_eq!(fourth.facts[&id(2)].pin, Some(number(4)));
}

async fn scopes_hold_whom_they_should(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..9).map(user).collect()).await;
    let note = Note {
        kind: NoteKind::Exhausted,
        user: Some(id(3)),
        number: None,
        range: None,
        detail: "none left".into(),
    };
    let plain = Note {
        kind: NoteKind::NoRange,
        user: Some(id(6)),
        ..note.clone()
    };
    let facts = |user, facts| FactsUpdate { user, facts };
    let claim = Claim {
        facts: vec![
            facts(
                id(2),
                UserFacts {
                    wait: Some(Wait::RemovedOutside),
                    ..UserFacts::default()
                },
            ),
            facts(
                id(3),
                UserFacts {
                    notes: vec![note],
                    ..UserFacts::default()
                },
            ),
            facts(
                id(4),
                UserFacts {
                    due: Some(at(10)),
                    ..UserFacts::default()
                },
            ),
            facts(
                id(5),
                UserFacts {
                    due: Some(at(99)),
                    ..UserFacts::default()
                },
            ),
            facts(
                id(6),
                UserFacts {
                    notes: vec![plain],
                    ..UserFacts::default()
                },
            ),
        ],
        still_undecided: vec![id(1)],
        ..Claim::default()
    };
    store
        .claim(fence, &sync, &claim, at(0))
        .await
        .expect("claims");
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 8, 1)],
        1,
    )
    .await;
    store
        .store_user(fence, id(8), None, at(2))
        .await
        .expect("stores");
    store
        .store_user(fence, id(7), None, at(2))
        .await
        .expect("stores");
    let nos = async |scope: Scope| {
        let found: Vec<_> = users(&store, &scope)
            .await
            .iter()
            .map(|stored| stored.user.id)
            .collect();
        (0..9u128)
            .filter(|no| found.contains(&id(*no)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        nos(Scope::Open {
            also: vec![id(0)],
            now: at(10)
        })
        .await,
        [0, 1, 2, 3, 4, 7, 8]
    );
    assert_eq!(
        nos(Scope::Everyone).await,
        [0, 1, 2, 3, 4, 5, 6, 8],
        "gone with a number is somebody"
    );
    assert_eq!(nos(Scope::Only(vec![id(7), id(5), id(77)])).await, [5, 7]);
    let waiting = users(&store, &Scope::Only(vec![id(2)])).await;
    assert_eq!(waiting[0].facts.wait, Some(Wait::RemovedOutside));
    let noted = store
        .user_notes(Some(NoteKind::Exhausted), 10)
        .await
        .expect("reads");
    assert_eq!(
        noted
            .iter()
            .map(|(id, upn, _)| (*id, upn.as_str()))
            .collect::<Vec<_>>(),
        [(id(3), "User3@example.test")]
    );
}

fn listed(no: u64, target: Option<u128>) -> Listed {
    let status = if target.is_some() {
        ListedStatus::UserAssigned
    } else {
        ListedStatus::Unassigned
    };
    let profile = ListedProfile {
        number_type: ListedType::Known(NumberType::DirectRouting),
        activated: true,
        for_users: true,
        status,
        category: Category::Primary,
        ported: true,
        on_premises: false,
        extension: false,
        operator: None,
        country: None,
        location_update: false,
    };
    Listed {
        number: number(no),
        target: target.map(|no| id(no).0),
        profile: Arc::new(profile),
    }
}

async fn the_number_list_is_replaced_by_its_differences(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let mut list: Vec<Listed> = (0..6000).map(|no| listed(no, None)).collect();
    store
        .store_listing(fence, &list, at(0))
        .await
        .expect("stores");
    assert_eq!(store.listing().await.expect("reads"), list);
    list.remove(3);
    list[0] = listed(0, Some(5));
    list.push(listed(7000, Some(6)));
    let mut with_extension = listed(7000, None);
    Arc::make_mut(&mut with_extension.profile).extension = true;
    list.push(with_extension);
    store
        .store_listing(fence, &list, at(1))
        .await
        .expect("stores");
    let sort = |mut list: Vec<Listed>| {
        list.sort_by_key(|listed| (listed.number, listed.profile.extension));
        list
    };
    assert_eq!(sort(store.listing().await.expect("reads")), list);
    drop(store);
    let store = open(database).await;
    let fence = match store.begin(&trigger(), at(0)).await.expect("begins") {
        Begin::Ours(fence, _) => fence,
        Begin::Running { .. } => fence,
    };
    let short: Vec<Listed> = list.drain(..10).rev().collect();
    store
        .store_listing(fence, &short, at(2))
        .await
        .expect("stores");
    assert_eq!(store.listing().await.expect("reads"), sort(short));
}

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

async fn people_are_found_by_id_upn_mail_and_former_upn(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let mut anna = user(1);
    anna.attributes
        .set(Attribute::Mail, Some("Anna.Berg@example.test".into()));
    full_round(&store, fence, vec![anna.clone(), user(2)]).await;
    anna.attributes
        .set(Attribute::Upn, Some("anna.thal@example.test".into()));
    full_round(&store, fence, vec![anna, user(2)]).await;
    let find = async |text: &str| {
        let found = store.find_users(text).await.expect("reads");
        found
            .iter()
            .map(|found| (found.stored.user.id, found.by_former_upn))
            .collect::<Vec<_>>()
    };
    assert_eq!(find(" ANNA.thal@example.test").await, [(id(1), false)]);
    assert_eq!(find("anna.berg@EXAMPLE.test").await, [(id(1), false)]);
    assert_eq!(find("user1@example.test").await, [(id(1), true)]);
    assert_eq!(find(&id(2).to_string()).await, [(id(2), false)]);
    assert_eq!(find("nobody@example.test").await, []);
}

async fn the_departed_are_recognisable(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..4).map(user).collect()).await;
    make(
        &store,
        fence,
        &sync,
        vec![
            change(1, Action::Assign, 1, 1),
            change(2, Action::Assign, 2, 2),
        ],
        1,
    )
    .await;
    let mut nameless = user(2);
    nameless.attributes.set(Attribute::Surname, None);
    store
        .store_user(fence, id(2), Some(&nameless), at(2))
        .await
        .expect("stores");
    for gone in [1, 2, 3] {
        store
            .store_user(fence, id(gone), None, at(3))
            .await
            .expect("stores");
    }
    make(
        &store,
        fence,
        &sync,
        vec![change(3, Action::Release, 1, 1)],
        4,
    )
    .await;
    let mut back = user(1);
    back.id = id(100);
    store
        .store_user(fence, id(100), Some(&back), at(5))
        .await
        .expect("stores");
    let state = store.state(at(5)).await.expect("reads");
    assert_eq!(
        state.departed.len(),
        1,
        "neither without a surname nor without a number"
    );
    let departed = &state.departed[0];
    assert_eq!(
        (departed.user, departed.number, departed.same_employee_id),
        (id(1), number(1), 2)
    );
    assert_eq!(departed.identity, ["e1", "example", "person1"]);
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
