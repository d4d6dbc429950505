//! Where lines and quotes stand in what is read: the parser tells bytes, people count lines.

use std::collections::VecDeque;
use std::io::{self, Read};

/// Hands bytes on and remembers where line ends and quotes were; they are forgotten as records are taken.
pub(super) struct Marked<R> {
    inner: R,
    /// How many bytes were handed on.
    at: u64,
    after_return: bool,
    /// Line ends: where each begins, and the byte after it.
    breaks: VecDeque<(u64, u64)>,
    quotes: VecDeque<u64>,
    /// Line ends taken so far.
    taken: u64,
    /// The byte after the last of them.
    behind: u64,
}

/// What is known of a record beyond its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The line where it begins, from 0.
    pub(super) line: u64,
    /// It goes over several lines and its quotes do not come in pairs: one is not closed.
    pub(super) open: bool,
}

impl<R> Marked<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            at: 0,
            after_return: false,
            breaks: VecDeque::new(),
            quotes: VecDeque::new(),
            taken: 0,
            behind: 0,
        }
    }

    /// Takes the record between two bytes. Blank lines before it count as lines and not as part of it.
    pub(super) fn take(&mut self, mut from: u64, to: u64) -> Extent {
        from = from.max(self.behind);
        while self.next_break(|begins| begins <= from).is_some() {
            from = from.max(self.behind);
        }
        let line = self.taken;
        let mut last = None;
        while let Some(begins) = self.next_break(|begins| begins < to) {
            last = last.max(Some(begins));
        }
        let ends_inside = self.taken - line > 1 || last.is_some_and(|begins| begins + 2 < to);
        let mut quotes = 0;
        while self.quotes.front().is_some_and(|quote| *quote < to) {
            self.quotes.pop_front();
            quotes += 1;
        }
        Extent {
            line,
            open: ends_inside && quotes % 2 == 1,
        }
    }

    /// Takes the next line end, if it begins where it is wanted; answers where that is.
    fn next_break(&mut self, wanted: impl Fn(u64) -> bool) -> Option<u64> {
        let (begins, after) = *self.breaks.front().filter(|(begins, _)| wanted(*begins))?;
        self.breaks.pop_front();
        self.taken += 1;
        self.behind = after;
        Some(begins)
    }

    fn mark(&mut self, byte: u8) {
        let here = self.at;
        match byte {
            b'\n' if self.after_return => match self.breaks.back_mut() {
                Some(last) => last.1 = here + 1,
                None => self.behind = here + 1,
            },
            b'\n' | b'\r' => self.breaks.push_back((here, here + 1)),
            b'"' => self.quotes.push_back(here),
            _ => {}
        }
        self.after_return = byte == b'\r';
        self.at += 1;
    }
}

impl<R: Read> Read for Marked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        buffer[..read].iter().for_each(|byte| self.mark(*byte));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of each record, with a mark where a quote is open.
    fn lines(text: &str) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true);
        let mut reader = reader.from_reader(Marked::new(text.as_bytes()));
        let (mut record, mut lines) = (csv::ByteRecord::new(), Vec::new());
        loop {
            let from = reader.position().byte();
            if !reader.read_byte_record(&mut record).expect("text") {
                return lines;
            }
            let to = reader.position().byte();
            let extent = reader.get_mut().take(from, to);
            let mark = if extent.open { "!" } else { "" };
            lines.push(format!("{}{mark}", extent.line));
        }
    }

    #[test]
    fn records_know_their_lines() {
        for (text, expected) in [
            ("a\nb\nc", &["0", "1", "2"][..]),
            ("a\r\nb\r\nc\r\n", &["0", "1", "2"]),
            ("a\rb\rc\r", &["0", "1", "2"]),
            ("\n\na\n\nb\n", &["2", "4"]),
            ("\r\n\r\na\r\n\r\nb", &["2", "4"]),
            ("a,\"x\ny\"\nb\n", &["0", "2"]),
            ("a,\"x\r\ny\"\r\nb\r\n", &["0", "2"]),
            ("a\nb,\"x\nc\nd\n", &["0", "1!"]),
            ("5\" pipe\nb\n", &["0", "1"]),
            ("", &[]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }
}
