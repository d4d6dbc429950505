//! Reads the numbers of a range as people write them.

use super::findings::shorten;
use super::findings::{Findings, Spot};
use super::mend_numbers::mended;
use super::plans::NumberingPlans;
use super::syntax::{Entry, Spelled};
use super::tokens::is_typographic_dash;
use crate::numbering::{E164, NumberError, Span};
use jiff::civil::Date;

/// One entry of `numbers`, `never` or `reserve`.
#[derive(Clone, Copy, Debug)]
pub(super) struct CheckedEntry {
    pub(super) span: Span,
    pub(super) from: Option<Date>,
    pub(super) at: Spot,
}

pub(super) type Fault = (&'static str, String, Option<String>);

/// Reads one entry; a fault is reported.
pub(super) fn entry(
    entry: &Entry,
    plans: &mut NumberingPlans,
    findings: &mut Findings,
) -> Option<CheckedEntry> {
    match read_entry(entry, plans) {
        Ok(checked) => Some(checked),
        Err((at, (code, message, help))) => {
            let mended = findings.has_room().then(|| mended(&written(entry)));
            findings.error(at, code, message, mended.flatten().or(help));
            None
        }
    }
}

/// Reads one entry.
pub(super) fn read_entry(
    entry: &Entry,
    plans: &mut NumberingPlans,
) -> Result<CheckedEntry, (Spot, Fault)> {
    let first = number(&entry.first.value).map_err(|fault| (entry.first.at, fault))?;
    let day = |day: &Spelled| {
        day.value.parse::<Date>().map_err(|_| {
            let message = format!("there is no day {}", day.value);
            let help = "write a day of the calendar, such as 2027-02-28".to_owned();
            (day.at, ("unknown-day", message, Some(help)))
        })
    };
    let from = entry.from.as_ref().map(day).transpose()?;
    let last = match &entry.last {
        None => first,
        Some(last) => last_of(first, last).map_err(|fault| (last.at, fault))?,
    };
    let last_at = entry.last.as_ref().map(|last| last.at);
    let at = last_at.map_or(entry.first.at, |last| entry.first.at.to(last));
    let span = Span::new(first, last).ok_or_else(|| (at, wrong_ends(first, last)))?;
    for (end, place) in [(first, Some(entry.first.at)), (last, last_at)] {
        if let Some(place) = place.filter(|_| !plans.is_possible(end)) {
            let message = format!("no numbering plan has a number {end}");
            let help = "count its digits: some are missing, too many, or the country code is wrong";
            return Err((place, ("impossible-number", message, Some(help.into()))));
        }
    }
    Ok(CheckedEntry { span, from, at })
}

/// The entry as it was written, white space aside.
fn written(entry: &Entry) -> String {
    let mut text = entry.first.value.clone();
    for (word, part) in [(" to ", &entry.last), (" from ", &entry.from)] {
        if let Some(part) = part {
            text.push_str(word);
            text.push_str(&part.value);
        }
    }
    text
}

fn wrong_ends(first: E164, last: E164) -> Fault {
    if first.length() != last.length() {
        let message = format!("the ends of this span differ in length: {first} and {last}");
        let mut digits = last.digits().to_string();
        digits.truncate(first.length());
        let help =
            format!("both ends have as many digits: write {first} to +{digits}, if that is meant");
        ("span-length", message, Some(help))
    } else {
        let message = format!("this span ends before it begins: {first} to {last}");
        let help = Some(format!("write {last} to {first}"));
        ("span-order", message, help)
    }
}

/// The last number of a span, which may be written by its last digits only.
fn last_of(first: E164, last: &Spelled) -> Result<E164, Fault> {
    if last.value.starts_with('+') {
        return number(&last.value);
    }
    let digits = digits_of(&last.value)?;
    let whole = first.digits().to_string();
    let Some(kept) = whole.len().checked_sub(digits.len()) else {
        let message = format!("this end has more digits than {first}");
        let help = Some("write the last digits, or the whole number with its +".into());
        return Err(("span-length", message, help));
    };
    number(&format!("+{}{digits}", &whole[..kept]))
}

/// One whole number.
fn number(text: &str) -> Result<E164, Fault> {
    let Some(after_plus) = text.strip_prefix('+') else {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let help = match digits.strip_prefix("00") {
            Some(rest) => format!("write +{rest}"),
            None => format!(
                "write +49{} if it is a German number",
                digits.trim_start_matches('0')
            ),
        };
        let message = format!(
            "`{}` does not begin with + and the country code",
            shorten(text)
        );
        return Err(("number-without-plus", message, Some(help)));
    };
    let digits = digits_of(after_plus)?;
    format!("+{digits}").parse().map_err(|error| match error {
        NumberError::Length(length) => {
            let message = format!("a number has 7 to 15 digits, this has {length}");
            let help = match length > 15 {
                true => "is a comma missing?",
                false => "write the whole number, such as +49 89 5550 1000",
            };
            ("number-length", message, Some(help.to_owned()))
        }
        other => ("wrong-number", other.to_string(), None),
    })
}

/// The digits without what separates them for people.
pub(super) fn digits_of(text: &str) -> Result<String, Fault> {
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if tight.contains("(0)") {
        let message = "(0) is dialled inside a country only, it is no part of the number";
        let help = format!(
            "leave out (0): {}",
            text.replace("(0)", " ").replace("  ", " ").trim()
        );
        return Err(("trunk-zero", message.into(), Some(help)));
    }
    if text.contains(is_typographic_dash) || text.contains(" - ") {
        let help = text
            .replace(is_typographic_dash, "-")
            .replace(" - ", "-")
            .replace('-', " to ");
        let message = "a dash does not make a span";
        let help = format!(
            "write `to`, as in {}, or a plain hyphen without blanks inside a number",
            help.trim()
        );
        return Err(("dash-in-number", message.into(), Some(help)));
    }
    if let Some(other) = text
        .chars()
        .find(|c| !c.is_ascii_digit() && !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '/'))
    {
        let message = format!("`{other}` is no digit");
        let help = match other {
            '+' => "a comma separates numbers, `to` makes a span".to_owned(),
            c if c.is_numeric() => "use the digits 0 to 9".to_owned(),
            _ => "write digits with spaces between, or - ( ) / without blanks around".to_owned(),
        };
        return Err(("not-a-digit", message, Some(help)));
    }
    if blank_beside_sign(text) || text.ends_with(['-', '/', '(']) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let message = "a separator in a number has no blanks around it";
        let help = format!("write spaces only, or {digits}");
        return Err(("blank-in-number", message.into(), Some(help)));
    }
    Ok(tight.chars().filter(char::is_ascii_digit).collect())
}

fn blank_beside_sign(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '-' | '/' | '(' | ')');
    let pairs = text.chars().zip(text.chars().skip(1));
    pairs
        .into_iter()
        .any(|(a, b)| (is_sign(a) && b.is_whitespace()) || (a.is_whitespace() && is_sign(b)))
}

/// Warns of a number three digits longer than its neighbours: two numbers without a comma between look like that.
pub(super) fn lint_lengths(entries: &[CheckedEntry], findings: &mut Findings) {
    let Some(shortest) = entries
        .iter()
        .map(|entry| entry.span.first().length())
        .min()
    else {
        return;
    };
    for entry in entries {
        if entry.span.first().length() >= shortest + 3 {
            let message = "this number is three digits longer than its neighbours".to_owned();
            let help = Some("is a comma missing?".to_owned());
            findings.warning(entry.at, "long-number", message, help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &str, last: Option<&str>, expected: &str) {
        let spelled = |text: &str| Spelled {
            value: text.into(),
            at: Spot::default(),
        };
        let written = Entry {
            first: spelled(first),
            last: last.map(spelled),
            from: None,
        };
        let mut findings = Findings::default();
        let read = entry(&written, &mut NumberingPlans::default(), &mut findings);
        let (found, _) = findings.into_sorted();
        let shown = match (read, found.first()) {
            (Some(entry), None) => entry.span.to_string(),
            (_, Some(finding)) => finding.code.to_owned(),
            (None, None) => "nothing".into(),
        };
        assert_eq!(shown, expected, "{first} to {last:?}");
    }

    #[test]
    fn reads_numbers_as_people_write_them() {
        check("+49 89 5550 1000", None, "+498955501000");
        check("+49(89)5550-1000", None, "+498955501000");
        check("+49/89/55501000", None, "+498955501000");
        check(
            "+49 89 5550 1000",
            Some("1999"),
            "+498955501000 to +498955501999",
        );
        check(
            "+41 43 555 01 00",
            Some("01 49"),
            "+41435550100 to +41435550149",
        );
        check(
            "+49 89 5550 1000",
            Some("+49 89 5550 1999"),
            "+498955501000 to +498955501999",
        );
    }

    #[test]
    fn refuses_what_could_mean_something_else() {
        check("+49 (0) 89 5550 1000", None, "trunk-zero");
        check("+49(0)89 5550 1000", None, "trunk-zero");
        check("+49 89 5550 1000 - 1999", None, "dash-in-number");
        check("+49 89 5550 1000 – 1999", None, "dash-in-number");
        check("+49 89 / 5550", None, "blank-in-number");
        check("089 5550 1000", None, "number-without-plus");
        check("+4989555０1000", None, "not-a-digit");
        check("+49 89 5550 1999", Some("1000"), "span-order");
        check("+49 89 5550 1000", Some("+49 89 5550 10000"), "span-length");
        check("+49 89 5550 1000", Some("1234567890123"), "span-length");
        check("+33 1 55 50 100", None, "impossible-number");
        check("+49 12", None, "number-length");
    }
}
