//! A number range as the rules declare it, checked and with its defaults filled in.

use super::rule_set::Expression;
use crate::directory::Kind;
use crate::numbering::{Country, E164, NumberType, Span, Spans};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One range, complete.
#[derive(Clone, Debug)]
pub struct Range {
    /// Its name; letter case counts.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Type of all its numbers.
    pub number_type: NumberType,
    /// All its numbers.
    pub numbers: Spans,
    /// Numbers that become assignable only on a day (port-in).
    pub dated: Vec<Dated>,
    /// Country, stated or from the numbering plan.
    pub country: Option<Country>,
    /// Numbers that are never given.
    pub never: Spans,
    /// Numbers that only people may give.
    pub reserve: Spans,
    /// What a direct-routing number is that the tenant does not list.
    pub unlisted: Unlisted,
    /// Who it is for; `None`: only by hand or as overflow.
    pub(super) when: Option<Expression>,
    /// Kinds its `when` admits by a positive test, `person` always among them.
    pub kinds: BTreeSet<Kind>,
    /// Lower is tried first.
    pub priority: i64,
    /// Ranges to turn to when this one has no number left, by their index in the rule set.
    pub overflow: Vec<usize>,
    /// The order in which free numbers are given.
    pub select: Select,
    /// Wait before a release for lost licence; `None`: the configuration's.
    pub grace: Option<SignedDuration>,
    /// Wait before a release for deletion; `None`: the configuration's.
    pub deleted_grace: Option<SignedDuration>,
    /// Whether the rules may release its numbers.
    pub release: ReleaseMode,
    /// How long a freed number rests.
    pub quarantine: SignedDuration,
    /// What the rules leave free.
    pub keep_free: Amount,
    /// Free numbers below which an alert is raised.
    pub low_stock: Option<Amount>,
    /// Emergency locations in order; the first that holds for the user counts.
    pub locations: Vec<LocationRule>,
    /// Index of its operator in the rule set.
    pub operator: Option<usize>,
    /// Policies in order; of each type the first that holds for the user counts.
    pub policies: Vec<PolicyRule>,
    /// File the range stands in, as it was named to the reader.
    pub file: String,
    /// Line of its first word, from 1.
    pub line: usize,
}

/// Numbers that are not assignable before a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The numbers.
    pub span: Span,
    /// First day on which they may be given.
    pub from: Date,
}

/// What a direct-routing number is that the tenant's list does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// Assignable.
    #[default]
    Free,
    /// Set aside.
    Reserve,
}

/// The order in which a range gives its free numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Select {
    /// Never-used numbers ascending, then the one that has been free longest.
    #[default]
    LongestIdle,
    /// The lowest.
    Lowest,
    /// The highest.
    Highest,
    /// By a hash of tenant, number and user: same input, same number.
    Random,
}

/// Whether a range's numbers are released by rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReleaseMode {
    /// By rule.
    #[default]
    ByRule,
    /// Never by itself.
    ByHand,
}

/// A number of numbers, or a share of the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Count(u64),
    /// So many percent, rounded up.
    Percent(u64),
}

impl Default for Amount {
    fn default() -> Self {
        Self::Count(0)
    }
}

impl Amount {
    /// The amount for a range with `total` numbers that count.
    #[must_use]
    pub const fn of(self, total: u64) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => (total * percent).div_ceil(100),
        }
    }
}

/// A policy to be given with the number.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    /// Policy type, such as `OnlineVoiceRoutingPolicy`.
    pub policy_type: String,
    /// Name of the policy in the tenant.
    pub name: String,
    /// For whom; `None`: for everyone.
    pub(super) when: Option<Expression>,
}

/// An emergency location to be sent with the assignment.
#[derive(Clone, Debug)]
pub struct LocationRule {
    /// The location's id.
    pub id: String,
    /// For whom; `None`: for everyone.
    pub(super) when: Option<Expression>,
}

/// A declared operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its name.
    pub name: String,
    /// `operatorId` in Graph.
    pub id: Option<String>,
    /// Countries it serves; empty: not stated.
    pub countries: BTreeSet<Country>,
    /// Who sets emergency addresses.
    pub emergency: Option<EmergencyModel>,
    /// How numbers move to it.
    pub migration: MigrationWay,
}

/// Who may set the emergency address of an operator's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmergencyModel {
    /// The operator sets it, the tenant may change it.
    Operator,
    /// The tenant has to set it.
    Tenant,
    /// Only the operator can.
    Locked,
}

/// How numbers come over to an operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationWay {
    /// Released once the new type is listed or the agreed date has come.
    #[default]
    AfterUpload,
    /// Released before the operator uploads.
    ReleaseFirst,
    /// The operator does it.
    InPlace,
}

impl Operator {
    /// Whether this is its `operatorId`, letter case and braces around it aside.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        let bare = |text: &str| text.trim_matches(['{', '}', ' ']).to_ascii_lowercase();
        self.id.as_deref().is_some_and(|own| bare(own) == bare(id))
    }
}

impl EmergencyModel {
    /// The name in rules and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Tenant => "tenant",
            Self::Locked => "locked",
        }
    }
}

impl MigrationWay {
    /// The name in rules and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AfterUpload => "after-upload",
            Self::ReleaseFirst => "release-first",
            Self::InPlace => "in-place",
        }
    }
}

impl Range {
    /// The day from which a number may be given, where one is set.
    #[must_use]
    pub fn assignable_from(&self, number: E164) -> Option<Date> {
        self.dated
            .iter()
            .filter(|dated| dated.span.contains(number))
            .map(|dated| dated.from)
            .max()
    }

    /// The instant from which a number may be given (midnight UTC), where one is set.
    #[must_use]
    pub fn assignable_at(&self, number: E164) -> Option<Timestamp> {
        let midnight = self
            .assignable_from(number)?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?;
        Some(midnight.timestamp())
    }
}
