//! What is told to webhooks: once, in order, and all of it or nothing.

use super::*;
use crate::harness::database::on_both_engines;
use crate::store::journal::ready;
use linekeeper::store::{NewMessage, Signal, Telling, ToldSoFar};

on_both_engines!(
    the_history_is_told_once_whoever_is_quicker,
    messages_wait_in_the_order_of_their_receiver,
    what_nobody_hears_of_is_forgotten,
);

fn message(receiver: &str, id: &str) -> NewMessage {
    NewMessage {
        receiver: receiver.to_owned(),
        id: id.to_owned(),
        event: "held".to_owned(),
        body: format!("{{\"id\":\"{id}\",\"text\":\"\\u0000 ü\"}}"),
    }
}

fn signal(subject: &str, told: bool) -> Signal {
    Signal {
        event: "waiting".to_owned(),
        subject: subject.to_owned(),
        since: at(0),
        told,
    }
}

/// A step of the history with some messages.
fn step(from: &ToldSoFar, messages: Vec<NewMessage>) -> Telling {
    Telling {
        from: from.clone(),
        to: ToldSoFar {
            audit: from.audit + 1,
            fence: from.fence,
            last_sync: "failed".to_owned(),
        },
        standing: Vec::new(),
        gone: Vec::new(),
        messages,
    }
}

async fn waiting(store: &TenantStore, receiver: &str) -> Option<(String, u32)> {
    let first = store.first_message(receiver).await.expect("reads")?;
    Some((first.id, first.tries))
}

async fn the_history_is_told_once_whoever_is_quicker(database: &Database) {
    let (store, ..) = ready(database, 4).await;
    let other = open(database).await;
    let begin = store.told_so_far().await.expect("begins");
    assert_eq!(begin.last_sync, ToldSoFar::NEW);
    let end = store
        .audit(0, 1000)
        .await
        .expect("reads")
        .last()
        .map_or(0, |last| last.seq);
    assert_eq!(begin.audit, end, "what was before is not told");
    assert_eq!(other.told_so_far().await.expect("reads"), begin);
    let mut telling = step(&begin, vec![message("a", "1")]);
    telling.standing = vec![signal("anna", false), signal("bert", true)];
    assert!(store.tell(&telling, at(1)).await.expect("writes"));
    let late = step(&begin, vec![message("a", "2")]);
    assert!(
        !other.tell(&late, at(1)).await.expect("writes"),
        "somebody was quicker"
    );
    assert_eq!(other.told_so_far().await.expect("reads"), telling.to);
    assert_eq!(other.messages_waiting().await.expect("reads"), 1);
    assert_eq!(other.signals().await.expect("reads"), telling.standing);
    let mut next = step(&telling.to, Vec::new());
    next.standing = vec![signal("anna", true)];
    next.gone = vec![("waiting".to_owned(), "bert".to_owned())];
    assert!(store.tell(&next, at(2)).await.expect("writes"));
    assert_eq!(
        store.signals().await.expect("reads"),
        [signal("anna", true)]
    );
    // Nothing of it is the business of a sync: its version stays.
    let before = store.standing(at(2)).await.expect("reads").version;
    assert!(
        store
            .tell(&step(&next.to, Vec::new()), at(3))
            .await
            .expect("writes")
    );
    assert_eq!(store.standing(at(3)).await.expect("reads").version, before);
}

async fn messages_wait_in_the_order_of_their_receiver(database: &Database) {
    let (store, ..) = ready(database, 4).await;
    let begin = store.told_so_far().await.expect("begins");
    let first = step(
        &begin,
        vec![message("a", "1"), message("b", "1"), message("a", "2")],
    );
    assert!(store.tell(&first, at(1)).await.expect("writes"));
    assert!(
        store
            .tell(&step(&first.to, vec![message("a", "3")]), at(2))
            .await
            .expect("writes")
    );
    let head = store
        .first_message("a")
        .await
        .expect("reads")
        .expect("a message");
    assert_eq!(
        (head.id.as_str(), head.due, head.created),
        ("1", at(1), at(1))
    );
    assert_eq!(head.body, message("a", "1").body);
    store
        .put_off_message("a", head.no, at(9))
        .await
        .expect("writes");
    let again = store
        .first_message("a")
        .await
        .expect("reads")
        .expect("a message");
    assert_eq!((again.id.as_str(), again.due, again.tries), ("1", at(9), 1));
    store.drop_message("a", head.no).await.expect("writes");
    assert_eq!(waiting(&store, "a").await, Some(("2".to_owned(), 0)));
    assert_eq!(waiting(&store, "b").await, Some(("1".to_owned(), 0)));
    let second = store
        .first_message("a")
        .await
        .expect("reads")
        .expect("a message");
    store.drop_message("a", second.no).await.expect("writes");
    assert_eq!(waiting(&store, "a").await, Some(("3".to_owned(), 0)));
}

async fn what_nobody_hears_of_is_forgotten(database: &Database) {
    let (store, ..) = ready(database, 4).await;
    let whole = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    assert!(whole.told_tenants().await.expect("reads").is_empty());
    let begin = store.told_so_far().await.expect("begins");
    let mut telling = step(&begin, vec![message("a", "1"), message("b", "1")]);
    telling.standing = vec![signal("anna", true)];
    assert!(store.tell(&telling, at(1)).await.expect("writes"));
    assert_eq!(whole.told_tenants().await.expect("reads").len(), 1);
    store
        .keep_receivers(&["b".to_owned()])
        .await
        .expect("writes");
    assert_eq!(waiting(&store, "a").await, None);
    assert_eq!(waiting(&store, "b").await, Some(("1".to_owned(), 0)));
    assert_eq!(store.told_so_far().await.expect("reads"), telling.to);
    store.keep_receivers(&[]).await.expect("writes");
    assert_eq!(store.messages_waiting().await.expect("reads"), 0);
    assert!(store.signals().await.expect("reads").is_empty());
    assert!(whole.told_tenants().await.expect("reads").is_empty());
    assert_eq!(
        store.told_so_far().await.expect("begins").last_sync,
        ToldSoFar::NEW
    );
}
