//! What people look at, beside a sync.

use super::journal::ready;
use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::{Note, NoteKind, NumberFacts, Reservation, UserFacts};

on_both_engines!(
    looking_does_not_disturb_a_sync,
    what_is_set_by_hand_during_a_sync_stays,
    a_stretch_is_bounded_and_whole,
    people_come_in_pages_with_their_numbers,
    noted_people_come_in_pages,
    syncs_come_in_pages,
    names_are_found_before_and_after_their_indexes,
);

/// A sync yields to what was changed by hand after it read the state, also when somebody looked meanwhile.
async fn looking_does_not_disturb_a_sync(database: &Database) {
    let (store, fence, sync) = ready(database, 5).await;
    let scope = Scope::Everyone;
    let first = store.users(&scope, None, 2).await.expect("reads");
    store.state(at(1)).await.expect("reads");
    let exempt = |facts: &mut UserFacts| facts.pin = Some(number(7));
    store
        .change_facts(id(2), "admin", "pinned", &exempt, at(1))
        .await
        .expect("pins");
    store.standing(at(1)).await.expect("reads");
    store.people(None, 3).await.expect("reads");
    store.find_users(&id(4).to_string()).await.expect("reads");
    store.stretch(number(0), number(9), 5).await.expect("reads");
    let rest = store.users(&scope, Some(first[1].user.id), 9).await;
    assert_eq!(rest.expect("reads").len(), 3);
    let overwriting = Claim {
        facts: vec![linekeeper::plan::FactsUpdate {
            user: id(2),
            facts: UserFacts::default(),
        }],
        ..Claim::default()
    };
    store
        .claim(fence, &sync, &overwriting, at(2))
        .await
        .expect("claims");
    let state = store.state(at(2)).await.expect("reads");
    assert_eq!(state.facts[&id(2)].pin, Some(number(7)), "the pin stays");
}

/// The service sets things by hand in the process that syncs: it reads the state, too, and later than the sync did.
async fn what_is_set_by_hand_during_a_sync_stays(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    store.state(at(1)).await.expect("reads for the sync");
    let exempt = |facts: &mut UserFacts| facts.pin = Some(number(7));
    store
        .change_facts(id(2), "admin", "pinned", &exempt, at(1))
        .await
        .expect("pins");
    store.state(at(1)).await.expect("reads what was set");
    let planned = Claim {
        facts: vec![linekeeper::plan::FactsUpdate {
            user: id(2),
            facts: UserFacts::default(),
        }],
        changes: vec![change(1, Action::Assign, 2, 1)],
        ..Claim::default()
    };
    let lost = store.claim(fence, &sync, &planned, at(2)).await;
    assert_eq!(lost.expect("claims"), [1], "decided without the pin");
    let state = store.state(at(2)).await.expect("reads");
    assert_eq!(state.facts[&id(2)].pin, Some(number(7)));
}

async fn a_stretch_is_bounded_and_whole(database: &Database) {
    let (store, fence, sync) = ready(database, 9).await;
    let assigned = (1..=6).map(|no| change(no, Action::Assign, u128::from(no), u64::from(no)));
    make(&store, fence, &sync, assigned.collect(), 1).await;
    let claimed = plan(vec![change(7, Action::Assign, 7, 8)]);
    store
        .claim(fence, &sync, &claimed, at(2))
        .await
        .expect("claims");
    let reserve = |facts: &mut NumberFacts| {
        facts.reserved = Some(Reservation {
            by: "admin".into(),
            reason: "fair".into(),
            until: None,
            whom: None,
        });
    };
    store
        .change_number(number(9), "admin", "reserved", &reserve, at(2))
        .await
        .expect("reserves");
    let pin = |facts: &mut UserFacts| facts.pin = Some(number(5));
    store
        .change_facts(id(8), "admin", "pinned", &pin, at(2))
        .await
        .expect("pins");
    let whole = store.state(at(3)).await.expect("reads");
    let (mut holdings, mut steps, mut facts, mut pins) = (vec![], vec![], vec![], vec![]);
    let (mut from, mut stretches) = (number(0), 0);
    while from <= number(20) {
        let stretch = store.stretch(from, number(20), 2).await.expect("reads");
        assert!(stretch.upto >= from && stretch.state.holdings.len() <= 2);
        from = E164::from_digits(stretch.upto.digits() + 1).expect("a number");
        holdings.extend(stretch.state.holdings);
        steps.extend(stretch.state.open_steps);
        facts.extend(stretch.state.numbers);
        pins.extend(stretch.state.facts.into_iter().map(|(id, f)| (id, f.pin)));
        stretches += 1;
    }
    assert_eq!(holdings, whole.holdings);
    assert_eq!(steps, whole.open_steps);
    assert_eq!(facts, whole.numbers.clone().into_iter().collect::<Vec<_>>());
    assert_eq!(pins, [(id(8), Some(number(5)))]);
    assert!(stretches > 2, "{stretches}");
}

async fn people_come_in_pages_with_their_numbers(database: &Database) {
    let (store, fence, sync) = ready(database, 5).await;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 3, 1)],
        1,
    )
    .await;
    for gone in [3, 4] {
        store
            .store_user(fence, id(gone), None, at(2))
            .await
            .expect("stores");
    }
    let (mut seen, mut after) = (vec![], None);
    loop {
        let page = store.people(after, 2).await.expect("reads");
        let Some(last) = page.last() else { break };
        after = Some(last.place);
        seen.extend(page.into_iter().map(|p| (p.stored.user.id, p.number)));
    }
    let expected = [0, 1, 2, 3].map(|no| (id(no), (no == 3).then(|| number(1))));
    assert_eq!(seen, expected, "gone and holding nothing: not shown");
    for no in [0, 3] {
        let person = store.person(id(no)).await.expect("reads");
        let person = person.expect("known");
        assert_eq!(
            (person.stored.user.id, person.stored.undecided),
            (id(no), no == 3)
        );
        assert_eq!(person.number, (no == 3).then(|| number(1)));
    }
    assert_eq!(store.person(id(77)).await.expect("reads"), None);
    let upns = store.upns([id(1), id(77)]).await.expect("reads");
    assert_eq!(
        upns.into_values().collect::<Vec<_>>(),
        ["User1@example.test"]
    );
}

async fn noted_people_come_in_pages(database: &Database) {
    let (store, _, _) = ready(database, 6).await;
    for (no, kind) in [
        (1, NoteKind::Exhausted),
        (2, NoteKind::NoRange),
        (3, NoteKind::Exhausted),
        (5, NoteKind::Exhausted),
    ] {
        let noted = |facts: &mut UserFacts| {
            facts.notes.push(Note {
                kind,
                user: Some(id(no)),
                number: None,
                range: None,
                detail: "{\"kind\":\"no-range\",\"user\":".into(),
            });
        };
        store
            .change_facts(id(no), "tests", "noted", &noted, at(1))
            .await
            .expect("notes");
    }
    let (mut seen, mut after) = (vec![], None);
    loop {
        let page = store.noted_people(NoteKind::Exhausted, after, 2).await;
        let page = page.expect("reads");
        let Some(last) = page.last() else { break };
        after = Some(last.stored.user.id);
        seen.extend(page.into_iter().map(|p| p.stored.user.id));
    }
    assert_eq!(seen, sorted(&[1, 3, 5]));
    let others = store.noted_people(NoteKind::NoRange, None, 9).await;
    assert_eq!(others.expect("reads").len(), 1);
}

async fn syncs_come_in_pages(database: &Database) {
    let store = open(database).await;
    let mut begun = Vec::new();
    for minute in 0..5 {
        let (fence, sync) = begin(&store).await;
        let report = report(&sync, SyncStatus::Succeeded);
        store
            .finish(fence, &report, at(minute))
            .await
            .expect("ends");
        begun.insert(0, sync);
    }
    let page = async |before: Option<&str>| {
        let page = store.syncs_before(before, 2).await.expect("reads");
        let ids = page.into_iter().map(|record| record.report.sync_id);
        ids.collect::<Option<Vec<_>>>().expect("ids")
    };
    assert_eq!(page(None).await, begun[..2]);
    assert_eq!(page(Some(&begun[1])).await, begun[2..4]);
    assert_eq!(page(Some(&begun[3])).await, begun[4..]);
    assert_eq!(page(Some("never")).await, [""; 0]);
}

async fn names_are_found_before_and_after_their_indexes(database: &Database) {
    let (store, fence, _) = ready(database, 3).await;
    let found = async |store: &TenantStore, text: &str| {
        let found = store.find_users(text).await.expect("reads");
        found.len()
    };
    assert_eq!(found(&store, "user1@example.test").await, 1);
    full_round(&store, fence, (0..4).map(user).collect()).await;
    assert_eq!(found(&store, "user3@example.test").await, 1);
    let other = open(database).await;
    assert_eq!(found(&other, "USER2@example.test").await, 1);
    assert_eq!(found(&other, "user9@example.test").await, 0);
}
