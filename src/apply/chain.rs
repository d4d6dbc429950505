//! Applying a plan: chains of changes that follow one another, many chains at once.

use super::exchange::{give_back, make_room};
use super::step::{Went, make};
use super::{Hands, JournalError, StepId};
use crate::directory::UserId;
use crate::plan::{Action, Change, ChangeStatus, Mode, Part, Plan, Reason, StepEnd, StepError};
use futures::StreamExt as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// So many users refused in a row suspend a range.
const REFUSED_IN_A_ROW: usize = 3;

/// A claimed change with its journal row.
#[derive(Clone, Debug)]
pub struct Task {
    /// The row.
    pub id: StepId,
    /// The change.
    pub change: Change,
    /// How often it was put off before.
    pub attempts: u32,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its row.
    pub id: StepId,
    /// The change, with status and error as they are now.
    pub change: Change,
}

/// Who was refused since the last success, by range.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<BTreeMap<String, BTreeSet<UserId>>>);

impl Refusals {
    /// Whether so many users were refused in a row that the range gives nothing for now.
    fn stops(&self, change: &Change) -> bool {
        let Some(range) = change
            .range
            .as_ref()
            .filter(|_| change.action == Action::Assign && !change.part.is_owed())
        else {
            return false;
        };
        self.0.lock().is_ok_and(|all| {
            all.get(range)
                .is_some_and(|users| users.len() >= REFUSED_IN_A_ROW)
        })
    }

    fn learn(&self, change: &Change, end: &StepEnd) {
        let Some(range) = change
            .range
            .as_ref()
            .filter(|_| change.action == Action::Assign)
        else {
            return;
        };
        let Ok(mut all) = self.0.lock() else { return };
        match end {
            StepEnd::Done => {
                all.remove(range);
            }
            StepEnd::Failed(StepError::Refused(_)) => {
                all.entry(range.clone()).or_default().insert(change.user);
            }
            _ => {}
        }
    }
}

/// Applies claimed changes in the order of the plan: each chain in turn, chains side by side, one user's failure
/// never stopping the others.
///
/// # Errors
/// Only when the journal cannot be written: then everything stops, and what was under way is settled by the next
/// sync's [`super::recover`].
pub async fn run(hands: &Hands, tasks: Vec<Task>) -> Result<Vec<Applied>, JournalError> {
    let refusals = Refusals::default();
    let mut applied = Vec::new();
    let work: Vec<_> = chains(tasks)
        .into_iter()
        .map(|chain| run_chain(hands, &refusals, chain))
        .collect();
    let mut results = futures::stream::iter(work).buffer_unordered(hands.patience.in_flight.max(1));
    while let Some(result) = results.next().await {
        let chain = result?;
        chain.iter().for_each(|done| (hands.told)(done));
        applied.extend(chain);
    }
    applied.sort_by_key(|done| (done.change.seq, done.id));
    Ok(applied)
}

/// Groups tasks so that each chain begins with a change that waits for none of the others.
fn chains(tasks: Vec<Task>) -> Vec<Vec<Task>> {
    let mut chains: Vec<Vec<Task>> = Vec::new();
    let mut place: BTreeMap<u32, usize> = BTreeMap::new();
    for task in tasks {
        let before = task
            .change
            .after
            .and_then(|after| place.get(&after).copied());
        let at = before.unwrap_or(chains.len());
        place.insert(task.change.seq, at);
        match chains.get_mut(at) {
            Some(chain) => chain.push(task),
            None => chains.push(vec![task]),
        }
    }
    chains
}

async fn run_chain(
    hands: &Hands,
    refusals: &Refusals,
    chain: Vec<Task>,
) -> Result<Vec<Applied>, JournalError> {
    let mut applied: Vec<Applied> = Vec::new();
    for task in &chain {
        let lead = task
            .change
            .after
            .and_then(|after| applied.iter().find(|done| done.change.seq == after));
        let blocked = lead
            .filter(|lead| lead.change.status != ChangeStatus::Succeeded)
            .map(|lead| lead.change.clone());
        let change = match (task.change.part, blocked) {
            (Part::MakesRoom, _) => Some(make_room(hands, refusals, &chain, task).await?),
            (Part::GivesBack, _) => give_back(hands, refusals, &applied, task).await?,
            (_, Some(lead)) => Some(follower_of(hands, task, &lead).await?),
            (_, None) => Some(run_one(hands, refusals, task).await?),
        };
        applied.extend(change.map(|change| Applied {
            id: task.id,
            change,
        }));
    }
    Ok(applied)
}

/// A change whose lead has not succeeded shares the lead's status: it waits with it, or is withdrawn.
async fn follower_of(hands: &Hands, task: &Task, lead: &Change) -> Result<Change, JournalError> {
    if lead.status != ChangeStatus::Waiting {
        hands.journal.withdrawn(hands.fence, task.id).await?;
    }
    Ok(Change {
        status: lead.status,
        error: lead.error.clone(),
        ..task.change.clone()
    })
}

pub(super) async fn run_one(
    hands: &Hands,
    refusals: &Refusals,
    task: &Task,
) -> Result<Change, JournalError> {
    let change = &task.change;
    if let Some(why) = forbidden(hands, change) {
        // It was put off while more was allowed. Its row stays: what the mode allows again goes on.
        return Ok(not_made(change, ChangeStatus::Planned, why));
    }
    if refusals.stops(change) {
        return range_stopped(hands, task).await;
    }
    match make(hands, task.id, change, task.attempts).await? {
        Went::Ended(end) => {
            refusals.learn(change, &end);
            Ok(with_end(change, &end))
        }
        Went::NotAllowed | Went::Stopped if is_begun(change) => {
            let text = "no write is allowed just now: it goes on with the next sync that may write";
            Ok(Change {
                status: ChangeStatus::Waiting,
                error: Some(text.to_owned()),
                ..change.clone()
            })
        }
        went @ (Went::NotAllowed | Went::Stopped) => {
            if task.attempts == 0 && went == Went::NotAllowed {
                hands.journal.withdrawn(hands.fence, task.id).await?;
            }
            let (status, error) = not_allowed(hands, task);
            Ok(not_made(change, status, error))
        }
    }
}

/// Whether a number has been taken or given already when the turn of the change comes: what goes with that is not
/// forgotten.
fn is_begun(change: &Change) -> bool {
    let follows = change.after.is_some() && !change.action.claims();
    change.part.is_owed() || follows
}

/// What becomes of a change in a range that gives nothing for now.
async fn range_stopped(hands: &Hands, task: &Task) -> Result<Change, JournalError> {
    // What was begun before and put off is not forgotten: it waits on.
    let status = if task.attempts == 0 {
        hands.journal.withdrawn(hands.fence, task.id).await?;
        ChangeStatus::Planned
    } else {
        ChangeStatus::Waiting
    };
    let error = "Teams refused three people in a row in this range; it is suspended";
    Ok(not_made(&task.change, status, error))
}

fn not_made(change: &Change, status: ChangeStatus, error: &str) -> Change {
    Change {
        status,
        error: Some(error.to_owned()),
        ..change.clone()
    }
}

/// Why the mode allows no such write, if it allows none.
fn forbidden(hands: &Hands, change: &Change) -> Option<&'static str> {
    match (hands.settings.mode, &change.action) {
        (Mode::Observe, _) => Some("the mode is observe: nothing is written"),
        (Mode::AssignOnly, Action::Release) => Some("the mode is assign-only: nothing is released"),
        (Mode::AssignOnly | Mode::Apply, _) => None,
    }
}

/// What becomes of a change that may not be written now. What a person asks for is not planned anew by the rules.
fn not_allowed(hands: &Hands, task: &Task) -> (ChangeStatus, &'static str) {
    let by_hand = task.change.reason == Reason::Manual && task.change.part.moves().is_none();
    let forgotten = by_hand && task.attempts == 0;
    if hands.halt.is_set() && forgotten {
        let text = "the service is stopping: nothing was sent; ask again once it runs";
        (ChangeStatus::Failed, text)
    } else if hands.halt.is_set() {
        let text = "the service is stopping: nothing was sent, the next sync goes on";
        (ChangeStatus::Planned, text)
    } else if task.change.part.moves().is_some() {
        let text = "nothing was sent: the migration or the tenant is paused, the wave was rolled back, or this process is \
                    losing its lease";
        (ChangeStatus::Planned, text)
    } else {
        let text = "no write is allowed just now: the tenant is paused, or this process is losing its lease";
        (ChangeStatus::Held, text)
    }
}

/// The change as the report shows it. What Graph puts off is `waiting`, even where the number has gone back.
pub(super) fn with_end(change: &Change, end: &StepEnd) -> Change {
    let (status, why) = match end {
        StepEnd::Done => (ChangeStatus::Succeeded, None),
        StepEnd::Waiting { why, .. } => (ChangeStatus::Waiting, Some(why)),
        StepEnd::Failed(why @ (StepError::LicenceNotReady(_) | StepError::NotTeamsOnly(_)))
            if !change.part.exchanges() =>
        {
            (ChangeStatus::Waiting, Some(why))
        }
        StepEnd::Failed(why) => (ChangeStatus::Failed, Some(why)),
    };
    Change {
        status,
        error: why.map(|why| why.detail().to_owned()),
        noted: why.and_then(StepError::note_kind),
        ..change.clone()
    }
}

/// Which changes of a plan need a journal row and a write: neither held nor recorded only.
#[must_use]
pub fn to_be_made(plan: &Plan) -> Vec<&Change> {
    let wanted =
        |c: &&Change| c.status == ChangeStatus::Planned && !crate::plan::is_recorded_only(c);
    plan.changes.iter().filter(wanted).collect()
}
