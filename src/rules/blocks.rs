//! Splits a file into statements and their properties, so that an error in one piece hides none in the others.
//!
//! White space and line ends do not matter here, with one exception that the language itself brings: a `when` right
//! after a `policy` or `location` may be theirs or the range's. See [`bind_whens`].

use super::findings::{Findings, Spot, did_you_mean};
use super::keyword::{Keyword, properties_of, statements};
use super::tokens::{Token, TokenKind};

/// Brackets may be nested so deep.
const DEEPEST: usize = 100;

/// A stretch of a file that is parsed on its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) at: Spot,
    /// False when it is known to be wrong already and must not be parsed.
    pub(super) sound: bool,
}

/// One statement: its first word, what follows, and the properties between its braces.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) keyword: Keyword,
    pub(super) at: Spot,
    pub(super) head: Piece,
    pub(super) body: Vec<PropertyPiece>,
}

/// One property: its word and what follows.
#[derive(Debug)]
pub(super) struct PropertyPiece {
    pub(super) keyword: Keyword,
    pub(super) at: Spot,
    pub(super) value: Piece,
}

/// Splits a file into its statements.
pub(super) fn split(
    file: u32,
    text: &str,
    tokens: &[Token],
    findings: &mut Findings,
) -> Vec<Block> {
    let mut splitter = Splitter {
        file,
        text,
        tokens,
        at: 0,
        findings,
    };
    let mut blocks = Vec::new();
    while splitter.at < tokens.len() {
        match splitter.keyword(splitter.at) {
            Some(keyword) if keyword.opens_statement() => {
                blocks.extend(splitter.statement(keyword));
            }
            _ => splitter.skip_unknown(),
        }
    }
    blocks
}

struct Splitter<'a> {
    file: u32,
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    findings: &'a mut Findings,
}

impl Splitter<'_> {
    fn statement(&mut self, keyword: Keyword) -> Option<Block> {
        let at = self.spot(self.at);
        let first = self.at + 1;
        self.at = first;
        let has_body = matches!(
            keyword,
            Keyword::Range | Keyword::Defaults | Keyword::Operator
        );
        while self.at < self.tokens.len() && !self.begins_statement(self.at) && !self.is_brace() {
            self.at += 1;
        }
        let head = self.piece(at, first, self.at);
        let mut body = Vec::new();
        if has_body {
            if !self.is_sign('{') {
                let message = format!("`{}` has no block", keyword.spelling());
                let help = "its properties follow between { and }".into();
                self.findings
                    .error(at.to(head.at), "missing-brace", message, Some(help));
                return None;
            }
            body = self.body(keyword, at.to(head.at));
        } else if self.at < self.tokens.len() && self.is_brace() {
            let spot = self.spot(self.at);
            let message = format!("a brace does not belong to `{}`", keyword.spelling());
            self.findings.error(spot, "stray-brace", message, None);
            self.at += 1;
        }
        Some(Block {
            keyword,
            at,
            head,
            body,
        })
    }

    /// Reads from `{` to its `}`.
    fn body(&mut self, block: Keyword, opened_by: Spot) -> Vec<PropertyPiece> {
        let opening = self.spot(self.at);
        self.at += 1;
        let mut starts: Vec<(usize, Keyword)> = Vec::new();
        let begin = self.at;
        loop {
            if self.at == self.tokens.len() || self.begins_statement(self.at) {
                let message = "this block is not closed".into();
                let help = "a } is missing before the next statement".into();
                self.findings
                    .error(opened_by.to(opening), "unclosed-block", message, Some(help));
                break;
            }
            if self.is_sign('}') {
                break;
            }
            if self.is_sign('{') {
                let spot = self.spot(self.at);
                let message = "a block cannot stand inside a block".into();
                self.findings.error(spot, "stray-brace", message, None);
            }
            if let Some(keyword) = self.property_at(self.at, block, starts.last()) {
                starts.push((self.at, keyword));
            }
            self.at += 1;
        }
        let end = self.at;
        if self.at < self.tokens.len() && self.is_sign('}') {
            self.at += 1;
        }
        self.report_leading(block, begin, starts.first().map_or(end, |(at, _)| *at));
        self.properties(block, &starts, end)
    }

    fn properties(
        &mut self,
        block: Keyword,
        starts: &[(usize, Keyword)],
        end: usize,
    ) -> Vec<PropertyPiece> {
        let bound = bind_whens(
            block,
            starts,
            |at| self.begins_line(at),
            |at| self.is_text(at),
        );
        let mut pieces: Vec<PropertyPiece> = Vec::with_capacity(starts.len());
        for (index, (start, keyword)) in starts.iter().enumerate() {
            let until = starts.get(index + 1).map_or(end, |(next, _)| *next);
            let at = self.spot(*start);
            if bound[index]
                && let Some(owner) = pieces.last_mut()
            {
                let value = self.piece(at, start + 1, until);
                owner.value.at = owner.value.at.to(at).to(value.at);
                owner.value.sound &= value.sound;
                continue;
            }
            let value = self.piece(at, start + 1, until);
            pieces.push(PropertyPiece {
                keyword: *keyword,
                at,
                value,
            });
        }
        pieces
    }

    /// The property whose word stands here, unless the word is a value or an attribute at this place.
    fn property_at(
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
    fn begins_statement(&self, at: usize) -> bool {
        let Some(keyword) = self.keyword(at) else {
            return false;
        };
        let next_is = |kind| {
            self.tokens
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

    fn skip_unknown(&mut self) {
        let start = self.at;
        self.at += 1;
        // Whatever belongs to the unknown word goes with it, so that one slip makes one error.
        let mut depth = usize::from(self.word(start) == "{");
        while self.at < self.tokens.len() {
            let opens = self.keyword(self.at).is_some_and(Keyword::opens_statement);
            if self.begins_statement(self.at) || (depth == 0 && opens) {
                break;
            }
            match self.word(self.at) {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
        let spot = self.spot(start);
        let read = self.word(start);
        let help = did_you_mean(read, statements()).unwrap_or_else(|| {
            "a statement begins with alias, let, defaults, range, operator, scope, exclude or exempt".into()
        });
        if self.tokens[start].kind != TokenKind::Unclosed {
            let message = format!("expected a statement, found `{}`", shorten(read));
            self.findings
                .error(spot, "unknown-statement", message, Some(help));
        }
    }

    fn report_leading(&mut self, block: Keyword, begin: usize, end: usize) {
        if begin == end || self.tokens[begin].kind == TokenKind::Unclosed {
            return;
        }
        let read = self.word(begin);
        let message = format!(
            "`{}` is no property of `{}`",
            shorten(read),
            block.spelling()
        );
        let help = did_you_mean(read, properties_of(block)).unwrap_or_else(|| {
            let all: Vec<&str> = properties_of(block).collect();
            format!("its properties are {}", all.join(", "))
        });
        let spot = self.spot(begin);
        self.findings
            .error(spot, "unknown-property", message, Some(help));
    }

    /// The tokens from `first` up to `end` as one piece after the word at `word`.
    fn piece(&mut self, word: Spot, first: usize, end: usize) -> Piece {
        let empty = Spot {
            start: word.end,
            ..word
        };
        let tokens = &self.tokens[first.min(end)..end];
        let (Some(head), Some(tail)) = (tokens.first(), tokens.last()) else {
            return Piece {
                at: empty,
                sound: true,
            };
        };
        let at = Spot {
            file: self.file,
            start: head.start,
            end: tail.end,
        };
        let mut sound = true;
        let mut depth = 0_usize;
        for token in tokens {
            match self.text.as_bytes()[token.start as usize] {
                _ if token.kind == TokenKind::Unclosed => sound = false,
                b'(' if token.kind == TokenKind::Sign => depth += 1,
                b')' if token.kind == TokenKind::Sign => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                let (start, end) = (token.start, token.end);
                let message = format!("brackets are nested deeper than {DEEPEST}");
                let help = Some("split the condition, or use IN with a list".into());
                let spot = Spot { start, end, ..at };
                self.findings.error(spot, "too-deep", message, help);
                return Piece { at, sound: false };
            }
        }
        Piece { at, sound }
    }

    fn keyword(&self, at: usize) -> Option<Keyword> {
        let token = self.tokens.get(at)?;
        (token.kind == TokenKind::Word)
            .then(|| Keyword::from_word(self.word(at)))
            .flatten()
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| {
            &self.text[token.start as usize..token.end as usize]
        })
    }

    fn is_text(&self, at: usize) -> bool {
        let text = |token: &Token| matches!(token.kind, TokenKind::Text | TokenKind::Unclosed);
        self.tokens.get(at).is_some_and(text)
    }

    fn is_sign(&self, sign: char) -> bool {
        self.tokens.get(self.at).is_some_and(|token| {
            token.kind == TokenKind::Sign && self.text[token.start as usize..].starts_with(sign)
        })
    }

    fn is_brace(&self) -> bool {
        self.is_sign('{') || self.is_sign('}')
    }

    fn begins_line(&self, at: usize) -> bool {
        let start = self.tokens[at].start as usize;
        let before = self.text[..start].trim_end_matches([' ', '\t', '\u{A0}']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    }

    fn spot(&self, at: usize) -> Spot {
        let file = self.file;
        match self.tokens.get(at) {
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

/// Which `when`s belong to the `policy` or `location` before them.
///
/// A `when` that follows neither is the range's own; then every other is a policy's or location's. Where a range has
/// no such `when`, the last one that begins a line is its own, as people write it; one on the line of its
/// policy or location is that one's.
fn bind_whens(
    block: Keyword,
    starts: &[(usize, Keyword)],
    begins_line: impl Fn(usize) -> bool,
    is_text: impl Fn(usize) -> bool,
) -> Vec<bool> {
    // The tokens between the owner's word and `when` are its type and name: a complete policy or location without
    // a `when` so far.
    let could_bind = |index: usize| {
        let (at, keyword) = starts[index];
        let Some((owner_at, owner)) = index.checked_sub(1).map(|before| starts[before]) else {
            return false;
        };
        keyword == Keyword::When
            && matches!(owner, Keyword::Policy | Keyword::Location)
            && at > owner_at + 1
            && is_text(at - 1)
    };
    let mut bound: Vec<bool> = (0..starts.len()).map(could_bind).collect();
    let is_own = |index: usize| starts[index].1 == Keyword::When && !bound[index];
    if block == Keyword::Range && !(0..starts.len()).any(is_own) {
        let own = (0..starts.len()).rfind(|index| bound[*index] && begins_line(starts[*index].0));
        if let Some(own) = own {
            bound[own] = false;
        }
    }
    bound
}

/// What was read, short enough for a message.
pub(super) fn shorten(read: &str) -> String {
    let mut short: String = read.chars().take(40).collect();
    if short.len() < read.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tokens::tokenise;

    fn check(text: &str, expected: &str) {
        let mut findings = Findings::default();
        let tokens = tokenise(0, text, &mut findings);
        let cut = |spot: Spot| text[spot.start as usize..spot.end as usize].to_owned();
        let mut shown = Vec::new();
        for block in split(0, text, &tokens, &mut findings) {
            shown.push(format!(
                "{} <{}>",
                block.keyword.spelling(),
                cut(block.head.at)
            ));
            for piece in block.body {
                shown.push(format!(
                    "{} [{}]",
                    piece.keyword.spelling(),
                    cut(piece.value.at)
                ));
            }
        }
        let (found, _) = findings.into_sorted();
        shown.extend(found.iter().map(|finding| format!("!{}", finding.code)));
        assert_eq!(shown.join(" "), expected, "{text}");
    }

    #[test]
    fn splits_into_statements_and_properties() {
        check(
            "let a = [\"x\"] let b = [\"range\"]",
            "let <a = [\"x\"]> let <b = [\"range\"]>",
        );
        check(
            "range \"a\" { type calling-plan country \"DE\" when country = \"x\" priority 1 }",
            "range <\"a\"> type [calling-plan] country [\"DE\"] when [country = \"x\"] priority [1]",
        );
        check(
            "defaults { unlisted reserve reserve +49 }",
            "defaults <> unlisted [reserve] reserve [+49]",
        );
        check(
            "operator \"T\" { emergency operator id \"x\" } range \"r\" { operator \"T\" }",
            "operator <\"T\"> emergency [operator] id [\"x\"] range <\"r\"> operator [\"T\"]",
        );
    }

    #[test]
    fn a_when_belongs_to_its_policy_or_to_the_range() {
        check(
            "range \"a\" {\n location \"x\" when p\n location \"y\"\n when q\n}",
            "range <\"a\"> location [\"x\" when p] location [\"y\"] when [q]",
        );
        check(
            "range \"a\" { when q policy T \"y\"\n when p }",
            "range <\"a\"> when [q] policy [T \"y\"\n when p]",
        );
        check(
            "range \"a\" { policy T \"y\" when p }",
            "range <\"a\"> policy [T \"y\" when p]",
        );
    }

    #[test]
    fn goes_on_after_an_error() {
        check(
            "range \"a\" { type x\nrange \"b\" { type y }",
            "range <\"a\"> type [x] range <\"b\"> type [y] !unclosed-block",
        );
        check(
            "rnage \"a\" { type x }\nlet a = []",
            "let <a = []> !unknown-statement",
        );
        check("range \"a\"\nlet a = []", "let <a = []> !missing-brace");
        check(
            "range \"a\" { typ x priority 1 }",
            "range <\"a\"> priority [1] !unknown-property",
        );
    }
}
