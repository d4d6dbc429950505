//! A plan and its changes: values that leave no choice for later.

use super::{Note, NoteKind};
use crate::directory::UserId;
use crate::numbering::{E164, NumberType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An ordered list of changes with the notes that go with it. `id` is the digest of the content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// SHA-256 over the changes and notes, hexadecimal.
    pub id: String,
    /// The changes, in the order they are made.
    pub changes: Vec<Change>,
    /// What else is to be said, ordered.
    pub notes: Vec<Note>,
    /// Whether a guard holds some of it.
    pub status: PlanStatus,
    /// Why it is held, one sentence per cause; empty when it is not.
    pub held_because: Vec<String>,
}

/// `status` of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanStatus {
    /// Would be applied.
    #[default]
    Planned,
    /// A guard holds some or all of it.
    Held,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its place in the plan, from 1.
    pub seq: u32,
    /// The step that must have succeeded before this one.
    pub after: Option<u32>,
    /// What is done.
    pub action: Action,
    /// To whom.
    pub user: UserId,
    /// The UPN as of planning, for people.
    pub upn: String,
    /// The number concerned; of a policy, the number it goes with.
    pub number: E164,
    /// The type the number is given or listed as; what Graph is told.
    pub number_type: NumberType,
    /// Name of the range the number lies in, if a range declares it.
    pub range: Option<String>,
    /// Why.
    pub reason: Reason,
    /// Emergency location to send with an assignment.
    pub location: Option<String>,
    /// What the plan expects to find; checked again before anything is sent.
    pub expects: Expected,
    /// Teams has done it already: recorded, never sent.
    pub by_teams: bool,
    /// A person has approved it: it does not count for the brakes.
    pub approved: bool,
    /// It belongs to a plan of many orders by hand: as a release it counts for the release brake, though a person wants it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bulk: bool,
    /// What else follows from it, of changes by hand.
    #[serde(default, skip_serializing_if = "Part::is_plain")]
    pub part: Part,
    /// How long the number rests once it is freed, in seconds; of releases only.
    pub rest_seconds: i64,
    /// Where it stands.
    pub status: ChangeStatus,
    /// The sentence that explains it to people: which rule, which clause, which former holding.
    pub why: String,
    /// What went wrong, for people.
    pub error: Option<String>,
    /// The kind of note that goes with what went wrong; known once it has been tried, and no part of the plan.
    #[serde(skip)]
    pub noted: Option<NoteKind>,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Gives the number to the user.
    Assign,
    /// Takes the number from the user.
    Release,
    /// Takes a number that the user already holds under management; writes nothing to Graph.
    Adopt,
    /// Gives the user a policy, or with `id: None` takes a policy of that type away.
    Policy {
        /// Type and name.
        policy: PolicyName,
        /// The tenant's id of it; `None` takes the type away.
        id: Option<String>,
    },
    /// Writes (`Some`) or clears (`None`) the profile's business phone.
    Profile {
        /// The E.164 text to write.
        phone: Option<String>,
    },
}

/// The part a change plays in what a person has asked for, beyond what it does.
///
/// A change of number is a chain of three claims: the old number [`Part::MakesRoom`], the new one
/// [`Part::TakesOver`], and an assignment of the old number that [`Part::GivesBack`] is made only if the new one cannot
/// be had after the old one has gone. It keeps the old number claimed until the new one is in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// None: nothing beyond the change itself.
    #[default]
    Plain,
    /// The release is meant to last: the rules give the person nothing until a person says so.
    Holds,
    /// The release is meant to be followed by another number: the rules choose one at the next sync.
    Renumbers,
    /// The release of the old number in a change of number.
    MakesRoom,
    /// The assignment of the new number in a change of number.
    TakesOver {
        /// The old number, which Teams may go on showing for a while.
        from: E164,
    },
    /// The assignment of the old number, if the new one cannot be had.
    GivesBack,
    /// Takes away, once the new number is there, a policy that came with the old one.
    LeftOver,
    /// In a migration: takes the number off its old type, and what goes with that. The person keeps the holding.
    MovesOut {
        /// On the way back to the type it had before the migration.
        back: bool,
    },
    /// In a migration: gives the number to the same person with the other type, and what goes with that.
    MovesIn {
        /// On the way back to the type it had before the migration.
        back: bool,
    },
}

impl Part {
    /// Whether nothing follows beyond the change itself.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Plain)
    }

    /// Whether it belongs to a change of number.
    #[must_use]
    pub const fn exchanges(self) -> bool {
        matches!(
            self,
            Self::MakesRoom | Self::TakesOver { .. } | Self::GivesBack
        )
    }

    /// Of a step of a migration: whether it leads back to the old type.
    #[must_use]
    pub const fn moves(self) -> Option<bool> {
        match self {
            Self::MovesOut { back } | Self::MovesIn { back } => Some(back),
            _ => None,
        }
    }

    /// Whether a number has already been taken from the person when its turn comes: it must not be forgotten then.
    #[must_use]
    pub const fn is_owed(self) -> bool {
        matches!(self, Self::TakesOver { .. } | Self::GivesBack)
    }
}

impl Action {
    /// The name in JSON: `assign`, `release`, `adopt`, `policy`, `profile`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Release => "release",
            Self::Adopt => "adopt",
            Self::Policy { .. } => "policy",
            Self::Profile { .. } => "profile",
        }
    }

    /// Whether the change claims its number and user: nobody else may touch either while it is open.
    #[must_use]
    pub const fn claims(&self) -> bool {
        matches!(self, Self::Assign | Self::Release | Self::Adopt)
    }
}

/// Type and name of a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyName {
    /// Such as `OnlineVoiceRoutingPolicy`.
    #[serde(rename = "type")]
    pub policy_type: String,
    /// Name in the tenant.
    pub name: String,
}

/// Why a change is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The rules picked the range.
    Rule,
    /// The user had the number before.
    Returning,
    /// The user is pinned to the number.
    Pinned,
    /// By hand.
    Manual,
    /// The user lost the licence.
    Delicensed,
    /// The user is gone.
    Deleted,
    /// The user already held the number.
    Adopted,
}

impl Reason {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Returning => "returning",
            Self::Pinned => "pinned",
            Self::Manual => "manual",
            Self::Delicensed => "delicensed",
            Self::Deleted => "deleted",
            Self::Adopted => "adopted",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// `status` of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeStatus {
    /// Not begun.
    #[default]
    Planned,
    /// Done, and seen in Graph.
    Succeeded,
    /// Graph has it, or puts it off; looked at again in the next sync.
    Waiting,
    /// Refused, or found no longer to fit.
    Failed,
    /// A guard holds it.
    Held,
}

impl ChangeStatus {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Succeeded => "succeeded",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Held => "held",
        }
    }
}

/// What a change expects to find in Graph, as digests, so that a saved plan can be recognised as stale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Digest of what decided about the user.
    pub user: String,
    /// Digest of what was known of the number.
    pub number: String,
}

/// Why a step did not succeed, in the terms the next plan needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepError {
    /// The world no longer was as the plan expected; nothing was sent.
    Conflict(String),
    /// Teams has not digested the licence.
    LicenceNotReady(String),
    /// The user is not in Teams-only mode.
    NotTeamsOnly(String),
    /// Teams refused the number for this user, and nothing of the user explains it.
    Refused(String),
    /// Teams does not let the number go.
    ReleaseBlocked(String),
    /// The outcome is not known yet.
    Unsettled(String),
    /// Graph does not let the profile of this person be written.
    ProfileReadOnly(String),
    /// Anything else: a policy write refused, a permission missing.
    Failed(String),
}

impl StepError {
    /// The kind of note that says so.
    #[must_use]
    pub const fn note_kind(&self) -> Option<NoteKind> {
        match self {
            Self::Conflict(_) => Some(NoteKind::Conflict),
            Self::LicenceNotReady(_) => Some(NoteKind::LicenceNotReady),
            Self::NotTeamsOnly(_) => Some(NoteKind::NotTeamsOnly),
            Self::Refused(_) => Some(NoteKind::Refused),
            Self::ReleaseBlocked(_) => Some(NoteKind::ReleaseBlocked),
            Self::ProfileReadOnly(_) => Some(NoteKind::ProfileReadOnly),
            Self::Unsettled(_) | Self::Failed(_) => None,
        }
    }

    /// The sentence for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::Conflict(text)
            | Self::LicenceNotReady(text)
            | Self::NotTeamsOnly(text)
            | Self::Refused(text)
            | Self::ReleaseBlocked(text)
            | Self::Unsettled(text)
            | Self::ProfileReadOnly(text)
            | Self::Failed(text) => text,
        }
    }
}

/// How a step ended, or what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepEnd {
    /// Done and seen in Graph.
    Done,
    /// Put off: the claim stays, and the step is looked at again, not before `until`.
    Waiting {
        /// Not before.
        until: Timestamp,
        /// Why.
        why: StepError,
    },
    /// Ended without effect: the claim is gone, the number as free as before, the user undecided again.
    Failed(StepError),
}
