//! The ports of applying: Teams telephony, and the journal. Documented by what they promise after a crash.

use crate::directory::{Link, ReadError, UserId};
use crate::numbering::{E164, Listed, NumberType};
use crate::plan::{OpenStep, StepEnd};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use thiserror::Error;

/// Rises with every lease of a tenant; every write of a sync carries it, and an older one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence(pub i64);

/// The journal row of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub i64);

/// Why the journal could not be written. The step stops there: no intent, no effect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JournalError {
    /// A newer lease exists: this process has lost the tenant.
    #[error("another process has taken over this tenant")]
    Fenced,
    /// The database does not take the write.
    #[error("the database cannot be written: {0}")]
    Unwritable(String),
    /// The database cannot be read, or holds what it should not.
    #[error("the database cannot be read: {0}")]
    Unreadable(String),
}

/// The journal of steps. Each method is one durable transaction, its audit record included; after a crash the row
/// tells how far the step can have got, never less.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The intent: from here on a request may have left.
    async fn started(&self, fence: Fence, step: StepId) -> Result<(), JournalError>;

    /// Graph took the request; `operation` is what to follow, if it named one.
    async fn accepted(
        &self,
        fence: Fence,
        step: StepId,
        operation: Option<&Link>,
    ) -> Result<(), JournalError>;

    /// The step ended or waits. `Done` of an assignment begins the holding, of a release ends it; `Failed` gives the
    /// claim back and marks the user undecided. In each case the facts of user and number become what
    /// [`crate::plan::outcome`] makes of them, in the same transaction.
    async fn ended(
        &self,
        fence: Fence,
        step: StepId,
        end: &StepEnd,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Forgets a step that was never started: nothing can have left.
    async fn withdrawn(&self, fence: Fence, step: StepId) -> Result<(), JournalError>;

    /// Every step whose end is not known, oldest first.
    async fn open_steps(&self) -> Result<Vec<OpenStep>, JournalError>;

    /// Whether writes to Graph are allowed right now: the lease has at least `needed` left and nobody paused the tenant.
    async fn may_write(
        &self,
        fence: Fence,
        needed: SignedDuration,
        now: Timestamp,
    ) -> Result<bool, JournalError>;

    /// Whether a step of a migration may be made right now: its number is on its way, in this direction, and nobody has
    /// paused the migration or rolled its wave back.
    async fn may_move(&self, number: E164, back: bool) -> Result<bool, JournalError>;
}

/// One write to Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// `assignNumber` as the primary line.
    Assign {
        /// The number.
        number: E164,
        /// Its type, which Graph wants to be told.
        number_type: NumberType,
        /// To whom.
        user: UserId,
        /// Emergency location.
        location: Option<String>,
    },
    /// `unassignNumber`; it names no user, so the caller has just read who holds the number (docs/graph.md, trap 12).
    Unassign {
        /// The number.
        number: E164,
        /// The type it is listed with.
        number_type: NumberType,
    },
    /// Assigns a policy.
    SetPolicy {
        /// To whom.
        user: UserId,
        /// Policy type.
        policy_type: String,
        /// The tenant's id of the policy.
        id: String,
    },
    /// Takes the direct assignment of a policy type away.
    ClearPolicy {
        /// From whom.
        user: UserId,
        /// Policy type.
        policy_type: String,
    },
    /// Writes the one value of `businessPhones`, or clears it.
    SetPhone {
        /// Whose.
        user: UserId,
        /// The text, or nothing.
        phone: Option<String>,
    },
}

/// Why a write has no clear success.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// Nothing left this machine, or the service said that it took nothing.
    #[error("{0}")]
    NotSent(String),
    /// The request may have taken effect: look before doing anything else.
    #[error("{0}")]
    Unknown(String),
    /// The service refused it; nothing happened.
    #[error("{0}")]
    Refused(String),
    /// The service asks to wait longer than is waited for; nothing happened.
    #[error("throttled until {until}")]
    Throttled {
        /// Not before.
        until: Timestamp,
    },
}

/// Where an operation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationState {
    /// Not finished, or in a state this version does not know.
    Running,
    /// Finished well; the number still has to be read.
    Succeeded,
    /// Finished badly, with what the service says.
    Failed(String),
    /// The service no longer knows the operation: read the number.
    Unknown,
}

/// What Teams itself says of a user (`TeamsUserConfiguration`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// `featureTypes`, such as `PhoneSystem`.
    pub features: Vec<String>,
    /// The primary number, if any.
    pub primary: Option<E164>,
    /// Effective policies: type to name.
    pub policies: BTreeMap<String, String>,
}

/// A page of users with their effective policies, type to name, and the next page's link.
pub type EffectivePage = (Vec<(UserId, BTreeMap<String, String>)>, Option<Link>);

/// Why a user's Teams configuration is not known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VoiceError {
    /// `TeamsUserConfiguration.Read.All` is not granted: the product does without.
    #[error("the permission TeamsUserConfiguration.Read.All is not granted")]
    NotGranted,
    /// It could not be read this time.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Teams telephony of one tenant. Reads may be repeated; a write is sent at most once per call and is never retried
/// by the adapter once it may have taken effect.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// The next page of the tenant's numbers; without a link the first.
    async fn numbers(&self, after: Option<&Link>)
    -> Result<(Vec<Listed>, Option<Link>), ReadError>;

    /// One number as of now; `None` when the tenant does not list it. Of several entries the one that somebody holds.
    async fn number(&self, number: E164) -> Result<Option<Listed>, ReadError>;

    /// Every entry the tenant lists for one number as of now: one with each type, where an operator has uploaded a number
    /// that is still held with another type.
    async fn entries(&self, number: E164) -> Result<Vec<Listed>, ReadError> {
        Ok(self.number(number).await?.into_iter().collect())
    }

    /// What Teams says of a user; `Ok(None)` when it knows none.
    async fn voice(&self, user: UserId) -> Result<Option<Voice>, VoiceError>;

    /// A page of the effective policies of everybody Teams knows, type to name; without a link the first.
    async fn effective_policies(&self, after: Option<&Link>) -> Result<EffectivePage, VoiceError>;

    /// The tenant's id of a policy; `None` when it has none of that name.
    async fn policy(&self, policy_type: &str, name: &str) -> Result<Option<String>, ReadError>;

    /// Sends one write. `Some`: follow this operation; `None`: the service took it and named none.
    async fn send(&self, order: &Order) -> Result<Option<Link>, CallError>;

    /// Where an operation stands.
    async fn operation(&self, at: &Link) -> Result<OperationState, ReadError>;

    /// How far this machine's clock is ahead of the service's, by the newest answer; `None` before the first.
    fn clock_ahead(&self) -> Option<SignedDuration>;
}
