//! Exemptions and pins, and letting the rules decide again.

use super::{Desk, OverrideError};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Exemption, Refusal, StoredUser, UserFacts, Wait, may_pin, to_come};
use crate::reconcile::Scope;
use crate::report::{UserOverrides, UserRef};
use crate::rules::RuleSet;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Has the rules leave a user alone, until a time or until it is taken back: the number stays, and none is given.
///
/// # Errors
/// An unknown user, a time that has passed, or the database.
pub async fn exempt(
    desk: &Desk<'_>,
    user: UserId,
    reason: &str,
    until: Option<Timestamp>,
) -> Result<UserOverrides, OverrideError> {
    to_come(until, desk.now)?;
    let exemption = Exemption {
        reason: reason.to_owned(),
        until,
    };
    let set = move |facts: &mut UserFacts| facts.exempt = Some(exemption.clone());
    change(desk, user, "exempted", &set).await
}

/// Takes an exemption back.
///
/// # Errors
/// An unknown user, or the database.
pub async fn unexempt(desk: &Desk<'_>, user: UserId) -> Result<UserOverrides, OverrideError> {
    change(desk, user, "unexempted", &|facts| facts.exempt = None).await
}

/// Pins a user to a number, which nobody else gets while the pin stands. Whoever holds another number keeps it until it
/// is changed by hand or comes back.
///
/// # Errors
/// An unknown user, what stands against the number, or the database.
pub async fn pin(
    desk: &Desk<'_>,
    rules: &RuleSet,
    user: UserId,
    number: E164,
    force: bool,
) -> Result<UserOverrides, OverrideError> {
    let stored = desk.stored(user).await?;
    desk.look(rules, number, |index| {
        may_pin(index, &stored, number, force)
    })
    .await?;
    change(desk, user, "pinned", &|facts| facts.pin = Some(number)).await
}

/// Takes a pin back; the number stays where it is.
///
/// # Errors
/// An unknown user, or the database.
pub async fn unpin(desk: &Desk<'_>, user: UserId) -> Result<UserOverrides, OverrideError> {
    change(desk, user, "unpinned", &|facts| facts.pin = None).await
}

/// Lets the rules decide again about somebody who waits for a person, for Teams, or after refused numbers.
///
/// # Errors
/// An unknown user, or the database.
pub async fn resume_user(desk: &Desk<'_>, user: UserId) -> Result<UserOverrides, OverrideError> {
    let forget = |facts: &mut UserFacts| {
        facts.wait = None;
        facts.refused.clear();
    };
    change(desk, user, "user-resumed", &forget).await
}

/// The same for many, in one transaction: all of them, or none.
///
/// # Errors
/// An unknown user, or the database.
pub async fn resume_users(
    desk: &Desk<'_>,
    users: &[UserId],
) -> Result<Vec<UserOverrides>, OverrideError> {
    let forget = |facts: &mut UserFacts| {
        facts.wait = None;
        facts.refused.clear();
    };
    let scope = Scope::Only(users.to_vec());
    let known = desk.records.users(&scope, None, users.len().max(1)).await?;
    let known: BTreeMap<UserId, StoredUser> =
        known.into_iter().map(|it| (it.user.id, it)).collect();
    let state = desk.records.state(desk.now).await?;
    let held: BTreeMap<UserId, E164> = state.holdings.iter().map(|h| (h.user, h.number)).collect();
    let (mut changed, mut set) = (Vec::new(), Vec::new());
    for user in users {
        let stored = known.get(user).cloned();
        let mut stored = stored.ok_or_else(|| Refusal::UnknownUser(user.to_string()))?;
        let before = stored.facts.clone();
        forget(&mut stored.facts);
        let differs = stored.facts != before;
        changed.extend(differs.then_some(*user));
        set.push(overrides(desk, stored, held.get(user).copied(), differs));
    }
    if !changed.is_empty() {
        let written =
            desk.records
                .change_users(&changed, desk.by, "user-resumed", &forget, desk.now);
        written.await?;
    }
    Ok(set)
}

/// Has the next sync decide about people whom something concerns that was set elsewhere, such as a number reserved for
/// them by name.
///
/// # Errors
/// The database.
pub async fn decide_again(desk: &Desk<'_>, users: &[UserId]) -> Result<(), OverrideError> {
    if users.is_empty() {
        return Ok(());
    }
    let nothing = |_: &mut UserFacts| {};
    let marked =
        desk.records
            .change_users(users, desk.by, "number-reserved-for", &nothing, desk.now);
    Ok(marked.await?)
}

/// Writes only what differs, and answers what is set from now on.
async fn change(
    desk: &Desk<'_>,
    user: UserId,
    what: &'static str,
    set: &(dyn Fn(&mut UserFacts) + Send + Sync),
) -> Result<UserOverrides, OverrideError> {
    let mut stored = desk.stored(user).await?;
    let mut wanted = stored.facts.clone();
    set(&mut wanted);
    let changed = wanted != stored.facts;
    if changed {
        stored.facts = written(desk, user, what, set, wanted.pin).await?;
    }
    let state = desk.records.state(desk.now).await?;
    let mut holdings = state.holdings.iter();
    let held = holdings.find(|holding| holding.user == user);
    let number = held.map(|holding| holding.number);
    Ok(overrides(desk, stored, number, changed))
}

/// Writes it, unless somebody else was pinned to the number after it had been looked at.
async fn written(
    desk: &Desk<'_>,
    user: UserId,
    what: &'static str,
    set: &(dyn Fn(&mut UserFacts) + Send + Sync),
    pin: Option<E164>,
) -> Result<UserFacts, OverrideError> {
    loop {
        let written = desk.records.change_user(user, desk.by, what, set, desk.now);
        if let Some(facts) = written.await? {
            return Ok(facts);
        }
        let state = desk.records.state(desk.now).await?;
        let has_it = |(id, facts): &(&UserId, &UserFacts)| **id != user && facts.pin == pin;
        let other = state.facts.iter().find(has_it).map(|(id, _)| *id);
        if let (Some(number), Some(other)) = (pin, other) {
            let holder = other.into();
            let refusal = Refusal::PinnedToAnother { number, holder };
            return Err(desk.refused(refusal).await);
        }
        // It was taken back again in between: nothing stands against it any more.
    }
}

fn overrides(
    desk: &Desk<'_>,
    stored: StoredUser,
    number: Option<E164>,
    changed: bool,
) -> UserOverrides {
    let waits = stored.facts.wait.as_ref().map(|wait| match wait {
        Wait::RemovedOutside => "removed-outside",
        Wait::ReleasedByHand => "released-by-hand",
        Wait::Teams { kind, .. } => kind.name(),
        Wait::Refused { .. } => "refused",
    });
    UserOverrides {
        tenant: desk.settings.tenant.clone(),
        user: UserRef {
            id: stored.user.id,
            upn: stored.user.upn().to_owned(),
        },
        number,
        exempt: stored.facts.exempt,
        pin: stored.facts.pin,
        waits,
        changed,
    }
}
