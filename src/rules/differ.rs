//! What two rule sets say differently, as far as a person who reviews the change wants to see it.

use super::rule_set::{Expression, RuleSet};
use super::{
    Amount, EmergencyModel, MigrationWay, Operator, Range, ReleaseMode, Select, Unlisted, explain,
};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// Something that two rule sets say differently. Texts are as a rule file writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The property, or the statement with its name: `when`, `exclude "x"`.
    pub what: String,
    /// In the old set; `None`: it was not there.
    pub old: Option<String>,
    /// In the new set; `None`: it is not there any more.
    pub new: Option<String>,
}

impl RuleSet {
    /// By range of this set: the range of the other set that takes its place. That is the one of the same name; or,
    /// where that is gone, one that is new and has the same type and the very same numbers, so that it was renamed.
    #[must_use]
    pub fn followed_by(&self, new: &Self) -> Vec<Option<usize>> {
        let place = |set: &Self, name: &str| {
            let found = set
                .by_name
                .binary_search_by(|at| set.ranges[*at].name.as_str().cmp(name));
            found.ok().map(|at| set.by_name[at])
        };
        let renamed = |range: &Range| {
            let to = new.range_of(range.numbers.first()?)?;
            let other = &new.ranges[to];
            let same = other.number_type == range.number_type && other.numbers == range.numbers;
            (same && place(self, &other.name).is_none()).then_some(to)
        };
        let follower = |range: &Range| place(new, &range.name).or_else(|| renamed(range));
        self.ranges.iter().map(follower).collect()
    }

    /// Whether a range and its follower write the same policies and locations, so that everybody gets the same of both.
    /// Aliases and named groups aside: where a condition stands, it may decide otherwise, and they count as different.
    #[must_use]
    pub fn same_terms(&self, range: usize, new: &Self, follower: usize) -> bool {
        let conditional = |range: &Range| {
            range.policies.iter().any(|policy| policy.when.is_some())
                || range
                    .locations
                    .iter()
                    .any(|location| location.when.is_some())
        };
        let (old, other) = (&self.ranges[range], &new.ranges[follower]);
        !conditional(old)
            && !conditional(other)
            && self.policies_text(old) == new.policies_text(other)
            && self.locations_text(old) == new.locations_text(other)
    }

    /// What a range and its follower say differently; empty when they say the same.
    #[must_use]
    pub fn range_changes(&self, range: usize, new: &Self, follower: usize) -> Vec<Changed> {
        let before = self.range_text(range);
        let after = new.range_text(follower);
        differing(before, after)
    }

    /// What the sets say differently outside their ranges.
    #[must_use]
    pub fn statement_changes(&self, new: &Self) -> Vec<Changed> {
        differing(self.statements_text(), new.statements_text())
    }

    /// What the range says, property by property, in the order of a rule file.
    fn range_text(&self, at: usize) -> Vec<(String, Option<String>)> {
        let range = &self.ranges[at];
        let operator = range.operator.and_then(|at| self.operators.get(at));
        let overflow = range.overflow.iter().filter_map(|to| self.ranges.get(*to));
        let overflow: Vec<String> = overflow.map(|to| quoted(&to.name)).collect();
        let dated = range.dated.iter();
        let dated: Vec<String> = dated
            .map(|d| format!("{} from {}", d.span, d.from))
            .collect();
        let text = |what: &str, value: Option<String>| (what.to_owned(), value);
        vec![
            text("name", Some(quoted(&range.name))),
            text("type", Some(range.number_type.name().to_owned())),
            text("country", range.country.map(|country| country.to_string())),
            text("numbers", spans(&range.numbers)),
            text("port-in", filled(dated)),
            text("never", spans(&range.never)),
            text("reserve", spans(&range.reserve)),
            text("unlisted", Some(unlisted(range.unlisted).to_owned())),
            text("when", self.condition(at)),
            text("priority", Some(range.priority.to_string())),
            text("overflow", filled(overflow)),
            text("select", Some(select(range.select).to_owned())),
            text("grace", range.grace.map(duration)),
            text("deleted-grace", range.deleted_grace.map(duration)),
            text("release", Some(release(range.release).to_owned())),
            text("quarantine", Some(duration(range.quarantine))),
            text("keep-free", Some(amount(range.keep_free))),
            text("low-stock", range.low_stock.map(amount)),
            text("operator", operator.map(|operator| quoted(&operator.name))),
            text("policy", filled(self.policies_text(range))),
            text("location", filled(self.locations_text(range))),
        ]
    }

    fn statements_text(&self) -> Vec<(String, Option<String>)> {
        let mut all = Vec::new();
        let scope = self.scope.as_ref().map(|scope| self.written(scope));
        all.push(("scope".to_owned(), scope));
        for (what, rules) in [("exclude", &self.excludes), ("exempt", &self.exempts)] {
            for (name, when) in rules {
                all.push((format!("{what} {}", quoted(name)), Some(self.written(when))));
            }
        }
        for operator in &self.operators {
            all.push((
                format!("operator {}", quoted(&operator.name)),
                Some(operator_text(operator)),
            ));
        }
        for alias in self.aliases() {
            let what = format!(
                "alias {} {}",
                alias.attribute.name(),
                quoted(&alias.spelling)
            );
            all.push((what, Some(quoted(&alias.value))));
        }
        all
    }

    fn policies_text(&self, range: &Range) -> Vec<String> {
        let policy = |policy: &super::PolicyRule| {
            let when = self.condition_text(policy.when.as_ref());
            format!("{} {}{when}", policy.policy_type, quoted(&policy.name))
        };
        range.policies.iter().map(policy).collect()
    }

    fn locations_text(&self, range: &Range) -> Vec<String> {
        let location = |location: &super::LocationRule| {
            let when = self.condition_text(location.when.as_ref());
            format!("{}{when}", quoted(&location.id))
        };
        range.locations.iter().map(location).collect()
    }

    fn condition_text(&self, when: Option<&Expression>) -> String {
        when.map_or_else(String::new, |when| format!(" when {}", self.written(when)))
    }

    fn written(&self, when: &Expression) -> String {
        explain::written(when, &self.words)
    }
}

/// The texts that differ, first in the order of the old list, then what only the new one has.
fn differing(
    old: Vec<(String, Option<String>)>,
    new: Vec<(String, Option<String>)>,
) -> Vec<Changed> {
    let known: BTreeSet<String> = old.iter().map(|(what, _)| what.clone()).collect();
    let mut after: BTreeMap<String, Option<String>> = new.iter().cloned().collect();
    let mut all: Vec<Changed> = Vec::new();
    for (what, old) in old {
        let new = after.remove(&what).flatten();
        if old != new {
            all.push(Changed { what, old, new });
        }
    }
    let added = new.into_iter().filter(|(what, _)| !known.contains(what));
    all.extend(added.map(|(what, new)| Changed {
        what,
        old: None,
        new,
    }));
    all
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn filled(list: Vec<String>) -> Option<String> {
    (!list.is_empty()).then(|| list.join(", "))
}

fn spans(spans: &crate::numbering::Spans) -> Option<String> {
    filled(spans.runs().map(|run| run.to_string()).collect())
}

/// As a rule file has it: whole days, else hours.
fn duration(time: SignedDuration) -> String {
    match time.as_hours() {
        0 if !time.is_zero() => format!("{} seconds", time.as_secs()),
        hours if hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Count(count) => count.to_string(),
        Amount::Percent(percent) => format!("{percent}%"),
    }
}

const fn unlisted(unlisted: Unlisted) -> &'static str {
    match unlisted {
        Unlisted::Free => "free",
        Unlisted::Reserve => "reserve",
    }
}

const fn select(select: Select) -> &'static str {
    match select {
        Select::LongestIdle => "longest-idle",
        Select::Lowest => "lowest",
        Select::Highest => "highest",
        Select::Random => "random",
    }
}

const fn release(mode: ReleaseMode) -> &'static str {
    match mode {
        ReleaseMode::ByRule => "by-rule",
        ReleaseMode::ByHand => "by-hand",
    }
}

fn operator_text(operator: &Operator) -> String {
    let countries: Vec<String> = operator.countries.iter().map(ToString::to_string).collect();
    let emergency = operator.emergency.map(|model| match model {
        EmergencyModel::Operator => "emergency operator",
        EmergencyModel::Tenant => "emergency tenant",
        EmergencyModel::Locked => "emergency locked",
    });
    let migration = match operator.migration {
        MigrationWay::AfterUpload => "migration after-upload",
        MigrationWay::ReleaseFirst => "migration release-first",
        MigrationWay::InPlace => "migration in-place",
    };
    let mut parts: Vec<String> = operator
        .id
        .iter()
        .map(|id| format!("id {}", quoted(id)))
        .collect();
    parts.extend(filled(countries).map(|list| format!("country {list}")));
    parts.extend(emergency.map(str::to_owned));
    parts.push(migration.to_owned());
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{LoadOptions, SourceFile, load};

    fn set(text: &str) -> RuleSet {
        let file = SourceFile {
            name: "a.rules".to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        load(&[file], LoadOptions::default())
            .unwrap_or_else(|found| panic!("{found:?}"))
            .rule_set
    }

    fn range(name: &str, first: u32, rest: &str) -> String {
        format!(
            "range \"{name}\" {{ type direct-routing numbers +49 89 5550 {first} to {} quarantine 30 days {rest} }}\n",
            first + 9
        )
    }

    fn lines(changes: Vec<Changed>) -> Vec<String> {
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let line = |c: Changed| format!("{}: {} > {}", c.what, text(c.old), text(c.new));
        changes.into_iter().map(line).collect()
    }

    #[test]
    fn a_range_is_followed_by_name_or_by_its_numbers() {
        let old = [
            range("a", 1000, ""),
            range("b", 1100, ""),
            range("c", 1200, ""),
        ]
        .concat();
        let new = [
            range("c", 1300, ""),
            range("b2", 1100, ""),
            range("a", 1000, ""),
        ]
        .concat();
        assert_eq!(
            set(&old).followed_by(&set(&new)),
            [Some(2), Some(1), Some(0)]
        );
        // What stood there before under another name took nobody's place.
        let taken = [range("b", 1200, ""), range("c", 1100, "")].concat();
        assert_eq!(
            set(&old).followed_by(&set(&taken)),
            [None, Some(0), Some(1)]
        );
    }

    #[test]
    fn the_properties_that_differ_are_told_as_a_rule_file_writes_them() {
        let old = set(&range(
            "a",
            1000,
            "when city = \"Bonn\" policy TenantDialPlan \"DE\" keep-free 2",
        ));
        let new = set(&range(
            "a",
            1000,
            "when city IN [\"Bonn\", \"Köln\"] policy TenantDialPlan \"EU\" keep-free 10% low-stock 3",
        ));
        assert_eq!(
            lines(old.range_changes(0, &new, 0)),
            [
                "when: city = \"Bonn\" > city IN [\"Bonn\", \"Köln\"]",
                "keep-free: 2 > 10%",
                "low-stock: - > 3",
                "policy: TenantDialPlan \"DE\" > TenantDialPlan \"EU\"",
            ]
        );
        assert!(!old.same_terms(0, &new, 0));
        assert!(old.same_terms(0, &old, 0));
        assert_eq!(old.range_changes(0, &old, 0), []);
    }

    #[test]
    fn statements_that_come_go_and_change_are_told() {
        let rest = range("a", 1000, "when city = \"Köln\"");
        let old = format!(
            "alias city \"Köln\" = \"Cologne\"\nexclude \"x\" when city = \"Bonn\"\n{rest}"
        );
        let new = format!("scope when company = \"C\"\nexclude \"x\" when city = \"Ulm\"\n{rest}");
        assert_eq!(
            lines(set(&old).statement_changes(&set(&new))),
            [
                "scope: - > company = \"C\"",
                "exclude \"x\": city = \"Bonn\" > city = \"Ulm\"",
                "alias city \"cologne\": \"Köln\" > -",
            ]
        );
    }
}
