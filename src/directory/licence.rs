//! Licences as Graph lists them: on a user, and in the tenant's subscriptions (docs/graph.md 1.3, 2.3).

use super::{PlanId, SkuId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is assigned to one user. Without times, so that users who are licensed alike share one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Licences {
    /// `assignedLicenses`, direct and inherited merged, in ascending order.
    pub assigned: Vec<AssignedLicence>,
    /// `assignedPlans`, dead entries included, in ascending order.
    pub plans: Vec<AssignedPlan>,
}

/// One entry of `assignedLicenses`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AssignedLicence {
    /// The product.
    pub sku: SkuId,
    /// Plans of the product that are switched off for this user, in ascending order.
    pub disabled: Vec<PlanId>,
}

/// One entry of `assignedPlans`; a plan may appear twice, and dead entries stay.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AssignedPlan {
    /// The service plan.
    pub plan: PlanId,
    /// Its `capabilityStatus`.
    pub status: PlanStatus,
}

/// `capabilityStatus` of a plan of a user (docs/graph.md 3.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum PlanStatus {
    /// Usable.
    Enabled,
    /// Usable, in grace.
    Warning,
    /// Not assignable, data kept.
    Suspended,
    /// Unavailable to all, data kept.
    LockedOut,
    /// Dead.
    Deleted,
    /// A text this version does not know: not usable.
    Unknown(String),
}

impl PlanStatus {
    /// Whether the plan can be used: `Enabled` or `Warning`.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        matches!(self, Self::Enabled | Self::Warning)
    }

    /// The text as Graph writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Enabled => "Enabled",
            Self::Warning => "Warning",
            Self::Suspended => "Suspended",
            Self::LockedOut => "LockedOut",
            Self::Deleted => "Deleted",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for PlanStatus {
    fn from(text: String) -> Self {
        match text.as_str() {
            "Enabled" => Self::Enabled,
            "Warning" => Self::Warning,
            "Suspended" => Self::Suspended,
            "LockedOut" => Self::LockedOut,
            "Deleted" => Self::Deleted,
            _ => Self::Unknown(text),
        }
    }
}

impl From<PlanStatus> for String {
    fn from(status: PlanStatus) -> Self {
        status.to_string()
    }
}

impl fmt::Display for PlanStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One subscribed product of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sku {
    /// The product.
    pub id: SkuId,
    /// `skuPartNumber`, trimmed: stray spaces occur (docs/graph.md, trap 1).
    pub part_number: String,
    /// `capabilityStatus` of the subscription.
    pub status: SkuStatus,
    /// The plans it carries.
    pub plans: Vec<SkuPlan>,
}

/// The licences of one subscribed product that can be given to users (docs/graph.md 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seats {
    /// The product.
    pub sku: Sku,
    /// How many there are: bought, and expired ones in grace.
    pub total: i64,
    /// How many of them nobody has; less than none where more are in use than there are.
    pub available: i64,
}

/// One plan inside a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuPlan {
    /// The plan.
    pub id: PlanId,
    /// Its name, such as `MCOEV`.
    pub name: String,
}

/// `capabilityStatus` of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SkuStatus(pub String);

impl SkuStatus {
    /// Whether licences of the product work: `Enabled` or `Warning`.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.0.as_str(), "Enabled" | "Warning")
    }
}
