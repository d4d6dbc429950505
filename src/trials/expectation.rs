//! What a test expects of a decision.

use super::document::{Document, Key, Place, Placed, Table, Value};
use super::figure::no_such;
use super::stock::number;
use crate::numbering::E164;
use crate::plan::NoteKind;
use crate::report::Decision;
use crate::rules::RuleSet;
use std::collections::{BTreeMap, BTreeSet};

/// What is expected; what is left out is not looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Expectation {
    /// The rules pick this range.
    pub(super) range: Option<String>,
    /// The rules pick none, and no number is given.
    pub(super) none: bool,
    /// This number is given, or kept.
    pub(super) number: Option<E164>,
    /// The number given lies in this range.
    pub(super) from: Option<String>,
    /// Exactly these notes.
    pub(super) notes: Option<BTreeSet<NoteKind>>,
    /// Of these types, these policies.
    pub(super) policies: BTreeMap<String, String>,
    /// This emergency location is sent along.
    pub(super) location: Option<String>,
    /// What a sync would do.
    pub(super) decision: Option<Decision>,
    /// The `exclude`, `exempt` or `scope` that keeps the person without a number.
    pub(super) rule: Option<String>,
}

const KEYS: [&str; 9] = [
    "range", "none", "number", "from", "notes", "policies", "location", "decision", "rule",
];

/// The decisions a test can tell apart: nothing is pending or held on paper.
const DECISIONS: [Decision; 6] = [
    Decision::Assign,
    Decision::Keep,
    Decision::Release,
    Decision::Adopt,
    Decision::Wait,
    Decision::None,
];

impl Expectation {
    /// Reads an `expect` table; what is wrong is reported.
    pub(super) fn read(
        document: &mut Document<'_>,
        table: &Table<'_>,
        at: &Place,
        rules: &RuleSet,
    ) -> Self {
        let mut expects = Self::default();
        for (key, value) in table {
            expects.set(document, key, value, rules);
        }
        let some = expects.range.is_some() || expects.number.is_some() || expects.from.is_some();
        if expects.none && some {
            let message = "`none` expects no range and no number, and yet one is named";
            document.fault(at.clone(), "test-contradiction", message, None);
        }
        if table.is_empty() {
            let message = "nothing is expected, so that the test could not fail";
            let help = "write range = \"…\", or none = true".to_owned();
            document.fault(at.clone(), "test-expects-nothing", message, Some(help));
        }
        expects
    }

    fn set(
        &mut self,
        document: &mut Document<'_>,
        key: &Key<'_>,
        value: &Value<'_>,
        rules: &RuleSet,
    ) {
        let name: &str = key.get_ref();
        match name {
            "range" => self.range = range(document, key, value, rules),
            "from" => self.from = range(document, key, value, rules),
            "none" => match document.truth(key, value) {
                Some(false) => {
                    let message = "`none = false` says nothing";
                    let help = "leave it out, or write range = \"…\"".to_owned();
                    document.fault(value.span(), "test-contradiction", message, Some(help));
                }
                truth => self.none = truth.unwrap_or_default(),
            },
            "number" => self.number = number(document, key, value, rules),
            "notes" => self.notes = notes(document, key, value),
            "policies" => self.policies = policies(document, key, value, rules),
            "location" => self.location = location(document, key, value, rules),
            "decision" => self.decision = decision(document, key, value),
            "rule" => self.rule = rule(document, key, value, rules),
            _ => document.unknown(key, "expect", &KEYS),
        }
    }
}

fn range(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    rules: &RuleSet,
) -> Option<String> {
    let names: Vec<&str> = rules
        .ranges()
        .iter()
        .map(|range| range.name.as_str())
        .collect();
    known_text(document, key, value, "range", &names)
}

fn rule(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    rules: &RuleSet,
) -> Option<String> {
    let names: Vec<&str> = rules.rule_names().collect();
    known_text(document, key, value, "exclude or exempt rule", &names)
}

fn location(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    rules: &RuleSet,
) -> Option<String> {
    let locations = rules.ranges().iter().flat_map(|range| &range.locations);
    let ids: Vec<&str> = locations.map(|location| location.id.as_str()).collect();
    known_text(
        document,
        key,
        value,
        "emergency location in the rules",
        &ids,
    )
}

fn decision(document: &mut Document<'_>, key: &Key<'_>, value: &Value<'_>) -> Option<Decision> {
    let names = DECISIONS.map(Decision::name);
    let text = known_text(document, key, value, "decision", &names)?;
    DECISIONS
        .into_iter()
        .find(|decision| decision.name() == text)
}

fn notes(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
) -> Option<BTreeSet<NoteKind>> {
    let mut kinds = BTreeSet::new();
    for text in document.texts(key, value)? {
        match NoteKind::from_name(&text.value) {
            Some(kind) => drop(kinds.insert(kind)),
            None => no_such(
                document,
                &text,
                "note kind",
                NoteKind::ALL.iter().map(|kind| kind.name()),
            ),
        }
    }
    Some(kinds)
}

fn policies(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    rules: &RuleSet,
) -> BTreeMap<String, String> {
    let mut policies = BTreeMap::new();
    let Some(table) = document.table(key, value) else {
        return policies;
    };
    let declared = rules.policies();
    for (policy_type, name) in table {
        let known = declared.iter().map(|(policy_type, _)| policy_type.as_str());
        let placed = Placed {
            value: policy_type.get_ref().to_string(),
            at: policy_type.span(),
        };
        if !known
            .clone()
            .any(|known| known.eq_ignore_ascii_case(&placed.value))
        {
            no_such(document, &placed, "policy type in the rules", known);
        }
        if let Some(name) = document.text(policy_type, name) {
            policies.insert(placed.value, name.value);
        }
    }
    policies
}

fn known_text(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    what: &str,
    known: &[&str],
) -> Option<String> {
    let text = document.text(key, value)?;
    if !known.contains(&text.value.as_str()) {
        no_such(document, &text, what, known.iter().copied());
        return None;
    }
    Some(text.value)
}
