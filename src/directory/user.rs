//! One user as the directory shows it.

use super::{Attribute, Attributes, Licences, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A directory user, reduced to what decides about telephone numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Object id; identity is this and nothing else.
    pub id: UserId,
    /// Text attributes, the UPN among them.
    #[serde(default)]
    pub attributes: Attributes,
    /// Licences and plans; shared between users whose licences are alike.
    #[serde(default)]
    pub licences: Arc<Licences>,
    /// When the plans that a number needs were last assigned; kept apart so that `licences` can be shared.
    #[serde(default)]
    pub plan_dates: PlanDates,
    /// `accountEnabled`; a missing value counts as enabled.
    pub enabled: bool,
    /// `userType` is `Guest`; null is a Member (docs/graph.md 1.3).
    pub guest: bool,
    /// `onPremisesSyncEnabled`; null counts as false.
    pub on_premises_synced: bool,
    /// `createdDateTime`, which orders the queue for numbers.
    pub created: Option<Timestamp>,
    /// The one value of `businessPhones`, as it stands there.
    pub business_phone: Option<Arc<str>>,
    /// The day of `employeeHireDate`, where hire dates are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hired: Option<Date>,
}

/// When usable voice plans were assigned to a user (`assignedDateTime`, the latest of each class).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDates {
    /// The latest of the Phone System plans.
    pub phone_system: Option<Timestamp>,
    /// The latest of the calling plans.
    pub calling_plan: Option<Timestamp>,
}

impl User {
    /// A user with nothing but an id: an enabled member without licences.
    #[must_use]
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            attributes: Attributes::default(),
            licences: Arc::default(),
            plan_dates: PlanDates::default(),
            enabled: true,
            guest: false,
            on_premises_synced: false,
            created: None,
            business_phone: None,
            hired: None,
        }
    }

    /// The user principal name, for people to read; empty when the directory shows none.
    #[must_use]
    pub fn upn(&self) -> &str {
        self.attributes.get(Attribute::Upn).unwrap_or_default()
    }
}
