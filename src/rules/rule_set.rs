//! A compiled rule set: what the rest of the product asks.

use super::checked::Aliases;
use super::evaluate::{Look, Memory};
pub(super) use super::expression::Expression;
use super::expression::Truth;
use super::index::Index;
use super::near::Values;
use super::places::Places;
use super::vocabulary::Vocabulary;
use super::{LocationRule, Operator, PolicyRule, Range, SourceFile, Subject, explain};
use crate::directory::{Attribute, GroupId, LicenceBook, VoiceLicence};
use crate::numbering::E164;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

/// Digest over the compiled rule set (SHA-256, hexadecimal): equal sets decide alike.
pub type RuleSetId = String;

/// A checked and compiled rule set. Immutable; shared between syncs and threads.
///
/// What directory texts mean to the rules is remembered inside, for speed only: no answer depends on it.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) ranges: Vec<Range>,
    /// Indices of the ranges by name.
    pub(super) by_name: Vec<usize>,
    /// First and last number of every run, with its range, ascending; they do not overlap.
    pub(super) spans: Vec<(u64, u64, usize)>,
    pub(super) operators: Vec<Operator>,
    pub(super) scope: Option<Expression>,
    pub(super) excludes: Vec<(String, Expression)>,
    pub(super) exempts: Vec<(String, Expression)>,
    pub(super) groups: BTreeSet<GroupId>,
    pub(super) reads: BTreeSet<Attribute>,
    /// The files it was read from; filled in by the loader.
    pub(super) sources: Arc<[SourceFile]>,
    pub(super) digest: RuleSetId,
    pub(super) words: Vocabulary,
    pub(super) direct: Index,
    pub(super) calling: Index,
    pub(super) memories: Vec<Mutex<Memory>>,
    pub(super) aliases: Aliases,
    /// For finding near misses; built when the first is looked for.
    pub(super) near: OnceLock<Values>,
    pub(super) places: Places,
}

/// A spelling that stands for another value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The attribute.
    pub attribute: Attribute,
    /// The spelling, in the normal form that is compared.
    pub spelling: String,
    /// The value it stands for, as the rules write it.
    pub value: String,
}

/// Which range the rules pick for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Index of the range.
    pub range: usize,
    /// Other ranges of the same priority that also hold, in order.
    pub ambiguous: Vec<usize>,
}

/// Everything the rules say about one user, answered at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// As [`RuleSet::exempted_by`].
    pub exempted_by: Option<&'a str>,
    /// As [`RuleSet::in_scope`].
    pub in_scope: bool,
    /// As [`RuleSet::excluded_by`].
    pub excluded_by: Option<&'a str>,
    /// As [`RuleSet::pick`].
    pub pick: Option<Pick>,
}

impl RuleSet {
    /// All ranges in file order; everything else names them by their index here.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The range of that name; letter case counts.
    #[must_use]
    pub fn range(&self, name: &str) -> Option<&Range> {
        let found = self
            .by_name
            .binary_search_by(|at| self.ranges[*at].name.as_str().cmp(name));
        found.ok().map(|at| &self.ranges[self.by_name[at]])
    }

    /// Index of the range whose spans hold the number.
    #[must_use]
    pub fn range_of(&self, number: E164) -> Option<usize> {
        let value = number.digits();
        let after = self.spans.partition_point(|(first, _, _)| *first <= value);
        let (_, last, range) = self.spans.get(after.checked_sub(1)?)?;
        (value <= *last).then_some(*range)
    }

    /// Declared operators.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }

    /// The declared operator of that name; letter case counts.
    #[must_use]
    pub fn operator(&self, name: &str) -> Option<&Operator> {
        self.operators.iter().find(|known| known.name == name)
    }

    /// The ranges of the operator of that name, in file order.
    pub fn ranges_of(&self, operator: &str) -> impl Iterator<Item = &Range> {
        let named = move |at: usize| self.operators.get(at).is_some_and(|o| o.name == operator);
        let of_it = move |range: &&Range| range.operator.is_some_and(named);
        self.ranges.iter().filter(of_it)
    }

    /// Digest over the compiled set.
    #[must_use]
    pub fn digest(&self) -> &RuleSetId {
        &self.digest
    }

    /// Groups that some expression names.
    #[must_use]
    pub fn groups(&self) -> &BTreeSet<GroupId> {
        &self.groups
    }

    /// Attributes that some expression reads.
    #[must_use]
    pub fn reads(&self) -> &BTreeSet<Attribute> {
        &self.reads
    }

    /// Every alias, by attribute and spelling.
    #[must_use]
    pub fn aliases(&self) -> Vec<Alias> {
        let all = self.aliases.iter().flat_map(|(attribute, spellings)| {
            let spelling = |(spelling, value)| (*attribute, spelling, value);
            spellings.iter().map(spelling)
        });
        // A value stands for itself as well, which nobody has written.
        all.filter(|(_, spelling, value)| **spelling != value.normal)
            .map(|(attribute, spelling, value)| Alias {
                attribute,
                spelling: spelling.clone(),
                value: value.shown.clone(),
            })
            .collect()
    }

    /// The files the set was read from, as they were then.
    #[must_use]
    pub fn sources(&self) -> &Arc<[SourceFile]> {
        &self.sources
    }

    /// Plan names in `plans has` that this licence book does not know.
    #[must_use]
    pub fn unknown_plans(&self, book: &LicenceBook) -> Vec<String> {
        let plans = self.words.plans.iter().filter(|plan| plan.id.is_none());
        plans
            .filter(|plan| book.plan_named(&plan.name).is_none())
            .map(|plan| plan.name.clone())
            .collect()
    }

    /// Every policy (type, name) that some range names.
    #[must_use]
    pub fn policies(&self) -> BTreeSet<(String, String)> {
        let policies = self.ranges.iter().flat_map(|range| &range.policies);
        policies
            .map(|policy| (policy.policy_type.clone(), policy.name.clone()))
            .collect()
    }

    /// The range for the user: type fits the licence, kind is served, by priority then order the first whose `when`
    /// holds. None without a voice licence.
    #[must_use]
    pub fn pick(&self, subject: Subject<'_>, voice: VoiceLicence) -> Option<Pick> {
        self.looking(subject, |look| self.picked(look, subject, voice))
    }

    /// Whether the user lies in `scope`; true when no scope is declared.
    #[must_use]
    pub fn in_scope(&self, subject: Subject<'_>) -> bool {
        let holds = |scope| self.looking(subject, |look| look.holds(scope));
        self.scope.as_ref().is_none_or(holds)
    }

    /// The name of the first `exclude` rule that holds.
    #[must_use]
    pub fn excluded_by(&self, subject: Subject<'_>) -> Option<&str> {
        if self.excludes.is_empty() {
            return None;
        }
        self.looking(subject, |look| first_that_holds(&self.excludes, look))
    }

    /// The name of the first `exempt` rule that holds.
    #[must_use]
    pub fn exempted_by(&self, subject: Subject<'_>) -> Option<&str> {
        if self.exempts.is_empty() {
            return None;
        }
        self.looking(subject, |look| first_that_holds(&self.exempts, look))
    }

    /// Scope, exemption, exclusion and pick in one go, which is faster than one by one.
    #[must_use]
    pub fn judge(&self, subject: Subject<'_>, voice: VoiceLicence) -> Judgement<'_> {
        self.looking(subject, |look| self.judged(look, subject, voice))
    }

    pub(super) fn judged(
        &self,
        look: &mut Look<'_>,
        subject: Subject<'_>,
        voice: VoiceLicence,
    ) -> Judgement<'_> {
        Judgement {
            exempted_by: first_that_holds(&self.exempts, look),
            in_scope: self.scope.as_ref().is_none_or(|scope| look.holds(scope)),
            excluded_by: first_that_holds(&self.excludes, look),
            pick: self.picked(look, subject, voice),
        }
    }

    /// Whether some expression that decides about the user asks for a group that could not be read.
    #[must_use]
    pub fn depends_on_unread_group(&self, subject: Subject<'_>) -> bool {
        if self
            .groups
            .iter()
            .all(|group| subject.groups.contains_key(group))
        {
            return false;
        }
        self.looking(subject, |look| self.hangs_on_group(look, subject))
    }

    /// The policies of the range for the user: of each type the first that holds.
    #[must_use]
    pub fn policies_for<'a>(&'a self, range: usize, subject: Subject<'_>) -> Vec<&'a PolicyRule> {
        let Some(range) = self.ranges.get(range) else {
            return Vec::new();
        };
        self.looking(subject, |look| {
            let mut chosen: Vec<&PolicyRule> = Vec::new();
            for policy in &range.policies {
                let same = |other: &&PolicyRule| {
                    other.policy_type.eq_ignore_ascii_case(&policy.policy_type)
                };
                let settled = chosen.iter().any(same);
                if !settled && policy.when.as_ref().is_none_or(|when| look.holds(when)) {
                    chosen.push(policy);
                }
            }
            chosen
        })
    }

    /// The emergency location of the range for the user: the first that holds.
    #[must_use]
    pub fn location_for(&self, range: usize, subject: Subject<'_>) -> Option<&str> {
        let locations = &self.ranges.get(range)?.locations;
        if locations.is_empty() {
            return None;
        }
        self.looking(subject, |look| {
            let mut holds = |location: &&LocationRule| {
                location.when.as_ref().is_none_or(|when| look.holds(when))
            };
            let first = locations.iter().find(|location| holds(location));
            first.map(|location| location.id.as_str())
        })
    }

    /// The range's `when` as a rule file writes it; `None` when it has none.
    #[must_use]
    pub fn condition(&self, range: usize) -> Option<String> {
        let when = self.ranges.get(range)?.when.as_ref()?;
        Some(explain::written(when, &self.words))
    }

    /// Why the range's `when` does not hold for the user: the first clause that fails, as a rule file writes it, with
    /// what was found. `None` when it holds. A range without `when` holds for nobody.
    #[must_use]
    pub fn why_not(&self, range: usize, subject: Subject<'_>) -> Option<String> {
        let range = self.ranges.get(range)?;
        let Some(when) = &range.when else {
            return Some("it has no `when`: it is given by hand or as overflow only".to_owned());
        };
        if !range.kinds.contains(&subject.kind) {
            return Some(format!("it does not serve the kind {}", subject.kind));
        }
        self.looking(subject, |look| {
            explain::failing_clause(when, look, &self.words, subject.user)
        })
    }

    fn picked(
        &self,
        look: &mut Look<'_>,
        subject: Subject<'_>,
        voice: VoiceLicence,
    ) -> Option<Pick> {
        let index = match voice {
            VoiceLicence::None => return None,
            VoiceLicence::PhoneSystem => &self.direct,
            VoiceLicence::CallingPlan => &self.calling,
        };
        let (range, ambiguous) = index.pick(look, &self.ranges, subject.kind)?;
        Some(Pick { range, ambiguous })
    }

    /// In the order in which rules decide; what is certain makes what follows irrelevant.
    fn hangs_on_group(&self, look: &mut Look<'_>, subject: Subject<'_>) -> bool {
        let mut unsure = false;
        for (_, exempt) in &self.exempts {
            match look.truth(exempt) {
                Truth::True => return false,
                truth => unsure |= truth == Truth::UnknownGroup,
            }
        }
        if let Some(scope) = &self.scope {
            match look.truth(scope) {
                Truth::False | Truth::UnknownPlan => return unsure,
                truth => unsure |= truth == Truth::UnknownGroup,
            }
        }
        for (_, exclude) in &self.excludes {
            match look.truth(exclude) {
                Truth::True => return unsure,
                truth => unsure |= truth == Truth::UnknownGroup,
            }
        }
        let serving = self
            .ranges
            .iter()
            .filter(|range| range.kinds.contains(&subject.kind));
        let mut asks = |when: &Option<Expression>| {
            when.as_ref()
                .is_some_and(|when| look.truth(when) == Truth::UnknownGroup)
        };
        // Which range will be picked depends on the licence, so that every range counts here.
        for range in serving {
            unsure |= asks(&range.when)
                || range.policies.iter().any(|policy| asks(&policy.when))
                || range.locations.iter().any(|location| asks(&location.when));
            if unsure {
                break;
            }
        }
        unsure
    }

    /// Lends a memory that no other thread uses at the moment, or else an empty one.
    pub(super) fn looking<'a, R>(
        &'a self,
        subject: Subject<'a>,
        ask: impl FnOnce(&mut Look<'_>) -> R,
    ) -> R {
        for memory in &self.memories {
            if let Ok(mut memory) = memory.try_lock() {
                return ask(&mut Look::new(&self.words, subject, &mut memory));
            }
        }
        let mut memory = Memory::new(&self.words);
        ask(&mut Look::new(&self.words, subject, &mut memory))
    }
}

fn first_that_holds<'a>(rules: &'a [(String, Expression)], look: &mut Look<'_>) -> Option<&'a str> {
    rules
        .iter()
        .find(|(_, when)| look.holds(when))
        .map(|(name, _)| name.as_str())
}
