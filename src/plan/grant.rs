//! Giving a number out of a range: what stands against it, and the changes it is made of.

use super::case::Case;
use super::draft::{Step, UserRecord, policy_step};
use super::upkeep::writes_phone;
use super::{Action, Index, NoteKind, PolicyName, Reason};
use crate::directory::Attribute;
use crate::numbering::{Country, E164};
use crate::rules::{EmergencyModel, Range, RuleSet};

/// Where a number for a user comes from.
pub(super) struct Grant {
    pub(super) number: E164,
    pub(super) range: usize,
    pub(super) reason: Reason,
    pub(super) why: String,
}

/// Why nothing can be given from a range to this user, whatever its stock.
pub(super) fn refusal(
    index: &Index<'_>,
    case: &Case,
    range: usize,
    bound: bool,
) -> Option<(NoteKind, String)> {
    let world = index.world;
    let declared = &world.rules.ranges()[range];
    if let Some(suspended) = world.state.suspends(world.rules, declared) {
        let what = suspended.of_range(&declared.name);
        let detail = format!("{what}: {}", suspended.suspension().reason);
        return Some((NoteKind::Suspended, detail));
    }
    if let Some((policy_type, name)) = missing_policy(index, case, range) {
        let detail = format!(
            "the range {} names the {policy_type} \"{name}\", which the tenant lacks",
            declared.name
        );
        return Some((NoteKind::PolicyMissing, detail));
    }
    if bound && let Some(detail) = country_mismatch(case, declared) {
        return Some((NoteKind::CountryMismatch, detail));
    }
    let located = world
        .rules
        .location_for(range, case.subject(world))
        .is_some();
    if needs_location(world.rules, declared) && !located {
        let detail = format!(
            "the range {} has no emergency location for this person",
            declared.name
        );
        return Some((NoteKind::NoLocation, detail));
    }
    None
}

fn missing_policy(index: &Index<'_>, case: &Case, range: usize) -> Option<(String, String)> {
    let world = index.world;
    let lacks = |policy: &(String, String)| !matches!(world.policies.get(policy), Some(Some(_)));
    let wanted = world.rules.policies_for(range, case.subject(world));
    wanted
        .into_iter()
        .map(|policy| (policy.policy_type.clone(), policy.name.clone()))
        .find(lacks)
}

/// Turns a number into changes: the assignment, then what goes with it.
pub(super) fn grant(index: &Index<'_>, case: &mut Case, grant: Grant) {
    let world = index.world;
    let range = &world.rules.ranges()[grant.range];
    let subject = case.subject(world);
    let lead = Step {
        range: Some(range.name.clone()),
        location: world
            .rules
            .location_for(grant.range, subject)
            .map(str::to_owned),
        why: grant.why,
        after: (!case.steps.is_empty()).then_some(0),
        ..Step::new(
            Action::Assign,
            grant.number,
            index.type_to_give(range, grant.number),
            grant.reason,
        )
    };
    let place = case.steps.len();
    let mut followers: Vec<Step> = Vec::new();
    for policy in world.rules.policies_for(grant.range, subject) {
        let key = (policy.policy_type.clone(), policy.name.clone());
        let id = world.policies.get(&key).cloned().flatten();
        let name = PolicyName {
            policy_type: key.0,
            name: key.1,
        };
        followers.push(policy_step(&lead, name, id));
    }
    followers.extend(writes_phone(world, case, &lead));
    followers
        .iter_mut()
        .for_each(|step| step.after = Some(place));
    case.record = Some(UserRecord::of(&case.stored, index.listed(grant.number)));
    case.steps.push(lead);
    case.steps.extend(followers);
}

/// For numbers bound to a country: why the user's usage location does not fit, if it does not.
pub(super) fn country_mismatch(case: &Case, range: &Range) -> Option<String> {
    match range.number_type.is_bound_to_country() {
        true => another_country(case, range),
        false => None,
    }
}

/// Why the user's usage location is not the country of the range, whatever the type of its numbers.
pub(super) fn another_country(case: &Case, range: &Range) -> Option<String> {
    let stated = case.stored.user.attributes.get(Attribute::UsageLocation);
    let location = stated.and_then(Country::from_code);
    if range.country.is_some() && range.country == location {
        return None;
    }
    let country = range
        .country
        .map_or_else(|| "no country".to_owned(), |c| c.to_string());
    let stated = stated.map_or("none".to_owned(), |text| format!("\"{text}\""));
    Some(format!(
        "the range {} is of {country}, the usage location is {stated}",
        range.name
    ))
}

/// US and Canadian calling plans need an emergency location, and so do numbers whose operator leaves that to the tenant.
fn needs_location(rules: &RuleSet, range: &Range) -> bool {
    let operator = range.operator.and_then(|at| rules.operators().get(at));
    range.number_type.needs_location(range.country)
        || operator.is_some_and(|operator| operator.emergency == Some(EmergencyModel::Tenant))
}
