//! What a rule set makes of somebody who would join now.

use crate::directory::VoiceLicence;
use crate::rules::{Pick, RuleSet, Subject};

/// What one set of rules makes of somebody about whom they are asked, as if joining now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lot<'r> {
    /// A number of this range, or of its overflow.
    Picked(Pick),
    /// No range fits.
    NoRange,
    /// No number by rule: the `exclude` of that name holds.
    Excluded(&'r str),
    /// Left alone: the `exempt` of that name holds.
    Exempt(&'r str),
    /// Left alone: outside `scope`.
    OutOfScope,
    /// A group that decides about it could not be read.
    GroupUnread,
}

impl Lot<'_> {
    /// The range that is picked, by its index in the rule set.
    #[must_use]
    pub const fn range(&self) -> Option<usize> {
        match self {
            Self::Picked(pick) => Some(pick.range),
            _ => None,
        }
    }
}

/// What the rules make of somebody with such a licence.
#[must_use]
pub fn lot<'r>(rules: &'r RuleSet, subject: Subject<'_>, voice: VoiceLicence) -> Lot<'r> {
    if rules.depends_on_unread_group(subject) {
        return Lot::GroupUnread;
    }
    let judgement = rules.judge(subject, voice);
    if let Some(name) = judgement.exempted_by {
        Lot::Exempt(name)
    } else if !judgement.in_scope {
        Lot::OutOfScope
    } else if let Some(name) = judgement.excluded_by {
        Lot::Excluded(name)
    } else {
        judgement.pick.map_or(Lot::NoRange, Lot::Picked)
    }
}
