//! What goes with a number: the profile's phone, and the policies of a range where they are enforced.

use super::case::Case;
use super::draft::{Step, UserRecord, policy_step};
use super::judge::Row;
use super::{Action, Index, NoteKind, PolicyName, Reason, World};
use crate::numbering::{E164, NumberType};

/// The write of the number to the profile, where that is configured and the profile shows another; a profile that is
/// written on-premises gets a note.
pub(super) fn writes_phone(world: &World<'_>, case: &mut Case, lead: &Step) -> Option<Step> {
    if !world.settings.business_phone || shows(case, lead.number) {
        return None;
    }
    if case.stored.user.on_premises_synced {
        case.note(
            NoteKind::ProfileReadOnly,
            "the profile is synchronised from on-premises and cannot be written",
        );
        return None;
    }
    let phone = Some(lead.number.to_string());
    Some(profile_step(
        lead,
        phone,
        "writes the number to the profile",
    ))
}

/// The clearing of the profile on a release, if it still shows the number.
pub(super) fn clears_phone(world: &World<'_>, case: &Case, lead: &Step) -> Option<Step> {
    let writable = world.settings.business_phone && !case.stored.user.on_premises_synced;
    let why = "the profile still shows the released number";
    (writable && shows(case, lead.number)).then(|| profile_step(lead, None, why))
}

/// Compared as digits: people and systems write separators as they like.
fn shows(case: &Case, number: E164) -> bool {
    let shown = case
        .stored
        .user
        .business_phone
        .as_deref()
        .unwrap_or_default();
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    digits == number.digits().to_string()
}

fn profile_step(lead: &Step, phone: Option<String>, why: &str) -> Step {
    Step {
        range: lead.range.clone(),
        why: why.to_owned(),
        after: Some(0),
        ..Step::new(
            Action::Profile { phone },
            lead.number,
            lead.number_type,
            lead.reason,
        )
    }
}

/// Brings profile and policies of somebody who keeps a number to what it asks for. What an earlier plan has begun is
/// left to it.
pub(super) fn keep_up(
    index: &Index<'_>,
    case: &mut Case,
    number: E164,
    number_type: NumberType,
    reason: Reason,
) {
    let served = matches!(
        case.judged.row,
        Row::Eligible | Row::Pinned(_) | Row::Excluded(_) | Row::Disabled
    );
    let settings = index.world.settings;
    if !served || !(settings.business_phone || settings.enforce_policies) {
        return;
    }
    let range = index.world.rules.range_of(number);
    let lead = Step {
        range: range.map(|at| index.world.rules.ranges()[at].name.clone()),
        ..Step::new(Action::Adopt, number, number_type, reason)
    };
    let mut steps = enforced(index, case, range, &lead);
    steps.extend(writes_phone(index.world, case, &lead));
    let open = &index.world.state.open_steps;
    steps.retain(|step| {
        let begun = |action: &Action| {
            std::mem::discriminant(action) == std::mem::discriminant(&step.action)
        };
        !open
            .iter()
            .any(|open| open.change.user == case.id() && begun(&open.change.action))
    });
    if steps.is_empty() {
        return;
    }
    let listed = index.listed(number);
    case.record
        .get_or_insert_with(|| UserRecord::of(&case.stored, listed));
    case.steps.extend(steps.into_iter().map(|step| Step {
        after: None,
        ..step
    }));
}

/// Policies of the range that Linekeeper has not given to its holder, where they are enforced.
fn enforced(index: &Index<'_>, case: &Case, range: Option<usize>, lead: &Step) -> Vec<Step> {
    let world = index.world;
    let Some(range) = range.filter(|_| world.settings.enforce_policies) else {
        return Vec::new();
    };
    let wanted = world.rules.policies_for(range, case.subject(world));
    let steps = wanted.into_iter().filter_map(|policy| {
        let key = (policy.policy_type.clone(), policy.name.clone());
        let id = world.policies.get(&key).cloned().flatten()?;
        let name = PolicyName {
            policy_type: key.0,
            name: key.1,
        };
        let given = case.facts.policies.contains(&name);
        (!given).then(|| policy_step(lead, name, Some(id)))
    });
    steps.collect()
}
