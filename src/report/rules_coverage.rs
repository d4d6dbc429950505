//! What the rules make of the people of a tenant, and what of the rules nobody needs: as a value, for JSON.

use super::{PeopleRead, RuleSide};
use serde::Serialize;
use std::collections::BTreeMap;

/// One set of rules over the people of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesCoverage {
    /// Tenant name.
    pub tenant: String,
    /// The rules.
    pub rules: RuleSide,
    /// Which people were looked at.
    pub directory: PeopleRead,
    /// Counts.
    pub summary: CoverageSummary,
    /// Every range in the order of the rule files.
    pub ranges: Vec<RangeCoverage>,
    /// People whom no range fits, by the values the rules look at, the biggest group first.
    pub without_range: Vec<NoRangeGroup>,
    /// People whom no range fits and who are in none of these groups, because there are too many groups.
    pub without_range_ungrouped: u64,
    /// Ranges of one priority that fit the same people.
    pub ambiguous: Vec<AmbiguousGroup>,
    /// Clauses that turned out the same way for everybody who was asked.
    pub clauses: Vec<IdleClause>,
    /// Aliases whose spelling nobody in the directory has.
    pub aliases: Vec<IdleAlias>,
}

/// Counts of a coverage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoverageSummary {
    /// Everybody in the directory.
    pub users: u64,
    /// About whom the rules are asked.
    pub asked: u64,
    /// Of these: with a range.
    pub with_range: u64,
    /// Of those with a range: whom another range of the same priority fits as well.
    pub ambiguous: u64,
    /// Persons whom no range fits.
    pub without_range: u64,
    /// Rooms, devices and the like that no range serves, which is nothing remarkable.
    pub not_served: u64,
    /// Taken out by an `exclude`, an `exempt` or `scope`, or undecided for want of a group; by its name.
    pub ruled_out: BTreeMap<String, u64>,
    /// About whom the rules are not asked, by the reason.
    pub not_asked: BTreeMap<&'static str, u64>,
}

/// What one range is to the people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RangeCoverage {
    /// Its name.
    pub range: String,
    /// The file it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Everybody it is picked for, as if all joined now.
    pub people: u64,
    /// Of these: people with a number.
    pub holders: u64,
    /// Of these: people without a number.
    pub joiners: u64,
    /// Why it is picked for nobody; null: it is.
    pub idle: Option<Idle>,
    /// Where another range always comes first: which.
    pub taken_by: Option<String>,
}

/// Why a range is picked for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Idle {
    /// It has no `when`: it is given by hand or as overflow.
    ByHand,
    /// Its `when` holds for nobody.
    NoMatch,
    /// Wherever it holds, another range comes first.
    Taken,
}

/// People alike in everything the rules look at, whom no range fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoRangeGroup {
    /// How many.
    pub people: u64,
    /// Of these: people with a number, which they keep.
    pub holders: u64,
    /// `phone-system` or `calling-plan`.
    pub voice_licence: String,
    /// The values of the attributes that rules read, names and numbers of one person aside; null: empty.
    pub values: BTreeMap<&'static str, Option<String>>,
    /// UPNs of some of them.
    pub examples: Vec<String>,
    /// The range whose condition fails by least; worked out for the biggest groups.
    pub nearest: Option<NearestRange>,
}

/// A range that nearly fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NearestRange {
    /// Its name.
    pub range: String,
    /// The clauses that fail, each with what was found instead.
    pub fails: Vec<String>,
    /// Where a value is nearly the wanted one: the lines that would make the two the same, if that is meant.
    pub aliases: Vec<String>,
}

/// Ranges of one priority that fit the same people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AmbiguousGroup {
    /// The range that comes first.
    pub range: String,
    /// The others.
    pub also: Vec<String>,
    /// How many people.
    pub people: u64,
    /// UPNs of some of them.
    pub examples: Vec<String>,
}

/// A clause that decides nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdleClause {
    /// Whose condition it belongs to, such as `range "muc"`.
    pub of: String,
    /// As a rule file writes it, without a negation before it.
    pub clause: String,
    /// The file it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What it does instead.
    pub outcome: ClauseOutcome,
}

/// How a clause turned out for everybody who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseOutcome {
    /// It held for everybody.
    Always,
    /// It held for nobody.
    Never,
    /// Nobody was asked.
    NotAsked,
    /// It could not be decided: a plan nobody knows, a group that could not be read.
    Undecided,
}

/// An alias that nobody needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdleAlias {
    /// The attribute.
    pub attribute: &'static str,
    /// The spelling, as it is compared.
    pub spelling: String,
    /// The value it stands for.
    pub value: String,
}
