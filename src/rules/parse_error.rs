//! What the parser could not read, said so that an administrator can mend it.

use super::fields::canonical_attribute;
use super::findings::{Findings, Spot, did_you_mean, nearest, shorten};
use super::keyword::{Keyword, is_reserved, properties_of};
use super::mend::mend;
use super::mend_formula::words;
use super::mend_phrases::connective;
use super::parse::Rule;
use super::synonyms;
use super::tokens::{TokenKind, tokenise};
use pest::error::{Error, ErrorVariant, InputLocation};
use std::collections::BTreeSet;

/// Reports why the piece `text`, which follows `keyword`, cannot be parsed by `rule`.
pub(super) fn report(
    rule: Rule,
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
    let token = tokenise(0, rest, &mut Findings::default()).first().copied();
    let Some(token) = token else {
        incomplete(rule, text, at, keyword, &expected, findings);
        return;
    };
    let start = position + token.start as usize;
    let read = &text[start..position + token.end as usize];
    let is_word = token.kind == TokenKind::Word && read.starts_with(char::is_alphabetic);
    let other_property = is_word && block.is_some() && begins_property(rule, text, start, read);
    if !other_property
        && findings.has_room()
        && let Some(fault) = mend(rule, keyword, text, position)
    {
        let spot = place(at, fault.at.start, fault.at.end);
        findings.error(spot, fault.code, fault.message, Some(fault.help));
        return;
    }
    let (code, message, help) = if is_word {
        word(rule, text, start, read, &expected, block)
    } else {
        other(read, &expected, keyword)
    };
    let help = help.unwrap_or_else(|| format!("for example: {}", example(keyword)));
    let spot = place(at, start, start + read.len());
    findings.error(spot, code, message, Some(help));
}

fn place(piece: Spot, start: usize, end: usize) -> Spot {
    Spot {
        start: piece.start + start as u32,
        end: piece.start + end as u32,
        ..piece
    }
}

/// A piece that ends before it is whole.
fn incomplete(
    rule: Rule,
    text: &str,
    at: Spot,
    keyword: Keyword,
    expected: &str,
    findings: &mut Findings,
) {
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
    let tokens = words(text);
    let open = ["and", "or", "not", "-and", "-or", "-not"];
    let open = tokens.last().filter(|word| open.iter().any(|w| word.is(w)));
    let mended = if rule == Rule::numbers_value || !findings.has_room() {
        None
    } else {
        mend(rule, keyword, text, text.len())
    };
    if let Some(fault) = mended
        .as_ref()
        .filter(|fault| fault.code == "foreign-keyword")
    {
        let spot = place(at, fault.at.start, fault.at.end);
        let (message, help) = (fault.message.clone(), Some(fault.help.clone()));
        findings.error(spot, fault.code, message, help);
        return;
    }
    let help = match (open, mended) {
        (Some(word), _) => format!("write a test behind `{}`, or take it out", word.text),
        (None, Some(fault)) => fault.help,
        (None, None) => format!("for example: {}", example(keyword)),
    };
    findings.error(spot, "incomplete", message, Some(help));
}

/// Whether the word at `start` begins a line and joins nothing: it was meant as a property of its own.
fn begins_property(rule: Rule, text: &str, start: usize, read: &str) -> bool {
    let before = text[..start].trim_end_matches([' ', '\t']);
    let begins_line = start > 0 && before.ends_with(['\n', '\r']);
    let goes_on = || {
        let word = &words(read)[0];
        canonical_attribute(read).is_some()
            || connective(word, true).or(connective(word, false)).is_some()
    };
    let is_formula = matches!(
        rule,
        Rule::when_value | Rule::policy_value | Rule::location_value
    );
    begins_line && !(is_formula && goes_on())
}

type Said = (&'static str, String, Option<String>);

fn word(
    rule: Rule,
    text: &str,
    start: usize,
    read: &str,
    expected: &str,
    block: Option<Keyword>,
) -> Said {
    let shown = shorten(read);
    if let Some(block) = block.filter(|_| start > 0) {
        let known = Keyword::from_word(read).filter(|keyword| keyword.is_property_of(block));
        if let Some(keyword) = known {
            let message = format!("the value of `{shown}` follows it without any sign");
            let help = format!("for example: {}", example(keyword));
            return ("stray-sign", message, Some(help));
        }
        if begins_property(rule, text, start, read) || nearest(read, properties_of(block)).is_some()
        {
            let message = format!("`{shown}` is no property of `{}`", block.spelling());
            return (
                "unknown-property",
                message,
                Some(property_help(read, block)),
            );
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

/// What to write instead of a word that is no property of the block.
pub(super) fn property_help(read: &str, block: Keyword) -> String {
    let plain = read.trim_matches(['"', '\'']);
    if Keyword::from_word(plain).is_some_and(|keyword| keyword.is_property_of(block)) {
        return format!("write `{plain}` without quotes, and its value without a colon");
    }
    synonyms::property(plain)
        .or_else(|| did_you_mean(plain, properties_of(block)))
        .unwrap_or_else(|| {
            let all: Vec<&str> = properties_of(block).collect();
            format!("its properties are {}", all.join(", "))
        })
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
        ";" => (
            "stray-sign",
            message,
            Some("no semicolons are needed".into()),
        ),
        _ => ("syntax", message, None),
    }
}

/// How the property or statement is written.
fn example(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Alias => "alias city \"München\" = \"Munich\", \"Muenchen\"",
        Keyword::Let => "let dach = [\"DE\", \"AT\", \"CH\"]",
        Keyword::Defaults => "defaults { quarantine 30 days }",
        Keyword::Range => "range \"munich\" { … }",
        Keyword::Operator => "operator \"Carrier\"",
        Keyword::Scope => "scope when company = \"Contoso\"",
        Keyword::Exclude => "exclude \"no direct line\" when employee_type = \"Contractor\"",
        Keyword::Exempt => "exempt \"board\" when department = \"Executive Board\"",
        Keyword::Description => "description \"Munich, all floors\"",
        Keyword::Type => "type direct-routing",
        Keyword::Numbers => "numbers +49 89 5550 1000 to 1999, +49 89 5550 3000",
        Keyword::Never => "never +49 89 5550 1110 to 1119",
        Keyword::Reserve => "reserve +49 89 5550 1900 to 1999",
        Keyword::Country => "country \"DE\"",
        Keyword::Unlisted => "unlisted reserve",
        Keyword::When => "when city = \"Bonn\" AND department IN [\"Sales\", \"Service\"]",
        Keyword::Priority => "priority 10",
        Keyword::Overflow => "overflow \"munich-2\", \"munich-3\"",
        Keyword::Select => "select lowest",
        Keyword::Grace => "grace 24 hours",
        Keyword::DeletedGrace => "deleted-grace 7 days",
        Keyword::Release => "release by-hand",
        Keyword::Quarantine => "quarantine 30 days",
        Keyword::KeepFree => "keep-free 5",
        Keyword::LowStock => "low-stock 10%",
        Keyword::Location => "location \"9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f\"",
        Keyword::Policy => "policy OnlineVoiceRoutingPolicy \"DE-Munich\"",
        Keyword::Id => "id \"3f1c2a54-7d0b-4b8e-9a6f-0c1d2e3f4a5b\"",
        Keyword::Countries => "countries [\"DE\", \"AT\"]",
        Keyword::Emergency => "emergency operator",
        Keyword::Migration => "migration after-upload",
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
