//! What a change of the rules means to the people of a tenant: as a value, for JSON.

use super::UserRef;
use crate::numbering::E164;
use crate::plan::Effect;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Two sets of rules over the people of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesDiff {
    /// Tenant name.
    pub tenant: String,
    /// Whether the sets differ at all, comments, white space and descriptions aside.
    pub differs: bool,
    /// The old set.
    pub old: RuleSide,
    /// The new set.
    pub new: RuleSide,
    /// Which people were looked at.
    pub directory: PeopleRead,
    /// Counts.
    pub summary: DiffSummary,
    /// What the brake of a changed rule set would say to it now.
    pub unmatched: UnmatchedReport,
    /// What is written differently outside the ranges.
    pub statements: Vec<ChangedReport>,
    /// Every range of either set, in the order of the new one, those that are gone last.
    pub ranges: Vec<RangeDiff>,
    /// From which range to which people go, the largest move first.
    pub moves: Vec<Move>,
    /// Everybody who is picked differently, losses first.
    pub people: Vec<PersonDiff>,
    /// Managed numbers that another range declares, or none any more.
    pub numbers: Vec<NumberDiff>,
}

/// Where a set of rules comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleSide {
    /// As it was asked for.
    pub source: String,
    /// The commit; null outside git.
    pub commit: Option<String>,
    /// Whether the folder differs from that commit.
    pub dirty: bool,
    /// Digest of the compiled set.
    pub digest: String,
}

/// Which people were looked at, and how old that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PeopleRead {
    /// `stored`: as the last sync left them; `live`: read just now.
    pub read: PeopleSource,
    /// When that was.
    pub at: Option<Timestamp>,
    /// When everybody was last read in full; null of a live read.
    pub full_read: Option<Timestamp>,
    /// How many users.
    pub users: u64,
}

/// Where people come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeopleSource {
    /// As the last sync left them.
    Stored,
    /// Read just now.
    Live,
}

/// Counts of a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DiffSummary {
    /// People about whom the rules are asked.
    pub people: u64,
    /// Of these, people without a number: what happens to them at the next sync.
    pub joiners: EffectCounts,
    /// People with a number. They keep it; told is what they would get if they joined now.
    pub holders: EffectCounts,
    /// Managed numbers that no range declares any more. They stay with their holders.
    pub undeclared: u64,
    /// Managed numbers that another range declares.
    pub redeclared: u64,
}

/// How many people a change does what to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EffectCounts {
    /// A range before, none after.
    pub loses: u64,
    /// Another range.
    pub moves: u64,
    /// No range before, one after.
    pub gains: u64,
    /// The same range with other policies or another emergency location.
    pub terms: u64,
    /// A group could not be read.
    pub unknown: u64,
    /// Nothing.
    pub same: u64,
}

impl EffectCounts {
    /// Counts one person.
    pub const fn count(&mut self, effect: Effect) {
        let slot = match effect {
            Effect::Loses => &mut self.loses,
            Effect::Moves => &mut self.moves,
            Effect::Gains => &mut self.gains,
            Effect::Terms => &mut self.terms,
            Effect::Unknown => &mut self.unknown,
            Effect::Same => &mut self.same,
        };
        *slot += 1;
    }

    /// How many are picked differently.
    #[must_use]
    pub const fn different(&self) -> u64 {
        self.loses + self.moves + self.gains + self.terms + self.unknown
    }
}

/// People without a number who had a range and have none any more, beside what is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnmatchedReport {
    /// People without a number who had a range.
    pub had_range: u64,
    /// How many of them have none any more.
    pub left_without: u64,
    /// `safety.max_unmatched_percent`.
    pub max_percent: u64,
    /// Whether a sync with the new rules would be held for it.
    pub held: bool,
}

/// Something written differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedReport {
    /// The property, or the statement with its name.
    pub what: String,
    /// In the old set.
    pub old: Option<String>,
    /// In the new set.
    pub new: Option<String>,
}

/// What becomes of one range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RangeDiff {
    /// Its name; of one that is gone the old one.
    pub range: String,
    /// `added`, `removed`, `changed` or `same`.
    pub change: RangeChange,
    /// Its old name, where it was renamed.
    pub renamed_from: Option<String>,
    /// What is written differently.
    pub properties: Vec<ChangedReport>,
    /// By the old rules; null where it was not there.
    pub old: Option<RangeShare>,
    /// By the new rules; null where it is not there any more.
    pub new: Option<RangeShare>,
}

/// What a change does to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is written differently.
    Changed,
    /// It is written alike.
    Same,
}

/// Who is given from a range, and what it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RangeShare {
    /// Everybody it is picked for, with a number or without.
    pub picked: u64,
    /// Of these, people without a number: so many it has to give now.
    pub takers: u64,
    /// Numbers it can give.
    pub free: u64,
    /// Of these, numbers that the rules leave free.
    pub keep_free: u64,
    /// All its numbers.
    pub total: u64,
    /// Managed numbers that lie in it, whoever has them.
    pub holders: u64,
}

impl RangeShare {
    /// How many takers find no number in it, before its overflow helps out.
    #[must_use]
    pub const fn short(&self) -> u64 {
        self.takers
            .saturating_sub(self.free.saturating_sub(self.keep_free))
    }
}

/// People who go from one range to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The range they had; null: none.
    pub from: Option<String>,
    /// The range they have; null: none.
    pub to: Option<String>,
    /// How many without a number.
    pub joiners: u64,
    /// How many with one, which they keep.
    pub holders: u64,
}

/// Somebody who is picked differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonDiff {
    /// Whom.
    pub user: UserRef,
    /// The managed number the person has and keeps.
    pub number: Option<E164>,
    /// Whether the person has no number at all, so that the next sync acts on it.
    pub joins: bool,
    /// What the change does.
    pub effect: Effect,
    /// The range by the old rules.
    pub from: Option<String>,
    /// The range by the new rules.
    pub to: Option<String>,
    /// A sentence for people: why.
    pub why: String,
}

/// A managed number that another range declares, or none any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NumberDiff {
    /// The number.
    pub number: E164,
    /// Who has and keeps it.
    pub user: UserRef,
    /// The range that declared it.
    pub from: Option<String>,
    /// The range that declares it; null: none.
    pub to: Option<String>,
}
