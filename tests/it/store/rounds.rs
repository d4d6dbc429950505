//! Rounds of reading users.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::GoneHow;
use linekeeper::reconcile::{RoundEnd, RoundMode};

on_both_engines!(
    a_fresh_round_stores_everybody_and_the_next_writes_only_differences,
    who_is_not_seen_is_absent_and_comes_back,
    an_empty_directory_is_not_believed,
    a_removed_user_is_gone_until_seen_again,
    an_interrupted_round_goes_on_in_another_process,
    a_user_seen_twice_with_other_content_is_named,
    marks_stay_until_a_claim_takes_them_off,
    delta_rounds_start_from_the_stored_link,
    single_users_are_stored_as_a_page_would,
    odd_texts_come_back_as_they_were,
);

async fn a_fresh_round_stores_everybody_and_the_next_writes_only_differences(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    let everybody: Vec<User> = (0..2500).map(user).collect();
    full_round(&store, fence, everybody.clone()).await;
    let stored = store
        .users(&Scope::Everyone, None, 10_000)
        .await
        .expect("reads");
    assert_eq!(
        stored.iter().map(|stored| &stored.user).collect::<Vec<_>>(),
        everybody.iter().collect::<Vec<_>>()
    );
    assert!(
        stored
            .iter()
            .all(|stored| stored.undecided && stored.gone.is_none())
    );
    assert_eq!(store.state(at(0)).await.expect("reads").users, 2500);
    store
        .claim(fence, &sync, &Claim::default(), at(0))
        .await
        .expect("claims");
    assert_eq!(undecided(&store).await, []);

    let mut again = everybody;
    again[7] = in_city(7, "Bonn");
    again[2001] = in_city(2001, "Bonn");
    again.push(user(9000));
    full_round(&store, fence, again.clone()).await;
    assert_eq!(undecided(&store).await, sorted(&[7, 2001, 9000]));
    let stored = users(&store, &Scope::Only(vec![id(2001)])).await;
    assert_eq!(stored[0].user, again[2001]);
}

async fn who_is_not_seen_is_absent_and_comes_back(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..5).map(user).collect()).await;
    store
        .claim(fence, &sync, &Claim::default(), at(0))
        .await
        .expect("claims");
    let mut round = store.begin_full(fence, "sel", at(1)).await.expect("begins");
    let some = (0..4).filter(|no| *no != 2).map(user).collect();
    store
        .store_pages(fence, &mut round, &[page(some, end("d"))], at(1))
        .await
        .expect("stores");
    let ended = store
        .end_round(fence, &round, &Link("d".into()), false, at(1))
        .await
        .expect("ends");
    assert_eq!(
        ended,
        RoundEnd {
            seen_twice: vec![],
            absent: 2,
            seen: 3
        }
    );
    assert_eq!(undecided(&store).await, sorted(&[2, 4]));
    let gone = users(&store, &Scope::Only(vec![id(4)])).await[0]
        .gone
        .expect("gone");
    assert_eq!((gone.since, gone.how), (at(1), GoneHow::Absent));
    assert_eq!(
        users(&store, &Scope::Everyone).await.len(),
        3,
        "who is gone and holds nothing is nobody's business"
    );
    assert_eq!(store.state(at(1)).await.expect("reads").users, 3);

    store
        .claim(fence, &sync, &Claim::default(), at(1))
        .await
        .expect("claims");
    full_round(&store, fence, (0..5).map(user).collect()).await;
    assert_eq!(
        undecided(&store).await,
        sorted(&[2, 4]),
        "back with the same record, and to be decided"
    );
    assert_eq!(users(&store, &Scope::Only(vec![id(4)])).await[0].gone, None);
    assert_eq!(store.state(at(1)).await.expect("reads").users, 5);
}

async fn an_empty_directory_is_not_believed(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    full_round(&store, fence, (0..5).map(user).collect()).await;
    let mut round = store.begin_full(fence, "sel", at(1)).await.expect("begins");
    store
        .store_pages(fence, &mut round, &[page(vec![], end("d"))], at(1))
        .await
        .expect("stores");
    let ended = store
        .end_round(fence, &round, &Link("d".into()), true, at(1))
        .await
        .expect("ends");
    assert_eq!((ended.absent, ended.seen), (0, 0));
    assert_eq!(users(&store, &Scope::Everyone).await.len(), 5);
}

async fn a_removed_user_is_gone_until_seen_again(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..3).map(user).collect()).await;
    store
        .claim(fence, &sync, &Claim::default(), at(0))
        .await
        .expect("claims");
    let mut round = store
        .resume_point()
        .await
        .expect("reads")
        .expect("a stored link");
    let removed = |no, for_good| Observed::Removed {
        id: id(no),
        for_good,
    };
    let users_gone = vec![removed(1, false), removed(2, true), removed(77, true)];
    let gone = Page {
        users: users_gone,
        next: end("d2"),
    };
    store
        .store_pages(fence, &mut round, &[gone], at(5))
        .await
        .expect("stores");
    let how = |stored: &StoredUser| stored.gone.map(|gone| (gone.since, gone.how));
    let found = users(&store, &Scope::Only(vec![id(1), id(2), id(77)])).await;
    let found: Vec<_> = found.iter().map(how).collect();
    assert_eq!(
        found,
        [
            Some((at(5), GoneHow::SoftDeleted)),
            Some((at(5), GoneHow::Deleted))
        ]
    );

    let restored = page(vec![user(1)], end("d3"));
    store
        .store_pages(fence, &mut round, &[restored], at(6))
        .await
        .expect("stores");
    let ended = store
        .end_round(fence, &round, &Link("d3".into()), false, at(6))
        .await
        .expect("ends");
    assert_eq!(
        ended.seen_twice,
        [id(1)],
        "removed and there again in one round: to be read by id"
    );
    assert_eq!(users(&store, &Scope::Only(vec![id(1)])).await[0].gone, None);
    assert_eq!(undecided(&store).await, sorted(&[1, 2]));
}

async fn an_interrupted_round_goes_on_in_another_process(database: &Database) {
    let first = open(database).await;
    let (fence, _) = begin(&first).await;
    full_round(&first, fence, (0..6).map(user).collect()).await;
    let mut round = first.begin_full(fence, "sel", at(1)).await.expect("begins");
    let half = page((0..2).map(user).collect(), more("next-1"));
    first
        .store_pages(fence, &mut round, &[half], at(2))
        .await
        .expect("stores");
    first.abandon().await.expect("lets go");
    drop(first);

    let second = open(database).await;
    let (fence, _) = begin(&second).await;
    let mut round = second
        .resume_point()
        .await
        .expect("reads")
        .expect("an open round");
    assert_eq!(
        (round.mode, round.at.clone()),
        (RoundMode::Full, Some(Link("next-1".into())))
    );
    assert_eq!((round.selection.as_str(), round.at_since), ("sel", at(2)));
    let rest = page(vec![user(3), in_city(0, "Bonn"), user(9)], end("d"));
    second
        .store_pages(fence, &mut round, &[rest], at(3))
        .await
        .expect("stores");
    let ended = second
        .end_round(fence, &round, &Link("d".into()), false, at(3))
        .await
        .expect("ends");
    assert_eq!(
        ended,
        RoundEnd {
            seen_twice: vec![id(0)],
            absent: 3,
            seen: 4
        }
    );
    let next = second.resume_point().await.expect("reads").expect("a link");
    assert_eq!(
        (next.mode, next.at),
        (RoundMode::Delta, Some(Link("d".into())))
    );
    let gone: Vec<bool> = users(&second, &Scope::Only((0..6).map(id).collect()))
        .await
        .iter()
        .map(|stored| stored.gone.is_some())
        .collect();
    assert_eq!(gone, [false, false, true, false, true, true]);
}

async fn a_user_seen_twice_with_other_content_is_named(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let mut round = store.begin_full(fence, "sel", at(0)).await.expect("begins");
    let pages = [
        page(vec![user(1), user(2), in_city(2, "Bonn")], more("n1")),
        page(vec![user(1), user(3)], more("n2")),
    ];
    store
        .store_pages(fence, &mut round, &pages, at(0))
        .await
        .expect("stores");
    let last = page(vec![in_city(3, "Bonn"), user(2)], end("d"));
    store
        .store_pages(fence, &mut round, &[last], at(0))
        .await
        .expect("stores");
    let ended = store
        .end_round(fence, &round, &Link("d".into()), false, at(0))
        .await
        .expect("ends");
    let mut twice = ended.seen_twice;
    twice.sort();
    assert_eq!((twice, ended.seen), (sorted(&[2, 3]), 3));
    let stored = users(&store, &Scope::Only(vec![id(3)])).await;
    assert_eq!(stored[0].user, in_city(3, "Bonn"), "the later one wins");
}

async fn marks_stay_until_a_claim_takes_them_off(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..10).map(user).collect()).await;
    drop(store);
    let store = open(database).await;
    let fence = match store.begin(&trigger(), at(0)).await.expect("begins") {
        Begin::Ours(fence, _) => fence,
        // The lease of the handle that was dropped still runs.
        Begin::Running { .. } => fence,
    };
    assert_eq!(undecided(&store).await.len(), 10);
    let decided = Claim {
        decided: Some(vec![id(3), id(4), id(9)]),
        still_undecided: vec![id(4)],
        ..Claim::default()
    };
    store
        .claim(fence, &sync, &decided, at(0))
        .await
        .expect("claims");
    assert_eq!(undecided(&store).await, sorted(&[0, 1, 2, 4, 5, 6, 7, 8]));
    let everybody = Claim {
        still_undecided: vec![id(1)],
        ..Claim::default()
    };
    store
        .claim(fence, &sync, &everybody, at(0))
        .await
        .expect("claims");
    assert_eq!(undecided(&store).await, sorted(&[1]));
}

async fn delta_rounds_start_from_the_stored_link(database: &Database) {
    let store = open(database).await;
    assert_eq!(store.resume_point().await, Ok(None));
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..3).map(user).collect()).await;
    store
        .claim(fence, &sync, &Claim::default(), at(0))
        .await
        .expect("claims");
    let mut round = store.resume_point().await.expect("reads").expect("a link");
    assert_eq!(
        (round.mode, round.at.clone()),
        (RoundMode::Delta, Some(Link("delta-1".into())))
    );
    let first = page(vec![user(0), in_city(1, "Bonn")], more("n1"));
    store
        .store_pages(fence, &mut round, &[first], at(1))
        .await
        .expect("stores");
    let resumed = store
        .resume_point()
        .await
        .expect("reads")
        .expect("the round");
    assert!(resumed.interrupted, "the round has begun");
    round.interrupted = true;
    assert_eq!(resumed, round);
    let last = page(vec![user(5)], end("delta-2"));
    store
        .store_pages(fence, &mut round, &[last], at(2))
        .await
        .expect("stores");
    let ended = store
        .end_round(fence, &round, &Link("delta-2".into()), false, at(2))
        .await
        .expect("ends");
    assert_eq!(
        ended,
        RoundEnd {
            seen_twice: vec![],
            absent: 0,
            seen: 3
        }
    );
    assert_eq!(undecided(&store).await, sorted(&[1, 5]));
    let next = store.resume_point().await.expect("reads").expect("a link");
    assert_eq!(next.at, Some(Link("delta-2".into())));
    assert!(next.id > round.id);
}

async fn single_users_are_stored_as_a_page_would(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..3).map(user).collect()).await;
    store
        .claim(fence, &sync, &Claim::default(), at(0))
        .await
        .expect("claims");
    let changed = in_city(1, "Bonn");
    store
        .store_user(fence, id(0), Some(&user(0)), at(1))
        .await
        .expect("stores");
    store
        .store_user(fence, id(1), Some(&changed), at(1))
        .await
        .expect("stores");
    store
        .store_user(fence, id(2), None, at(1))
        .await
        .expect("stores");
    store
        .store_user(fence, id(50), None, at(1))
        .await
        .expect("stores");
    store
        .store_user(fence, id(51), Some(&user(51)), at(1))
        .await
        .expect("stores");
    assert_eq!(undecided(&store).await, sorted(&[1, 2, 51]));
    assert_eq!(store.state(at(1)).await.expect("reads").users, 3);
}

async fn odd_texts_come_back_as_they_were(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let mut odd = user(1);
    let texts = [
        "=cmd|' /C calc'!A0",
        "a\u{202e}b\u{200d}\"\\ \u{1F4DE}",
        "NUL \u{0} inside",
        "'); DROP TABLE users; --",
    ];
    for (attribute, text) in Attribute::ALL.iter().zip(texts.iter().cycle()) {
        odd.attributes.set(*attribute, Some((*text).into()));
    }
    odd.enabled = false;
    odd.guest = true;
    odd.created = Some("2026-01-02T03:04:05.1234567Z".parse().expect("a time"));
    odd.business_phone = Some("+49 (0) 89".into());
    full_round(&store, fence, vec![odd.clone()]).await;
    assert_eq!(users(&store, &Scope::Everyone).await[0].user, odd);
}
