//! What was seen of everybody, as the report has it.

use super::{Group, Seen};
use crate::directory::{Attribute, VoiceLicence};
use crate::plan::StoredUser;
use crate::report::{
    AmbiguousGroup, ClauseOutcome, Idle, IdleAlias, IdleClause, NearestRange, NoRangeGroup,
    RangeCoverage,
};
use crate::rules::{Alias, Clause, Range, normal_form};
use std::cmp::Reverse;

/// For so many groups of people without a range, the biggest, the nearest range is worked out: it takes a look at every
/// range.
const NEAREST: usize = 100;

impl Seen<'_> {
    pub(super) fn ranges(&self) -> Vec<RangeCoverage> {
        let name = |at: usize| self.rules.ranges()[at].name.clone();
        let ranges = self.rules.ranges().iter().enumerate();
        let one = |(at, range): (usize, &Range)| {
            let (holders, joiners) = self.picked[at];
            let behind = self.held_behind[at];
            let idle = match (holders + joiners, behind) {
                (0, _) if self.rules.condition(at).is_none() => Some(Idle::ByHand),
                (0, None) => Some(Idle::NoMatch),
                (0, Some(_)) => Some(Idle::Taken),
                _ => None,
            };
            RangeCoverage {
                range: range.name.clone(),
                file: range.file.clone(),
                line: range.line,
                people: holders + joiners,
                holders,
                joiners,
                idle,
                taken_by: behind.filter(|_| idle == Some(Idle::Taken)).map(name),
            }
        };
        ranges.map(one).collect()
    }

    pub(super) fn without_range(
        &self,
        nearest: impl Fn(&StoredUser) -> Option<NearestRange>,
    ) -> Vec<NoRangeGroup> {
        let mut groups: Vec<_> = self.without.iter().collect();
        groups.sort_by_key(|(key, group)| (Reverse(group.people), *key));
        let group = |(place, (key, group)): (usize, (&(VoiceLicence, Vec<String>), &Group))| {
            let value = |attribute: &Attribute| {
                let text = group.first.user.attributes.get(*attribute);
                let text = text.filter(|text| !normal_form(text).is_empty());
                (attribute.name(), text.map(str::to_owned))
            };
            NoRangeGroup {
                people: group.people,
                holders: group.holders,
                voice_licence: key.0.to_string(),
                values: self.grouped_by.iter().map(value).collect(),
                examples: group.examples.clone(),
                nearest: (place < NEAREST).then(|| nearest(&group.first)).flatten(),
            }
        };
        groups.into_iter().enumerate().map(group).collect()
    }

    pub(super) fn ambiguous(&self) -> Vec<AmbiguousGroup> {
        let name = |at: &usize| self.rules.ranges()[*at].name.clone();
        let several = self.several.iter();
        let mut groups: Vec<AmbiguousGroup> = several
            .map(|((range, also), (people, examples))| AmbiguousGroup {
                range: name(range),
                also: also.iter().map(name).collect(),
                people: *people,
                examples: examples.clone(),
            })
            .collect();
        groups.sort_by_key(|group| Reverse(group.people));
        groups
    }

    pub(super) fn clauses(&self) -> Vec<IdleClause> {
        let outcome = |clause: &Clause| match (clause.held, clause.failed, clause.undecided) {
            (0, 0, 0) => Some(ClauseOutcome::NotAsked),
            (0, 0, _) => Some(ClauseOutcome::Undecided),
            (_, 0, _) => Some(ClauseOutcome::Always),
            (0, _, _) => Some(ClauseOutcome::Never),
            _ => None,
        };
        let idle = |clause: Clause| {
            Some(IdleClause {
                of: self.rules.name_of(clause.owner),
                outcome: outcome(&clause)?,
                clause: clause.text,
                file: clause.file,
                line: clause.line,
            })
        };
        self.exercise
            .clauses()
            .into_iter()
            .filter_map(idle)
            .collect()
    }

    pub(super) fn idle_aliases(&self) -> Vec<IdleAlias> {
        let alias = |alias: &Alias| IdleAlias {
            attribute: alias.attribute.name(),
            spelling: alias.spelling.clone(),
            value: alias.value.clone(),
        };
        self.unused.iter().map(alias).collect()
    }
}
