//! The decision table in words: the row that fits a person, and what follows from it.

use crate::directory::Kind;
use crate::plan::{Action, Change, Gone, GoneHow, Holding, Mode, NoteKind, Reason, Row, Settings};
use crate::report::{Decision, PendingExplanation};
use crate::store::Held;
use jiff::Timestamp;

/// The row of the table that fits, as a sentence.
#[must_use]
pub fn because(kind: Kind, row: &Row) -> String {
    let who = subject(kind);
    match row {
        Row::Exempt(reason) => format!("{who} is left alone altogether: {reason}"),
        Row::Gone(gone) => format!("{who} is gone: {}", departure(*gone)),
        Row::InDoubt(NoteKind::Lapsing) => {
            format!(
                "it is in doubt whether {who} is licensed: the Phone System plan is suspended or locked out"
            )
        }
        Row::InDoubt(_) => {
            format!(
                "it is in doubt whether {who} is licensed: a licence with Phone System is assigned, its plans have not arrived yet"
            )
        }
        Row::Unlicensed => format!("{who} has no usable licence for telephony"),
        Row::NoTeams => format!("{who} has Phone System but no usable Teams plan"),
        Row::Disabled => format!("the account of {who} is disabled"),
        Row::AwaitsPerson(NoteKind::RemovedOutside) => {
            format!(
                "the number of {who} was taken away in Teams, and a person has to decide what follows"
            )
        }
        Row::AwaitsPerson(_) => format!(
            "the number of {who} was released by hand, and a person has to decide what follows"
        ),
        Row::Pinned(number) => format!("{who} is pinned to {number}"),
        Row::Excluded(name) => {
            format!("the rule `exclude \"{name}\"` says that {who} gets no number by rule")
        }
        Row::Eligible => format!("{who} is licensed, and nothing speaks against a number"),
        Row::GroupUnread => format!(
            "a rule asks for members of a group that could not be read; {who} is left as is"
        ),
    }
}

fn departure(gone: Gone) -> String {
    let since = gone.since;
    match gone.how {
        GoneHow::SoftDeleted => format!("deleted, restorable for 30 days; known since {since}"),
        GoneHow::Deleted => format!("deleted for good; known since {since}"),
        GoneHow::Absent => format!(
            "a complete read of the directory did not show the account any more; known since {since}"
        ),
    }
}

const fn subject(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "the person",
        Kind::Guest => "the guest",
        Kind::Room => "the room",
        Kind::Device => "the device",
        Kind::Resource => "the resource account",
    }
}

/// Why a number stays: the right column of the table.
pub(super) fn kept(row: &Row, holding: &Holding, due: Option<Timestamp>) -> String {
    let number = holding.number;
    let why = match row {
        Row::Exempt(_) => "whoever is left alone keeps the number".to_owned(),
        Row::InDoubt(_) => "in doubt a number is kept".to_owned(),
        Row::NoTeams => "a missing Teams plan does not take a number away".to_owned(),
        Row::Disabled => "disabling never releases a number".to_owned(),
        Row::Pinned(pinned) if *pinned == number => "it is the pinned number".to_owned(),
        Row::Pinned(_) => "a pin changes nobody's number by itself".to_owned(),
        Row::Excluded(_) => "a rule that excludes does not take a number away".to_owned(),
        Row::Unlicensed if !holding.seen_licensed => {
            "it has never been seen licensed with this number, so a person has to release it"
                .to_owned()
        }
        Row::Unlicensed | Row::Gone(_) => match due {
            Some(due) => format!("it is taken back at {due} if nothing changes"),
            None => "it is not taken back by itself, see the notes".to_owned(),
        },
        _ => "a number is kept, also after a move".to_owned(),
    };
    format!("keeps {number}; {why}")
}

/// What a planned change does, as a sentence.
pub(super) fn planned(changes: &[Change], settings: &Settings) -> Option<(Decision, String)> {
    let release = changes.iter().find(|c| c.action == Action::Release);
    let assign = changes.iter().find(|c| c.action == Action::Assign);
    let adopt = changes.iter().find(|c| c.action == Action::Adopt);
    let (decision, text) = match (release, assign, adopt) {
        (Some(lost), Some(gets), _) => (
            Decision::Assign,
            format!("Teams has taken {} away; {}", lost.number, given(gets)),
        ),
        (None, Some(gets), _) => (Decision::Assign, given(gets)),
        (Some(lost), None, _) if lost.by_teams => (
            Decision::Release,
            format!(
                "Teams has taken {} away already; the next sync records it",
                lost.number
            ),
        ),
        (Some(lost), None, _) => (
            Decision::Release,
            format!(
                "{} is taken back at the next sync ({}): {}",
                lost.number, lost.reason, lost.why
            ),
        ),
        (None, None, Some(adopt)) => (
            Decision::Adopt,
            format!(
                "{}, which Teams shows already, is taken under management at the next sync",
                adopt.number
            ),
        ),
        _ => return None,
    };
    let writes = !matches!(decision, Decision::Adopt);
    let note = match settings.mode {
        Mode::Observe if writes => "; the mode is observe, so that nothing is written",
        _ => "",
    };
    Some((decision, format!("{text}{note}")))
}

fn given(change: &Change) -> String {
    let range = change.range.as_deref().unwrap_or("no range");
    match change.reason {
        Reason::Rule => format!(
            "gets the next free number of {range} at the next sync: {}",
            change.why
        ),
        _ => format!(
            "gets {} of {range} at the next sync ({}): {}",
            change.number, change.reason, change.why
        ),
    }
}

/// What a change is called in a sentence.
fn noun(action: &str) -> &str {
    match action {
        "assign" => "assignment",
        other => other,
    }
}

/// A change that a guard holds.
pub(super) fn held(held: &Held, action: &str, number: crate::numbering::E164) -> String {
    format!(
        "the {} of {number} is held since {} until a person decides: `linekeeper syncs approve {}` or `reject`",
        noun(action),
        held.created,
        held.sync
    )
}

/// A change under way.
pub(super) fn pending(step: &PendingExplanation) -> String {
    let until = step
        .until
        .map_or_else(String::new, |until| format!(", tried again at {until}"));
    format!(
        "the {} of {} is under way: {}{until}",
        noun(&step.action),
        step.number,
        step.state
    )
}
