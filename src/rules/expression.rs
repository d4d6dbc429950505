//! A condition as compiled: what is evaluated for every user.

use super::vocabulary::SlotId;
use crate::directory::GroupId;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// Every term holds; without terms: for everyone.
    All(Box<[Self]>),
    /// Some term holds.
    Any(Box<[Self]>),
    /// The term does not hold.
    Not(Box<Self>),
    /// A test.
    Test(Test),
}

/// A compiled test.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The value's class is one of these, ascending.
    OneOf(SlotId, Box<[u32]>),
    /// There is no value.
    Blank(SlotId),
    /// A numbered text test.
    Text(SlotId, u32),
    /// The kind's bit is set.
    Kinds(u8),
    /// The user is synchronised from on-premises.
    Synced,
    /// A numbered plan is usable.
    Plan(u32),
    /// The user is a member of the group.
    Group(GroupId),
}

/// The outcome of a condition. What cannot be known makes neither a test nor its negation hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    False,
    True,
    /// A plan of that name is known to nobody.
    UnknownPlan,
    /// A group could not be read.
    UnknownGroup,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}
