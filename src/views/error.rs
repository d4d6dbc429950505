//! Why something cannot be shown.

use crate::apply::JournalError;
use crate::directory::UserId;
use crate::numbering::{E164, NumberError};
use thiserror::Error;

/// Why something cannot be shown.
#[derive(Debug, Error)]
pub enum ViewError {
    /// Nobody is meant by the text.
    #[error("no user with the UPN, mail or id `{0}` is known")]
    NoUser(String),
    /// More than one user is meant by the text.
    #[error("`{text}` is more than one user: {}; name one by id", ids(.users))]
    SeveralUsers {
        /// The text.
        text: String,
        /// Whom it means.
        users: Vec<UserId>,
    },
    /// The rules declare no range of that name.
    #[error("no range is called `{0}`")]
    NoRange(String),
    /// The rules declare no operator of that name.
    #[error("no operator is called `{0}`")]
    NoOperator(String),
    /// No range declares the number.
    #[error("no range declares the number {0}")]
    Undeclared(E164),
    /// The text is no telephone number.
    #[error("`{text}` is no telephone number: {why}; write it like +498955501000")]
    NoNumber {
        /// The text.
        text: String,
        /// What is wrong with it.
        why: NumberError,
    },
    /// No sync has that id.
    #[error("no sync has the id `{0}`")]
    NoSync(String),
    /// The cursor is not one of this list, or the place it names is gone.
    #[error(
        "the cursor does not belong to this list, or what it pointed to is gone: begin again without one"
    )]
    Cursor,
    /// The database.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

fn ids(users: &[UserId]) -> String {
    let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
    ids.join(", ")
}
