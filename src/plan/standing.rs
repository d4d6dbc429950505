//! Why a number is in the state it is in, in sentences.

use super::inventory::{entry, listed_now};
use super::{Entry, Index};
use crate::numbering::{
    Category, E164, Listed, ListedStatus, ListedType, NumberState, golden_score,
};
use crate::rules::Range;

/// Why a number is in its state, and what else stands against giving it to somebody: one sentence each.
#[must_use]
pub fn standing(index: &Index<'_>, number: E164) -> (Option<Entry>, Vec<String>) {
    let rules = index.world.rules;
    let Some(range) = rules.range_of(number).map(|at| &rules.ranges()[at]) else {
        return outside(index, number);
    };
    let entry = entry(index, range, number);
    let mut because = vec![reason(index, range, &entry)];
    if let Some(suspended) = index.world.state.suspends(rules, range) {
        let suspension = suspended.suspension();
        because.push(format!(
            "{} since {}: {}",
            suspended.of_range(&range.name),
            suspension.since,
            suspension.reason
        ));
    }
    if let Some(whom) = index
        .reserved_for(number)
        .filter(|_| entry.state != NumberState::Reserved)
    {
        because.push(format!("it is reserved for {whom}, once it is to be had"));
    }
    let refused = index.facts(number).map(|facts| facts.refused_for.len());
    if let Some(times @ 1..) = refused {
        because.push(format!("Teams has refused it for somebody, times: {times}"));
    }
    (Some(entry), because)
}

/// A number that no range declares, or none any more: holders stay managed until they are released.
fn outside(index: &Index<'_>, number: E164) -> (Option<Entry>, Vec<String>) {
    let Some(holding) = index.holding(number) else {
        let because = "no range declares it, so that Linekeeper neither gives nor takes it";
        return (None, vec![because.to_owned()]);
    };
    let entry = Entry {
        number,
        state: NumberState::Assigned,
        user: Some(holding.user),
        since: Some(holding.since),
        until: None,
    };
    let because = "no range declares it any more; its holder stays managed until it is released";
    (Some(entry), vec![because.to_owned()])
}

fn reason(index: &Index<'_>, range: &Range, entry: &Entry) -> String {
    let until = entry
        .until
        .map_or_else(String::new, |until| format!(" until {until}"));
    match entry.state {
        NumberState::Free if index.world.settings.numbers.leaves_to_people(entry.number) => {
            golden(golden_score(entry.number))
        }
        NumberState::Free => "it can be given to the next person".to_owned(),
        NumberState::Claimed => match index.open_step(entry.number) {
            Some(step) => format!(
                "the sync {} is giving it to somebody since {}",
                step.sync, step.claimed
            ),
            None => "a sync is giving it to somebody".to_owned(),
        },
        NumberState::Assigned => match index.open_step(entry.number) {
            Some(step) => format!(
                "the sync {} is taking it back since {}",
                step.sync, step.claimed
            ),
            None => "it is in the hands of a managed holder".to_owned(),
        },
        NumberState::Quarantined => format!("it rests{until} after its last holder"),
        NumberState::Blocked => format!(
            "Teams refused it twice: it is not offered{until}; `linekeeper numbers unblock` tries it sooner"
        ),
        NumberState::Never => never(range, entry.number),
        NumberState::Reserved => set_aside(index, range, entry, &until),
        NumberState::Absent => absent(index, range, entry),
        NumberState::Foreign => listed_now(index, entry.number)
            .map_or_else(|| "Teams shows it as taken".to_owned(), foreign),
    }
}

/// A free number that the rules leave to people.
fn golden(score: u8) -> String {
    format!(
        "it is so memorable (score {score}) that the rules give it to nobody (`numbers.golden_score`): name it to give \
         it, as in `linekeeper assign USER NUMBER`; who had it before gets it back"
    )
}

fn never(range: &Range, number: E164) -> String {
    if range.never.contains(number) {
        return format!("the range {} lists it under `never`", range.name);
    }
    let of = range
        .country
        .map_or_else(String::new, |country| format!(" of {country}"));
    format!(
        "it ends like an emergency number{of}, and `numbers.emergency_tails` keeps such numbers from everybody"
    )
}

fn set_aside(index: &Index<'_>, range: &Range, entry: &Entry, until: &str) -> String {
    let by_hand = index
        .facts(entry.number)
        .and_then(|facts| facts.reserved.as_ref());
    let lasts = |until: Option<jiff::Timestamp>| until.is_none_or(|until| index.world.now < until);
    if let Some(reserved) = by_hand.filter(|reserved| lasts(reserved.until)) {
        let by = &reserved.by;
        let whom = reserved.whom.as_ref();
        let whom = whom.map_or_else(String::new, |whom| {
            format!(" for {whom}, who gets it on joining")
        });
        return format!("{by} has set it aside{until}{whom}: {}", reserved.reason);
    }
    if range.reserve.contains(entry.number) {
        return format!(
            "the range {} lists it under `reserve`: people may give it, the rules may not",
            range.name
        );
    }
    if index.pinned_to(entry.number).is_some() {
        return "a pin keeps it for somebody".to_owned();
    }
    "Teams does not list it, and the range says `unlisted reserve`".to_owned()
}

fn absent(index: &Index<'_>, range: &Range, entry: &Entry) -> String {
    if let Some(until) = entry.until {
        return format!("the range says that it may not be given before {until} (port-in)");
    }
    let Some(listed) = listed_now(index, entry.number) else {
        return format!(
            "Teams does not list it, as it has to list numbers of the type {}",
            range.number_type
        );
    };
    let profile = &listed.profile;
    match &profile.number_type {
        ListedType::Known(known) if *known != range.number_type => {
            format!(
                "Teams lists it as {known}, the range {} is {}",
                range.name, range.number_type
            )
        }
        ListedType::Other(text) => {
            format!("Teams lists it as {text}, which this version does not know")
        }
        _ if !profile.activated => "Teams lists it as not activated yet".to_owned(),
        _ if !profile.ported => "its port to Microsoft is not completed".to_owned(),
        _ if !profile.for_users => {
            "Teams lists it as a service number, which cannot be given to users".to_owned()
        }
        _ => "Teams lists it in a way that cannot be assigned".to_owned(),
    }
}

fn foreign(listed: &Listed) -> String {
    let profile = &listed.profile;
    if profile.on_premises {
        return "it is written by synchronisation from on-premises, where alone it can be changed"
            .to_owned();
    }
    if profile.extension {
        return "Teams lists it with an extension".to_owned();
    }
    match (&profile.status, profile.category) {
        (ListedStatus::Other(text), _) => format!("Teams uses it for something else ({text})"),
        (_, Category::Other) => "it is somebody's private or alternate line".to_owned(),
        _ => "somebody holds it in Teams who is not managed".to_owned(),
    }
}
