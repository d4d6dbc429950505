//! Splits a file into statements and their properties, so that an error in one piece hides none in the others.
//!
//! White space and line ends do not matter here, with one exception that the language itself brings: a `when` right
//! after a `policy` or `location` may be theirs or the range's. See `when_binding`.

use super::findings::{Findings, Spot, did_you_mean, shorten};
use super::keyword::{Keyword, statements};
use super::parse_error::property_help;
use super::reading::Reading;
use super::synonyms;
use super::tokens::{Token, TokenKind};
use super::when_binding::bind_whens;

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

/// Where a statement and its parts stand.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) at: Spot,
    pub(super) head: Spot,
    /// The values of its properties.
    pub(super) values: Vec<Spot>,
}

impl Block {
    /// Where the statement and its parts stand.
    pub(super) fn places(&self) -> Places {
        Places {
            at: self.at,
            head: self.head.at,
            values: self.body.iter().map(|piece| piece.value.at).collect(),
        }
    }
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
    let list = tokens;
    let mut splitter = Splitter {
        tokens: Reading { file, text, list },
        at: 0,
        findings,
    };
    let mut blocks = Vec::new();
    while splitter.at < tokens.len() {
        match splitter.tokens.keyword(splitter.at) {
            Some(keyword) if keyword.opens_statement() => {
                blocks.extend(splitter.statement(keyword));
            }
            _ => splitter.skip_unknown(),
        }
    }
    blocks
}

struct Splitter<'a> {
    tokens: Reading<'a>,
    at: usize,
    findings: &'a mut Findings,
}

impl Splitter<'_> {
    fn statement(&mut self, keyword: Keyword) -> Option<Block> {
        let at = self.tokens.spot(self.at);
        let first = self.at + 1;
        self.at = first;
        let has_body = matches!(
            keyword,
            Keyword::Range | Keyword::Defaults | Keyword::Operator
        );
        while self.at < self.tokens.list.len()
            && !self.tokens.begins_statement(self.at)
            && !self.is_brace()
        {
            self.at += 1;
        }
        let head = self.piece(at, first, self.at);
        let mut body = Vec::new();
        if has_body {
            if !self.tokens.is_sign(self.at, '{') {
                let message = format!("`{}` has no block", keyword.spelling());
                let help = "its properties follow between { and }".into();
                self.findings
                    .error(at.to(head.at), "missing-brace", message, Some(help));
                return None;
            }
            body = self.body(keyword, at.to(head.at));
        } else if self.at < self.tokens.list.len() && self.is_brace() {
            let spot = self.tokens.spot(self.at);
            let message = format!("a brace does not belong to `{}`", keyword.spelling());
            let help = "take it out".to_owned();
            self.findings
                .error(spot, "stray-brace", message, Some(help));
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
        let opening = self.tokens.spot(self.at);
        self.at += 1;
        let mut starts: Vec<(usize, Keyword)> = Vec::new();
        let begin = self.at;
        loop {
            if self.at == self.tokens.list.len() || self.tokens.begins_statement(self.at) {
                let message = "this block is not closed".into();
                let help = "a } is missing before the next statement".into();
                self.findings
                    .error(opened_by.to(opening), "unclosed-block", message, Some(help));
                break;
            }
            if self.tokens.is_sign(self.at, '}') {
                break;
            }
            if self.tokens.is_sign(self.at, '{') {
                let spot = self.tokens.spot(self.at);
                let message = "a block cannot stand inside a block".into();
                let help = "close the block with } first; a list stands in [ ]".to_owned();
                self.findings
                    .error(spot, "stray-brace", message, Some(help));
            }
            if let Some(keyword) = self.tokens.property_at(self.at, block, starts.last()) {
                starts.push((self.at, keyword));
            }
            self.at += 1;
        }
        let end = self.at;
        if self.at < self.tokens.list.len() && self.tokens.is_sign(self.at, '}') {
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
            |at| self.tokens.begins_line(at),
            |at| self.tokens.is_text(at),
        );
        let mut pieces: Vec<PropertyPiece> = Vec::with_capacity(starts.len());
        for (index, (start, keyword)) in starts.iter().enumerate() {
            let until = starts.get(index + 1).map_or(end, |(next, _)| *next);
            let at = self.tokens.spot(*start);
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

    fn skip_unknown(&mut self) {
        let start = self.at;
        self.at += 1;
        // Whatever belongs to the unknown word goes with it, so that one slip makes one error.
        let mut depth = usize::from(self.tokens.word(start) == "{");
        while self.at < self.tokens.list.len() {
            let opens = self
                .tokens
                .keyword(self.at)
                .is_some_and(Keyword::opens_statement);
            if self.tokens.begins_statement(self.at) || (depth == 0 && opens) {
                break;
            }
            match self.tokens.word(self.at) {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
        let spot = self.tokens.spot(start);
        let read = self.tokens.word(start);
        let near = did_you_mean(read, statements()).filter(|_| read.chars().count() > 2);
        let help = synonyms::statement(read).or(near).unwrap_or_else(|| {
            "a statement begins with alias, let, defaults, range, operator, scope, exclude or exempt".into()
        });
        if self.tokens.list[start].kind != TokenKind::Unclosed {
            let message = format!("expected a statement, found `{}`", shorten(read));
            self.findings
                .error(spot, "unknown-statement", message, Some(help));
        }
    }

    fn report_leading(&mut self, block: Keyword, begin: usize, end: usize) {
        if begin == end || self.tokens.list[begin].kind == TokenKind::Unclosed {
            return;
        }
        let read = self.tokens.word(begin);
        let message = format!(
            "`{}` is no property of `{}`",
            shorten(read),
            block.spelling()
        );
        let help = property_help(read, block);
        let spot = self.tokens.spot(begin);
        self.findings
            .error(spot, "unknown-property", message, Some(help));
    }

    /// The tokens from `first` up to `end` as one piece after the word at `word`.
    fn piece(&mut self, word: Spot, first: usize, end: usize) -> Piece {
        let empty = Spot {
            start: word.end,
            ..word
        };
        let tokens = &self.tokens.list[first.min(end)..end];
        let (Some(head), Some(tail)) = (tokens.first(), tokens.last()) else {
            return Piece {
                at: empty,
                sound: true,
            };
        };
        let at = Spot {
            file: self.tokens.file,
            start: head.start,
            end: tail.end,
        };
        let mut sound = true;
        let mut depth = 0_usize;
        for token in tokens {
            match self.tokens.text.as_bytes()[token.start as usize] {
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

    fn is_brace(&self) -> bool {
        self.tokens.is_sign(self.at, '{') || self.tokens.is_sign(self.at, '}')
    }
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
