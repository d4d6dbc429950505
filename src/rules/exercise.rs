//! Which way each clause of a rule set turned out, over many people: what tests and tenants exercise, and what not.
//!
//! A *clause* is one test of one attribute, kind, plan or group. Deciding stops at the first clause that settles a
//! condition; here none hides another: every clause is asked by itself of everybody whom its condition is asked of.

use super::evaluate::Look;
use super::explain;
use super::expression::{Expression, Test, Truth};
use super::{RuleSet, Subject};
use crate::directory::{User, VoiceLicence};
use crate::numbering::NumberType;
use std::collections::BTreeMap;

/// How often each clause of a rule set held, and how often it did not. Whoever decides about people tells it how far
/// each of them came; counts of several threads are added up.
#[derive(Clone, Debug)]
pub struct Exercise<'r> {
    rules: &'r RuleSet,
    /// Number of the first clause of each range.
    first: Vec<usize>,
    /// Held, failed, undecided.
    counts: Vec<[u64; 3]>,
}

/// One clause with what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The condition it belongs to; of a default that several ranges take over, the first of them.
    pub owner: Owner,
    /// As a rule file writes it, without a negation before it.
    pub text: String,
    /// The file it stands in, as it was named to the reader.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// For how many people it held.
    pub held: u64,
    /// For how many it did not.
    pub failed: u64,
    /// For how many it could not be decided: a plan nobody knows, a group that could not be read.
    pub undecided: u64,
}

/// Whose condition it is. Ranges, policies and locations are named by their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// `scope`.
    Scope,
    /// An `exclude`, by its place among them.
    Exclude(usize),
    /// An `exempt`, by its place among them.
    Exempt(usize),
    /// The `when` of a range.
    Range(usize),
    /// The `when` of a policy of a range.
    Policy(usize, usize),
    /// The `when` of a location of a range.
    Location(usize, usize),
}

/// One clause as it turned out for one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// As a rule file writes it, without a negation before it.
    pub text: String,
    /// Whether it holds; `None`: it cannot be decided.
    pub holds: Option<bool>,
    /// What the user has, where that is to be told: `it is "Bonn"`.
    pub found: Option<String>,
}

impl<'r> Exercise<'r> {
    /// Nobody has been looked at yet.
    #[must_use]
    pub fn of(rules: &'r RuleSet) -> Self {
        let mut first = Vec::with_capacity(rules.ranges.len());
        let mut number = 0;
        rules.conditions(|owner, when| {
            if let Owner::Range(_) = owner {
                first.push(number);
            }
            number += when.map_or(0, clauses_in);
        });
        Self {
            rules,
            first,
            counts: vec![[0; 3]; rules.places.len()],
        }
    }

    /// Asks `scope` and every `exempt`: of everybody.
    pub fn everyone(&mut self, subject: Subject<'_>) {
        self.count(0, subject, |rules, see| {
            rules.scope.iter().for_each(&mut *see);
        });
        let before = self.before_exempts();
        self.count(before, subject, |rules, see| {
            rules.exempts.iter().for_each(|(_, when)| see(when));
        });
    }

    /// Asks every `exclude`: of whoever is licensed and in scope, and of whom nothing else has decided.
    pub fn licensed(&mut self, subject: Subject<'_>) {
        let before = self.rules.scope.as_ref().map_or(0, clauses_in);
        self.count(before, subject, |rules, see| {
            rules.excludes.iter().for_each(|(_, when)| see(when));
        });
    }

    /// Asks every range whose type fits the licence, whatever kind the user is of (a range that does not serve the kind
    /// has said so by a clause of its own): of the eligible.
    pub fn eligible(&mut self, subject: Subject<'_>, voice: VoiceLicence) {
        for range in 0..self.rules.ranges.len() {
            let calling = self.rules.ranges[range].number_type == NumberType::CallingPlan;
            let fits = match voice {
                VoiceLicence::None => false,
                VoiceLicence::PhoneSystem => !calling,
                VoiceLicence::CallingPlan => calling,
            };
            if fits {
                self.count(self.first[range], subject, |rules, see| {
                    rules.ranges[range].when.iter().for_each(&mut *see);
                });
            }
        }
    }

    /// Asks every policy and location of a range: of whoever it is picked for, or is given a number of it.
    pub fn given(&mut self, range: usize, subject: Subject<'_>) {
        let when = self.rules.ranges[range].when.as_ref();
        let before = self.first[range] + when.map_or(0, clauses_in);
        self.count(before, subject, |rules, see| {
            let range = &rules.ranges[range];
            let policies = range.policies.iter().filter_map(|p| p.when.as_ref());
            let locations = range.locations.iter().filter_map(|l| l.when.as_ref());
            policies.chain(locations).for_each(&mut *see);
        });
    }

    /// Adds what another one over the same rules has counted.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            for (sum, part) in mine.iter_mut().zip(theirs) {
                *sum += part;
            }
        }
    }

    /// Every clause in the order of the rules, each place in a file once.
    #[must_use]
    pub fn clauses(&self) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = Vec::new();
        let mut known: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let mut number = 0;
        self.rules.conditions(|owner, when| {
            let Some(when) = when else { return };
            leaves(when, &mut |test| {
                let next = clauses.len();
                let at = *known.entry(self.rules.places.start(number)).or_insert(next);
                if at == next {
                    clauses.push(self.clause(owner, test, number));
                }
                let [held, failed, undecided] = self.counts[number];
                clauses[at].held += held;
                clauses[at].failed += failed;
                clauses[at].undecided += undecided;
                number += 1;
            });
        });
        clauses
    }

    /// The clause before anything is counted.
    fn clause(&self, owner: Owner, test: &Test, number: usize) -> Clause {
        let (file, line) = self.rules.places.line(number);
        Clause {
            owner,
            text: explain::written_test(test, &self.rules.words),
            file: file.to_owned(),
            line,
            held: 0,
            failed: 0,
            undecided: 0,
        }
    }

    fn before_exempts(&self) -> usize {
        let excludes = self.rules.excludes.iter().map(|(_, when)| when);
        let earlier = self.rules.scope.iter().chain(excludes);
        earlier.map(clauses_in).sum()
    }

    /// Asks the clauses of some conditions, the first of which has that number.
    fn count(
        &mut self,
        first: usize,
        subject: Subject<'_>,
        conditions: impl FnOnce(&'r RuleSet, &mut dyn FnMut(&'r Expression)),
    ) {
        let (rules, counts) = (self.rules, &mut self.counts);
        rules.looking(subject, |look| {
            let mut number = first;
            conditions(rules, &mut |when| {
                leaves(when, &mut |test| {
                    let place = match look.test(test) {
                        Truth::True => 0,
                        Truth::False => 1,
                        Truth::UnknownPlan | Truth::UnknownGroup => 2,
                    };
                    counts[number][place] += 1;
                    number += 1;
                });
            });
        });
    }
}

impl Clause {
    /// In how many of its two ways it has turned out.
    #[must_use]
    pub const fn ways(&self) -> u64 {
        (self.held > 0) as u64 + (self.failed > 0) as u64
    }
}

impl RuleSet {
    /// Every clause of one condition as it turns out for the user; none where there is no condition.
    #[must_use]
    pub fn weigh(&self, owner: Owner, subject: Subject<'_>) -> Vec<Weighed> {
        let mut found = Vec::new();
        let Some(when) = self.condition_of(owner) else {
            return found;
        };
        self.looking(subject, |look| {
            leaves(when, &mut |test| {
                found.push(self.weighed(test, look, subject.user))
            });
        });
        found
    }

    /// The condition as a rule file writes it; `None` where there is none.
    #[must_use]
    pub fn wording(&self, owner: Owner) -> Option<String> {
        let when = self.condition_of(owner)?;
        Some(explain::written(when, &self.words))
    }

    /// The `exclude` or `exempt` of that name; `scope` is named so.
    #[must_use]
    pub fn rule_named(&self, name: &str) -> Option<Owner> {
        let place = |rules: &[(String, Expression)]| rules.iter().position(|(own, _)| own == name);
        let excluded = || place(&self.excludes).map(Owner::Exclude);
        let exempted = || place(&self.exempts).map(Owner::Exempt);
        let scope = || (name == "scope" && self.scope.is_some()).then_some(Owner::Scope);
        excluded().or_else(exempted).or_else(scope)
    }

    /// Every name that [`RuleSet::rule_named`] knows.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        let named = self.excludes.iter().chain(&self.exempts);
        let scope = self.scope.iter().map(|_| "scope");
        named.map(|(name, _)| name.as_str()).chain(scope)
    }

    /// Whose condition it is, as a rule file writes it: `range "muc"`, `exclude "no direct line"`.
    #[must_use]
    pub fn name_of(&self, owner: Owner) -> String {
        match owner {
            Owner::Scope => "scope".to_owned(),
            Owner::Exclude(at) => format!("exclude {:?}", self.excludes[at].0),
            Owner::Exempt(at) => format!("exempt {:?}", self.exempts[at].0),
            Owner::Range(range) => format!("range {:?}", self.ranges[range].name),
            Owner::Policy(range, at) => {
                let policy = &self.ranges[range].policies[at];
                let of = &self.ranges[range].name;
                format!("policy {} {:?} of {of:?}", policy.policy_type, policy.name)
            }
            Owner::Location(range, at) => {
                let location = &self.ranges[range].locations[at];
                format!(
                    "location {:?} of {:?}",
                    location.id, self.ranges[range].name
                )
            }
        }
    }

    fn weighed(&self, test: &Test, look: &mut Look<'_>, user: &User) -> Weighed {
        let holds = match look.test(test) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::UnknownPlan | Truth::UnknownGroup => None,
        };
        let found = match (holds, test) {
            (None, Test::Group(_)) => Some("the group could not be read".to_owned()),
            (None, _) => Some("no plan of that name is known".to_owned()),
            (Some(false), test) => explain::found(test, &self.words, user),
            (Some(true), Test::OneOf(slot, _) | Test::Text(slot, _)) => {
                let attribute = self.words.slots[*slot as usize].attribute;
                explain::value(user, attribute).map(|text| format!("it is {text:?}"))
            }
            (Some(true), _) => None,
        };
        Weighed {
            text: explain::written_test(test, &self.words),
            holds,
            found,
        }
    }

    /// The condition of an owner.
    fn condition_of(&self, owner: Owner) -> Option<&Expression> {
        match owner {
            Owner::Scope => self.scope.as_ref(),
            Owner::Exclude(at) => self.excludes.get(at).map(|(_, when)| when),
            Owner::Exempt(at) => self.exempts.get(at).map(|(_, when)| when),
            Owner::Range(range) => self.ranges.get(range)?.when.as_ref(),
            Owner::Policy(range, at) => self.ranges.get(range)?.policies.get(at)?.when.as_ref(),
            Owner::Location(range, at) => {
                let locations = &self.ranges.get(range)?.locations;
                locations.get(at)?.when.as_ref()
            }
        }
    }

    /// Every place for a condition, in the order in which clauses are numbered.
    fn conditions<'a>(&'a self, mut see: impl FnMut(Owner, Option<&'a Expression>)) {
        see(Owner::Scope, self.scope.as_ref());
        for (at, (_, when)) in self.excludes.iter().enumerate() {
            see(Owner::Exclude(at), Some(when));
        }
        for (at, (_, when)) in self.exempts.iter().enumerate() {
            see(Owner::Exempt(at), Some(when));
        }
        for (range, declared) in self.ranges.iter().enumerate() {
            see(Owner::Range(range), declared.when.as_ref());
            for (at, policy) in declared.policies.iter().enumerate() {
                see(Owner::Policy(range, at), policy.when.as_ref());
            }
            for (at, location) in declared.locations.iter().enumerate() {
                see(Owner::Location(range, at), location.when.as_ref());
            }
        }
    }
}

/// Every test of an expression, in the order in which they are written.
fn leaves<'e>(expression: &'e Expression, see: &mut dyn FnMut(&'e Test)) {
    match expression {
        Expression::All(terms) | Expression::Any(terms) => {
            terms.iter().for_each(|term| leaves(term, see));
        }
        Expression::Not(inner) => leaves(inner, see),
        Expression::Test(test) => see(test),
    }
}

fn clauses_in(expression: &Expression) -> usize {
    let mut count = 0;
    leaves(expression, &mut |_| count += 1);
    count
}

#[cfg(test)]
mod tests;
