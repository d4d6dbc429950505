//! What is claimed about rules; what rests on an example only after the rules themselves have confirmed it.

use super::example::Example;
use crate::directory::VoiceLicence;
use crate::numbering::NumberType;
use crate::rules::RuleSet;
use crate::rules::findings::{Findings, Spot};
use std::collections::BTreeSet;

/// Everything claimed about a rule set.
#[derive(Debug, Default)]
pub(in crate::rules) struct Claims {
    proved: Vec<Proved>,
    overlaps: Vec<Overlap>,
}

/// Something that is so for everybody.
#[derive(Debug)]
struct Proved {
    at: Spot,
    code: &'static str,
    message: String,
    help: Option<String>,
}

/// Two ranges of one priority, and people who would fit both.
#[derive(Debug)]
pub(super) struct Overlap {
    pub(super) at: Spot,
    /// Indices of the later range, and of an earlier one with somebody who would fit both.
    pub(super) range: usize,
    pub(super) examples: Vec<(usize, Example)>,
}

impl Claims {
    pub(super) fn proved(
        &mut self,
        at: Spot,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        self.proved.push(Proved {
            at,
            code,
            message,
            help,
        });
    }

    pub(super) fn overlap(&mut self, overlap: Overlap) {
        self.overlaps.push(overlap);
    }

    /// Reports what was proved, and of what rests on examples the first that the rules confirm.
    pub(in crate::rules) fn report(self, rules: &RuleSet, findings: &mut Findings) {
        // What stands in `defaults` is part of many ranges.
        let mut said = BTreeSet::new();
        for claim in self.proved {
            if !said.insert((claim.at, claim.code)) {
                continue;
            }
            findings.warning(claim.at, claim.code, claim.message, claim.help);
        }
        for overlap in self.overlaps {
            let mut examples = overlap.examples.iter();
            let message = examples
                .find_map(|(other, example)| confirmed(rules, overlap.range, *other, example));
            if let Some(message) = message {
                let help = "give one of them another `priority`, or narrow one".to_owned();
                findings.warning(overlap.at, "overlapping-ranges", message, Some(help));
            }
        }
    }
}

/// Who fits both ranges and is served by one of their priority, as the rules decide; `None` when they do not.
fn confirmed(rules: &RuleSet, range: usize, other: usize, example: &Example) -> Option<String> {
    let voice = match rules.ranges()[range].number_type {
        NumberType::CallingPlan => VoiceLicence::CallingPlan,
        NumberType::DirectRouting | NumberType::OperatorConnect => VoiceLicence::PhoneSystem,
    };
    let picked = example.ask(|subject| {
        let judged = rules.judge(subject, voice);
        let served =
            judged.in_scope && judged.excluded_by.is_none() && judged.exempted_by.is_none();
        let pick = judged.pick.filter(|_| served)?;
        let held = |at: usize| pick.range == at || pick.ambiguous.contains(&at);
        (held(range) && held(other)).then_some(pick.range)
    })?;
    let name = |at: usize| &rules.ranges()[at].name;
    Some(format!(
        "`{}` and `{}` have the same priority and both fit, for example, {example}, who gets `{}`, which stands first",
        name(other),
        name(range),
        name(picked),
    ))
}
