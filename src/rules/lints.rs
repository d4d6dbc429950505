//! Warnings about single expressions: what is allowed, and probably not meant.

use super::findings::{Findings, Spot, nearest, shorten};
use super::mend_phrases::wildcard;
use super::synonyms;
use super::syntax::{Formula, Relation, Spelled, Test};
use crate::directory::{Attribute, plan_names};
use std::collections::BTreeSet;

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

/// Warns of texts that mean something in other languages and stand for themselves here.
pub(super) fn habits(test: &Test, name: &str, text: &Spelled, findings: &mut Findings) {
    const NULLS: [&str; 6] = ["null", "$null", "(null)", "<null>", "nil", "dbnull"];
    let value = text.value.trim();
    if NULLS.iter().any(|null| null.eq_ignore_ascii_case(value)) {
        let message = format!("this compares with the text \"{value}\", not with a missing value");
        let not = if test.negated { "not " } else { "" };
        let help = format!("write {name} is {not}empty");
        findings.warning(text.at, "null-in-quotes", message, Some(help));
    } else if value.len() > 1
        && (value.contains('*') || value.starts_with('%') || value.ends_with('%'))
    {
        let message = "in a comparison `*` and `%` stand for themselves".to_owned();
        let help = format!("write {name} {}", wildcard(value, test.negated));
        findings.warning(text.at, "wildcard-in-quotes", message, Some(help));
    }
}

/// Warns of a plan that is hardly one: products have other names than their plans.
pub(super) fn unlikely_plan(name: &str, at: Spot, findings: &mut Findings) {
    let meant = synonyms::plan(name).or_else(|| nearest(name, plan_names()));
    if let Some(meant) = meant {
        let message = format!("`{}` is no plan this program knows", shorten(name));
        let help =
            format!("write plans has \"{meant}\", unless the tenant has a plan of that name");
        findings.warning(at, "unlikely-plan", message, Some(help));
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
