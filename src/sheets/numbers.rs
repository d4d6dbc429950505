//! Files of numbers: what each is to be.

use super::cell;
use super::head::Layout;
use super::sheet::Row;
use crate::numbering::NumberState;
use crate::plan::NumberWish;
use crate::report::WrongRow;

/// The columns of a file of numbers, and those that an export has beside them.
pub const NUMBERS: Layout = Layout {
    columns: &["number", "state", "until", "reason"],
    required: 2,
    passed_over: &["range", "type", "user_id", "upn", "since"],
    example: &["+498955501000", "reserved", "2026-12-31", "front desk"],
};

/// What a row asks of its number.
///
/// # Errors
/// What in it cannot be read, and what was expected.
pub fn number_wish(row: &Row) -> Result<NumberWish, WrongRow> {
    let [number, state, until, reason] = &row.cells[..] else {
        return Err(WrongRow::new(
            row.line,
            "cells",
            "the row has not the cells of its head",
        ));
    };
    let wish = NumberWish {
        number: cell::number(row.line, number)?,
        state: state_of(row.line, state)?,
        until: cell::until(row.line, until)?,
        reason: Some(reason.clone()).filter(|reason| !reason.trim().is_empty()),
    };
    match (wish.state, wish.until) {
        (NumberState::Quarantined, None) => {
            let message =
                "a number that rests needs the day until which it does, such as 2026-12-31";
            Err(WrongRow::new(row.line, "no-until", message).at("until", until.as_str()))
        }
        (NumberState::Free, Some(_)) => {
            let message = "a free number is free from now on: leave the time out, or let it rest with the state quarantined";
            Err(WrongRow::new(row.line, "until-of-free", message).at("until", until.as_str()))
        }
        _ => Ok(wish),
    }
}

/// The state by its name; `rest` is what the command is called.
fn state_of(line: u64, text: &str) -> Result<NumberState, WrongRow> {
    let name = text.trim().to_lowercase();
    let name = match name.as_str() {
        "rest" | "resting" => NumberState::Quarantined.name(),
        name => name,
    };
    NumberState::from_name(name).ok_or_else(|| {
        let message = match name {
            "" => "the state is missing: write free, reserved or quarantined".to_owned(),
            _ => "there is no such state: write free, reserved or quarantined".to_owned(),
        };
        let code = if name.is_empty() {
            "blank"
        } else {
            "unknown-state"
        };
        WrongRow::new(line, code, message).at("state", text)
    })
}
