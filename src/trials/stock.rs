//! What a test says about the numbers: which are held, resting, set aside; everything else is free.

use super::document::{Document, Key, Placed, Table, Value};
use super::figure::no_such;
use crate::numbering::{E164, NumberType, Span};
use crate::rules::{RuleSet, read_span};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers as they are before the person is decided about.
#[derive(Clone, Debug, Default)]
pub(super) struct Stock {
    pub(super) numbers: BTreeMap<E164, Is>,
    /// Names of suspended ranges.
    pub(super) suspended: BTreeSet<String>,
    /// Names of policies that the tenant lacks.
    pub(super) missing_policies: BTreeSet<String>,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// In somebody's hands.
    Held,
    /// Freed a while ago, and resting.
    Resting,
    /// Set aside by hand.
    Reserved,
    /// Refused by Teams.
    Blocked,
    /// Not listed by Teams.
    Absent,
    /// Free after somebody had it; the lower, the longer ago.
    Used(usize),
}

const KEYS: [&str; 8] = [
    "held",
    "resting",
    "reserved",
    "blocked",
    "absent",
    "used",
    "suspended",
    "missing_policies",
];

/// So many numbers one `stock` may name.
const MOST: u64 = 100_000;

impl Stock {
    /// Reads a `stock` table; what is wrong is reported.
    pub(super) fn read(document: &mut Document<'_>, table: &Table<'_>, rules: &RuleSet) -> Self {
        let mut stock = Self::default();
        for (key, value) in table {
            let name: &str = key.get_ref();
            match name {
                "held" => stock.add(document, key, value, rules, |_| Is::Held),
                "resting" => stock.add(document, key, value, rules, |_| Is::Resting),
                "reserved" => stock.add(document, key, value, rules, |_| Is::Reserved),
                "blocked" => stock.add(document, key, value, rules, |_| Is::Blocked),
                "absent" => stock.add(document, key, value, rules, |_| Is::Absent),
                "used" => stock.add(document, key, value, rules, Is::Used),
                "suspended" => {
                    let ranges: Vec<&str> =
                        rules.ranges().iter().map(|r| r.name.as_str()).collect();
                    stock.suspended = names(document, key, value, "range", &ranges);
                }
                "missing_policies" => {
                    let policies = rules.policies();
                    let known: Vec<&str> = policies.iter().map(|(_, name)| name.as_str()).collect();
                    stock.missing_policies = names(document, key, value, "policy", &known);
                }
                _ => document.unknown(key, "stock", &KEYS),
            }
        }
        stock
    }

    fn add(
        &mut self,
        document: &mut Document<'_>,
        key: &Key<'_>,
        value: &Value<'_>,
        rules: &RuleSet,
        is: impl Fn(usize) -> Is,
    ) {
        for text in document.texts(key, value).into_iter().flatten() {
            let Some(span) = span(document, &text) else {
                continue;
            };
            if span.count() + self.numbers.len() as u64 > MOST {
                let message = format!("a stock may name {MOST} numbers");
                document.fault(text.at.clone(), "test-stock", message, None);
                return;
            }
            for digits in span.first().digits()..=span.last().digits() {
                let Some(number) = E164::from_digits(digits) else {
                    continue;
                };
                if !declared(document, &text, number, rules) {
                    break;
                }
                let is = is(self.numbers.len());
                if is == Is::Absent && !must_be_listed(number, rules) {
                    let message = format!(
                        "{number} is a direct-routing number, which need not be listed to be given"
                    );
                    document.fault(text.at.clone(), "test-stock", message, None);
                    break;
                }
                if self.numbers.insert(number, is).is_some() {
                    let message = format!("{number} is named twice in this stock");
                    document.fault(text.at.clone(), "test-duplicate", message, None);
                    break;
                }
            }
        }
    }
}

/// One number that some range declares.
pub(super) fn number(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    rules: &RuleSet,
) -> Option<E164> {
    let text = document.text(key, value)?;
    let span = span(document, &text)?;
    if span.count() > 1 {
        let message = format!(
            "`{}` takes one number, this is a span of {}",
            key.get_ref(),
            span.count()
        );
        document.fault(text.at, "test-wrong-type", message, None);
        return None;
    }
    declared(document, &text, span.first(), rules).then_some(span.first())
}

fn span(document: &mut Document<'_>, text: &Placed<String>) -> Option<Span> {
    match read_span(&text.value) {
        Ok(span) => Some(span),
        Err((message, help)) => {
            document.fault(text.at.clone(), "test-number", message, help);
            None
        }
    }
}

fn declared(
    document: &mut Document<'_>,
    text: &Placed<String>,
    number: E164,
    rules: &RuleSet,
) -> bool {
    let is_declared = rules.range_of(number).is_some();
    if !is_declared {
        let message = format!("no range of the rules declares {number}");
        document.fault(text.at.clone(), "test-number", message, None);
    }
    is_declared
}

fn must_be_listed(number: E164, rules: &RuleSet) -> bool {
    let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
    range.is_some_and(|range| NumberType::must_be_listed(range.number_type))
}

fn names(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    what: &str,
    known: &[&str],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in document.texts(key, value).into_iter().flatten() {
        if known.contains(&text.value.as_str()) {
            found.insert(text.value);
        } else {
            no_such(document, &text, what, known.iter().copied());
        }
    }
    found
}
