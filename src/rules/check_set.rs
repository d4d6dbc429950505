//! Checks that need all ranges at once. None of them compares every range with every other.

use super::checked::{CheckedRange, CheckedSet};
use super::findings::{Findings, Spot};
use crate::numbering::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Links overflow by index, and reports overlaps and wrong overflow.
pub(super) fn check(set: &mut CheckedSet, names: &BTreeMap<String, Spot>, findings: &mut Findings) {
    overlaps(&set.ranges, findings);
    link_overflow(&mut set.ranges, names, findings);
}

/// Sweeps over all spans by their first number.
fn overlaps(ranges: &[CheckedRange], findings: &mut Findings) {
    let spans_of = |(index, range): (usize, &CheckedRange)| {
        let entries = range.entries.clone().into_iter();
        entries.map(move |(span, at)| (span, index, at))
    };
    let mut spans: Vec<(Span, usize, Spot)> =
        ranges.iter().enumerate().flat_map(spans_of).collect();
    spans.sort_by_key(|(span, index, at)| (span.first(), *index, *at));
    let mut said: BTreeSet<(usize, usize)> = BTreeSet::new();
    // The span that reaches furthest so far, and the one of another range that does.
    let mut furthest: [Option<(Span, usize, Spot)>; 2] = [None, None];
    for current in spans {
        let (span, index, at) = current;
        let rival = furthest
            .iter()
            .flatten()
            .find(|(_, other, _)| *other != index);
        if let Some((earlier, other, other_at)) = rival
            && earlier.last() >= span.first()
            && said.insert((index.min(*other), index.max(*other)))
        {
            report_overlap(
                (span, index, at),
                (*earlier, *other, *other_at),
                ranges,
                findings,
            );
        }
        advance(&mut furthest, current);
    }
}

fn advance(furthest: &mut [Option<(Span, usize, Spot)>; 2], current: (Span, usize, Spot)) {
    let reaches = |held: &Option<(Span, usize, Spot)>| {
        held.is_none_or(|(span, _, _)| span.last() < current.0.last())
    };
    let same = |held: &Option<(Span, usize, Spot)>| held.is_some_and(|(_, i, _)| i == current.1);
    if same(&furthest[0]) {
        if reaches(&furthest[0]) {
            furthest[0] = Some(current);
        }
    } else if reaches(&furthest[0]) {
        furthest[1] = furthest[0];
        furthest[0] = Some(current);
    } else if reaches(&furthest[1]) {
        furthest[1] = Some(current);
    }
}

type Placed = (Span, usize, Spot);

fn report_overlap(a: Placed, b: Placed, ranges: &[CheckedRange], findings: &mut Findings) {
    // The later one in the files is the one to look at.
    let (late, early) = if a.2 > b.2 { (a, b) } else { (b, a) };
    let first = late.0.first().max(early.0.first());
    let last = late.0.last().min(early.0.last());
    let shared = Span::new(first, last).unwrap_or(late.0);
    let message = format!(
        "{shared} also lies in range `{}` ({})",
        ranges[early.1].range.name, early.0
    );
    let help = Some(format!(
        "a number belongs to one range: take {shared} out of one of them"
    ));
    findings.error(late.2, "overlap", message, help);
}

fn link_overflow(
    ranges: &mut [CheckedRange],
    names: &BTreeMap<String, Spot>,
    findings: &mut Findings,
) {
    let index: BTreeMap<String, usize> = ranges
        .iter()
        .enumerate()
        .rev()
        .map(|(at, range)| (range.range.name.clone(), at))
        .collect();
    let types: Vec<_> = ranges.iter().map(|range| range.range.number_type).collect();
    for range in ranges {
        let mut linked = BTreeSet::new();
        for name in &range.overflow {
            let Some(at) = index.get(&name.value) else {
                // A range that was declared with errors has been reported already.
                if !names.contains_key(&name.value) {
                    let message = format!(
                        "there is no range \"{}\"",
                        super::findings::shorten(&name.value)
                    );
                    let help = findings
                        .did_you_mean(&name.value, names.keys().map(String::as_str))
                        .unwrap_or_else(|| "declare it: range \"name\" { … }".into());
                    findings.error(name.at, "unknown-range", message, Some(help));
                }
                continue;
            };
            if types[*at] != range.range.number_type {
                let message = format!(
                    "\"{}\" is {}, this range is {}",
                    name.value, types[*at], range.range.number_type
                );
                let help = Some("overflow goes to ranges of the same type".to_owned());
                findings.error(name.at, "overflow-type", message, help);
            } else if linked.insert(*at) {
                range.range.overflow.push(*at);
            }
        }
    }
}
