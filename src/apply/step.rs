//! One step from intent to record.

use super::exchange::owed_end;
use super::precondition::{Look, look};
use super::settle::{after_lost_answer, follow, put_off, refused, until_seen};
use super::{CallError, Hands, JournalError, Order, StepId};
use crate::numbering::NumberType;
use crate::plan::{Action, Change, StepEnd, StepError};
use jiff::Timestamp;

/// How a step went, for the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Went {
    /// It came to an end, or waits; the journal says the same.
    Ended(StepEnd),
    /// Writing is not allowed just now: nothing was begun.
    NotAllowed,
    /// Writing was no longer allowed when the request was about to leave: nothing was sent, and the journal says so.
    Stopped,
}

/// How often a request whose answer was lost, and which is known to have had no effect, is sent anew.
const SENT_ANEW: u32 = 1;

/// Makes one change: intent, look, act, follow, look, record. `attempts` counts how often it was put off before.
pub(super) async fn make(
    hands: &Hands,
    id: StepId,
    change: &Change,
    attempts: u32,
) -> Result<Went, JournalError> {
    if !may_write(hands, change).await? {
        return Ok(Went::NotAllowed);
    }
    hands.journal.started(hands.fence, id).await?;
    let Some(end) = attempt(hands, id, change).await? else {
        let end = stopped(hands, change, attempts);
        let now = hands.now();
        hands.journal.ended(hands.fence, id, &end, now).await?;
        return Ok(Went::Stopped);
    };
    let end = match owed_end(hands, change, end) {
        StepEnd::Waiting { why, .. } if attempts > 0 && !matches!(why, StepError::Unsettled(_)) => {
            put_off(hands, attempts, why)
        }
        other => other,
    };
    hands
        .journal
        .ended(hands.fence, id, &end, hands.now())
        .await?;
    tell(change, &end);
    Ok(Went::Ended(end))
}

async fn may_write(hands: &Hands, change: &Change) -> Result<bool, JournalError> {
    if hands.halt.is_set() {
        return Ok(false);
    }
    // What goes with a step that is done is not kept from it.
    let moves = change.part.moves().filter(|_| change.action.claims());
    if let Some(back) = moves
        && !hands.journal.may_move(change.number, back).await?
    {
        return Ok(false);
    }
    let needed = hands.patience.request;
    hands
        .journal
        .may_write(hands.fence, needed, hands.now())
        .await
}

/// Looks and sends; `None`: writing is no longer allowed, and nothing is under way.
async fn attempt(
    hands: &Hands,
    id: StepId,
    change: &Change,
) -> Result<Option<StepEnd>, JournalError> {
    for _ in 0..=SENT_ANEW {
        let number_type = match look(hands, change).await {
            Look::Send(number_type) => number_type,
            Look::AlreadySo => return Ok(Some(StepEnd::Done)),
            Look::No(why) => return Ok(Some(StepEnd::Failed(why))),
        };
        // A throttled look may have taken longer than the lease lasts, or somebody has paused the tenant meanwhile.
        if !may_write(hands, change).await? {
            return Ok(None);
        }
        let started = hands.now();
        if let Some(end) = send(hands, id, change, number_type, started).await? {
            return Ok(Some(end));
        }
    }
    let text = "the answer was lost and Graph shows no effect".to_owned();
    Ok(Some(StepEnd::Failed(StepError::Failed(text))))
}

/// The end of a step that was stopped right before its request: a fresh claim goes back, what had waited waits on.
fn stopped(hands: &Hands, change: &Change, attempts: u32) -> StepEnd {
    let why = StepError::Failed("no write was allowed any more".to_owned());
    if attempts == 0 && change.action.claims() && !change.part.is_owed() {
        StepEnd::Failed(why)
    } else {
        StepEnd::Waiting {
            until: hands.now(),
            why,
        }
    }
}

/// Sends the request and follows it; `None`: its answer was lost and it is known to have had no effect.
async fn send(
    hands: &Hands,
    id: StepId,
    change: &Change,
    number_type: NumberType,
    started: Timestamp,
) -> Result<Option<StepEnd>, JournalError> {
    let Some(order) = order(change, number_type) else {
        return Ok(Some(StepEnd::Done));
    };
    let end = match hands.telephony.send(&order).await {
        Ok(operation) => {
            hands
                .journal
                .accepted(hands.fence, id, operation.as_ref())
                .await?;
            match operation {
                Some(operation) => follow(hands, change, &operation, started).await,
                None if change.action.claims() => until_seen(hands, change, started).await,
                None => StepEnd::Done,
            }
        }
        Err(CallError::Unknown(said)) if change.action.claims() => {
            tracing::warn!(action = change.action.name(), number = %change.number, user = %change.user, error = said, "the answer to a write was lost; looking for its effect");
            return Ok(after_lost_answer(hands, change, started).await);
        }
        Err(CallError::Refused(said)) => refused(hands, change, &said).await,
        Err(CallError::Throttled { until }) => {
            let why = StepError::Failed("Graph is throttling".to_owned());
            if change.action.claims() {
                StepEnd::Failed(why)
            } else {
                StepEnd::Waiting { until, why }
            }
        }
        Err(CallError::Unknown(said) | CallError::NotSent(said)) => {
            let why = StepError::Failed(said);
            if change.action.claims() {
                StepEnd::Failed(why)
            } else {
                put_off(hands, 0, why)
            }
        }
    };
    Ok(Some(end))
}

fn order(change: &Change, number_type: NumberType) -> Option<Order> {
    let user = change.user;
    Some(match &change.action {
        Action::Assign => Order::Assign {
            number: change.number,
            number_type,
            user,
            location: change.location.clone(),
        },
        Action::Release => Order::Unassign {
            number: change.number,
            number_type,
        },
        Action::Policy {
            policy,
            id: Some(id),
        } => Order::SetPolicy {
            user,
            policy_type: policy.policy_type.clone(),
            id: id.clone(),
        },
        Action::Policy { policy, id: None } => Order::ClearPolicy {
            user,
            policy_type: policy.policy_type.clone(),
        },
        Action::Profile { phone } => Order::SetPhone {
            user,
            phone: phone.clone(),
        },
        Action::Adopt => return None,
    })
}

/// One line for a step that is over, or waits.
pub(super) fn tell(change: &Change, end: &StepEnd) {
    let (action, number, user, reason) = (
        change.action.name(),
        change.number,
        change.user,
        change.reason,
    );
    let range = change.range.as_deref();
    match end {
        StepEnd::Done => {
            tracing::info!(action, %number, range, %user, %reason, status = "succeeded", "change made")
        }
        StepEnd::Waiting { until, why } => {
            tracing::warn!(action, %number, range, %user, %reason, status = "waiting", %until, error = why.detail(), "change put off");
        }
        StepEnd::Failed(why) => {
            tracing::warn!(action, %number, range, %user, %reason, status = "failed", error = why.detail(), "change not made")
        }
    }
}
