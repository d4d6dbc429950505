//! One observation over what is stored.

use crate::directory::User;
use crate::plan::{Gone, StoredUser, UserFacts};

/// The record after an observation; `None` when it changes nothing.
pub(super) fn laid_over(
    before: Option<StoredUser>,
    user: Option<User>,
    gone: Option<Gone>,
) -> Option<StoredUser> {
    match (before, user) {
        (None, None) => None,
        (None, Some(user)) => Some(StoredUser {
            user,
            gone: None,
            undecided: true,
            facts: UserFacts::default(),
        }),
        (Some(before), Some(user)) => {
            let same = before.user == user && before.gone.is_none();
            (!same).then_some(StoredUser {
                user,
                gone: None,
                undecided: true,
                ..before
            })
        }
        (Some(before), None) => before.gone.is_none().then_some(StoredUser {
            gone,
            undecided: true,
            ..before
        }),
    }
}
