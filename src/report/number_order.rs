//! What is to be ordered of Teams for the numbers of a range, where Graph cannot: the value a script is written from.

use crate::numbering::{NumberType, Spans};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// An order for numbers of a range, complete: nothing is left to choose when it is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberOrder {
    /// What is ordered.
    pub kind: OrderKind,
    /// Tenant name.
    pub tenant: String,
    /// Id of the Microsoft tenant, as configured.
    pub tenant_id: String,
    /// The range.
    pub range: String,
    /// Its type.
    pub number_type: NumberType,
    /// Whether the rules give nothing from it for now.
    pub suspended: bool,
    /// When the tenant's numbers were read.
    pub as_of: Timestamp,
    /// The numbers concerned.
    pub numbers: Spans,
    /// Its other numbers, by why they are left out.
    pub left_out: BTreeMap<LeftOut, Spans>,
}

/// What is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// Direct-routing numbers are added to those that Teams lists.
    Upload,
    /// Numbers leave the tenant.
    Release,
    /// Teams assigns the numbers to nobody.
    Block {
        /// For so many days, 1 to 365; `None`: until the block is removed.
        days: Option<u16>,
    },
}

impl OrderKind {
    /// The name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Release => "release",
            Self::Block { .. } => "block",
        }
    }
}

/// Why a number of the range is left out of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// Held by a managed holder.
    Assigned,
    /// Being given or taken back just now.
    Claimed,
    /// Held by somebody or something that is not managed.
    Foreign,
    /// Set aside.
    Reserved,
    /// Resting after its last holder.
    Quarantined,
    /// Never given to anybody.
    Never,
    /// Refused by Teams.
    Blocked,
    /// Not before its day.
    NotYet,
    /// Listed in a way that cannot be assigned.
    NotAssignable,
    /// Given back after the numbers were read.
    FreedSince,
    /// Not listed.
    NotListed,
    /// Listed already.
    Listed,
    /// In a state that was not asked for.
    NotAsked,
}

impl LeftOut {
    /// Why, and what would change it: a sentence of plain ASCII.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Assigned => "somebody holds them: `linekeeper release` takes them back first",
            Self::Claimed => "a sync is giving them to somebody just now",
            Self::Foreign => {
                "something that Linekeeper does not manage holds them in Teams: free them there first"
            }
            Self::Reserved => "set aside, by the rules, by hand or by a pin",
            Self::Quarantined => {
                "they rest after their last holder, who may come back: `linekeeper numbers free` ends that"
            }
            Self::Never => "the range lists them under `never`",
            Self::Blocked => {
                "Teams refused to give them: `linekeeper numbers unblock` lets it be tried again"
            }
            Self::NotYet => "the range says that they are yours only from a later day on",
            Self::NotAssignable => {
                "Teams lists them with another type, not activated, or with their port under way"
            }
            Self::FreedSince => {
                "given back after the numbers were read: `linekeeper sync`, and make the script anew"
            }
            Self::NotListed => "the tenant does not list them, so that Teams knows nothing of them",
            Self::Listed => "the tenant lists them already",
            Self::NotAsked => "not in a state that was asked for",
        }
    }
}
