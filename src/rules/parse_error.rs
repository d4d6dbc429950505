//! What the parser could not read, said so that an administrator can mend it.

use super::findings::{Findings, Spot, did_you_mean, nearest, shorten};
use super::keyword::{Keyword, is_reserved, properties_of};
use super::parse::Rule;
use super::tokens::{TokenKind, tokenise};
use pest::error::{Error, ErrorVariant, InputLocation};
use std::collections::BTreeSet;

/// Connectives in other languages, and what to write instead.
const FOREIGN: [(&str, &str); 11] = [
    ("und", "AND"),
    ("oder", "OR"),
    ("nicht", "NOT"),
    ("et", "AND"),
    ("ou", "OR"),
    ("non", "NOT"),
    ("y", "AND"),
    ("o", "OR"),
    ("e", "AND"),
    ("en", "AND"),
    ("of", "OR"),
];

/// Reports why the piece `text`, which follows `keyword`, cannot be parsed.
pub(super) fn report(
    text: &str,
    at: Spot,
    keyword: Keyword,
    block: Option<Keyword>,
    error: &Error<Rule>,
    findings: &mut Findings,
) {
    let position = match error.location {
        InputLocation::Pos(position) | InputLocation::Span((position, _)) => position,
    };
    let rest = &text[position..];
    let expected = expected(error);
    let Some(token) = tokenise(0, rest, &mut Findings::default()).first().copied() else {
        // The last sign that was read; of an empty piece, the word it follows.
        let last = text.chars().next_back().map_or(0, char::len_utf8) as u32;
        let before = keyword.spelling().len() as u32;
        let back = if text.is_empty() { before } else { last };
        let spot = Spot {
            start: at.end.saturating_sub(back),
            ..at
        };
        let message = format!(
            "`{}` ends too early: expected {expected}",
            keyword.spelling()
        );
        findings.error(spot, "incomplete", message, None);
        return;
    };
    let read = &rest[token.start as usize..token.end as usize];
    let spot = Spot {
        file: at.file,
        start: at.start + position as u32 + token.start,
        end: at.start + position as u32 + token.end,
    };
    let is_word = token.kind == TokenKind::Word && read.starts_with(char::is_alphabetic);
    let (code, message, help) = if is_word {
        word(text, position, read, &expected, block)
    } else {
        other(read, &expected, keyword)
    };
    findings.error(spot, code, message, help);
}

type Said = (&'static str, String, Option<String>);

fn word(text: &str, position: usize, read: &str, expected: &str, block: Option<Keyword>) -> Said {
    let shown = shorten(read);
    let foreign = FOREIGN
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(read));
    if let Some((_, meant)) = foreign {
        let message = format!("`{shown}` is not a word of this language");
        return ("foreign-keyword", message, Some(format!("write {meant}")));
    }
    if let Some(block) = block.filter(|_| position > 0) {
        let before = text[..position].trim_end_matches([' ', '\t']);
        let begins_line = before.ends_with(['\n', '\r']);
        if begins_line || nearest(read, properties_of(block)).is_some() {
            let message = format!("`{shown}` is no property of `{}`", block.spelling());
            let help = did_you_mean(read, properties_of(block));
            return ("unknown-property", message, help);
        }
    }
    if expected.contains("a text in quotes") && !is_reserved(read) {
        let message = format!("expected {expected}, found `{shown}`");
        return (
            "missing-quotes",
            message,
            Some(format!("write \"{shown}\"")),
        );
    }
    (
        "syntax",
        format!("expected {expected}, found `{shown}`"),
        None,
    )
}

fn other(read: &str, expected: &str, keyword: Keyword) -> Said {
    let shown = shorten(read);
    let numbers = matches!(
        keyword,
        Keyword::Numbers | Keyword::Never | Keyword::Reserve
    );
    let message = format!("expected {expected}, found `{shown}`");
    let is_number = read.starts_with(|c: char| c == '+' || c.is_ascii_digit());
    match read {
        _ if numbers && is_number => (
            "missing-comma",
            message,
            Some("a number stands on one line; a comma separates numbers".into()),
        ),
        _ if is_number && expected.contains("a text in quotes") => (
            "missing-quotes",
            message,
            Some(format!("write \"{shown}\"")),
        ),
        "\"" | "'" => ("syntax", message, Some("quotes come in pairs".into())),
        ";" => ("syntax", message, Some("no semicolons are needed".into())),
        "&" => ("syntax", message, Some("write AND".into())),
        "|" => ("syntax", message, Some("write OR".into())),
        _ if expected.contains("a list such as") && read.len() > 1 => {
            ("syntax", message, Some(format!("write [{shown}]")))
        }
        _ => ("syntax", message, None),
    }
}

/// What could have stood there, as a phrase.
fn expected(error: &Error<Rule>) -> String {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return "something else".into();
    };
    let phrases: BTreeSet<&str> = positives.iter().map(|rule| phrase(*rule)).collect();
    let mut phrases: Vec<&str> = phrases.into_iter().filter(|p| !p.is_empty()).collect();
    let Some(last) = phrases.pop() else {
        return "something else".into();
    };
    if phrases.is_empty() {
        last.to_owned()
    } else {
        format!("{} or {last}", phrases.join(", "))
    }
}

fn phrase(rule: Rule) -> &'static str {
    match rule {
        Rule::text | Rule::text_value | Rule::texts_value | Rule::name_head => "a text in quotes",
        Rule::list | Rule::list_value => "a list such as [\"A\", \"B\"]",
        Rule::name => "a name",
        Rule::word | Rule::word_value => "a word",
        Rule::phone | Rule::last | Rule::entry | Rule::numbers_value => {
            "a number such as +49 89 5550 1000"
        }
        Rule::to_word => "`to`",
        Rule::from_word => "`from`",
        Rule::date => "a day such as 2026-12-01",
        Rule::integer | Rule::whole | Rule::integer_value => "a whole number",
        Rule::duration_value => "a duration such as 30 days",
        Rule::hours => "`hours`",
        Rule::days => "`days`",
        Rule::percent => "`%`",
        Rule::when_word | Rule::scope_head => "`when`",
        Rule::and_word => "`AND`",
        Rule::or_word => "`OR`",
        Rule::negation => "",
        Rule::not_word => "`NOT`",
        Rule::group => "`(`",
        Rule::any | Rule::all | Rule::not | Rule::test | Rule::attribute | Rule::when_value => {
            "an attribute"
        }
        Rule::anyone => "`anyone`",
        Rule::equality | Rule::equal | Rule::not_equal => "`=`, `!=`",
        Rule::membership | Rule::in_word | Rule::not_in => "`IN`",
        Rule::emptiness | Rule::is_word => "`is empty`",
        Rule::empty_word => "`empty`",
        Rule::has | Rule::has_word => "`has`",
        Rule::pattern | Rule::matches | Rule::not_match => "`matches`",
        Rule::with_word => "`with`",
        Rule::text_test | Rule::starts | Rule::starts_word => "`starts with`",
        Rule::ends | Rule::ends_word => "`ends with`",
        Rule::contains => "`contains`",
        Rule::null => "",
        Rule::yes | Rule::no => "`true`, `false`",
        Rule::comma => "a comma",
        Rule::assign => "`=`",
        Rule::close_list => "`]`",
        Rule::close_group => "`)`",
        Rule::EOI => "the end",
        Rule::empty_head => "`{`",
        _ => "",
    }
}
