//! The report for people: what happens to whom, why, and what is to be done about it.

mod explanation;
mod migration;
mod rules_coverage;
mod rules_diff;

pub use explanation::{number_text, person_text};
pub use migration::{migration_plan_text, migration_text};
pub use rules_coverage::rules_coverage_text;
pub use rules_diff::rules_diff_text;

use super::{ChangeReport, NoteReport, ReadMode, SyncReport, SyncStatus, UnmatchedReport, inert};
use crate::plan::{ChangeStatus, Mode, NoteKind, Reason};
use comfy_table::{ContentArrangement, Table, presets};
use std::collections::BTreeMap;
use std::fmt::Write;

/// So many changes are listed; nobody reads more on a terminal.
const CHANGES_SHOWN: usize = 50;

/// So many notes of each kind are listed.
const NOTES_SHOWN: usize = 5;

/// So much of any other list is shown.
const LIST: usize = 20;

/// The actions in the order they are listed in: what takes something away comes first.
const ACTIONS: &[&str] = &["release", "assign", "adopt", "policy", "profile"];

/// The text form of a plan or a sync, ending with a line end. `held_because` are the guard's sentences, one per cause.
/// Text from the directory is shown inert.
#[must_use]
pub fn text(report: &SyncReport, held_because: &[String]) -> String {
    let mut out = header(report, held_because);
    out.push_str(&changes(&report.changes));
    out.push_str(&notes(&report.notes));
    out.push_str(&closing(report));
    out
}

fn header(report: &SyncReport, held_because: &[String]) -> String {
    let subject = match &report.sync_id {
        Some(id) => format!("sync {}", inert(id)),
        None => "plan".to_owned(),
    };
    let mode = match report.mode {
        Mode::Observe => "observe: nothing is written to Teams",
        Mode::AssignOnly => "assign-only: nothing is released",
        Mode::Apply => "apply",
    };
    let mut lines = vec![
        ("tenant", inert(&report.tenant)),
        ("status", format!("{} ({subject})", report.status.name())),
        ("mode", mode.to_owned()),
        ("rules", rules(report)),
        ("directory", directory(report)),
    ];
    lines.extend(
        report
            .rule_change
            .map(|change| ("new rules", rule_change(change))),
    );
    lines.extend(held_because.iter().map(|cause| ("held", inert(cause))));
    lines
        .into_iter()
        .fold(String::new(), |mut out, (name, value)| {
            // Writing into a text cannot fail.
            let _ = writeln!(out, "{name:<10} {value}");
            out
        })
}

fn rules(report: &SyncReport) -> String {
    let rules = &report.rules;
    let commit = match (&rules.commit, rules.dirty) {
        (Some(commit), false) => format!("commit {}", short(commit)),
        (Some(commit), true) => format!("commit {} with uncommitted changes", short(commit)),
        (None, _) => "not in git".to_owned(),
    };
    format!("{commit}, digest {}", short(&rules.digest))
}

/// The beginning of a commit or digest, enough to tell it from others.
fn short(text: &str) -> String {
    inert(&text.chars().take(12).collect::<String>())
}

fn directory(report: &SyncReport) -> String {
    let read = match report.directory.mode {
        ReadMode::Full => "read in full",
        ReadMode::Delta => "read what changed",
    };
    let end = match report.directory.complete {
        true => "complete",
        false => "INCOMPLETE: nobody is released",
    };
    format!("{}, {read}, {end}", counted(report.directory.users, "user"))
}

fn changes(changes: &[ChangeReport]) -> String {
    if changes.is_empty() {
        return "\nNo changes.\n".to_owned();
    }
    let mut out = String::new();
    let mut left = CHANGES_SHOWN;
    for action in ACTIONS {
        let mut group: Vec<&ChangeReport> = changes
            .iter()
            .filter(|change| change.action == *action)
            .collect();
        if group.is_empty() {
            continue;
        }
        // What needs somebody's attention first, else in the order of the plan.
        group.sort_by_key(|change| attention(change.status));
        let _ = writeln!(out, "\n{action} ({})", group.len());
        out.push_str(&table(group.iter().take(left).map(|change| row(change))));
        left = left.saturating_sub(group.len());
    }
    if changes.len() > CHANGES_SHOWN {
        let more = changes.len() - CHANGES_SHOWN;
        let _ = writeln!(out, "  … and {more} more (--output json shows all)");
    }
    out
}

const fn attention(status: ChangeStatus) -> u8 {
    match status {
        ChangeStatus::Failed => 0,
        ChangeStatus::Held => 1,
        ChangeStatus::Waiting => 2,
        ChangeStatus::Planned => 3,
        ChangeStatus::Succeeded => 4,
    }
}

fn row(change: &ChangeReport) -> Vec<String> {
    let mut last = vec![change.reason.name().to_owned()];
    if let Some(policy) = &change.policy {
        last.push(format!(
            "{} \"{}\"",
            inert(&policy.policy_type),
            inert(&policy.name)
        ));
    }
    match &change.error {
        Some(error) => last.push(inert(error)),
        None if change.policy.is_none() && !change.why.is_empty() => last.push(inert(&change.why)),
        None => {}
    }
    vec![
        change.status.name().to_owned(),
        change.number.to_string(),
        inert(&change.user.upn),
        change
            .range
            .as_deref()
            .map_or_else(|| "-".to_owned(), inert),
        change.number_type.name().to_owned(),
        last.join(": "),
    ]
}

fn notes(notes: &[NoteReport]) -> String {
    let mut kinds: BTreeMap<NoteKind, Vec<&NoteReport>> = BTreeMap::new();
    for note in notes {
        kinds.entry(note.kind).or_default().push(note);
    }
    let mut out = String::new();
    for (kind, group) in kinds {
        let _ = writeln!(out, "\nnote {kind} ({})", group.len());
        let rows = group.iter().take(NOTES_SHOWN).map(|note| {
            let about = [
                note.user.as_ref().map(|user| inert(&user.upn)),
                note.number.map(|number| number.to_string()),
                note.range.as_deref().map(inert),
            ];
            let about: Vec<String> = about.into_iter().flatten().collect();
            vec![about.join(" "), inert(&note.detail)]
        });
        out.push_str(&table(rows));
        if group.len() > NOTES_SHOWN {
            let _ = writeln!(out, "  … and {} more", group.len() - NOTES_SHOWN);
        }
    }
    out
}

/// Aligned columns, two blanks in front of each, no lines.
fn table(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((2, 0));
    }
    if table.is_empty() {
        return String::new();
    }
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn closing(report: &SyncReport) -> String {
    let summary = &report.summary;
    let counts = [
        (summary.assign, "assign"),
        (summary.release, "release"),
        (summary.adopt, "adopt"),
        (summary.policy, "policy"),
        (summary.profile, "profile"),
        (summary.keep, "keep"),
        (summary.waiting, "waiting"),
        (summary.failed, "failed"),
        (summary.notes, "notes"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{name} {count}"))
        .collect();
    let counts = if counts.is_empty() {
        "nothing".to_owned()
    } else {
        counts.join(", ")
    };
    format!("\nsummary    {counts}\n{}", to_do(report))
}

/// What a person can do about what is held, with the exact command.
fn to_do(report: &SyncReport) -> String {
    if report.status != SyncStatus::Held {
        return String::new();
    }
    if report.holds_rules() {
        return rules_to_do(report);
    }
    let held = report
        .changes
        .iter()
        .filter(|change| change.status == ChangeStatus::Held)
        .count();
    let held = match held {
        0 => {
            return "Nothing of this waits for an approval; the cause above has to end first.\n"
                .to_owned();
        }
        held => counted(held as u64, "change"),
    };
    let tenant = inert(&report.tenant);
    let mut changes = report.changes.iter();
    let ordered = changes.all(|c| c.status != ChangeStatus::Held || c.reason == Reason::Manual);
    match &report.sync_id {
        Some(_) if ordered => format!(
            "{held} held, and nothing of it is kept. To make the same plan without the brakes:\n  \
             linekeeper sync --tenant {tenant} --plan FILE --approve\n"
        ),
        Some(id) => {
            let id = inert(id);
            format!(
                "{held} held for up to 24 hours, until somebody decides:\n  \
                 linekeeper syncs approve {id}    makes exactly these changes\n  \
                 linekeeper syncs reject {id}     drops them\n"
            )
        }
        None if ordered => {
            format!("{held} would be held; --approve makes them without the brakes.\n")
        }
        None => format!(
            "{held} would be held. To make them in one sync, without the brakes:\n  \
             linekeeper sync --tenant {tenant} --approve\n"
        ),
    }
}

/// What a person can do about rules that are held.
fn rules_to_do(report: &SyncReport) -> String {
    let tenant = inert(&report.tenant);
    match &report.sync_id {
        Some(id) => {
            let id = inert(id);
            format!(
                "The changed rules are not taken up until somebody decides, or until they are put right:\n  \
                 linekeeper syncs approve {id}    takes them up; the other brakes stay\n  \
                 linekeeper rules diff OLD NEW --tenant {tenant}    names everybody they touch\n"
            )
        }
        None => format!(
            "The changed rules would be held. To take them up in one sync, without any brake:\n  \
             linekeeper sync --tenant {tenant} --approve\n"
        ),
    }
}

/// What changed rules do to people without a number.
fn rule_change(change: UnmatchedReport) -> String {
    format!(
        "{} of {} people without a number who had a range are left without one ({}% allowed)",
        change.left_without, change.had_range, change.max_percent
    )
}

/// What a list of so many leaves out, as a line.
fn more(count: usize, what: &str) -> String {
    match count.saturating_sub(LIST) {
        0 => String::new(),
        more => format!("  … and {more} more {what} (--output json shows all)\n"),
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests;
