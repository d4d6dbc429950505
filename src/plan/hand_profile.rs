//! A number for the profile of a guest alone: the directory shows it, Teams gives nothing.

use super::case::Case;
use super::draft::{Step, UserRecord};
use super::hand_check::{not_busy, who};
use super::overrides::may_pin;
use super::refusal::Refusal;
use super::upkeep::{shows, shows_phone};
use super::{Action, Index, Reason, StoredUser};
use crate::directory::Kind;
use crate::numbering::E164;

/// Whether a guest's profile may show a number; answers whether it has to be written for that, and `None` where it is
/// written on-premises only. With `force` also a number that the range never gives or somebody else has.
///
/// # Errors
/// Why not.
pub fn may_show(
    index: &Index<'_>,
    stored: &StoredUser,
    number: E164,
    force: bool,
) -> Result<Option<bool>, Refusal> {
    let user = &stored.user;
    let who = || match user.upn() {
        "" => user.id.to_string(),
        upn => upn.to_owned(),
    };
    if stored.gone.is_some() {
        return Err(Refusal::Gone { who: who() });
    }
    if index.world.book.read(user).kind != Kind::Guest {
        return Err(Refusal::NoGuest { who: who() });
    }
    may_pin(index, stored, number, force)?;
    let shown = shows(user, number);
    Ok((shown || !user.on_premises_synced).then_some(!shown))
}

/// Has the profile of a guest show this number. What else the guest has stays as it is.
pub(super) fn show(index: &Index<'_>, case: &mut Case, number: E164) -> Result<(), Refusal> {
    not_busy(index, case)?;
    if case.stored.gone.is_some() {
        return Err(Refusal::Gone { who: who(case) });
    }
    if case.kind() != Kind::Guest {
        return Err(Refusal::NoGuest { who: who(case) });
    }
    let rules = index.world.rules;
    let at = rules.range_of(number);
    let range = at.ok_or(Refusal::OutsideRanges { number })?;
    let range = &rules.ranges()[range];
    let lead = Step {
        range: Some(range.name.clone()),
        ..Step::new(Action::Adopt, number, range.number_type, Reason::Manual)
    };
    let step = shows_phone(index.world, case, &lead);
    case.record = Some(UserRecord::of(&case.stored, index.listed(number)));
    case.steps.extend(step.map(|step| Step {
        after: None,
        ..step
    }));
    Ok(())
}
