//! What the end of a step makes of the facts.

use super::world::{ago, id, number};
use crate::numbering::NumberType;
use crate::plan::{
    Action, Change, ChangeStatus, Expected, NoteKind, NumberFacts, Outcome, PolicyName, Reason,
    Reservation, Settings, StepEnd, StepError, UserFacts, Wait, outcome,
};
use jiff::{SignedDuration, Timestamp};

fn change(action: Action, user: &str, last: u64) -> Change {
    Change {
        seq: 1,
        after: None,
        action,
        user: id(user),
        upn: user.to_owned(),
        number: number(last),
        number_type: NumberType::DirectRouting,
        range: Some("muc".to_owned()),
        reason: Reason::Rule,
        location: None,
        expects: Expected::default(),
        by_teams: false,
        approved: false,
        bulk: false,
        part: crate::plan::Part::Plain,
        rest_seconds: 3600,
        status: ChangeStatus::Planned,
        why: String::new(),
        error: None,
        noted: None,
    }
}

fn after(change: &Change, end: &StepEnd, before: Outcome, at: Timestamp) -> Outcome {
    outcome(change, end, before, &Settings::default(), at)
}

fn refused(user: &str, last: u64, before: Outcome, at: Timestamp) -> Outcome {
    let end = StepEnd::Failed(StepError::Refused("no".to_owned()));
    after(&change(Action::Assign, user, last), &end, before, at)
}

/// The facts of another user, the number's as they are.
fn other_user(before: Outcome) -> Outcome {
    Outcome {
        user: UserFacts::default(),
        ..before
    }
}

fn blocked_for(outcome: &Outcome, at: Timestamp) -> Option<i64> {
    let until = outcome.number.blocked_until?;
    Some(until.duration_since(at).as_hours())
}

#[test]
fn the_first_refusal_is_remembered_only() {
    let once = refused("anna", 1000, Outcome::default(), ago(0));
    assert_eq!(once.user.refused, [(number(1000), ago(0))]);
    assert_eq!((once.user.wait, once.number.blocked_until), (None, None));
}

#[test]
fn the_second_refusal_blocks_with_another_user_or_an_hour_later() {
    let once = refused("anna", 1000, Outcome::default(), ago(2));
    let other = refused("bert", 1000, other_user(once.clone()), ago(2));
    assert_eq!(blocked_for(&other, ago(2)), Some(24));
    let soon = refused(
        "anna",
        1000,
        once.clone(),
        ago(2) + SignedDuration::from_mins(59),
    );
    assert_eq!(soon.number.blocked_until, None);
    let later = refused("anna", 1000, once, ago(1));
    assert_eq!(blocked_for(&later, ago(1)), Some(24));
    assert_eq!(later.user.wait, None);
}

#[test]
fn blocks_double_to_thirty_days() {
    let mut facts = Outcome::default();
    let mut pauses = Vec::new();
    for round in 0..8 {
        let at = ago(10_000 - round * 1000);
        facts = refused("anna", 1000, other_user(facts), at);
        facts = refused("bert", 1000, other_user(facts), at);
        pauses.push(blocked_for(&facts, at).expect("it is blocked"));
    }
    assert_eq!(pauses, [24, 48, 96, 192, 384, 720, 720, 720]);
}

#[test]
fn two_different_numbers_refused_make_the_person_wait_and_free_the_numbers() {
    let once = refused("anna", 1000, Outcome::default(), ago(2));
    let next = Outcome {
        number: NumberFacts::default(),
        ..once
    };
    let twice = refused("anna", 1001, next, ago(1));
    assert_eq!(twice.user.wait, Some(Wait::Refused { since: ago(1) }));
    assert_eq!(twice.number, NumberFacts::default());
}

#[test]
fn success_forgets_what_went_before_but_a_reservation() {
    let reserved = Some(Reservation {
        by: "admin".to_owned(),
        reason: "board".to_owned(),
        until: None,
        whom: None,
    });
    let before = Outcome {
        user: UserFacts {
            wait: Some(Wait::Refused { since: ago(3) }),
            refused: vec![(number(1001), ago(3))],
            unlicensed_since: Some(ago(3)),
            ..UserFacts::default()
        },
        number: NumberFacts {
            freed: Some(ago(9)),
            rest_until: Some(ago(1)),
            blocks: 3,
            reserved: reserved.clone(),
            ..NumberFacts::default()
        },
    };
    let done = after(
        &change(Action::Assign, "anna", 1000),
        &StepEnd::Done,
        before,
        ago(0),
    );
    assert_eq!(done.user, UserFacts::default());
    let kept = NumberFacts {
        reserved,
        ..NumberFacts::default()
    };
    assert_eq!(done.number, kept);
}

#[test]
fn a_release_begins_the_rest() {
    let release = change(Action::Release, "anna", 1000);
    let done = after(&release, &StepEnd::Done, Outcome::default(), ago(0));
    assert_eq!(
        (done.number.freed, done.number.rest_until),
        (Some(ago(0)), Some(ago(-1)))
    );
    let error = StepEnd::Failed(StepError::ReleaseBlocked("no".to_owned()));
    assert_eq!(
        after(&release, &error, Outcome::default(), ago(0)),
        Outcome::default()
    );
}

#[test]
fn policies_are_remembered_one_of_each_type() {
    let policy = |name: &str| PolicyName {
        policy_type: "TenantDialPlan".to_owned(),
        name: name.to_owned(),
    };
    let step = |name: &str, id: Option<&str>| {
        let id = id.map(str::to_owned);
        change(
            Action::Policy {
                policy: policy(name),
                id,
            },
            "anna",
            1000,
        )
    };
    let first = after(
        &step("DE", Some("1")),
        &StepEnd::Done,
        Outcome::default(),
        ago(0),
    );
    let second = after(&step("CH", Some("2")), &StepEnd::Done, first, ago(0));
    assert_eq!(second.user.policies, [policy("CH")]);
    let none = after(&step("CH", None), &StepEnd::Done, second, ago(0));
    assert_eq!(none.user.policies, []);
}

#[test]
fn waits_for_teams_grow_from_minutes_to_hours_then_daily() {
    let assign = change(Action::Assign, "anna", 1000);
    let not_ready = StepEnd::Failed(StepError::LicenceNotReady("no".to_owned()));
    let mut facts = Outcome::default();
    let mut at = ago(0);
    let mut pauses = Vec::new();
    for _ in 0..12 {
        facts = after(&assign, &not_ready, facts, at);
        let Some(Wait::Teams {
            kind, since, until, ..
        }) = facts.user.wait.clone()
        else {
            panic!("it waits for Teams");
        };
        assert_eq!((kind, since), (NoteKind::LicenceNotReady, ago(0)));
        pauses.push(until.duration_since(at).as_mins());
        at = until;
    }
    assert_eq!(
        pauses,
        [5, 10, 20, 40, 80, 160, 320, 360, 360, 360, 1440, 1440]
    );
    let other = StepEnd::Failed(StepError::NotTeamsOnly("no".to_owned()));
    let other = after(&assign, &other, Outcome::default(), ago(0));
    assert!(
        matches!(other.user.wait, Some(Wait::Teams { kind: NoteKind::NotTeamsOnly, until, .. })
        if until == ago(0) + SignedDuration::from_mins(5))
    );
}

#[test]
fn a_refused_profile_is_remembered_until_it_is_written() {
    let phone = |text: Option<&str>| Action::Profile {
        phone: text.map(str::to_owned),
    };
    let no = StepEnd::Failed(StepError::ProfileReadOnly("no".to_owned()));
    let writes = change(phone(Some("+498955501000")), "anna", 1000);
    let refused = after(&writes, &no, Outcome::default(), ago(0));
    assert_eq!(refused.user.phone_refused, Some((number(1000), ago(0))));
    let kinds: Vec<NoteKind> = refused.user.notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, [NoteKind::ProfileReadOnly]);
    let again = after(&writes, &no, refused.clone(), ago(-1));
    assert_eq!(again.user.notes.len(), 1);
    let written = after(&writes, &StepEnd::Done, refused, ago(-1));
    assert_eq!(written.user.phone_refused, None);
    // What cannot be cleared is said, and no later write is put off for it.
    let cleared = after(
        &change(phone(None), "anna", 1000),
        &no,
        Outcome::default(),
        ago(0),
    );
    assert_eq!(cleared.user.phone_refused, None);
    assert_eq!(cleared.user.notes.len(), 1);
}
