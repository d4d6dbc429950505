//! What people have set by hand, as it stands after a command: one small object each.

use super::UserRef;
use crate::numbering::{Country, E164, NumberState};
use crate::plan::{Exemption, Reservation};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What is set of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserOverrides {
    /// Tenant name.
    pub tenant: String,
    /// Whom.
    pub user: UserRef,
    /// The managed number in the user's hands.
    #[schema(value_type = Option<String>)]
    pub number: Option<E164>,
    /// Left alone by the rules: why, and until when.
    #[schema(value_type = Option<Object>)]
    pub exempt: Option<Exemption>,
    /// The number the user is pinned to.
    #[schema(value_type = Option<String>)]
    pub pin: Option<E164>,
    /// `removed-outside`, `released-by-hand`, `refused` and so on: what the rules wait for.
    pub waits: Option<&'static str>,
    /// Whether the command changed anything.
    pub changed: bool,
}

/// What is set of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NumberOverrides {
    /// Tenant name.
    pub tenant: String,
    /// The number.
    #[schema(value_type = String)]
    pub number: E164,
    /// The range that declares it.
    pub range: String,
    /// Its state now.
    #[schema(value_type = String)]
    pub state: NumberState,
    /// Until when, of states that end by themselves.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// Set aside by hand: by whom, why, and until when.
    #[schema(value_type = Option<Object>)]
    pub reserved: Option<Reservation>,
    /// Until when it rests, where it does.
    #[schema(value_type = Option<String>)]
    pub rests_until: Option<Timestamp>,
    /// Until when Teams' refusal keeps it from being offered.
    #[schema(value_type = Option<String>)]
    pub blocked_until: Option<Timestamp>,
    /// Whether the command changed anything.
    pub changed: bool,
}

/// Whether a range gives numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RangeSuspension {
    /// Tenant name.
    pub tenant: String,
    /// The range.
    pub range: String,
    /// Whether it gives nothing: it is suspended, or its operator is.
    pub suspended: bool,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    /// Whether the command changed anything.
    pub changed: bool,
}

/// Whether the ranges of an operator give numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorSuspension {
    /// Tenant name.
    pub tenant: String,
    /// The operator.
    pub operator: String,
    /// Only its ranges of this country; `None`: all.
    pub country: Option<Country>,
    /// Whether they give nothing.
    pub suspended: bool,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The ranges concerned.
    pub ranges: Vec<String>,
    /// Whether the command changed anything.
    pub changed: bool,
}

/// Whether a tenant is paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantPause {
    /// Tenant name.
    pub tenant: String,
    /// Whether nothing is written.
    pub paused: bool,
    /// Why.
    pub reason: Option<String>,
    /// Until when; `None` of a pause that lasts until it is taken back.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// Whether the command changed anything.
    pub changed: bool,
}
