//! A number is the pin of one person at most.

use super::*;
use crate::harness::database::on_both_engines;
use crate::store::journal::ready;
use linekeeper::plan::{Refusal, UserFacts};
use linekeeper::reconcile::{Desk, OverrideError, pin};
use linekeeper::rules::{LoadOptions, RuleSet, SourceFile, load};

on_both_engines!(
    the_database_refuses_a_second_pin_of_one_number,
    of_two_people_pinned_at_once_one_is_told_of_the_other,
);

async fn pinned(store: &TenantStore, who: u128, no: u64) -> Option<UserFacts> {
    let pin = move |facts: &mut UserFacts| facts.pin = Some(number(no));
    let written = store.change_facts(id(who), "admin", "pinned", &pin, at(1));
    written.await.expect("the database is there")
}

async fn pins(store: &TenantStore) -> Vec<(UserId, E164)> {
    let state = store.state(at(2)).await.expect("reads");
    let pins = state.facts.iter();
    pins.filter_map(|(user, facts)| Some((*user, facts.pin?)))
        .collect()
}

async fn the_database_refuses_a_second_pin_of_one_number(database: &Database) {
    let (store, ..) = ready(database, 4).await;
    let other = open(database).await;
    assert!(pinned(&store, 1, 10).await.is_some());
    let before = store.verify_audit().await.expect("is read");
    assert_eq!(pinned(&other, 2, 10).await, None);
    assert_eq!(pins(&store).await, [(id(1), number(10))]);
    assert_eq!(
        store.verify_audit().await.expect("is read"),
        before,
        "what is refused leaves no trace"
    );
    // Once more the same, another number, and the number once it is nobody's pin.
    assert!(pinned(&store, 1, 10).await.is_some());
    assert!(pinned(&store, 2, 11).await.is_some());
    let unpin = |facts: &mut UserFacts| facts.pin = None;
    let unpinned = store.change_facts(id(1), "admin", "unpinned", &unpin, at(1));
    assert!(unpinned.await.expect("the database is there").is_some());
    assert!(pinned(&store, 2, 10).await.is_some());
    assert_eq!(pins(&store).await, [(id(2), number(10))]);
}

fn rules() -> RuleSet {
    let text =
        r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1099 quarantine 0 days }"#;
    let file = SourceFile {
        name: "test.rules".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    load(&[file], LoadOptions { groups: false })
        .expect("the rules are right")
        .rule_set
}

async fn of_two_people_pinned_at_once_one_is_told_of_the_other(database: &Database) {
    let (first, ..) = ready(database, 4).await;
    let second = open(database).await;
    let (rules, settings) = (rules(), Settings::default());
    let desk = |records| Desk {
        records,
        settings: &settings,
        by: "admin",
        now: at(1),
    };
    let (one, other) = (desk(&first), desk(&second));
    for no in 0..20 {
        let both = tokio::join!(
            pin(&one, &rules, id(1), number(no), false),
            pin(&other, &rules, id(2), number(no), false)
        );
        let (refused, winner) = match both {
            (Ok(_), Err(refused)) => (refused, id(1)),
            (Err(refused), Ok(_)) => (refused, id(2)),
            both => panic!("one of two is pinned: {both:?}"),
        };
        let OverrideError::Refused(Refusal::PinnedToAnother { holder, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(holder.user, winner);
        let pins = pins(&first).await;
        let on_it = pins.iter().filter(|(_, pinned)| *pinned == number(no));
        assert_eq!(on_it.map(|(user, _)| *user).collect::<Vec<_>>(), [winner]);
    }
}
