//! What goes with a number: the profile's phone, and the policies of a range where they are enforced.

use super::case::Case;
use super::draft::{Step, UserRecord, policy_step};
use super::holder::known_type;
use super::judge::Row;
use super::{Action, Index, NoteKind, PolicyName, Reason, World};
use crate::directory::User;
use crate::numbering::{E164, NumberType};
use jiff::{SignedDuration, Timestamp};

/// A profile that Graph refused to have written is tried again after so long, when the person is decided anyway.
const PHONE_REFUSED_REST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The write of the number to the profile, where that is configured and the profile shows another.
pub(super) fn writes_phone(world: &World<'_>, case: &mut Case, lead: &Step) -> Option<Step> {
    match world.settings.business_phone {
        true => shows_phone(world, case, lead),
        false => None,
    }
}

/// The write of the number to the profile, where it shows another; a profile that cannot be written gets a note.
pub(super) fn shows_phone(world: &World<'_>, case: &mut Case, lead: &Step) -> Option<Step> {
    if shows(&case.stored.user, lead.number) {
        return None;
    }
    if case.stored.user.on_premises_synced {
        case.note(
            NoteKind::ProfileReadOnly,
            "the profile is synchronised from on-premises and cannot be written",
        );
        return None;
    }
    if let Some(until) = refused_until(world, case, lead.number) {
        let detail = format!(
            "Graph refuses to have {} written to the profile, as it does for people with an administrator's role; \
             tried again after {until}",
            lead.number
        );
        case.note(NoteKind::ProfileReadOnly, detail);
        return None;
    }
    let phone = Some(lead.number.to_string());
    Some(profile_step(
        lead,
        phone,
        "writes the number to the profile",
    ))
}

/// Until when the profile is left alone, because Graph refused to have this very number written.
fn refused_until(world: &World<'_>, case: &Case, number: E164) -> Option<Timestamp> {
    let (refused, since) = case.facts.phone_refused?;
    let until = since.checked_add(PHONE_REFUSED_REST).ok()?;
    (refused == number && world.now < until).then_some(until)
}

/// The clearing of the profile on a release, if it still shows the number; a note where it cannot be cleared.
pub(super) fn clears_phone(world: &World<'_>, case: &mut Case, lead: &Step) -> Option<Step> {
    if !world.settings.business_phone || !shows(&case.stored.user, lead.number) {
        return None;
    }
    if case.stored.user.on_premises_synced {
        let detail = format!(
            "the profile still shows {}, is synchronised from on-premises and cannot be cleared",
            lead.number
        );
        case.note(NoteKind::ProfileReadOnly, detail);
        return None;
    }
    let why = "the profile still shows the released number";
    Some(profile_step(lead, None, why))
}

/// Compared as digits: people and systems write separators as they like.
pub(super) fn shows(user: &User, number: E164) -> bool {
    let shown = user.business_phone.as_deref().unwrap_or_default();
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
    if !served {
        return;
    }
    let settings = index.world.settings;
    let range = index.world.rules.range_of(number);
    note_policies(index, case, range);
    if !(settings.business_phone || settings.enforce_policies) {
        return;
    }
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

/// Policies of the range that Linekeeper has not given to its holder, or that Teams no longer has in force, where they are
/// enforced.
fn enforced(index: &Index<'_>, case: &Case, range: Option<usize>, lead: &Step) -> Vec<Step> {
    let world = index.world;
    let Some(range) = range.filter(|_| world.settings.enforce_policies) else {
        return Vec::new();
    };
    let wanted = world.rules.policies_for(range, case.subject(world));
    let migration = index.migration_of(&world.rules.ranges()[range].name);
    let listed = index.listed(lead.number).and_then(known_type);
    // Taken off in the migration, and still named by the range.
    let moved_on = migration.is_some_and(|migration| listed == Some(migration.to));
    let steps = wanted.into_iter().filter_map(|policy| {
        let key = (policy.policy_type.clone(), policy.name.clone());
        let id = world.policies.get(&key).cloned().flatten()?;
        let name = PolicyName {
            policy_type: key.0,
            name: key.1,
        };
        if moved_on && super::moving_steps::is_voice_routing(&name.policy_type) {
            return None;
        }
        let given = case.facts.policies.contains(&name);
        let instead = world
            .effective
            .and_then(|effective| effective.instead_of(case.id(), &name));
        let step = policy_step(lead, name, Some(id));
        match (given, instead) {
            (true, None) => None,
            (true, Some(shown)) => {
                let shown = shown.map_or("the default".to_owned(), |name| format!("\"{name}\""));
                let why = format!("{} again: Teams has {shown} in force", step.why);
                Some(Step { why, ..step })
            }
            (false, _) => Some(step),
        }
    });
    steps.collect()
}

/// Where policies are not enforced: notes those that the rules now name instead of the ones Linekeeper set.
fn note_policies(index: &Index<'_>, case: &mut Case, range: Option<usize>) {
    let world = index.world;
    let Some(range) = range.filter(|_| !world.settings.enforce_policies) else {
        return;
    };
    let wanted = world.rules.policies_for(range, case.subject(world));
    let named = wanted.iter().filter_map(|policy| {
        let mut given = case.facts.policies.iter();
        let given = given.find(|given| given.policy_type == policy.policy_type)?;
        (given.name != policy.name).then(|| {
            format!(
                "keeps the {} \"{}\"; the rules would set \"{}\" now",
                policy.policy_type, given.name, policy.name
            )
        })
    });
    let named: Vec<String> = named.collect();
    let name = world.rules.ranges()[range].name.as_str();
    for detail in named {
        case.note_in(NoteKind::Drift, Some(name), detail);
    }
}
