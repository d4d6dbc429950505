//! What came of a file, or would: counts, and the rows that are wrong.

use serde::Serialize;

/// What a file changes of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Tenant name.
    pub tenant: String,
    /// Whether it was only looked at.
    pub preview: bool,
    /// Whether anything was changed; of profiles, whether the sync that is told next changes something.
    pub changed: bool,
    /// The licences with which people can have numbers; `None` where Graph could not be asked.
    pub licences: Option<Licences>,
    /// Rows of the file, blank ones aside.
    pub rows: u64,
    /// Rows that ask for what is so already.
    pub unchanged: u64,
    /// Rows that set something new: pins, profiles, reservations and rests.
    pub new_matches: u64,
    /// Of pins and profiles: rows that name nobody who is known; of numbers: rows whose number nobody has.
    pub rows_without_user: u64,
    /// Of pins: people with a voice licence whom no row names; of profiles: guests; of numbers: managed holders.
    pub users_without_row: u64,
    /// Pins without a row that `--replace` drops; of numbers: reservations, rests and blocks taken back.
    pub to_remove: u64,
    /// Pins afterwards; of numbers: those set aside or put to rest by hand; of profiles: guests whose profile shows
    /// the number of their row.
    pub total_after: u64,
    /// How many rows are wrong.
    pub wrong_rows: u64,
    /// The first thousand of them.
    pub errors: Vec<WrongRow>,
    /// What is left as it is without being wrong, one sentence each.
    pub notes: Vec<String>,
}

/// Licences in total and available, over all products that bring the plan in question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Licences {
    /// With Phone System.
    pub phone_system: SeatCount,
    /// With a calling plan.
    pub calling_plan: SeatCount,
}

/// How many licences there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeatCount {
    /// Bought, and expired ones in grace.
    pub total: i64,
    /// Given to nobody; less than none where more are in use than there are.
    pub available: i64,
}

/// A row, or the head, that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongRow {
    /// The line where it begins, from 1.
    pub line: u64,
    /// The column; `None` of what concerns the row as a whole.
    pub column: Option<String>,
    /// What was read, as far as it helps.
    pub read: String,
    /// A short name for programs.
    pub code: &'static str,
    /// What is wrong, and what was expected.
    pub message: String,
    /// How to mend it, where the message does not say so.
    pub help: Option<String>,
}

impl WrongRow {
    /// A fault of a row as a whole.
    #[must_use]
    pub fn new(line: u64, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            line,
            column: None,
            read: String::new(),
            code,
            message: message.into(),
            help: None,
        }
    }

    /// The same of one cell: which column, and what was read there.
    #[must_use]
    pub fn at(self, column: &str, read: impl Into<String>) -> Self {
        Self {
            column: Some(column.to_owned()),
            read: read.into(),
            ..self
        }
    }

    /// The same with a way to mend it.
    #[must_use]
    pub fn mended(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}
