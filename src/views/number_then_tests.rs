//! What a number was at a moment, from made-up histories and records.

use super::{Told, then};
use crate::directory::UserId;
use crate::numbering::{E164, NumberType};
use crate::plan::{EndReason, HoldingOrigin, Reason};
use crate::report::UserRef;
use crate::views::{AuditItem, HistoryItem};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn at(minute: i64) -> Timestamp {
    let midnight: Timestamp = "2026-11-20T00:00:00Z".parse().expect("a time");
    midnight + SignedDuration::from_mins(minute)
}

fn number() -> E164 {
    "+498955501000".parse().expect("a number")
}

fn record(minute: i64, event: &str, detail: Value) -> AuditItem {
    AuditItem {
        tenant: None,
        seq: minute,
        at: at(minute),
        event: event.to_owned(),
        number: Some(number()),
        user: Some(UserId::from_u128(7)),
        by: None,
        reason: None,
        range: None,
        commit: None,
        sync_id: None,
        detail,
        hash: String::new(),
    }
}

fn holding(who: u128, from: i64, to: Option<i64>) -> HistoryItem {
    HistoryItem {
        number: number(),
        user: UserRef {
            id: UserId::from_u128(who),
            upn: format!("user{who}"),
        },
        from: at(from),
        to: to.map(at),
        number_type: NumberType::DirectRouting,
        range: None,
        origin: HoldingOrigin::Assigned,
        reason: Reason::Rule,
        why: String::new(),
        sync_id: String::new(),
        plan_id: None,
        rule_commit: None,
        end_reason: to.map(|_| EndReason::Delicensed),
        end_sync_id: None,
    }
}

/// `assigned user1 10-40`: state, who, since and until in minutes.
fn told(history: &[HistoryItem], records: &[AuditItem], minute: i64) -> String {
    let mut all = Told::default();
    let by_then = records.iter().filter(|record| record.at <= at(minute));
    by_then.for_each(|record| all.take(record));
    let then = then(number(), at(minute), history, &all);
    let minutes = |time: Option<Timestamp>| {
        time.map(|time| time.duration_since(at(0)).as_mins().to_string())
            .unwrap_or_default()
    };
    let who = then.user.map(|user| user.id.0.as_u128().to_string());
    format!(
        "{} {} {}-{}",
        then.state.map_or("?", |state| state.name()),
        who.unwrap_or_default(),
        minutes(then.since),
        minutes(then.until)
    )
}

#[test]
fn a_number_is_with_whom_it_was_then_and_rests_after() {
    let history = [holding(1, 10, Some(40)), holding(2, 100, None)];
    let records = [
        record(8, "claimed", json!({"action": "assign"})),
        record(10, "assigned", json!({})),
        record(39, "claimed", json!({"action": "release"})),
        record(40, "released", json!({"rest_until": at(70)})),
        record(95, "claimed", json!({"action": "assign"})),
        record(100, "assigned", json!({})),
    ];
    for (minute, expected) in [
        (0, "?  -"),
        (8, "claimed 7 8-"),
        (10, "assigned 1 10-40"),
        (39, "assigned 1 10-40"),
        (40, "quarantined  40-70"),
        (69, "quarantined  40-70"),
        (70, "?  -"),
        (96, "claimed 7 95-"),
        (100, "assigned 2 100-"),
        (999, "assigned 2 100-"),
    ] {
        assert_eq!(told(&history, &records, minute), expected, "{minute}");
    }
}

#[test]
fn what_people_and_teams_set_aside_is_told() {
    let reserved = |until: Option<Timestamp>| json!({"reserved": {"by": "anna", "until": until}, "rest_until": null});
    let nothing = || json!({"reserved": null, "rest_until": null});
    let records = [
        record(1, "reserved", reserved(Some(at(20)))),
        record(30, "reserved", reserved(None)),
        record(40, "unreserved", nothing()),
        record(
            50,
            "put-to-rest",
            json!({"reserved": null, "rest_until": at(60)}),
        ),
        record(55, "rest-ended", nothing()),
        record(70, "claimed", json!({"action": "assign"})),
        record(
            72,
            "given-back",
            json!({"action": "assign", "blocked_until": at(90)}),
        ),
        record(
            80,
            "unblocked",
            json!({"reserved": null, "rest_until": null, "blocked_until": null}),
        ),
        record(100, "claimed", json!({"action": "assign"})),
        record(101, "withdrawn", json!({"action": "assign"})),
    ];
    for (minute, expected) in [
        (0, "?  -"),
        (1, "reserved  1-20"),
        (20, "?  -"),
        (35, "reserved  30-"),
        (45, "?  -"),
        (50, "quarantined  50-60"),
        (56, "?  -"),
        (71, "claimed 7 70-"),
        (72, "blocked  72-90"),
        (85, "?  -"),
        (100, "claimed 7 100-"),
        (101, "?  -"),
    ] {
        assert_eq!(told(&[], &records, minute), expected, "{minute}");
    }
}
