//! What became of a write: follow the operation, look at the number, and let the state decide what a refusal means.

use super::{Hands, OperationState, VoiceError};
use crate::directory::{Link, UserId};
use crate::numbering::{Listed, ListedType, NumberType};
use crate::plan::{Action, Change, StepEnd, StepError};
use jiff::Timestamp;

/// Follows an operation from its link until it ends or patience does, then looks at the number.
pub(super) async fn follow(
    hands: &Hands,
    change: &Change,
    operation: &Link,
    started: Timestamp,
) -> StepEnd {
    loop {
        match hands.telephony.operation(operation).await {
            Ok(OperationState::Succeeded | OperationState::Unknown) => {
                return until_seen(hands, change, started).await;
            }
            Ok(OperationState::Failed(said)) => return refused(hands, change, &said).await,
            Ok(OperationState::Running) | Err(_) if out_of_patience(hands, started) => {
                return unsettled(hands, "Graph has not finished the operation");
            }
            Ok(OperationState::Running) | Err(_) => hands.pause().await,
        }
    }
}

/// Looks at the number until it shows the effect; what is not seen is not done.
pub(super) async fn until_seen(hands: &Hands, change: &Change, started: Timestamp) -> StepEnd {
    loop {
        if let Some(end) = seen(hands, change).await {
            return end;
        }
        if out_of_patience(hands, started) {
            return unsettled(
                hands,
                "Graph reports success, but the number does not show it yet",
            );
        }
        hands.pause().await;
    }
}

/// After a request whose answer was lost: looks until the effect shows, or until it is known that there was none.
pub(super) async fn after_lost_answer(
    hands: &Hands,
    change: &Change,
    started: Timestamp,
) -> Option<StepEnd> {
    loop {
        if let Some(end) = seen(hands, change).await {
            return Some(end);
        }
        if hands.now().duration_since(started) >= hands.patience.settle() {
            return None;
        }
        if hands.halt.is_set() {
            let text = "stopped before it was known whether it had taken effect";
            return Some(unsettled(hands, text));
        }
        hands.pause().await;
    }
}

/// What the number shows now: done, or taken by somebody else; `None` when it shows no effect or cannot be read.
async fn seen(hands: &Hands, change: &Change) -> Option<StepEnd> {
    let listed = hands.telephony.number(change.number).await.ok()?;
    shown(change, listed.as_ref())
}

/// What a number as listed says of a change of it.
pub(super) fn shown(change: &Change, listed: Option<&Listed>) -> Option<StepEnd> {
    let holder = listed.and_then(Listed::holder).map(UserId);
    match change.action {
        Action::Assign if holder == Some(change.user) => {
            is_of_type(change, listed).then_some(StepEnd::Done)
        }
        Action::Assign if holder.is_some() => {
            let text = format!("{} is with somebody else in Teams", change.number);
            Some(StepEnd::Failed(StepError::Conflict(text)))
        }
        Action::Release if holder != Some(change.user) => Some(StepEnd::Done),
        _ => None,
    }
}

/// In a migration a number counts as given only with the type it is to have.
fn is_of_type(change: &Change, listed: Option<&Listed>) -> bool {
    let wanted = ListedType::Known(change.number_type);
    let listed = listed.map(|listed| &listed.profile.number_type);
    change.part.moves().is_none() || listed == Some(&wanted)
}

/// Decides by state what a refusal means, never by its text.
pub(super) async fn refused(hands: &Hands, change: &Change, said: &str) -> StepEnd {
    if let Some(end) = seen(hands, change).await {
        return end;
    }
    match change.action {
        Action::Assign => assignment_refused(hands, change, said).await,
        Action::Release => put_off(
            hands,
            0,
            StepError::ReleaseBlocked(format!("Teams does not let {} go: {said}", change.number)),
        ),
        // The field is for people to look at: a profile that cannot be written is no failure of the sync.
        Action::Profile { .. } => StepEnd::Failed(StepError::ProfileReadOnly(format!(
            "the profile cannot be written: {said}"
        ))),
        _ => put_off(hands, 0, StepError::Failed(said.to_owned())),
    }
}

async fn assignment_refused(hands: &Hands, change: &Change, said: &str) -> StepEnd {
    let needed: &[&str] = match change.number_type {
        NumberType::CallingPlan => &["PhoneSystem", "CallingPlan"],
        _ => &["PhoneSystem"],
    };
    let ready = match hands.telephony.voice(change.user).await {
        Ok(Some(voice)) => needed
            .iter()
            .all(|feature| voice.features.iter().any(|f| f == feature)),
        Ok(None) | Err(VoiceError::NotGranted | VoiceError::Read(_)) => false,
    };
    if ready {
        return StepEnd::Failed(StepError::Refused(format!(
            "Teams refuses {}: {said}",
            change.number
        )));
    }
    put_off(
        hands,
        0,
        StepError::LicenceNotReady(format!("Teams has not taken up the licence yet: {said}")),
    )
}

/// Put off with a growing pause; the claim stays.
pub(super) fn put_off(hands: &Hands, attempts: u32, why: StepError) -> StepEnd {
    StepEnd::Waiting {
        until: hands.next_try(attempts),
        why,
    }
}

fn unsettled(hands: &Hands, text: &str) -> StepEnd {
    let why = StepError::Unsettled(text.to_owned());
    StepEnd::Waiting {
        until: hands.now(),
        why,
    }
}

fn out_of_patience(hands: &Hands, started: Timestamp) -> bool {
    hands.halt.is_set() || hands.now().duration_since(started) >= hands.patience.operation
}
