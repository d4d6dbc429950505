//! Numbers set aside, put to rest, or let go again.

use super::{Desk, OverrideError};
use crate::numbering::E164;
use crate::plan::{
    Entry, Index, NumberFacts, Refusal, Reservation, declared, may_reserve, may_reserve_for,
    may_rest, to_come,
};
use crate::report::NumberOverrides;
use crate::rules::{RuleSet, normal_form};
use jiff::Timestamp;

/// Sets a number aside: the rules give it to nobody, people may. With a name (UPN, mail or employee id) it is given to
/// whoever has that name, once they may have one, and to nobody else.
///
/// # Errors
/// A number outside all ranges or one that is never given, a time that has passed, or the database.
pub async fn reserve(
    desk: &Desk<'_>,
    rules: &RuleSet,
    number: E164,
    reason: &str,
    until: Option<Timestamp>,
    whom: Option<&str>,
) -> Result<NumberOverrides, OverrideError> {
    to_come(until, desk.now)?;
    if whom.is_some_and(|whom| normal_form(whom).is_empty()) {
        return Err(Refusal::ForNobody.into());
    }
    let allows: fn(&Index<'_>, E164) -> Result<Entry, Refusal> = match whom {
        Some(_) => may_reserve_for,
        None => may_reserve,
    };
    let reservation = Reservation {
        by: desk.by.to_owned(),
        reason: reason.to_owned(),
        until,
        whom: whom.map(|whom| whom.trim().to_owned()),
    };
    let set = move |facts: &mut NumberFacts| facts.reserved = Some(reservation.clone());
    change(desk, rules, number, "reserved", allows, &set).await
}

/// Takes a reservation by hand back; one by rule stays.
///
/// # Errors
/// A number outside all ranges, or the database.
pub async fn unreserve(
    desk: &Desk<'_>,
    rules: &RuleSet,
    number: E164,
) -> Result<NumberOverrides, OverrideError> {
    let set = |facts: &mut NumberFacts| facts.reserved = None;
    change(desk, rules, number, "unreserved", declared, &set).await
}

/// Lets a number that Teams refused be tried again at once.
///
/// # Errors
/// A number outside all ranges, or the database.
pub async fn unblock(
    desk: &Desk<'_>,
    rules: &RuleSet,
    number: E164,
) -> Result<NumberOverrides, OverrideError> {
    let set = |facts: &mut NumberFacts| {
        facts.blocked_until = None;
        facts.blocks = 0;
        facts.refused_for.clear();
    };
    change(desk, rules, number, "unblocked", declared, &set).await
}

/// Ends the rest of a number at once.
///
/// # Errors
/// A number outside all ranges or in somebody's hands, or the database.
pub async fn free(
    desk: &Desk<'_>,
    rules: &RuleSet,
    number: E164,
) -> Result<NumberOverrides, OverrideError> {
    let set = |facts: &mut NumberFacts| facts.rest_until = None;
    change(desk, rules, number, "rest-ended", may_rest, &set).await
}

/// Puts a number to rest until a time, whatever its range says.
///
/// # Errors
/// A number outside all ranges or in somebody's hands, a time that has passed, or the database.
pub async fn rest(
    desk: &Desk<'_>,
    rules: &RuleSet,
    number: E164,
    until: Timestamp,
) -> Result<NumberOverrides, OverrideError> {
    to_come(Some(until), desk.now)?;
    let set = move |facts: &mut NumberFacts| facts.rest_until = Some(until);
    change(desk, rules, number, "put-to-rest", may_rest, &set).await
}

/// Writes only what differs, if the number allows it, and answers what is set from now on.
async fn change(
    desk: &Desk<'_>,
    rules: &RuleSet,
    number: E164,
    what: &'static str,
    allows: fn(&Index<'_>, E164) -> Result<Entry, Refusal>,
    set: &(dyn Fn(&mut NumberFacts) + Send + Sync),
) -> Result<NumberOverrides, OverrideError> {
    let look = |index: &Index<'_>| {
        allows(index, number)?;
        Ok(index.facts(number).cloned().unwrap_or_default())
    };
    let before = desk.look(rules, number, look).await?;
    let mut wanted = before.clone();
    set(&mut wanted);
    let changed = wanted != before;
    if changed {
        let written = desk
            .records
            .change_number_facts(number, desk.by, what, set, desk.now);
        written.await?;
    }
    let tenant = desk.settings.tenant.clone();
    let now = |index: &Index<'_>| {
        let now = declared(index, number)?;
        let facts = index.facts(number).cloned().unwrap_or_default();
        let to_come = |until: &Timestamp| index.world.now < *until;
        let rules = index.world.rules;
        let range = rules.range_of(number).map(|at| &rules.ranges()[at].name);
        Ok(NumberOverrides {
            tenant,
            number,
            range: range.cloned().unwrap_or_default(),
            state: now.state,
            until: now.until,
            reserved: facts.reserved,
            rests_until: facts.rest_until.filter(to_come),
            blocked_until: facts.blocked_until.filter(to_come),
            changed,
        })
    };
    desk.look(rules, number, now).await
}
