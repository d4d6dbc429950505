//! Who may sync, and what a pause does.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::Pause;
use std::time::Duration;

on_both_engines!(
    one_sync_at_a_time_whoever_asks,
    tenants_do_not_disturb_each_other,
    a_pause_stops_writes_at_once,
    a_finished_sync_lets_go_and_keeps_its_report,
);

async fn one_sync_at_a_time_whoever_asks(database: &Database) {
    let store = open(database).await;
    let other = open(database).await;
    let (fence, sync) = begin(&store).await;
    let Begin::Running {
        sync: running,
        holder,
    } = other.begin(&trigger(), at(1)).await.expect("answers")
    else {
        panic!("two syncs of one tenant");
    };
    assert_eq!(running, Some(sync.clone()));
    assert!(
        holder.contains(&std::process::id().to_string()),
        "{holder} names the process"
    );
    assert!(matches!(
        store.begin(&trigger(), at(1)).await,
        Ok(Begin::Running { .. })
    ));
    store
        .finish(fence, &report(&sync, SyncStatus::Succeeded), at(2))
        .await
        .expect("finishes");
    let (next, later) = begin(&other).await;
    assert!(next > fence && later > sync, "fences and ids rise");
}

async fn tenants_do_not_disturb_each_other(database: &Database) {
    let store = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    let first = store
        .tenant("first", TENANT_ID, Arc::default())
        .await
        .expect("a tenant");
    let second = store
        .tenant("zweite & Söhne", "other-id", Arc::default())
        .await
        .expect("a tenant");
    let (fence, sync) = begin(&first).await;
    let (other, _) = begin(&second).await;
    full_round(&first, fence, (0..3).map(user).collect()).await;
    full_round(&second, other, (0..2).map(user).collect()).await;
    first
        .claim(
            fence,
            &sync,
            &plan(vec![change(1, Action::Assign, 1, 1)]),
            at(1),
        )
        .await
        .expect("claims");
    assert_eq!(users(&second, &Scope::Everyone).await.len(), 2);
    assert_eq!(second.open_steps().await, Ok(vec![]));
    let lost = second
        .claim(
            other,
            &sync,
            &plan(vec![change(1, Action::Assign, 1, 1)]),
            at(1),
        )
        .await;
    assert_eq!(lost, Ok(vec![]));
}

async fn a_pause_stops_writes_at_once(database: &Database) {
    let store = open(database).await;
    let (fence, _) = begin(&store).await;
    let needed = SignedDuration::from_secs(10);
    assert_eq!(store.may_write(fence, needed, at(1)).await, Ok(true));
    let pause = Pause {
        reason: "audit".into(),
        until: Some(at(10)),
    };
    open(database)
        .await
        .pause(&pause, "admin", at(1))
        .await
        .expect("pauses");
    assert_eq!(store.may_write(fence, needed, at(2)).await, Ok(false));
    assert_eq!(
        store.state(at(2)).await.expect("reads").pause,
        Some(pause.clone())
    );
    assert_eq!(
        store.may_write(fence, needed, at(10)).await,
        Ok(true),
        "the pause is over by itself"
    );
    assert_eq!(store.state(at(10)).await.expect("reads").pause, None);
    store
        .pause(
            &Pause {
                until: None,
                ..pause
            },
            "admin",
            at(11),
        )
        .await
        .expect("pauses");
    assert_eq!(store.may_write(fence, needed, at(999)).await, Ok(false));
    store.resume("admin", at(12)).await.expect("resumes");
    assert_eq!(store.may_write(fence, needed, at(12)).await, Ok(true));
}

async fn a_finished_sync_lets_go_and_keeps_its_report(database: &Database) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    assert_eq!(
        store
            .sync(&sync)
            .await
            .expect("reads")
            .expect("a sync")
            .report
            .status,
        SyncStatus::Running
    );
    let written = report(&sync, SyncStatus::Partial);
    store
        .finish(fence, &written, at(7))
        .await
        .expect("finishes");
    let record = store.sync(&sync).await.expect("reads").expect("a sync");
    assert_eq!((record.report, record.trigger), (written, TriggerKind::Cli));
    assert_eq!((record.started, record.finished), (at(0), Some(at(7))));
    assert_eq!(store.sync("nothing").await, Ok(None));
    let (_, broken_off) = begin(&store).await;
    store.abandon().await.expect("lets go");
    let (_, third) = begin(&store).await;
    let all = store.syncs(10).await.expect("reads");
    let ids: Vec<_> = all
        .iter()
        .map(|record| record.report.sync_id.clone().unwrap_or_default())
        .collect();
    assert_eq!(ids, [third, broken_off, sync]);
    let status: Vec<_> = all.iter().map(|record| record.report.status).collect();
    assert_eq!(
        status,
        [SyncStatus::Running, SyncStatus::Failed, SyncStatus::Partial]
    );
}

#[tokio::test]
async fn a_lease_is_renewed_while_its_holder_lives_and_taken_over_afterwards() {
    let database = Database::postgres().await;
    let options = || Options {
        lease: Duration::from_millis(600),
        ..Options::default()
    };
    let first = tenant_of(&Store::open(&database.url, options()).await.expect("opens")).await;
    let second = tenant_of(&Store::open(&database.url, options()).await.expect("opens")).await;
    let (old, _) = begin(&first).await;
    assert_eq!(
        first
            .may_write(old, SignedDuration::from_secs(5), at(0))
            .await,
        Ok(false),
        "the lease is too short"
    );
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(
        matches!(
            second.begin(&trigger(), at(0)).await,
            Ok(Begin::Running { .. })
        ),
        "renewed"
    );
    // Dropped without a word, as a killed process would be: the renewal ends with it.
    drop(first);
    tokio::time::sleep(Duration::from_millis(900)).await;
    let (new, sync) = begin(&second).await;
    assert!(new > old);
    second
        .finish(new, &report(&sync, SyncStatus::Succeeded), at(1))
        .await
        .expect("finishes");
    database.remove().await;
}

#[tokio::test]
async fn the_lock_file_names_its_holder_and_goes_with_it() {
    let database = Database::sqlite();
    let first = open(&database).await;
    begin(&first).await;
    let path = format!(
        "{}.default.lock",
        database.url.trim_start_matches("sqlite:")
    );
    let text = std::fs::read_to_string(path).expect("a lock file");
    assert!(
        text.starts_with(&format!("process {} on ", std::process::id())),
        "{text}"
    );
    let second = open(&database).await;
    assert!(matches!(
        second.begin(&trigger(), at(0)).await,
        Ok(Begin::Running { .. })
    ));
    drop(first);
    begin(&second).await;
}
