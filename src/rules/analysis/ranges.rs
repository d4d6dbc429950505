//! What is wrong with ranges beside each other: nobody is left for one, or two compete for the same people.
//!
//! Who has a calling plan is offered calling-plan ranges only, and the others no such range: these are two lists. Of
//! each the ranges are tried by priority, then in file order.

use super::assumption::Wanted;
use super::candidates::Candidates;
use super::claim::{Claims, Overlap};
use super::example::Example;
use super::reasoner::{Answer, Goal, Question, Reasoner};
use crate::directory::Kind;
use crate::numbering::NumberType;
use crate::rules::checked::{CheckedRange, CheckedSet, Condition, Probe};
use crate::rules::findings::Spot;
use std::collections::BTreeMap;

/// So many earlier ranges, and so many of the rules that leave people out, are taken into account: with more of them
/// less may be proved, and nothing wrong.
const EARLIER: usize = 128;
const GUARDS: usize = 32;

/// With so many earlier ranges of the same priority it is tried whether there is somebody who fits both, and so many
/// examples are kept until one is confirmed.
const RIVALS: usize = 24;
const EXAMPLES: usize = 3;

/// So many ranges of a list are looked at.
const RANGES: usize = 100_000;

/// So many ranges are named in a message.
const NAMED: usize = 4;

/// A range with the kinds it serves as a condition.
struct Offered<'a> {
    at: usize,
    source: &'a CheckedRange,
    when: &'a Condition,
    kinds: &'a Condition,
}

/// Looks for ranges that are never reached, and for those that compete.
pub(super) fn lint<'a>(
    set: &'a CheckedSet,
    kinds: &'a Kinds,
    reasoner: &mut Reasoner<'a>,
    claims: &mut Claims,
) {
    for calling_plan in [false, true] {
        let fits = |source: &CheckedRange| {
            (source.range.number_type == NumberType::CallingPlan) == calling_plan
        };
        let offered = set.ranges.iter().enumerate().filter_map(|(at, source)| {
            Some(Offered {
                at,
                source,
                when: source.when.as_ref().filter(|_| fits(source))?,
                kinds: kinds.0.get(&source.range.kinds)?,
            })
        });
        let mut order: Vec<Offered<'a>> = offered.collect();
        order.sort_by_key(|offered| (offered.source.range.priority, offered.at));
        order.truncate(RANGES);
        let mut list = List {
            guards: guards(set),
            order,
            reasoner,
            claims,
        };
        list.look();
    }
}

/// Every set of kinds that some range serves, as a condition.
pub(super) struct Kinds(BTreeMap<std::collections::BTreeSet<Kind>, Condition>);

impl Kinds {
    pub(super) fn of(set: &CheckedSet) -> Self {
        let all = set.ranges.iter().map(|source| source.range.kinds.clone());
        let condition = |kinds: &std::collections::BTreeSet<Kind>| {
            Condition::Test(Probe::Kinds(kinds.clone()), Spot::default())
        };
        Self(
            all.map(|kinds| (kinds.clone(), condition(&kinds)))
                .collect(),
        )
    }
}

/// A rule that leaves people out: its name, and what is wanted of whom is not left out.
type Guard<'a> = (String, &'a Condition, Wanted);

fn guards(set: &CheckedSet) -> Vec<Guard<'_>> {
    let scope = set
        .scope
        .iter()
        .map(|scope| ("`scope`".to_owned(), scope, Wanted::True));
    let named = |what: &'static str, rules| {
        let rules: &Vec<(String, Condition)> = rules;
        rules
            .iter()
            .map(move |(name, when)| (format!("{what} \"{name}\""), when, Wanted::NotTrue))
    };
    let left_out = named("`exclude`", &set.excludes).chain(named("`exempt`", &set.exempts));
    scope.chain(left_out).take(GUARDS).collect()
}

struct List<'r, 'a> {
    guards: Vec<Guard<'a>>,
    order: Vec<Offered<'a>>,
    reasoner: &'r mut Reasoner<'a>,
    claims: &'r mut Claims,
}

impl<'a> List<'_, 'a> {
    fn look(&mut self) {
        let mut candidates = Candidates::default();
        for place in 0..self.order.len() {
            if self.reasoner.is_tired() {
                return;
            }
            let mut earlier = candidates.before(self.order[place].source);
            if self.is_left_out(place) {
                continue;
            }
            earlier.truncate(EARLIER);
            if !earlier.is_empty() && !self.is_shadowed(place, &earlier) {
                self.compete(place, &earlier);
            }
        }
    }

    /// Who fits a range and is not left out.
    fn fitting(&self, place: usize) -> Question<'a> {
        let offered = &self.order[place];
        let own = [(offered.when, Wanted::True), (offered.kinds, Wanted::True)];
        let guards = self.guards.iter().map(|(_, when, wanted)| (*when, *wanted));
        Question::all(own.into_iter().chain(guards))
    }

    /// Whether a rule leaves out everybody the range is for; said unless the range is for nobody anyway.
    fn is_left_out(&mut self, place: usize) -> bool {
        if self.guards.is_empty() || !self.reasoner.never(self.fitting(place)) {
            return false;
        }
        let offered = &self.order[place];
        let own = [(offered.when, Wanted::True), (offered.kinds, Wanted::True)];
        if self.reasoner.never(Question::all(own)) {
            return true;
        }
        let single = self.guards.iter().find(|(_, when, wanted)| {
            let with = own.into_iter().chain([(*when, *wanted)]);
            self.reasoner.never(Question::all(with))
        });
        let by = match single {
            Some((name, ..)) => format!("{name} leaves"),
            None => "`scope`, `exclude` and `exempt` together leave".to_owned(),
        };
        let name = &offered.source.range.name;
        let message = match by == "`scope` leaves" {
            true => format!("`{name}` is never reached: nobody it is for is in `scope`"),
            false => format!("`{name}` is never reached: {by} out everybody it is for"),
        };
        let help = "correct one of them, or take `when` out if it is for overflow only".to_owned();
        self.claims
            .proved(offered.source.when_at, "never-reached", message, Some(help));
        true
    }

    /// Whether earlier ranges take everybody the range is for, which is said.
    fn is_shadowed(&mut self, place: usize, earlier: &[usize]) -> bool {
        if !self.is_taken(place, earlier) {
            return false;
        }
        let one = earlier
            .iter()
            .find(|by| self.is_taken(place, &[**by]))
            .copied();
        let mut takers: Vec<usize> = one.map_or_else(|| earlier.to_vec(), |by| vec![by]);
        let mut at = takers.len();
        while one.is_none() && at > 0 {
            at -= 1;
            let mut fewer = takers.clone();
            fewer.remove(at);
            if self.is_taken(place, &fewer) {
                takers = fewer;
            }
        }
        let offered = &self.order[place];
        let names: Vec<String> = (takers.iter())
            .map(|taker| format!("`{}`", self.order[*taker].source.range.name))
            .collect();
        let take = match &names[..] {
            [only] => format!("{only} takes"),
            [first @ .., last] if names.len() <= NAMED => {
                format!("{} and {last} together take", first.join(", "))
            }
            _ => format!(
                "{} and {} more together take",
                names[..NAMED].join(", "),
                names.len() - NAMED
            ),
        };
        let name = &offered.source.range.name;
        let message = format!("`{name}` is never reached: {take} everybody it is for");
        let others = if names.len() == 1 {
            "the other"
        } else {
            "one of the others"
        };
        let help = format!("give it a lower priority number, or narrow {others}");
        self.claims
            .proved(offered.source.when_at, "shadowed", message, Some(help));
        true
    }

    /// Whether it is proved that these ranges take everybody the range is for.
    fn is_taken(&mut self, place: usize, by: &[usize]) -> bool {
        let mut question = self.fitting(place);
        question
            .choices
            .extend(by.iter().map(|other| self.not_by(*other)));
        self.reasoner.never(question)
    }

    /// Whoever is not taken by a range: its condition does not hold, or it does not serve the kind.
    fn not_by(&self, place: usize) -> Vec<Goal<'a>> {
        let offered = &self.order[place];
        let not = |condition| Goal::new(condition, Wanted::NotTrue);
        vec![not(offered.when), not(offered.kinds)]
    }

    /// Looks for somebody who fits the range and an earlier one of its priority, and no range of a better one.
    fn compete(&mut self, place: usize, earlier: &[usize]) {
        let priority = |place: usize| self.order[place].source.range.priority;
        let same = earlier.partition_point(|other| priority(*other) < priority(place));
        let (better, rivals) = earlier.split_at(same);
        let (better, rivals) = (better.to_vec(), rivals.to_vec());
        let mut examples = Vec::new();
        for rival in rivals.into_iter().take(RIVALS) {
            let mut question = self.fitting(place);
            question
                .goals
                .push(Goal::new(self.order[rival].when, Wanted::True));
            question
                .goals
                .push(Goal::new(self.order[rival].kinds, Wanted::True));
            question
                .choices
                .extend(better.iter().map(|other| self.not_by(*other)));
            if let Answer::Example(facts) = self.reasoner.ask(question)
                && let Some(example) = Example::of(&facts)
            {
                examples.push((self.order[rival].at, example));
            }
            if examples.len() == EXAMPLES {
                break;
            }
        }
        if !examples.is_empty() {
            self.claims.overlap(Overlap {
                at: self.order[place].source.when_at,
                range: self.order[place].at,
                examples,
            });
        }
    }
}
