//! Mends the values of properties and the heads of statements.

use super::format_formula::quoted;
use super::keyword::Keyword;
use super::mend_formula::{Word, words};
use super::parse::{Rule, parses};
use super::tokens::TokenKind;

/// What a value should be.
pub(super) struct Offer {
    pub(super) at: std::ops::Range<usize>,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// As it should be written.
    pub(super) written: String,
}

/// Offers another way to write the value, if there is one that can be parsed.
pub(super) fn offer(rule: Rule, keyword: Keyword, text: &str) -> Option<Offer> {
    let line = match rule {
        Rule::list_value | Rule::texts_value | Rule::let_head | Rule::alias_head => text,
        _ => text.lines().next()?,
    };
    let all = words(line);
    let tokens = without_signs(&all);
    let stray = all
        .first()
        .zip(tokens.first())
        .is_none_or(|(a, b)| a.start != b.start)
        || all.len() != tokens.len();
    let written = match rule {
        Rule::word_value => joined(tokens, "-").to_lowercase().replace('_', "-"),
        Rule::integer_value => count(tokens)?.0,
        Rule::duration_value => duration(tokens)?,
        Rule::amount_value => amount(tokens)?,
        Rule::text_value | Rule::name_head => quoted(&plain(line, tokens)?),
        Rule::texts_value => texts(tokens)?.join(", "),
        Rule::list_value => format!("[{}]", texts(tokens)?.join(", ")),
        Rule::policy_value => policy(tokens)?,
        Rule::location_value => quoted(&plain(line, tokens)?),
        Rule::let_head => list(tokens)?,
        Rule::alias_head => alias(tokens)?,
        Rule::empty_head => return nameless(&all),
        _ => return None,
    };
    // What can be parsed as it stands is not what was in the way.
    if written == line.trim() || !parses(rule, &written) {
        return None;
    }
    let (code, message) = kind(rule, keyword, stray, tokens);
    let first = if stray { all.first()? } else { tokens.first()? };
    Some(Offer {
        at: first.start..first.end,
        code,
        message,
        written,
    })
}

/// What kind of fault it is, by what had to be changed.
fn kind(rule: Rule, keyword: Keyword, stray: bool, tokens: &[Word<'_>]) -> (&'static str, String) {
    let has_text = tokens.iter().any(|token| token.kind == TokenKind::Text);
    let takes_word = matches!(
        rule,
        Rule::word_value | Rule::integer_value | Rule::duration_value | Rule::amount_value
    );
    let (code, message) = match rule {
        Rule::let_head => (
            "list-form",
            "a list is a name, = and texts in square brackets",
        ),
        Rule::alias_head => (
            "alias-form",
            "an alias is an attribute, a value, = and other spellings",
        ),
        Rule::list_value if !stray && has_text => (
            "list-form",
            "its texts stand in square brackets, with commas between",
        ),
        Rule::texts_value if !stray && has_text => (
            "list-form",
            "its texts stand without brackets, with commas between",
        ),
        Rule::policy_value if !stray && has_text => (
            "policy-form",
            "a policy is its type, a bare word, and its name in quotes",
        ),
        _ if stray => (
            "stray-sign",
            "its value follows it without any sign, and nothing follows the value",
        ),
        _ if takes_word && has_text => ("quoted-word", "its value stands without quotes"),
        Rule::duration_value => ("wrong-unit", "it takes a whole number of hours or days"),
        Rule::amount_value => ("wrong-unit", "it takes a whole number, or one with %"),
        Rule::integer_value => ("wrong-unit", "it takes a whole number"),
        Rule::word_value => ("two-words", "its value is one word"),
        _ => ("missing-quotes", "its value is a text in quotes"),
    };
    (
        code,
        format!("`{}` is written otherwise: {message}", keyword.spelling()),
    )
}

/// Without colons, equals signs and brackets around, and without commas and semicolons behind.
fn without_signs<'t, 'a>(tokens: &'t [Word<'a>]) -> &'t [Word<'a>] {
    let mut tokens = tokens;
    let is_any = |word: &Word<'_>, signs: &[&str]| signs.iter().any(|sign| word.is(sign));
    while let Some((first, rest)) = tokens.split_first()
        && is_any(first, &[":", "=", ">", "is"])
    {
        tokens = rest;
    }
    while let Some((last, rest)) = tokens.split_last()
        && is_any(last, &[",", ";", "."])
    {
        tokens = rest;
    }
    tokens
}

/// The words and texts, quotes aside.
fn joined(tokens: &[Word<'_>], by: &str) -> String {
    let parts: Vec<String> = tokens.iter().map(content).collect();
    parts.join(by).replace(' ', by)
}

fn content(word: &Word<'_>) -> String {
    match word.kind {
        TokenKind::Text => word.inside(),
        _ => word.text.to_string(),
    }
}

/// What is meant as one text: the one text there is, or all words.
fn plain(line: &str, tokens: &[Word<'_>]) -> Option<String> {
    let texts: Vec<&Word<'_>> = tokens
        .iter()
        .filter(|word| word.kind == TokenKind::Text)
        .collect();
    match texts[..] {
        [only] => Some(only.inside()),
        [] => {
            let (first, last) = (tokens.first()?, tokens.last()?);
            Some(
                line[first.start..last.end]
                    .trim_matches(['[', ']', '(', ')'])
                    .to_owned(),
            )
        }
        _ => None,
    }
}

/// A whole number, and the word behind it.
fn count(tokens: &[Word<'_>]) -> Option<(String, String)> {
    let all = joined(tokens, " ");
    let all = all.trim_matches(['[', ']', '(', ')', ' ']);
    let digits: String = all
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '-')
        .collect();
    digits.parse::<i64>().ok()?;
    let rest = all[digits.len()..].trim().to_lowercase();
    let decimals = rest.starts_with(['.', ',']);
    let unit = match decimals {
        true => rest[1..]
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
            .to_owned(),
        false => rest,
    };
    Some((digits, unit))
}

/// `30d`, `2 weeks`, `P30D`, `720` and the like, in hours or days.
fn duration(tokens: &[Word<'_>]) -> Option<String> {
    let (digits, unit) = match count(tokens) {
        Some(read) => read,
        None => {
            let iso = joined(tokens, "").to_lowercase();
            let inner = iso.strip_prefix("pt").or(iso.strip_prefix('p'))?;
            let unit = inner.trim_start_matches(|c: char| c.is_ascii_digit());
            (
                inner[..inner.len() - unit.len()].to_owned(),
                unit.to_owned(),
            )
        }
    };
    let count: i64 = digits
        .parse()
        .ok()
        .filter(|count| (0..100_000).contains(count))?;
    let (count, unit) = match unit.trim_end_matches('.') {
        "" | "d" | "day" | "days" | "tag" | "tage" | "tagen" | "jour" | "jours" | "j"
        | "calendar days" => (count, "day"),
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure"
        | "heures" => (count, "hour"),
        "w" | "week" | "weeks" | "woche" | "wochen" | "semaine" | "semaines" => (7 * count, "day"),
        "month" | "months" | "monat" | "monate" | "mois" | "mo" => (30 * count, "day"),
        "y" | "year" | "years" | "jahr" | "jahre" | "an" | "ans" => (365 * count, "day"),
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => ((count + 59) / 60, "hour"),
        "s" | "sec" | "secs" | "second" | "seconds" | "sekunden" => ((count + 3599) / 3600, "hour"),
        _ => return None,
    };
    Some(format!(
        "{count} {unit}{}",
        if count == 1 { "" } else { "s" }
    ))
}

/// `5 percent`, `10.5%`, `5 numbers`.
fn amount(tokens: &[Word<'_>]) -> Option<String> {
    let (digits, unit) = count(tokens)?;
    let digits = digits.trim_start_matches('-');
    match unit.as_str() {
        "" | "numbers" | "number" | "nummern" | "free" | "numéros" => Some(digits.to_owned()),
        "%" | "percent" | "prozent" | "pct" | "pourcent" | "per cent" | "% free" => {
            Some(format!("{digits}%"))
        }
        _ => None,
    }
}

/// Texts in whatever form.
fn texts(tokens: &[Word<'_>]) -> Option<Vec<String>> {
    let is_separator = |word: &&Word<'_>| {
        let signs = [
            "[", "]", "(", ")", "{", "}", ",", ";", "@", "and", "und", "or", "then", "&", "|", ">",
            "-",
        ];
        !signs.iter().any(|sign| word.is(sign))
    };
    let kept: Vec<&Word<'_>> = tokens.iter().filter(is_separator).collect();
    let sound = !kept.is_empty() && kept.iter().all(|word| word.kind != TokenKind::Sign);
    sound.then(|| kept.iter().map(|word| quoted(&content(word))).collect())
}

/// Type and name of a policy.
fn policy(tokens: &[Word<'_>]) -> Option<String> {
    let kept: Vec<&Word<'_>> = tokens
        .iter()
        .filter(|word| word.kind != TokenKind::Sign)
        .collect();
    match kept[..] {
        [only] if only.kind == TokenKind::Text => Some(format!(
            "OnlineVoiceRoutingPolicy {}",
            quoted(&only.inside())
        )),
        [first, .., last] => {
            let name = match last.kind {
                TokenKind::Text => last.inside(),
                _ => kept[1..]
                    .iter()
                    .map(|word| content(word))
                    .collect::<Vec<_>>()
                    .join(" "),
            };
            Some(format!(
                "{} {}",
                content(first).replace(' ', ""),
                quoted(&name)
            ))
        }
        _ => None,
    }
}

/// `let x = [...]` in whatever form.
fn list(tokens: &[Word<'_>]) -> Option<String> {
    let tokens = match tokens.first() {
        Some(sign) if sign.is("$") => &tokens[1..],
        _ => tokens,
    };
    let (name, rest) = tokens.split_first()?;
    let rest = without_signs(rest);
    Some(format!(
        "{} = [{}]",
        content(name).replace([' ', '-'], "_"),
        texts(rest)?.join(", ")
    ))
}

/// `alias city "A" = "B"` in whatever form.
fn alias(tokens: &[Word<'_>]) -> Option<String> {
    let kept: Vec<&Word<'_>> = tokens
        .iter()
        .filter(|word| {
            word.kind != TokenKind::Sign && !word.is("is") && !word.is("as") && !word.is("for")
        })
        .collect();
    let (first, rest) = kept.split_first()?;
    let (attribute, values) = match super::fields::canonical_attribute(&content(first)) {
        Some(attribute) => (attribute, rest),
        None => ("city", &kept[..]),
    };
    let (preferred, spellings) = values.split_first()?;
    let spellings: Vec<String> = spellings
        .iter()
        .map(|word| quoted(&content(word)))
        .collect();
    (!spellings.is_empty()).then(|| {
        format!(
            "{attribute} {} = {}",
            quoted(&content(preferred)),
            spellings.join(", ")
        )
    })
}

/// `defaults "x" {`: there is no name.
fn nameless(tokens: &[Word<'_>]) -> Option<Offer> {
    let first = tokens.first()?;
    Some(Offer {
        at: first.start..first.end,
        code: "stray-name",
        message: "`defaults` has no name: it holds for its file".into(),
        written: "write defaults { … }".into(),
    })
}
