//! From a checked rule set to one that decides: texts become numbers, conditions become expressions, ranges an index.

use super::Range;
use super::checked::{CheckedRange, CheckedSet, Condition, Probe};
use super::digest;
use super::evaluate::Memory;
use super::expression::{Expression, Test};
use super::index::Index;
use super::places::{Files, Places};
use super::rule_set::RuleSet;
use super::vocabulary::Vocabulary;
use crate::directory::Attribute;
use crate::numbering::{NumberType, Spans};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

/// How many threads can decide with one rule set without one waiting for, or working without, a memory of values.
const MEMORIES: usize = 4;

/// Compiles a set that has no errors; of each file the name and where its lines begin.
pub(super) fn compile(checked: CheckedSet, files: Files) -> RuleSet {
    let digest = digest::digest(&checked);
    let places = Places::of(&checked, files);
    let (groups, reads) = mentions(&checked);
    let mut words = Vocabulary::default();
    let scope = checked
        .scope
        .as_ref()
        .map(|scope| expression(scope, &mut words));
    let mut named = |rules: &[(String, Condition)]| {
        let compiled = |(name, condition): &(String, Condition)| {
            (name.clone(), expression(condition, &mut words))
        };
        rules.iter().map(compiled).collect::<Vec<_>>()
    };
    let (excludes, exempts) = (named(&checked.excludes), named(&checked.exempts));
    let ranges: Vec<Range> = (checked.ranges.into_iter())
        .map(|source| with_conditions(source, &mut words))
        .collect();
    words.add_aliases(&checked.aliases);
    let index = |calling_plan: bool| {
        let fits = |number_type| (number_type == NumberType::CallingPlan) == calling_plan;
        Index::build(&ranges, &words, fits)
    };
    let mut by_name: Vec<usize> = (0..ranges.len()).collect();
    by_name.sort_by(|a, b| ranges[*a].name.cmp(&ranges[*b].name));
    let memories = (0..MEMORIES)
        .map(|_| Mutex::new(Memory::new(&words)))
        .collect();
    RuleSet {
        direct: index(false),
        calling: index(true),
        spans: spans(&ranges),
        ranges,
        by_name,
        operators: checked.operators,
        scope,
        excludes,
        exempts,
        groups,
        reads,
        sources: Arc::default(),
        digest,
        words,
        memories,
        aliases: checked.aliases,
        near: OnceLock::new(),
        places,
    }
}

/// The range with its own conditions and those of its policies and locations.
fn with_conditions(source: CheckedRange, words: &mut Vocabulary) -> Range {
    let mut range = source.range;
    let mut compiled = |when: &Option<Condition>| when.as_ref().map(|when| expression(when, words));
    range.when = compiled(&source.when);
    for (policy, when) in range.policies.iter_mut().zip(&source.policies) {
        policy.when = compiled(when);
    }
    for (location, when) in range.locations.iter_mut().zip(&source.locations) {
        location.when = compiled(when);
    }
    range
}

/// Every run of numbers with its range, ascending.
fn spans(ranges: &[Range]) -> Vec<(u64, u64, usize)> {
    let of_range = |(at, range): (usize, &'_ Range)| {
        let runs: Vec<_> = runs(&range.numbers).collect();
        runs.into_iter().map(move |(first, last)| (first, last, at))
    };
    let mut spans: Vec<_> = ranges.iter().enumerate().flat_map(of_range).collect();
    spans.sort_unstable();
    spans
}

fn runs(numbers: &Spans) -> impl Iterator<Item = (u64, u64)> + '_ {
    numbers
        .runs()
        .map(|run| (run.first().digits(), run.last().digits()))
}

fn mentions(checked: &CheckedSet) -> (BTreeSet<crate::directory::GroupId>, BTreeSet<Attribute>) {
    let (mut groups, mut reads) = (BTreeSet::new(), BTreeSet::new());
    for condition in checked.conditions() {
        condition.probes(false, &mut |probe, _| {
            reads.extend(probe.attribute());
            if let Probe::Group(group) = probe {
                groups.insert(*group);
            }
        });
    }
    (groups, reads)
}

fn expression(condition: &Condition, words: &mut Vocabulary) -> Expression {
    let mut list = |terms: &[Condition]| terms.iter().map(|term| expression(term, words)).collect();
    match condition {
        Condition::All(terms) => Expression::All(list(terms)),
        Condition::Any(terms) => Expression::Any(list(terms)),
        Condition::Not(inner) => Expression::Not(Box::new(expression(inner, words))),
        Condition::Test(probe, _) => Expression::Test(test(probe, words)),
    }
}

fn test(probe: &Probe, words: &mut Vocabulary) -> Test {
    match probe {
        Probe::OneOf(attribute, values) => {
            let slot = words.slot(*attribute);
            let mut classes: Vec<u32> = values
                .iter()
                .map(|value| words.class(slot, value))
                .collect();
            classes.sort_unstable();
            Test::OneOf(slot, classes.into())
        }
        Probe::Blank(attribute) => Test::Blank(words.slot(*attribute)),
        Probe::Text(attribute, text) => {
            let slot = words.slot(*attribute);
            Test::Text(slot, words.test(slot, text.clone()))
        }
        Probe::Kinds(kinds) => {
            Test::Kinds(kinds.iter().fold(0, |mask, kind| mask | 1 << *kind as u8))
        }
        Probe::Synced => Test::Synced,
        Probe::Plan(name) => Test::Plan(words.plan(name)),
        Probe::Group(group) => Test::Group(*group),
    }
}
