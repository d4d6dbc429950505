//! Mends expressions written in the habits of other languages: what is read is translated token by token, and offered
//! only when the translation can be parsed.

use super::fields::Field;
use super::findings::Findings;
use super::format_formula::quoted;
use super::mend_phrases::{OPERATORS, connective, ordering, wildcard};
use super::tokens::{TokenKind, tokenise, with_plain_dashes};
use std::borrow::Cow;

/// A translated expression.
#[derive(Debug)]
pub(super) struct Translation {
    /// The expression as it should be written.
    pub(super) text: String,
    /// The first thing that was changed, in bytes of what was read.
    pub(super) at: std::ops::Range<usize>,
    /// What kind of fault that is, and what is said of it.
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Translates an expression; `None` when nothing in it is known to be a habit.
pub(super) fn translate(text: &str) -> Option<Translation> {
    let mut work = Work {
        tokens: words(text),
        at: 0,
        out: String::new(),
        first: None,
    };
    work.leading();
    while work.at < work.tokens.len() {
        let fixed = work.trailing()
            || work.plans_and_groups()
            || work.variable()
            || work.call()
            || work.reversed()
            || work.connective()
            || work.operator()
            || work.listed()
            || work.unquoted()
            || work.joined();
        if !fixed {
            work.copy();
        }
    }
    work.brackets();
    let (at, code, message) = work.first?;
    let text = work.out.trim().to_owned();
    Some(Translation {
        text,
        at,
        code,
        message,
    })
}

/// One token of what was read.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    pub(super) kind: TokenKind,
    /// As written, with plain dashes.
    pub(super) text: Cow<'a, str>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Word<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text.eq_ignore_ascii_case(text)
            || (!text.is_ascii() && self.text.to_lowercase() == text)
    }

    /// What stands between the quotes.
    pub(super) fn inside(&self) -> String {
        let mut inner = self.text.chars();
        inner.next();
        inner.next_back();
        inner.as_str().replace("\\\"", "\"").replace("\\'", "'")
    }
}

/// The tokens of a piece.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let tokens = tokenise(0, text, &mut Findings::default());
    let word = |token: &super::tokens::Token| {
        let (start, end) = (token.start as usize, token.end as usize);
        let read = &text[start..end];
        Word {
            kind: token.kind,
            text: match token.kind {
                TokenKind::Word => with_plain_dashes(read),
                _ => Cow::Borrowed(read),
            },
            start,
            end,
        }
    };
    tokens.iter().map(word).collect()
}

/// The translation under way.
pub(super) struct Work<'a> {
    pub(super) tokens: Vec<Word<'a>>,
    pub(super) at: usize,
    pub(super) out: String,
    pub(super) first: Option<(std::ops::Range<usize>, &'static str, String)>,
}

impl<'a> Work<'a> {
    pub(super) fn word(&self, at: usize) -> Option<&Word<'a>> {
        self.tokens.get(at)
    }

    pub(super) fn is(&self, at: usize, text: &str) -> bool {
        self.word(at).is_some_and(|word| word.is(text))
    }

    pub(super) fn is_text(&self, at: usize) -> bool {
        self.word(at)
            .is_some_and(|word| word.kind == TokenKind::Text)
    }

    pub(super) fn is_field(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| {
            word.kind == TokenKind::Word && Field::from_name(&word.text).is_some()
        })
    }

    /// Whether the token before ends a test.
    pub(super) fn after_test(&self) -> bool {
        let ends = ["]", ")", "empty", "null", "true", "false", "blank"];
        self.at > 0
            && (self.is_text(self.at - 1) || ends.iter().any(|end| self.is(self.at - 1, end)))
    }

    pub(super) fn write(&mut self, text: &str) {
        let tight = self.out.is_empty() || self.out.ends_with(['(', '[', ' ']);
        if !tight && !text.starts_with([')', ']', ',']) {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    pub(super) fn copy(&mut self) {
        let word = self.tokens[self.at].clone();
        let touches = self.at > 0 && self.tokens[self.at - 1].end == word.start;
        if touches && matches!(word.kind, TokenKind::Sign) || self.out.ends_with('.') {
            self.out.push_str(&word.text);
        } else {
            self.write(&word.text);
        }
        self.at += 1;
    }

    /// Writes `text` in place of the next `taken` tokens.
    pub(super) fn replace(
        &mut self,
        taken: usize,
        text: &str,
        code: &'static str,
        message: String,
    ) -> bool {
        let last = (self.at + taken.max(1)).min(self.tokens.len()) - 1;
        let place = self.tokens[self.at].start..self.tokens[last].end;
        self.first.get_or_insert((place, code, message));
        if !text.is_empty() {
            self.write(text);
        }
        self.at += taken;
        true
    }

    pub(super) fn foreign(&mut self, taken: usize, text: &str) -> bool {
        let last = (self.at + taken).min(self.tokens.len());
        let shown: Vec<&str> = self.tokens[self.at..last]
            .iter()
            .map(|word| &*word.text)
            .collect();
        let message = format!(
            "`{}` is not of this language",
            super::findings::shorten(&shown.join(" "))
        );
        self.replace(taken, text, "foreign-operator", message)
    }

    /// Words that other languages put before a condition.
    pub(super) fn leading(&mut self) {
        let leads = [
            "if", "where", "wenn", "si", "falls", ":", "=", "that", "filter",
        ];
        while leads.iter().any(|lead| self.is(self.at, lead)) {
            let message = "a condition follows `when` at once".to_owned();
            self.replace(1, "", "stray-sign", message);
        }
    }

    /// Signs after the end.
    pub(super) fn trailing(&mut self) -> bool {
        let last = self.at + 1 == self.tokens.len();
        let sign = [";", ",", "."].iter().any(|sign| self.is(self.at, sign));
        if last && sign {
            let message = format!(
                "`{}` has no place after a condition",
                self.tokens[self.at].text
            );
            return self.replace(1, "", "stray-sign", message);
        }
        false
    }

    /// Words and signs that join tests elsewhere, and tests without any between them.
    pub(super) fn connective(&mut self) -> bool {
        let word = self.tokens[self.at].clone();
        if self.after_test()
            && (self.is_field(self.at) || (word.is("user") && self.is(self.at + 1, ".")))
        {
            let message = "two tests stand side by side".to_owned();
            self.first
                .get_or_insert((word.start..word.end, "missing-connective", message));
            self.write("AND");
            self.copy();
            return true;
        }
        let doubled = ["and", "or", "-and", "-or"].iter().any(|w| word.is(w))
            && (self.at == 0
                || ["and", "or", "-and", "-or"]
                    .iter()
                    .any(|w| self.is(self.at - 1, w)));
        if doubled {
            let message = format!("there is no test before this `{}`", word.text);
            return self.replace(1, "", "missing-test", message);
        }
        if self.is_text(self.at) && self.at > 0 && self.is_field(self.at - 1) {
            let message = "an attribute and a text stand side by side".to_owned();
            let value = format!("= {}", quoted(&word.inside()));
            return self.replace(1, &value, "missing-operator", message);
        }
        // Commas inside a list join nothing.
        let in_list = word.is(",") && self.out.rfind('[') > self.out.rfind(']');
        let Some(meant) = connective(&word, self.after_test()).filter(|_| !in_list) else {
            return false;
        };
        let code = if word.kind == TokenKind::Word {
            "foreign-keyword"
        } else {
            "foreign-operator"
        };
        let message = format!("`{}` is not a word of this language", word.text);
        self.replace(1, meant, code, message)
    }

    /// Operators of other languages.
    pub(super) fn operator(&mut self) -> bool {
        if self.at == 0 {
            return false;
        }
        if ordering(&self.tokens[self.at]) {
            return false;
        }
        if let Some((taken, negated)) = self.like() {
            let written = wildcard(&self.tokens[self.at + taken - 1].inside(), negated);
            return self.foreign(taken, &written);
        }
        let matched = OPERATORS.iter().find(|(phrase, _)| {
            let mut words = phrase.split(' ').enumerate();
            words.all(|(index, word)| self.is(self.at + index, word))
        });
        let Some((phrase, meant)) = matched else {
            return false;
        };
        let length = phrase.split(' ').count();
        let next = self.at + length;
        let complete = meant.ends_with("empty");
        if !complete
            && !self.is_text(next)
            && self
                .word(next)
                .is_none_or(|word| word.kind == TokenKind::Sign && !word.is("[") && !word.is("("))
        {
            return false;
        }
        // `NOT IN` and the like are of this language.
        if phrase == meant || (*phrase == "not" && !self.is_text(next)) {
            return false;
        }
        self.foreign(length, meant)
    }

    /// `-like "Bonn*"`, `NOT LIKE 'Bonn%'`: how many tokens, and whether it is negated.
    pub(super) fn like(&self) -> Option<(usize, bool)> {
        let not = usize::from(self.is(self.at, "not"));
        let word = self.word(self.at + not)?;
        let like = ["like", "-like", "ilike", "-ilike", "-clike"]
            .iter()
            .any(|w| word.is(w));
        let unlike = ["-notlike", "notlike", "-inotlike", "-cnotlike"]
            .iter()
            .any(|w| word.is(w));
        let fits = (like || unlike) && self.is_text(self.at + not + 1);
        fits.then_some((not + 2, unlike || not == 1))
    }

    pub(super) fn after_operator(&self) -> bool {
        let operators = [
            "=",
            "eq",
            "-eq",
            "ne",
            "-ne",
            ">",
            "with",
            "contains",
            "-contains",
            "-notcontains",
            "matches",
            "-match",
            "has",
            "-startswith",
            "startswith",
            "-endswith",
            "endswith",
            "in",
            "-in",
            "-notin",
        ];
        self.at > 0
            && operators
                .iter()
                .any(|operator| self.is(self.at - 1, operator))
    }

    pub(super) fn after_list_start(&self) -> bool {
        self.at > 0 && (self.is(self.at - 1, "[") || self.is(self.at - 1, ","))
    }

    /// A bracket too many or too few.
    pub(super) fn brackets(&mut self) {
        let signs = || {
            self.tokens
                .iter()
                .filter(|word| word.kind == TokenKind::Sign)
        };
        let opened = signs().filter(|word| word.is("(")).count();
        let closed = signs().filter(|word| word.is(")")).count();
        let Some(last) = self.tokens.last() else {
            return;
        };
        if opened == closed + 1 && self.first.is_none() {
            let message = "a bracket is opened and not closed".to_owned();
            self.first = Some((last.start..last.end, "unbalanced-brackets", message));
            self.out.push(')');
        } else if closed == opened + 1 && last.is(")") && self.first.is_none() {
            let message = "this bracket closes nothing".to_owned();
            self.first = Some((last.start..last.end, "unbalanced-brackets", message));
            self.out.pop();
        }
    }

    /// `= Bonn`, `starts with Bad Homburg`.
    pub(super) fn unquoted(&mut self) -> bool {
        let known = ["null", "true", "false", "empty", "not", "in", "-in"];
        let is_in = self.at > 0
            && ["in", "-in", "-notin"]
                .iter()
                .any(|word| self.is(self.at - 1, word));
        let word = &self.tokens[self.at];
        if !self.after_operator()
            || is_in
            || word.kind != TokenKind::Word
            || known.iter().any(|k| word.is(k))
        {
            return false;
        }
        let stops = [
            "and", "or", "-and", "-or", "when", "und", "oder", "et", "ou",
        ];
        let rest = self.tokens[self.at..].iter();
        let taken = rest
            .take_while(|word| {
                word.kind == TokenKind::Word && !stops.iter().any(|stop| word.is(stop))
            })
            .count()
            .max(1);
        let texts: Vec<&str> = self.tokens[self.at..self.at + taken]
            .iter()
            .map(|word| &*word.text)
            .collect();
        let value = quoted(&texts.join(" "));
        let message = format!(
            "expected a text in quotes, found `{}`",
            super::findings::shorten(texts[0])
        );
        self.replace(taken, &value, "missing-quotes", message)
    }
}
