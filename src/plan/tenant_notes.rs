//! Notes about no user: what is wrong between the rules, the tenant's numbers and its products.

use super::{Index, Note, NoteKind};
use crate::numbering::{E164, Listed, ListedType, calling_code_of};
use crate::rules::{EmergencyModel, Range, RuleSet};
use std::collections::BTreeMap;
use uuid::Uuid;

/// So many people refused in a row suspend a range.
const REFUSED_IN_A_ROW: u64 = 3;

/// All notes about no user. Those that take a look at every number are made when everyone is decided.
pub(super) fn tenant_notes(index: &Index<'_>) -> Vec<Note> {
    let mut notes = unknown_plans(index);
    notes.extend(refusing_ranges(index));
    notes.extend(doubtful_policies(index));
    if index.world.circumstances.everyone {
        notes.extend(undeclared(index));
        notes.extend(emergency_mismatches(index));
        notes.extend(blocked(index));
    }
    notes
}

fn note(kind: NoteKind, number: Option<E164>, range: Option<&str>, detail: String) -> Note {
    Note {
        kind,
        user: None,
        number,
        range: range.map(str::to_owned),
        detail,
    }
}

/// Plan names that nobody knows.
fn unknown_plans(index: &Index<'_>) -> Vec<Note> {
    let world = index.world;
    if !world.book.is_known() {
        return Vec::new();
    }
    let unknown = world.rules.unknown_plans(world.book).into_iter();
    let detail = |name| {
        format!(
            "the rules ask for the plan \"{name}\", which neither Linekeeper nor the tenant knows: the test and its negation are false"
        )
    };
    unknown
        .map(|name| note(NoteKind::UnknownPlan, None, None, detail(name)))
        .collect()
}

/// Ranges that are suspended because Teams refused several people in a row there.
fn refusing_ranges(index: &Index<'_>) -> Vec<Note> {
    let state = index.world.state;
    let refusing = state.refused_in_a_row.iter().filter(|(range, refused)| {
        **refused >= REFUSED_IN_A_ROW && state.suspended.contains_key(*range)
    });
    refusing
        .map(|(range, refused)| {
            let detail = format!(
                "Teams refused {refused} people in a row in {range}, which is suspended: look at its numbers in Teams, then `linekeeper ranges resume`"
            );
            note(NoteKind::RangeRefused, None, Some(range), detail)
        })
        .collect()
}

/// Policies that differ from what was set for so many people that none is set again.
fn doubtful_policies(index: &Index<'_>) -> Vec<Note> {
    let effective = index.world.effective.into_iter();
    let doubtful = effective.flat_map(|effective| effective.distrusted());
    doubtful
        .map(|(policy_type, (differing, all))| {
            let detail = format!(
                "Teams has another {policy_type} in force than Linekeeper set for {differing} of {all} people, too many to be \
                 set again: does the rule file name the policy as Teams shows it, or has somebody changed it on purpose?"
            );
            note(NoteKind::Drift, None, None, detail)
        })
        .collect()
}

/// Numbers of ranges that are blocked because Teams refused them.
fn blocked(index: &Index<'_>) -> Vec<Note> {
    let world = index.world;
    let mut notes = Vec::new();
    for (number, facts) in &world.state.numbers {
        let until = facts.blocked_until.filter(|until| world.now < *until);
        if let (Some(until), Some(range)) = (until, world.rules.range_of(*number)) {
            let range = world.rules.ranges()[range].name.as_str();
            let detail = format!("Teams refused {number}: tried again after {until}");
            notes.push(note(NoteKind::Blocked, Some(*number), Some(range), detail));
        }
    }
    notes
}

/// What undeclared numbers are counted by: operator, type and calling code.
type Group<'a> = (Option<Uuid>, &'a str, Option<i32>);

/// Numbers of the tenant that no range declares, one line for each operator, type and calling code.
fn undeclared(index: &Index<'_>) -> Vec<Note> {
    let world = index.world;
    let mut groups: BTreeMap<Group<'_>, (u64, &Listed)> = BTreeMap::new();
    let strays = world.listing.iter();
    for listed in strays.filter(|listed| world.rules.range_of(listed.number).is_none()) {
        let listed_type = match &listed.profile.number_type {
            ListedType::Known(known) => known.name(),
            ListedType::Other(text) => text,
        };
        let key = (
            listed.profile.operator,
            listed_type,
            calling_code_of(listed.number),
        );
        groups.entry(key).or_insert((0, listed)).0 += 1;
    }
    let detail = |((operator, listed_type, code), (count, first)): (_, (u64, &Listed))| {
        let operator: Option<Uuid> = operator;
        let of = operator.map_or_else(String::new, |id| whose(world.rules, id));
        let code: Option<i32> = code;
        let prefix = code.map_or_else(String::new, |code| format!(" with +{code}"));
        format!(
            "{listed_type} numbers{prefix}{of} that no range declares: {count}, the first {}",
            first.number
        )
    };
    groups
        .into_iter()
        .map(|group| note(NoteKind::Undeclared, None, None, detail(group)))
        .collect()
}

/// An operator by its declared name, else by its id.
fn whose(rules: &RuleSet, id: Uuid) -> String {
    let text = id.to_string();
    match rules.operators().iter().find(|known| known.has_id(&text)) {
        Some(known) => format!(" of the operator {}", known.name),
        None => format!(" of the operator {id}, which no rule declares,"),
    }
}

/// Ranges whose numbers say otherwise than their operator's declared model who may set an emergency address.
fn emergency_mismatches(index: &Index<'_>) -> Vec<Note> {
    let rules = index.world.rules;
    let mut notes = Vec::new();
    for range in rules.ranges() {
        let operator = range.operator.and_then(|at| rules.operators().get(at));
        let Some((operator, model)) = operator.and_then(|o| Some((o, o.emergency?))) else {
            continue;
        };
        let changeable = model != EmergencyModel::Locked;
        let contradicts = |listed: &&Listed| listed.profile.location_update != changeable;
        let count = listed_in(index, range).filter(contradicts).count();
        if count > 0 {
            let can = if changeable { "cannot" } else { "can" };
            let detail = format!(
                "numbers of {} that the tenant {can} give an emergency address, unlike what is declared of the operator {}: {count}",
                range.name, operator.name
            );
            notes.push(note(
                NoteKind::EmergencyMismatch,
                None,
                Some(&range.name),
                detail,
            ));
        }
    }
    notes
}

/// Numbers of the range as Teams lists them, where they are of its type.
fn listed_in<'a>(index: &Index<'a>, range: &'a Range) -> impl Iterator<Item = &'a Listed> {
    let listing = index.world.listing;
    range.numbers.runs().flat_map(move |run| {
        let from = listing.partition_point(|listed| listed.number < run.first());
        listing[from..]
            .iter()
            .take_while(move |listed| listed.number <= run.last())
            .filter(|listed| listed.profile.number_type == ListedType::Known(range.number_type))
    })
}
