//! A difference of two rule sets for people: the counts first, then ranges, then names.

use super::{LIST, counted, more, short, table};
use crate::report::inert;
use crate::report::rules_diff::{
    ChangedReport, EffectCounts, PeopleRead, PeopleSource, PersonDiff, RangeChange, RangeDiff,
    RangeShare, RuleSide, RulesDiff, UnmatchedReport,
};
use std::fmt::Write;

/// The text form of a difference, ending with a line end.
#[must_use]
pub fn rules_diff_text(diff: &RulesDiff) -> String {
    let mut out = head(diff);
    if !diff.differs {
        out.push_str("\nThe two sets of rules decide alike.\n");
        return out;
    }
    out.push_str(&statements(&diff.statements));
    out.push_str(&ranges(&diff.ranges));
    out.push_str(&moves(diff));
    out.push_str(&people(&diff.people));
    out.push_str(&numbers(diff));
    out
}

fn head(diff: &RulesDiff) -> String {
    let summary = &diff.summary;
    let different = summary.joiners.different() + summary.holders.different();
    let mut lines = vec![
        ("tenant", inert(&diff.tenant)),
        ("old", side(&diff.old)),
        ("new", side(&diff.new)),
        ("directory", people_read(&diff.directory)),
        (
            "people",
            format!(
                "{} about whom the rules are asked, {different} of them picked differently",
                summary.people
            ),
        ),
        (
            "joiners",
            format!(
                "{} (without a number: the next sync)",
                effects(&summary.joiners)
            ),
        ),
        (
            "holders",
            format!("{} (they keep their numbers)", effects(&summary.holders)),
        ),
        ("unmatched", unmatched(&diff.unmatched)),
    ];
    if summary.undeclared + summary.redeclared > 0 {
        let text = format!(
            "{} that people keep lie in no range any more, {} in another one",
            counted(summary.undeclared, "number"),
            summary.redeclared
        );
        lines.push(("numbers", text));
    }
    lines_of(&lines)
}

fn unmatched(unmatched: &UnmatchedReport) -> String {
    let brake = match unmatched.held {
        true => "a sync is held until somebody approves",
        false => "no brake holds that",
    };
    format!(
        "{} of {} people without a number lose their range; {brake} (safety.max_unmatched_percent = {})",
        unmatched.left_without, unmatched.had_range, unmatched.max_percent
    )
}

/// Names and values below each other.
pub(super) fn lines_of(lines: &[(&str, String)]) -> String {
    let line = |(name, value): &(&str, String)| format!("{name:<10} {value}\n");
    lines.iter().map(line).collect()
}

/// Where a rule set comes from.
pub(super) fn side(side: &RuleSide) -> String {
    let commit = match (&side.commit, side.dirty) {
        (Some(commit), false) => format!("commit {}, ", short(commit)),
        (Some(commit), true) => format!("commit {} with uncommitted changes, ", short(commit)),
        (None, _) => String::new(),
    };
    format!(
        "{} ({commit}digest {})",
        inert(&side.source),
        short(&side.digest)
    )
}

/// Which people were looked at, and how old that is.
pub(super) fn people_read(read: &PeopleRead) -> String {
    let time = |at: Option<jiff::Timestamp>| {
        at.map_or_else(
            || "never".to_owned(),
            |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        )
    };
    let users = counted(read.users, "user");
    match read.read {
        PeopleSource::Live => format!("{users}, read just now"),
        PeopleSource::Stored => format!(
            "{users}, as the last sync left them at {} (read in full at {})",
            time(read.at),
            time(read.full_read)
        ),
    }
}

fn effects(counts: &EffectCounts) -> String {
    let all = [
        (counts.loses, "lose their range"),
        (counts.moves, "get another range"),
        (counts.gains, "gain a range"),
        (counts.terms, "get other policies or another location"),
        (counts.unknown, "cannot be told, for want of a group"),
        (counts.same, "unchanged"),
    ];
    let told: Vec<String> = all
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match told.is_empty() {
        true => "nobody".to_owned(),
        false => told.join(", "),
    }
}

fn statements(statements: &[ChangedReport]) -> String {
    let mut out = String::new();
    if !statements.is_empty() {
        out.push_str("\nrules for everybody\n");
        out.push_str(&changed(statements));
    }
    out
}

fn changed(list: &[ChangedReport]) -> String {
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), inert);
    let row = |c: &ChangedReport| vec![inert(&c.what), text(&c.old), "->".to_owned(), text(&c.new)];
    table(list.iter().map(row))
}

fn ranges(ranges: &[RangeDiff]) -> String {
    let mut out = String::new();
    for range in ranges.iter().filter(|range| is_worth_telling(range)) {
        let what = match (range.change, &range.renamed_from) {
            (RangeChange::Added, _) => "is new".to_owned(),
            (RangeChange::Removed, _) => "is gone".to_owned(),
            (RangeChange::Changed, Some(old)) => format!("was called {}", inert(old)),
            (RangeChange::Changed, None) => "is written differently".to_owned(),
            (RangeChange::Same, _) => "is written alike".to_owned(),
        };
        let _ = writeln!(out, "\nrange {} {what}", inert(&range.range));
        out.push_str(&changed(&range.properties));
        out.push_str(&shares(range));
    }
    out
}

/// One that is written differently, or of which something else becomes.
fn is_worth_telling(range: &RangeDiff) -> bool {
    range.change != RangeChange::Same || range.old != range.new
}

fn shares(range: &RangeDiff) -> String {
    let row = |name: &str, share: &RangeShare| {
        let short = match share.short() {
            0 => String::new(),
            short => format!("{short} too few (before overflow)"),
        };
        vec![
            name.to_owned(),
            format!("picked for {}", share.picked),
            format!("{} of them without a number", share.takers),
            format!("{} free of {}", share.free, share.total),
            format!("{} held", share.holders),
            short,
        ]
    };
    let old = range.old.as_ref().map(|share| row("old", share));
    let new = range.new.as_ref().map(|share| row("new", share));
    table(old.into_iter().chain(new))
}

fn moves(diff: &RulesDiff) -> String {
    if diff.moves.is_empty() {
        return String::new();
    }
    let name = |range: &Option<String>| range.as_deref().map_or_else(|| "none".to_owned(), inert);
    let rows = diff.moves.iter().take(LIST).map(|step| {
        vec![
            name(&step.from),
            "->".to_owned(),
            name(&step.to),
            format!("{} without a number", step.joiners),
            format!("{} with one", step.holders),
        ]
    });
    format!(
        "\nfrom range to range\n{}{}",
        table(rows),
        more(diff.moves.len(), "moves")
    )
}

fn people(people: &[PersonDiff]) -> String {
    if people.is_empty() {
        return String::new();
    }
    let name = |range: &Option<String>| range.as_deref().map_or_else(|| "none".to_owned(), inert);
    let rows = people.iter().take(LIST).map(|person| {
        vec![
            inert(&person.user.upn),
            match (person.number, person.joins) {
                (Some(number), _) => format!("keeps {number}"),
                (None, true) => "no number".to_owned(),
                (None, false) => "keeps another number".to_owned(),
            },
            format!("{} -> {}", name(&person.from), name(&person.to)),
            inert(&person.why),
        ]
    });
    format!(
        "\npeople ({})\n{}{}",
        people.len(),
        table(rows),
        more(people.len(), "people")
    )
}

fn numbers(diff: &RulesDiff) -> String {
    if diff.numbers.is_empty() {
        return String::new();
    }
    let name = |range: &Option<String>| {
        range
            .as_deref()
            .map_or_else(|| "no range".to_owned(), inert)
    };
    let rows = diff.numbers.iter().take(LIST).map(|number| {
        vec![
            number.number.to_string(),
            inert(&number.user.upn),
            format!("{} -> {}", name(&number.from), name(&number.to)),
        ]
    });
    format!(
        "\nnumbers that people keep ({})\n{}{}",
        diff.numbers.len(),
        table(rows),
        more(diff.numbers.len(), "numbers")
    )
}
