//! Warns of ranges that are never reached, because earlier ones take everybody they are for.
//!
//! A range is a conjunction of tests here; a test of several values stands for one alternative per value. A range is
//! shadowed when of each of its alternatives some subset of tests is an alternative of an earlier range. Looking
//! subsets up in a table keeps this linear in the ranges. What is more complicated is not judged.

use super::checked::{CheckedRange, Condition, Probe};
use super::findings::Findings;
use crate::directory::Kind;
use crate::numbering::NumberType;
use std::collections::{BTreeSet, HashMap};

/// Ranges with more tests, or more alternatives, are not judged.
const TESTS: usize = 6;
const ALTERNATIVES: usize = 16;

/// The tests of one alternative, ascending.
type Tests = Vec<String>;

/// Reports every range that an earlier one shadows.
pub(super) fn lint(ranges: &[CheckedRange], findings: &mut Findings) {
    for calling_plan in [false, true] {
        let mut order: Vec<&CheckedRange> = ranges
            .iter()
            .filter(|range| (range.range.number_type == NumberType::CallingPlan) == calling_plan)
            .collect();
        order.sort_by_key(|range| range.range.priority);
        let mut earlier: HashMap<Tests, &CheckedRange, foldhash::fast::FixedState> =
            HashMap::default();
        for range in order {
            let Some(alternatives) = range.when.as_ref().and_then(alternatives) else {
                continue;
            };
            let shadow = shadow_of(range, &alternatives, &earlier);
            if let Some(by) = shadow {
                let message = format!(
                    "`{}` is never reached: `{}` takes everybody it is for",
                    range.range.name, by.range.name
                );
                let help = Some("give it a lower priority number, or narrow the other".to_owned());
                findings.warning(range.when_at, "shadowed", message, help);
                continue;
            }
            for alternative in alternatives {
                earlier.entry(alternative).or_insert(range);
            }
        }
    }
}

/// The earlier range that takes the first alternative, if earlier ranges take all of them.
fn shadow_of<'a>(
    range: &CheckedRange,
    alternatives: &[Tests],
    earlier: &HashMap<Tests, &'a CheckedRange, foldhash::fast::FixedState>,
) -> Option<&'a CheckedRange> {
    let serves = |kinds: &BTreeSet<Kind>| range.range.kinds.is_subset(kinds);
    let mut first = None;
    for tests in alternatives {
        let taker = (0..1_usize << tests.len()).find_map(|mask| {
            let chosen = tests
                .iter()
                .enumerate()
                .filter(|(at, _)| mask >> at & 1 == 1);
            let subset: Tests = chosen.map(|(_, test)| test.clone()).collect();
            earlier.get(&subset).filter(|by| serves(&by.range.kinds))
        })?;
        first = first.or(Some(*taker));
    }
    first
}

/// The condition as alternatives of conjunctions, if it is simple enough.
fn alternatives(condition: &Condition) -> Option<Vec<Tests>> {
    let single = std::slice::from_ref(condition);
    let terms = match condition {
        Condition::All(terms) => terms,
        _ => single,
    };
    if terms.len() > TESTS {
        return None;
    }
    let mut all = vec![Tests::new()];
    for term in terms {
        let choices = match term {
            Condition::Test(Probe::OneOf(attribute, values), _) => values
                .iter()
                .map(|value| format!("{}={}", attribute.name(), value.normal))
                .collect(),
            other => vec![canonical(other)],
        };
        if all.len() * choices.len() > ALTERNATIVES {
            return None;
        }
        all = all
            .iter()
            .flat_map(|tests| {
                choices.iter().map(|choice| {
                    let mut longer = tests.clone();
                    longer.push(choice.clone());
                    longer
                })
            })
            .collect();
    }
    for tests in &mut all {
        tests.sort();
        tests.dedup();
    }
    Some(all)
}

fn canonical(condition: &Condition) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = condition.canonical(&mut text);
    text
}
