//! What is wrong with a condition by itself: it never or always holds, a part of it does, or a part makes no
//! difference.

use super::assumption::Wanted;
use super::claim::Claims;
use super::reasoner::{Goal, Question, Reasoner};
use super::wording::{place, written};
use crate::directory::Attribute;
use crate::rules::checked::{CheckedRange, CheckedSet, Condition, Probe};
use crate::rules::findings::Spot;
use std::collections::BTreeSet;

/// The parts of larger conditions are not looked at one by one.
const PARTS: usize = 128;

/// Of so many terms every two are compared to say which exclude each other.
const PAIRWISE: usize = 16;

/// Looks at every condition of the set, and at policies and locations that come after others.
pub(super) fn lint<'a>(set: &'a CheckedSet, reasoner: &mut Reasoner<'a>, claims: &mut Claims) {
    let named = set.excludes.iter().chain(&set.exempts);
    let own = set
        .scope
        .iter()
        .chain(named.map(|(_, condition)| condition));
    for condition in own {
        let at = place(condition).unwrap_or_default();
        whole(condition, at, reasoner, claims);
    }
    for range in &set.ranges {
        if let Some(when) = &range.when {
            whole(when, range.when_at, reasoner, claims);
        }
        for condition in range.policies.iter().chain(&range.locations).flatten() {
            let at = place(condition).unwrap_or(range.when_at);
            whole(condition, at, reasoner, claims);
        }
        after_others(range, reasoner, claims);
    }
}

fn whole<'a>(condition: &'a Condition, at: Spot, reasoner: &mut Reasoner<'a>, claims: &mut Claims) {
    if is_plain(condition) || reasoner.is_tired() {
        return;
    }
    if reasoner.never(Question::all([(condition, Wanted::True)])) {
        let help = excluding(condition, reasoner);
        claims.proved(at, "never-true", "this never holds".to_owned(), help);
    } else if is_always(condition, reasoner) {
        let help = Some("write `anyone` if that is meant".to_owned());
        claims.proved(at, "always-true", "this always holds".to_owned(), help);
    } else if size(condition) <= PARTS {
        let mut parts = Parts {
            whole: condition,
            reasoner,
            claims,
            edits: Vec::new(),
        };
        parts.of(condition);
    }
}

fn is_always<'a>(condition: &'a Condition, reasoner: &mut Reasoner<'a>) -> bool {
    reasoner.never(Question::all([(condition, Wanted::NotTrue)]))
}

/// Whether the condition is one test, or values of different attributes that have to be there together: nothing is
/// wrong with that, and nearly all are like that.
fn is_plain(condition: &Condition) -> bool {
    let mut seen: BTreeSet<Attribute> = BTreeSet::new();
    match condition {
        Condition::Test(Probe::Kinds(_), _) => false,
        Condition::Test(..) => true,
        Condition::All(terms) => terms
            .iter()
            .all(|term| values_of(term).is_some_and(|attribute| seen.insert(attribute))),
        _ => false,
    }
}

/// The attribute whose values the condition asks for, where it asks for nothing else.
fn values_of(condition: &Condition) -> Option<Attribute> {
    match condition {
        Condition::Test(Probe::OneOf(attribute, _), _) => Some(*attribute),
        _ => None,
    }
}

fn size(condition: &Condition) -> usize {
    match condition {
        Condition::All(terms) | Condition::Any(terms) => 1 + terms.iter().map(size).sum::<usize>(),
        Condition::Not(inner) => size(inner),
        Condition::Test(..) => 1,
    }
}

/// Two terms that exclude each other.
fn excluding<'a>(condition: &'a Condition, reasoner: &mut Reasoner<'a>) -> Option<String> {
    let Condition::All(terms) = condition else {
        return None;
    };
    let terms = &terms[..terms.len().min(PAIRWISE)];
    for (at, one) in terms.iter().enumerate() {
        for other in &terms[at + 1..] {
            if reasoner.never(Question::all([(one, Wanted::True), (other, Wanted::True)])) {
                let join = match values_of(one).is_some() && values_of(one) == values_of(other) {
                    true => "; if either will do, join them with OR, or use IN with a list",
                    false => "",
                };
                let (one, other) = (written(one), written(other));
                return Some(format!("`{one}` and `{other}` exclude each other{join}"));
            }
        }
    }
    None
}

/// The parts of one condition.
struct Parts<'r, 'a> {
    whole: &'a Condition,
    reasoner: &'r mut Reasoner<'a>,
    claims: &'r mut Claims,
    /// Parts that make no difference, taken out already.
    edits: Vec<(&'a Condition, bool)>,
}

impl<'a> Parts<'_, 'a> {
    /// Looks at the terms from the last to the first: of two that say the same, the later one is superfluous.
    fn of(&mut self, condition: &'a Condition) {
        let (terms, neutral) = match condition {
            Condition::All(terms) => (terms, true),
            Condition::Any(terms) => (terms, false),
            Condition::Not(inner) => return self.of(inner),
            Condition::Test(..) => return,
        };
        for term in terms.iter().rev() {
            if self.reasoner.never(Question::all([(term, Wanted::True)])) {
                let help = excluding(term, self.reasoner);
                let help = help.or_else(|| Some("take it out, or correct it".to_owned()));
                self.claim(term, "never-true", "never holds", help);
            } else if is_always(term, self.reasoner) {
                let help = "take it out, or correct it".to_owned();
                self.claim(term, "always-true", "always holds", Some(help));
            } else if self.is_superfluous(term, neutral) {
                let help = "without it the rest decides alike: take it out, or correct it";
                self.claim(
                    term,
                    "no-difference",
                    "makes no difference",
                    Some(help.to_owned()),
                );
                self.edits.push((term, neutral));
            } else {
                self.of(term);
            }
        }
    }

    fn claim(&mut self, part: &Condition, code: &'static str, what: &str, help: Option<String>) {
        let at = place(part).unwrap_or_default();
        let message = format!("`{}` {what}", written(part));
        self.claims.proved(at, code, message, help);
    }

    /// Whether the whole condition decides alike when the part is taken out, alone and with those before it.
    fn is_superfluous(&mut self, part: &'a Condition, neutral: bool) -> bool {
        let mut all = self.edits.clone();
        all.push((part, neutral));
        self.decides_alike(vec![(part, neutral)])
            && (self.edits.is_empty() || self.decides_alike(all))
    }

    fn decides_alike(&mut self, edits: Vec<(&'a Condition, bool)>) -> bool {
        let opposites = [
            (Wanted::True, Wanted::NotTrue),
            (Wanted::NotTrue, Wanted::True),
        ];
        opposites.into_iter().all(|(before, after)| {
            let goal = |wanted, edited| Goal {
                edited,
                ..Goal::new(self.whole, wanted)
            };
            self.reasoner.never(Question {
                goals: vec![goal(before, false), goal(after, true)],
                choices: Vec::new(),
                edits: edits.clone(),
            })
        })
    }
}

/// Policies of one type, and locations, whose people all fall under earlier ones.
fn after_others<'a>(range: &'a CheckedRange, reasoner: &mut Reasoner<'a>, claims: &mut Claims) {
    let types = range
        .range
        .policies
        .iter()
        .map(|policy| policy.policy_type.to_ascii_lowercase());
    let types: Vec<String> = types.collect();
    for (at, condition) in range.policies.iter().enumerate() {
        let same = (0..at).filter(|earlier| types[*earlier] == types[at]);
        let earlier: Vec<&Option<Condition>> = same.map(|at| &range.policies[at]).collect();
        later(condition, &earlier, "policy of its type", reasoner, claims);
    }
    for (at, condition) in range.locations.iter().enumerate() {
        let earlier: Vec<&Option<Condition>> = range.locations[..at].iter().collect();
        later(condition, &earlier, "location", reasoner, claims);
    }
}

fn later<'a>(
    condition: &'a Option<Condition>,
    earlier: &[&'a Option<Condition>],
    what: &str,
    reasoner: &mut Reasoner<'a>,
    claims: &mut Claims,
) {
    // What comes after one without a condition is reported where ranges are read.
    let (Some(condition), false) = (condition, earlier.iter().any(|when| when.is_none())) else {
        return;
    };
    let others = earlier.iter().filter_map(|when| when.as_ref());
    let goals = others.map(|other| (other, Wanted::NotTrue));
    let goals = std::iter::once((condition, Wanted::True)).chain(goals);
    let is_own_fault = || Question::all([(condition, Wanted::True)]);
    if !earlier.is_empty()
        && reasoner.never(Question::all(goals))
        && !reasoner.never(is_own_fault())
    {
        let message = format!("whoever this holds for gets an earlier {what}");
        let help = Some("put it first, or narrow those before it".to_owned());
        let at = place(condition).unwrap_or_default();
        claims.proved(at, "never-reached", message, help);
    }
}
