//! Checked conditions in words, and where they stand.

use crate::rules::checked::{Condition, Operand, Probe};
use crate::rules::findings::Spot;

/// Values of a list that are written out, and letters of a whole condition.
const LISTED: usize = 3;
const LONGEST: usize = 160;

/// From the first test of a condition to the last.
pub(super) fn place(condition: &Condition) -> Option<Spot> {
    let mut spot: Option<Spot> = None;
    condition.tests(&mut |_, at| {
        spot = Some(spot.map_or(at, |so_far| Spot {
            start: so_far.start.min(at.start),
            end: so_far.end.max(at.end),
            ..so_far
        }));
    });
    spot
}

/// The condition as a rule file writes it, cut where it is long.
pub(super) fn written(condition: &Condition) -> String {
    let mut text = whole(condition);
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).collect();
        text.push('…');
    }
    text
}

fn whole(condition: &Condition) -> String {
    match condition {
        Condition::All(terms) if terms.is_empty() => "anyone".to_owned(),
        Condition::All(terms) => joined(terms, " AND "),
        Condition::Any(terms) => joined(terms, " OR "),
        Condition::Not(inner) => match &**inner {
            Condition::Test(probe, _) => test(probe, true),
            _ => format!("NOT ({})", whole(inner)),
        },
        Condition::Test(probe, _) => test(probe, false),
    }
}

/// So many terms are put into words: more would be cut.
const TERMS: usize = 12;

fn joined(terms: &[Condition], connective: &str) -> String {
    let term = |inner: &Condition| match inner {
        Condition::Any(_) | Condition::All(_) => format!("({})", whole(inner)),
        _ => whole(inner),
    };
    let all: Vec<String> = terms.iter().take(TERMS).map(term).collect();
    all.join(connective)
}

fn test(probe: &Probe, negated: bool) -> String {
    let not = if negated { "NOT " } else { "" };
    match probe {
        Probe::OneOf(attribute, values) => match &values[..] {
            [only] => {
                let sign = if negated { "!=" } else { "=" };
                format!("{} {sign} \"{}\"", attribute.name(), only.shown)
            }
            several => format!("{} {not}IN [{}]", attribute.name(), list(several)),
        },
        Probe::Blank(attribute) => {
            let not = if negated { "not " } else { "" };
            format!("{} is {not}empty", attribute.name())
        }
        Probe::Text(attribute, text) => {
            let (how, operand) = text.parts();
            format!("{} {not}{how} \"{operand}\"", attribute.name())
        }
        Probe::Kinds(kinds) => {
            let named: Vec<String> = kinds.iter().map(|kind| format!("\"{kind}\"")).collect();
            format!("kind {not}IN [{}]", named.join(", "))
        }
        Probe::Synced => format!("on_premises_synced = {}", !negated),
        Probe::Plan(name) => format!("{not}plans has \"{name}\""),
        Probe::Group(group) => format!("{not}groups has \"{group}\""),
    }
}

fn list(values: &[Operand]) -> String {
    let shown: Vec<String> = values
        .iter()
        .take(LISTED)
        .map(|value| format!("\"{}\"", value.shown))
        .collect();
    let more = if values.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
