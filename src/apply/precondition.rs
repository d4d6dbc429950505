//! Whether the world is still as the plan expects: read again right before anything is sent.

use super::moving::{before_moving_in, before_moving_out};
use super::{Hands, VoiceError};
use crate::directory::{ReadError, User, UserId, VoiceLicence};
use crate::numbering::{E164, Listed, ListedType, NumberType};
use crate::plan::{Action, Change, Part, Reason, StepError};

/// What to do with a step after the look.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Send it; a release is sent with the type Teams lists.
    Send(NumberType),
    /// It is so already.
    AlreadySo,
    /// Nothing is sent.
    No(StepError),
}

/// Looks at the number, the user, and where that is granted at the user's Teams configuration.
pub(super) async fn look(hands: &Hands, change: &Change) -> Look {
    let looked = match change.action {
        Action::Assign if change.part.moves().is_some() => before_moving_in(hands, change).await,
        Action::Release if change.part.moves().is_some() => before_moving_out(hands, change).await,
        Action::Assign => before_assign(hands, change).await,
        Action::Release => before_release(hands, change).await,
        Action::Adopt | Action::Policy { .. } | Action::Profile { .. } => {
            Ok(Look::Send(change.number_type))
        }
    };
    looked.unwrap_or_else(|error| Look::No(StepError::Failed(error.to_string())))
}

async fn before_assign(hands: &Hands, change: &Change) -> Result<Look, ReadError> {
    let listed = hands.telephony.number(change.number).await?;
    if let Some(holder) = listed.as_ref().and_then(Listed::holder) {
        if UserId(holder) == change.user {
            return Ok(Look::AlreadySo);
        }
        return Ok(conflict(format!(
            "{} is with somebody else in Teams ({holder})",
            change.number
        )));
    }
    let assignable = match &listed {
        Some(listed) => listed.is_assignable_as(change.number_type),
        None => !change.number_type.must_be_listed(),
    };
    if !assignable {
        return Ok(conflict(format!(
            "Teams no longer lists {} as free {}",
            change.number, change.number_type
        )));
    }
    let Some(user) = hands.directory.user(change.user).await? else {
        return Ok(conflict(
            "the person is no longer in the directory".to_owned(),
        ));
    };
    if let Some(why) = no_longer_eligible(hands, change, &user) {
        return Ok(conflict(why));
    }
    look_at_teams(hands, change).await
}

/// The licence, Teams and account of the row that planned the assignment.
fn no_longer_eligible(hands: &Hands, change: &Change, user: &User) -> Option<String> {
    let licensing = hands.book.read(user);
    let fits = match licensing.voice {
        VoiceLicence::None => false,
        VoiceLicence::PhoneSystem => change.number_type != NumberType::CallingPlan,
        VoiceLicence::CallingPlan => change.number_type == NumberType::CallingPlan,
    };
    let eligibility = hands.settings.eligibility;
    if !fits {
        return Some(format!("the voice licence is {} now", licensing.voice));
    }
    if change.reason == Reason::Manual {
        return None;
    }
    if eligibility.require_teams && !licensing.teams {
        return Some("there is no usable Teams plan any more".to_owned());
    }
    let disabled = !user.enabled && !eligibility.include_disabled;
    disabled.then(|| "the account is disabled now".to_owned())
}

pub(super) async fn look_at_teams(hands: &Hands, change: &Change) -> Result<Look, ReadError> {
    let voice = match hands.telephony.voice(change.user).await {
        Ok(Some(voice)) => voice,
        Ok(None) | Err(VoiceError::NotGranted) => return Ok(Look::Send(change.number_type)),
        Err(VoiceError::Read(error)) => return Err(error),
    };
    // Teams may go on showing the number that makes room for this one.
    let makes_room = match change.part {
        Part::TakesOver { from } => Some(from),
        _ => None,
    };
    let expected = |primary: &E164| *primary == change.number || Some(*primary) == makes_room;
    if let Some(primary) = voice.primary.filter(|primary| !expected(primary)) {
        return Ok(conflict(format!(
            "the person already has {primary} in Teams"
        )));
    }
    if !voice
        .features
        .iter()
        .any(|feature| feature == "PhoneSystem")
    {
        let text = "Teams does not show Phone System for the person yet".to_owned();
        return Ok(Look::No(StepError::LicenceNotReady(text)));
    }
    let upgrade = voice.policies.get("TeamsUpgradePolicy");
    if let Some(policy) = upgrade.filter(|policy| !policy.eq_ignore_ascii_case("UpgradeToTeams")) {
        let text = format!("the person is not in Teams-only mode (TeamsUpgradePolicy {policy})");
        return Ok(Look::No(StepError::NotTeamsOnly(text)));
    }
    Ok(Look::Send(change.number_type))
}

async fn before_release(hands: &Hands, change: &Change) -> Result<Look, ReadError> {
    let Some(listed) = hands.telephony.number(change.number).await? else {
        return Ok(Look::AlreadySo);
    };
    if listed.is_unassigned() {
        return Ok(Look::AlreadySo);
    }
    if listed.holder().map(UserId) != Some(change.user) {
        return Ok(conflict(format!(
            "{} is no longer with this person in Teams",
            change.number
        )));
    }
    let user = hands.directory.user(change.user).await?;
    if let Some(why) = user.and_then(|user| keeps_it_after_all(hands, change, &user)) {
        return Ok(conflict(why.to_owned()));
    }
    let number_type = match listed.profile.number_type {
        ListedType::Known(known) => known,
        ListedType::Other(ref text) => {
            return Ok(conflict(format!(
                "Teams lists {} with the unknown type {text}",
                change.number
            )));
        }
    };
    Ok(Look::Send(number_type))
}

/// Licensed again, or there after all: the release is dropped.
fn keeps_it_after_all(hands: &Hands, change: &Change, user: &User) -> Option<&'static str> {
    match change.reason {
        Reason::Deleted => Some("the person is in the directory after all"),
        Reason::Delicensed => {
            let licensing = hands.book.read(user);
            let licensed = licensing.voice != VoiceLicence::None
                || licensing.doubt == Some(crate::directory::Doubt::Lapsing);
            licensed.then_some("the person is licensed after all")
        }
        _ => None,
    }
}

pub(super) fn conflict(text: String) -> Look {
    Look::No(StepError::Conflict(text))
}
