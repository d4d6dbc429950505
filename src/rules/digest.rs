//! The digest of a rule set: equal for sets that decide alike because they are written alike, comments, white space
//! and descriptions aside.

use super::checked::{CheckedRange, CheckedSet, Condition};
use super::rule_set::RuleSetId;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// SHA-256 over the canonical form, hexadecimal.
pub(super) fn digest(set: &CheckedSet) -> RuleSetId {
    let mut hash = Hash(Sha256::new());
    // The hash takes everything: writing cannot fail.
    let _ = canonical(set, &mut hash);
    let mut text = String::with_capacity(64);
    for byte in hash.0.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

struct Hash(Sha256);

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

fn canonical(set: &CheckedSet, out: &mut impl Write) -> fmt::Result {
    for (attribute, aliases) in &set.aliases {
        for (spelling, value) in aliases {
            writeln!(
                out,
                "alias {} {spelling:?} {:?}",
                attribute.name(),
                value.normal
            )?;
        }
    }
    let mut operators: Vec<_> = set.operators.iter().collect();
    operators.sort_by(|a, b| a.name.cmp(&b.name));
    writeln!(out, "{operators:?}")?;
    optional("scope", set.scope.as_ref(), out)?;
    for (what, rules) in [("exclude", &set.excludes), ("exempt", &set.exempts)] {
        for (name, condition) in rules {
            write!(out, "{what} {name:?} ")?;
            optional("", Some(condition), out)?;
        }
    }
    set.ranges.iter().try_for_each(|range| one(range, set, out))
}

fn one(checked: &CheckedRange, set: &CheckedSet, out: &mut impl Write) -> fmt::Result {
    let range = &checked.range;
    writeln!(
        out,
        "range {:?} {} {:?}",
        range.name, range.number_type, range.country
    )?;
    for (what, spans) in [
        ("numbers", &range.numbers),
        ("never", &range.never),
        ("reserve", &range.reserve),
    ] {
        writeln!(out, "{what} {:?}", spans.runs().collect::<Vec<_>>())?;
    }
    writeln!(
        out,
        "{:?} {:?} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        range.dated,
        range.unlisted,
        range.priority,
        range.select,
        range.grace,
        range.deleted_grace,
        range.release,
        range.quarantine,
        range.keep_free,
        range.low_stock
    )?;
    let overflow = range.overflow.iter().filter_map(|at| set.ranges.get(*at));
    for other in overflow {
        writeln!(out, "overflow {:?}", other.range.name)?;
    }
    let operator = range.operator.and_then(|at| set.operators.get(at));
    writeln!(
        out,
        "operator {:?}",
        operator.map(|operator| &operator.name)
    )?;
    optional("when", checked.when.as_ref(), out)?;
    for (policy, when) in range.policies.iter().zip(&checked.policies) {
        write!(out, "policy {:?} {:?} ", policy.policy_type, policy.name)?;
        optional("when", when.as_ref(), out)?;
    }
    for (location, when) in range.locations.iter().zip(&checked.locations) {
        write!(out, "location {:?} ", location.id)?;
        optional("when", when.as_ref(), out)?;
    }
    Ok(())
}

fn optional(what: &str, condition: Option<&Condition>, out: &mut impl Write) -> fmt::Result {
    if let Some(condition) = condition {
        write!(out, "{what} ")?;
        condition.canonical(out)?;
    }
    out.write_char('\n')
}
