//! Who may get what: the rule language, from text to decisions.
//!
//! [`source::load`] reads texts (not files: the rulebook does that) into a [`RuleSet`], or answers every error at
//! once. A rule set is compiled into an index, so that the cost per user does not grow with the ranges that cannot
//! match. Knows the directory and numbering; knows nothing of numbers in use, time or storage.

mod range;
mod rule_set;
mod subject;

pub use range::{
    Amount, Dated, EmergencyModel, LocationRule, MigrationWay, Operator, PolicyRule, Range,
    ReleaseMode, Select, Unlisted,
};
pub use rule_set::{Pick, RuleSet, RuleSetId};
pub use subject::{GroupMembers, Subject};

/// The normal form of 3.3.
pub fn normal_form(t: &str) -> String {
    t.trim().to_lowercase()
}
