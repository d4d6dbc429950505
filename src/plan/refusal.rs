//! Why something asked for by hand is not done. Each sentence says what stands against it and how to mend that.

use super::suspended::in_country;
use super::{NoteKind, advice};
use crate::directory::{UserId, VoiceLicence};
use crate::numbering::{Country, E164, NumberState, NumberType};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;

/// Why something asked for by hand is refused: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(
    missing_docs,
    reason = "each variant says in its sentence what it is about"
)]
pub enum Refusal {
    #[error(
        "`{0}` is not known; `linekeeper sync` reads everybody, `linekeeper users list` shows who is known"
    )]
    UnknownUser(String),
    #[error(
        "{who} is no longer in the directory, so Teams can give no number: restore the account in Entra, which Microsoft \
         allows for 30 days, and ask again"
    )]
    Gone { who: String },
    #[error(
        "{who} has no usable Phone System licence: assign one in Microsoft 365, wait until it has arrived, and try again"
    )]
    Unlicensed { who: String },
    #[error(
        "{what} is {number_type}, which the voice licence of {who} ({licence}) does not allow; `linekeeper ranges list` \
         shows the type of each range"
    )]
    WrongType {
        what: String,
        number_type: NumberType,
        who: String,
        licence: VoiceLicence,
    },
    #[error(
        "{number} lies in no range: declare it in a rule file first, `linekeeper ranges list` shows the ranges"
    )]
    OutsideRanges { number: E164 },
    #[error("no range is called `{range}`; `linekeeper ranges list` shows them")]
    UnknownRange { range: String },
    #[error(
        "{number} lies in the range {lies_in}, not in {range}: leave the range out, or name a number of {range}"
    )]
    OtherRange {
        number: E164,
        lies_in: String,
        range: String,
    },
    #[error("{number} is with {holder}; `linekeeper release` takes it back from there")]
    Taken { number: E164, holder: Holder },
    #[error(
        "{number} is being given to {holder} just now; `linekeeper sync` brings that to its end"
    )]
    Claimed { number: E164, holder: Holder },
    #[error("{number} is pinned to {holder}; `linekeeper users unpin` takes that back")]
    PinnedToAnother { number: E164, holder: Holder },
    #[error(
        "{number} is reserved for {whom}; `linekeeper numbers unreserve {number}` takes that back"
    )]
    ReservedFor { number: E164, whom: String },
    #[error("write for whom: a UPN, a mail address or an employee id")]
    ForNobody,
    #[error(
        "{number} is held in Teams by something that is no managed user, such as a resource account or another line: \
         free it in the Teams admin centre"
    )]
    Foreign { number: E164 },
    #[error("{number} is one the range {range} never gives; only a pin with --force may")]
    Never { number: E164, range: String },
    #[error("{number} of the range {range} cannot be assigned: {why}")]
    Absent {
        number: E164,
        range: String,
        why: String,
    },
    #[error(
        "{number} rests until {until} after its last holder; `linekeeper numbers free {number}` ends that at once"
    )]
    Resting { number: E164, until: Timestamp },
    #[error(
        "Teams refused {number}, so it is blocked until {until}; `linekeeper numbers unblock {number}` lets it be tried \
         at once"
    )]
    Blocked { number: E164, until: Timestamp },
    #[error(
        "the range {range} is suspended: {reason}; `linekeeper ranges resume {range}` opens it again"
    )]
    Suspended { range: String, reason: String },
    #[error(
        "the range {range} is of the operator {operator}, which is suspended{}: {reason}; `linekeeper operators resume \
         \"{operator}\"{}` lets it give numbers again", in_country(*country), with_country(*country)
    )]
    OperatorSuspended {
        range: String,
        operator: String,
        country: Option<Country>,
        reason: String,
    },
    #[error("no operator is called `{operator}`; {}", declared_are(declared))]
    UnknownOperator {
        operator: String,
        declared: Vec<String>,
    },
    #[error(
        "neither the operator {operator} nor a range of it is declared for {country}, so there is nothing to suspend: \
         leave --country out, or name one of {}", countries.iter().map(Country::to_string).collect::<Vec<_>>().join(", ")
    )]
    OperatorElsewhere {
        operator: String,
        country: Country,
        countries: BTreeSet<Country>,
    },
    #[error("{detail}. {}", advice(*kind))]
    Range { kind: NoteKind, detail: String },
    #[error(
        "{range} and its overflow have no free number left; `linekeeper ranges list` shows the stock"
    )]
    Exhausted { range: String },
    #[error("no range fits {who}: name a number, or a range with --from")]
    NoRange { who: String },
    #[error(
        "{who} already has {number}, which lies where the next one would come from; name a number to change it"
    )]
    HasOne { who: String, number: E164 },
    #[error(
        "{who} holds no number, so there is none to take back; `linekeeper explain {who}` shows what is known"
    )]
    NothingHeld { who: String },
    #[error(
        "{who} has {number} in Teams, which Linekeeper may not touch because it lies in no range or is written elsewhere: \
         take it away in the Teams admin centre first"
    )]
    Unmanaged { who: String, number: E164 },
    #[error(
        "{who} has {number} by now, which came otherwise and stays; `linekeeper release {who}` takes it back"
    )]
    HasOther { who: String, number: E164 },
    #[error(
        "{who} is pinned to {number}, so no other number is picked; `linekeeper users unpin {who}` takes the pin back"
    )]
    PinnedHere { who: String, number: E164 },
    #[error(
        "an earlier change of {who} ({action} {number}) has not come to its end; `linekeeper sync --user {who}` looks at \
         it again"
    )]
    Busy {
        who: String,
        action: &'static str,
        number: E164,
    },
    #[error(
        "{number} of {who} is on its way to another number type with the range {range}: wait until `linekeeper migrate \
         status` shows it verified, or `linekeeper migrate rollback` its wave first"
    )]
    Migrating {
        who: String,
        number: E164,
        range: String,
    },
    #[error(
        "the mode is assign-only, which never releases a number, not even for another one; mode = \"apply\" does"
    )]
    AssignOnly,
    #[error("the tenant is paused ({reason}): `linekeeper resume` lets it write again")]
    Paused { reason: String },
    #[error(
        "{by} has changed {done} numbers by hand within the last hour, and `safety.max_by_hand` allows {limit}: if that is \
         meant, plan the rest as one with `linekeeper users renumber --file FILE --save PLAN`, look at it, and make it with \
         `linekeeper sync --plan PLAN`; or wait"
    )]
    TooMany { by: String, done: u64, limit: u64 },
    #[error(
        "a file cannot make {number} {wanted}; it is {now}: free, reserved and quarantined are what a file sets, all \
         other states come from the rules and from Teams"
    )]
    NotByFile {
        number: E164,
        wanted: NumberState,
        now: NumberState,
    },
    #[error(
        "the rule file sets {number} aside: take it out of `reserve` (or change `unlisted`) of the range {range} first"
    )]
    SetAsideByRule { number: E164, range: String },
    #[error(
        "{who} is no guest: a number for the profile alone is for guests; leave --profile-only out to pin a number"
    )]
    NoGuest { who: String },
    #[error("{until} has passed already; name a time to come")]
    Past { until: Timestamp },
    #[error(
        "{number} is held by {holder}; it cannot be put to rest or freed while somebody has it: `linekeeper release \
         {holder}` takes it back first"
    )]
    InHands { number: E164, holder: Holder },
}

impl Refusal {
    /// A short name for programs, fixed once released.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownUser(_) => "unknown-user",
            Self::Gone { .. } => "gone",
            Self::Unlicensed { .. } => "unlicensed",
            Self::WrongType { .. } => "wrong-type",
            Self::OutsideRanges { .. } => "outside-ranges",
            Self::UnknownRange { .. } => "unknown-range",
            Self::OtherRange { .. } => "other-range",
            Self::Taken { .. } => "taken",
            Self::Claimed { .. } => "claimed",
            Self::PinnedToAnother { .. } => "pinned-to-another",
            Self::ReservedFor { .. } => "reserved-for",
            Self::ForNobody => "for-nobody",
            Self::Foreign { .. } => "foreign",
            Self::Never { .. } => "never",
            Self::Absent { .. } => "absent",
            Self::Resting { .. } => "resting",
            Self::Blocked { .. } => "blocked",
            Self::Suspended { .. } | Self::OperatorSuspended { .. } => "suspended",
            Self::UnknownOperator { .. } => "unknown-operator",
            Self::OperatorElsewhere { .. } => "operator-elsewhere",
            Self::Range { .. } => "range-refuses",
            Self::Exhausted { .. } => "exhausted",
            Self::NoRange { .. } => "no-range",
            Self::HasOne { .. } => "has-one",
            Self::NothingHeld { .. } => "nothing-held",
            Self::Unmanaged { .. } => "unmanaged",
            Self::HasOther { .. } => "has-other",
            Self::PinnedHere { .. } => "pinned-here",
            Self::Busy { .. } => "busy",
            Self::Migrating { .. } => "migrating",
            Self::AssignOnly => "assign-only",
            Self::Paused { .. } => "paused",
            Self::TooMany { .. } => "too-many",
            Self::NotByFile { .. } => "not-by-file",
            Self::SetAsideByRule { .. } => "set-aside-by-rule",
            Self::NoGuest { .. } => "no-guest",
            Self::Past { .. } => "past",
            Self::InHands { .. } => "in-hands",
        }
    }

    /// The kind of the note that says it of one person among many.
    #[must_use]
    pub const fn note_kind(&self) -> NoteKind {
        match self {
            Self::Range { kind, .. } => *kind,
            Self::Suspended { .. } => NoteKind::Suspended,
            Self::Exhausted { .. } => NoteKind::Exhausted,
            Self::NoRange { .. } => NoteKind::NoRange,
            Self::Blocked { .. } => NoteKind::Blocked,
            Self::Unmanaged { .. } => NoteKind::UnmanagedNumber,
            _ => NoteKind::Conflict,
        }
    }

    /// The person a refusal names by id only, to be given a name that people know.
    pub fn holder_mut(&mut self) -> Option<&mut Holder> {
        match self {
            Self::Taken { holder, .. }
            | Self::Claimed { holder, .. }
            | Self::PinnedToAnother { holder, .. }
            | Self::InHands { holder, .. } => Some(holder),
            _ => None,
        }
    }
}

/// ` --country CH`, or nothing.
fn with_country(country: Option<Country>) -> String {
    country.map_or_else(String::new, |country| format!(" --country {country}"))
}

fn declared_are(declared: &[String]) -> String {
    match declared {
        [] => "no rule file declares one: operator \"name\" { … }".to_owned(),
        names => format!("the rules declare {}", names.join(", ")),
    }
}

/// Somebody a refusal names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub user: UserId,
    /// The UPN, where it is known.
    pub upn: Option<String>,
}

impl From<UserId> for Holder {
    fn from(user: UserId) -> Self {
        Self { user, upn: None }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.upn {
            Some(upn) => f.write_str(upn),
            None => self.user.fmt(f),
        }
    }
}
