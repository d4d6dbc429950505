//! Puts the explanation of one person together; pure.

use super::sentences;
use crate::directory::VoiceLicence;
use crate::numbering::E164;
use crate::plan::{
    Action, Holding, Index, NoteKind, OpenStep, Prospect, Reason, Row, StepState, StoredUser,
    World, is_waiting, prospect,
};
use crate::report::{
    Decision, NoteExplanation, PendingExplanation, PersonExplanation, RangeExplanation, Tenure,
    UserRef,
};
use crate::rules::{Considered, RuleSet, Subject, nearest_miss};
use crate::store::Held;
use std::collections::BTreeSet;

/// Everything known about one person.
pub(super) struct Known<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) stored: &'a StoredUser,
    pub(super) history: Vec<Tenure>,
    pub(super) held: Option<&'a Held>,
}

/// The explanation without what Teams says.
pub(super) fn person(known: &Known<'_>) -> PersonExplanation {
    let (world, stored) = (known.world, known.stored);
    let id = stored.user.id;
    let index = Index::new(world);
    let prospect = prospect(world, stored);
    let licensing = &prospect.judged.licensing;
    let subject = Subject {
        user: &stored.user,
        kind: licensing.kind,
        book: world.book,
        groups: world.groups,
    };
    let considered = world.rules.considered(subject, licensing.voice);
    let holding = index.holding_of(id);
    let pending = index.open_step_of(id).map(step);
    let notes = notes(stored, &prospect);
    let verdict = verdict(known, &prospect, holding, pending.as_ref(), &notes);
    PersonExplanation {
        tenant: world.settings.tenant.clone(),
        user: UserRef {
            id,
            upn: stored.user.upn().to_owned(),
        },
        as_of: world.state.anchor.numbers_read,
        voice_licence: licensing.voice,
        kind: licensing.kind,
        decision: verdict.decision,
        because: sentences::because(licensing.kind, &prospect.judged.row),
        outcome: verdict.outcome,
        number: verdict.number,
        range: verdict.range,
        licence: world
            .book
            .reasons(&stored.user.licences)
            .iter()
            .map(ToString::to_string)
            .collect(),
        nearest_miss: miss(world.rules, subject, licensing.voice, &considered),
        ranges: ranges(known, considered),
        until: prospect.due.filter(|due| world.now < *due),
        pending,
        by_hand: by_hand(known),
        notes,
        history: known.history.clone(),
        teams: None,
        teams_unread: None,
    }
}

/// What follows, with the number and range concerned.
struct Verdict {
    decision: Decision,
    outcome: String,
    number: Option<E164>,
    range: Option<String>,
}

fn verdict(
    known: &Known<'_>,
    prospect: &Prospect,
    holding: Option<&Holding>,
    pending: Option<&PendingExplanation>,
    notes: &[NoteExplanation],
) -> Verdict {
    let verdict = |decision, outcome, number: Option<E164>| Verdict {
        decision,
        outcome,
        number,
        range: number.and_then(|number| range_of(known.world, number)),
    };
    if let Some(step) = pending {
        return verdict(
            Decision::Pending,
            sentences::pending(step),
            Some(step.number),
        );
    }
    let mine = |held: &&crate::report::ChangeReport| held.user.id == known.stored.user.id;
    let held = known
        .held
        .and_then(|held| Some((held, held.changes.iter().find(mine)?)));
    if let Some((held, change)) = held {
        let outcome = sentences::held(held, &change.action, change.number);
        return verdict(Decision::Held, outcome, Some(change.number));
    }
    if let Some((decision, outcome)) = sentences::planned(&prospect.changes, known.world.settings) {
        return concerned(known.world, prospect, verdict(decision, outcome, None));
    }
    match holding {
        Some(holding) => {
            let left = notes
                .iter()
                .find(|note| note.kind == NoteKind::RemovedOutside);
            let outcome = match left {
                Some(note) => format!("keeps {} for now; {}", holding.number, note.detail),
                None => sentences::kept(&prospect.judged.row, holding, prospect.due),
            };
            verdict(Decision::Keep, outcome, Some(holding.number))
        }
        None => {
            let (decision, outcome) = without_number(known, prospect, notes);
            verdict(decision, outcome, None)
        }
    }
}

/// The number of the leading change; of a number given by rule only the range, because others may be served first.
fn concerned(world: &World<'_>, prospect: &Prospect, verdict: Verdict) -> Verdict {
    let leading = prospect
        .changes
        .iter()
        .rev()
        .find(|c| matches!(c.action, Action::Assign | Action::Adopt));
    let release = || {
        prospect
            .changes
            .iter()
            .find(|c| c.action == Action::Release)
    };
    let Some(change) = leading.or_else(release) else {
        return verdict;
    };
    let certain = change.action != Action::Assign || change.reason != Reason::Rule;
    Verdict {
        number: certain.then_some(change.number),
        range: change
            .range
            .clone()
            .or_else(|| range_of(world, change.number)),
        ..verdict
    }
}

/// Why there is no number and none is given by the next sync.
fn without_number(
    known: &Known<'_>,
    prospect: &Prospect,
    notes: &[NoteExplanation],
) -> (Decision, String) {
    if let Some(note) = notes.iter().find(|note| is_waiting(note.kind)) {
        return (
            Decision::Wait,
            format!("gets no number yet: {}", note.detail),
        );
    }
    let settles = matches!(prospect.judged.row, Row::Eligible | Row::Pinned(_)) && notes.is_empty();
    match prospect.due.filter(|due| settles && known.world.now < *due) {
        Some(due) => (
            Decision::Wait,
            format!(
                "gets no number before {due}: licence and attributes have to stand still until then (`eligibility.settle`)"
            ),
        ),
        None => {
            let why = notes
                .first()
                .map_or_else(String::new, |note| format!(": {}", note.detail));
            (Decision::None, format!("gets no number{why}"))
        }
    }
}

fn range_of(world: &World<'_>, number: E164) -> Option<String> {
    let at = world.rules.range_of(number)?;
    Some(world.rules.ranges()[at].name.clone())
}

fn ranges(known: &Known<'_>, considered: Vec<Considered>) -> Vec<RangeExplanation> {
    let all = known.world.rules.ranges();
    let explained = |found: Considered| RangeExplanation {
        range: all[found.range].name.clone(),
        considered: found.considered,
        matched: found.matched,
        picked: found.picked,
        why: found.why,
    };
    considered.into_iter().map(explained).collect()
}

/// The range that a value which is nearly right would lead to, else the one whose condition fails by least.
fn miss(
    rules: &RuleSet,
    subject: Subject<'_>,
    voice: VoiceLicence,
    considered: &[Considered],
) -> Option<String> {
    if considered.iter().any(|range| range.picked) {
        return None;
    }
    let near = rules.near_miss(subject, voice).map(|near| near.range);
    let least = || nearest_miss(considered).map(|nearest| nearest.range);
    let range = near.or_else(least)?;
    Some(rules.ranges()[range].name.clone())
}

/// What a sync would note now, in the words of the last sync where it noted the same; and what only a sync can find
/// out, as long as the person's record has not changed since.
fn notes(stored: &StoredUser, prospect: &Prospect) -> Vec<NoteExplanation> {
    let standing = &stored.facts.notes;
    let fresh: BTreeSet<NoteKind> = prospect.notes.iter().map(|note| note.kind).collect();
    let said = |kind| standing.iter().any(|note| note.kind == kind) && !stored.undecided;
    let found_in_teams = |kind| {
        matches!(
            kind,
            NoteKind::Conflict
                | NoteKind::ReleaseBlocked
                | NoteKind::ProfileReadOnly
                | NoteKind::Ambiguous
        )
    };
    let anew = prospect.notes.iter().filter(|note| !said(note.kind));
    let kept = standing.iter().filter(|note| {
        said(note.kind) && (fresh.contains(&note.kind) || found_in_teams(note.kind))
    });
    let mut notes: Vec<NoteExplanation> = anew
        .chain(kept)
        .map(|note| NoteExplanation {
            kind: note.kind,
            range: note.range.clone(),
            detail: note.detail.clone(),
        })
        .collect();
    notes.sort_by_key(|note| note.kind);
    notes
}

fn step(step: &OpenStep) -> PendingExplanation {
    let state = match step.state {
        StepState::Claimed => "claimed, nothing sent yet",
        StepState::Started => "sent, the answer is not known",
        StepState::Accepted => "taken by Teams, not finished",
        StepState::Waiting => "put off by Teams",
    };
    PendingExplanation {
        action: step.change.action.name().to_owned(),
        number: step.change.number,
        sync_id: step.sync.clone(),
        since: step.started.unwrap_or(step.claimed),
        state: state.to_owned(),
        attempts: step.attempts,
        until: step.not_before,
        error: step.error.as_ref().map(|error| error.detail().to_owned()),
    }
}

/// Exemption, pin, pause, and a record that no sync has decided about yet.
fn by_hand(known: &Known<'_>) -> Vec<String> {
    let (world, stored) = (known.world, known.stored);
    let until = |until: Option<jiff::Timestamp>| {
        until.map_or_else(String::new, |until| format!(" until {until}"))
    };
    let mut lines = Vec::new();
    if let Some(exempt) = &stored.facts.exempt {
        lines.push(format!("exempt{}: {}", until(exempt.until), exempt.reason));
    }
    if let Some(pin) = stored.facts.pin {
        lines.push(format!("pinned to {pin}"));
    }
    for (number, when) in &stored.facts.refused {
        lines.push(format!("Teams refused {number} for this person at {when}"));
    }
    if let Some(pause) = &world.state.pause {
        lines.push(format!(
            "the tenant is paused{}, nothing is written: {}",
            until(pause.until),
            pause.reason
        ));
    }
    if stored.undecided {
        lines.push("the next sync decides about this person anew".to_owned());
    }
    lines
}
