//! Files of pins: who is to have which number.

use super::cell;
use super::head::Layout;
use super::sheet::Row;
use crate::numbering::E164;
use crate::report::WrongRow;

/// The columns of a file of pins.
pub const PINS: Layout = Layout {
    columns: &["user", "number"],
    required: 2,
    passed_over: &[],
    example: &["anna@contoso.com", "+498955501000"],
};

/// One row of such a file. Each half may be wrong by itself: with a wrong number it still names somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRow {
    /// The line where it begins, from 1.
    pub line: u64,
    /// UPN, mail address, employee id or object id.
    pub user: Result<String, WrongRow>,
    /// The number.
    pub number: Result<E164, WrongRow>,
}

/// What a row says.
#[must_use]
pub fn pin_row(row: &Row) -> PinRow {
    let cell = |at: usize| row.cells.get(at).map(String::as_str).unwrap_or_default();
    let user = match cell(0).trim() {
        "" => {
            let message = "the user is missing: write the UPN, mail address or employee id";
            Err(WrongRow::new(row.line, "blank", message).at("user", ""))
        }
        user => Ok(user.to_owned()),
    };
    PinRow {
        line: row.line,
        user,
        number: cell::number(row.line, cell(1)),
    }
}
