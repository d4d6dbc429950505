//! A rule set as checked: every name is resolved, every number read; not yet arranged for deciding.

use super::findings::Spot;
use super::syntax::Spelled;
use super::{Operator, Range};
use crate::directory::{Attribute, GroupId, Kind};
use crate::numbering::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

/// A condition on a user.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// A test, and where it stands.
    Test(Probe, Spot),
}

/// One positive test.
#[derive(Clone, Debug)]
pub(super) enum Probe {
    /// The value is one of these, ascending by normal form and each once, aliases applied.
    OneOf(Attribute, Vec<Operand>),
    Blank(Attribute),
    Text(Attribute, TextTest),
    Kinds(BTreeSet<Kind>),
    Synced,
    Plan(String),
    Group(GroupId),
}

/// A text of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Operand {
    /// What is compared.
    pub(super) normal: String,
    /// As the rule writes it.
    pub(super) shown: String,
}

/// A test of the inside of a text.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Matches(regex::Regex),
}

/// Spellings that mean another value, by attribute, in normal form.
pub(super) type Aliases = BTreeMap<Attribute, BTreeMap<String, Operand>>;

/// A range with the conditions that are to be compiled.
#[derive(Debug)]
pub(super) struct CheckedRange {
    /// Complete but for its conditions and the ranges it flows over to.
    pub(super) range: Range,
    pub(super) entries: Vec<(Span, Spot)>,
    pub(super) overflow: Vec<Spelled>,
    pub(super) when: Option<Condition>,
    pub(super) when_at: Spot,
    pub(super) policies: Vec<Option<Condition>>,
    pub(super) locations: Vec<Option<Condition>>,
}

/// A whole rule set.
#[derive(Debug, Default)]
pub(super) struct CheckedSet {
    pub(super) aliases: Aliases,
    pub(super) operators: Vec<Operator>,
    pub(super) scope: Option<Condition>,
    pub(super) excludes: Vec<(String, Condition)>,
    pub(super) exempts: Vec<(String, Condition)>,
    pub(super) ranges: Vec<CheckedRange>,
}

impl CheckedSet {
    /// Every condition of the set.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let of_ranges = self.ranges.iter().flat_map(|range| {
            let inner = range.policies.iter().chain(&range.locations).flatten();
            range.when.iter().chain(inner)
        });
        let named = self.excludes.iter().chain(&self.exempts);
        self.scope
            .iter()
            .chain(named.map(|(_, condition)| condition))
            .chain(of_ranges)
    }
}

impl Condition {
    /// Calls `see` with every test and whether it stands under an odd number of negations.
    pub(super) fn probes<'a>(&'a self, negated: bool, see: &mut impl FnMut(&'a Probe, bool)) {
        match self {
            Self::All(terms) | Self::Any(terms) => {
                terms.iter().for_each(|term| term.probes(negated, see));
            }
            Self::Not(inner) => inner.probes(!negated, see),
            Self::Test(probe, _) => see(probe, negated),
        }
    }

    /// Calls `see` with every test and its place.
    pub(super) fn tests<'a>(&'a self, see: &mut impl FnMut(&'a Probe, Spot)) {
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().for_each(|term| term.tests(see)),
            Self::Not(inner) => inner.tests(see),
            Self::Test(probe, at) => see(probe, *at),
        }
    }

    /// The kinds other than persons that the condition admits by a positive test.
    pub(super) fn admitted_kinds(&self) -> BTreeSet<Kind> {
        let mut kinds = BTreeSet::new();
        self.probes(false, &mut |probe, negated| {
            if let (Probe::Kinds(named), false) = (probe, negated) {
                kinds.extend(named);
            }
        });
        kinds
    }

    /// Writes a form that is equal for conditions that are written alike.
    pub(super) fn canonical(&self, out: &mut impl Write) -> fmt::Result {
        let mut list = |sign: char, terms: &[Self]| {
            out.write_char(sign)?;
            for (index, term) in terms.iter().enumerate() {
                out.write_char(if index == 0 { '(' } else { ',' })?;
                term.canonical(out)?;
            }
            out.write_char(')')
        };
        match self {
            Self::All(terms) => list('&', terms),
            Self::Any(terms) => list('|', terms),
            Self::Not(inner) => {
                out.write_char('!')?;
                inner.canonical(out)
            }
            Self::Test(probe, _) => probe.canonical(out),
        }
    }
}

impl Probe {
    /// The text attribute the test reads.
    pub(super) fn attribute(&self) -> Option<Attribute> {
        match self {
            Self::OneOf(attribute, _) | Self::Blank(attribute) | Self::Text(attribute, _) => {
                Some(*attribute)
            }
            _ => None,
        }
    }

    /// Writes a form that is equal for equal tests and differs for different ones.
    pub(super) fn canonical(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::OneOf(attribute, values) => {
                let normal: Vec<&str> = values.iter().map(|value| &*value.normal).collect();
                write!(out, "{}={normal:?}", attribute.name())
            }
            Self::Blank(attribute) => write!(out, "{} empty", attribute.name()),
            Self::Text(attribute, test) => {
                let (how, operand) = test.parts();
                write!(out, "{} {how} {operand:?}", attribute.name())
            }
            Self::Kinds(kinds) => write!(out, "kind={kinds:?}"),
            Self::Synced => out.write_str("synced"),
            Self::Plan(name) => write!(out, "plans has {:?}", name.to_ascii_uppercase()),
            Self::Group(group) => write!(out, "groups has {group}"),
        }
    }
}

impl TextTest {
    /// Its name in a rule file, and what it looks for.
    pub(super) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::StartsWith(part) => ("starts with", part),
            Self::EndsWith(part) => ("ends with", part),
            Self::Contains(part) => ("contains", part),
            Self::Matches(pattern) => ("matches", pattern.as_str()),
        }
    }

    /// Whether a value passes, by its normal form and by its form before folding (which only patterns ask for).
    pub(super) fn holds<'a>(
        &self,
        normal: &str,
        unfolded: impl FnOnce() -> std::borrow::Cow<'a, str>,
    ) -> bool {
        if normal.is_empty() {
            return false;
        }
        match self {
            Self::StartsWith(part) => normal.starts_with(&**part),
            Self::EndsWith(part) => normal.ends_with(&**part),
            Self::Contains(part) => normal.contains(&**part),
            Self::Matches(pattern) => pattern.is_match(&unfolded()),
        }
    }
}
