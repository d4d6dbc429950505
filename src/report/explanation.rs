//! Why a person has a number, gets one or gets none, and why a number is not free: as values, for JSON and for people.

use super::UserRef;
use crate::directory::{Kind, VoiceLicence};
use crate::numbering::{E164, NumberState, NumberType};
use crate::plan::{EndReason, NoteKind, Reason};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Everything there is to say about one person and numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonExplanation {
    /// Tenant name.
    pub tenant: String,
    /// Whom it is about.
    pub user: UserRef,
    /// When the facts were last read; `None` before the first sync.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// What the licences allow.
    #[schema(value_type = String)]
    pub voice_licence: VoiceLicence,
    /// What the directory object is.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// What the next sync would do.
    pub decision: Decision,
    /// The row of the decision table that fits, as a sentence.
    pub because: String,
    /// What follows from it, as a sentence.
    pub outcome: String,
    /// The number held, or concerned by the decision; of a number given by rule, only the range is certain.
    #[schema(value_type = Option<String>)]
    pub number: Option<E164>,
    /// The range of that number, or the one it will come from.
    pub range: Option<String>,
    /// What decided about the licences, one sentence each.
    pub licence: Vec<String>,
    /// Every range in the order in which they are tried.
    pub ranges: Vec<RangeExplanation>,
    /// The range whose condition fails by least, where none fits.
    pub nearest_miss: Option<String>,
    /// When the person is looked at again without any change.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// A change whose end is not known.
    pub pending: Option<PendingExplanation>,
    /// What people have set by hand, and what else stands in the way, one sentence each.
    pub by_hand: Vec<String>,
    /// What is noted about the person.
    pub notes: Vec<NoteExplanation>,
    /// Numbers held under management, the latest first.
    pub history: Vec<Tenure>,
    /// What Teams says now; `None` when nothing could be read.
    pub teams: Option<TeamsExplanation>,
    /// What could not be read in Teams, and why.
    pub teams_unread: Option<String>,
}

/// What the next sync would do about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Leave the number where it is.
    Keep,
    /// Give a number.
    Assign,
    /// Take the number back.
    Release,
    /// Take a number under management that the person has in Teams.
    Adopt,
    /// Go on with a change that is under way.
    Pending,
    /// Wait for an approval.
    Held,
    /// Give no number yet.
    Wait,
    /// Nothing.
    None,
}

impl Decision {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Assign => "assign",
            Self::Release => "release",
            Self::Adopt => "adopt",
            Self::Pending => "pending",
            Self::Held => "held",
            Self::Wait => "wait",
            Self::None => "none",
        }
    }
}

/// How one range looks at the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RangeExplanation {
    /// Its name.
    pub range: String,
    /// Whether its condition is asked: its type fits the licence, it serves the kind, and it has a `when`.
    pub considered: bool,
    /// Whether its condition holds.
    pub matched: bool,
    /// Whether it is the range the rules pick.
    pub picked: bool,
    /// The clause that decides.
    pub why: String,
}

/// A change under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PendingExplanation {
    /// `assign` or `release`.
    pub action: String,
    /// Which number.
    #[schema(value_type = String)]
    pub number: E164,
    /// The sync that claimed it.
    pub sync_id: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How far it got, as a sentence.
    pub state: String,
    /// How often it has been tried.
    pub attempts: u32,
    /// Not tried again before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// What was said last.
    pub error: Option<String>,
}

/// One note about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoteExplanation {
    /// What it is about.
    #[schema(value_type = String)]
    pub kind: NoteKind,
    /// Which range it concerns, if any.
    pub range: Option<String>,
    /// The sentence.
    pub detail: String,
}

/// One number in somebody's hands, now or once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tenure {
    /// The number.
    #[schema(value_type = String)]
    pub number: E164,
    /// Who held it.
    pub user: UserRef,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when; `None`: still.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Range that declared it then.
    pub range: Option<String>,
    /// Why it began.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// The sentence that explained it.
    pub why: String,
    /// The sync that began it; empty by hand.
    pub sync_id: String,
    /// Commit of the rules then.
    pub rule_commit: Option<String>,
    /// Why it ended.
    #[schema(value_type = Option<String>)]
    pub end_reason: Option<EndReason>,
}

/// What Teams says of a person and the number, read just now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamsExplanation {
    /// The primary number of the person in Teams.
    #[schema(value_type = Option<String>)]
    pub number: Option<E164>,
    /// `featureTypes`; `None` when the configuration was not read or Teams knows none.
    pub features: Option<Vec<String>>,
    /// Effective policies, type to name.
    pub policies: Option<BTreeMap<String, String>>,
    /// What the number list says of the number.
    pub listed: Option<String>,
    /// Where Teams and Linekeeper differ, one sentence each.
    pub differences: Vec<String>,
}

/// Everything there is to say about one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NumberExplanation {
    /// Tenant name.
    pub tenant: String,
    /// The number.
    #[schema(value_type = String)]
    pub number: E164,
    /// The range that declares it.
    pub range: Option<String>,
    /// The type of that range.
    #[serde(rename = "type")]
    #[schema(value_type = Option<String>)]
    pub number_type: Option<NumberType>,
    /// Its state in the inventory; `None` where no range declares it.
    #[schema(value_type = Option<String>)]
    pub state: Option<NumberState>,
    /// Its holder, or who it is claimed or set aside for.
    pub user: Option<UserRef>,
    /// Since when it is in that state, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Until when, of states that end by themselves.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why it is in that state, one sentence each.
    pub because: Vec<String>,
    /// Who held it, the latest first.
    pub history: Vec<Tenure>,
    /// What Teams says now; `None` when it could not be read.
    pub teams: Option<TeamsExplanation>,
    /// What could not be read in Teams, and why.
    pub teams_unread: Option<String>,
}
