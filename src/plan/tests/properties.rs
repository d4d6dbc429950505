//! What holds for every plan of every small tenant.

use super::later::after;
use super::world::{Town, ago, number, ruled_by};
use crate::directory::{Attribute, UserId};
use crate::numbering::NumberState;
use crate::plan::{
    Action, Change, ChangeStatus, Draft, EndReason, GoneHow, RangeInventory, Reason, Reservation,
    Safety, Wait, entry, release_limit,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1005
      reserve +49 89 5550 1004
      never   +49 89 5550 1005
      quarantine 1 day
      overflow "spare"
      when city = "Munich"
    }
    range "spare" {
      type direct-routing
      numbers +49 89 5550 1010 to 1013
      keep-free 1
      select random
      quarantine 1 day
    }
    range "zrh" {
      type operator-connect
      numbers +41 43 555 20 00 to 20 03
      quarantine 1 day
      when city = "Zurich"
    }
    exclude "contractors" when employee_type = "Contractor"
    exempt "board" when employee_type = "Board""#;

const NAMES: [&str; 7] = ["anna", "bert", "carl", "dora", "emil", "fred", "gina"];
const NUMBERS: [u64; 14] = [
    1000, 1001, 1002, 1003, 1004, 1005, 1010, 1011, 1012, 1013, 2000, 2001, 2002, 2003,
];
const LICENCES: [&str; 8] = [
    "E5+",
    "E5+",
    "E5+",
    "",
    "E5",
    "TP+",
    "E5 MCOEV=Suspended",
    "E5+ CP+",
];

/// What a user has to do with a number.
#[derive(Clone, Copy, Debug)]
enum Tie {
    None,
    Holds,
    Booked,
    Missed,
    Shown,
    Had,
    Resting,
    Blocked,
    Reserved,
    Pinned,
}

#[derive(Clone, Debug)]
struct Person {
    licence: &'static str,
    city: &'static str,
    employee_type: &'static str,
    gone: bool,
    disabled: bool,
    seen: bool,
    created: Option<i64>,
    renewed: Option<i64>,
    waits: bool,
    tie: Tie,
    second: Tie,
}

fn person() -> impl Strategy<Value = Person> {
    let ties = || {
        use Tie::*;
        proptest::sample::select(vec![
            None, None, Holds, Holds, Booked, Missed, Shown, Had, Resting, Blocked, Reserved,
            Pinned,
        ])
    };
    let rare = || prop::bool::weighted(0.15);
    let who = (
        proptest::sample::select(LICENCES.to_vec()),
        proptest::sample::select(vec!["Munich", "Munich", "Zurich", "Nowhere"]),
        proptest::sample::select(vec!["", "", "", "Contractor", "Board"]),
    );
    let flags = (rare(), rare(), any::<bool>(), rare());
    let times = (
        prop::option::of(1..9i64),
        prop::option::weighted(0.2, 0..4i64),
    );
    (who, flags, times, ties(), ties()).prop_map(|(who, flags, times, tie, second)| Person {
        licence: who.0,
        city: who.1,
        employee_type: who.2,
        gone: flags.0,
        disabled: flags.1,
        seen: flags.2,
        waits: flags.3,
        created: times.0,
        renewed: times.1,
        tie,
        second,
    })
}

fn towns() -> impl Strategy<Value = Town> {
    let people = prop::collection::vec(person(), NAMES.len());
    let numbers = Just(NUMBERS.to_vec()).prop_shuffle();
    let often = || prop::bool::weighted(0.85);
    (people, numbers, often(), often(), 0..4u64, 0..3u64).prop_map(
        |(people, numbers, complete, clock_agrees, max_releases, max_assignments)| {
            let mut town = ruled_by(RULES);
            for (place, (name, person)) in NAMES.iter().zip(&people).enumerate() {
                town = inhabit(town, name, person);
                town = tie(town, name, numbers[place], person.tie, person.seen);
                let other = second(person.tie, person.second);
                town = tie(town, name, numbers[place + NAMES.len()], other, person.seen);
            }
            // Operator-connect numbers are there because Teams lists them.
            for last in 2000..2004 {
                if !town.listing.contains_key(&number(last)) {
                    town = town.listed(last, None);
                }
            }
            town.circumstances.complete = complete;
            town.circumstances.clock_agrees = clock_agrees;
            town.settings.safety = Safety {
                max_releases,
                max_release_percent: 100,
                max_assignments,
                max_unmatched_percent: 20,
                max_by_hand: 50,
            };
            town
        },
    )
}

/// A user holds at most one number under management; the second tie is to something else.
fn second(first: Tie, second: Tie) -> Tie {
    let held = |tie| matches!(tie, Tie::Holds | Tie::Booked | Tie::Missed | Tie::Had);
    match (first, second) {
        (first, second) if held(first) && held(second) => Tie::Shown,
        (Tie::Pinned, Tie::Pinned) => Tie::None,
        (_, second) => second,
    }
}

fn inhabit(town: Town, name: &str, person: &Person) -> Town {
    let country = if person.city == "Zurich" { "CH" } else { "DE" };
    let town = town
        .user_in(person.city, country, name, person.licence)
        .attribute(name, Attribute::EmployeeType, person.employee_type)
        .with(name, |u| {
            u.user.enabled = !person.disabled;
            u.user.created = person.created.map(ago);
            u.user.plan_dates.phone_system = person.renewed.map(ago);
            u.facts.wait = person.waits.then_some(Wait::RemovedOutside);
        });
    if person.gone {
        town.gone(name, GoneHow::Absent, 1)
    } else {
        town
    }
}

fn tie(town: Town, name: &str, last: u64, tie: Tie, seen: bool) -> Town {
    let booked = |town: Town| {
        let town = town.booked(name, last);
        town.holding(last, |holding| holding.seen_licensed = seen)
    };
    match tie {
        Tie::None => town,
        Tie::Holds => booked(town).listed(last, Some(name)),
        Tie::Booked => booked(town),
        Tie::Missed => booked(town).missed(last, 2),
        Tie::Shown => town.listed(last, Some(name)),
        Tie::Had => town.had(name, last, 10).rests(last, 3),
        Tie::Resting => town.rests(last, 3),
        Tie::Blocked => town.number(last, |f| f.blocked_until = Some(ago(-3))),
        Tie::Reserved => town.number(last, |f| {
            f.reserved = Some(Reservation {
                by: "admin".to_owned(),
                reason: "board".to_owned(),
                until: None,
                whom: None,
            });
        }),
        Tie::Pinned => town.pinned(name, last),
    }
}

fn changes<'a>(draft: &'a Draft, action: &'a Action) -> impl Iterator<Item = &'a Change> {
    draft
        .plan
        .changes
        .iter()
        .filter(move |change| change.action == *action)
}

fn once<T: Ord>(all: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    all.into_iter().all(|one| seen.insert(one))
}

/// I1: no number twice, no user twice, nothing that somebody else goes on holding.
fn one_owner(town: &Town, draft: &Draft) -> Result<(), TestCaseError> {
    let given = || changes(draft, &Action::Assign).chain(changes(draft, &Action::Adopt));
    prop_assert!(once(given().map(|c| c.number)) && once(given().map(|c| c.user)));
    prop_assert!(once(changes(draft, &Action::Release).map(|c| c.number)));
    for change in given() {
        let mut others = town.state.holdings.iter();
        let other = others.find(|h| h.number == change.number && h.user != change.user);
        let ended = |user: UserId| {
            draft
                .effects
                .ended
                .iter()
                .any(|e| e.number == change.number && e.user == user)
        };
        prop_assert!(other.is_none_or(|h| ended(h.user) && change.action == Action::Adopt));
    }
    Ok(())
}

/// I3: what is given by rule is free; what is given otherwise belongs to that user in a way.
fn no_hot_reuse(town: &Town, draft: &Draft) -> Result<(), TestCaseError> {
    use NumberState::{Assigned, Free, Never, Quarantined, Reserved};
    for change in changes(draft, &Action::Assign) {
        let (state, resting) = town.index(|index| {
            let range = town
                .rules
                .range_of(change.number)
                .expect("it lies in a range");
            let entry = entry(index, &town.rules.ranges()[range], change.number);
            let holder = entry.user == Some(change.user);
            prop_assert!(entry.state != Assigned || holder);
            prop_assert!(
                index
                    .pinned_to(change.number)
                    .is_none_or(|user| user == change.user)
            );
            let facts = index.facts(change.number);
            let resting = facts
                .and_then(|f| f.rest_until)
                .is_some_and(|until| town.now < until);
            Ok((entry.state, resting))
        })?;
        let had = town
            .state
            .former
            .iter()
            .any(|f| f.user == change.user && f.number == change.number);
        prop_assert!(
            !resting || had,
            "{} rests from somebody else",
            change.number
        );
        match change.reason {
            Reason::Rule => prop_assert_eq!(state, Free),
            Reason::Returning => {
                prop_assert!([Free, Reserved, Quarantined, Assigned].contains(&state))
            }
            _ => prop_assert!([Free, Reserved, Quarantined, Assigned, Never].contains(&state)),
        }
    }
    Ok(())
}

/// I4 and I5: over the brake none, and none on an incomplete read.
fn bounded_harm(town: &Town, draft: &Draft) -> Result<(), TestCaseError> {
    let made = |c: &&Change| c.status == ChangeStatus::Planned;
    let releases = changes(draft, &Action::Release);
    let by_us = releases.filter(|c| !c.by_teams);
    let by_us: Vec<&Change> = by_us.collect();
    let released = by_us.iter().copied().filter(made).count();
    prop_assert!(released == 0 || released == by_us.len());
    prop_assert!(released as u64 <= town.look(release_limit));
    let certain = town.circumstances.complete && town.circumstances.clock_agrees;
    let ended =
        |e: &crate::plan::Ending| matches!(e.reason, EndReason::Deleted | EndReason::Delicensed);
    prop_assert!(certain || (by_us.is_empty() && !draft.effects.ended.iter().any(ended)));
    let by_rule = changes(draft, &Action::Assign).filter(|c| c.reason == Reason::Rule);
    let by_rule: Vec<&Change> = by_rule.collect();
    let assigned = by_rule.iter().copied().filter(made).count();
    let limit = town.settings.safety.max_assignments;
    prop_assert!(assigned == 0 || assigned == by_rule.len());
    prop_assert!(limit == 0 || assigned as u64 <= limit);
    Ok(())
}

/// I7: every number of every range is in one state.
fn conservation(town: &Town) -> Result<(), TestCaseError> {
    town.index(|index| {
        for range in town.rules.ranges() {
            let inventory = RangeInventory::of(index, range);
            let counted: u64 = inventory.counts().values().sum();
            prop_assert_eq!(counted, range.numbers.count());
            let listed = inventory.entries(None).map(|e| e.number);
            prop_assert!(listed.eq(range.numbers.iter()));
        }
        Ok(())
    })
}

fn text(draft: &Draft) -> String {
    let plan = serde_json::to_string(&draft.plan).expect("a plan is data");
    format!("{plan} {:?}", draft.effects)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_keeps_the_invariants(town in towns()) {
        let draft = town.plan();
        one_owner(&town, &draft)?;
        no_hot_reuse(&town, &draft)?;
        bounded_harm(&town, &draft)?;
        conservation(&town)?;
        conservation(&after(&town, &draft))?;
    }

    /// I6: the order in which users come does not matter.
    #[test]
    fn the_same_input_makes_the_same_plan(town in towns(), turn in 0..7usize) {
        let plan = text(&town.plan());
        let mut other = town.clone();
        other.users.reverse();
        other.users.rotate_left(turn);
        prop_assert_eq!(plan, text(&other.plan()));
    }

    /// I8: applied, a plan leaves nothing to do after three syncs.
    #[test]
    fn applied_plans_come_to_rest(town in towns()) {
        let mut town = town;
        town.circumstances.complete = true;
        town.circumstances.clock_agrees = true;
        town.settings.safety.max_releases = 100;
        town.settings.safety.max_assignments = 0;
        for _ in 0..3 {
            town = after(&town, &town.plan());
            conservation(&town)?;
        }
        let last = town.plan();
        prop_assert_eq!(last.plan.changes, Vec::new());
        prop_assert_eq!(last.effects.ended, Vec::new());
    }
}
