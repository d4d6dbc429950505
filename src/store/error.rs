//! What can go wrong with the database, and how to mend it.

use crate::apply::JournalError;
use thiserror::Error;

/// Why a database cannot be used. Each says what to do.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL is none of ours.
    #[error("`{0}` is no database: write sqlite:PATH or postgres://USER@HOST/NAME")]
    Url(String),
    /// The folder of the SQLite file does not exist.
    #[error("the folder {0} of the database does not exist: create it, or change `database.url`")]
    FolderMissing(String),
    /// The file, or its folder, cannot be written.
    #[error(
        "the database {0} is read-only: make the file and its folder writable for the user that runs Linekeeper"
    )]
    ReadOnly(String),
    /// The file, or its folder, cannot be opened.
    #[error(
        "the database {0} cannot be opened: give the user that runs Linekeeper access to the file and its folder"
    )]
    Permission(String),
    /// The file is something else.
    #[error("{0} is not a database: move it away, or change `database.url`")]
    NotADatabase(String),
    /// The file is damaged.
    #[error(
        "the database {path} is damaged ({detail}): nothing was changed; restore the last backup (`linekeeper db backup` made it), or move the file away and start with an empty one"
    )]
    Damaged {
        /// Which file.
        path: String,
        /// What the check says.
        detail: String,
    },
    /// The SQLite library is too old.
    #[error(
        "SQLite {found} can lose data when it resets its log; {needed} or newer is needed: install a current build of Linekeeper"
    )]
    OldSqlite {
        /// The version linked in.
        found: String,
        /// The oldest that is good.
        needed: &'static str,
    },
    /// The server does not answer.
    #[error(
        "the database server does not answer: check that it runs, and host and port in `database.url`"
    )]
    Unreachable(#[source] sqlx::Error),
    /// The server refuses the login.
    #[error(
        "the database server refuses the login: check user, password and database name in `database.url`"
    )]
    Login(#[source] sqlx::Error),
    /// The schema was made by a newer version.
    #[error(
        "the database was made by a newer version of Linekeeper (schema {0}): install that version, or restore a backup from before the upgrade"
    )]
    Newer(i64),
    /// The schema could not be brought up to date.
    #[error(
        "the database could not be brought up to date: nothing else was changed; try again, and restore a backup if it stays"
    )]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Another service runs on the file.
    #[error(
        "the database {path} is served already, by {holder}: stop that one, or give this one a database of its own"
    )]
    Served {
        /// The file.
        path: String,
        /// Process and host.
        holder: String,
    },
    /// The tenant's name belongs to another Microsoft tenant.
    #[error(
        "`{name}` in this database is the Microsoft tenant {pinned}, but the credentials are of {given}: use the right credentials, or another tenant name or database"
    )]
    OtherTenant {
        /// The tenant's name here.
        name: String,
        /// What the database has.
        pinned: String,
        /// What was given.
        given: String,
    },
    /// Anything else the database says.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// Why a held list could not be approved or rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeldError {
    /// No sync of that id holds anything.
    #[error("sync {0} holds nothing: `linekeeper syncs list` shows which do")]
    NotHeld(String),
    /// A later list took its place.
    #[error(
        "the held list of sync {old} was replaced by that of sync {new}: look at `linekeeper syncs show {new}`"
    )]
    Replaced {
        /// The one asked for.
        old: String,
        /// The one in force.
        new: String,
    },
    /// It is older than 24 hours.
    #[error("the held list of sync {0} has expired (24 hours): start a new sync")]
    Expired(String),
    /// Somebody decided already.
    #[error("the held list of sync {id} is {decision} already")]
    Decided {
        /// Which.
        id: String,
        /// `approved` or `rejected`.
        decision: String,
    },
    /// The database.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Why a transaction did not happen; becomes a [`JournalError`] at the border of the module.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(sqlx::Error),
    Fenced,
    Refused(String),
    Corrupt(String),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<jiff::Error> for Fault {
    fn from(error: jiff::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl Fault {
    /// Whether the database rolled the transaction back for the sake of another one, so that it may be repeated.
    pub(super) fn is_passing(&self) -> bool {
        const PASSING: [&str; 7] = ["5", "6", "261", "517", "40001", "40P01", "55P03"];
        let Self::Sql(error) = self else { return false };
        let code = error.as_database_error().and_then(|error| error.code());
        code.is_some_and(|code| PASSING.contains(&&*code))
    }

    /// Whether a row would have been the second where one may stand.
    pub(super) fn is_second(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        let told = error.as_database_error();
        told.is_some_and(|error| error.is_unique_violation())
    }

    pub(super) fn on_read(self) -> JournalError {
        match self {
            Self::Fenced => JournalError::Fenced,
            Self::Sql(error) => JournalError::Unreadable(error.to_string()),
            Self::Corrupt(text) | Self::Refused(text) => JournalError::Unreadable(text),
        }
    }

    pub(super) fn on_write(self) -> JournalError {
        match self {
            Self::Fenced => JournalError::Fenced,
            Self::Sql(error) => JournalError::Unwritable(error.to_string()),
            Self::Refused(text) => JournalError::Unwritable(text),
            Self::Corrupt(text) => JournalError::Unreadable(text),
        }
    }
}
