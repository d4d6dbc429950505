//! The state of a number in the inventory.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a number is at one moment; always exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberState {
    /// Can be given to the next person.
    Free,
    /// Taken by a plan that is being applied.
    Claimed,
    /// Held by a managed holder.
    Assigned,
    /// Resting after its last holder, until a time.
    Quarantined,
    /// Set aside, by rule file or by hand.
    Reserved,
    /// Never given to anybody.
    Never,
    /// Teams refused it; tried again after a while.
    Blocked,
    /// Declared by a range but not assignable, and held by nobody.
    Absent,
    /// Held by something that is not a managed kind of user with a primary line.
    Foreign,
}

impl NumberState {
    /// All states, in the order they are counted for people.
    pub const ALL: [Self; 9] = [
        Self::Free,
        Self::Claimed,
        Self::Assigned,
        Self::Quarantined,
        Self::Reserved,
        Self::Never,
        Self::Blocked,
        Self::Absent,
        Self::Foreign,
    ];

    /// The name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Claimed => "claimed",
            Self::Assigned => "assigned",
            Self::Quarantined => "quarantined",
            Self::Reserved => "reserved",
            Self::Never => "never",
            Self::Blocked => "blocked",
            Self::Absent => "absent",
            Self::Foreign => "foreign",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for NumberState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
