//! Recovering policy and profile steps: each goes where its lead went.

use super::chain::{Refusals, run_one, with_end};
use super::recover::{Led, given_up, is_due};
use super::step::tell;
use super::{Hands, JournalError, StepId, Task};
use crate::plan::{
    Action, Change, ChangeStatus, OpenStep, Part, Stage, State, StepEnd, StepError, StepState,
};
use std::collections::BTreeMap;

/// Where a leading step stands once it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Its end is not known, or it waits.
    Open,
    /// It succeeded.
    Well,
    /// It failed, or was never begun.
    Badly,
}

/// The leading steps that were open, by sync and place in its plan.
#[derive(Debug, Default)]
pub(super) struct Leads(BTreeMap<(String, u32), Fate>);

impl Leads {
    /// Remembers where a leading step stands.
    pub(super) fn learn(&mut self, step: &OpenStep, led: &Led) {
        let fate = match led {
            Led::Forgotten => Fate::Badly,
            Led::Untouched => Fate::Open,
            Led::To(change) => match change.status {
                ChangeStatus::Succeeded => Fate::Well,
                ChangeStatus::Failed => Fate::Badly,
                ChangeStatus::Planned | ChangeStatus::Waiting | ChangeStatus::Held => Fate::Open,
            },
        };
        self.0.insert((step.sync.clone(), step.change.seq), fate);
    }

    /// Where the lead of a follower stands. One that is no longer open had ended before: what is held tells how.
    fn fate_of_lead(&self, follower: &OpenStep, state: &State) -> Fate {
        let lead = (
            follower.sync.clone(),
            follower.change.after.unwrap_or_default(),
        );
        match self.0.get(&lead) {
            Some(fate) => *fate,
            None if lead_took_effect(state, &follower.change) => Fate::Well,
            None => Fate::Badly,
        }
    }
}

/// What recovering the followers works with.
pub(super) struct Course<'a> {
    pub(super) hands: &'a Hands,
    pub(super) refusals: &'a Refusals,
    pub(super) fates: &'a Leads,
    pub(super) state: &'a State,
    pub(super) by_hand: bool,
}

/// Makes a follower whose lead succeeded, keeps one whose lead is open, and forgets (`None`) all others.
pub(super) async fn follow_lead(
    course: &Course<'_>,
    step: &OpenStep,
) -> Result<Option<Change>, JournalError> {
    let (hands, id) = (course.hands, StepId(step.id));
    match course.fates.fate_of_lead(step, course.state) {
        Fate::Badly if step.state == StepState::Claimed => {
            hands.journal.withdrawn(hands.fence, id).await?;
            Ok(None)
        }
        Fate::Badly => {
            // It was begun and put off, and its number has changed hands since.
            let text = format!("{} has changed hands since", step.change.number);
            give_up(hands, step, StepError::Conflict(text))
                .await
                .map(Some)
        }
        Fate::Open => Ok(Some(waiting(step))),
        Fate::Well => match &step.error {
            Some(why) if step.state == StepState::Waiting && given_up(hands, step) => {
                give_up(hands, step, why.clone()).await.map(Some)
            }
            Some(_) if step.state == StepState::Waiting && !is_due(hands, step, course.by_hand) => {
                Ok(Some(waiting(step)))
            }
            _ => {
                let put_off = u32::from(step.state == StepState::Waiting);
                let task = Task {
                    id,
                    change: step.change.clone(),
                    attempts: step.attempts.max(put_off),
                };
                Ok(Some(run_one(hands, course.refusals, &task).await?))
            }
        },
    }
}

async fn give_up(hands: &Hands, step: &OpenStep, why: StepError) -> Result<Change, JournalError> {
    let end = StepEnd::Failed(why);
    let (id, now) = (StepId(step.id), hands.now());
    hands.journal.ended(hands.fence, id, &end, now).await?;
    tell(&step.change, &end);
    Ok(with_end(&step.change, &end))
}

fn waiting(step: &OpenStep) -> Change {
    Change {
        status: ChangeStatus::Waiting,
        error: step
            .error
            .as_ref()
            .map(StepError::detail)
            .map(str::to_owned),
        ..step.change.clone()
    }
}

/// Whether an assignment's number is with its user, or a release's no longer is. What is given follows an assignment, what
/// is taken away a release, but for what a change of number leaves over.
fn lead_took_effect(state: &State, follower: &Change) -> bool {
    let mut movers = state.movers.iter();
    let mover = movers.find(|m| m.number == follower.number && m.user == follower.user);
    match (follower.part, mover.map(|mover| mover.stage)) {
        (Part::MovesOut { .. }, stage) => return stage == Some(Stage::Released),
        (Part::MovesIn { .. }, Some(stage)) => {
            return matches!(stage, Stage::Assigned | Stage::Verified | Stage::Returned);
        }
        _ => {}
    }
    let held = state
        .holdings
        .iter()
        .any(|h| h.number == follower.number && h.user == follower.user);
    let gives = matches!(
        follower.action,
        Action::Policy { id: Some(_), .. } | Action::Profile { phone: Some(_) }
    );
    held == (gives || follower.part == Part::LeftOver)
}
