//! How a number reaches the telephone network.

use crate::numbering::Country;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a number and of the range it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberType {
    /// The organisation's own trunks; such numbers need not be listed by Teams to be assignable.
    DirectRouting,
    /// Microsoft is the carrier.
    CallingPlan,
    /// An operator inside Teams is the carrier.
    OperatorConnect,
}

impl NumberType {
    /// All types.
    pub const ALL: [Self; 3] = [
        Self::DirectRouting,
        Self::CallingPlan,
        Self::OperatorConnect,
    ];

    /// The name in rules and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectRouting => "direct-routing",
            Self::CallingPlan => "calling-plan",
            Self::OperatorConnect => "operator-connect",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether such a number can be assigned only when Teams lists it as free (all but direct routing).
    #[must_use]
    pub const fn must_be_listed(self) -> bool {
        !matches!(self, Self::DirectRouting)
    }

    /// Whether the number's country must be the user's usage location (all but direct routing).
    #[must_use]
    pub const fn is_bound_to_country(self) -> bool {
        self.must_be_listed()
    }

    /// Whether an assignment needs an emergency location: calling plans of the US and Canada (docs/graph.md, trap 18).
    #[must_use]
    pub fn needs_location(self, country: Option<Country>) -> bool {
        self == Self::CallingPlan && country.is_some_and(|c| matches!(c.as_str(), "US" | "CA"))
    }
}

impl fmt::Display for NumberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
