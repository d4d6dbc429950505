//! What is read back: scopes, state, listing, history, held lists, people, the audit trail.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::numbering::{Category, Listed, ListedProfile, ListedStatus, ListedType};
use linekeeper::plan::{FactsUpdate, Note, NoteKind, UserFacts, Wait};

on_both_engines!(
    the_state_is_read_again_only_when_somebody_wrote,
    scopes_hold_whom_they_should,
    the_number_list_is_replaced_by_its_differences,
    people_are_found_by_id_upn_mail_and_former_upn,
    the_departed_are_recognisable,
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
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 8, 1)],
        1,
    )
    .await;
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
        location: None,
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
