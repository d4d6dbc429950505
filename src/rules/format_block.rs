//! Writes statements and properties in their canonical form.

use super::blocks::Places;
use super::check_numbers::digits_of;
use super::findings::Spot;
use super::format_formula::{Values, quoted};
use super::format_lines::{Lines, after_blank};
use super::keyword::Keyword;
use super::reading::Reading;
use super::syntax::{Entry, Formula, Property, Spelled, Statement, Value};

/// Writes the statements of one file.
pub(super) struct Printer<'a> {
    values: Values<'a>,
    /// Whether the last statement was a block, which a blank line follows.
    after_block: bool,
}

/// Indentation of properties, and of what does not fit beside a statement's word.
const STEP: usize = 2;

impl<'a> Printer<'a> {
    pub(super) fn new(source: Reading<'a>) -> Self {
        let lines = Lines::new(source.text, source.list);
        Self {
            values: Values { lines, source },
            after_block: false,
        }
    }

    /// Everything written, and the comments at the end of the file.
    pub(super) fn finish(self) -> String {
        self.values.lines.finish()
    }

    /// Writes a statement and the comments before it.
    pub(super) fn statement(&mut self, statement: &Statement, places: &Places) {
        self.begin(statement, places.at.start);
        match statement {
            Statement::Alias {
                attribute,
                preferred,
                spellings,
            } => {
                let read = &attribute.value;
                let attribute = super::fields::canonical_attribute(read).unwrap_or(read);
                let head = format!("alias {attribute} {} =", quoted(&preferred.value));
                self.alias(&head, spellings, places);
            }
            Statement::Let { name, texts } => {
                let open = self.token_before(texts.first(), places.head.end);
                self.keep(places.at.start, open + 1);
                self.put(&format!("let {} = ", name.value));
                self.values.list(texts, places.head.end, 0);
            }
            Statement::Scope { when, .. } => self.condition("scope when", when, places),
            Statement::Exclude { name, when } => {
                let head = format!("exclude {} when", quoted(&name.value));
                self.condition(&head, when, places);
            }
            Statement::Exempt { name, when } => {
                let head = format!("exempt {} when", quoted(&name.value));
                self.condition(&head, when, places);
            }
            Statement::Defaults { properties } => self.block("defaults", properties, places),
            Statement::Range {
                name, properties, ..
            } => self.block(
                &format!("range {}", quoted(&name.value)),
                properties,
                places,
            ),
            Statement::Operator { name, properties } => {
                let head = format!("operator {}", quoted(&name.value));
                self.block(&head, properties, places);
            }
        }
    }

    /// Comments and blank lines before a statement. A block has a blank line before it and after it.
    fn begin(&mut self, statement: &Statement, start: u32) {
        let is_block = matches!(
            statement,
            Statement::Defaults { .. } | Statement::Range { .. } | Statement::Operator { .. }
        );
        let lines = &mut self.values.lines;
        let from = lines.count();
        lines.weave_between(start, 0);
        if after_blank(self.values.source.text, start) {
            lines.blank();
        } else if (is_block || self.after_block) && from > 0 && !lines.has_blank(from) {
            lines.blank_at(from);
        }
        lines.newline(0);
        self.after_block = is_block;
    }

    fn alias(&mut self, head: &str, spellings: &[Spelled], places: &Places) {
        let first = spellings
            .first()
            .map_or(places.head.end, |text| text.at.start);
        self.keep(places.at.start, first);
        let end = end_of_texts(spellings, places.head.end);
        self.put(head);
        let flat: Vec<String> = spellings.iter().map(|text| quoted(&text.value)).collect();
        let flat = format!(" {}", flat.join(", "));
        let width = self.values.lines.column(0) + flat.chars().count();
        if self.values.lines.is_free(end) && width <= super::format_lines::WIDTH {
            self.put(&flat);
        } else {
            self.values.lines.newline(STEP);
            self.values.texts(spellings, end, false, STEP);
        }
    }

    /// `exclude "x" when …`: beside it, or broken under it.
    fn condition(&mut self, head: &str, when: &Formula, places: &Places) {
        self.keep(places.at.start, self.values.first(when));
        self.values.keep_tests_together(when);
        self.put(head);
        if !self.fits(when, places.head.end) {
            self.values.lines.newline(STEP);
        } else {
            self.put(" ");
        }
        self.values.formula(when, STEP);
    }

    fn fits(&self, when: &Formula, end: u32) -> bool {
        self.values.lines.is_free(end) && self.values.fits_flat(when)
    }

    fn block(&mut self, head: &str, properties: &[Property], places: &Places) {
        let source = self.values.source;
        let tokens = source.list;
        let mut brace = tokens.partition_point(|token| token.start < places.head.start);
        while brace < tokens.len() && !source.is_sign(brace, '{') {
            brace += 1;
        }
        self.keep(places.at.start, source.spot(brace).end);
        self.put(&format!("{head} {{"));
        self.values.lines.open();
        let words = properties.iter().map(|p| p.keyword.spelling().len());
        let width = words.max().unwrap_or_default();
        let mut end = source.spot(brace).end;
        for (property, at) in properties.iter().zip(&places.values) {
            let lines = &mut self.values.lines;
            lines.weave_between(property.at.start, STEP);
            if after_blank(source.text, property.at.start) {
                lines.blank();
            }
            lines.newline(STEP);
            lines.put(&format!("{:width$} ", property.keyword.spelling()), STEP);
            self.property(property, *at, STEP + width + 1);
            end = at.end;
        }
        let close = tokens.partition_point(|token| token.start < end);
        let lines = &mut self.values.lines;
        lines.weave_between(source.spot(close).start, STEP);
        lines.newline(0);
        lines.put("}", 0);
    }

    fn property(&mut self, property: &Property, at: Spot, column: usize) {
        match &property.value {
            Value::Numbers(entries) => self.numbers(entries, at, column),
            Value::When(Some(formula)) => {
                self.values.keep_tests_together(formula);
                self.values.formula(formula, column);
            }
            Value::Texts(texts) if property.keyword == Keyword::Countries => {
                self.values.lines.weave(at.start, column);
                self.values.list(texts, at.end, column);
            }
            Value::Texts(texts) => {
                let end = end_of_texts(texts, at.end);
                self.values.texts(texts, end, false, column);
            }
            Value::Policy {
                policy_type,
                name,
                when,
            } => {
                let head = format!("{} {}", policy_type.value, quoted(&name.value));
                self.conditional(&head, when.as_ref(), at, column);
            }
            Value::Location { id, when } => {
                self.conditional(&quoted(&id.value), when.as_ref(), at, column);
            }
            value => {
                self.keep(at.start, at.end);
                self.values.lines.weave(at.start, column);
                self.values
                    .lines
                    .put(&simple(property.keyword, value), column);
            }
        }
    }

    fn numbers(&mut self, entries: &[Entry], at: Spot, column: usize) {
        for entry in entries {
            self.keep(entry.first.at.start, end_of(entry));
        }
        let written: Vec<String> = entries.iter().map(number).collect();
        let flat = written.join(", ");
        let lines = &mut self.values.lines;
        lines.weave(at.start, column);
        let fits = lines.column(column) + flat.chars().count() <= super::format_lines::WIDTH;
        if lines.is_free(entries.last().map_or(at.end, end_of)) && fits {
            lines.put(&flat, column);
            return;
        }
        for (index, (entry, text)) in entries.iter().zip(&written).enumerate() {
            lines.weave(entry.first.at.start, column);
            if index > 0 {
                lines.newline(column);
            }
            let comma = if index + 1 < entries.len() { "," } else { "" };
            lines.put(&format!("{text}{comma}"), column);
        }
    }

    /// A policy or location. Its `when` never begins a line, where it could be taken for the range's own.
    fn conditional(&mut self, head: &str, when: Option<&Formula>, at: Spot, column: usize) {
        let Some(when) = when else {
            self.keep(at.start, at.end);
            self.values.lines.weave(at.start, column);
            self.values.lines.put(head, column);
            return;
        };
        self.values.lines.weave(at.start, column);
        self.keep(at.start, self.values.first(when));
        self.values.keep_tests_together(when);
        self.values.lines.put(&format!("{head} when"), column);
        if self.fits(when, at.end) {
            self.values.lines.put(" ", column);
        } else {
            self.values.lines.newline(column + STEP);
        }
        self.values.formula(when, column + STEP);
    }

    /// The start of the token before a text, or of the last token before `end`.
    fn token_before(&self, text: Option<&Spelled>, end: u32) -> u32 {
        let place = text.map_or(end.saturating_sub(1), |text| text.at.start);
        let tokens = self.values.source.list;
        let at = tokens.partition_point(|token| token.start < place);
        at.checked_sub(1).map_or(0, |before| tokens[before].start)
    }

    fn keep(&mut self, start: u32, end: u32) {
        self.values.lines.keep_together(start, end);
    }

    fn put(&mut self, text: &str) {
        self.values.lines.put(text, 0);
    }
}

fn simple(keyword: Keyword, value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(&text.value),
        Value::When(_) => "anyone".to_owned(),
        Value::Word(word) => word.value.to_lowercase(),
        Value::Integer(number) => match number.value.parse::<i64>() {
            Ok(read) => read.to_string(),
            Err(_) => number.value.clone(),
        },
        Value::Duration { count, hours } => {
            let unit = if *hours { "hour" } else { "day" };
            let count = plain(&count.value);
            format!("{count} {unit}{}", if count == "1" { "" } else { "s" })
        }
        Value::Amount { count, percent } => {
            format!("{}{}", plain(&count.value), if *percent { "%" } else { "" })
        }
        _ => keyword.spelling().to_owned(),
    }
}

/// Digits without leading zeros.
fn plain(digits: &str) -> &str {
    let plain = digits.trim_start_matches('0');
    if plain.is_empty() { "0" } else { plain }
}

/// Where texts without brackets end: a comma may follow, which is not written.
fn end_of_texts(texts: &[Spelled], otherwise: u32) -> u32 {
    texts.last().map_or(otherwise, |text| text.at.end)
}

fn end_of(entry: &Entry) -> u32 {
    let last = entry.from.as_ref().or(entry.last.as_ref());
    last.unwrap_or(&entry.first).at.end
}

fn number(entry: &Entry) -> String {
    let mut out = phone(&entry.first.value);
    if let Some(last) = &entry.last {
        out.push_str(" to ");
        out.push_str(&phone(&last.value));
    }
    if let Some(from) = &entry.from {
        out.push_str(" from ");
        out.push_str(&from.value);
    }
    out
}

/// A number with one blank between its groups. What is no number stays as it is.
fn phone(text: &str) -> String {
    let (plus, rest) = match text.strip_prefix('+') {
        Some(rest) => ("+", rest),
        None => ("", text),
    };
    if digits_of(rest).is_err() {
        return text.to_owned();
    }
    let groups: Vec<&str> = rest
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    format!("{plus}{}", groups.join(" "))
}
