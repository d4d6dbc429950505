//! How every range looks at one user: whether it is offered at all, whether its condition holds, and if not, what is
//! missing.

use super::{RuleSet, Subject, explain};
use crate::directory::VoiceLicence;
use crate::numbering::NumberType;

/// How one range looks at one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// Index of the range.
    pub range: usize,
    /// Whether its condition is asked: its type fits the licence, it serves the kind, and it has a `when`.
    pub considered: bool,
    /// Whether its condition holds.
    pub matched: bool,
    /// Whether it is the range the rules pick.
    pub picked: bool,
    /// The sentence for people.
    pub why: String,
    /// The clauses that fail, each with what was found instead.
    pub misses: Vec<String>,
    /// How many clauses have to hold together.
    pub clauses: usize,
}

impl RuleSet {
    /// How every range looks at the user, in the order in which they are tried.
    #[must_use]
    pub fn considered(&self, subject: Subject<'_>, voice: VoiceLicence) -> Vec<Considered> {
        let picked = self.pick(subject, voice).map(|pick| pick.range);
        let mut order: Vec<usize> = (0..self.ranges().len()).collect();
        order.sort_by_key(|at| (self.ranges()[*at].priority, *at));
        order
            .into_iter()
            .map(|range| self.one_considered(range, subject, voice, picked))
            .collect()
    }

    /// Every range that is offered to the user and whose condition holds, whichever comes first.
    #[must_use]
    pub fn that_hold(&self, subject: Subject<'_>, voice: VoiceLicence) -> Vec<usize> {
        self.looking(subject, |look| {
            let mut holds = |range: &usize| {
                let declared = &self.ranges()[*range];
                let calling = declared.number_type == NumberType::CallingPlan;
                let fits = match voice {
                    VoiceLicence::None => false,
                    VoiceLicence::PhoneSystem => !calling,
                    VoiceLicence::CallingPlan => calling,
                };
                let when = declared.when.as_ref();
                fits && declared.kinds.contains(&subject.kind)
                    && when.is_some_and(|when| look.holds(when))
            };
            (0..self.ranges().len())
                .filter(|range| holds(range))
                .collect()
        })
    }

    fn one_considered(
        &self,
        range: usize,
        subject: Subject<'_>,
        voice: VoiceLicence,
        picked: Option<usize>,
    ) -> Considered {
        let plain = Considered {
            range,
            considered: false,
            matched: false,
            picked: picked == Some(range),
            why: String::new(),
            misses: Vec::new(),
            clauses: 0,
        };
        if let Some(why) = self.not_offered(range, subject, voice) {
            return Considered { why, ..plain };
        }
        let (misses, clauses) = self.missing_clauses(range, subject);
        let clause = self.condition(range).unwrap_or_default();
        let why = match (misses.first(), picked) {
            (Some(_), _) => misses.join("; "),
            (None, Some(picked)) if picked != range => {
                let first = &self.ranges()[picked];
                match first.priority == self.ranges()[range].priority {
                    true => format!(
                        "{clause}; {} has the same priority and stands before it",
                        first.name
                    ),
                    false => format!("{clause}; {} comes first by its priority", first.name),
                }
            }
            _ => clause,
        };
        Considered {
            considered: true,
            matched: misses.is_empty(),
            why,
            misses,
            clauses,
            ..plain
        }
    }

    /// Why the range is not offered to the user whatever its condition says.
    pub(super) fn not_offered(
        &self,
        range: usize,
        subject: Subject<'_>,
        voice: VoiceLicence,
    ) -> Option<String> {
        let declared = &self.ranges()[range];
        let calling = declared.number_type == NumberType::CallingPlan;
        let why = match voice {
            VoiceLicence::None => "no range is offered without a voice licence".to_owned(),
            VoiceLicence::PhoneSystem if calling => {
                format!(
                    "its numbers are {}, which need a calling plan",
                    declared.number_type
                )
            }
            VoiceLicence::CallingPlan if !calling => format!(
                "its numbers are {}; who has a calling plan is offered calling-plan numbers only",
                declared.number_type
            ),
            _ if declared.when.is_none() => {
                "it has no `when`: it is given by hand or as overflow only".to_owned()
            }
            _ if !declared.kinds.contains(&subject.kind) => {
                format!("it does not serve the kind {}", subject.kind)
            }
            _ => return None,
        };
        Some(why)
    }

    fn missing_clauses(&self, range: usize, subject: Subject<'_>) -> (Vec<String>, usize) {
        let Some(when) = &self.ranges()[range].when else {
            return (Vec::new(), 0);
        };
        let misses = self.looking(subject, |look| {
            explain::failing_clauses(when, look, &self.words, subject.user)
        });
        (misses, explain::clauses(when))
    }
}

/// Of the ranges whose condition fails, the one with the fewest failing clauses, the earlier one of equals. One of
/// which nothing holds is no miss.
#[must_use]
pub fn nearest_miss(considered: &[Considered]) -> Option<&Considered> {
    considered
        .iter()
        .filter(|range| range.considered && !range.matched)
        .filter(|range| {
            range.misses.len() < range.clauses
                || range
                    .misses
                    .iter()
                    .any(|miss| miss.contains(explain::NEARLY))
        })
        .min_by_key(|range| range.misses.len())
}
