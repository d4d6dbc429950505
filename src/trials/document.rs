//! A TOML document of which every key and value knows its place, so that whatever is wrong can be shown there.

use crate::rules::{Diagnostic, Severity, nearest};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A place in the document, in bytes.
pub(super) type Place = Range<usize>;

/// A table, and one of its entries.
pub(super) type Table<'t> = DeTable<'t>;
pub(super) type Key<'t> = Spanned<DeString<'t>>;
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) at: Place,
}

/// The document under reading, and what is wrong with it so far.
pub(super) struct Document<'t> {
    name: &'t str,
    text: &'t str,
    /// Where each line begins.
    lines: Vec<usize>,
    faults: Vec<Diagnostic>,
}

/// So many names are listed in a message.
pub(super) const MANY: usize = 12;

/// A longer source line is cut around the place.
const WIDEST: usize = 160;

impl<'t> Document<'t> {
    pub(super) fn new(name: &'t str, text: &'t str) -> Self {
        Self {
            name,
            text,
            lines: std::iter::once(0)
                .chain(text.match_indices('\n').map(|(end, _)| end + 1))
                .collect(),
            faults: Vec::new(),
        }
    }

    /// Parses the whole; what is no TOML is reported, all of it, and then there is nothing to read.
    pub(super) fn root(&mut self) -> Option<Table<'t>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().unwrap_or(0..0);
            let message = format!("this is no TOML: {}", error.message());
            self.fault(at, "test-toml", message, None);
        }
        errors.is_empty().then(|| root.into_inner())
    }

    /// Everything that is wrong, in the order of the lines.
    pub(super) fn into_faults(mut self) -> Vec<Diagnostic> {
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self.faults
    }

    /// The line of a place, from 1.
    pub(super) fn line(&self, at: &Place) -> usize {
        self.lines
            .partition_point(|begin| *begin <= at.start)
            .max(1)
    }

    /// Reports a fault.
    pub(super) fn fault(
        &mut self,
        at: Place,
        code: &'static str,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let line = self.line(&at);
        let start = self.text.floor_char_boundary(at.start.min(self.text.len()));
        let begin = self.lines[line - 1].min(start);
        let whole = self.text[begin..].lines().next().unwrap_or_default();
        let from = (start - begin).min(whole.len());
        let to = whole
            .floor_char_boundary(at.end.saturating_sub(begin))
            .max(from);
        let column = whole[..from].chars().count() + 1;
        let (source, marked) = match whole.len() <= WIDEST {
            true => (whole.to_owned(), from..to),
            false => {
                let shown = whole.floor_char_boundary((from + WIDEST).min(whole.len()));
                (whole[from..shown].to_owned(), 0..to.min(shown) - from)
            }
        };
        self.faults.push(Diagnostic {
            file: self.name.to_owned(),
            line,
            column,
            code,
            message: message.into(),
            help,
            severity: Severity::Error,
            source,
            marked,
        });
    }

    /// Reports a key that has no meaning where it stands.
    pub(super) fn unknown(&mut self, key: &Key<'_>, within: &str, known: &[&str]) {
        let name: &str = key.get_ref();
        let message = format!("`{name}` has no meaning in {within}");
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.len() > MANY => "docs/rule-tests.md lists all".to_owned(),
            None => format!("known are {}", known.join(", ")),
        };
        self.fault(key.span(), "test-unknown-key", message, Some(help));
    }

    /// A text.
    pub(super) fn text(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<Placed<String>> {
        match value.get_ref() {
            DeValue::String(text) => Some(Placed {
                value: text.clone().into_owned(),
                at: value.span(),
            }),
            other => self.mistyped(key, value, "a text in quotes", other),
        }
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(*truth),
            other => self.mistyped(key, value, "true or false, without quotes", other),
        }
    }

    /// A list of texts.
    pub(super) fn texts(
        &mut self,
        key: &Key<'_>,
        value: &Value<'_>,
    ) -> Option<Vec<Placed<String>>> {
        let DeValue::Array(items) = value.get_ref() else {
            return self.mistyped(key, value, "a list of texts in quotes", value.get_ref());
        };
        let texts: Vec<_> = items.iter().map(|item| self.text(key, item)).collect();
        texts.into_iter().collect()
    }

    /// A table.
    pub(super) fn table<'v, 'x>(
        &mut self,
        key: &Key<'_>,
        value: &'v Value<'x>,
    ) -> Option<&'v Table<'x>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => self.mistyped(key, value, "a table, such as { … }", other),
        }
    }

    /// A list of tables, each with its place.
    pub(super) fn tables<'v, 'x>(
        &mut self,
        key: &Key<'_>,
        value: &'v Value<'x>,
    ) -> Vec<(&'v Table<'x>, Place)> {
        let DeValue::Array(items) = value.get_ref() else {
            let _: Option<()> = self.mistyped(
                key,
                value,
                "a list of tables, such as [[…]]",
                value.get_ref(),
            );
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            if let Some(table) = self.table(key, item) {
                tables.push((table, item.span()));
            }
        }
        tables
    }

    fn mistyped<T>(
        &mut self,
        key: &Key<'_>,
        value: &Value<'_>,
        wanted: &str,
        found: &DeValue<'_>,
    ) -> Option<T> {
        let is = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{}` takes {wanted}; this is {is}", key.get_ref());
        self.fault(value.span(), "test-wrong-type", message, None);
        None
    }
}
