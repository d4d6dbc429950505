//! What a token means at its place: keyword, value, attribute, the beginning of a statement or of a line.

use super::findings::Spot;
use super::keyword::Keyword;
use super::tokens::{Token, TokenKind};

/// The tokens of one file, with their text.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) file: u32,
    pub(super) text: &'a str,
    pub(super) list: &'a [Token],
}

impl Reading<'_> {
    /// The property whose word stands here, unless the word is a value or an attribute at this place.
    pub(super) fn property_at(
        &self,
        at: usize,
        block: Keyword,
        last: Option<&(usize, Keyword)>,
    ) -> Option<Keyword> {
        let keyword = self.keyword(at)?;
        if !keyword.is_property_of(block) || (at > 0 && self.word(at - 1) == ".") {
            return None;
        }
        let right_after = |owner: Keyword| last == Some(&(at - 1, owner));
        let is_value = (keyword == Keyword::Reserve && right_after(Keyword::Unlisted))
            || (keyword == Keyword::Operator && right_after(Keyword::Emergency));
        let is_attribute = keyword == Keyword::Country && self.is_comparison(at + 1);
        (!is_value && !is_attribute).then_some(keyword)
    }

    /// Whether a comparison begins here, so that the word before it is an attribute.
    fn is_comparison(&self, at: usize) -> bool {
        const WORDS: [&str; 12] = [
            "in",
            "not",
            "is",
            "starts",
            "ends",
            "contains",
            "matches",
            "eq",
            "ne",
            "startswith",
            "endswith",
            "has",
        ];
        let word = self.word(at);
        matches!(word, "=" | "!" | "<")
            || word.starts_with(['-', '–', '—', '‐', '‑', '−'])
            || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// Whether a statement begins here, whatever block may be open. Looks one token ahead, because `operator` and
    /// `when` are properties too.
    pub(super) fn begins_statement(&self, at: usize) -> bool {
        let Some(keyword) = self.keyword(at) else {
            return false;
        };
        let next_is = |kind| {
            self.list
                .get(at + 1)
                .is_some_and(|token| token.kind == kind)
        };
        let word = self.word(at + 1);
        match keyword {
            Keyword::Alias | Keyword::Let => next_is(TokenKind::Word),
            Keyword::Defaults => word == "{",
            Keyword::Range => next_is(TokenKind::Text) || word == "{",
            Keyword::Exclude | Keyword::Exempt => {
                next_is(TokenKind::Text) || self.keyword(at + 1) == Some(Keyword::When)
            }
            Keyword::Operator => next_is(TokenKind::Text) && self.word(at + 2) == "{",
            Keyword::Scope => self.keyword(at + 1) == Some(Keyword::When),
            _ => false,
        }
    }

    pub(super) fn keyword(&self, at: usize) -> Option<Keyword> {
        let token = self.list.get(at)?;
        (token.kind == TokenKind::Word)
            .then(|| Keyword::from_word(self.word(at)))
            .flatten()
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.list.get(at).map_or("", |token| {
            &self.text[token.start as usize..token.end as usize]
        })
    }

    pub(super) fn is_text(&self, at: usize) -> bool {
        let text = |token: &Token| matches!(token.kind, TokenKind::Text | TokenKind::Unclosed);
        self.list.get(at).is_some_and(text)
    }

    pub(super) fn is_sign(&self, at: usize, sign: char) -> bool {
        self.list.get(at).is_some_and(|token| {
            token.kind == TokenKind::Sign && self.text[token.start as usize..].starts_with(sign)
        })
    }

    pub(super) fn begins_line(&self, at: usize) -> bool {
        let start = self.list[at].start as usize;
        let before = self.text[..start].trim_end_matches([' ', '\t', '\u{A0}']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    }

    pub(super) fn spot(&self, at: usize) -> Spot {
        let file = self.file;
        match self.list.get(at) {
            Some(token) => Spot {
                file,
                start: token.start,
                end: token.end,
            },
            None => Spot {
                file,
                start: self.text.len() as u32,
                end: self.text.len() as u32,
            },
        }
    }
}
