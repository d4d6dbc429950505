//! What a plan says about users and numbers it does not change.

use crate::directory::UserId;
use crate::numbering::E164;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! note_kinds {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// The kind of a note; the names are fixed by the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each variant is the note kind of that name")]
        pub enum NoteKind { $(#[serde(rename = $name)] $variant),* }

        impl NoteKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in JSON and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The kind of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

note_kinds! {
    UnknownPlanStatus "unknown-plan-status",
    CallingPlanWithoutPhoneSystem "calling-plan-without-phone-system",
    Lapsing "lapsing",
    LicencePending "licence-pending",
    Exempt "exempt",
    NoTeams "no-teams",
    Disabled "disabled",
    RemovedOutside "removed-outside",
    ReleasedByHand "released-by-hand",
    PinDiffers "pin-differs",
    Drift "drift",
    NoRange "no-range",
    NearMiss "near-miss",
    UnmanagedNumber "unmanaged-number",
    StaleHolder "stale-holder",
    Ambiguous "ambiguous",
    Suspended "suspended",
    PolicyMissing "policy-missing",
    CountryMismatch "country-mismatch",
    NoLocation "no-location",
    Exhausted "exhausted",
    Refused "refused",
    RangeRefused "range-refused",
    TypeMismatch "type-mismatch",
    Conflict "conflict",
    LicenceNotReady "licence-not-ready",
    NotTeamsOnly "not-teams-only",
    Blocked "blocked",
    ReleaseBlocked "release-blocked",
    IncompleteRead "incomplete-read",
    Undeclared "undeclared",
    EmergencyMismatch "emergency-mismatch",
    ProfileReadOnly "profile-read-only",
    UnknownPlan "unknown-plan",
    ReleaseDue "release-due",
    Migrating "migrating",
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One note. `detail` is a sentence for people and carries nothing a program should need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// Whom it concerns, if anyone.
    pub user: Option<UserId>,
    /// Which number it concerns, if any.
    pub number: Option<E164>,
    /// Which range it concerns, if any.
    pub range: Option<String>,
    /// The sentence.
    pub detail: String,
}
