//! What an earlier process left behind: settled by looking at Graph, never by guessing.

use super::chain::{Refusals, run_one, with_end};
use super::exchange::{Interrupted, owed_end};
use super::followers::{Course, Leads, follow_lead};
use super::settle::{after_lost_answer, follow, shown};
use super::step::tell;
use super::{Applied, Hands, JournalError, StepId, Task};
use crate::directory::Link;
use crate::plan::{Change, OpenStep, State, StepEnd, StepError, StepState};
use futures::StreamExt as _;
use jiff::Timestamp;

/// What recovery did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Steps that were looked at or tried again, as they stand now.
    pub applied: Vec<Applied>,
    /// Steps that were never begun and are forgotten.
    pub withdrawn: usize,
}

/// Settles every open step: one never begun is forgotten, one that may have left is looked up in Graph, one that was
/// put off is tried again when its time has come, or at once when a person asks (`by_hand`).
///
/// # Errors
/// Only when the journal cannot be written.
pub async fn recover(
    hands: &Hands,
    state: &State,
    by_hand: bool,
) -> Result<Recovered, JournalError> {
    let mut recovered = Recovered::default();
    let (refusals, begun) = (Refusals::default(), hands.now());
    let steps = hands.journal.open_steps().await?;
    let (exchanges, steps): (Vec<_>, Vec<_>) = steps
        .into_iter()
        .partition(|step| step.change.part.exchanges());
    let (leads, followers): (Vec<_>, Vec<_>) = steps
        .into_iter()
        .partition(|step| step.change.after.is_none() || step.change.action.claims());
    let work: Vec<_> = leads
        .iter()
        .map(|step| lead(hands, &refusals, step, by_hand, begun))
        .collect();
    let mut results = futures::stream::iter(work).buffer_unordered(hands.patience.in_flight.max(1));
    let mut fates = Leads::default();
    while let Some(result) = results.next().await {
        let (step, led) = result?;
        fates.learn(step, &led);
        recovered.add(step, led);
    }
    let interrupted = Interrupted {
        hands,
        refusals: &refusals,
        state,
        by_hand,
        begun,
    };
    for (step, led) in interrupted.all(&exchanges).await? {
        fates.learn(step, &led);
        recovered.add(step, led);
    }
    let course = Course {
        hands,
        refusals: &refusals,
        fates: &fates,
        state,
        by_hand,
    };
    recovered.follow(&course, &followers).await?;
    recovered.applied.sort_by_key(|done| done.id);
    Ok(recovered)
}

impl Recovered {
    async fn follow(
        &mut self,
        course: &Course<'_>,
        steps: &[OpenStep],
    ) -> Result<(), JournalError> {
        for step in steps {
            let change = follow_lead(course, step).await?;
            self.add(
                step,
                change.map_or(Led::Forgotten, |change| Led::To(Box::new(change))),
            );
        }
        Ok(())
    }

    fn add(&mut self, step: &OpenStep, led: Led) {
        match led {
            Led::Untouched => {}
            Led::Forgotten => self.withdrawn += 1,
            Led::To(change) => self.applied.push(Applied {
                id: StepId(step.id),
                change: *change,
            }),
        }
    }
}

/// What recovery did with a leading step.
pub(super) enum Led {
    /// It was never begun.
    Forgotten,
    /// Its time has not come: it waits on.
    Untouched,
    /// It stands like this now.
    To(Box<Change>),
}

/// Looks at one leading step.
pub(super) async fn lead<'s>(
    hands: &Hands,
    refusals: &Refusals,
    step: &'s OpenStep,
    by_hand: bool,
    begun: Timestamp,
) -> Result<(&'s OpenStep, Led), JournalError> {
    let id = StepId(step.id);
    match step.state {
        StepState::Claimed => {
            hands.journal.withdrawn(hands.fence, id).await?;
            Ok((step, Led::Forgotten))
        }
        StepState::Started | StepState::Accepted => {
            Ok((step, Led::To(Box::new(settle(hands, step, begun).await?))))
        }
        StepState::Waiting => match &step.error {
            Some(StepError::Unsettled(_)) | None => {
                Ok((step, Led::To(Box::new(settle(hands, step, begun).await?))))
            }
            Some(why) if given_up(hands, step) && !matches!(why, StepError::ReleaseBlocked(_)) => {
                let end = StepEnd::Failed(why.clone());
                hands
                    .journal
                    .ended(hands.fence, id, &end, hands.now())
                    .await?;
                tell(&step.change, &end);
                Ok((step, Led::To(Box::new(with_end(&step.change, &end)))))
            }
            Some(_) if !is_due(hands, step, by_hand) => Ok((step, Led::Untouched)),
            Some(_) => {
                let task = Task {
                    id,
                    change: step.change.clone(),
                    attempts: step.attempts.max(1),
                };
                Ok((
                    step,
                    Led::To(Box::new(run_one(hands, refusals, &task).await?)),
                ))
            }
        },
    }
}

/// A step that may have left this machine: its operation and its number tell what became of it.
pub(super) async fn settle(
    hands: &Hands,
    step: &OpenStep,
    begun: Timestamp,
) -> Result<Change, JournalError> {
    let started = step.started.unwrap_or(step.claimed);
    let task = || Task {
        id: StepId(step.id),
        change: step.change.clone(),
        attempts: step.attempts,
    };
    let end = if !step.change.action.claims() {
        // Policies and profiles may be written twice without harm: tried again from the start.
        return run_one(hands, &Refusals::default(), &task()).await;
    } else if let Some(operation) = &step.operation {
        follow(hands, &step.change, &Link(operation.clone()), started).await
    } else {
        match after_lost_answer(hands, &step.change, sent_by(step, begun)).await {
            Some(end) => end,
            // It is known to have had no effect, and its person has no number meanwhile.
            None if step.change.part.is_owed() => {
                return run_one(hands, &Refusals::default(), &task()).await;
            }
            None => no_effect(hands, &step.change).await,
        }
    };
    let end = owed_end(hands, &step.change, end);
    hands
        .journal
        .ended(hands.fence, StepId(step.id), &end, hands.now())
        .await?;
    tell(&step.change, &end);
    Ok(with_end(&step.change, &end))
}

/// When the request of a step without known operation had left at the latest. A step that waits was written down after
/// its request; of any other only the end of its process is sure, which was before this recovery began: between the
/// intent and the request lies a look at Graph, which a throttled Graph makes last for minutes.
fn sent_by(step: &OpenStep, begun: Timestamp) -> Timestamp {
    match step.state {
        StepState::Waiting => step.started.unwrap_or(step.claimed),
        StepState::Claimed | StepState::Started | StepState::Accepted => begun,
    }
}

/// The time in which an effect would have shown has passed. If the number can be read, it tells.
async fn no_effect(hands: &Hands, change: &Change) -> StepEnd {
    match hands.telephony.number(change.number).await {
        Ok(listed) => shown(change, listed.as_ref()).unwrap_or(StepEnd::Failed(
            StepError::Unsettled("it had not taken effect; planned anew".to_owned()),
        )),
        Err(error) => StepEnd::Waiting {
            until: hands.now(),
            why: StepError::Unsettled(error.to_string()),
        },
    }
}

pub(super) fn is_due(hands: &Hands, step: &OpenStep, by_hand: bool) -> bool {
    by_hand
        || step
            .not_before
            .is_none_or(|not_before| hands.now() >= not_before)
}

pub(super) fn given_up(hands: &Hands, step: &OpenStep) -> bool {
    let since: Timestamp = step.claimed;
    hands.now().duration_since(since) >= hands.settings.waiting.give_up
}
