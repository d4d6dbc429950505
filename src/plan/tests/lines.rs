//! A draft as lines of text, to be compared with what a test expects.

use super::world::{Town, now};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Action, Change, ChangeStatus, Draft, Wait};
use jiff::Timestamp;

/// Plans the tenant and compares the outcome, line by line; see [`lines`] for what a line says.
#[track_caller]
pub(super) fn check(town: &Town, expected: &str) {
    let expected: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let found = lines(&town.plan(), town);
    assert_eq!(found.join("\n"), expected.join("\n"));
}

/// Changes in order, endings, missing numbers, waits and times of new facts, notes about users, and how many holders
/// are kept:
///
/// ```text
/// assign anna 1000 rule [at location] [by-teams] [held]
/// ended anna 1000 removed-outside rest 24h
/// missing anna 1000
/// wait anna removed-outside
/// due anna +72h
/// note anna drift
/// keep 1
/// ```
pub(super) fn lines(draft: &Draft, town: &Town) -> Vec<String> {
    let effects = &draft.effects;
    let mut lines: Vec<String> = draft.plan.changes.iter().map(change).collect();
    lines.extend(effects.ended.iter().map(|ended| {
        let rest = ended.rest_until.duration_since(town.now).as_hours();
        let reason = format!("{:?}", ended.reason);
        format!(
            "ended {} {} {reason} rest {rest}h",
            name(ended.user),
            last(ended.number)
        )
    }));
    let missing = effects.holdings.iter().filter(|h| h.missing.is_some());
    lines.extend(missing.map(|h| format!("missing {} {}", name(h.user), last(h.number))));
    for update in &effects.facts {
        let before = town.users.iter().find(|u| u.user.id == update.user);
        let waited = before.and_then(|u| u.facts.wait.as_ref());
        if update.facts.wait.as_ref() != waited {
            lines.push(format!(
                "wait {} {}",
                name(update.user),
                wait(&update.facts.wait)
            ));
        }
        lines.extend(
            update
                .facts
                .due
                .map(|due| format!("due {} {}", name(update.user), distance(due))),
        );
    }
    let of_users = draft
        .plan
        .notes
        .iter()
        .filter_map(|note| Some((note.user?, note.kind)));
    lines.extend(of_users.map(|(user, kind)| format!("note {} {kind}", name(user))));
    if draft.keep > 0 {
        lines.push(format!("keep {}", draft.keep));
    }
    lines
}

fn change(change: &Change) -> String {
    let what = match &change.action {
        Action::Policy { policy, id } => {
            let sign = if id.is_some() { '+' } else { '-' };
            format!("{sign}{}:{}", policy.policy_type, policy.name)
        }
        Action::Profile { phone } => phone.clone().unwrap_or_else(|| "blank".to_owned()),
        _ => last(change.number),
    };
    let mut line = format!(
        "{} {} {what} {}",
        change.action.name(),
        name(change.user),
        change.reason
    );
    if let Some(location) = &change.location {
        line += &format!(" at {}", &location[..4]);
    }
    if change.by_teams {
        line += " by-teams";
    }
    if change.status == ChangeStatus::Held {
        line += " held";
    }
    line
}

fn wait(wait: &Option<Wait>) -> String {
    match wait {
        None => "over".to_owned(),
        Some(Wait::Teams { kind, .. }) => kind.to_string(),
        Some(Wait::RemovedOutside) => "removed-outside".to_owned(),
        Some(Wait::ReleasedByHand) => "released-by-hand".to_owned(),
        Some(Wait::Refused { .. }) => "refused".to_owned(),
    }
}

fn distance(at: Timestamp) -> String {
    format!("{:+}h", at.duration_since(now()).as_hours())
}

/// The name behind an id made by [`super::world::id`].
pub(super) fn name(user: UserId) -> String {
    let bytes = user.0.as_bytes();
    let text: Vec<u8> = bytes
        .iter()
        .copied()
        .take_while(|byte| *byte != 0)
        .collect();
    String::from_utf8(text).expect("ids are names")
}

/// The last four digits.
pub(super) fn last(number: E164) -> String {
    format!("{:04}", number.digits() % 10_000)
}
