//! A change of number: the old one goes, the new one comes, and whatever happens in between, the person ends with
//! exactly one of the two.
//!
//! Three claims stand for it in the journal: the release of the old number ([`Part::MakesRoom`]), the assignment of the
//! new one ([`Part::TakesOver`]), and an assignment of the old one ([`Part::GivesBack`]), which takes the claim on the old
//! number over when its release is done. So nobody else can get either number meanwhile. What only Teams knows of the
//! new number is looked at before the old one goes; if it cannot be had all the same, the old one is given back, and that
//! is tried until it is done.

use super::chain::{Refusals, run_one};
use super::precondition::{Look, look};
use super::recover::{Led, is_due, lead, settle};
use super::settle::put_off;
use super::{Applied, Hands, JournalError, StepId, Task};
use crate::directory::UserId;
use crate::plan::{Change, ChangeStatus, OpenStep, Part, State, StepEnd, StepError, StepState};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What the end of a step means in a change of number: nobody waits without a number for what may pass, and the old
/// number is given back however often that has to be tried.
pub(super) fn owed_end(hands: &Hands, change: &Change, end: StepEnd) -> StepEnd {
    match (change.part, end) {
        (Part::MakesRoom | Part::TakesOver { .. }, StepEnd::Waiting { why, .. })
            if !matches!(why, StepError::Unsettled(_)) =>
        {
            StepEnd::Failed(why)
        }
        (Part::GivesBack, StepEnd::Failed(why)) if !matches!(why, StepError::Conflict(_)) => {
            put_off(hands, 0, why)
        }
        // Who moves keeps the claim on the number by the holding: what may pass is planned anew by the next sync.
        (Part::MovesOut { .. } | Part::MovesIn { .. }, end) if change.action.claims() => {
            moved_end(end)
        }
        (_, end) => end,
    }
}

/// The end of a step of a migration: neither number nor person is kept waiting by it, or blamed.
fn moved_end(end: StepEnd) -> StepEnd {
    match end {
        StepEnd::Waiting { why, .. } if !matches!(why, StepError::Unsettled(_)) => {
            StepEnd::Failed(StepError::Failed(why.detail().to_owned()))
        }
        StepEnd::Failed(why) if !matches!(why, StepError::Conflict(_)) => {
            StepEnd::Failed(StepError::Failed(why.detail().to_owned()))
        }
        end => end,
    }
}

/// Releases the old number, if nothing that Teams can tell stands against the new one.
pub(super) async fn make_room(
    hands: &Hands,
    refusals: &Refusals,
    chain: &[Task],
    task: &Task,
) -> Result<Change, JournalError> {
    let takes_over = |task: &&Task| matches!(task.change.part, Part::TakesOver { .. });
    if let Some(next) = chain.iter().find(takes_over)
        && let Look::No(why) = look(hands, &next.change).await
    {
        hands.journal.withdrawn(hands.fence, task.id).await?;
        return Ok(Change {
            status: ChangeStatus::Failed,
            error: Some(format!(
                "{} stays, because {} cannot be had: {}",
                task.change.number,
                next.change.number,
                why.detail()
            )),
            noted: why.note_kind(),
            ..task.change.clone()
        });
    }
    run_one(hands, refusals, task).await
}

/// Gives the old number back if it has gone and the new one cannot be had; `None`: there is no need, or not yet.
pub(super) async fn give_back(
    hands: &Hands,
    refusals: &Refusals,
    applied: &[Applied],
    task: &Task,
) -> Result<Option<Change>, JournalError> {
    let before = |change: &Change| {
        let seq = change.after;
        let found = applied.iter().find(|done| Some(done.change.seq) == seq);
        found.map(|done| &done.change)
    };
    let takes_over = before(&task.change);
    let makes_room = takes_over.and_then(before).map(|change| change.status);
    match (makes_room, takes_over.map(|change| change.status)) {
        (Some(ChangeStatus::Succeeded), Some(ChangeStatus::Failed)) => {
            Ok(Some(run_one(hands, refusals, task).await?))
        }
        (_, Some(ChangeStatus::Waiting)) => Ok(None),
        _ => {
            hands.journal.withdrawn(hands.fence, task.id).await?;
            Ok(None)
        }
    }
}

/// What going on with a change of number works with.
pub(super) struct Interrupted<'a> {
    pub(super) hands: &'a Hands,
    pub(super) refusals: &'a Refusals,
    pub(super) state: &'a State,
    pub(super) by_hand: bool,
    pub(super) begun: Timestamp,
}

/// Where a step of the chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Open,
    Done,
    Not,
}

impl Interrupted<'_> {
    /// Goes on with every change of number, person by person.
    pub(super) async fn all<'s>(
        &self,
        steps: &'s [OpenStep],
    ) -> Result<Vec<(&'s OpenStep, Led)>, JournalError> {
        let mut people: BTreeMap<UserId, Vec<&OpenStep>> = BTreeMap::new();
        for step in steps {
            people.entry(step.change.user).or_default().push(step);
        }
        let mut went = Vec::new();
        for steps in people.values() {
            went.extend(self.go_on(steps).await?);
        }
        Ok(went)
    }

    /// Brings the open steps of one person's change of number as far as they go now.
    async fn go_on<'s>(
        &self,
        steps: &[&'s OpenStep],
    ) -> Result<Vec<(&'s OpenStep, Led)>, JournalError> {
        let mut went = Vec::new();
        let of = |wanted: fn(Part) -> bool| steps.iter().copied().find(|s| wanted(s.change.part));
        let makes_room = of(|part| part == Part::MakesRoom);
        let takes_over = of(|part| matches!(part, Part::TakesOver { .. }));
        let gives_back = of(|part| part == Part::GivesBack);
        let room = match makes_room {
            Some(step) => {
                let (_, led) =
                    lead(self.hands, self.refusals, step, self.by_hand, self.begun).await?;
                note(&mut went, step, led)
            }
            None if takes_over.or(gives_back).is_some_and(old_has_gone) => Stand::Done,
            None => Stand::Not,
        };
        let taken = match (takes_over, room) {
            (_, Stand::Open) => Stand::Open,
            (Some(step), Stand::Done) => note(&mut went, step, self.advance(step).await?),
            (Some(step), Stand::Not) => note(&mut went, step, self.forget(step).await?),
            (None, _) if gives_back.is_some_and(|step| has_another(self.state, step)) => {
                Stand::Done
            }
            (None, _) => Stand::Not,
        };
        match (gives_back, taken) {
            (None, _) | (_, Stand::Open) => {}
            (Some(step), Stand::Not) if room == Stand::Done => {
                note(&mut went, step, self.advance(step).await?);
            }
            (Some(step), _) => {
                note(&mut went, step, self.forget(step).await?);
            }
        }
        Ok(went)
    }

    /// Makes a step whose turn has come, or finds out what became of it.
    async fn advance(&self, step: &OpenStep) -> Result<Led, JournalError> {
        let unsettled = matches!(step.error, None | Some(StepError::Unsettled(_)));
        let made = match step.state {
            StepState::Claimed => self.run(step, 0).await?,
            StepState::Waiting if !unsettled && !is_due(self.hands, step, self.by_hand) => {
                return Ok(Led::Untouched);
            }
            StepState::Waiting if !unsettled => self.run(step, step.attempts.max(1)).await?,
            StepState::Started | StepState::Accepted | StepState::Waiting => {
                settle(self.hands, step, self.begun).await?
            }
        };
        Ok(Led::To(Box::new(made)))
    }

    async fn run(&self, step: &OpenStep, attempts: u32) -> Result<Change, JournalError> {
        let task = Task {
            id: StepId(step.id),
            change: step.change.clone(),
            attempts,
        };
        run_one(self.hands, self.refusals, &task).await
    }

    /// Forgets a step whose turn will not come.
    async fn forget(&self, step: &OpenStep) -> Result<Led, JournalError> {
        let (hands, id) = (self.hands, StepId(step.id));
        if step.state == StepState::Claimed {
            hands.journal.withdrawn(hands.fence, id).await?;
        } else {
            let text = format!("{} is no longer needed", step.change.number);
            let end = StepEnd::Failed(StepError::Conflict(text));
            let now = hands.now();
            hands.journal.ended(hands.fence, id, &end, now).await?;
        }
        Ok(Led::Forgotten)
    }
}

fn note<'s>(went: &mut Vec<(&'s OpenStep, Led)>, step: &'s OpenStep, led: Led) -> Stand {
    let stand = match &led {
        Led::Forgotten => Stand::Not,
        Led::Untouched => Stand::Open,
        Led::To(change) => match change.status {
            ChangeStatus::Succeeded => Stand::Done,
            ChangeStatus::Failed => Stand::Not,
            ChangeStatus::Planned | ChangeStatus::Waiting | ChangeStatus::Held => Stand::Open,
        },
    };
    went.push((step, led));
    stand
}

/// Whether the old number of a change has gone, by what is left of the change once its release is over. The record of
/// the release hands the claims on, and nothing else does: what is managed says nothing of a line that is not.
fn old_has_gone(step: &OpenStep) -> bool {
    match step.change.part {
        Part::TakesOver { .. } => step.claims_user,
        Part::GivesBack => step.claims_number,
        _ => false,
    }
}

/// Whether the person of a way back has been given another number since the change was claimed. A number held from
/// before may be one that Teams has long taken away.
fn has_another(state: &State, gives_back: &OpenStep) -> bool {
    let change = &gives_back.change;
    state.holdings.iter().any(|holding| {
        holding.user == change.user
            && holding.number != change.number
            && holding.since >= gives_back.claimed
    })
}
