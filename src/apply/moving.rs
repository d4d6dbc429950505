//! The look before a step of a migration: the same person, the type the plan counts on, and nothing in the way that would
//! leave somebody without a number for no use.

use super::Hands;
use super::precondition::{Look, conflict, look_at_teams};
use crate::directory::{ReadError, UserId, VoiceLicence};
use crate::numbering::{Listed, ListedType, NumberType};
use crate::plan::Change;

/// Before the number is taken off its old type: it is with this person, with that type, and Teams would give the person
/// one again.
pub(super) async fn before_moving_out(hands: &Hands, change: &Change) -> Result<Look, ReadError> {
    let number = change.number;
    let Some(listed) = hands.telephony.number(number).await? else {
        return Ok(Look::AlreadySo);
    };
    if listed.is_unassigned() {
        return Ok(Look::AlreadySo);
    }
    if listed.holder().map(UserId) != Some(change.user) {
        return Ok(conflict(format!(
            "{number} is no longer with this person in Teams"
        )));
    }
    if !is(&listed, change.number_type) {
        return Ok(conflict(format!(
            "Teams no longer lists {number} as {}",
            change.number_type
        )));
    }
    if let Some(no) = unlicensed(hands, change).await? {
        return Ok(no);
    }
    match look_at_teams(hands, change).await? {
        Look::No(why) => Ok(Look::No(why)),
        Look::Send(_) | Look::AlreadySo => Ok(Look::Send(change.number_type)),
    }
}

/// Before the number is given with the other type: it is listed so, and with nobody.
pub(super) async fn before_moving_in(hands: &Hands, change: &Change) -> Result<Look, ReadError> {
    let (number, wanted) = (change.number, change.number_type);
    let entries = hands.telephony.entries(number).await?;
    for entry in &entries {
        match entry.holder().map(UserId) {
            Some(holder) if holder == change.user && is(entry, wanted) => {
                return Ok(Look::AlreadySo);
            }
            Some(holder) if holder == change.user => {
                return Ok(conflict(format!(
                    "{number} is with this person still, and not as {wanted}"
                )));
            }
            Some(holder) => {
                return Ok(conflict(format!(
                    "{number} is with somebody else in Teams ({holder})"
                )));
            }
            None => {}
        }
    }
    let offered = entries.iter().any(|entry| entry.is_assignable_as(wanted));
    let unlisted = entries.is_empty() && !wanted.must_be_listed();
    if !(offered || unlisted) {
        return Ok(conflict(format!(
            "Teams does not list {number} as free {wanted}"
        )));
    }
    if let Some(no) = unlicensed(hands, change).await? {
        return Ok(no);
    }
    look_at_teams(hands, change).await
}

fn is(listed: &Listed, wanted: NumberType) -> bool {
    listed.profile.number_type == ListedType::Known(wanted)
}

/// Whether the person cannot have a number at all any more. The licence may be one for the other type still, or already.
async fn unlicensed(hands: &Hands, change: &Change) -> Result<Option<Look>, ReadError> {
    let Some(user) = hands.directory.user(change.user).await? else {
        let text = "the person is no longer in the directory".to_owned();
        return Ok(Some(conflict(text)));
    };
    let voice = hands.book.read(&user).voice;
    let text = || "the person has no usable Phone System licence any more".to_owned();
    Ok((voice == VoiceLicence::None).then(|| conflict(text())))
}
