//! Words, texts, comments and signs of a rule file: just enough to tell where one piece ends and the next begins.

use super::findings::{Findings, Spot};
use std::borrow::Cow;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits, underscores and hyphens.
    Word,
    /// A text with its quotes.
    Text,
    /// A text without its closing quote, up to the end of its line.
    Unclosed,
    /// One other character.
    Sign,
}

/// A token and its place, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Every quote that opens a text, with those that close it.
const QUOTES: [(char, &[char]); 12] = [
    ('"', &['"']),
    ('\'', &['\'']),
    ('„', &['“', '”']),
    ('“', &['”']),
    ('”', &['”']),
    ('«', &['»']),
    ('»', &['«']),
    ('‚', &['‘', '’']),
    ('‘', &['’']),
    ('’', &['’']),
    ('‹', &['›']),
    ('›', &['‹']),
];

/// Whether the character is a hyphen, dash or minus other than the plain one.
pub(super) fn is_typographic_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The word with plain hyphens.
pub(super) fn with_plain_dashes(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(word.replace(is_typographic_dash, "-"))
    }
}

/// Whether the character is nothing but space between tokens.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}')
}

/// Splits a text into tokens, without spaces and comments. Reports unclosed texts, and typographic quotes and
/// hyphens, which are accepted.
pub(super) fn tokenise(file: u32, text: &str, findings: &mut Findings) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 6);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let start = (text.len() - rest.len()) as u32;
        let (kind, length) = if is_space(first) {
            (None, first.len_utf8())
        } else if first == '#' {
            (None, rest.find(['\n', '\r']).unwrap_or(rest.len()))
        } else if let Some((_, closers)) = QUOTES.iter().find(|(open, _)| *open == first) {
            read_text(rest, first, closers)
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (Some(TokenKind::Word), length)
        } else {
            (Some(TokenKind::Sign), first.len_utf8())
        };
        if let Some(kind) = kind {
            let end = start + length as u32;
            tokens.push(Token { kind, start, end });
            report(Spot { file, start, end }, kind, &rest[..length], findings);
        }
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '-')
        || (!c.is_ascii() && (c.is_alphanumeric() || is_typographic_dash(c)))
}

fn read_text(rest: &str, open: char, closers: &[char]) -> (Option<TokenKind>, usize) {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next_if(|(_, next)| matches!(next, '"' | '\'' | '\\'));
        } else if closers.contains(&c) {
            return (Some(TokenKind::Text), at + c.len_utf8());
        } else if matches!(c, '\n' | '\r') {
            return (Some(TokenKind::Unclosed), at.max(open.len_utf8()));
        }
    }
    (Some(TokenKind::Unclosed), rest.len())
}

fn report(spot: Spot, kind: TokenKind, token: &str, findings: &mut Findings) {
    match kind {
        TokenKind::Unclosed => findings.error(
            spot,
            "unclosed-text",
            "this text is not closed on its line".into(),
            Some("close it with the partner of its first quote".into()),
        ),
        TokenKind::Text if !token.starts_with(['"', '\'']) => {
            let inner: String = token.chars().skip(1).collect();
            let inner = inner.strip_suffix(|_| true).unwrap_or_default();
            findings.warning(
                spot,
                "typographic-quotes",
                "these are typographic quotes; they are read as plain ones".into(),
                Some(format!("write \"{}\"", inner.replace('"', "\\\""))),
            );
        }
        TokenKind::Word
            if !token.is_ascii()
                && token.contains(is_typographic_dash)
                && token.contains(char::is_alphabetic) =>
        {
            findings.warning(
                spot,
                "typographic-dash",
                "this is a typographic dash; it is read as a hyphen".into(),
                Some(format!("write {}", with_plain_dashes(token))),
            );
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut findings = Findings::default();
        let shown: Vec<String> = tokenise(0, text, &mut findings)
            .iter()
            .map(|t| format!("{:?}:{}", t.kind, &text[t.start as usize..t.end as usize]))
            .collect();
        assert_eq!(shown.join(" "), expected, "{text}");
    }

    #[test]
    fn knows_text_and_comments() {
        check(
            "city = \"a # b\" # c \"d",
            "Word:city Sign:= Text:\"a # b\"",
        );
        check(
            r#""a\"b" 'it\'s' "\x""#,
            r#"Text:"a\"b" Text:'it\'s' Text:"\x""#,
        );
        check("„Bonn“ «x» “y”", "Text:„Bonn“ Text:«x» Text:“y”");
        check("\"open\nrange", "Unclosed:\"open Word:range");
        check("keep-free –eq", "Word:keep-free Word:–eq");
        check("\"", "Unclosed:\"");
    }
}
