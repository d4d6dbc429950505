//! Suspended operators.

use super::{Desk, OverrideError};
use crate::numbering::Country;
use crate::plan::{Refusal, State, Suspension};
use crate::report::OperatorSuspension;
use crate::rules::{Operator, RuleSet};
use std::collections::BTreeSet;

/// Has all ranges of an operator, or those of one country, give nothing for now; who holds a number of them keeps it.
///
/// # Errors
/// An unknown operator, a country it does not serve, or the database.
pub async fn suspend_operator(
    desk: &Desk<'_>,
    rules: &RuleSet,
    operator: &str,
    country: Option<Country>,
    reason: &str,
) -> Result<OperatorSuspension, OverrideError> {
    suspend_as(desk, rules, operator, country, reason, "operator-suspended").await
}

/// The same for an operator that is to leave: the audit trail says so.
///
/// # Errors
/// An unknown operator, or the database.
pub async fn suspend_leaving_operator(
    desk: &Desk<'_>,
    rules: &RuleSet,
    operator: &str,
) -> Result<OperatorSuspension, OverrideError> {
    let reason = "the operator is being removed";
    suspend_as(desk, rules, operator, None, reason, "operator-removed").await
}

async fn suspend_as(
    desk: &Desk<'_>,
    rules: &RuleSet,
    operator: &str,
    country: Option<Country>,
    reason: &str,
    what: &'static str,
) -> Result<OperatorSuspension, OverrideError> {
    let state = desk.records.state(desk.now).await?;
    let declared = rules
        .operator(operator)
        .ok_or_else(|| unknown(rules, operator))?;
    let countries = countries(rules, declared);
    if let Some(country) = country.filter(|country| !countries.contains(country)) {
        let operator = operator.to_owned();
        return Err(Refusal::OperatorElsewhere {
            operator,
            country,
            countries,
        }
        .into());
    }
    let before = of(&state, operator, country);
    let suspension = Suspension {
        reason: reason.to_owned(),
        since: before.map_or(desk.now, |before| before.since),
    };
    let changed = before != Some(&suspension);
    if changed {
        let set =
            desk.records
                .suspend_operator(operator, country, &suspension, desk.by, what, desk.now);
        set.await?;
    }
    let concerned = (operator, country);
    Ok(stands(desk, rules, concerned, Some(suspension), changed))
}

/// Lets the ranges of an operator give numbers again: without a country all that is suspended of it, with one only its
/// ranges there, which still give nothing while the operator as a whole is suspended.
///
/// # Errors
/// An operator that is neither declared nor suspended, or the database.
pub async fn resume_operator(
    desk: &Desk<'_>,
    rules: &RuleSet,
    operator: &str,
    country: Option<Country>,
) -> Result<OperatorSuspension, OverrideError> {
    let state = desk.records.state(desk.now).await?;
    let suspensions = state.suspended_operators.get(operator);
    if suspensions.is_none() && rules.operator(operator).is_none() {
        return Err(unknown(rules, operator).into());
    }
    let changed = match country {
        None => suspensions.is_some(),
        Some(_) => of(&state, operator, country).is_some(),
    };
    if changed {
        let taken_back = desk
            .records
            .resume_operator(operator, country, desk.by, desk.now);
        taken_back.await?;
    }
    let whole = country.and_then(|_| of(&state, operator, None)).cloned();
    Ok(stands(desk, rules, (operator, country), whole, changed))
}

fn of<'s>(state: &'s State, operator: &str, country: Option<Country>) -> Option<&'s Suspension> {
    state.suspended_operators.get(operator)?.get(&country)
}

fn unknown(rules: &RuleSet, operator: &str) -> Refusal {
    let declared = rules.operators().iter();
    Refusal::UnknownOperator {
        operator: operator.to_owned(),
        declared: declared.map(|known| known.name.clone()).collect(),
    }
}

/// The countries an operator is declared for, and those of its ranges.
fn countries(rules: &RuleSet, operator: &Operator) -> BTreeSet<Country> {
    let of_ranges = rules.ranges_of(&operator.name).filter_map(|r| r.country);
    operator
        .countries
        .iter()
        .copied()
        .chain(of_ranges)
        .collect()
}

fn stands(
    desk: &Desk<'_>,
    rules: &RuleSet,
    (operator, country): (&str, Option<Country>),
    suspension: Option<Suspension>,
    changed: bool,
) -> OperatorSuspension {
    let there = |range: &&crate::rules::Range| country.is_none() || range.country == country;
    let ranges = rules.ranges_of(operator).filter(there);
    OperatorSuspension {
        tenant: desk.settings.tenant.clone(),
        operator: operator.to_owned(),
        country,
        suspended: suspension.is_some(),
        since: suspension.as_ref().map(|suspension| suspension.since),
        reason: suspension.map(|suspension| suspension.reason),
        ranges: ranges.map(|range| range.name.clone()).collect(),
        changed,
    }
}
