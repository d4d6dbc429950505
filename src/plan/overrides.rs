//! What people may set by hand of users and numbers. Pure checks; what is set counts from the next decision on.

use super::former::fits;
use super::hand_check::reserved;
use super::inventory::entry;
use super::refusal::{Holder, Refusal};
use super::{Entry, Index, StoredUser};
use crate::directory::VoiceLicence;
use crate::numbering::{E164, NumberState};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Whether a user may be pinned to a number. With `force` also to one the range never gives, and to one that somebody
/// else still has: the pin then waits for it.
///
/// # Errors
/// Why not.
pub fn may_pin(
    index: &Index<'_>,
    stored: &StoredUser,
    number: E164,
    force: bool,
) -> Result<(), Refusal> {
    let now = declared(index, number)?;
    let range = range_name(index, number);
    let user = &stored.user;
    let licence = index.world.book.read(user).voice;
    let number_type = index
        .world
        .rules
        .range_of(number)
        .map(|at| index.world.rules.ranges()[at].number_type);
    if let Some(number_type) =
        number_type.filter(|t| licence != VoiceLicence::None && !fits(licence, *t))
    {
        return Err(Refusal::WrongType {
            what: number.to_string(),
            number_type,
            who: user.upn().to_owned(),
            licence,
        });
    }
    if let Some(other) = index.pinned_to(number).filter(|pinned| *pinned != user.id) {
        let holder = Holder::from(other);
        return Err(Refusal::PinnedToAnother { number, holder });
    }
    if index.is_for_another(number, stored) {
        return Err(reserved(index, number));
    }
    if force || now.user == Some(user.id) {
        return Ok(());
    }
    match now.state {
        NumberState::Never => Err(Refusal::Never { number, range }),
        _ => not_in_hands(&now).map_err(|refusal| match refusal {
            Refusal::InHands { number, holder } => Refusal::Taken { number, holder },
            other => other,
        }),
    }
}

/// Whether a number may be set aside: one that somebody has stays with them, and is set aside once it comes back.
///
/// # Errors
/// Why not.
pub fn may_reserve(index: &Index<'_>, number: E164) -> Result<Entry, Refusal> {
    let now = declared(index, number)?;
    match now.state {
        NumberState::Never => Err(Refusal::Never {
            number,
            range: range_name(index, number),
        }),
        _ => Ok(now),
    }
}

/// The same for somebody by name, who may not be known yet: nobody is pinned to it.
///
/// # Errors
/// Why not.
pub fn may_reserve_for(index: &Index<'_>, number: E164) -> Result<Entry, Refusal> {
    if let Some(other) = index.pinned_to(number) {
        let holder = Holder::from(other);
        return Err(Refusal::PinnedToAnother { number, holder });
    }
    may_reserve(index, number)
}

/// Whether a number may be put to rest, or its rest ended: nobody has it.
///
/// # Errors
/// Why not.
pub fn may_rest(index: &Index<'_>, number: E164) -> Result<Entry, Refusal> {
    let now = declared(index, number)?;
    not_in_hands(&now)?;
    Ok(now)
}

/// A number of a range, and what it is now.
///
/// # Errors
/// When no range declares it.
pub fn declared(index: &Index<'_>, number: E164) -> Result<Entry, Refusal> {
    let rules = index.world.rules;
    let range = rules
        .range_of(number)
        .ok_or(Refusal::OutsideRanges { number })?;
    Ok(entry(index, &rules.ranges()[range], number))
}

/// A time that has not come yet.
///
/// # Errors
/// When it has passed.
pub fn to_come(until: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match until.filter(|until| *until <= now) {
        Some(until) => Err(Refusal::Past { until }),
        None => Ok(()),
    }
}

/// A moment as people write it: a day, which stands for its first moment in UTC, or a full time with its offset.
///
/// # Errors
/// How to write it.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    const DAY: usize = "2026-12-31".len();
    let day = Some(text).filter(|text| text.len() == DAY);
    let first = day
        .and_then(|text| text.parse::<Date>().ok())
        .and_then(|date| date.to_zoned(TimeZone::UTC).ok())
        .map(|first| first.timestamp());
    first.or_else(|| text.parse().ok()).ok_or_else(|| {
        "write a day as YYYY-MM-DD, or a full time such as 2026-12-31T17:00:00Z".to_owned()
    })
}

fn range_name(index: &Index<'_>, number: E164) -> String {
    let rules = index.world.rules;
    let at = rules.range_of(number);
    at.map(|at| rules.ranges()[at].name.clone())
        .unwrap_or_default()
}

fn not_in_hands(now: &Entry) -> Result<(), Refusal> {
    let number = now.number;
    match (now.state, now.user) {
        (NumberState::Assigned | NumberState::Claimed | NumberState::Foreign, Some(user)) => {
            let holder = Holder::from(user);
            Err(Refusal::InHands { number, holder })
        }
        (NumberState::Foreign, None) => Err(Refusal::Foreign { number }),
        _ => Ok(()),
    }
}
