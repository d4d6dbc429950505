//! What is assumed about a person: one entry for everything that rules ask about.

use super::text::{Text, Value};
use crate::directory::{Attribute, GroupId, Kind};
use crate::rules::checked::{Aliases, Operand, Probe};
use std::collections::BTreeMap;

/// What a condition is wanted to be. What cannot be known, a plan of an unknown name or a group that could not be
/// read, is neither true nor false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    True,
    NotTrue,
    False,
    NotFalse,
}

impl Wanted {
    /// What is wanted of the negation.
    pub(super) const fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::NotTrue => Self::NotFalse,
            Self::False => Self::True,
            Self::NotFalse => Self::NotTrue,
        }
    }

    /// What holds when this does not.
    pub(super) const fn opposite(self) -> Self {
        match self {
            Self::True => Self::NotTrue,
            Self::NotTrue => Self::True,
            Self::False => Self::NotFalse,
            Self::NotFalse => Self::False,
        }
    }

    /// Of what is either true or false: true.
    const fn is_true(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }
}

/// What rules ask about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Matter<'a> {
    Text(Attribute),
    Kind,
    Synced,
    Plan(&'a str),
    Group(GroupId),
}

impl PartialEq for Matter<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Kind, Self::Kind) | (Self::Synced, Self::Synced) => true,
            (Self::Plan(one), Self::Plan(other)) => one.eq_ignore_ascii_case(other),
            (Self::Group(one), Self::Group(other)) => one == other,
            _ => false,
        }
    }
}

/// What is assumed about one matter.
#[derive(Clone, Debug)]
pub(super) enum Known<'a> {
    Text(Text<'a>),
    /// The states that are still possible, one bit each.
    States(u8),
}

/// States of what is true, false or unknown.
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
const UNKNOWN: u8 = 4;

impl<'a> Matter<'a> {
    pub(super) fn of(probe: &'a Probe) -> Self {
        match probe {
            Probe::OneOf(attribute, _) | Probe::Blank(attribute) | Probe::Text(attribute, _) => {
                Self::Text(*attribute)
            }
            Probe::Kinds(_) => Self::Kind,
            Probe::Synced => Self::Synced,
            Probe::Plan(name) => Self::Plan(name),
            Probe::Group(group) => Self::Group(*group),
        }
    }

    /// What is known when nothing is assumed.
    pub(super) fn unknown(self) -> Known<'a> {
        match self {
            Self::Text(attribute) => Known::Text(Text::new(attribute == Attribute::UsageLocation)),
            Self::Kind => Known::States((1 << Kind::ALL.len()) - 1),
            Self::Synced => Known::States(TRUE | FALSE),
            Self::Plan(_) | Self::Group(_) => Known::States(TRUE | FALSE | UNKNOWN),
        }
    }
}

impl<'a> Known<'a> {
    /// How much is known, as a measure of the work to look through it.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.size(),
            Self::States(_) => 0,
        }
    }

    /// Assumes the outcome of a test; whether that can be.
    pub(super) fn assume(
        &mut self,
        probe: &'a Probe,
        wanted: Wanted,
        spellings: &Spellings<'a>,
    ) -> bool {
        match self {
            Self::Text(text) => match probe {
                Probe::OneOf(attribute, values) => {
                    let values = spellings.of_values(*attribute, values);
                    text.one_of(&values, wanted.is_true())
                }
                Probe::Text(_, test) => text.test(test, wanted.is_true()),
                _ => text.is_blank(wanted.is_true()),
            },
            Self::States(states) => {
                *states &= admitted(probe, wanted);
                *states != 0
            }
        }
    }
}

/// The states in which a test comes out as wanted.
fn admitted(probe: &Probe, wanted: Wanted) -> u8 {
    match probe {
        Probe::Kinds(kinds) => {
            let named = kinds
                .iter()
                .fold(0, |mask, kind| mask | 1_u8 << *kind as u8);
            if wanted.is_true() { named } else { !named }
        }
        Probe::Plan(_) | Probe::Group(_) => match wanted {
            Wanted::True => TRUE,
            Wanted::NotTrue => FALSE | UNKNOWN,
            Wanted::False => FALSE,
            Wanted::NotFalse => TRUE | UNKNOWN,
        },
        _ => {
            if wanted.is_true() {
                TRUE
            } else {
                FALSE
            }
        }
    }
}

/// How values may be spelt, by aliases: text tests see the spelling.
#[derive(Debug, Default)]
pub(super) struct Spellings<'a>(BTreeMap<Attribute, BTreeMap<&'a str, Vec<&'a str>>>);

impl<'a> Spellings<'a> {
    pub(super) fn of(aliases: &'a Aliases) -> Self {
        let mut all = Self::default();
        for (attribute, of_attribute) in aliases {
            let known = all.0.entry(*attribute).or_default();
            for (spelling, value) in of_attribute {
                known.entry(&value.normal).or_default().push(spelling);
            }
        }
        all
    }

    /// Every text that is one of the values, ascending.
    fn of_values(&self, attribute: Attribute, values: &'a [Operand]) -> Vec<Value<'a>> {
        let own = values.iter().map(|value| Value {
            normal: &value.normal,
            shown: &value.shown,
        });
        let Some(known) = self.0.get(&attribute) else {
            return own.collect();
        };
        let spelt = values.iter().flat_map(|value| {
            let others = known.get(value.normal.as_str()).into_iter().flatten();
            others.map(|spelling| Value {
                normal: spelling,
                shown: spelling,
            })
        });
        let mut all: Vec<Value<'a>> = own.chain(spelt).collect();
        // The rule's own writing comes first of what is equal.
        all.sort_by_key(|value| value.normal);
        all.dedup_by_key(|value| value.normal);
        all
    }
}
