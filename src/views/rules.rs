//! The rules in force, and where they come from.

use super::TenantView;
use crate::rules::{Range, RuleSet};
use serde::Serialize;
use utoipa::ToSchema;

/// The rules of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RulesItem {
    /// Tenant name.
    pub tenant: String,
    /// Commit of the work tree the rules lie in; null outside one.
    pub commit: Option<String>,
    /// Whether the folder differs from that commit.
    pub dirty: bool,
    /// Digest of the compiled rule set.
    pub digest: String,
    /// The ranges in the order of the rule files.
    pub ranges: Vec<RangeRuleItem>,
}

/// What the rules say of one range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RangeRuleItem {
    /// Its name.
    pub range: String,
    /// What it is for.
    pub description: Option<String>,
    /// `direct-routing`, `calling-plan` or `operator-connect`.
    #[serde(rename = "type")]
    pub number_type: String,
    /// Who it is for, as a rule file writes it; null: given by hand or as overflow only.
    pub when: Option<String>,
    /// Lower is tried first.
    pub priority: i64,
    /// Ranges to turn to when this one has no number left.
    pub overflow: Vec<String>,
    /// File it stands in.
    pub file: String,
    /// Line of its first word, from 1.
    pub line: usize,
}

impl TenantView {
    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> RulesItem {
        let rules = self.rules.active();
        let described = self.rules.described();
        let ranges = rules.ranges().iter().enumerate();
        RulesItem {
            tenant: self.name().to_owned(),
            commit: described.commit,
            dirty: described.dirty,
            digest: described.digest,
            ranges: ranges.map(|(at, range)| item(&rules, at, range)).collect(),
        }
    }
}

fn item(rules: &RuleSet, at: usize, range: &Range) -> RangeRuleItem {
    let overflow = range.overflow.iter().map(|to| &rules.ranges()[*to]);
    RangeRuleItem {
        range: range.name.clone(),
        description: range.description.clone(),
        number_type: range.number_type.name().to_owned(),
        when: rules.condition(at),
        priority: range.priority,
        overflow: overflow.map(|range| range.name.clone()).collect(),
        file: range.file.clone(),
        line: range.line,
    }
}
