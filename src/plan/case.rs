//! One user under consideration: the record, the row of the table, and what is being made of them.

use super::draft::{Step, UserRecord};
use super::judge::{Judged, Row, judge, subject};
use super::{Note, NoteKind, StoredUser, UserFacts, Wait, World};
use crate::directory::{Kind, UserId};
use crate::rules::Subject;
use jiff::Timestamp;

/// One user under consideration.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The user as stored.
    pub stored: StoredUser,
    /// The row that fits.
    pub judged: Judged,
    /// The facts as they will be.
    pub facts: UserFacts,
    /// Changes so far.
    pub steps: Vec<Step>,
    /// Digests for the changes.
    pub record: Option<UserRecord>,
}

impl Case {
    /// Opens the case of a user.
    #[must_use]
    pub(super) fn open(world: &World<'_>, stored: StoredUser) -> Self {
        let judged = judge(world, &stored);
        let mut facts = stored.facts.clone();
        facts.pending_since = judged.pending_since;
        facts.notes.clear();
        // The end of an exemption by hand is looked at when it comes, and then it is forgotten.
        let exempt_until = facts.exempt.as_ref().and_then(|exempt| exempt.until);
        facts.due = exempt_until.filter(|until| world.now < *until);
        if exempt_until.is_some() && facts.due.is_none() {
            facts.exempt = None;
        }
        let waits_for_a_number =
            matches!(facts.wait, Some(Wait::Teams { .. } | Wait::Refused { .. }));
        if judged.row == Row::Unlicensed && waits_for_a_number {
            facts.wait = None;
        }
        Self {
            stored,
            judged,
            facts,
            steps: Vec::new(),
            record: None,
        }
    }

    /// Whom it is about.
    #[must_use]
    pub(super) fn id(&self) -> UserId {
        self.stored.user.id
    }

    /// What the object is.
    #[must_use]
    pub(super) fn kind(&self) -> Kind {
        self.judged.licensing.kind
    }

    /// What the rules look at.
    #[must_use]
    pub(super) fn subject<'a>(&'a self, world: &'a World<'_>) -> Subject<'a> {
        subject(world, &self.stored, &self.judged.licensing)
    }

    /// Whether nothing is said, remembered or done that was not so before.
    #[must_use]
    pub(super) fn is_without_consequence(&self) -> bool {
        self.steps.is_empty() && self.facts.notes.is_empty() && self.facts == self.stored.facts
    }

    /// Adds a note about the user.
    pub(super) fn note(&mut self, kind: NoteKind, detail: impl Into<String>) {
        self.note_in(kind, None, detail);
    }

    /// Adds a note about the user and a range.
    pub(super) fn note_in(
        &mut self,
        kind: NoteKind,
        range: Option<&str>,
        detail: impl Into<String>,
    ) {
        self.facts.notes.push(Note {
            kind,
            user: Some(self.id()),
            number: None,
            range: range.map(str::to_owned),
            detail: detail.into(),
        });
    }

    /// Sees to it that the user is decided again at that time.
    pub(super) fn due(&mut self, at: Option<Timestamp>) {
        self.facts.due = match (self.facts.due, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}
