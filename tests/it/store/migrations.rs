//! Migrations and who moves in them: who may turn whom round, and what the steps of the journal make of it.

use super::*;
use crate::harness::database::on_both_engines;
use crate::store::journal::ready;
use linekeeper::plan::{
    Advance, EndReason, Migration, Mover, Pace, Part, Stage, StepEnd, StepError,
};
use linekeeper::rules::MigrationWay;
use linekeeper::store::{NewMigration, RollBack};

on_both_engines!(
    a_number_is_on_its_way_once,
    steps_tell_how_far_somebody_is_and_the_holding_stays,
    a_pause_and_a_way_back_stop_what_goes_forward,
    what_a_plan_has_seen_yields_to_whoever_was_turned_round,
);

fn mover(who: u128, no: u64, wave: u32) -> Mover {
    Mover {
        migration: 1,
        wave,
        number: number(no),
        user: id(who),
        upn: format!("user{who}@example.test"),
        from: NumberType::DirectRouting,
        stage: Stage::Planned,
        back: false,
        since: at(5),
        trouble: None,
    }
}

fn migration(range: &str, movers: Vec<Mover>) -> NewMigration {
    NewMigration {
        migration: Migration {
            id: 0,
            range: range.to_owned(),
            to: NumberType::OperatorConnect,
            way: MigrationWay::ReleaseFirst,
            operator: Some("Telecom".to_owned()),
            not_before: Some(at(4)),
            pace: Pace::Running,
            begun: 1,
            waves: 2,
            started: at(5),
            by: "admin".to_owned(),
            ended: None,
        },
        movers,
    }
}

/// Users 1 and 2 hold 10 and 20, and move in two waves.
async fn moving(database: &Database) -> (TenantStore, Fence, SyncId) {
    let (store, fence, sync) = ready(database, 3).await;
    let held = vec![
        change(1, Action::Assign, 1, 10),
        change(2, Action::Assign, 2, 20),
    ];
    make(&store, fence, &sync, held, 1).await;
    let new = migration("muc", vec![mover(1, 10, 1), mover(2, 20, 2)]);
    assert_eq!(store.start_migration(&new, at(5)).await, Ok(Some(1)));
    (store, fence, sync)
}

fn moves(seq: u32, action: Action, part: Part) -> Change {
    Change {
        part,
        reason: Reason::Manual,
        number_type: NumberType::OperatorConnect,
        ..change(seq, action, 1, 10)
    }
}

/// How far everybody is, in the state and in the records: `planned`, and `back` behind it.
async fn stages(store: &TenantStore) -> Vec<String> {
    let state = store.state(at(9)).await.expect("reads");
    let records = store.migrations().await.expect("reads");
    if records[0].migration.ended.is_none() {
        assert_eq!(
            state.movers, records[0].movers,
            "what is remembered is what is stored"
        );
    }
    let stage = |m: &Mover| format!("{}{}", m.stage.name(), if m.back { " back" } else { "" });
    records[0].movers.iter().map(stage).collect()
}

async fn ends(store: &TenantStore, fence: Fence, seq: u32, end: StepEnd) {
    let step = step_of(store, seq).await;
    store.started(fence, step).await.expect("starts");
    store.ended(fence, step, &end, at(6)).await.expect("ends");
}

async fn a_number_is_on_its_way_once(database: &Database) {
    let (store, ..) = moving(database).await;
    let again = migration("muc", vec![mover(3, 30, 1)]);
    assert_eq!(
        store.start_migration(&again, at(6)).await,
        Ok(None),
        "the range moves"
    );
    let overlapping = migration("ulm", vec![mover(3, 30, 1), mover(3, 20, 1)]);
    assert_eq!(
        store.start_migration(&overlapping, at(6)).await,
        Ok(None),
        "20 moves"
    );
    let other = migration("ulm", vec![mover(3, 30, 1)]);
    assert_eq!(store.start_migration(&other, at(6)).await, Ok(Some(2)));
    let state = store.state(at(7)).await.expect("reads");
    assert_eq!(state.migrations.len(), 2);
    assert_eq!(state.migrations[&1].operator.as_deref(), Some("Telecom"));
    assert_eq!(state.migrations[&1].not_before, Some(at(4)));
}

async fn steps_tell_how_far_somebody_is_and_the_holding_stays(database: &Database) {
    let (store, fence, sync) = moving(database).await;
    let out = moves(3, Action::Release, Part::MovesOut { back: false });
    let claim = plan(vec![out.clone()]);
    assert_eq!(store.claim(fence, &sync, &claim, at(6)).await, Ok(vec![]));
    ends(
        &store,
        fence,
        3,
        StepEnd::Failed(StepError::Failed("no".into())),
    )
    .await;
    assert_eq!(stages(&store).await, ["planned", "planned"]);
    let records = store.migrations().await.expect("reads");
    assert_eq!(records[0].movers[0].trouble.as_deref(), Some("no"));
    assert_eq!(store.claim(fence, &sync, &claim, at(6)).await, Ok(vec![]));
    ends(&store, fence, 3, StepEnd::Done).await;
    assert_eq!(stages(&store).await, ["released", "planned"]);
    let state = store.state(at(7)).await.expect("reads");
    assert_eq!(
        state.holdings.len(),
        2,
        "a released number is held by nobody else"
    );
    assert!(
        state.numbers.is_empty(),
        "it does not rest: {:?}",
        state.numbers
    );
    let given = plan(vec![moves(
        4,
        Action::Assign,
        Part::MovesIn { back: false },
    )]);
    assert_eq!(store.claim(fence, &sync, &given, at(7)).await, Ok(vec![]));
    ends(&store, fence, 4, StepEnd::Done).await;
    assert_eq!(stages(&store).await, ["assigned", "planned"]);
    let state = store.state(at(8)).await.expect("reads");
    let held: Vec<_> = state
        .holdings
        .iter()
        .map(|h| (h.number, h.user, h.number_type))
        .collect();
    let kept = (number(20), id(2), NumberType::DirectRouting);
    assert_eq!(
        held,
        [(number(10), id(1), NumberType::OperatorConnect), kept]
    );
    let past = store.history(number(10)).await.expect("reads");
    let ends: Vec<_> = past.iter().map(|entry| entry.end_reason).collect();
    assert!(
        ends.contains(&Some(EndReason::Migrated)) && ends.contains(&None),
        "{ends:?}"
    );
}

async fn a_pause_and_a_way_back_stop_what_goes_forward(database: &Database) {
    let (store, ..) = moving(database).await;
    let may = async |no: u64, back: bool| store.may_move(number(no), back).await.expect("reads");
    assert!(may(10, false).await && !may(10, true).await && !may(30, false).await);
    store
        .pace_migration(1, Pace::Paused, 1, "admin", at(6))
        .await
        .expect("writes");
    assert!(!may(10, false).await && !may(10, true).await);
    let turned = store.roll_back_wave(1, 1, "admin", at(6)).await;
    assert_eq!(turned, Ok(RollBack::Turned(1)));
    assert!(!may(10, false).await && may(10, true).await && !may(20, false).await);
    assert_eq!(stages(&store).await, ["planned back", "planned"]);
    assert_eq!(store.take_wave_up(1, 1, "admin", at(6)).await, Ok(1));
    store
        .pace_migration(1, Pace::Running, 2, "admin", at(6))
        .await
        .expect("writes");
    assert!(may(10, false).await && may(20, false).await);
    let state = store.state(at(7)).await.expect("reads");
    assert_eq!(state.migrations[&1].begun, 2);
}

async fn what_a_plan_has_seen_yields_to_whoever_was_turned_round(database: &Database) {
    let (store, fence, sync) = moving(database).await;
    let seen = |who, no, stage| Mover {
        stage,
        ..mover(who, no, 1)
    };
    let advance = Advance {
        migration: 1,
        begun: 2,
        ended: true,
    };
    store
        .roll_back_wave(1, 1, "admin", at(6))
        .await
        .expect("writes");
    let claim = Claim {
        movers: vec![seen(1, 10, Stage::Verified), seen(2, 20, Stage::Verified)],
        advances: vec![advance],
        ..Claim::default()
    };
    store
        .claim(fence, &sync, &claim, at(7))
        .await
        .expect("claims");
    assert_eq!(stages(&store).await, ["planned back", "verified"]);
    let state = store.state(at(8)).await.expect("reads");
    assert_eq!(
        state.migrations[&1].begun, 1,
        "it stands still while it goes back"
    );
    assert_eq!(
        state.holdings[1].number_type,
        NumberType::OperatorConnect,
        "seen in hand"
    );
    let back = Mover {
        back: true,
        ..seen(1, 10, Stage::Returned)
    };
    let claim = Claim {
        movers: vec![back],
        advances: vec![advance],
        ..Claim::default()
    };
    store
        .claim(fence, &sync, &claim, at(8))
        .await
        .expect("claims");
    assert_eq!(stages(&store).await, ["returned back", "verified"]);
    let state = store.state(at(9)).await.expect("reads");
    assert!(
        state.migrations.is_empty() && state.movers.is_empty(),
        "it has ended"
    );
    let next = migration("muc", vec![mover(1, 10, 1)]);
    assert_eq!(store.start_migration(&next, at(9)).await, Ok(Some(2)));
    let superseded = store.roll_back_wave(1, 1, "admin", at(9)).await;
    assert_eq!(superseded, Ok(RollBack::Superseded));
}
