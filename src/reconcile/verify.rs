//! Verify: what came of the plan, as one report.

use super::Finished;
use super::observe::Directory;
use crate::apply::Applied;
use crate::plan::{
    Action, Change, ChangeStatus, Draft, Mode, Note, NoteKind, Part, Plan, PlanStatus,
    is_recorded_only, is_waiting,
};
use crate::report::{
    ChangeReport, DirectoryReport, NoteReport, ReadMode, RulesReport, Summary, SyncReport,
    SyncStatus, UnmatchedReport, UserRef,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a report says of the circumstances.
pub(super) struct Seen {
    pub(super) tenant: String,
    pub(super) sync: Option<String>,
    pub(super) mode: Mode,
    pub(super) rules: RulesReport,
    pub(super) read: ReadMode,
    pub(super) complete: bool,
    pub(super) users: u64,
    /// What changed rules do to people without a number, where they are not those in force.
    pub(super) rule_change: Option<UnmatchedReport>,
}

/// The report of a mere plan.
pub(super) fn plan_report(seen: &Seen, draft: Draft, directory: &Directory) -> Finished {
    let status = match draft.plan.status {
        PlanStatus::Planned => SyncStatus::Planned,
        PlanStatus::Held => SyncStatus::Held,
    };
    build(seen, draft, status, directory)
}

/// The report of a sync that ran.
pub(super) fn report(
    seen: &Seen,
    mut draft: Draft,
    recovered: Vec<Applied>,
    applied: Vec<Applied>,
    conflicts: &BTreeSet<u32>,
    directory: &Directory,
) -> Finished {
    let by_seq: BTreeMap<u32, Change> = applied
        .into_iter()
        .map(|done| (done.change.seq, done.change))
        .collect();
    let mut notes = Vec::new();
    for change in &mut draft.plan.changes {
        if let Some(done) = by_seq.get(&change.seq) {
            *change = done.clone();
        } else if is_recorded_only(change) && change.status == ChangeStatus::Planned {
            change.status = ChangeStatus::Succeeded;
        } else if conflicts.contains(&change.seq) && change.part != Part::GivesBack {
            change.status = ChangeStatus::Failed;
            change.error = Some("another plan has claimed the number or the person".to_owned());
            change.noted = Some(NoteKind::Conflict);
        }
        notes.extend(note_of(change));
    }
    let mut earlier: Vec<Change> = recovered.into_iter().map(|done| done.change).collect();
    // What had not taken effect and is made by this very plan is told once.
    let anew = |old: &Change| {
        draft
            .plan
            .changes
            .iter()
            .any(|c| c.user == old.user && c.action == old.action)
    };
    earlier.retain(|old| old.status != ChangeStatus::Failed || !anew(old));
    notes.extend(earlier.iter().filter_map(note_of));
    draft.plan.changes.splice(0..0, earlier);
    draft.plan.changes.retain(|change| !is_but_a_note(change));
    let known = |note: &Note, notes: &[Note]| {
        notes
            .iter()
            .any(|n| n.kind == note.kind && n.user == note.user)
    };
    notes.retain(|note| !known(note, &draft.plan.notes));
    draft.plan.notes.extend(notes);
    let status = sync_status(&draft.plan, seen);
    build(seen, draft, status, directory)
}

fn sync_status(plan: &Plan, seen: &Seen) -> SyncStatus {
    let is = |wanted| plan.changes.iter().any(|change| change.status == wanted);
    if plan.status == PlanStatus::Held || is(ChangeStatus::Held) {
        SyncStatus::Held
    } else if !seen.complete || is(ChangeStatus::Failed) || is(ChangeStatus::Waiting) {
        SyncStatus::Partial
    } else {
        SyncStatus::Succeeded
    }
}

/// A profile that Graph does not let be written is told as a note and not as a change that failed.
fn is_but_a_note(change: &Change) -> bool {
    change.noted == Some(NoteKind::ProfileReadOnly)
}

/// The note that goes with a change that did not come to its good end: of a number, or of a profile that is read-only.
fn note_of(change: &Change) -> Option<Note> {
    let told = change.action.claims() || is_but_a_note(change);
    let kind = change.noted.filter(|_| told)?;
    Some(Note {
        kind,
        user: Some(change.user),
        number: Some(change.number),
        range: change.range.clone(),
        detail: change.error.clone().unwrap_or_default(),
    })
}

/// The report of a sync in which nothing could be decided.
pub(super) fn failed_report(seen: &Seen) -> SyncReport {
    empty(seen, SyncStatus::Failed)
}

/// The report of a sync whose order was refused: there was nothing to do.
pub(super) fn refused_report(seen: &Seen) -> SyncReport {
    empty(seen, SyncStatus::Succeeded)
}

/// The report of a sync in which a guard lets nothing run.
pub(super) fn held_report(seen: &Seen, because: String) -> Finished {
    Finished {
        report: empty(seen, SyncStatus::Held),
        failure: None,
        held_because: vec![because],
        plan: Plan::default(),
    }
}

fn empty(seen: &Seen, status: SyncStatus) -> SyncReport {
    SyncReport {
        sync_id: seen.sync.clone(),
        directory: DirectoryReport {
            mode: seen.read,
            complete: seen.complete,
            users: seen.users,
        },
        rule_change: seen.rule_change,
        ..SyncReport::empty(&seen.tenant, seen.mode, seen.rules.clone(), status)
    }
}

fn build(seen: &Seen, draft: Draft, status: SyncStatus, directory: &Directory) -> Finished {
    let mut plan = draft.plan;
    if let Some(error) = &directory.users.incomplete {
        let detail =
            format!("the read of the users did not end properly, so nothing is released: {error}");
        plan.notes.push(Note {
            kind: NoteKind::IncompleteRead,
            user: None,
            number: None,
            range: None,
            detail,
        });
    }
    // The way back of a change of number is told only where it had to be gone.
    let untaken = |c: &Change| c.part == Part::GivesBack && c.status == ChangeStatus::Planned;
    plan.changes.retain(|change| !untaken(change));
    plan.notes.sort();
    plan.notes.dedup();
    let names: BTreeMap<_, _> = plan
        .changes
        .iter()
        .map(|c| (c.user, c.upn.clone()))
        .chain(draft.names)
        .collect();
    let mut report = empty(seen, status);
    report.plan_id.clone_from(&plan.id);
    report.changes = plan.changes.iter().map(change_report).collect();
    report.notes = plan
        .notes
        .iter()
        .map(|note| note_report(note, &names))
        .collect();
    report.summary = summary(&report, draft.keep);
    Finished {
        report,
        failure: None,
        held_because: plan.held_because.clone(),
        plan,
    }
}

fn summary(report: &SyncReport, keep: u64) -> Summary {
    let of = |action: &str| report.changes.iter().filter(|c| c.action == action).count() as u64;
    Summary {
        assign: of("assign"),
        release: of("release"),
        adopt: of("adopt"),
        policy: of("policy"),
        profile: of("profile"),
        keep,
        waiting: waiting_users(report),
        failed: report
            .changes
            .iter()
            .filter(|c| c.status == ChangeStatus::Failed)
            .count() as u64,
        notes: report.notes.len() as u64,
    }
}

/// Users who wait: by a note, or because Graph put their change off.
fn waiting_users(report: &SyncReport) -> u64 {
    let noted = report.notes.iter().filter(|note| is_waiting(note.kind));
    let noted = noted.filter_map(|note| note.user.as_ref().map(|user| user.id));
    let put_off = report
        .changes
        .iter()
        .filter(|change| change.status == ChangeStatus::Waiting);
    let users: BTreeSet<_> = noted.chain(put_off.map(|change| change.user.id)).collect();
    users.len() as u64
}

fn change_report(change: &Change) -> ChangeReport {
    let policy = match &change.action {
        Action::Policy { policy, .. } => Some(policy.clone()),
        _ => None,
    };
    ChangeReport {
        action: change.action.name().to_owned(),
        user: UserRef {
            id: change.user,
            upn: change.upn.clone(),
        },
        number: change.number,
        range: change.range.clone(),
        number_type: change.number_type,
        reason: change.reason,
        policy,
        status: change.status,
        error: change.error.clone(),
        why: change.why.clone(),
    }
}

fn note_report(note: &Note, names: &BTreeMap<crate::directory::UserId, String>) -> NoteReport {
    let upn = |id| names.get(&id).cloned().unwrap_or_default();
    NoteReport {
        kind: note.kind,
        user: note.user.map(|id| UserRef { id, upn: upn(id) }),
        number: note.number,
        range: note.range.clone(),
        detail: note.detail.clone(),
    }
}
