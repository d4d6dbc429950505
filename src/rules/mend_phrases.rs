//! Words of other languages, and what they are called here.

use super::format_formula::quoted;
use super::mend_formula::Word;
use super::tokens::TokenKind;

/// Operators of other languages; longer phrases first. Those that mean themselves are no operators of their own.
pub(super) const OPERATORS: &[(&str, &str)] = &[
    ("is not equal to", "!="),
    ("does not start with", "NOT starts with"),
    ("does not end with", "NOT ends with"),
    ("ist nicht leer", "is not empty"),
    ("is not one of", "NOT IN"),
    ("is equal to", "="),
    ("does not contain", "NOT contains"),
    ("does not equal", "!="),
    ("n'est pas vide", "is not empty"),
    ("is one of", "IN"),
    ("is not in", "NOT IN"),
    ("not one of", "NOT IN"),
    ("is not set", "is empty"),
    ("ist nicht", "!="),
    ("= = =", "="),
    ("! = =", "!="),
    ("is not empty", "is not empty"),
    ("is not null", "is not null"),
    ("is not blank", "is not blank"),
    ("not equal", "!="),
    ("not equals", "!="),
    ("equal to", "="),
    ("ist gleich", "="),
    ("ist leer", "is empty"),
    ("est vide", "is empty"),
    ("is missing", "is empty"),
    ("is unset", "is empty"),
    ("is nothing", "is empty"),
    ("is none", "is empty"),
    ("is set", "is not empty"),
    ("is empty", "is empty"),
    ("is null", "is null"),
    ("is blank", "is blank"),
    ("is in", "IN"),
    ("one of", "IN"),
    ("in list", "IN"),
    ("nicht in", "NOT IN"),
    ("pas dans", "NOT IN"),
    ("= empty", "is empty"),
    ("= blank", "is empty"),
    ("= none", "is empty"),
    ("= nil", "is empty"),
    ("= undefined", "is empty"),
    ("-eq empty", "is empty"),
    ("begins with", "starts with"),
    ("begin with", "starts with"),
    ("start with", "starts with"),
    ("starting with", "starts with"),
    ("starts with", "starts with"),
    ("beginnt mit", "starts with"),
    ("commence par", "starts with"),
    ("ends with", "ends with"),
    ("end with", "ends with"),
    ("ending with", "ends with"),
    ("endet mit", "ends with"),
    ("finit par", "ends with"),
    ("is not", "!="),
    ("= ~", "matches"),
    ("! ~", "NOT matches"),
    ("= >", "="),
    (": =", "="),
    ("= !", "!="),
    ("not =", "!="),
    ("dans", "IN"),
    ("beginswith", "starts with"),
    ("begins", "starts with"),
    ("starts_with", "starts with"),
    ("startwith", "starts with"),
    ("starts", "starts with"),
    ("-startwith", "starts with"),
    ("-beginswith", "starts with"),
    ("ends_with", "ends with"),
    ("endwith", "ends with"),
    ("ends", "ends with"),
    ("includes", "contains"),
    ("-includes", "contains"),
    ("contain", "contains"),
    ("enthält", "contains"),
    ("enthaelt", "contains"),
    ("contient", "contains"),
    ("regex", "matches"),
    ("regexp", "matches"),
    ("rlike", "matches"),
    ("match", "matches"),
    ("-matches", "matches"),
    ("-imatch", "matches"),
    ("-cmatch", "matches"),
    ("-regex", "matches"),
    ("-icontains", "contains"),
    ("-ccontains", "contains"),
    ("-ceq", "="),
    ("-ieq", "="),
    ("-equals", "="),
    ("equals", "="),
    ("gleich", "="),
    ("-cne", "!="),
    ("-ine", "!="),
    ("ungleich", "!="),
    ("exists", "is not empty"),
    ("isnull", "is empty"),
    ("≠", "!="),
    ("~", "matches"),
    (":", "="),
    ("ist", "="),
    ("est", "="),
    ("is", "="),
    ("not", "!="),
    ("-is", "="),
    ("-isnot", "!="),
];

/// Connectives of other languages: those that join stand after a test, those that negate before one.
const JOINING: &[(&str, &str)] = &[
    ("und", "AND"),
    ("oder", "OR"),
    ("sowie", "AND"),
    ("et", "AND"),
    ("ou", "OR"),
    ("y", "AND"),
    ("o", "OR"),
    ("e", "AND"),
    ("en", "AND"),
    ("of", "OR"),
    ("ed", "AND"),
    ("och", "AND"),
    ("eller", "OR"),
    ("i", "AND"),
    ("lub", "OR"),
    ("plus", "AND"),
    ("with", "AND"),
    ("but", "AND"),
    ("aber", "AND"),
    ("&", "AND"),
    ("|", "OR"),
    (",", "AND"),
    ("-und", "AND"),
    ("-oder", "OR"),
    ("andalso", "AND"),
    ("orelse", "OR"),
];

const NEGATING: &[(&str, &str)] = &[
    ("nicht", "NOT"),
    ("non", "NOT"),
    ("pas", "NOT"),
    ("niet", "NOT"),
    ("kein", "NOT"),
    ("-nicht", "NOT"),
    ("except", "NOT"),
    ("unless", "NOT"),
    ("¬", "NOT"),
];

/// The connective a word stands for.
pub(super) fn connective(word: &Word<'_>, after_test: bool) -> Option<&'static str> {
    let table = if after_test { JOINING } else { NEGATING };
    if word.kind == TokenKind::Text {
        return None;
    }
    let found = table.iter().find(|(foreign, _)| word.is(foreign));
    found.map(|(_, meant)| *meant)
}

/// Whether the word compares by order, which texts do not have.
pub(super) fn ordering(word: &Word<'_>) -> bool {
    const WORDS: [&str; 11] = [
        "between", "-gt", "-ge", "-lt", "-le", "gt", "ge", "lt", "le", "zwischen", "entre",
    ];
    WORDS.iter().any(|known| word.is(known))
}

/// What `like` means here, by the place of its wildcards.
pub(super) fn wildcard(pattern: &str, negated: bool) -> String {
    let not = if negated { "NOT " } else { "" };
    let is_wild = |c: char| matches!(c, '*' | '%');
    let inner = pattern.trim_matches(is_wild);
    let (open, close) = (pattern.starts_with(is_wild), pattern.ends_with(is_wild));
    if inner.contains(is_wild) || pattern.contains('?') {
        let mut regex = String::new();
        for c in pattern.chars() {
            match c {
                '*' | '%' => regex.push_str(".*"),
                '?' => regex.push('.'),
                c if c.is_alphanumeric() || c == ' ' => regex.push(c),
                c => regex.extend(['\\', c]),
            }
        }
        return format!("{not}matches {}", quoted(&format!("^{regex}$")));
    }
    let value = quoted(inner);
    match (open, close) {
        (_, _) if inner.is_empty() && !negated => "is not empty".to_owned(),
        (_, _) if inner.is_empty() => "is empty".to_owned(),
        (true, true) => format!("{not}contains {value}"),
        (true, false) => format!("{not}ends with {value}"),
        (false, true) => format!("{not}starts with {value}"),
        (false, false) if negated => format!("!= {value}"),
        (false, false) => format!("= {value}"),
    }
}

/// What a call of a function means here.
pub(super) fn function(name: &str, arguments: &[String]) -> Option<String> {
    let is_text = |text: &String| text.starts_with(['"', '\'', '„', '“', '‘', '«']);
    let (texts, names): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|text| is_text(text));
    let name = name.trim_start_matches('-').replace('_', "");
    let values = || {
        let plain: Vec<String> = texts.iter().map(|text| requoted(text)).collect();
        plain.join(", ")
    };
    if let (Some(value), "ismemberof" | "memberof" | "ingroup") = (texts.first(), name.as_str()) {
        return Some(format!("groups has {}", requoted(value)));
    }
    let field = names.first()?;
    let operator = match name.as_str() {
        "startswith" | "beginswith" | "left" | "hasprefix" => "starts with",
        "endswith" | "right" | "hassuffix" => "ends with",
        "contains" | "substringof" | "includes" | "instr" | "charindex" | "indexof" => "contains",
        "equals" | "eq" | "is" => "=",
        "matches" | "match" | "regex" | "regexmatch" | "regexplike" | "test" => "matches",
        "like" => {
            return Some(format!(
                "{field} {}",
                wildcard(&inside(texts.first()?), false)
            ));
        }
        "in" | "oneof" | "any" | "isin" => return Some(format!("{field} IN [{}]", values())),
        "lower" | "upper" | "tolower" | "toupper" | "trim" | "lcase" | "ucase" | "ltrim"
        | "rtrim" | "casefold" | "tostring" | "toupperinvariant" | "tolowerinvariant" | "strip" => {
            return Some((*field).clone());
        }
        "isnull" | "isblank" | "isempty" | "empty" | "isnullorempty" | "isnullorwhitespace" => {
            return Some(format!("{field} is empty"));
        }
        "exists" | "has" | "notempty" | "isset" => return Some(format!("{field} is not empty")),
        _ => return None,
    };
    Some(format!("{field} {operator} {}", requoted(texts.first()?)))
}

fn requoted(text: &str) -> String {
    quoted(&inside(text))
}

fn inside(text: &str) -> String {
    let mut inner = text.chars();
    inner.next();
    inner.next_back();
    inner.as_str().to_owned()
}
