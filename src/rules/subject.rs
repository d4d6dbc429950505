//! What the rules look at: one user, with what the licences make of him or her.

use crate::directory::{GroupId, Kind, LicenceBook, User, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Everything the rules may ask about one user.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The user.
    pub user: &'a User,
    /// What the object is.
    pub kind: Kind,
    /// The tenant's products, for `plans has`.
    pub book: &'a LicenceBook,
    /// Members of the groups the rules name, for `groups has`.
    pub groups: &'a GroupMembers,
}

/// The members of the groups that rules name. A group that could not be read is missing.
pub type GroupMembers = BTreeMap<GroupId, BTreeSet<UserId>>;
