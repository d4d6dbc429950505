//! Cells that a spreadsheet does not run.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and a telephone number for a number,
//! of which it keeps neither the plus nor the last digits. An apostrophe before it makes it text in every spreadsheet;
//! nobody writes one there otherwise, so that it can be taken away again. One that was there gets a second one.
//!
//! Where a file is opened with another separator than it was written with, a new cell begins in the middle of a text:
//! so the apostrophe is put behind each sign that can end a cell, too.

/// The cell as it goes into a file.
#[must_use]
pub fn safe(cell: &str) -> String {
    let mut written = String::with_capacity(cell.len() + 1);
    let mut before = None;
    for sign in cell.chars() {
        if may_begin_a_cell(before) && (is_run(sign) || sign == MARK) {
            written.push(MARK);
        }
        written.push(sign);
        before = Some(sign);
    }
    written
}

/// The cell as it was before [`safe`]; of a cell that never was, what a person meant by it.
#[must_use]
pub fn unsafe_again(cell: &str) -> String {
    let mut read = String::with_capacity(cell.len());
    let mut before = None;
    let mut signs = cell.chars().peekable();
    while let Some(sign) = signs.next() {
        let marks = sign == MARK && may_begin_a_cell(before);
        let marked = signs.next_if(|next| marks && (is_run(*next) || *next == MARK));
        let sign = marked.unwrap_or(sign);
        read.push(sign);
        before = Some(sign);
    }
    read
}

const MARK: char = '\'';

fn may_begin_a_cell(before: Option<char>) -> bool {
    before.is_none_or(|sign| matches!(sign, ',' | ';' | '\t' | '\r' | '\n' | '"' | '|'))
}

/// The last four are the same signs in full width, which some spreadsheets take for the others.
fn is_run(sign: char) -> bool {
    matches!(
        sign,
        '=' | '+'
            | '-'
            | '@'
            | '\t'
            | '\r'
            | '\n'
            | '\u{ff1d}'
            | '\u{ff0b}'
            | '\u{ff0d}'
            | '\u{ff20}'
    )
}

#[cfg(test)]
mod tests {
    use super::{safe, unsafe_again};
    use proptest::prelude::*;

    #[test]
    fn what_would_be_run_is_marked() {
        for (cell, written) in [
            ("+498955501000", "'+498955501000"),
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("'+1", "''+1"),
            ("a;=1", "a;'=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("front desk", "front desk"),
            ("a-b", "a-b"),
            ("it's", "it's"),
            ("", ""),
        ] {
            assert_eq!(safe(cell), written, "{cell}");
        }
    }

    #[test]
    fn what_people_mark_themselves_is_read() {
        assert_eq!(unsafe_again("'+49"), "+49");
        assert_eq!(unsafe_again("'tis"), "'tis");
        assert_eq!(unsafe_again("+49"), "+49");
    }

    proptest! {
        #[test]
        fn every_text_reads_back(cell in "[a='+@;,\t\n\"\u{ff1d} -]{0,12}") {
            let written = safe(&cell);
            prop_assert_eq!(unsafe_again(&written), cell);
            let cells = written.split([',', ';', '\t', '\r', '\n', '"']);
            for part in cells {
                let runs = part.starts_with(['=', '+', '-', '@', '\u{ff1d}']);
                prop_assert!(!runs, "{} in {}", part, written);
            }
        }
    }
}
