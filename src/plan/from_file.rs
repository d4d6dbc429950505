//! What a row of a file asks of a number, and what that makes of what is remembered of it. Pure.
//!
//! A file sets what a person can set by hand: `reserved`, `quarantined`, `free`. All other states come from the rules
//! and from Teams; a row that names the state a number has already asks for nothing, so that an export of the inventory
//! can be read back.

use super::hand_check::absent;
use super::overrides::{declared, may_reserve, may_rest, to_come};
use super::refusal::{Holder, Refusal};
use super::{Entry, Index, NumberFacts, Reservation};
use crate::numbering::{E164, NumberState};
use crate::rules::{Range, Unlisted};
use jiff::Timestamp;

/// Why a number is set aside where nobody says why.
const BY_HAND: &str = "by hand";

/// What a row asks of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberWish {
    /// Which.
    pub number: E164,
    /// What it is to be.
    pub state: NumberState,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Why, of a reservation.
    pub reason: Option<String>,
}

impl NumberWish {
    /// Makes of the facts what is asked for. A reservation that is the same but for who made it stays as it is.
    pub fn set(&self, facts: &mut NumberFacts, by: &str) {
        match self.state {
            NumberState::Reserved => {
                let reason = self.reason.as_deref().unwrap_or(BY_HAND);
                let same =
                    |there: &Reservation| there.reason == reason && there.until == self.until;
                if !facts.reserved.as_ref().is_some_and(same) {
                    // A file names nobody: for whom it is set aside stays.
                    let whom = facts.reserved.take().and_then(|there| there.whom);
                    facts.reserved = Some(Reservation {
                        whom,
                        by: by.to_owned(),
                        reason: reason.to_owned(),
                        until: self.until,
                    });
                }
            }
            NumberState::Quarantined => {
                facts.reserved = None;
                facts.rest_until = self.until;
            }
            NumberState::Free => {
                facts.reserved = None;
                facts.rest_until = None;
                facts.blocked_until = None;
                facts.blocks = 0;
                facts.refused_for.clear();
            }
            _ => {}
        }
    }
}

impl NumberFacts {
    /// Whether a reservation by hand, a rest or a block keeps the number from the rules.
    #[must_use]
    pub fn is_set_aside(&self, now: Timestamp) -> bool {
        let lasts = |until: Option<Timestamp>| until.is_some_and(|until| now < until);
        let reserved = self.reserved.as_ref();
        reserved.is_some_and(|r| r.until.is_none_or(|until| now < until))
            || lasts(self.rest_until)
            || lasts(self.blocked_until)
    }
}

/// What a number is and what is remembered of it, as an export tells it and an import reads it back: until when, and
/// why of a reservation by hand.
#[must_use]
pub fn told(
    now: &Entry,
    facts: &NumberFacts,
    at: Timestamp,
) -> (Option<Timestamp>, Option<String>) {
    let by_hand = facts.reserved.as_ref();
    let in_force = by_hand.filter(|r| r.until.is_none_or(|until| at < until));
    let reason = in_force
        .filter(|_| now.state == NumberState::Reserved)
        .map(|reservation| reservation.reason.clone());
    (now.until, reason.filter(|reason| !reason.trim().is_empty()))
}

/// Whether a row asks for something that is not so, and may be granted.
///
/// # Errors
/// Why not.
pub fn may_become(index: &Index<'_>, wish: &NumberWish) -> Result<bool, Refusal> {
    let now = declared(index, wish.number)?;
    let before = index.facts(wish.number).cloned().unwrap_or_default();
    let is_so = told(&now, &before, index.world.now) == (wish.until, wish.reason.clone());
    let settable = matches!(
        wish.state,
        NumberState::Reserved | NumberState::Quarantined | NumberState::Free
    );
    if now.state == wish.state && (is_so || !settable) {
        return Ok(false);
    }
    match wish.state {
        NumberState::Reserved => {
            may_reserve(index, wish.number)?;
        }
        NumberState::Quarantined => {
            may_rest(index, wish.number)?;
        }
        NumberState::Free => may_be_free(index, &now)?,
        wanted => {
            return Err(Refusal::NotByFile {
                number: wish.number,
                wanted,
                now: now.state,
            });
        }
    }
    to_come(wish.until, index.world.now)?;
    let mut after = before.clone();
    wish.set(&mut after, "");
    Ok(after != before)
}

/// Whether nothing but what was set by hand, a rest or a block keeps a number from being free.
fn may_be_free(index: &Index<'_>, now: &Entry) -> Result<(), Refusal> {
    let number = now.number;
    may_rest(index, number)?;
    let rules = index.world.rules;
    let Some(range) = rules.range_of(number).map(|at| &rules.ranges()[at]) else {
        return Err(Refusal::OutsideRanges { number });
    };
    let name = || range.name.clone();
    if let Some(user) = index.pinned_to(number) {
        let holder = Holder::from(user);
        return Err(Refusal::PinnedToAnother { number, holder });
    }
    match now.state {
        NumberState::Never => Err(Refusal::Never {
            number,
            range: name(),
        }),
        NumberState::Absent => Err(absent(index, range, number)),
        _ if is_set_aside_by_rule(index, range, number) => Err(Refusal::SetAsideByRule {
            number,
            range: name(),
        }),
        _ => Ok(()),
    }
}

fn is_set_aside_by_rule(index: &Index<'_>, range: &Range, number: E164) -> bool {
    let unlisted = range.unlisted == Unlisted::Reserve && index.listed(number).is_none();
    range.reserve.contains(number) || unlisted
}
