//! A file as it was brought, gone through as often as needed.

use super::head::{Head, Layout, separator};
use super::marked::Marked;
use super::safe::unsafe_again;
use crate::report::WrongRow;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use tempfile::NamedTempFile;
use thiserror::Error;

/// Nothing that people fill in is larger.
const LARGEST: u64 = 256 << 20;

/// The head has to end within so many bytes.
const LONGEST_HEAD: u64 = 64 << 10;

/// A cell is no longer.
const LONGEST_CELL: usize = 10_000;

/// A copy of a file with its head read.
#[derive(Debug)]
pub struct Sheet {
    copy: NamedTempFile,
    /// Where the head begins: behind the marks of Excel.
    start: u64,
    /// The line of the head, from 0.
    first_line: u64,
    separator: u8,
    head: Head,
    width: usize,
}

/// Why a file cannot be gone through at all.
#[derive(Debug, Error)]
pub enum SheetError {
    /// It cannot be read, or not be copied.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// It is no file of this kind.
    #[error("line {}: {}", .0.line, .0.message)]
    Wrong(Box<WrongRow>),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line where it begins, from 1.
    pub line: u64,
    /// Its cells in the order of the layout; blank ones where the file has no such column.
    pub cells: Vec<String>,
}

impl Sheet {
    /// Copies what is brought and reads its head.
    ///
    /// # Errors
    /// What cannot be read, is no text, or has no head of this layout.
    pub fn read(from: impl Read, layout: &Layout) -> Result<Self, SheetError> {
        let mut copy = NamedTempFile::new()?;
        let copied = io::copy(&mut from.take(LARGEST + 1), copy.as_file_mut())?;
        if copied > LARGEST {
            let message = format!(
                "the file has more than {} MB: is it the right one?",
                LARGEST >> 20
            );
            return Err(wrong(WrongRow::new(1, "too-large", message)));
        }
        let mut sheet = Self {
            copy,
            start: 0,
            first_line: 0,
            separator: b',',
            head: Head {
                columns: Vec::new(),
            },
            width: layout.columns.len(),
        };
        sheet.read_head(layout)?;
        Ok(sheet)
    }

    fn read_head(&mut self, layout: &Layout) -> Result<(), SheetError> {
        let mut beginning = Vec::new();
        self.copy
            .reopen()?
            .take(LONGEST_HEAD)
            .read_to_end(&mut beginning)?;
        if let Some(other) = other_format(&beginning) {
            return Err(wrong(other));
        }
        let text = beginning.strip_prefix(MARK).unwrap_or(&beginning);
        self.start = (beginning.len() - text.len()) as u64;
        let text = String::from_utf8_lossy(text);
        let mut line = text.split(['\r', '\n']).next().unwrap_or_default();
        // Excel's own line, which says how the file is separated.
        let said = line
            .trim()
            .strip_prefix("sep=")
            .and_then(|sign| sign.bytes().next());
        if let Some(sign) = said.filter(|_| line.trim().len() == 5) {
            self.separator = sign;
            let after = &text[line.len()..];
            let end = if after.starts_with("\r\n") { 2 } else { 1 };
            self.start += (line.len() + end) as u64;
            self.first_line = 1;
        } else {
            // Blank lines before the head.
            line = text
                .trim_start_matches(['\r', '\n'])
                .split(['\r', '\n'])
                .next()
                .unwrap_or_default();
            self.separator = separator(line);
        }
        let mut rows = self.rows()?;
        let first = match rows.next_record()? {
            Some(first) => first.map_err(wrong)?,
            None => {
                let message = format!(
                    "the file is empty; its first line has to be {}",
                    layout.columns.join(",")
                );
                return Err(wrong(WrongRow::new(1, "empty", message).mended(TEMPLATE)));
            }
        };
        self.head = Head::of(first.line, &first.cells, layout).map_err(wrong)?;
        Ok(())
    }

    /// Its rows from the first on; blank ones are left out.
    ///
    /// # Errors
    /// When the copy cannot be read any more.
    pub fn rows(&self) -> io::Result<Rows<'_>> {
        let mut file = self.copy.reopen()?;
        file.seek(SeekFrom::Start(self.start))?;
        let mut reader = ReaderBuilder::new();
        let reader = reader
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator);
        let mut rows = Rows {
            reader: reader.from_reader(Marked::new(BufReader::new(file))),
            record: ByteRecord::new(),
            sheet: self,
        };
        if !self.head.columns.is_empty() {
            drop(rows.next_record()?);
        }
        Ok(rows)
    }
}

const MARK: &[u8] = b"\xef\xbb\xbf";

const TEMPLATE: &str = "--template prints a file with its head and an example";

const SAVE_AS: &str = "in Excel: File, Save As, and of the formats `CSV UTF-8 (Comma delimited)`";

fn wrong(row: WrongRow) -> SheetError {
    SheetError::Wrong(Box::new(row))
}

/// What is no text in UTF-8, by its beginning.
fn other_format(beginning: &[u8]) -> Option<WrongRow> {
    let other = |code: &'static str, message: &str| WrongRow::new(1, code, message).mended(SAVE_AS);
    let zeros = beginning.iter().take(1024).any(|byte| *byte == 0);
    if beginning.starts_with(b"PK\x03\x04") {
        return Some(other("workbook", "this is a workbook, not a CSV file"));
    }
    if beginning.starts_with(b"\xff\xfe") || beginning.starts_with(b"\xfe\xff") {
        return Some(other(
            "utf-16",
            "this text is in UTF-16 (Excel calls it Unicode text); UTF-8 is expected",
        ));
    }
    zeros.then(|| other("no-text", "this is no text in UTF-8: it holds null bytes"))
}

/// The rows of a sheet, one after the other.
pub struct Rows<'s> {
    reader: Reader<Marked<BufReader<File>>>,
    record: ByteRecord,
    sheet: &'s Sheet,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl Iterator for Rows<'_> {
    type Item = io::Result<Result<Row, WrongRow>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_record().transpose()? {
                Ok(Ok(raw)) if raw.cells.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(raw) => return Some(Ok(raw.and_then(|raw| self.arranged(raw)))),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Rows<'_> {
    /// The cells of the next record as they stand in the file.
    fn next_record(&mut self) -> io::Result<Option<Result<Row, WrongRow>>> {
        let from = self.reader.position().byte();
        if !self.reader.read_byte_record(&mut self.record)? {
            return Ok(None);
        }
        let to = self.reader.position().byte();
        let extent = self.reader.get_mut().take(from, to);
        let line = self.sheet.first_line + extent.line + 1;
        if extent.open {
            let message = "a quote is opened in this row and never closed, so that the rows below it are swallowed";
            let help = "close it, or write a quote that belongs to the text twice";
            return Ok(Some(Err(
                WrongRow::new(line, "open-quote", message).mended(help)
            )));
        }
        let cells = self.record.iter().map(|cell| cell_of(line, cell));
        Ok(Some(
            cells
                .collect::<Result<_, _>>()
                .map(|cells| Row { line, cells }),
        ))
    }

    /// The cells in the order of the layout.
    fn arranged(&self, raw: Row) -> Result<Row, WrongRow> {
        let columns = &self.sheet.head.columns;
        let beyond = raw.cells.iter().skip(columns.len());
        if beyond.clone().any(|cell| !cell.trim().is_empty()) {
            let message = format!(
                "the row has {} cells, the head {}",
                raw.cells.len(),
                columns.len()
            );
            let separator = char::from(self.sheet.separator);
            let help = format!(
                "put a text that holds `{}` in quotes",
                separator.escape_debug()
            );
            return Err(WrongRow::new(raw.line, "too-many-cells", message).mended(help));
        }
        if raw.cells.len() == 1 && columns.len() > 1 {
            let separator = char::from(self.sheet.separator).escape_debug();
            let message = format!(
                "the row has one cell, the head {}, separated by `{separator}`: separate the row by the same sign",
                columns.len()
            );
            let read: String = raw.cells[0].chars().take(60).collect();
            return Err(WrongRow {
                read,
                ..WrongRow::new(raw.line, "one-cell", message)
            });
        }
        let mut cells = vec![String::new(); self.sheet.width];
        for (column, cell) in columns.iter().zip(raw.cells) {
            if let Some(column) = column {
                cells[*column] = cell;
            }
        }
        Ok(Row {
            line: raw.line,
            cells,
        })
    }
}

fn cell_of(line: u64, bytes: &[u8]) -> Result<String, WrongRow> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let read = String::from_utf8_lossy(bytes);
        let message = "the row is not in UTF-8, so that its letters cannot be told";
        return Err(WrongRow {
            read: read.chars().take(60).collect(),
            ..WrongRow::new(line, "not-utf-8", message).mended(SAVE_AS)
        });
    };
    let length = text.chars().count();
    if length > LONGEST_CELL {
        let message = format!("a cell has {length} characters, more than {LONGEST_CELL}");
        return Err(WrongRow {
            read: text.chars().take(60).collect(),
            ..WrongRow::new(line, "too-long", message).mended("is a quote not closed?")
        });
    }
    Ok(unsafe_again(text))
}
