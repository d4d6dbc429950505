//! Rows out: comma, quotes where needed, CRLF, and no cell that a spreadsheet runs.

use super::safe::safe;
use csv::{Terminator, Writer, WriterBuilder};
use std::io::{self, Write};

/// Writes rows as they come.
pub struct SheetWriter<W: Write>(Writer<W>);

impl<W: Write> std::fmt::Debug for SheetWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SheetWriter").finish_non_exhaustive()
    }
}

impl<W: Write> SheetWriter<W> {
    /// A file with this head.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn with_head(to: W, head: &[&str]) -> io::Result<Self> {
        let mut writer = WriterBuilder::new();
        let mut writer = writer.terminator(Terminator::CRLF).from_writer(to);
        writer.write_record(head)?;
        Ok(Self(writer))
    }

    /// One more row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        let cells = cells.into_iter().map(|cell| safe(cell.as_ref()));
        Ok(self.0.write_record(cells)?)
    }

    /// The end: everything is handed on, and what was written to is handed back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(self) -> io::Result<W> {
        self.0.into_inner().map_err(|error| {
            let error = error.error();
            io::Error::new(error.kind(), error.to_string())
        })
    }
}
