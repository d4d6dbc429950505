//! What claims mean to other connections, to brakes, suspensions and people's own changes.

use super::journal::ready;
use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::{
    FactsUpdate, NumberFacts, PolicyName, StepEnd, StepError, Suspension, UserFacts, Wait,
};

on_both_engines!(
    two_connections_cannot_claim_the_same,
    policies_and_profiles_claim_nothing,
    three_refused_users_count_until_one_succeeds_or_all_is_forgiven,
    brakes_count_what_was_done_by_rule,
    overrides_made_during_a_sync_win,
    a_hundred_thousand_rows_are_no_matter,
);

async fn three_refused_users_count_until_one_succeeds_or_all_is_forgiven(database: &Database) {
    let (store, fence, sync) = ready(database, 20).await;
    let refuse = async |seq: u32, who: u128, minute: i64| {
        let claim = plan(vec![change(seq, Action::Assign, who, u64::from(seq))]);
        store
            .claim(fence, &sync, &claim, at(minute))
            .await
            .expect("claims");
        let end = StepEnd::Failed(StepError::Refused("no".into()));
        store
            .ended(fence, step_of(&store, seq).await, &end, at(minute))
            .await
            .expect("ends");
    };
    let count = async || {
        store
            .state(at(0))
            .await
            .expect("reads")
            .refused_in_a_row
            .get("muc")
            .copied()
    };
    refuse(1, 1, 1).await;
    refuse(2, 1, 2).await;
    assert_eq!(
        count().await,
        Some(1),
        "different users count, not refusals"
    );
    make(
        &store,
        fence,
        &sync,
        vec![change(3, Action::Assign, 9, 3)],
        3,
    )
    .await;
    assert_eq!(count().await, None);
    for seq in 4..7 {
        refuse(seq, u128::from(seq), 4).await;
    }
    assert_eq!(count().await, Some(3));
    let suspension = Suspension {
        reason: "refused".into(),
        since: at(5),
    };
    store
        .suspend(fence, "muc", Some(&suspension), at(5))
        .await
        .expect("suspends");
    assert_eq!(
        store.state(at(5)).await.expect("reads").suspended["muc"],
        suspension
    );
    store
        .suspend(fence, "muc", None, at(6))
        .await
        .expect("takes back");
    let state = store.state(at(6)).await.expect("reads");
    assert!(state.suspended.is_empty());
    assert_eq!(state.refused_in_a_row.get("muc"), None);
}

async fn brakes_count_what_was_done_by_rule(database: &Database) {
    let (store, fence, sync) = ready(database, 20).await;
    let mut approved = change(2, Action::Assign, 2, 2);
    approved.approved = true;
    let mut returning = change(3, Action::Assign, 3, 3);
    returning.reason = Reason::Returning;
    make(
        &store,
        fence,
        &sync,
        vec![change(1, Action::Assign, 1, 1), approved, returning],
        0,
    )
    .await;
    let mut by_hand = change(5, Action::Release, 2, 2);
    by_hand.reason = Reason::Manual;
    make(
        &store,
        fence,
        &sync,
        vec![change(4, Action::Release, 1, 1), by_hand],
        1,
    )
    .await;
    let brake = async |minute| store.state(at(minute)).await.expect("reads").brake;
    let counted = brake(2).await;
    assert_eq!((counted.releases, counted.assignments), (1, 1));
    let later = brake(24 * 60).await;
    assert_eq!(
        (later.releases, later.assignments),
        (1, 0),
        "24 hours after the assignment"
    );
    assert_eq!(brake(24 * 60 + 1).await.releases, 0);
}

async fn overrides_made_during_a_sync_win(database: &Database) {
    let (store, fence, sync) = ready(database, 5).await;
    let other = open(database).await;
    store.state(at(1)).await.expect("the sync reads");
    let pin = |facts: &mut UserFacts| facts.pin = Some(number(7));
    other
        .change_facts(id(1), "admin", "pinned", &pin, at(1))
        .await
        .expect("pins");
    let rest = |facts: &mut NumberFacts| facts.rest_until = Some(at(500));
    other
        .change_number(number(2), "admin", "rested", &rest, at(1))
        .await
        .expect("rests");
    let wait = UserFacts {
        wait: Some(Wait::ReleasedByHand),
        ..UserFacts::default()
    };
    let claim = Claim {
        changes: vec![
            change(1, Action::Assign, 1, 1),
            change(2, Action::Assign, 2, 2),
            change(3, Action::Assign, 3, 3),
        ],
        facts: vec![
            FactsUpdate {
                user: id(1),
                facts: wait.clone(),
            },
            FactsUpdate {
                user: id(4),
                facts: wait.clone(),
            },
        ],
        numbers: vec![(number(2), NumberFacts::default())],
        ..Claim::default()
    };
    assert_eq!(
        store.claim(fence, &sync, &claim, at(2)).await,
        Ok(vec![1, 2])
    );
    let state = store.state(at(2)).await.expect("reads");
    assert_eq!(
        (state.facts[&id(1)].pin, state.facts[&id(1)].wait.clone()),
        (Some(number(7)), None)
    );
    assert_eq!(state.facts[&id(4)], wait);
    assert_eq!(state.numbers[&number(2)].rest_until, Some(at(500)));
    assert_eq!(undecided(&store).await, sorted(&[1, 2]));
}

async fn a_hundred_thousand_rows_are_no_matter(database: &Database) {
    let (store, fence, sync) = ready(database, 1).await;
    let changes = (1..=100_000u32)
        .map(|seq| change(seq, Action::Assign, u128::from(seq), u64::from(seq)))
        .collect();
    assert_eq!(
        store.claim(fence, &sync, &plan(changes), at(1)).await,
        Ok(vec![])
    );
    assert_eq!(store.open_steps().await.expect("reads").len(), 100_000);
    let check = store.verify_audit().await.expect("verifies");
    assert_eq!((check.records, check.broken_at), (100_000, None));
}

async fn two_connections_cannot_claim_the_same(database: &Database) {
    let (store, fence, sync) = ready(database, 40).await;
    let other = open(database).await;
    let wish = |from: u32| {
        plan(
            (0..20)
                .map(|n| change(from + n, Action::Assign, u128::from(from + n), u64::from(n)))
                .collect(),
        )
    };
    let (left, right) = (wish(0), wish(20));
    let (left, right) = tokio::join!(
        store.claim(fence, &sync, &left, at(1)),
        other.claim(fence, &sync, &right, at(1))
    );
    let lost = left.expect("claims").len() + right.expect("claims").len();
    assert_eq!(lost, 20, "of two wishes for a number one loses");
    let open = store.open_steps().await.expect("reads");
    let numbers: std::collections::BTreeSet<_> =
        open.iter().map(|step| step.change.number).collect();
    assert_eq!((open.len(), numbers.len()), (20, 20));
}

async fn policies_and_profiles_claim_nothing(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    let policy = PolicyName {
        policy_type: "TenantDialPlan".into(),
        name: "DE".into(),
    };
    let set = Action::Policy {
        policy: policy.clone(),
        id: Some("p1".into()),
    };
    let claim = plan(vec![
        change(1, Action::Assign, 1, 1),
        change(2, set, 1, 1),
        change(
            3,
            Action::Profile {
                phone: Some("+49".into()),
            },
            1,
            1,
        ),
    ]);
    assert_eq!(store.claim(fence, &sync, &claim, at(1)).await, Ok(vec![]));
    let step = step_of(&store, 2).await;
    store.started(fence, step).await.expect("starts");
    store
        .ended(fence, step, &StepEnd::Done, at(1))
        .await
        .expect("ends");
    assert_eq!(
        store.state(at(1)).await.expect("reads").facts[&id(1)].policies,
        [policy]
    );
}
