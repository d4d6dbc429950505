//! Why a decision came out as it did, one line each, for whoever expected another one.

use super::outcome::{Outcome, subject};
use crate::numbering::E164;
use crate::plan::{Index, Row, StoredUser, World, standing};
use crate::rules::{Owner, Subject, Weighed};
use crate::views::because;

/// A decision with all it rests on.
pub(super) struct Decided<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) stored: &'a StoredUser,
    pub(super) outcome: &'a Outcome,
}

impl Decided<'_> {
    /// Why the person is not, or is, asked about ranges at all; nothing of the eligible.
    pub(super) fn row(&self) -> Vec<String> {
        let judged = &self.outcome.judged;
        if judged.row == Row::Eligible {
            return Vec::new();
        }
        let mut lines = vec![because(judged.licensing.kind, &judged.row)];
        match (&judged.row, self.outcome.rule) {
            (_, Some(owner)) => lines.extend(self.clauses(owner)),
            (Row::Unlicensed | Row::NoTeams | Row::InDoubt(_), None) => {
                let reasons = self.world.book.reasons(&self.stored.user.licences);
                lines.extend(reasons.iter().map(|reason| format!("  {reason}")));
            }
            _ => {}
        }
        lines
    }

    /// How a range looks at the person, clause by clause.
    pub(super) fn range(&self, range: usize) -> Vec<String> {
        if self.outcome.judged.row != Row::Eligible {
            return Vec::new();
        }
        let voice = self.outcome.judged.licensing.voice;
        let considered = self.world.rules.considered(self.subject(), voice);
        let Some(found) = considered.into_iter().find(|found| found.range == range) else {
            return Vec::new();
        };
        let declared = &self.world.rules.ranges()[range];
        let place = format!("{} ({}:{})", declared.name, declared.file, declared.line);
        if !found.considered {
            return vec![format!("{place} is not offered: {}", found.why)];
        }
        let mut lines = match (found.matched, found.picked) {
            (false, _) => vec![format!("{place} does not fit:")],
            (true, true) => vec![format!("{place} fits and comes first:")],
            (true, false) => vec![format!(
                "{place} fits, but another comes first: {}",
                found.why
            )],
        };
        lines.extend(self.clauses(Owner::Range(range)));
        lines
    }

    /// A condition and its clauses, each with what was found.
    pub(super) fn clauses(&self, owner: Owner) -> Vec<String> {
        let rules = self.world.rules;
        let Some(wording) = rules.wording(owner) else {
            return Vec::new();
        };
        let weighed = rules.weigh(owner, self.subject());
        // A range is named in the line before.
        let mut lines = vec![match owner {
            Owner::Range(_) => format!("  when {wording}"),
            _ => format!("  {} when {wording}", rules.name_of(owner)),
        }];
        lines.extend(weighed.into_iter().map(clause));
        lines
    }

    /// Which policies of a type, or which locations, the range has for whom.
    pub(super) fn choices(&self, range: Option<usize>, of: impl Fn(Owner) -> bool) -> Vec<String> {
        let Some(range) = range else {
            return vec!["no number is given, and nothing goes with it".to_owned()];
        };
        let declared = &self.world.rules.ranges()[range];
        let policies = (0..declared.policies.len()).map(|at| Owner::Policy(range, at));
        let locations = (0..declared.locations.len()).map(|at| Owner::Location(range, at));
        let mut lines = Vec::new();
        for owner in policies.chain(locations).filter(|owner| of(*owner)) {
            let clauses = self.clauses(owner);
            match clauses.is_empty() {
                true => lines.push(format!(
                    "  {} for everyone",
                    self.world.rules.name_of(owner)
                )),
                false => lines.extend(clauses),
            }
        }
        if lines.is_empty() {
            lines.push(format!("{} has none", declared.name));
        }
        lines
    }

    /// What stands against a number, or that nothing does.
    pub(super) fn number(&self, number: E164) -> Vec<String> {
        let (entry, because) = standing(&Index::new(self.world), number);
        let state = entry.map_or("declared by no range", |entry| entry.state.name());
        vec![format!("{number} is {state}: {}", because.join("; "))]
    }

    /// Every note with its sentence.
    pub(super) fn notes(&self) -> Vec<String> {
        let notes = self.outcome.notes.iter();
        notes
            .map(|note| format!("{}: {}", note.kind, note.detail))
            .collect()
    }

    fn subject(&self) -> Subject<'_> {
        subject(self.world, self.stored, &self.outcome.judged)
    }
}

fn clause(weighed: Weighed) -> String {
    let Weighed { text, holds, found } = weighed;
    let verdict = match holds {
        Some(true) => "holds",
        Some(false) => "fails",
        None => "cannot be decided",
    };
    let found = found.map_or_else(String::new, |found| format!(" ({found})"));
    format!("    {verdict}  {text}{found}")
}
