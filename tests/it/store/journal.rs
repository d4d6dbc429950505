//! Claims and the ends of steps.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::apply::JournalError;
use linekeeper::plan::{
    Anchor, EndReason, Ending, Holding, HoldingOrigin, StepEnd, StepError, StepState,
};

on_both_engines!(
    an_assignment_begins_a_holding_and_a_release_ends_it,
    one_number_and_one_user_have_one_open_claim,
    an_old_fence_is_refused_everywhere,
    a_refusal_gives_the_claim_back_and_is_remembered,
    a_waiting_step_keeps_its_claim,
    what_never_started_can_be_withdrawn,
    a_change_of_number_is_two_steps_of_one_user,
    adoptions_and_endings_need_no_write,
);

pub(super) async fn ready(database: &Database, users: u128) -> (TenantStore, Fence, SyncId) {
    let store = open(database).await;
    let (fence, sync) = begin(&store).await;
    full_round(&store, fence, (0..users).map(user).collect()).await;
    store
        .claim(fence, &sync, &Claim::default(), at(0))
        .await
        .expect("claims");
    (store, fence, sync)
}

async fn an_assignment_begins_a_holding_and_a_release_ends_it(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    let claim = plan(vec![change(1, Action::Assign, 1, 10)]);
    assert_eq!(store.claim(fence, &sync, &claim, at(1)).await, Ok(vec![]));
    let step = step_of(&store, 1).await;
    let open = store.open_steps().await.expect("reads");
    assert_eq!(
        (open[0].state, open[0].started, open[0].attempts),
        (StepState::Claimed, None, 0)
    );
    assert_eq!(
        (&open[0].sync, open[0].claimed, &open[0].change),
        (&sync, at(1), &claim.changes[0])
    );
    store.started(fence, step).await.expect("starts");
    store
        .accepted(fence, step, Some(&Link("op/1".into())))
        .await
        .expect("accepts");
    let open = store.open_steps().await.expect("reads");
    assert_eq!(
        (
            open[0].state,
            open[0].operation.as_deref(),
            open[0].attempts
        ),
        (StepState::Accepted, Some("op/1"), 1)
    );
    store
        .ended(fence, step, &StepEnd::Done, at(2))
        .await
        .expect("ends");
    assert_eq!(store.open_steps().await, Ok(vec![]));
    let state = store.state(at(2)).await.expect("reads");
    let holding = Holding {
        number: number(10),
        user: id(1),
        number_type: NumberType::DirectRouting,
        range: Some("muc".into()),
        origin: HoldingOrigin::Assigned,
        since: at(2),
        seen_licensed: true,
        missing: None,
    };
    assert_eq!(state.holdings, [holding]);

    make(
        &store,
        fence,
        &sync,
        vec![change(2, Action::Release, 1, 10)],
        5,
    )
    .await;
    let state = store.state(at(5)).await.expect("reads");
    assert_eq!(state.holdings, []);
    assert_eq!(
        (state.former[0].user, state.former[0].number),
        (id(1), number(10))
    );
    assert_eq!(state.former[0].reason, EndReason::Delicensed);
    let facts = &state.numbers[&number(10)];
    assert_eq!(
        (facts.freed, facts.rest_until),
        (Some(at(5)), Some(at(65))),
        "it rests for an hour"
    );
    assert!(
        store
            .ended(fence, step, &StepEnd::Done, at(6))
            .await
            .is_err(),
        "what has ended cannot end again"
    );
}

async fn one_number_and_one_user_have_one_open_claim(database: &Database) {
    let (store, fence, sync) = ready(database, 9).await;
    let first = plan(vec![
        change(1, Action::Assign, 1, 10),
        change(2, Action::Assign, 2, 10),
    ]);
    assert_eq!(store.claim(fence, &sync, &first, at(1)).await, Ok(vec![2]));
    assert_eq!(undecided(&store).await, sorted(&[2]));
    let mut policy = change(5, Action::Profile { phone: None }, 1, 12);
    policy.after = Some(4);
    let second = plan(vec![
        change(3, Action::Assign, 3, 10),
        change(4, Action::Assign, 1, 12),
        policy,
        change(6, Action::Assign, 4, 13),
    ]);
    assert_eq!(
        store.claim(fence, &sync, &second, at(1)).await,
        Ok(vec![3, 4, 5])
    );
    assert_eq!(undecided(&store).await, sorted(&[1, 3]));
    let open = store.open_steps().await.expect("reads");
    assert_eq!(
        open.iter().map(|step| step.change.seq).collect::<Vec<_>>(),
        [1, 6]
    );
}

async fn an_old_fence_is_refused_everywhere(database: &Database) {
    let (store, old, sync) = ready(database, 3).await;
    store
        .claim(
            old,
            &sync,
            &plan(vec![change(1, Action::Assign, 1, 1)]),
            at(1),
        )
        .await
        .expect("claims");
    let step = step_of(&store, 1).await;
    store.abandon().await.expect("lets go");
    let (new, _) = begin(&store).await;
    assert!(new > old);
    let mut round = store.begin_full(new, "sel", at(2)).await.expect("begins");
    let fenced = Err(JournalError::Fenced);
    assert_eq!(store.started(old, step).await, fenced);
    assert_eq!(store.ended(old, step, &StepEnd::Done, at(2)).await, fenced);
    assert_eq!(store.withdrawn(old, step).await, fenced);
    assert_eq!(
        store.claim(old, &sync, &Claim::default(), at(2)).await,
        Err(JournalError::Fenced)
    );
    assert_eq!(store.store_pages(old, &mut round, &[], at(2)).await, fenced);
    assert_eq!(store.store_user(old, id(1), None, at(2)).await, fenced);
    assert_eq!(store.store_listing(old, &[], at(2)).await, fenced);
    assert_eq!(
        store
            .finish(old, &report(&sync, SyncStatus::Succeeded), at(2))
            .await,
        fenced
    );
    assert_eq!(
        store.may_write(old, SignedDuration::ZERO, at(2)).await,
        Ok(false)
    );
    assert_eq!(
        store.open_steps().await.expect("reads")[0].state,
        StepState::Claimed
    );
}

async fn a_refusal_gives_the_claim_back_and_is_remembered(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    store
        .claim(
            fence,
            &sync,
            &plan(vec![change(1, Action::Assign, 1, 1)]),
            at(1),
        )
        .await
        .expect("claims");
    let step = step_of(&store, 1).await;
    store.started(fence, step).await.expect("starts");
    let refused = StepEnd::Failed(StepError::Refused("the number is reserved".into()));
    store
        .ended(fence, step, &refused, at(3))
        .await
        .expect("ends");
    let state = store.state(at(3)).await.expect("reads");
    assert_eq!(state.holdings, []);
    assert_eq!(state.numbers[&number(1)].refused_for, [(id(1), at(3))]);
    assert_eq!(state.facts[&id(1)].refused, [(number(1), at(3))]);
    assert_eq!(state.refused_in_a_row["muc"], 1);
    assert_eq!(undecided(&store).await, sorted(&[1]));
    let again = plan(vec![change(2, Action::Assign, 2, 1)]);
    assert_eq!(
        store.claim(fence, &sync, &again, at(4)).await,
        Ok(vec![]),
        "number and user are free again"
    );
}

async fn a_waiting_step_keeps_its_claim(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    store
        .claim(
            fence,
            &sync,
            &plan(vec![change(1, Action::Release, 1, 1)]),
            at(1),
        )
        .await
        .expect("claims");
    let step = step_of(&store, 1).await;
    store.started(fence, step).await.expect("starts");
    let why = StepError::ReleaseBlocked("Teams keeps it".into());
    let waiting = StepEnd::Waiting {
        until: at(60),
        why: why.clone(),
    };
    store
        .ended(fence, step, &waiting, at(2))
        .await
        .expect("waits");
    let open = store.open_steps().await.expect("reads");
    assert_eq!(
        (open[0].state, open[0].not_before, open[0].error.clone()),
        (StepState::Waiting, Some(at(60)), Some(why))
    );
    let other = plan(vec![change(2, Action::Assign, 2, 1)]);
    assert_eq!(store.claim(fence, &sync, &other, at(3)).await, Ok(vec![2]));
    store.started(fence, step).await.expect("starts again");
    assert_eq!(store.open_steps().await.expect("reads")[0].attempts, 2);
}

async fn what_never_started_can_be_withdrawn(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    let claim = plan(vec![
        change(1, Action::Assign, 1, 1),
        change(2, Action::Assign, 2, 2),
    ]);
    store
        .claim(fence, &sync, &claim, at(1))
        .await
        .expect("claims");
    store
        .withdrawn(fence, step_of(&store, 1).await)
        .await
        .expect("withdraws");
    assert_eq!(undecided(&store).await, sorted(&[1]));
    let started = step_of(&store, 2).await;
    store.started(fence, started).await.expect("starts");
    assert!(matches!(
        store.withdrawn(fence, started).await,
        Err(JournalError::Unwritable(_))
    ));
    let again = plan(vec![change(3, Action::Assign, 1, 1)]);
    assert_eq!(store.claim(fence, &sync, &again, at(2)).await, Ok(vec![]));
}

async fn a_change_of_number_is_two_steps_of_one_user(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1)],
        1,
    )
    .await;
    let mut assign = change(3, Action::Assign, 1, 2);
    assign.after = Some(2);
    let claim = plan(vec![change(2, Action::Release, 1, 1), assign]);
    assert_eq!(store.claim(fence, &sync, &claim, at(2)).await, Ok(vec![]));
    let third = plan(vec![change(4, Action::Assign, 1, 3)]);
    assert_eq!(store.claim(fence, &sync, &third, at(2)).await, Ok(vec![4]));
    let (release, assign) = (step_of(&store, 2).await, step_of(&store, 3).await);
    store.started(fence, release).await.expect("starts");
    store
        .ended(fence, release, &StepEnd::Done, at(3))
        .await
        .expect("ends");
    let third = plan(vec![change(5, Action::Assign, 1, 3)]);
    assert_eq!(
        store.claim(fence, &sync, &third, at(3)).await,
        Ok(vec![5]),
        "the claim on the user went on"
    );
    store.started(fence, assign).await.expect("starts");
    store
        .ended(fence, assign, &StepEnd::Done, at(4))
        .await
        .expect("ends");
    let state = store.state(at(4)).await.expect("reads");
    assert_eq!(
        state
            .holdings
            .iter()
            .map(|h| (h.number, h.user))
            .collect::<Vec<_>>(),
        [(number(2), id(1))]
    );
    assert_eq!(state.former, []);
}

async fn adoptions_and_endings_need_no_write(database: &Database) {
    let (store, fence, sync) = ready(database, 4).await;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1)],
        1,
    )
    .await;
    let adopted = Holding {
        number: number(1),
        user: id(2),
        number_type: NumberType::DirectRouting,
        range: Some("muc".into()),
        origin: HoldingOrigin::Adopted,
        since: at(5),
        seen_licensed: false,
        missing: None,
    };
    let claim = Claim {
        adopted: vec![adopted.clone()],
        recorded: vec![change(7, Action::Adopt, 2, 1)],
        ended: vec![Ending {
            number: number(1),
            user: id(1),
            reason: EndReason::RemovedOutside,
            rest_until: at(99),
        }],
        anchor: Anchor {
            full_read: Some(at(4)),
            numbers_listed: 3,
            ..Anchor::default()
        },
        ..Claim::default()
    };
    assert_eq!(store.claim(fence, &sync, &claim, at(5)).await, Ok(vec![]));
    let state = store.state(at(5)).await.expect("reads");
    assert_eq!(state.holdings, std::slice::from_ref(&adopted));
    assert_eq!(
        (state.former[0].user, state.former[0].reason),
        (id(1), EndReason::RemovedOutside)
    );
    assert_eq!(state.numbers[&number(1)].rest_until, Some(at(99)));
    assert_eq!(state.anchor, claim.anchor);
    assert_eq!(state.open_steps, []);

    let mut seen = adopted.clone();
    seen.seen_licensed = true;
    let second = Holding {
        user: id(3),
        ..adopted
    };
    let claim = Claim {
        holdings: vec![seen.clone()],
        adopted: vec![second],
        recorded: vec![change(8, Action::Adopt, 3, 1)],
        ..Claim::default()
    };
    assert_eq!(
        store.claim(fence, &sync, &claim, at(6)).await,
        Ok(vec![8]),
        "the number is held"
    );
    assert_eq!(store.state(at(6)).await.expect("reads").holdings, [seen]);
}
