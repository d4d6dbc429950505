//! Files that people fill in with a spreadsheet: CSV to rows and back.
//!
//! A [`Sheet`] is a copy of what was brought, so that it can be gone through twice and reads the same both times; a row
//! at a time is held in memory. What is wrong with a row is said in the words of whoever filled it in: line, column,
//! what was read, what was expected, and how to mend it. Excel's habits are known here: its separators, its marks at the
//! beginning of a file, and what it makes of telephone numbers and days.
//!
//! What goes out is safe in a spreadsheet ([`safe`]), and reads back as it was. Knows nothing of the database, the rules
//! or who has a number.

mod cell;
mod head;
mod marked;
mod numbers;
mod pins;
mod safe;
mod sheet;
mod write;

pub use head::Layout;
pub use numbers::{NUMBERS, number_wish};
pub use pins::{PINS, PinRow, pin_row};
pub use safe::{safe, unsafe_again};
pub use sheet::{Row, Rows, Sheet, SheetError};
pub use write::SheetWriter;
