//! From the pieces of a file to statements. Each piece is parsed on its own.

use super::blocks::{Block, Piece, PropertyPiece};
use super::findings::{Findings, Spot};
use super::keyword::Keyword;
use super::parse_error;
use super::parse_formula::formula;
use super::syntax::{Entry, Formula, Property, Spelled, Statement, Value};
use super::tokens::with_plain_dashes;
use pest::Parser;
use pest::iterators::{Pair, Pairs};

/// The generated parser of single pieces.
#[derive(pest_derive::Parser)]
#[grammar = "rules/grammar.pest"]
struct PieceParser;

/// The parts of a parsed piece.
pub(super) type Parts<'a> = Pairs<'a, Rule>;

/// Parses the statements of one file. What cannot be parsed is reported and left out.
pub(super) fn parse(text: &str, blocks: Vec<Block>, findings: &mut Findings) -> Vec<Statement> {
    let mut parser = Pieces { text, findings };
    blocks
        .into_iter()
        .filter_map(|block| parser.statement(block))
        .collect()
}

/// Whether a value or head can be parsed.
pub(super) fn parses(rule: Rule, text: &str) -> bool {
    PieceParser::parse(rule, text).is_ok()
}

/// The entries of a text with numbers, if it can be parsed.
pub(super) fn entries_of(text: &str) -> Option<Vec<Entry>> {
    let parts = PieceParser::parse(Rule::numbers_value, text).ok()?.next()?;
    Some(entries(parts.into_inner(), Spot::default()))
}

/// The canonical form of an expression on one line, if it can be parsed.
pub(super) fn canonical_formula(text: &str) -> Option<String> {
    let mut parts = PieceParser::parse(Rule::when_value, text)
        .ok()?
        .next()?
        .into_inner();
    let any = parts.find(|part| part.as_rule() == Rule::any)?;
    let formula = formula(any, Spot::default(), &mut Findings::default());
    Some(super::format_formula::flat(&formula))
}

struct Pieces<'a> {
    text: &'a str,
    findings: &'a mut Findings,
}

impl<'a> Pieces<'a> {
    fn statement(&mut self, block: Block) -> Option<Statement> {
        let at = block.at;
        Some(match block.keyword {
            Keyword::Defaults => {
                self.piece(Rule::empty_head, &block, block.head);
                let properties = self.properties(block);
                Statement::Defaults { properties }
            }
            Keyword::Range | Keyword::Operator => self.declaration(block)?,
            Keyword::Alias => self.alias(&block)?,
            Keyword::Let => {
                let mut parts = self.piece(Rule::let_head, &block, block.head)?;
                let name = spelled(parts.next()?, block.head.at);
                let texts = self.texts(parts, block.head.at);
                Statement::Let { name, texts }
            }
            Keyword::Scope => {
                let parts = self.piece(Rule::scope_head, &block, block.head)?;
                let when = self.when(parts, block.head.at)?;
                Statement::Scope { at, when }
            }
            _ => {
                let parts = self.piece(Rule::named_when, &block, block.head)?;
                let name = self
                    .texts(parts.clone(), block.head.at)
                    .into_iter()
                    .next()?;
                let when = self.when(parts, block.head.at)?;
                if block.keyword == Keyword::Exempt {
                    Statement::Exempt { name, when }
                } else {
                    Statement::Exclude { name, when }
                }
            }
        })
    }

    fn alias(&mut self, block: &Block) -> Option<Statement> {
        let mut parts = self.piece(Rule::alias_head, block, block.head)?;
        let attribute = spelled(parts.next()?, block.head.at);
        let mut texts = self.texts(parts, block.head.at).into_iter();
        Some(Statement::Alias {
            attribute,
            preferred: texts.next()?,
            spellings: texts.collect(),
        })
    }

    fn declaration(&mut self, block: Block) -> Option<Statement> {
        let (keyword, at, head_at) = (block.keyword, block.at, block.head.at);
        let head = self.piece(Rule::name_head, &block, block.head);
        // Read even under a broken head, so that all that is wrong is told at once.
        let properties = self.properties(block);
        let name = self.texts(head?, head_at).pop()?;
        Some(match keyword {
            Keyword::Range => Statement::Range {
                at,
                name,
                properties,
            },
            _ => Statement::Operator { name, properties },
        })
    }

    fn properties(&mut self, block: Block) -> Vec<Property> {
        let property = |piece| self.property(block.keyword, piece);
        block.body.into_iter().map(property).collect()
    }

    fn property(&mut self, block: Keyword, piece: PropertyPiece) -> Property {
        let value = self.value(block, &piece).unwrap_or(Value::Unread);
        Property {
            keyword: piece.keyword,
            at: piece.at,
            value,
        }
    }

    fn value(&mut self, block: Keyword, piece: &PropertyPiece) -> Option<Value> {
        let at = piece.value.at;
        let rule = match piece.keyword {
            Keyword::Numbers | Keyword::Never | Keyword::Reserve => Rule::numbers_value,
            Keyword::When => Rule::when_value,
            Keyword::Priority => Rule::integer_value,
            Keyword::Overflow => Rule::texts_value,
            Keyword::Countries => Rule::list_value,
            Keyword::Grace | Keyword::DeletedGrace | Keyword::Quarantine => Rule::duration_value,
            Keyword::KeepFree | Keyword::LowStock => Rule::amount_value,
            Keyword::Location => Rule::location_value,
            Keyword::Policy => Rule::policy_value,
            Keyword::Description | Keyword::Country | Keyword::Operator | Keyword::Id => {
                Rule::text_value
            }
            _ => Rule::word_value,
        };
        let mut parts = self.parse(rule, piece.keyword, Some(block), piece.value)?;
        Some(match rule {
            Rule::numbers_value => Value::Numbers(entries(parts, at)),
            Rule::when_value if parts.peek()?.as_rule() == Rule::anyone => Value::When(None),
            Rule::when_value => Value::When(Some(self.when(parts, at)?)),
            Rule::integer_value => Value::Integer(spelled(parts.next()?, at)),
            Rule::texts_value | Rule::list_value => Value::Texts(self.texts(parts, at)),
            Rule::duration_value => Value::Duration {
                count: spelled(parts.next()?, at),
                hours: parts.next()?.as_rule() == Rule::hours,
            },
            Rule::amount_value => Value::Amount {
                count: spelled(parts.next()?, at),
                percent: parts.next()?.as_rule() == Rule::percent,
            },
            Rule::location_value => Value::Location {
                id: self.text(parts.next()?, at),
                when: self.when(parts, at),
            },
            Rule::policy_value => Value::Policy {
                policy_type: spelled(parts.next()?, at),
                name: self.text(parts.next()?, at),
                when: self.when(parts, at),
            },
            Rule::text_value => Value::Text(self.text(parts.next()?, at)),
            _ => Value::Word(spelled(parts.next()?, at)),
        })
    }

    fn piece(&mut self, rule: Rule, block: &Block, piece: Piece) -> Option<Parts<'a>> {
        self.parse(rule, block.keyword, None, piece)
    }

    /// Parses one piece; an error is reported. Answers its parts.
    fn parse(
        &mut self,
        rule: Rule,
        keyword: Keyword,
        block: Option<Keyword>,
        piece: Piece,
    ) -> Option<Parts<'a>> {
        if !piece.sound {
            return None;
        }
        let text = &self.text[piece.at.start as usize..piece.at.end as usize];
        match PieceParser::parse(rule, text) {
            Ok(mut pairs) => Some(pairs.next()?.into_inner()),
            Err(error) => {
                parse_error::report(rule, text, piece.at, keyword, block, &error, self.findings);
                None
            }
        }
    }

    fn when(&mut self, parts: Parts<'a>, base: Spot) -> Option<Formula> {
        let any = parts.into_iter().find(|part| part.as_rule() == Rule::any)?;
        Some(formula(any, base, self.findings))
    }

    fn texts(&mut self, parts: Parts<'a>, base: Spot) -> Vec<Spelled> {
        texts(parts, base, self.findings)
    }

    fn text(&mut self, part: Pair<'a, Rule>, base: Spot) -> Spelled {
        text(part, base, self.findings)
    }
}

fn entries(parts: Parts<'_>, base: Spot) -> Vec<Entry> {
    let entries = parts.filter(|part| part.as_rule() == Rule::entry);
    let read = |entry: Pair<'_, Rule>| {
        let mut inner = entry.into_inner();
        let mut read = Entry {
            first: spelled(inner.next()?, base),
            last: None,
            from: None,
        };
        for part in inner {
            match part.as_rule() {
                Rule::last => read.last = Some(spelled(part, base)),
                Rule::date => read.from = Some(spelled(part, base)),
                _ => {}
            }
        }
        Some(read)
    };
    entries.filter_map(read).collect()
}

/// All texts among the parts, those of a list included.
pub(super) fn texts(parts: Parts<'_>, base: Spot, findings: &mut Findings) -> Vec<Spelled> {
    let mut all = Vec::new();
    for part in parts {
        match part.as_rule() {
            Rule::text => all.push(text(part, base, findings)),
            Rule::list => all.extend(texts(part.into_inner(), base, findings)),
            _ => {}
        }
    }
    all
}

/// A word with plain hyphens.
pub(super) fn spelled(part: Pair<'_, Rule>, base: Spot) -> Spelled {
    Spelled {
        value: if part.as_rule() == Rule::phone || part.as_rule() == Rule::last {
            part.as_str().to_owned()
        } else {
            with_plain_dashes(part.as_str()).into_owned()
        },
        at: spot(&part, base),
    }
}

/// The place of a part in its file.
pub(super) fn spot(part: &Pair<'_, Rule>, base: Spot) -> Spot {
    let span = part.as_span();
    Spot {
        file: base.file,
        start: base.start + span.start() as u32,
        end: base.start + span.end() as u32,
    }
}

/// A text without its quotes and with its escapes resolved.
pub(super) fn text(part: Pair<'_, Rule>, base: Spot, findings: &mut Findings) -> Spelled {
    let at = spot(&part, base);
    let mut inner = part.as_str().chars();
    inner.next();
    inner.next_back();
    let inner = inner.as_str();
    if !inner.contains('\\') {
        let value = inner.to_owned();
        return Spelled { value, at };
    }
    let mut value = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at_backslash) = rest.find('\\') {
        value.push_str(&rest[..at_backslash]);
        rest = &rest[at_backslash + 1..];
        if let Some(quoted) = rest
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '\\'))
        {
            value.push(quoted);
            rest = &rest[1..];
        } else if let Some((code, after)) = unicode_escape(rest) {
            match u32::from_str_radix(code, 16).ok().and_then(char::from_u32) {
                Some(c) => value.push(c),
                None => {
                    let message = format!("\\u{{{code}}} is no Unicode character");
                    let help =
                        "write the character itself, or its code of up to six hexadecimal digits"
                            .to_owned();
                    findings.error(at, "unknown-character", message, Some(help));
                    value.push(char::REPLACEMENT_CHARACTER);
                }
            }
            rest = after;
        } else {
            value.push('\\');
        }
    }
    value.push_str(rest);
    Spelled { value, at }
}

/// The code inside `u{…}` and what follows it.
fn unicode_escape(rest: &str) -> Option<(&str, &str)> {
    let (code, after) = rest.strip_prefix("u{")?.split_once('}')?;
    let is_code = (1..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_hexdigit());
    is_code.then_some((code, after))
}
