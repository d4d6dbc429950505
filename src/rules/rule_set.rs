//! A compiled rule set: what the rest of the product asks.

use super::{Operator, PolicyRule, Range, Subject};
use crate::directory::{GroupId, VoiceLicence};
use crate::numbering::E164;
use std::collections::BTreeSet;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(super) struct Expression;

/// Digest over the compiled rule set (SHA-256, hexadecimal): equal sets decide alike.
pub type RuleSetId = String;

/// A checked and compiled rule set. Immutable; shared between syncs.
#[derive(Debug)]
pub struct RuleSet {
    ranges: Vec<Range>,
}

/// Which range the rules pick for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Index of the range.
    pub range: usize,
    /// Other ranges of the same priority that also hold, in order.
    pub ambiguous: Vec<usize>,
}

impl RuleSet {
    /// All ranges in file order; everything else names them by their index here.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }
    /// The range of that name.
    pub fn range(&self, _name: &str) -> Option<&Range> {
        None
    }
    /// Index of the range whose spans hold the number.
    pub fn range_of(&self, _number: E164) -> Option<usize> {
        None
    }
    /// Declared operators.
    pub fn operators(&self) -> &[Operator] {
        &[]
    }
    /// Digest over the compiled set.
    pub fn digest(&self) -> &RuleSetId {
        unimplemented!()
    }
    /// Groups that some expression names.
    pub fn groups(&self) -> &BTreeSet<GroupId> {
        unimplemented!()
    }
    /// Plan names in `plans has` that this licence book does not know.
    pub fn unknown_plans(&self, _book: &crate::directory::LicenceBook) -> Vec<String> {
        unimplemented!()
    }
    /// Every policy (type, name) that some range names.
    pub fn policies(&self) -> BTreeSet<(String, String)> {
        unimplemented!()
    }
    /// The range for the user: type fits the licence, kind is served, by priority then order the first whose `when` holds.
    pub fn pick(&self, _subject: Subject<'_>, _voice: VoiceLicence) -> Option<Pick> {
        None
    }
    /// Whether the user lies in `scope`; true when no scope is declared.
    pub fn in_scope(&self, _subject: Subject<'_>) -> bool {
        true
    }
    /// The name of the first `exclude` rule that holds.
    pub fn excluded_by(&self, _subject: Subject<'_>) -> Option<&str> {
        None
    }
    /// The name of the first `exempt` rule that holds.
    pub fn exempted_by(&self, _subject: Subject<'_>) -> Option<&str> {
        None
    }
    /// Whether some expression that decides about the user asks for a group that could not be read.
    pub fn depends_on_unread_group(&self, _subject: Subject<'_>) -> bool {
        false
    }
    /// The policies of the range for the user: of each type the first that holds.
    pub fn policies_for<'a>(&'a self, _range: usize, _subject: Subject<'_>) -> Vec<&'a PolicyRule> {
        Vec::new()
    }
    /// Attributes some expression reads.
    pub fn reads(&self) -> BTreeSet<crate::directory::Attribute> {
        BTreeSet::new()
    }
    /// The emergency location of the range for the user: the first that holds.
    pub fn location_for(&self, _range: usize, _subject: Subject<'_>) -> Option<&str> {
        None
    }
}
