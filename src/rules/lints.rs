//! Warnings about single expressions: what is allowed, and probably not meant.

use super::checked::{Condition, Probe};
use super::findings::{Findings, Spot};
use super::syntax::{Formula, Relation, Test};
use crate::directory::{Attribute, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Warns of AND mixed with OR without brackets, and of negations that catch blanks.
pub(super) fn formula(formula: &Formula, findings: &mut Findings) {
    mixed(formula, findings);
    blanks(formula, &BTreeSet::new(), findings);
}

fn mixed(formula: &Formula, findings: &mut Findings) {
    match formula {
        Formula::Any(terms, at) => {
            if terms.iter().any(|term| matches!(term, Formula::All(..))) {
                let message = "AND and OR are mixed without brackets; AND binds tighter".to_owned();
                let help = Some("put brackets around what belongs together".to_owned());
                findings.warning(*at, "mixed-and-or", message, help);
            }
            terms.iter().for_each(|term| mixed(term, findings));
        }
        Formula::All(terms) => terms.iter().for_each(|term| mixed(term, findings)),
        Formula::Not(inner, _) | Formula::Group(inner) => mixed(inner, findings),
        Formula::Test(_) => {}
    }
}

/// `guarded` are the attributes that another term of the same AND requires to have a value.
fn blanks(formula: &Formula, guarded: &BTreeSet<Attribute>, findings: &mut Findings) {
    match formula {
        Formula::Any(terms, _) => terms
            .iter()
            .for_each(|term| blanks(term, guarded, findings)),
        Formula::All(terms) => {
            let mut all = guarded.clone();
            all.extend(terms.iter().filter_map(requires));
            terms.iter().for_each(|term| blanks(term, &all, findings));
        }
        Formula::Group(inner) => blanks(inner, guarded, findings),
        Formula::Test(test) if test.negated => {
            if let Some(attribute) = read_by(test)
                && !guarded.contains(&attribute)
            {
                warn_of_blanks(attribute, test.at, findings);
            }
        }
        Formula::Test(_) => {}
        Formula::Not(inner, at) => {
            let (mut read, mut mentioned) = (BTreeSet::new(), guarded.clone());
            inside_negation(inner, &mut read, &mut mentioned);
            if let Some(attribute) = read.difference(&mentioned).next() {
                warn_of_blanks(*attribute, *at, findings);
            }
        }
    }
}

fn warn_of_blanks(attribute: Attribute, at: Spot, findings: &mut Findings) {
    let name = attribute.name();
    let message = format!("this also holds for people whose {name} is empty");
    let help = format!("if they are not meant, add AND {name} is not empty");
    findings.warning(at, "negation-catches-blanks", message, Some(help));
}

/// The attribute that must have a value for the term to hold.
fn requires(term: &Formula) -> Option<Attribute> {
    match term {
        Formula::Group(inner) => requires(inner),
        Formula::Test(test) if test.relation == Relation::Empty => {
            Attribute::from_name(&test.attribute.value).filter(|_| test.negated)
        }
        Formula::Test(test) => read_by(test).filter(|_| !test.negated),
        _ => None,
    }
}

/// The text attribute a test reads otherwise than by `is empty`.
fn read_by(test: &Test) -> Option<Attribute> {
    Attribute::from_name(&test.attribute.value).filter(|_| test.relation != Relation::Empty)
}

/// Attributes under a negation: those of positive tests, and those whose blanks are spoken of.
fn inside_negation(
    formula: &Formula,
    read: &mut BTreeSet<Attribute>,
    mentioned: &mut BTreeSet<Attribute>,
) {
    match formula {
        Formula::Any(terms, _) | Formula::All(terms) => {
            for term in terms {
                inside_negation(term, read, mentioned);
            }
        }
        Formula::Group(inner) => inside_negation(inner, read, mentioned),
        Formula::Not(..) => {}
        Formula::Test(test) if test.relation == Relation::Empty => {
            mentioned.extend(Attribute::from_name(&test.attribute.value));
        }
        Formula::Test(test) => read.extend(read_by(test).filter(|_| !test.negated)),
    }
}

/// Connectives with more terms than this are not compared term by term.
const PAIRWISE: usize = 64;

/// Whether the condition holds for everybody or for nobody, as far as simple cases show it. Never wrong when it
/// answers; plans and groups that cannot be read are taken into account.
pub(super) fn constant(condition: &Condition) -> Option<bool> {
    match condition {
        Condition::Test(Probe::Kinds(kinds), _) => match kinds.len() {
            0 => Some(false),
            count if count == Kind::ALL.len() => Some(true),
            _ => None,
        },
        Condition::Test(..) => None,
        Condition::Not(inner) => constant(inner).map(|held| !held),
        Condition::All(terms) => {
            let known: Vec<Option<bool>> = terms.iter().map(constant).collect();
            if known.contains(&Some(false)) || contradict(terms) {
                Some(false)
            } else {
                known.iter().all(|k| *k == Some(true)).then_some(true)
            }
        }
        Condition::Any(terms) => {
            let known: Vec<Option<bool>> = terms.iter().map(constant).collect();
            if known.contains(&Some(true)) || exhaust(terms) {
                Some(true)
            } else {
                known.iter().all(|k| *k == Some(false)).then_some(false)
            }
        }
    }
}

/// Whether two of the terms can never hold together.
fn contradict(terms: &[Condition]) -> bool {
    let terms = &terms[..terms.len().min(PAIRWISE)];
    let pairs = terms
        .iter()
        .enumerate()
        .flat_map(|(at, a)| terms[at + 1..].iter().map(move |b| (a, b)));
    let mut pairs = pairs.into_iter();
    pairs.any(|(a, b)| excludes(a, b) || excludes(b, a))
}

/// Whether `a` holding means that `b` does not.
fn excludes(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (
            Condition::Test(Probe::OneOf(one, left), _),
            Condition::Test(Probe::OneOf(other, right), _),
        ) => one == other && left.iter().all(|value| !holds_value(right, value)),
        (Condition::Test(Probe::Kinds(left), _), Condition::Test(Probe::Kinds(right), _)) => {
            left.is_disjoint(right)
        }
        (Condition::Test(Probe::Blank(blank), _), Condition::Test(probe, _)) => {
            !matches!(probe, Probe::Blank(_)) && probe.attribute() == Some(*blank)
        }
        (Condition::Test(probe, _), Condition::Not(inner)) => match &**inner {
            Condition::Test(other, _) => implies(probe, other),
            _ => false,
        },
        _ => false,
    }
}

/// Whether, simply seen, every user for whom `a` holds also passes `b`.
fn implies(a: &Probe, b: &Probe) -> bool {
    match (a, b) {
        (Probe::OneOf(one, left), Probe::OneOf(other, right)) => {
            one == other && left.iter().all(|value| holds_value(right, value))
        }
        (Probe::Kinds(left), Probe::Kinds(right)) => left.is_subset(right),
        _ => canonical(a) == canonical(b),
    }
}

fn holds_value(values: &[super::checked::Operand], value: &super::checked::Operand) -> bool {
    values
        .binary_search_by(|known| known.normal.cmp(&value.normal))
        .is_ok()
}

/// Whether one of the terms always holds: a test and its negation, or two negations that exclude each other.
fn exhaust(terms: &[Condition]) -> bool {
    let terms = &terms[..terms.len().min(PAIRWISE)];
    let mut negated: BTreeMap<Attribute, Vec<&Condition>> = BTreeMap::new();
    for term in terms {
        let Condition::Not(inner) = term else {
            continue;
        };
        let Condition::Test(probe, _) = &**inner else {
            continue;
        };
        // Whether a plan or group can be read at all is not known here: neither side may hold.
        if matches!(probe, Probe::Plan(_) | Probe::Group(_)) {
            continue;
        }
        let positive = |other: &Condition| match other {
            Condition::Test(other, _) => implies(probe, other),
            _ => false,
        };
        if terms.iter().any(positive) {
            return true;
        }
        if let Some(attribute) = probe.attribute() {
            let earlier = negated.entry(attribute).or_default();
            if earlier.iter().any(|other| excludes(other, inner)) {
                return true;
            }
            earlier.push(inner);
        }
    }
    false
}

fn canonical(probe: &Probe) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = probe.canonical(&mut text);
    text
}

/// Warns of a condition that holds for everybody or for nobody.
pub(super) fn condition(condition: &Condition, at: Spot, findings: &mut Findings) {
    match constant(condition) {
        Some(true) => {
            let help = Some("write `anyone` if that is meant".to_owned());
            findings.warning(at, "always-true", "this always holds".into(), help);
        }
        Some(false) => findings.warning(at, "never-true", "this never holds".into(), None),
        None => {}
    }
}
