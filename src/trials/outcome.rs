//! What came of a decision, as tests look at it.

use crate::numbering::E164;
use crate::plan::{
    Action, Change, Index, Judged, Note, NoteKind, Row, StoredUser, World, is_waiting, prospect,
};
use crate::report::Decision;
use crate::rules::{Owner, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// What a sync would make of one person.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) judged: Judged,
    /// The range the rules pick, of whoever is eligible.
    pub(super) range: Option<usize>,
    /// The number that is given, or kept.
    pub(super) number: Option<E164>,
    /// The range of a number that is given.
    pub(super) from: Option<usize>,
    pub(super) notes: Vec<Note>,
    /// Policies given with the number, by type.
    pub(super) policies: BTreeMap<String, String>,
    pub(super) location: Option<String>,
    pub(super) decision: Decision,
    /// The rule that keeps the person without a number.
    pub(super) rule: Option<Owner>,
}

impl Outcome {
    /// Decides about the person as a sync would.
    pub(super) fn of(world: &World<'_>, stored: &StoredUser) -> Self {
        let prospect = prospect(world, stored);
        let judged = prospect.judged;
        let subject = subject(world, stored, &judged);
        let pick = match judged.row {
            Row::Eligible => world.rules.pick(subject, judged.licensing.voice),
            _ => None,
        };
        let given = prospect.changes.iter().find(|c| c.action == Action::Assign);
        let released = prospect.changes.iter().any(|c| c.action == Action::Release);
        let adopted = prospect.changes.iter().any(|c| c.action == Action::Adopt);
        let held = Index::new(world)
            .holding_of(stored.user.id)
            .map(|holding| holding.number);
        let waits = prospect.notes.iter().any(|note| is_waiting(note.kind));
        let decision = match (given, held) {
            (Some(_), _) => Decision::Assign,
            _ if released => Decision::Release,
            _ if adopted => Decision::Adopt,
            (None, Some(_)) => Decision::Keep,
            (None, None) if waits => Decision::Wait,
            (None, None) => Decision::None,
        };
        Self {
            rule: stopping(world, subject, &judged.row),
            judged,
            range: pick.map(|pick| pick.range),
            number: given
                .map(|change| change.number)
                .or(held.filter(|_| !released)),
            from: given.and_then(|change| world.rules.range_of(change.number)),
            policies: policies(&prospect.changes),
            location: given.and_then(|change| change.location.clone()),
            notes: prospect.notes,
            decision,
        }
    }

    /// The kinds of the notes, each once.
    pub(super) fn kinds(&self) -> BTreeSet<NoteKind> {
        self.notes.iter().map(|note| note.kind).collect()
    }
}

/// What the rules look at.
pub(super) fn subject<'a>(
    world: &'a World<'_>,
    stored: &'a StoredUser,
    judged: &Judged,
) -> Subject<'a> {
    Subject {
        user: &stored.user,
        kind: judged.licensing.kind,
        book: world.book,
        groups: world.groups,
    }
}

/// The rule that put the person into this row.
fn stopping(world: &World<'_>, subject: Subject<'_>, row: &Row) -> Option<Owner> {
    match row {
        Row::Excluded(name) => world.rules.rule_named(name),
        Row::Exempt(_) => match world.rules.exempted_by(subject) {
            Some(name) => world.rules.rule_named(name),
            None => Some(Owner::Scope),
        },
        _ => None,
    }
}

fn policies(changes: &[Change]) -> BTreeMap<String, String> {
    let given = changes.iter().filter_map(|change| match &change.action {
        Action::Policy {
            policy,
            id: Some(_),
        } => Some(policy),
        _ => None,
    });
    given
        .map(|policy| (policy.policy_type.clone(), policy.name.clone()))
        .collect()
}
