//! Many overrides at once: all or none, and whom the texts of a file mean.

use super::{at, begin, full_round, id, number, open, user};
use crate::harness::database::{Database, on_both_engines};
use linekeeper::directory::Attribute;
use linekeeper::numbering::NumberState;
use linekeeper::plan::NumberWish;
use linekeeper::reconcile::{InBulk, Ledger, NumberWishes};
use linekeeper::store::TenantStore;
use std::io;

on_both_engines!(
    numbers_are_set_all_or_none,
    pins_go_round_in_one_step,
    texts_mean_people,
);

fn wish(no: u64, state: NumberState) -> NumberWish {
    NumberWish {
        number: number(no),
        state,
        until: None,
        reason: Some(format!("row {no}")),
    }
}

async fn reserved(store: &TenantStore) -> Vec<String> {
    let state = store.state(at(1)).await.expect("reads");
    let reserved = state.numbers.iter().filter_map(|(number, facts)| {
        let reservation = facts.reserved.as_ref()?;
        Some(format!(
            "{number} {} {}",
            reservation.by, reservation.reason
        ))
    });
    reserved.collect()
}

async fn numbers_are_set_all_or_none(database: &Database) {
    let store = open(database).await;
    let chunks = |fails: bool| {
        move || -> io::Result<NumberWishes<'static>> {
            let good = Ok(vec![
                wish(1, NumberState::Reserved),
                wish(2, NumberState::Reserved),
            ]);
            let last = match fails {
                true => Err(io::Error::other("the disk is gone")),
                false => Ok(vec![wish(3, NumberState::Reserved)]),
            };
            Ok(Box::new(vec![good, last].into_iter()))
        }
    };
    let failed = store.set_numbers("anna", &chunks(true), at(0)).await;
    assert!(
        failed
            .expect_err("it fails")
            .to_string()
            .contains("the disk is gone")
    );
    assert_eq!(reserved(&store).await, [""; 0]);
    assert_eq!(
        store.set_numbers("anna", &chunks(false), at(0)).await,
        Ok(3)
    );
    // Whoever asks for the same again changes nothing, not even who asked first.
    assert_eq!(
        store.set_numbers("bert", &chunks(false), at(0)).await,
        Ok(0)
    );
    let all = [
        "+498955501001 anna row 1",
        "+498955501002 anna row 2",
        "+498955501003 anna row 3",
    ];
    assert_eq!(reserved(&store).await, all);
    assert_eq!(store.set_aside(at(1)).await, Ok(3));
    let freed = || -> io::Result<NumberWishes<'static>> {
        Ok(Box::new(std::iter::once(Ok(vec![wish(
            2,
            NumberState::Free,
        )]))))
    };
    assert_eq!(store.set_numbers("anna", &freed, at(0)).await, Ok(1));
    assert_eq!(store.set_aside(at(1)).await, Ok(2));
    let trail = store.audit(0, 100).await.expect("reads");
    let events: Vec<&str> = trail.iter().map(|record| record.event.as_str()).collect();
    assert_eq!(events, ["reserved", "reserved", "reserved", "freed"]);
    assert_eq!(store.verify_audit().await.expect("reads").broken_at, None);
}

async fn pins_go_round_in_one_step(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    full_round(&store, fence, (1..=3).map(user).collect()).await;
    let first = [
        (id(1), Some(number(1))),
        (id(2), Some(number(2))),
        (id(3), Some(number(3))),
    ];
    assert_eq!(store.set_pins("anna", &first, at(0)).await, Ok(true));
    let round = [
        (id(1), Some(number(2))),
        (id(2), Some(number(3))),
        (id(3), Some(number(1))),
    ];
    assert_eq!(store.set_pins("anna", &round, at(0)).await, Ok(true));
    let pins = || async { store.pins().await.expect("reads") };
    assert_eq!(
        pins().await,
        round.iter().map(|(u, n)| (*u, n.expect("a pin"))).collect()
    );
    // Somebody else has the number: nothing of the list is done.
    let taken = [(id(1), None), (id(2), Some(number(1)))];
    assert_eq!(store.set_pins("anna", &taken, at(0)).await, Ok(false));
    assert_eq!(pins().await.len(), 3);
    let dropped = [(id(3), None), (id(2), Some(number(1)))];
    assert_eq!(store.set_pins("anna", &dropped, at(0)).await, Ok(true));
    assert_eq!(pins().await.get(&id(2)), Some(&number(1)));
    assert_eq!(pins().await.len(), 2);
    assert_eq!(store.verify_audit().await.expect("reads").broken_at, None);
}

async fn texts_mean_people(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let with = |no: u128, attribute, text: &str| {
        let mut user = user(no);
        user.attributes.set(attribute, Some(text.into()));
        user
    };
    let people = vec![
        user(1),
        with(2, Attribute::Mail, "second@example.test"),
        with(3, Attribute::EmployeeId, "E1"),
        with(4, Attribute::Upn, "once@example.test"),
    ];
    full_round(&store, fence, people).await;
    let renamed = with(4, Attribute::Upn, "now@example.test");
    store
        .store_user(fence, id(4), Some(&renamed), at(1))
        .await
        .expect("stores");
    let texts = [
        "USER1@example.test",
        "second@EXAMPLE.test",
        "e2",
        "E1",
        "once@example.test",
        "now@example.test",
        "nobody",
        &id(2).to_string(),
        "",
    ];
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let mut meant = store.meant(&texts).await.expect("reads");
    meant.iter_mut().for_each(|users| users.sort());
    let mut both = vec![id(1), id(3)];
    both.sort();
    let expected = [
        vec![id(1)],
        vec![id(2)],
        vec![id(2)],
        both,
        vec![id(4)],
        vec![id(4)],
        vec![],
        vec![id(2)],
        vec![],
    ];
    assert_eq!(meant, expected);
    // Whoever is gone is meant only where nobody else is.
    store
        .store_user(fence, id(3), None, at(2))
        .await
        .expect("stores");
    let meant = store.meant(&texts[3..4]).await.expect("reads");
    assert_eq!(meant, [vec![id(1)]]);
}
