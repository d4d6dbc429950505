//! Operators: what is declared of each, whether it is suspended, and its numbers by country and state.

use super::operator_numbers::{Group, Tally};
use super::{TenantView, ViewError};
use crate::numbering::{Country, NumberState};
use crate::plan::OperatorSuspensions;
use crate::rules::{Operator, RuleSet};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// One operator of `operators list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorItem {
    /// The tenant, where several are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Its name; null of one that no rule declares.
    pub operator: Option<String>,
    /// Its `operatorId`, where it is known.
    pub id: Option<String>,
    /// Whether the rules declare it.
    pub declared: bool,
    /// Countries it is declared for.
    pub countries: Vec<Country>,
    /// `operator`, `tenant` or `locked`: who sets emergency addresses, where that is declared.
    pub emergency: Option<&'static str>,
    /// `after-upload`, `release-first` or `in-place`: how numbers come over; null of one that no rule declares.
    pub migration: Option<&'static str>,
    /// Whether none of its ranges gives anything for now.
    pub suspended: bool,
    /// What is suspended of it: everything, or one country.
    pub suspensions: Vec<SuspensionItem>,
    /// Its ranges, in file order.
    pub ranges: Vec<String>,
    /// Its numbers, by country.
    pub numbers: Vec<OperatorNumbers>,
}

/// A suspension of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuspensionItem {
    /// Only ranges of this country; null: all.
    pub country: Option<Country>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Numbers of an operator in one country. Numbers that no range declares have no state: they are counted as
/// `undeclared`. The counts add up to the total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the states of numbers, as `ranges list` has them"
)]
pub struct OperatorNumbers {
    pub country: Option<Country>,
    pub total: u64,
    pub free: u64,
    pub claimed: u64,
    pub assigned: u64,
    pub quarantined: u64,
    pub reserved: u64,
    pub never: u64,
    pub blocked: u64,
    pub absent: u64,
    pub foreign: u64,
    pub undeclared: u64,
}

/// Numbers by their state; `None`: no range declares them.
pub(super) type States = BTreeMap<Option<NumberState>, u64>;

impl OperatorNumbers {
    fn new(country: Option<Country>, states: &States) -> Self {
        let count = |state| states.get(&Some(state)).copied().unwrap_or_default();
        Self {
            country,
            total: states.values().sum(),
            free: count(NumberState::Free),
            claimed: count(NumberState::Claimed),
            assigned: count(NumberState::Assigned),
            quarantined: count(NumberState::Quarantined),
            reserved: count(NumberState::Reserved),
            never: count(NumberState::Never),
            blocked: count(NumberState::Blocked),
            absent: count(NumberState::Absent),
            foreign: count(NumberState::Foreign),
            undeclared: states.get(&None).copied().unwrap_or_default(),
        }
    }
}

impl TenantView {
    /// Declared operators in file order, then those that only the tenant's numbers name, by their ids. All numbers are
    /// looked at.
    ///
    /// # Errors
    /// What the database says.
    pub async fn operators(&self) -> Result<Vec<OperatorItem>, ViewError> {
        let look = self.look().await?;
        let suspended = self.store.operator_suspensions().await?;
        let mut tally = Tally::default();
        self.each_operator_stretch(&look, |index, within| tally.add(index, within))
            .await?;
        let mut counted = tally.into_groups();
        let mut items = Vec::new();
        for (at, operator) in look.rules.operators().iter().enumerate() {
            let numbers = counted.remove(&Group::Declared(at)).unwrap_or_default();
            items.push(declared(&look.rules, operator, &suspended, &numbers));
        }
        let unknown = counted
            .into_iter()
            .filter_map(|(group, numbers)| match group {
                Group::Unknown(id) => Some(undeclared(id.to_string(), &numbers)),
                Group::Declared(_) => None,
            });
        items.extend(unknown);
        Ok(items)
    }
}

/// Numbers of one operator, by country.
pub(super) type ByCountry = BTreeMap<Option<Country>, States>;

fn declared(
    rules: &RuleSet,
    operator: &Operator,
    suspended: &OperatorSuspensions,
    numbers: &ByCountry,
) -> OperatorItem {
    let suspended = suspended.get(&operator.name).into_iter().flatten();
    let suspensions: Vec<SuspensionItem> = suspended
        .map(|(country, suspension)| SuspensionItem {
            country: *country,
            reason: suspension.reason.clone(),
            since: suspension.since,
        })
        .collect();
    let ranges = rules.ranges_of(&operator.name);
    OperatorItem {
        operator: Some(operator.name.clone()),
        id: operator.id.clone(),
        declared: true,
        countries: operator.countries.iter().copied().collect(),
        emergency: operator.emergency.map(|model| model.name()),
        migration: Some(operator.migration.name()),
        suspended: suspensions.iter().any(|item| item.country.is_none()),
        suspensions,
        ranges: ranges.map(|range| range.name.clone()).collect(),
        ..undeclared(String::new(), numbers)
    }
}

fn undeclared(id: String, numbers: &ByCountry) -> OperatorItem {
    let numbers = numbers.iter();
    OperatorItem {
        tenant: None,
        operator: None,
        id: Some(id),
        declared: false,
        countries: Vec::new(),
        emergency: None,
        migration: None,
        suspended: false,
        suspensions: Vec::new(),
        ranges: Vec::new(),
        numbers: numbers
            .map(|(country, states)| OperatorNumbers::new(*country, states))
            .collect(),
    }
}
