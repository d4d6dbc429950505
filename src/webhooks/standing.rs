//! What stands for a while: told when it begins, forgotten when it is over, told again when it comes back.

use super::event::{About, Event, Occurrence};
use crate::directory::UserId;
use crate::plan::{Note, NoteKind, State, UserFacts, Wait, is_waiting};
use crate::store::Signal;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A person is told of who has waited for longer.
const LONG: SignedDuration = SignedDuration::from_hours(24);

/// Of refused rules no more is told.
const LONGEST_REASON: usize = 2_000;

/// What stands now, by event and subject.
pub(super) type Standing = BTreeMap<(Event, String), Condition>;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// Since when, where that is known better than by when it was first seen.
    since: Option<Timestamp>,
    about: About,
}

/// What stands by a tenant's records. `short` are the ranges below their `low-stock`, `problem` what is wrong with the
/// newest rules.
pub(super) fn standing(state: &State, short: &BTreeSet<String>, problem: Option<&str>) -> Standing {
    let mut found = Standing::new();
    for range in short {
        let about = About {
            range: Some(range.clone()),
            ..About::default()
        };
        let condition = Condition { since: None, about };
        found.insert((Event::LowStock, range.clone()), condition);
    }
    if let Some(problem) = problem {
        let about = About {
            reason: Some(problem.chars().take(LONGEST_REASON).collect()),
            ..About::default()
        };
        let condition = Condition { since: None, about };
        found.insert((Event::RulesRefused, String::new()), condition);
    }
    for (user, facts) in &state.facts {
        add_person(&mut found, *user, facts);
    }
    found
}

fn add_person(found: &mut Standing, user: UserId, facts: &UserFacts) {
    let about = |note: &Note| About {
        user: Some(user),
        number: note.number,
        range: note.range.clone(),
        ..About::default()
    };
    for note in &facts.notes {
        if note.kind == NoteKind::Exhausted {
            add_exhausted(found, note.range.as_deref());
        } else if note.kind == NoteKind::ReleaseBlocked {
            let (since, about) = (None, about(note));
            found.insert(
                (Event::ReleaseBlocked, user.to_string()),
                Condition { since, about },
            );
        }
    }
    if let Some(note) = facts.notes.iter().find(|note| is_waiting(note.kind)) {
        let about = About {
            reason: Some(note.kind.name().to_owned()),
            ..about(note)
        };
        let since = waits_since(facts);
        found.insert(
            (Event::Waiting, user.to_string()),
            Condition { since, about },
        );
    }
}

fn add_exhausted(found: &mut Standing, range: Option<&str>) {
    let key = (Event::Exhausted, range.unwrap_or_default().to_owned());
    let condition = found.entry(key).or_insert_with(|| Condition {
        since: None,
        about: About {
            range: range.map(str::to_owned),
            count: Some(0),
            ..About::default()
        },
    });
    condition.about.count = condition.about.count.map(|count| count + 1);
}

fn waits_since(facts: &UserFacts) -> Option<Timestamp> {
    match &facts.wait {
        Some(Wait::Teams { since, .. } | Wait::Refused { since }) => Some(*since),
        _ => facts.pending_since,
    }
}

/// What follows from comparing what stood with what stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) told: Vec<Occurrence>,
    pub(super) put: Vec<Signal>,
    pub(super) gone: Vec<(String, String)>,
}

/// Compares. With `silently` what stands is remembered as told: the first look at a tenant tells nobody of old news.
pub(super) fn turn(
    before: &[Signal],
    now_stands: &Standing,
    silently: bool,
    now: Timestamp,
) -> Turn {
    let mut turn = Turn::default();
    let known: BTreeMap<(&str, &str), &Signal> = before
        .iter()
        .map(|signal| ((signal.event.as_str(), signal.subject.as_str()), signal))
        .collect();
    for ((event, subject), condition) in now_stands {
        let old = known.get(&(event.name(), subject.as_str()));
        let seen = old.map_or(now, |signal| signal.since);
        let since = condition.since.map_or(seen, |since| since.min(seen));
        let is_due = *event != Event::Waiting || now.duration_since(since) >= LONG;
        let was_told = old.is_some_and(|signal| signal.told);
        if is_due && !was_told && !silently {
            turn.told.push(Occurrence {
                event: *event,
                at: now,
                about: condition.about.clone(),
            });
        }
        let told = was_told || is_due;
        if old.is_none_or(|signal| signal.told != told) {
            turn.put.push(Signal {
                event: event.name().to_owned(),
                subject: subject.clone(),
                since,
                told,
            });
        }
    }
    let is_over = |signal: &&Signal| {
        let event = Event::from_name(&signal.event);
        !event.is_some_and(|event| now_stands.contains_key(&(event, signal.subject.clone())))
    };
    let over = before.iter().filter(is_over);
    turn.gone = over
        .map(|signal| (signal.event.clone(), signal.subject.clone()))
        .collect();
    turn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        let start: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
        start + SignedDuration::from_hours(hour)
    }

    fn noted(kinds: &[(u128, NoteKind)]) -> State {
        let mut state = State::default();
        for (user, kind) in kinds {
            let user = UserId::from_u128(*user);
            state.facts.entry(user).or_default().notes.push(Note {
                kind: *kind,
                user: Some(user),
                number: None,
                range: Some("muc".into()),
                detail: "Anna Muster".into(),
            });
        }
        state
    }

    /// The signals after a turn.
    fn after(before: &[Signal], turn: &Turn) -> Vec<Signal> {
        let mut all: BTreeMap<(String, String), Signal> = before
            .iter()
            .chain(&turn.put)
            .map(|signal| {
                (
                    (signal.event.clone(), signal.subject.clone()),
                    signal.clone(),
                )
            })
            .collect();
        turn.gone.iter().for_each(|key| drop(all.remove(key)));
        all.into_values().collect()
    }

    fn events(turn: &Turn) -> Vec<(Event, Option<u64>)> {
        turn.told
            .iter()
            .map(|told| (told.event, told.about.count))
            .collect()
    }

    #[test]
    fn what_stands_is_told_once_and_again_when_it_comes_back() {
        let state = noted(&[
            (1, NoteKind::Exhausted),
            (2, NoteKind::Exhausted),
            (3, NoteKind::ReleaseBlocked),
        ]);
        let stands = standing(
            &state,
            &["ber".to_owned()].into(),
            Some("offices.rules:1: no"),
        );
        let first = turn(&[], &stands, false, at(0));
        let expected = [
            (Event::LowStock, None),
            (Event::Exhausted, Some(2)),
            (Event::ReleaseBlocked, None),
            (Event::RulesRefused, None),
        ];
        assert_eq!(events(&first), expected);
        let text = format!("{:?}", first.told);
        assert!(!text.contains("Muster"), "{text}");
        let signals = after(&[], &first);
        let second = turn(&signals, &stands, false, at(1));
        assert_eq!(second, Turn::default());
        let third = turn(&signals, &Standing::new(), false, at(2));
        assert!(third.told.is_empty());
        let signals = after(&signals, &third);
        assert!(signals.is_empty());
        assert_eq!(events(&turn(&signals, &stands, false, at(3))), expected);
    }

    #[test]
    fn who_waits_is_told_of_after_a_day() {
        let stands = standing(&noted(&[(1, NoteKind::NoLocation)]), &BTreeSet::new(), None);
        let first = turn(&[], &stands, false, at(0));
        assert!(first.told.is_empty());
        let signals = after(&[], &first);
        assert!(turn(&signals, &stands, false, at(23)).told.is_empty());
        let told = turn(&signals, &stands, false, at(24));
        assert_eq!(events(&told), [(Event::Waiting, None)]);
        let signals = after(&signals, &told);
        assert_eq!(turn(&signals, &stands, false, at(48)), Turn::default());
    }

    #[test]
    fn a_wait_that_is_known_to_be_old_counts_from_its_beginning() {
        let mut state = noted(&[(1, NoteKind::LicenceNotReady)]);
        let facts = state.facts.values_mut().next().expect("somebody");
        facts.wait = Some(Wait::Refused { since: at(-30) });
        let stands = standing(&state, &BTreeSet::new(), None);
        assert_eq!(
            events(&turn(&[], &stands, false, at(0))),
            [(Event::Waiting, None)]
        );
    }

    #[test]
    fn the_first_look_tells_nobody_of_old_news() {
        let stands = standing(
            &noted(&[(1, NoteKind::ReleaseBlocked)]),
            &BTreeSet::new(),
            None,
        );
        let first = turn(&[], &stands, true, at(0));
        assert!(first.told.is_empty());
        let signals = after(&[], &first);
        assert_eq!(turn(&signals, &stands, false, at(1)), Turn::default());
    }
}
