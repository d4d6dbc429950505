//! What the end of a step makes of the facts about its user and its number.

use super::{
    Action, Change, Note, NoteKind, NumberFacts, Part, PolicyName, Reservation, Settings, StepEnd,
    StepError, UserFacts, Wait,
};
use jiff::{SignedDuration, Timestamp};

/// The facts after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Of the user.
    pub user: UserFacts,
    /// Of the number.
    pub number: NumberFacts,
}

/// The first pause of a blocked number, and the longest.
const BLOCK_FIRST: SignedDuration = SignedDuration::from_hours(24);
const BLOCK_LONGEST: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A second refusal counts when it comes so much later, or with another user.
const REFUSED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// The facts of the change's user and number once the step has ended, or waits, at `now`.
#[must_use]
pub fn outcome(
    change: &Change,
    end: &StepEnd,
    before: Outcome,
    settings: &Settings,
    now: Timestamp,
) -> Outcome {
    let Outcome {
        mut user,
        mut number,
    } = before;
    match (&change.action, end) {
        (Action::Assign, StepEnd::Done) => {
            user.wait = None;
            user.refused.clear();
            user.renumber = None;
            user.unlicensed_since = None;
            // A reservation by name has served, unless the number only came back to whoever had it.
            let served = change.part != Part::GivesBack;
            let lasts = |it: &Reservation| it.whom.is_none() || !served;
            number = NumberFacts {
                reserved: number.reserved.filter(lasts),
                ..NumberFacts::default()
            };
        }
        // Its number neither is free nor rests: the same person gets it back with the other type.
        (Action::Release, StepEnd::Done) if change.part.moves().is_some() => {}
        (Action::Release, StepEnd::Done) => released(change, &mut user, &mut number, now),
        (Action::Policy { policy, id }, StepEnd::Done) => {
            remember_policy(&mut user, policy, id.is_some())
        }
        (Action::Profile { .. }, StepEnd::Done) => user.phone_refused = None,
        (Action::Profile { phone }, StepEnd::Failed(why @ StepError::ProfileReadOnly(_))) => {
            profile_refused(change, phone.is_some(), why, &mut user, now);
        }
        (Action::Assign, StepEnd::Failed(StepError::Refused(_))) => {
            refused(change, &mut user, &mut number, now)
        }
        (Action::Assign, StepEnd::Failed(StepError::LicenceNotReady(_))) => {
            wait_for_teams(&mut user, NoteKind::LicenceNotReady, settings, now)
        }
        (Action::Assign, StepEnd::Failed(StepError::NotTeamsOnly(_))) => {
            wait_for_teams(&mut user, NoteKind::NotTeamsOnly, settings, now)
        }
        _ => {}
    }
    renote(&mut user, change, end);
    Outcome { user, number }
}

/// The number rests; what the person gets next is for the rules, unless a person wants it otherwise.
fn released(change: &Change, user: &mut UserFacts, number: &mut NumberFacts, now: Timestamp) {
    number.freed = Some(now);
    number.rest_until = now
        .checked_add(SignedDuration::from_secs(change.rest_seconds))
        .ok();
    user.unlicensed_since = None;
    match change.part {
        Part::Holds => user.wait = Some(Wait::ReleasedByHand),
        Part::Renumbers => user.renumber = Some(change.number),
        Part::Plain
        | Part::MakesRoom
        | Part::TakesOver { .. }
        | Part::GivesBack
        | Part::LeftOver
        | Part::MovesOut { .. }
        | Part::MovesIn { .. } => {}
    }
}

/// A profile that cannot be written is noted, and a write of the same number is not tried again for a while.
fn profile_refused(
    change: &Change,
    writes: bool,
    why: &StepError,
    user: &mut UserFacts,
    now: Timestamp,
) {
    if writes {
        user.phone_refused = Some((change.number, now));
    }
    user.notes
        .retain(|note| note.kind != NoteKind::ProfileReadOnly);
    user.notes.push(Note {
        kind: NoteKind::ProfileReadOnly,
        user: Some(change.user),
        number: None,
        range: change.range.clone(),
        detail: why.detail().to_owned(),
    });
    user.notes.sort();
}

/// Lets the standing notes say at once why a number does not come or go, not only when the next sync decides again.
fn renote(user: &mut UserFacts, change: &Change, end: &StepEnd) {
    if !change.action.claims() {
        return;
    }
    user.notes.retain(|note| {
        !matches!(
            note.kind,
            NoteKind::LicenceNotReady | NoteKind::NotTeamsOnly | NoteKind::ReleaseBlocked
        )
    });
    let stands = match end {
        StepEnd::Waiting { why, .. } => Some((waiting_kind(change, Some(why)), why)),
        StepEnd::Failed(why @ (StepError::LicenceNotReady(_) | StepError::NotTeamsOnly(_))) => {
            Some((waiting_kind(change, Some(why)), why))
        }
        StepEnd::Failed(why @ StepError::Refused(_)) if user.wait.is_some() => {
            Some((NoteKind::Refused, why))
        }
        StepEnd::Failed(_) | StepEnd::Done => None,
    };
    if let Some((kind, why)) = stands {
        user.notes.push(Note {
            kind,
            user: Some(change.user),
            number: None,
            range: change.range.clone(),
            detail: waiting_detail(change, Some(why)),
        });
        user.notes.sort();
    }
}

/// The note about a user whose change has not come to its end.
pub(super) const fn waiting_kind(change: &Change, why: Option<&StepError>) -> NoteKind {
    match (why, &change.action) {
        (Some(StepError::NotTeamsOnly(_)), _) => NoteKind::NotTeamsOnly,
        (Some(StepError::ReleaseBlocked(_)), _) | (_, Action::Release) => NoteKind::ReleaseBlocked,
        _ => NoteKind::LicenceNotReady,
    }
}

/// What that note says.
pub(super) fn waiting_detail(change: &Change, why: Option<&StepError>) -> String {
    let said = why.map_or("the outcome is not known yet", StepError::detail);
    format!("{} of {}: {said}", change.action.name(), change.number)
}

fn remember_policy(user: &mut UserFacts, policy: &PolicyName, set: bool) {
    user.policies
        .retain(|known| known.policy_type != policy.policy_type);
    if set {
        user.policies.push(policy.clone());
        user.policies.sort();
    }
}

/// The first refusal of a number is remembered; the second, an hour later or with another user, blocks it. Two
/// different numbers refused for one user make the user wait and clear the numbers.
fn refused(change: &Change, user: &mut UserFacts, number: &mut NumberFacts, now: Timestamp) {
    let again = number
        .refused_for
        .iter()
        .any(|(who, when)| *who != change.user || now.duration_since(*when) >= REFUSED_AGAIN_AFTER);
    number.refused_for.push((change.user, now));
    if again {
        let pause = BLOCK_FIRST
            .saturating_mul(1 << number.blocks.min(5))
            .min(BLOCK_LONGEST);
        number.blocked_until = now.checked_add(pause).ok();
        number.blocks += 1;
        number.refused_for.clear();
    }
    user.refused
        .retain(|(refused, _)| *refused != change.number);
    user.refused.push((change.number, now));
    if user.refused.len() >= 2 {
        user.wait = Some(Wait::Refused { since: now });
        number.refused_for.clear();
        if !again {
            number.blocked_until = None;
        }
    }
}

/// Growing pauses from the first to the longest; after `give_up` once a day.
fn wait_for_teams(user: &mut UserFacts, kind: NoteKind, settings: &Settings, now: Timestamp) {
    let (since, attempts) = match user.wait {
        Some(Wait::Teams {
            since, attempts, ..
        }) => (since, attempts + 1),
        _ => (now, 1),
    };
    let waiting = settings.waiting;
    let pause = if now.duration_since(since) >= waiting.give_up {
        SignedDuration::from_hours(24)
    } else {
        waiting
            .first
            .saturating_mul(1 << (attempts - 1).min(16))
            .min(waiting.longest)
    };
    user.wait = Some(Wait::Teams {
        kind,
        since,
        until: now.checked_add(pause).unwrap_or(now),
        attempts,
    });
}
