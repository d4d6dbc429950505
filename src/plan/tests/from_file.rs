//! What a file asks of a number: set, so already, or refused.

use super::world::{Town, ago, number, ruled_by};
use crate::numbering::NumberState::{self, Absent, Assigned, Free, Never, Quarantined, Reserved};
use crate::plan::{NumberFacts, NumberWish, Reservation, may_become};
use jiff::{SignedDuration, Timestamp};

/// One that is never given, one that is set aside, and a day on which others come.
const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1009, +49 89 5550 1010 to 1019 from 2099-01-01
      never +49 89 5550 1008
      reserve +49 89 5550 1009
      quarantine 0 days
      when city = "Munich"
    }
"#;

fn munich() -> Town {
    ruled_by(RULES)
        .user("anna", "E5+")
        .booked("anna", 1000)
        .user("bert", "E5+")
        .pinned("bert", 1007)
        .but(|town| {
            let facts = |change: fn(&mut NumberFacts)| {
                let mut facts = NumberFacts::default();
                change(&mut facts);
                facts
            };
            let numbers = [
                (1001, facts(|f| f.rest_until = Some(later(5)))),
                (1002, facts(|f| f.reserved = Some(by_carl("board")))),
                (1003, facts(|f| f.blocked_until = Some(later(5)))),
            ];
            let numbers = numbers.map(|(last, facts)| (number(last), facts));
            town.state.numbers.extend(numbers);
        })
}

fn by_carl(reason: &str) -> Reservation {
    Reservation {
        whom: None,
        by: "carl".to_owned(),
        reason: reason.to_owned(),
        until: None,
    }
}

fn later(hours: i64) -> Timestamp {
    ago(0) + SignedDuration::from_hours(hours)
}

/// `set`, `so already`, or the code of the refusal.
fn asked(last: u64, state: NumberState, until: Option<Timestamp>, reason: &str) -> &'static str {
    let wish = NumberWish {
        number: number(last),
        state,
        until,
        reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
    };
    munich().index(|index| match may_become(index, &wish) {
        Ok(true) => "set",
        Ok(false) => "so already",
        Err(refusal) => refusal.code(),
    })
}

#[test]
fn a_file_sets_what_people_set() {
    for (last, state, until, reason, expected) in [
        (1004, Reserved, None, "", "set"),
        (1004, Quarantined, Some(later(1)), "", "set"),
        (1000, Reserved, None, "", "set"),
        (1001, Free, None, "", "set"),
        (1002, Free, None, "", "set"),
        (1003, Free, None, "", "set"),
        (1002, Reserved, None, "other", "set"),
        (1002, Reserved, Some(later(9)), "board", "set"),
        (1001, Quarantined, Some(later(9)), "", "set"),
    ] {
        let found = asked(last, state, until, reason);
        assert_eq!(found, expected, "{last} {state} {until:?} {reason}");
    }
}

#[test]
fn what_is_so_already_is_passed_over() {
    for (last, state, until, reason) in [
        (1004, Free, None, ""),
        (1002, Reserved, None, "board"),
        (1001, Quarantined, Some(later(5)), ""),
        (1009, Reserved, None, ""),
        (1007, Reserved, None, ""),
        (1000, Assigned, None, ""),
        (1008, Never, None, ""),
        (1010, Absent, None, ""),
        (1003, NumberState::Blocked, Some(later(5)), ""),
    ] {
        let found = asked(last, state, until, reason);
        assert_eq!(found, "so already", "{last} {state} {until:?} {reason}");
    }
}

#[test]
fn what_is_not_for_a_file_is_refused() {
    for (last, state, until, expected) in [
        (1004, Assigned, None, "not-by-file"),
        (1000, Never, None, "not-by-file"),
        (1000, Free, None, "in-hands"),
        (1000, Quarantined, Some(later(1)), "in-hands"),
        (1007, Free, None, "pinned-to-another"),
        (1008, Free, None, "never"),
        (1008, Reserved, None, "never"),
        (1009, Free, None, "set-aside-by-rule"),
        (1010, Free, None, "absent"),
        (1004, Reserved, Some(later(-1)), "past"),
        (7777, Reserved, None, "outside-ranges"),
    ] {
        let found = asked(last, state, until, "");
        assert_eq!(found, expected, "{last} {state} {until:?}");
    }
}
