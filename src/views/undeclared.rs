//! Numbers of the tenant that no range declares, run by run.

use super::diagnosis::{Ailment, Finding, type_name};
use super::remedies::UNDECLARED;
use crate::numbering::{E164, Listed};
use crate::rules::RuleSet;
use uuid::Uuid;

/// Numbers in a row of one operator and one type.
struct Run<'a> {
    first: &'a Listed,
    last: E164,
    count: u64,
    taken: u64,
}

/// Runs of numbers that no range declares, ascending.
pub(super) fn undeclared(rules: &RuleSet, listing: &[Listed]) -> Vec<Finding> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let strays = listing.iter();
    for listed in strays.filter(|listed| rules.range_of(listed.number).is_none()) {
        let taken = u64::from(!listed.is_unassigned());
        match runs.last_mut().filter(|run| goes_on(run, listed)) {
            Some(run) => {
                run.count += u64::from(run.last != listed.number);
                run.last = listed.number;
                run.taken += taken;
            }
            None => runs.push(Run {
                first: listed,
                last: listed.number,
                count: 1,
                taken,
            }),
        }
    }
    runs.into_iter().map(finding).collect()
}

fn goes_on(run: &Run<'_>, listed: &Listed) -> bool {
    let kind = |listed: &Listed| -> (Option<Uuid>, String) {
        (listed.profile.operator, type_name(listed).to_owned())
    };
    let follows = listed.number.digits() <= run.last.digits() + 1;
    follows && kind(run.first) == kind(listed)
}

fn finding(run: Run<'_>) -> Finding {
    let operator = run.first.profile.operator;
    let of = operator.map_or_else(String::new, |id| format!(" of the operator {id}"));
    let kind = type_name(run.first);
    Finding {
        kind: Ailment::Undeclared,
        number: run.first.number,
        to: (run.last != run.first.number).then_some(run.last),
        count: run.count,
        user: None,
        range: None,
        detail: format!("{kind}{of}; in use: {}", run.taken),
        to_do: UNDECLARED,
    }
}
