//! Mends a piece that could not be parsed: what was probably meant is written out, and offered if it can be parsed.

use super::findings::shorten;
use super::keyword::Keyword;
use super::mend_formula::{Word, translate, words};
use super::mend_numbers;
use super::mend_values::{self, Offer};
use super::parse::{Rule, canonical_formula};
use super::tokens::TokenKind;

/// What is said of a piece.
#[derive(Debug)]
pub(super) struct Fault {
    /// Bytes of the piece.
    pub(super) at: std::ops::Range<usize>,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

/// Longer pieces are not mended: nobody reads the offer, and the time it takes is better bounded.
const LONGEST: usize = 4_000;

/// Finds out what was meant by the piece `text` behind `keyword`, which `rule` could not parse from `position` on.
pub(super) fn mend(rule: Rule, keyword: Keyword, text: &str, position: usize) -> Option<Fault> {
    if text.len() > LONGEST || text.trim().is_empty() {
        return None;
    }
    match rule {
        Rule::when_value => formula(text, 0),
        Rule::scope_head => after_when(text, "scope", keyword),
        Rule::named_when => named(text, keyword),
        Rule::policy_value | Rule::location_value => {
            let tokens = words(text);
            let when = tokens.iter().position(|word| word.is("when"));
            match when {
                Some(at) if at > 0 && tokens[at].end <= position => {
                    formula(&text[tokens[at].end..], tokens[at].end)
                }
                _ => value(rule, keyword, text),
            }
        }
        Rule::numbers_value => numbers(text, position),
        _ => value(rule, keyword, text),
    }
}

/// An expression, which begins at `offset` of the piece.
fn formula(text: &str, offset: usize) -> Option<Fault> {
    let tokens = words(text);
    let moved = |at: std::ops::Range<usize>| at.start + offset..at.end + offset;
    let everyone = [
        "everyone",
        "everybody",
        "all",
        "any",
        "always",
        "true",
        "*",
        "jeder",
        "alle",
        "alles",
        "tous",
        "otherwise",
        "else",
    ];
    if let [only] = &tokens[..]
        && everyone.iter().any(|word| only.is(word))
    {
        return Some(Fault {
            at: moved(only.start..only.end),
            code: "foreign-keyword",
            message: format!("`{}` is not a word of this language", only.text),
            help: "write anyone".into(),
        });
    }
    if let Some(place) = compares_order(&tokens) {
        return Some(Fault {
            at: moved(tokens[place].start..tokens[place].end),
            code: "no-order",
            message: format!("`{}` asks for an order, and texts have none here", tokens[place].text),
            help: "use IN with a list, `starts with` or `matches`, such as postal_code matches \"^8[0-5]\"".into(),
        });
    }
    let translation = translate(text)?;
    let written = canonical_formula(&translation.text)?;
    Some(Fault {
        at: moved(translation.at),
        code: translation.code,
        message: translation.message,
        help: format!("write {written}"),
    })
}

/// Where values are compared by order.
fn compares_order(tokens: &[Word<'_>]) -> Option<usize> {
    tokens.iter().enumerate().skip(1).find_map(|(at, word)| {
        let next = tokens.get(at + 1).map_or("", |next| &*next.text);
        let before = &*tokens[at - 1].text;
        let sign = match &*word.text {
            "<" => next != ">",
            ">" => before != "<" && before != "=" && before != "-",
            _ => super::mend_phrases::ordering(word),
        };
        sign.then_some(at)
    })
}

/// `scope city = "A"`, `scope where …`.
fn after_when(text: &str, head: &str, keyword: Keyword) -> Option<Fault> {
    let tokens = words(text);
    let first = tokens.first()?;
    if first.is("when") {
        return formula(&text[first.end..], first.end);
    }
    let lead = ["where", "if", "wenn", "si", ":", "="]
        .iter()
        .any(|word| first.is(word));
    let rest = if lead { &text[first.end..] } else { text };
    let written = canonical_formula(rest).or_else(|| canonical_formula(&translate(rest)?.text))?;
    Some(Fault {
        at: first.start..first.end,
        code: "missing-when",
        message: format!(
            "`{}` is followed by `when` and a condition",
            keyword.spelling()
        ),
        help: format!("write {head} when {written}"),
    })
}

/// `exclude when …`, `exclude contractors when …`, `exclude "x" where …`.
fn named(text: &str, keyword: Keyword) -> Option<Fault> {
    let tokens = words(text);
    let word = keyword.spelling();
    let when = tokens.iter().position(|word| word.is("when"));
    if let Some(at) = when {
        let (head, rest) = (&tokens[..at], &text[tokens[at].end..]);
        let is_named = matches!(head, [name] if name.kind == TokenKind::Text);
        if is_named {
            return formula(rest, tokens[at].end);
        }
        let written =
            canonical_formula(rest).or_else(|| canonical_formula(&translate(rest)?.text))?;
        let shown: Vec<&str> = head.iter().map(|word| &*word.text).collect();
        let name = if head.is_empty() {
            "reason".to_owned()
        } else {
            shown.join(" ").replace('"', "")
        };
        return Some(Fault {
            at: tokens[0].start..tokens[at].end,
            code: if head.is_empty() {
                "missing-name"
            } else {
                "missing-quotes"
            },
            message: format!("`{word}` is followed by a name in quotes"),
            help: format!("write {word} \"{name}\" when {written}"),
        });
    }
    let first = tokens.first()?;
    if first.kind != TokenKind::Text {
        let fault = after_when(text, &format!("{word} \"reason\""), keyword)?;
        return Some(fault);
    }
    after_when(
        &text[first.end..],
        &format!("{word} {}", first.text),
        keyword,
    )
    .map(|fault| Fault {
        at: fault.at.start + first.end..fault.at.end + first.end,
        ..fault
    })
}

/// The entry in which reading stopped.
fn numbers(text: &str, position: usize) -> Option<Fault> {
    let position = position.min(text.len());
    let start = text[..position].rfind(',').map_or(0, |comma| comma + 1);
    let end = text[position..]
        .find(',')
        .map_or(text.len(), |comma| position + comma);
    // A comma may be the very sign that is in the way.
    let end = if end == position && end < text.len() {
        text.len()
    } else {
        end
    };
    let plain: Vec<&str> = text[start..end]
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .collect();
    let help = mend_numbers::mended(&plain.join("\n"))?;
    let rest = &text[position..];
    let token = words(rest).into_iter().next();
    let at = token.map_or(position..position, |word| {
        position + word.start..position + word.end
    });
    let read = shorten(&text[at.clone()]);
    let before = text[..at.start].trim_end_matches([' ', '\t', '\u{A0}']);
    let code = match read.chars().next() {
        Some(first)
            if before.ends_with(['\n', '\r']) && (first == '+' || first.is_ascii_digit()) =>
        {
            "missing-comma"
        }
        Some('"' | '\'' | '„' | '“') => "quoted-word",
        Some(first) if first.is_alphabetic() && !before.is_empty() => "not-a-digit",
        Some(':' | '=' | ';') => "stray-sign",
        _ => "syntax",
    };
    Some(Fault {
        at,
        code,
        message: format!("`{read}` is no part of a number or a span"),
        help,
    })
}

/// Any other value.
fn value(rule: Rule, keyword: Keyword, text: &str) -> Option<Fault> {
    let Offer {
        at,
        code,
        message,
        written,
    } = mend_values::offer(rule, keyword, text)?;
    let help = match rule {
        Rule::empty_head => written,
        _ => format!("write {} {written}", keyword.spelling()),
    };
    Some(Fault {
        at,
        code,
        message,
        help,
    })
}
