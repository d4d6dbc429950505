//! What Teams says of one number (docs/graph.md 4.1).

use super::{Country, E164, NumberType};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// One number of the tenant as Teams lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The number, without its extension.
    pub number: E164,
    /// Object id the number is assigned to; not always a user (docs/graph.md, trap 21).
    pub target: Option<Uuid>,
    /// Everything that many numbers share.
    pub profile: Arc<ListedProfile>,
}

/// What many numbers of a tenant have in common; kept once for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListedProfile {
    /// The listed type.
    pub number_type: ListedType,
    /// `activationState` is `activated`.
    pub activated: bool,
    /// `capabilities` contain `userAssignment`.
    pub for_users: bool,
    /// `assignmentStatus`.
    pub status: ListedStatus,
    /// `assignmentCategory` of an assigned number.
    pub category: Category,
    /// `portInStatus` is null or `completed`.
    pub ported: bool,
    /// `numberSource` is `onPremises`: written by directory synchronisation, never to be touched.
    pub on_premises: bool,
    /// The number was listed with an extension (`;ext=`).
    pub extension: bool,
    /// `operatorId`, unless it is all zero.
    pub operator: Option<Uuid>,
    /// `isoCountryCode`; null for direct routing.
    pub country: Option<Country>,
    /// `supportedCustomerActions` contain `locationUpdate`.
    pub location_update: bool,
    /// `locationId`: the emergency location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Uuid>,
}

/// `numberType`, with room for what Graph may add.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListedType {
    /// A type this version knows.
    Known(NumberType),
    /// Any other text: not to be touched.
    Other(String),
}

/// `assignmentStatus`, with room for what Graph may add.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListedStatus {
    /// Assigned to nobody; null counts as this only without a target.
    Unassigned,
    /// Assigned to a user, or a resource account.
    UserAssigned,
    /// Anything else: a conference bridge, a voice application, a policy, an error: not to be touched.
    Other(String),
}

/// Which line of its holder a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Category {
    /// The primary line; null counts as primary.
    Primary,
    /// A private or alternate line, or one this version does not know.
    Other,
}

impl Listed {
    /// The object whose primary line the number is, wherever it was written and whoever may touch it.
    #[must_use]
    pub fn primary_line_of(&self) -> Option<Uuid> {
        let p = &*self.profile;
        let held = p.status == ListedStatus::UserAssigned && p.category == Category::Primary;
        if held { self.target } else { None }
    }

    /// The object that holds the number as its primary line in a way that can be managed: not written from
    /// on-premises, without an extension.
    #[must_use]
    pub fn holder(&self) -> Option<Uuid> {
        let untouchable = self.profile.on_premises || self.profile.extension;
        self.primary_line_of().filter(|_| !untouchable)
    }

    /// Whether nobody and nothing holds it.
    #[must_use]
    pub fn is_unassigned(&self) -> bool {
        self.profile.status == ListedStatus::Unassigned
            && self.target.is_none()
            && !self.profile.extension
    }

    /// Whether a number of a range of this type could be assigned to a user now: listed as that type, unassigned,
    /// activated, for users, and not waiting for a port.
    #[must_use]
    pub fn is_assignable_as(&self, wanted: NumberType) -> bool {
        let p = &*self.profile;
        self.is_unassigned()
            && p.number_type == ListedType::Known(wanted)
            && p.activated
            && p.for_users
            && p.ported
            && !p.on_premises
    }
}
