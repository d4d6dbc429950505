//! Mends lists and texts of an expression.

use super::format_formula::quoted;
use super::mend_formula::{Word, Work};
use super::tokens::TokenKind;

impl Work<'_> {
    /// Lists in round brackets, without brackets, behind `=`, or joined by OR.
    pub(super) fn listed(&mut self) -> bool {
        if !self.after_operator() {
            return false;
        }
        let before = self.at - 1;
        let is_in = ["in", "-in", "-notin"]
            .iter()
            .any(|word| self.is(before, word));
        let Some((taken, texts)) = self.list_at(self.at) else {
            return false;
        };
        let last = &self.tokens[self.at + taken - 1];
        let whole = &self.tokens[self.at..self.at + taken];
        let sound = whole[0].is("[") && last.is("]") && is_plain_list(whole);
        if (is_in && sound) || (!is_in && texts.len() < 2 && !whole[0].is("[")) {
            return false;
        }
        let list = format!("[{}]", texts.join(", "));
        if is_in {
            let message =
                "a list stands in square brackets, with commas between its texts".to_owned();
            return self.replace(taken, &list, "list-form", message);
        }
        let negated =
            self.out.ends_with("!=") || self.out.ends_with("ne") || self.out.ends_with("<>");
        let end = self.out.trim_end_matches(['=', '!', '<', '>']).trim_end();
        let end = end
            .strip_suffix("-eq")
            .or(end.strip_suffix("-ne"))
            .or(end.strip_suffix(" eq"));
        let cut = end.map_or_else(
            || {
                self.out
                    .trim_end_matches(['=', '!', '<', '>'])
                    .trim_end()
                    .len()
            },
            |end| end.trim_end().len(),
        );
        let kept = self.out[..cut]
            .trim_end_matches("-contains")
            .trim_end()
            .to_owned();
        self.out = kept;
        let written = format!("{} {list}", if negated { "NOT IN" } else { "IN" });
        let message = "several values are compared with IN and a list".to_owned();
        self.replace(taken, &written, "list-form", message)
    }

    /// Reads a list in whatever form: how many tokens it has, and its texts.
    pub(super) fn list_at(&self, from: usize) -> Option<(usize, Vec<String>)> {
        let mut at = from + usize::from(self.is(from, "@"));
        let bracket = self.is(at, "[") || self.is(at, "(") || self.is(at, "{");
        at += usize::from(bracket);
        let mut texts = Vec::new();
        loop {
            let word = self.word(at)?;
            match word.kind {
                TokenKind::Text => texts.push(quoted(&word.inside())),
                TokenKind::Word if bracket => texts.push(quoted(&word.text)),
                _ => return None,
            }
            at += 1;
            if bracket && [")", "]", "}"].iter().any(|close| self.is(at, close)) {
                return Some((at + 1 - from, texts));
            }
            let separated = [",", ";", "or", "|"].iter().any(|sign| self.is(at, sign))
                && self.is_value(at + 1, bracket);
            if separated {
                at += 1;
            } else if !(bracket && self.is_value(at, bracket)) {
                return (!bracket).then_some((at - from, texts));
            }
        }
    }

    pub(super) fn is_value(&self, at: usize, bracket: bool) -> bool {
        self.is_text(at)
            || (bracket
                && self
                    .word(at)
                    .is_some_and(|word| word.kind == TokenKind::Word))
            || (bracket && [")", "]"].iter().any(|close| self.is(at, close)))
    }

    /// `'O''Brien'`: a doubled quote stands for one elsewhere.
    pub(super) fn joined(&mut self) -> bool {
        let touching = self.is_text(self.at)
            && self.is_text(self.at + 1)
            && self.tokens[self.at].end == self.tokens[self.at + 1].start;
        if !touching {
            return false;
        }
        let value = format!(
            "{}'{}",
            self.tokens[self.at].inside(),
            self.tokens[self.at + 1].inside()
        );
        let message = "a doubled quote does not stand for one".to_owned();
        self.replace(2, &quoted(&value), "doubled-quote", message)
    }
}

/// `["A", "B"]` as it should be.
fn is_plain_list(list: &[Word<'_>]) -> bool {
    let inner = &list[1..list.len() - 1];
    inner.iter().enumerate().all(|(at, word)| match at % 2 {
        0 => word.kind == TokenKind::Text,
        _ => word.is(","),
    })
}
