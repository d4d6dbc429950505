//! The steps of somebody who moves to another number type, or back.

use super::case::Case;
use super::draft::{Step, UserRecord, policy_step};
use super::release::release_step;
use super::upkeep::writes_phone;
use super::{Action, Index, Migration, Mover, Part, PolicyName, Reason};
use crate::numbering::NumberType;

/// Takes the number off its type, and the voice routing policy with it.
pub(super) fn release(index: &Index<'_>, case: &mut Case, mover: &Mover, migration: &Migration) {
    let (Some(held), back) = (index.holding_of(case.id()), mover.back) else {
        return;
    };
    let listed = index.listed(mover.number);
    let lead = Step {
        why: why(mover, migration),
        part: Part::MovesOut { back },
        rest_seconds: 0,
        ..release_step(index, held, listed, Reason::Manual)
    };
    let takes_away = routing_policies(index, case, mover, lead.number_type);
    let followers: Vec<Step> = takes_away
        .into_iter()
        .map(|policy| Step {
            part: Part::MovesOut { back },
            ..policy_step(&lead, policy, None)
        })
        .collect();
    case.record = Some(UserRecord::of(&case.stored, listed));
    case.steps.push(lead);
    case.steps.extend(followers);
}

/// The voice routing policies that go with a direct-routing number: those Linekeeper gave, and those the range names.
fn routing_policies(
    index: &Index<'_>,
    case: &Case,
    mover: &Mover,
    number_type: NumberType,
) -> Vec<PolicyName> {
    if number_type != NumberType::DirectRouting {
        return Vec::new();
    }
    let rules = index.world.rules;
    let range = rules.range_of(mover.number);
    let named = range.map(|range| rules.policies_for(range, case.subject(index.world)));
    let named = named
        .unwrap_or_default()
        .into_iter()
        .map(|policy| PolicyName {
            policy_type: policy.policy_type.clone(),
            name: policy.name.clone(),
        });
    let given = case.facts.policies.iter().cloned();
    let mut policies: Vec<PolicyName> = given
        .chain(named)
        .filter(|policy| is_voice_routing(&policy.policy_type))
        .collect();
    policies.sort();
    policies.dedup_by(|a, b| a.policy_type == b.policy_type);
    policies
}

/// Gives the number with the other type, and what the range names beside.
pub(super) fn assign(
    index: &Index<'_>,
    case: &mut Case,
    mover: &Mover,
    migration: &Migration,
    number_type: NumberType,
) {
    let world = index.world;
    let range = world.rules.range_of(mover.number);
    let part = Part::MovesIn { back: mover.back };
    let location = range.and_then(|at| world.rules.location_for(at, case.subject(world)));
    let lead = Step {
        range: range.map(|at| world.rules.ranges()[at].name.clone()),
        location: location.map(str::to_owned),
        why: why(mover, migration),
        part,
        ..Step::new(Action::Assign, mover.number, number_type, Reason::Manual)
    };
    let mut followers = missing_policies(index, case, range, &lead);
    followers.extend(writes_phone(world, case, &lead));
    let followers = followers.into_iter().map(|step| Step { part, ..step });
    case.record = Some(UserRecord::of(&case.stored, index.listed(mover.number)));
    case.steps.push(lead);
    case.steps.extend(followers);
}

/// Policies of the range that the person was not given yet; a voice routing policy goes with direct routing only.
fn missing_policies(
    index: &Index<'_>,
    case: &Case,
    range: Option<usize>,
    lead: &Step,
) -> Vec<Step> {
    let world = index.world;
    let Some(range) = range else {
        return Vec::new();
    };
    let direct = lead.number_type == NumberType::DirectRouting;
    let wanted = world.rules.policies_for(range, case.subject(world));
    let steps = wanted.into_iter().filter_map(|policy| {
        let name = PolicyName {
            policy_type: policy.policy_type.clone(),
            name: policy.name.clone(),
        };
        let key = (name.policy_type.clone(), name.name.clone());
        let id = world.policies.get(&key).cloned().flatten()?;
        let fits = direct || !is_voice_routing(&name.policy_type);
        let given = case.facts.policies.contains(&name);
        (fits && !given).then(|| policy_step(lead, name, Some(id)))
    });
    steps.collect()
}

/// Gives what was taken off on the way out; where policies are enforced, that sees to it.
pub(super) fn restore_policies(index: &Index<'_>, case: &mut Case, mover: &Mover) {
    if index.world.settings.enforce_policies {
        return;
    }
    let range = index.world.rules.range_of(mover.number);
    let lead = Step {
        range: range.map(|at| index.world.rules.ranges()[at].name.clone()),
        ..Step::new(Action::Adopt, mover.number, mover.from, Reason::Manual)
    };
    let steps = missing_policies(index, case, range, &lead);
    let alone = steps.into_iter().map(|step| Step {
        after: None,
        ..step
    });
    case.steps.extend(alone);
    if !case.steps.is_empty() {
        case.record = Some(UserRecord::of(&case.stored, index.listed(mover.number)));
    }
}

/// Whether a policy of this type says over which trunk somebody calls: of no use without direct routing.
pub(super) fn is_voice_routing(policy_type: &str) -> bool {
    let plain = policy_type.to_ascii_lowercase();
    plain == "onlinevoiceroutingpolicy" || plain == "teamsonlinevoiceroutingpolicy"
}

fn why(mover: &Mover, migration: &Migration) -> String {
    let (wave, range) = (mover.wave, &migration.range);
    match mover.back {
        true => format!("wave {wave} of {range} goes back to {}", mover.from),
        false => format!("wave {wave} of {range} moves to {}", migration.to),
    }
}
