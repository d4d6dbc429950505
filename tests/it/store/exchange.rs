//! The rows of a change of number tell, at each step, which number the person has.

use super::*;
use crate::harness::database::on_both_engines;
use crate::store::journal::ready;
use linekeeper::plan::{Part, StepEnd, StepError};

on_both_engines!(
    the_record_of_a_release_hands_the_claims_on,
    a_release_that_fails_hands_nothing_on,
);

/// The change of user 1 from number 10 to number 20.
fn exchange() -> Vec<Change> {
    let part = |seq, after, action, no, part| Change {
        after,
        part,
        ..change(seq, action, 1, no)
    };
    let from = number(10);
    vec![
        part(1, None, Action::Release, 10, Part::MakesRoom),
        part(2, Some(1), Action::Assign, 20, Part::TakesOver { from }),
        part(3, Some(2), Action::Assign, 10, Part::GivesBack),
    ]
}

/// By step, whether it claims its number, and its user.
async fn claims(store: &TenantStore) -> Vec<(u32, bool, bool)> {
    let open = store.open_steps().await.expect("reads");
    let state = store.state(at(9)).await.expect("reads");
    assert_eq!(
        open, state.open_steps,
        "what is remembered is what is stored"
    );
    open.iter()
        .map(|step| (step.change.seq, step.claims_number, step.claims_user))
        .collect()
}

async fn ends(store: &TenantStore, fence: Fence, seq: u32, end: StepEnd) {
    let step = step_of(store, seq).await;
    store.started(fence, step).await.expect("starts");
    store.ended(fence, step, &end, at(3)).await.expect("ends");
}

async fn the_record_of_a_release_hands_the_claims_on(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    let claim = plan(exchange());
    assert_eq!(store.claim(fence, &sync, &claim, at(2)).await, Ok(vec![]));
    assert_eq!(
        claims(&store).await,
        [(1, true, true), (2, true, false), (3, false, false)]
    );
    ends(&store, fence, 1, StepEnd::Done).await;
    assert_eq!(
        claims(&store).await,
        [(2, true, true), (3, true, false)],
        "the old number has gone"
    );
    let refused = StepError::Refused("the number is reserved".into());
    ends(&store, fence, 2, StepEnd::Failed(refused)).await;
    assert_eq!(claims(&store).await, [(3, true, true)]);
}

async fn a_release_that_fails_hands_nothing_on(database: &Database) {
    let (store, fence, sync) = ready(database, 3).await;
    let claim = plan(exchange());
    assert_eq!(store.claim(fence, &sync, &claim, at(2)).await, Ok(vec![]));
    let kept = StepError::ReleaseBlocked("Teams keeps it".into());
    ends(&store, fence, 1, StepEnd::Failed(kept)).await;
    assert_eq!(
        claims(&store).await,
        [(2, true, false), (3, false, false)],
        "the old number is still there"
    );
}
