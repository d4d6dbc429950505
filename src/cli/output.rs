//! The only place that writes to standard output and standard error.

use serde::Serialize;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// What the output is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: stable and documented.
    Json,
}

/// The two streams, and how to write to them. A reader who has gone away (`linekeeper … | head`) is no error: what
/// comes after is not written, and the command goes on, because its work may be worth more than its output.
pub struct Output {
    /// For whom it is written.
    pub format: Format,
    colour: bool,
    /// Whether standard error is a terminal.
    terminal: bool,
    closed: bool,
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// The streams of the process; errors are coloured on a terminal unless `NO_COLOR` is set to something.
    #[must_use]
    pub fn of_process(format: Format) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = io::stderr().is_terminal();
        let colour = !unwanted && terminal;
        let (out, err) = (Box::new(io::stdout()), Box::new(io::stderr()));
        Self {
            terminal,
            ..Self::new(format, colour, out, err)
        }
    }

    /// Streams handed in.
    #[must_use]
    pub fn new(
        format: Format,
        colour: bool,
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
    ) -> Self {
        Self {
            format,
            colour,
            terminal: false,
            closed: false,
            out,
            err,
        }
    }

    /// Whether a person at a terminal waits for what is written.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.terminal && self.format == Format::Text
    }

    /// Writes text as it is to standard output.
    ///
    /// # Errors
    /// If it cannot be written for another reason than a reader who has gone away, such as a full disk.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes of a text that may end in the middle of a letter.
    ///
    /// # Errors
    /// As [`Output::text`].
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let written = self.out.write_all(bytes).and_then(|()| self.out.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other,
        }
    }

    /// Writes one line.
    ///
    /// # Errors
    /// As [`Output::text`].
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        self.text(&format!("{line}\n"))
    }

    /// Writes one object as one line of JSON.
    ///
    /// # Errors
    /// As [`Output::text`]; also if the object cannot be written as JSON.
    pub fn json(&mut self, object: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(object)?;
        self.line(&line)
    }

    /// Writes a list as the contract has it: `{"items":[…]}`.
    ///
    /// # Errors
    /// As [`Output::json`].
    pub fn items(&mut self, items: &[impl Serialize]) -> io::Result<()> {
        self.json(&serde_json::json!({ "items": items }))
    }

    /// Writes an error with its causes to standard error, each cause on its line. Nothing is left to do if that fails.
    pub fn error(&mut self, error: &anyhow::Error) {
        let mut said = error.to_string();
        self.labelled("error", "31", &said);
        for cause in error.chain().skip(1) {
            let cause = cause.to_string();
            // Libraries like to repeat their cause; once is enough.
            if !said.contains(&cause) {
                self.labelled("  caused by", "31", &cause);
                said = cause;
            }
        }
    }

    /// Writes a warning to standard error.
    pub fn warning(&mut self, text: &str) {
        self.labelled("warning", "33", text);
    }

    fn labelled(&mut self, label: &str, colour: &str, text: &str) {
        let label = match self.colour {
            true => format!("\u{1b}[1;{colour}m{label}:\u{1b}[0m"),
            false => format!("{label}:"),
        };
        let _ = writeln!(self.err, "{label} {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Output};
    use std::io::{self, ErrorKind, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Shared {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8")
        }
    }

    struct Refusing(ErrorKind, Shared);

    impl Write for Refusing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.clone().write_all(bytes)?;
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lists_are_items_and_objects_are_lines() {
        let out = Shared::default();
        let mut output = Output::new(
            Format::Json,
            false,
            Box::new(out.clone()),
            Box::new(Shared::default()),
        );
        output.items(&["a", "b"]).expect("written");
        output.items(&[""; 0]).expect("written");
        output.line("x").expect("written");
        assert_eq!(out.text(), "{\"items\":[\"a\",\"b\"]}\n{\"items\":[]}\nx\n");
    }

    #[test]
    fn a_reader_who_left_is_no_error_and_gets_nothing_more() {
        let tried = Shared::default();
        let out = Box::new(Refusing(ErrorKind::BrokenPipe, tried.clone()));
        let mut output = Output::new(Format::Text, false, out, Box::new(Shared::default()));
        output.line("one").expect("no error");
        output.line("two").expect("no error");
        assert_eq!(tried.text(), "one\n");
        let full = Box::new(Refusing(ErrorKind::StorageFull, Shared::default()));
        let mut output = Output::new(Format::Text, false, full, Box::new(Shared::default()));
        assert!(output.line("one").is_err());
    }

    #[test]
    fn errors_go_to_the_other_stream_with_their_causes() {
        for (colour, expected) in [
            (
                false,
                "error: no plan\n  caused by: no file\nwarning: old\n",
            ),
            (
                true,
                "\u{1b}[1;31merror:\u{1b}[0m no plan\n\u{1b}[1;31m  caused by:\u{1b}[0m no file\n\
                 \u{1b}[1;33mwarning:\u{1b}[0m old\n",
            ),
        ] {
            let (out, err) = (Shared::default(), Shared::default());
            let mut output = Output::new(
                Format::Text,
                colour,
                Box::new(out.clone()),
                Box::new(err.clone()),
            );
            output.error(&anyhow::anyhow!("no file").context("no plan"));
            output.warning("old");
            assert_eq!((out.text().as_str(), err.text().as_str()), ("", expected));
        }
    }
}
