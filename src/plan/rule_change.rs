//! Two sets of rules over the same people: whom a change of the rules touches. One comparison for whoever asks before
//! it is made (`rules diff`) and for the brake that stops it.

use super::lot::{Lot, lot};
use super::{Settings, StoredUser, candidacy};
use crate::directory::{LicenceBook, Licensing};
use crate::rules::{GroupMembers, RuleSet, Subject};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What both sets are asked with.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Configuration of eligibility.
    pub settings: &'a Settings,
    /// The tenant's products.
    pub book: &'a LicenceBook,
    /// Members of the groups that either set names.
    pub groups: &'a GroupMembers,
    /// The present.
    pub now: Timestamp,
}

/// An old and a new set of rules, and what was seen of people so far.
pub struct Comparison<'r> {
    old: &'r RuleSet,
    new: &'r RuleSet,
    /// By range of the old set: the range of the new one that takes its place.
    follows: Vec<Option<usize>>,
    /// By range of the old set: whether its policies or locations may have changed.
    terms: Vec<bool>,
    unmatched: Unmatched,
}

/// What both sets make of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared<'r> {
    /// What the licences make of the person.
    pub licensing: Licensing,
    /// By the old rules.
    pub before: Lot<'r>,
    /// By the new rules.
    pub after: Lot<'r>,
    /// What that comes to.
    pub effect: Effect,
}

/// What a change of rules does to one person who would join now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// No range any more.
    Loses,
    /// Another range.
    Moves,
    /// A range, and none before.
    Gains,
    /// The same range with other policies or another emergency location.
    Terms,
    /// A group could not be read: nobody can tell.
    Unknown,
    /// Nothing.
    Same,
}

impl Effect {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loses => "loses",
            Self::Moves => "moves",
            Self::Gains => "gains",
            Self::Terms => "terms",
            Self::Unknown => "unknown",
            Self::Same => "same",
        }
    }
}

/// Of people without a number: who had a range by the old rules, and has none by the new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// How many had a range.
    pub had_range: u64,
    /// How many of these are left without one.
    pub left_without: u64,
    /// The latter by the range they had.
    pub by_range: BTreeMap<String, u64>,
}

impl<'r> Comparison<'r> {
    /// Begins to compare.
    #[must_use]
    pub fn new(old: &'r RuleSet, new: &'r RuleSet) -> Self {
        let follows: Vec<Option<usize>> = old.followed_by(new);
        let terms =
            |(at, to): (usize, &Option<usize>)| to.is_some_and(|to| !old.same_terms(at, new, to));
        Self {
            old,
            new,
            terms: follows.iter().enumerate().map(terms).collect(),
            follows,
            unmatched: Unmatched::default(),
        }
    }

    /// Compares for one person; `None`: the rules are not asked about this one. `waits`: whether it is somebody
    /// without a number, for whom a lost range counts.
    pub fn see(
        &mut self,
        asked: Asked<'_>,
        stored: &StoredUser,
        waits: bool,
    ) -> Option<Compared<'r>> {
        let licensing = candidacy(asked.settings, asked.book, asked.now, stored).ok()?;
        let subject = Subject {
            user: &stored.user,
            kind: licensing.kind,
            book: asked.book,
            groups: asked.groups,
        };
        let before = lot(self.old, subject, licensing.voice);
        let after = lot(self.new, subject, licensing.voice);
        let effect = self.effect(&before, &after, subject);
        if waits {
            self.unmatched.see(self.old, &before, effect);
        }
        Some(Compared {
            licensing,
            before,
            after,
            effect,
        })
    }

    /// What became of people without a number so far.
    #[must_use]
    pub const fn unmatched(&self) -> &Unmatched {
        &self.unmatched
    }

    /// By range of the old set: the range of the new one that takes its place, which is the one of the same name, or one
    /// of another name with the very same numbers.
    #[must_use]
    pub fn follows(&self) -> &[Option<usize>] {
        &self.follows
    }

    fn effect(&self, before: &Lot<'_>, after: &Lot<'_>, subject: Subject<'_>) -> Effect {
        if matches!(before, Lot::GroupUnread) || matches!(after, Lot::GroupUnread) {
            return Effect::Unknown;
        }
        match (before.range(), after.range()) {
            (None, None) => Effect::Same,
            (Some(_), None) => Effect::Loses,
            (None, Some(_)) => Effect::Gains,
            (Some(was), Some(is)) if self.follows[was] != Some(is) => Effect::Moves,
            (Some(was), Some(is)) if self.terms[was] && self.other_terms(was, is, subject) => {
                Effect::Terms
            }
            (Some(_), Some(_)) => Effect::Same,
        }
    }

    fn other_terms(&self, was: usize, is: usize, subject: Subject<'_>) -> bool {
        let named = |rules: &'r RuleSet, range| {
            let policies = rules.policies_for(range, subject);
            let named = |policy: &&'r crate::rules::PolicyRule| {
                (
                    policy.policy_type.to_ascii_lowercase(),
                    policy.name.as_str(),
                )
            };
            let mut named: Vec<_> = policies.iter().map(named).collect();
            named.sort_unstable();
            named
        };
        named(self.old, was) != named(self.new, is)
            || self.old.location_for(was, subject) != self.new.location_for(is, subject)
    }
}

impl Unmatched {
    fn see(&mut self, old: &RuleSet, before: &Lot<'_>, effect: Effect) {
        let Some(range) = before.range() else {
            return;
        };
        self.had_range += 1;
        if effect == Effect::Loses {
            self.left_without += 1;
            let name = old.ranges()[range].name.clone();
            *self.by_range.entry(name).or_default() += 1;
        }
    }

    /// Whether more than so many percent of those who had a range are left without.
    #[must_use]
    pub const fn is_over(&self, percent: u64) -> bool {
        self.left_without as u128 * 100 > self.had_range as u128 * percent as u128
    }

    /// What has happened, as a clause: `5 of the 10 people without a number who had a range have none any more (muc 4,
    /// cgn 1)`.
    #[must_use]
    pub fn sentence(&self) -> String {
        /// So many ranges are named.
        const NAMED: usize = 5;
        let mut ranges: Vec<(&String, &u64)> = self.by_range.iter().collect();
        ranges.sort_by_key(|(_, people)| std::cmp::Reverse(**people));
        let mut named: Vec<String> = ranges
            .iter()
            .take(NAMED)
            .map(|(range, people)| format!("{range} {people}"))
            .collect();
        if ranges.len() > NAMED {
            named.push(format!("and {} more ranges", ranges.len() - NAMED));
        }
        let named = match named.is_empty() {
            true => String::new(),
            false => format!(" ({})", named.join(", ")),
        };
        format!(
            "{} of the {} people without a number who had a range have none any more{named}",
            self.left_without, self.had_range
        )
    }
}
