//! Standard error without addresses of people: what Graph says in an error may name somebody.

use std::borrow::Cow;
use std::io::{self, Stderr, Write};
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Stands for an address.
const MASK: &str = "***";

/// Writes lines to standard error, and above debug level masks what looks like a user principal name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Masked;

/// The writer of one line.
#[derive(Debug)]
pub(super) struct Line {
    stderr: Stderr,
    masking: bool,
}

impl<'a> MakeWriter<'a> for Masked {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line {
            stderr: io::stderr(),
            masking: true,
        }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line {
        Line {
            stderr: io::stderr(),
            masking: *meta.level() <= Level::INFO,
        }
    }
}

impl Write for Line {
    /// A line arrives whole.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(line) {
            Ok(text) if self.masking => self.stderr.write_all(masked(text).as_bytes())?,
            _ => self.stderr.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stderr.flush()
    }
}

/// The line with every address masked: `***@contoso.com` still tells whose domain it is.
fn masked(line: &str) -> Cow<'_, str> {
    if !line.contains('@') {
        return Cow::Borrowed(line);
    }
    let mut shown = String::with_capacity(line.len());
    let mut parts = line.split('@').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            shown.push_str(part);
            break;
        }
        let (mut before, mut name) = part.split_at(part.trim_end_matches(is_of_a_name).len());
        // A colour of the terminal ends with this letter and is no part of the name.
        if before.ends_with("\u{1b}[")
            && let Some(colour) = name.find('m')
        {
            (before, name) = part.split_at(before.len() + colour + 1);
        }
        shown.push_str(before);
        if !name.is_empty() {
            shown.push_str(MASK);
        }
        shown.push('@');
    }
    Cow::Owned(shown)
}

/// What may stand before the `@`: everything that does not part words where texts quote an address. An escape of JSON
/// ends a name, too.
fn is_of_a_name(sign: char) -> bool {
    !sign.is_whitespace()
        && !matches!(
            sign,
            '"' | '(' | '<' | '[' | '{' | ',' | ';' | '=' | ':' | '/' | '\\' | '`'
        )
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn addresses_are_masked_and_nothing_else() {
        for (line, shown) in [
            (
                "sync finished tenant=contoso",
                "sync finished tenant=contoso",
            ),
            ("user anna@contoso.com, gone", "user ***@contoso.com, gone"),
            (
                "User 'jürgen.o'neill@contoso.com' lacks",
                "User ***@contoso.com' lacks",
            ),
            (
                r#"{"error":"anna_x.com#EXT#@y.com and bert@y.com"}"#,
                r#"{"error":"***@y.com and ***@y.com"}"#,
            ),
            ("/users/anna@contoso.com/x", "/users/***@contoso.com/x"),
            ("postgres://lk:pass@db/lk", "postgres://lk:***@db/lk"),
            ("an @ alone", "an @ alone"),
            ("=\u{1b}[0mmia@x.com", "=\u{1b}[0m***@x.com"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
