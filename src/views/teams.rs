//! What Teams says now of a person or a number, and where that differs from what is remembered.

use crate::apply::{Telephony, Voice, VoiceError};
use crate::directory::{ReadError, UserId};
use crate::numbering::{Category, E164, Listed, ListedStatus, ListedType};
use crate::report::TeamsExplanation;
use std::time::Duration;

/// Whoever asks "why?" does not wait longer for Graph than this.
const PATIENCE: Duration = Duration::from_secs(15);

/// Waits for an answer of Graph, but not for ever.
pub(super) async fn in_time<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, work).await.ok()
}

/// Reads the person's Teams configuration, and the number under management.
pub(super) async fn of_person(
    telephony: &dyn Telephony,
    user: UserId,
    ours: Option<E164>,
) -> (Option<TeamsExplanation>, Option<String>) {
    let number = async {
        match ours {
            Some(number) => Some(read_number(telephony, number).await),
            None => None,
        }
    };
    let (voice, listed) = tokio::join!(in_time(telephony.voice(user)), number);
    let voice = voice.unwrap_or_else(|| Err(VoiceError::Read(too_late())));
    compare(user, ours, voice, listed)
}

/// Reads one number; of one that is none of ours, `ours` is `None` and no holder is a difference.
pub(super) async fn of_number(
    telephony: &dyn Telephony,
    number: E164,
    ours: Option<Option<UserId>>,
) -> (Option<TeamsExplanation>, Option<String>) {
    match read_number(telephony, number).await {
        Err(error) => (None, Some(unread(&error))),
        Ok(listed) => {
            let holder = listed.as_ref().and_then(|listed| listed.target).map(UserId);
            let mut says = TeamsExplanation {
                number: Some(number),
                listed: Some(listed_text(number, listed.as_ref())),
                ..TeamsExplanation::default()
            };
            if let Some(ours) = ours.filter(|ours| *ours != holder) {
                says.differences
                    .push(differing_holder(number, holder, ours));
            }
            (Some(says), None)
        }
    }
}

async fn read_number(telephony: &dyn Telephony, number: E164) -> Result<Option<Listed>, ReadError> {
    in_time(telephony.number(number))
        .await
        .unwrap_or_else(|| Err(too_late()))
}

fn too_late() -> ReadError {
    ReadError::Unreachable(format!("no answer within {} seconds", PATIENCE.as_secs()))
}

fn unread(error: &ReadError) -> String {
    format!("Teams could not be asked: {error}")
}

/// What both answers come to. Without any answer nothing is said of Teams but why.
pub(super) fn compare(
    user: UserId,
    ours: Option<E164>,
    voice: Result<Option<Voice>, VoiceError>,
    listed: Option<Result<Option<Listed>, ReadError>>,
) -> (Option<TeamsExplanation>, Option<String>) {
    let mut says = TeamsExplanation::default();
    let (mut answered, mut unsaid) = (false, None);
    match voice {
        Ok(Some(voice)) => {
            answered = true;
            differing_number(ours, voice.primary, &mut says.differences);
            says.number = voice.primary;
            says.features = Some(voice.features);
            says.policies = Some(voice.policies);
        }
        Ok(None) => {
            answered = true;
            says.differences
                .push("Teams knows no such person".to_owned());
        }
        Err(VoiceError::NotGranted) => {
            let text = "the person's Teams configuration is not read: the permission TeamsUserConfiguration.Read.All is not granted";
            unsaid = Some(text.to_owned());
        }
        Err(VoiceError::Read(error)) => unsaid = Some(unread(&error)),
    }
    match (listed, ours) {
        (Some(Ok(listed)), Some(number)) => {
            answered = true;
            let holder = listed.as_ref().and_then(|listed| listed.target).map(UserId);
            says.listed = Some(listed_text(number, listed.as_ref()));
            if holder != Some(user) {
                says.differences
                    .push(differing_holder(number, holder, Some(user)));
            }
        }
        (Some(Err(error)), _) => unsaid = unsaid.or_else(|| Some(unread(&error))),
        _ => {}
    }
    (answered.then_some(says), unsaid)
}

fn differing_number(ours: Option<E164>, theirs: Option<E164>, differences: &mut Vec<String>) {
    let text = match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            format!("Teams shows {theirs} with the person, Linekeeper has {ours}")
        }
        (Some(ours), None) => {
            format!("Teams shows no number with the person, Linekeeper has {ours}")
        }
        (None, Some(theirs)) => {
            format!("Teams shows {theirs} with the person, which Linekeeper does not manage")
        }
        _ => return,
    };
    differences.push(text);
}

fn differing_holder(number: E164, theirs: Option<UserId>, ours: Option<UserId>) -> String {
    let named =
        |user: Option<UserId>| user.map_or_else(|| "nobody".to_owned(), |user| user.to_string());
    format!(
        "Teams shows {number} with {}, Linekeeper with {}",
        named(theirs),
        named(ours)
    )
}

fn listed_text(number: E164, listed: Option<&Listed>) -> String {
    let Some(listed) = listed else {
        return format!("the number list does not show {number}");
    };
    let profile = &listed.profile;
    let kind = match &profile.number_type {
        ListedType::Known(known) => known.name(),
        ListedType::Other(text) => text,
    };
    let status = match (&profile.status, profile.category) {
        (ListedStatus::Unassigned, _) => "assigned to nobody".to_owned(),
        (ListedStatus::UserAssigned, Category::Primary) => {
            "assigned to a user as primary line".to_owned()
        }
        (ListedStatus::UserAssigned, Category::Other) => {
            "assigned to a user as private or alternate line".to_owned()
        }
        (ListedStatus::Other(text), _) => text.clone(),
    };
    let active = if profile.activated {
        ""
    } else {
        ", not activated"
    };
    format!("{number} is listed as {kind}, {status}{active}")
}
