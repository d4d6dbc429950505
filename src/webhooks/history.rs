//! What has happened, as messages: of the records of the audit trail, and of the syncs that have ended.

use super::event::{About, Event, Occurrence};
use crate::numbering::E164;
use crate::rules::RuleSet;
use crate::store::{AuditRecord, EndedSync};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a record of the audit trail tells, if others are told of it.
pub(super) fn of_record(record: &AuditRecord, rules: &RuleSet) -> Option<Occurrence> {
    let detail: Value = serde_json::from_str(&record.detail).unwrap_or_default();
    let text = |key: &str| detail[key].as_str().map(str::to_owned);
    let event = match record.event.as_str() {
        "assigned" => Event::Assigned,
        "released" => Event::Released,
        "ended" if detail["reason"] == "removed-outside" => Event::RemovedOutside,
        "given-back" | "failed" => Event::Failed,
        _ => return None,
    };
    let reason = match event {
        Event::Failed => Some(failure(&detail)),
        _ => text("reason"),
    };
    let about = About {
        sync: record.sync.clone(),
        user: record.user,
        number: record.number,
        range: text("range").or_else(|| range_of(rules, record.number)),
        reason,
        count: None,
    };
    Some(Occurrence {
        event,
        at: record.at,
        about,
    })
}

/// What failed, and of which kind the error is: `assign: refused`. Its sentence is left out, because Graph's words may
/// hold anybody's name.
fn failure(detail: &Value) -> String {
    let action = detail["action"].as_str().unwrap_or("change");
    let kind = detail["error"].as_object();
    let kind = kind.and_then(|error| error.keys().next());
    format!("{action}: {}", kind.map_or("failed", String::as_str))
}

fn range_of(rules: &RuleSet, number: Option<E164>) -> Option<String> {
    let at = rules.range_of(number?)?;
    Some(rules.ranges()[at].name.clone())
}

/// What the end of a sync tells, and how its end is remembered. A state that lasts is told when it begins; a list that is
/// held anew is another one if it is about other people.
pub(super) fn of_sync(before: &str, sync: &EndedSync) -> (Option<Occurrence>, String) {
    let held = sync.held.as_deref().map(held_list).unwrap_or_default();
    let (event, now) = match sync.status.as_str() {
        "held" => (Some(Event::Held), format!("held {}", digest_of(&held))),
        "failed" => (Some(Event::Failed), "failed".to_owned()),
        _ => (None, String::new()),
    };
    let occurrence = event.filter(|_| now != before).map(|event| Occurrence {
        event,
        at: sync.finished,
        about: About {
            sync: Some(sync.id.clone()),
            reason: (event == Event::Failed).then(|| "sync".to_owned()),
            count: (event == Event::Held).then_some(held.len() as u64),
            ..About::default()
        },
    });
    (occurrence, now)
}

/// What is held of whom, in an order of its own.
fn held_list(changes: &str) -> Vec<String> {
    let changes: Vec<Value> = serde_json::from_str(changes).unwrap_or_default();
    let line = |change: &Value| format!("{} {}", change["action"], change["user"]["id"]);
    let mut lines: Vec<String> = changes.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

fn digest_of(lines: &[String]) -> String {
    let digest = Sha256::digest(lines.join("\n"));
    let start = digest.iter().take(8);
    start.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::UserId;
    use crate::rules::{LoadOptions, SourceFile, load};

    fn record(event: &str, detail: &str) -> AuditRecord {
        AuditRecord {
            seq: 1,
            at: "2026-11-20T08:00:00Z".parse().expect("a time"),
            event: event.into(),
            number: E164::from_digits(498_955_501_000),
            user: Some(UserId::from_u128(7)),
            sync: Some("1-a".into()),
            detail: detail.into(),
            hash: String::new(),
        }
    }

    fn rules() -> RuleSet {
        let text = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1099 }"#;
        let file = SourceFile {
            name: "test.rules".to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let loaded = load(&[file], LoadOptions { groups: false });
        loaded.expect("the rules are right").rule_set
    }

    fn told(event: &str, detail: &str) -> Option<(Event, Option<String>, Option<String>)> {
        let told = of_record(&record(event, detail), &rules())?;
        Some((told.event, told.about.range, told.about.reason))
    }

    #[test]
    fn of_the_audit_trail_only_some_records_are_told() {
        let told_as = |event, range: &str, reason: &str| {
            Some((event, Some(range.to_owned()), Some(reason.to_owned())))
        };
        let refused = r#"{"action":"assign","error":{"refused":"Anna Muster may not have it"}}"#;
        for (event, detail, expected) in [
            (
                "assigned",
                r#"{"range":"old","reason":"rule"}"#,
                told_as(Event::Assigned, "old", "rule"),
            ),
            (
                "released",
                r#"{"reason":"delicensed"}"#,
                told_as(Event::Released, "muc", "delicensed"),
            ),
            (
                "ended",
                r#"{"reason":"removed-outside"}"#,
                told_as(Event::RemovedOutside, "muc", "removed-outside"),
            ),
            ("ended", r#"{"reason":"changed-outside"}"#, None),
            (
                "given-back",
                refused,
                told_as(Event::Failed, "muc", "assign: refused"),
            ),
            (
                "failed",
                r#"{"action":"policy","error":null}"#,
                told_as(Event::Failed, "muc", "policy: failed"),
            ),
            ("claimed", "{}", None),
            ("adopted", "{}", None),
        ] {
            assert_eq!(told(event, detail), expected, "{event} {detail}");
        }
    }

    #[test]
    fn a_state_of_syncs_is_told_when_it_begins() {
        let changes = |users: &str| {
            let change = |user: char| format!(r#"{{"action":"release","user":{{"id":"{user}"}}}}"#);
            format!(
                "[{}]",
                users.chars().map(change).collect::<Vec<_>>().join(",")
            )
        };
        let ended = |status: &str, users: &str| EndedSync {
            fence: 1,
            id: "1-a".into(),
            status: status.into(),
            held: (!users.is_empty()).then(|| changes(users)),
            finished: "2026-11-20T08:00:00Z".parse().expect("a time"),
        };
        let mut state = String::new();
        let mut told = |status: &str, users: &str| {
            let (occurrence, now) = of_sync(&state, &ended(status, users));
            state = now;
            occurrence.map(|occurrence| (occurrence.event, occurrence.about.count))
        };
        assert_eq!(told("succeeded", ""), None);
        assert_eq!(told("failed", ""), Some((Event::Failed, None)));
        assert_eq!(told("failed", ""), None);
        assert_eq!(told("held", "ab"), Some((Event::Held, Some(2))));
        assert_eq!(told("held", "ba"), None, "the same people");
        assert_eq!(told("held", "abc"), Some((Event::Held, Some(3))));
        assert_eq!(told("partial", ""), None);
        assert_eq!(
            told("held", ""),
            Some((Event::Held, Some(0))),
            "the directory was empty"
        );
        assert_eq!(told("failed", ""), Some((Event::Failed, None)));
    }
}
