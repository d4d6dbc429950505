//! What is wrong with a rule file, for people and for programs.

use super::findings::Finding;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rule set is refused.
    Error,
    /// It is accepted, and probably not what was meant.
    Warning,
}

/// One fault of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it was named to the reader.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What it is, stable and in kebab-case, such as `unknown-attribute`.
    pub code: &'static str,
    /// What was read and what was expected.
    pub message: String,
    /// How to mend it, with the corrected text where one can be offered.
    pub help: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The source line, cut where it is very long.
    pub source: String,
    /// The bytes of `source` that are meant.
    pub marked: Range<usize>,
}

/// A longer source line is cut around the place.
const WIDEST: usize = 160;

impl Diagnostic {
    pub(super) fn new(finding: Finding, file: &str, text: &str, lines: &[u32]) -> Self {
        let start = text.floor_char_boundary(finding.spot.start as usize);
        let line = lines
            .partition_point(|begin| *begin as usize <= start)
            .max(1);
        let begin = lines.get(line - 1).map_or(0, |begin| *begin as usize);
        let rest = &text[begin..];
        let whole = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
        let from = (start - begin).min(whole.len());
        let end = (finding.spot.end as usize).saturating_sub(begin);
        let to = whole.floor_char_boundary(end).max(from);
        let (source, marked) = cut(whole, from..to);
        Self {
            file: file.to_owned(),
            line,
            column: whole[..from].chars().count() + 1,
            code: finding.code,
            message: finding.message,
            help: finding.help,
            severity: finding.severity,
            source,
            marked,
        }
    }

    /// Whether the rule set is refused for it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// A fault of a file as a whole.
    pub(super) fn of_file(file: &str, code: &'static str, message: String, help: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: 1,
            column: 1,
            code,
            message,
            help: Some(help.to_owned()),
            severity: Severity::Error,
            source: String::new(),
            marked: 0..0,
        }
    }

    /// The fault with its place, source line and caret, for a person at a terminal.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mark = AnnotationKind::Primary.span(self.marked.clone());
        let snippet = Snippet::source(&self.source)
            .line_start(self.line)
            .path(&self.file)
            .annotation(mark);
        let mut group: Group<'_> = level
            .primary_title(&self.message)
            .id(self.code)
            .element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

/// The part of a line around the marked place.
fn cut(line: &str, marked: Range<usize>) -> (String, Range<usize>) {
    if line.len() <= WIDEST {
        return (line.to_owned(), marked);
    }
    let from = line.floor_char_boundary(marked.start.saturating_sub(WIDEST / 2));
    let to = line.floor_char_boundary(from + WIDEST);
    let end = marked.end.min(to).max(marked.start);
    (line[from..to].to_owned(), marked.start - from..end - from)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
            code,
            ..
        } = self;
        write!(f, "{file}:{line}:{column}: {message} [{code}]")
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Diagnostic", 6)?;
        out.serialize_field("file", &self.file)?;
        out.serialize_field("line", &self.line)?;
        out.serialize_field("column", &self.column)?;
        out.serialize_field("code", self.code)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("help", &self.help)?;
        out.end()
    }
}
