//! Writes expressions and lists of texts in their canonical form.

use super::fields::canonical_attribute;
use super::findings::Spot;
use super::format_lines::{Lines, WIDTH};
use super::reading::Reading;
use super::syntax::{Formula, Operand, Relation, Spelled, Test};

/// Writes values: the lines so far, and the source they come from.
pub(super) struct Values<'a> {
    pub(super) lines: Lines<'a>,
    pub(super) source: Reading<'a>,
}

impl Values<'_> {
    /// Writes an expression; where it is broken, its lines begin at `indent`.
    pub(super) fn formula(&mut self, formula: &Formula, indent: usize) {
        self.lines.weave(self.first(formula), indent);
        let room = WIDTH.saturating_sub(self.lines.column(indent));
        if self.lines.is_free(self.last(formula)) {
            let mut flat = String::new();
            if write_flat(formula, room, &mut flat) {
                self.lines.put(&flat, indent);
                return;
            }
        }
        match formula {
            Formula::Any(terms, _) => self.chain("OR ", terms, indent),
            Formula::All(terms) => self.chain("AND ", terms, indent),
            Formula::Not(inner, _) => {
                self.lines.put("NOT ", indent);
                self.formula(inner, indent);
            }
            Formula::Group(inner) => {
                let end = self.last(formula);
                self.lines.put("(", indent);
                self.lines.newline(indent + 2);
                self.formula(inner, indent + 2);
                self.lines.weave(end.saturating_sub(1), indent + 2);
                self.lines.newline(indent);
                self.lines.put(")", indent);
            }
            Formula::Test(test) => self.test(test, indent),
        }
    }

    fn chain(&mut self, word: &str, terms: &[Formula], indent: usize) {
        for (index, term) in terms.iter().enumerate() {
            if index > 0 {
                self.lines.weave(self.first(term), indent);
                self.lines.newline(indent);
                self.lines.put(word, indent);
            }
            // A chain inside a chain stands without brackets: it is set in, so that what binds tighter is seen.
            let inner = matches!(term, Formula::Any(..) | Formula::All(_));
            self.formula(term, indent + if inner { 4 } else { 0 });
        }
    }

    fn test(&mut self, test: &Test, indent: usize) {
        let mut text = String::new();
        write_test(test, &mut text);
        match &test.operand {
            Operand::Texts(texts, at) => {
                let head = text.split_once('[').map_or(text.as_str(), |(head, _)| head);
                self.lines.put(head, indent);
                self.list(texts, at.end, indent);
            }
            _ => self.lines.put(&text, indent),
        }
    }

    /// Writes a list in square brackets that ends at `end` in the source.
    pub(super) fn list(&mut self, texts: &[Spelled], end: u32, indent: usize) {
        let mut flat = String::from("[");
        join(texts, &mut flat);
        flat.push(']');
        let fits = self.lines.column(indent) + flat.chars().count() <= WIDTH;
        if self.lines.is_free(end) && fits {
            self.lines.put(&flat, indent);
            return;
        }
        self.lines.put("[", indent);
        self.lines.newline(indent + 2);
        self.texts(texts, end, true, indent + 2);
        self.lines.weave(end.saturating_sub(1), indent + 2);
        self.lines.newline(indent);
        self.lines.put("]", indent);
    }

    /// Writes texts with commas between: as many on a line as it holds, or one a line when there are comments between.
    pub(super) fn texts(&mut self, texts: &[Spelled], end: u32, comma: bool, indent: usize) {
        let one_a_line = !self.lines.is_free(end);
        for (index, text) in texts.iter().enumerate() {
            self.lines.weave(text.at.start, indent);
            let mut written = quoted(&text.value);
            if comma || index + 1 < texts.len() {
                written.push(',');
            }
            if index > 0 {
                let next = self.lines.column(indent) + 1 + written.chars().count();
                if one_a_line || next > WIDTH {
                    self.lines.newline(indent);
                } else {
                    self.lines.put(" ", indent);
                }
            }
            self.lines.put(&written, indent);
        }
    }

    /// Whether the expression fits beside what is written so far and a blank.
    pub(super) fn fits_flat(&self, formula: &Formula) -> bool {
        let room = WIDTH.saturating_sub(self.lines.column(0) + 1);
        write_flat(formula, room, &mut String::new())
    }

    /// Moves comments out of what stays together in an expression.
    pub(super) fn keep_tests_together(&mut self, formula: &Formula) {
        match formula {
            Formula::Any(terms, _) | Formula::All(terms) => {
                terms.iter().for_each(|term| self.keep_tests_together(term));
            }
            Formula::Not(inner, _) | Formula::Group(inner) => self.keep_tests_together(inner),
            Formula::Test(test) => {
                let end = match &test.operand {
                    Operand::Texts(_, at) => at.start + 1,
                    _ => test.at.end,
                };
                self.lines.keep_together(test.at.start, end);
            }
        }
    }

    /// Where the expression begins in the source.
    pub(super) fn first(&self, formula: &Formula) -> u32 {
        match formula {
            Formula::Any(terms, _) | Formula::All(terms) => {
                terms.first().map_or(0, |term| self.first(term))
            }
            Formula::Not(_, Spot { start, .. }) => *start,
            Formula::Group(inner) => {
                let first = self.first(inner);
                let tokens = self.source.list;
                let mut at = tokens.partition_point(|token| token.start < first);
                // Doubled negations are dropped in reading: they may stand between.
                while at > 0 && !self.source.is_sign(at - 1, '(') {
                    at -= 1;
                }
                tokens[at.saturating_sub(1)].start
            }
            Formula::Test(test) => test.at.start,
        }
    }

    /// Where the expression ends in the source.
    fn last(&self, formula: &Formula) -> u32 {
        match formula {
            Formula::Any(terms, _) | Formula::All(terms) => {
                terms.last().map_or(0, |term| self.last(term))
            }
            Formula::Not(inner, _) => self.last(inner),
            Formula::Group(inner) => {
                let last = self.last(inner);
                let tokens = self.source.list;
                let at = tokens.partition_point(|token| token.start < last);
                tokens.get(at).map_or(last, |token| token.end)
            }
            Formula::Test(test) => test.at.end,
        }
    }
}

/// The expression on one line.
pub(super) fn flat(formula: &Formula) -> String {
    let mut out = String::new();
    write_flat(formula, usize::MAX / 8, &mut out);
    out
}

/// Writes the expression on one line; false when it is longer than `room`.
fn write_flat(formula: &Formula, room: usize, out: &mut String) -> bool {
    let joined = |terms: &[Formula], word: &str, out: &mut String| {
        terms.iter().enumerate().all(|(index, term)| {
            if index > 0 {
                out.push_str(word);
            }
            write_flat(term, room, out)
        })
    };
    let whole = match formula {
        Formula::Any(terms, _) => joined(terms, " OR ", out),
        Formula::All(terms) => joined(terms, " AND ", out),
        Formula::Not(inner, _) => {
            out.push_str("NOT ");
            write_flat(inner, room, out)
        }
        Formula::Group(inner) => {
            out.push('(');
            let whole = write_flat(inner, room, out);
            out.push(')');
            whole
        }
        Formula::Test(test) => {
            write_test(test, out);
            true
        }
    };
    // Every character has at most four bytes: counting them each time would be slow for long chains.
    whole && (out.len() <= room || (out.len() <= 4 * room && out.chars().count() <= room))
}

/// Writes one test in its canonical form.
pub(super) fn write_test(test: &Test, out: &mut String) {
    let read = &test.attribute.value;
    out.push_str(canonical_attribute(read).unwrap_or(read));
    let words = match (test.relation, test.negated) {
        (Relation::Equal, false) => "=",
        (Relation::Equal, true) => "!=",
        (Relation::In, false) => "IN",
        (Relation::In, true) => "NOT IN",
        (Relation::Empty, false) => "is empty",
        (Relation::Empty, true) => "is not empty",
        (Relation::StartsWith, _) => "starts with",
        (Relation::EndsWith, _) => "ends with",
        (Relation::Contains, _) => "contains",
        (Relation::Matches, _) => "matches",
        (Relation::Has, _) => "has",
    };
    let is_text_test = !matches!(
        test.relation,
        Relation::Equal | Relation::In | Relation::Empty
    );
    out.push_str(if test.negated && is_text_test {
        " NOT "
    } else {
        " "
    });
    out.push_str(words);
    match &test.operand {
        Operand::Nothing => {}
        Operand::Text(text) => {
            out.push(' ');
            out.push_str(&quoted(&text.value));
        }
        Operand::Texts(texts, _) => {
            out.push_str(" [");
            join(texts, out);
            out.push(']');
        }
        Operand::List(name) => {
            out.push(' ');
            out.push_str(&name.value);
        }
        Operand::Truth(truth) => out.push_str(if *truth { " true" } else { " false" }),
    }
}

fn join(texts: &[Spelled], out: &mut String) {
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(&quoted(&text.value));
    }
}

/// A text in plain double quotes. What cannot be seen is written as an escape.
pub(super) fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for (at, c) in value.char_indices() {
        let rest = &value[at + c.len_utf8()..];
        match c {
            '"' => out.push_str("\\\""),
            // A backslash stands for itself unless what follows would make it an escape.
            '\\' if rest.is_empty()
                || rest.starts_with(['"', '\'', '\\'])
                || rest.starts_with("u{") =>
            {
                out.push_str("\\\\");
            }
            c if c.is_control() || is_invisible(c) => {
                out.push_str(&format!("\\u{{{:X}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Marks without width, and line ends; the joiners U+200C and U+200D belong to several scripts.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_quoted_so_that_they_read_the_same() {
        let check = |value: &str, expected: &str| assert_eq!(quoted(value), expected);
        check("Bonn", r#""Bonn""#);
        check(r#"a"b'c"#, r#""a\"b'c""#);
        check(r"^\d+\.$", r#""^\d+\.$""#);
        check("end\\", r#""end\\""#);
        check(r"a\\b\u{41}", r#""a\\\b\\u{41}""#);
        check("a\u{200B}\tb\u{A0}ü", "\"a\\u{200B}\\u{9}b\u{A0}ü\"");
    }
}
