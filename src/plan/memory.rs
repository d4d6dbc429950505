//! What Linekeeper remembers between syncs, as a plan reads it and writes it back.

use super::{Change, Note, Reason, StepError, Suspension};
use crate::directory::{Sku, SkuId, User, UserId};
use crate::numbering::{E164, NumberType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A managed number in somebody's hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The number; one holder each.
    pub number: E164,
    /// The holder; one number each.
    pub user: UserId,
    /// The type it was given or listed as.
    pub number_type: NumberType,
    /// Range that declared it when it was given, for the history.
    pub range: Option<String>,
    /// How it came under management.
    pub origin: HoldingOrigin,
    /// Since when.
    pub since: Timestamp,
    /// Whether Linekeeper has seen the holder licensed, or in doubt, while holding it.
    pub seen_licensed: bool,
    /// Set while Teams no longer shows it with its holder.
    pub missing: Option<Missing>,
}

/// A holding that Teams no longer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The sync that first missed it.
    pub since: Timestamp,
    /// The last sync that saw it in place.
    pub last_in_place: Timestamp,
}

/// How a number came under management.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldingOrigin {
    /// Assigned by Linekeeper.
    Assigned,
    /// Found in Teams and adopted.
    Adopted,
}

/// Why a holding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// Released for lack of a licence.
    Delicensed,
    /// Released because the holder is gone.
    Deleted,
    /// Released by hand.
    Manual,
    /// Taken away by a person in Teams.
    RemovedOutside,
    /// Replaced by another number in Teams.
    ChangedOutside,
    /// Moved to another number type: the same person has it anew from then on.
    Migrated,
}

impl EndReason {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delicensed => "delicensed",
            Self::Deleted => "deleted",
            Self::Manual => "manual",
            Self::RemovedOutside => "removed-outside",
            Self::ChangedOutside => "changed-outside",
            Self::Migrated => "migrated",
        }
    }
}

/// A holding that a plan ends without a write to Graph: somebody else already did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The number.
    pub number: E164,
    /// Who held it.
    pub user: UserId,
    /// Why it ends.
    pub reason: EndReason,
    /// Until when the number rests.
    pub rest_until: Timestamp,
}

/// A number somebody had and no longer has, the latest of each user without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Who had it.
    pub user: UserId,
    /// Which.
    pub number: E164,
    /// Its type then.
    pub number_type: NumberType,
    /// When it ended.
    pub ended: Timestamp,
    /// Why it ended.
    pub reason: EndReason,
    /// Whether the holder had been seen licensed while holding it.
    pub seen_licensed: bool,
}

/// A user who is gone and had a number, by what would recognise the same person under a new object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    /// The former object.
    pub user: UserId,
    /// Employee id, company and surname, each in the normal form of the rules; none of them blank.
    pub identity: [String; 3],
    /// The number held last.
    pub number: E164,
    /// How many objects ever had this employee id, this one included.
    pub same_employee_id: u64,
}

/// What is remembered of one number beyond who holds it. Sparse: most numbers have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberFacts {
    /// When its last holding ended.
    pub freed: Option<Timestamp>,
    /// Until when it rests.
    pub rest_until: Option<Timestamp>,
    /// Until when it is not offered because Teams refused it.
    pub blocked_until: Option<Timestamp>,
    /// How often it was blocked; doubles the pause.
    pub blocks: u32,
    /// Users Teams refused it for, with the time, newest last.
    pub refused_for: Vec<(UserId, Timestamp)>,
    /// Set aside by hand.
    pub reserved: Option<Reservation>,
}

/// A reservation by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Who set it aside.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when; `None`: until taken back.
    pub until: Option<Timestamp>,
    /// For whom, by UPN, mail or employee id: they get it, and nobody else. `None`: for nobody in particular.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub whom: Option<String>,
}

/// What is remembered of one user beyond the directory's record. Sparse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserFacts {
    /// Since when a licence was seen whose plans have not arrived.
    pub pending_since: Option<Timestamp>,
    /// Since when the user was seen licensed, or a read attribute last changed; kept while `settle` is in force.
    pub settled_since: Option<Timestamp>,
    /// Digest of what `settled_since` is about.
    pub settled_digest: Option<String>,
    /// Since when a holder is seen without a licence (grace).
    pub unlicensed_since: Option<Timestamp>,
    /// Waits for a person, or for something that can pass.
    pub wait: Option<Wait>,
    /// Exempt by hand, and until when.
    pub exempt: Option<Exemption>,
    /// Pinned to a number.
    pub pin: Option<E164>,
    /// Policies that Linekeeper set on the user: type and name.
    pub policies: Vec<super::PolicyName>,
    /// Released by hand to get another one: the rules do not give this number back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renumber: Option<E164>,
    /// The number that Graph refused to write to the profile, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_refused: Option<(E164, Timestamp)>,
    /// Numbers refused for the user since the last success, with the time.
    pub refused: Vec<(E164, Timestamp)>,
    /// Standing notes of the last decision.
    pub notes: Vec<Note>,
    /// When the user has to be decided again without any change.
    pub due: Option<Timestamp>,
}

/// An exemption by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// Why.
    pub reason: String,
    /// Until when; `None`: until taken back.
    pub until: Option<Timestamp>,
}

/// What a user waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// For a person: the number was taken away in Teams.
    RemovedOutside,
    /// For a person: released by hand.
    ReleasedByHand,
    /// For Teams to digest the licence, or for Teams-only mode: retried with growing pauses.
    Teams {
        /// Which of the two, as a note kind.
        kind: super::NoteKind,
        /// Since when.
        since: Timestamp,
        /// Not before.
        until: Timestamp,
        /// Attempts so far.
        attempts: u32,
    },
    /// For a person or the end of a block: two different numbers were refused.
    Refused {
        /// Since when.
        since: Timestamp,
    },
}

/// New facts of one user, replacing the old ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsUpdate {
    /// Whom.
    pub user: UserId,
    /// What holds from now on.
    pub facts: UserFacts,
}

/// A step of an earlier plan whose end is not known: its row is the claim on number and user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStep {
    /// Its id in the journal.
    pub id: i64,
    /// The sync that claimed it.
    pub sync: String,
    /// The change itself.
    pub change: Change,
    /// How far it got.
    pub state: StepState,
    /// Whether its row claims the number: the way back of a change of number does once the old one has gone.
    pub claims_number: bool,
    /// Whether its row claims the user: a claiming step that follows another one does once that has let the user go.
    pub claims_user: bool,
    /// When the row was written.
    pub claimed: Timestamp,
    /// When the intent was written.
    pub started: Option<Timestamp>,
    /// Link of the operation in Graph, if it is known.
    pub operation: Option<String>,
    /// Not to be tried again before.
    pub not_before: Option<Timestamp>,
    /// How often it has been tried.
    pub attempts: u32,
    /// What was said last.
    pub error: Option<StepError>,
}

/// How far a step got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Claimed, nothing begun.
    Claimed,
    /// The intent is written; a request may have left.
    Started,
    /// Graph took the request.
    Accepted,
    /// Put off by Graph; the claim stays.
    Waiting,
}

impl From<Reason> for EndReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Deleted => Self::Deleted,
            Reason::Manual => Self::Manual,
            _ => Self::Delicensed,
        }
    }
}

/// One known user, with what is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUser {
    /// The directory's record; of somebody gone, the last one seen.
    pub user: User,
    /// Set once the user is gone.
    pub gone: Option<Gone>,
    /// Whether the record changed since the last decision.
    pub undecided: bool,
    /// What is remembered beyond the record.
    pub facts: UserFacts,
}

/// How and when a user went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// When Linekeeper learned of it.
    pub since: Timestamp,
    /// What it learned.
    pub how: GoneHow,
}

/// How Linekeeper learned that a user is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GoneHow {
    /// Soft-deleted: restorable for 30 days.
    SoftDeleted,
    /// Deleted for good.
    Deleted,
    /// Absent from a complete full read.
    Absent,
}

/// What a tenant's past says to the next sync as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Anchor {
    /// When the last complete full read ended.
    pub full_read: Option<Timestamp>,
    /// When the number list was last read whole.
    pub numbers_read: Option<Timestamp>,
    /// How many numbers it had then.
    pub numbers_listed: u64,
    /// Digest of the rules everyone was last decided by.
    pub rules_digest: Option<String>,
    /// Digest of the rules whose files are remembered, to compare changed ones with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_kept: Option<String>,
    /// Digest of the settings, products and tenant policies everyone was last decided by.
    pub settings_digest: Option<String>,
    /// The tenant's products as last read.
    pub skus: Vec<Sku>,
    /// The last full read was not believed: the next one is full again.
    pub distrusted: bool,
    /// Products that brought Phone System to managed holders when everyone was last decided, with their names.
    pub holder_skus: BTreeMap<SkuId, String>,
}

/// A pause of a tenant: no write of any kind until it is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why.
    pub reason: String,
    /// Until when; `None`: until `resume`.
    pub until: Option<Timestamp>,
}

/// What counts for the brakes: the 24 hours before now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brake {
    /// Releases by rule, neither approved nor done by Teams.
    pub releases: u64,
    /// Assignments with reason `rule`, not approved.
    pub assignments: u64,
}

/// Everything remembered that a plan reads, apart from the users: one consistent view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Managed numbers in somebody's hands.
    pub holdings: Vec<Holding>,
    /// The last number of everyone who has none now.
    pub former: Vec<Former>,
    /// Users who are gone and had a number, where their identity is complete.
    pub departed: Vec<Departed>,
    /// Sparse facts by number.
    pub numbers: BTreeMap<E164, NumberFacts>,
    /// Sparse facts by user.
    pub facts: BTreeMap<UserId, UserFacts>,
    /// Steps whose end is not known.
    pub open_steps: Vec<OpenStep>,
    /// Migrations under way, by id.
    pub migrations: BTreeMap<i64, super::Migration>,
    /// Their people, by migration and number.
    pub movers: Vec<super::Mover>,
    /// Suspended ranges by name.
    pub suspended: BTreeMap<String, Suspension>,
    /// Suspended operators.
    pub suspended_operators: super::OperatorSuspensions,
    /// By range: how many different users Teams refused in a row there, since the last assignment that succeeded.
    pub refused_in_a_row: BTreeMap<String, u64>,
    /// What counts for the brakes.
    pub brake: Brake,
    /// Set while the tenant is paused.
    pub pause: Option<Pause>,
    /// What the past says as a whole.
    pub anchor: Anchor,
    /// How many users are known and not gone.
    pub users: u64,
}
