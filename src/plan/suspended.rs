//! What keeps a range from giving numbers: its own suspension, or that of its operator.

use super::State;
use crate::numbering::Country;
use crate::rules::{Range, RuleSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A range, or an operator, from which nothing is given for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Suspended operators by name: as a whole (no country), or their ranges of one country.
pub type OperatorSuspensions = BTreeMap<String, BTreeMap<Option<Country>, Suspension>>;

/// Why nothing is given from a range for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspended<'a> {
    /// It is suspended itself.
    Range(&'a Suspension),
    /// Its operator is.
    Operator {
        /// The operator's name.
        name: &'a str,
        /// Only its ranges of this country; `None`: all.
        country: Option<Country>,
        /// Why, and since when.
        suspension: &'a Suspension,
    },
}

/// Whether something suspends the range: of several suspensions its own, then that of the whole operator.
#[must_use]
pub fn suspended<'a>(
    rules: &RuleSet,
    range: &Range,
    ranges: &'a BTreeMap<String, Suspension>,
    operators: &'a OperatorSuspensions,
) -> Option<Suspended<'a>> {
    if let Some(suspension) = ranges.get(&range.name) {
        return Some(Suspended::Range(suspension));
    }
    let declared = rules.operators().get(range.operator?)?;
    let (name, of_operator) = operators.get_key_value(&declared.name)?;
    let whole = of_operator.get_key_value(&None);
    let in_country = || of_operator.get_key_value(&Some(range.country?));
    let (country, suspension) = whole.or_else(in_country)?;
    Some(Suspended::Operator {
        name,
        country: *country,
        suspension,
    })
}

impl State {
    /// Whether something suspends the range.
    #[must_use]
    pub fn suspends(&self, rules: &RuleSet, range: &Range) -> Option<Suspended<'_>> {
        suspended(rules, range, &self.suspended, &self.suspended_operators)
    }
}

impl<'a> Suspended<'a> {
    /// Why, and since when.
    #[must_use]
    pub const fn suspension(&self) -> &'a Suspension {
        match self {
            Self::Range(suspension) | Self::Operator { suspension, .. } => suspension,
        }
    }

    /// What is suspended, as the beginning of a sentence about a range of this name.
    #[must_use]
    pub fn of_range(&self, range: &str) -> String {
        match self {
            Self::Range(_) => format!("the range {range} is suspended"),
            Self::Operator { name, country, .. } => format!(
                "the range {range} is of the operator {name}, which is suspended{}",
                in_country(*country)
            ),
        }
    }
}

/// ` in CH`, or nothing.
pub(super) fn in_country(country: Option<Country>) -> String {
    country.map_or_else(String::new, |country| format!(" in {country}"))
}
