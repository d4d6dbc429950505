//! What people and spreadsheets write into a cell: numbers, days, states.

use crate::numbering::{E164, NumberError, typed_number};
use crate::plan::moment;
use crate::report::WrongRow;
use jiff::Timestamp;
use jiff::civil::Date;

/// Excel counts days from here.
const EXCELS_DAY_NUMBERS: std::ops::RangeInclusive<u32> = 36_526..=73_050;

/// A telephone number, as people write it and as spreadsheets leave it.
pub(super) fn number(line: u64, text: &str) -> Result<E164, WrongRow> {
    let wrong =
        |code: &'static str, message: String| WrongRow::new(line, code, message).at("number", text);
    let bare = bare(text);
    if bare.is_empty() {
        return Err(wrong("blank", "the number is missing".to_owned()));
    }
    if is_floating(&bare) {
        let message = "the spreadsheet has turned the number into a floating-point number, and its last digits are lost";
        return Err(wrong("destroyed-number", message.to_owned()).mended(AS_TEXT));
    }
    // A spreadsheet that takes a telephone number for a number keeps all but its plus.
    let digits = bare.bytes().all(|byte| byte.is_ascii_digit()) && !bare.starts_with('0');
    let read = typed_number(&if digits {
        format!("+{bare}")
    } else {
        bare.clone()
    });
    read.map_err(|why| {
        let message = format!("this is no telephone number: {why}; write it like +498955501000");
        let wrong = wrong("no-number", message);
        match why {
            NumberError::NoPlus if bare.starts_with("00") => wrong.mended(format!(
                "write + for the leading 00: +{}",
                bare.trim_start_matches('0')
            )),
            NumberError::NoPlus if bare.starts_with('0') => {
                wrong.mended("put + and the country code in place of the leading 0")
            }
            _ => wrong,
        }
    })
}

const AS_TEXT: &str = "take the numbers from their source again: format the column as text before they go in, or write \
                       an apostrophe before each, as in '+498955501000";

/// Without what spreadsheets put around a text so that it stays text: `="+49…"`, typographic quotes, odd blanks.
fn bare(text: &str) -> String {
    let shown = |sign: &char| {
        !matches!(
            sign,
            '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{ad}'
        )
    };
    let plain: String = text
        .chars()
        .filter(shown)
        .map(|sign| match sign {
            sign if sign.is_whitespace() => ' ',
            '\u{2010}'..='\u{2015}' => '-',
            sign => sign,
        })
        .collect();
    let inside = plain.trim();
    let inside = inside.strip_prefix('=').unwrap_or(inside).trim();
    let quotes = ['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}'];
    inside.trim_matches(quotes).trim().to_owned()
}

/// `4.98955E+11`, with a comma in other countries.
fn is_floating(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let number = |text: &str, more: &[char]| {
        let mut signs = text.chars();
        text.contains(|sign: char| sign.is_ascii_digit())
            && signs.all(|sign| sign.is_ascii_digit() || more.contains(&sign))
    };
    number(digits.trim_start_matches(['+', '-']), &['.', ','])
        && number(power.trim_start_matches(['+', '-']), &[])
}

/// A time, of a column that may be blank.
pub(super) fn until(line: u64, text: &str) -> Result<Option<Timestamp>, WrongRow> {
    let plain = bare(text);
    if plain.is_empty() {
        return Ok(None);
    }
    moment(&plain).map(Some).map_err(|expected| {
        let message = format!("this is no time that can be read: {expected}");
        let wrong = WrongRow::new(line, "no-date", message).at("until", text);
        match day_of_a_spreadsheet(&plain) {
            Some(help) => wrong.mended(help),
            None => wrong,
        }
    })
}

/// What to write in place of a day in the form of a spreadsheet; a guess only where there is nothing to guess.
fn day_of_a_spreadsheet(text: &str) -> Option<String> {
    if text
        .parse()
        .is_ok_and(|day: u32| EXCELS_DAY_NUMBERS.contains(&day))
    {
        return Some("that is a day as the spreadsheet counts it: format the column as text and write the day anew".to_owned());
    }
    let day_only = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day_only
        .split(['.', '/', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    let numbers: Vec<i16> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let [first, second, year] = numbers[..] else {
        return None;
    };
    let german = day_only.contains('.') || first > 12;
    let american = !german && second > 12;
    let date = match (german, american) {
        (true, _) => Date::new(year, i8::try_from(second).ok()?, i8::try_from(first).ok()?),
        (_, true) => Date::new(year, i8::try_from(first).ok()?, i8::try_from(second).ok()?),
        _ => {
            let text = "which of the two is the month nobody can tell; spreadsheets rewrite days unless the column is formatted as text";
            return Some(text.to_owned());
        }
    };
    let date = date.ok().filter(|date| date.year() >= 1000)?;
    Some(format!(
        "if {date} is meant, write that; spreadsheets rewrite days unless the column is formatted as text"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_and_spreadsheets_leave_them() {
        for text in [
            "+498955501000",
            "+49 89 5550 1000",
            "+49 (89) 5550-1000",
            " +49\u{a0}89 5550\u{2011}1000 ",
            "\u{feff}+498955501000",
            "=\"+498955501000\"",
            "=\u{201c}+498955501000\u{201d}",
            "\u{201e}+498955501000\u{201c}",
            "=+498955501000",
            "498955501000",
        ] {
            let read = number(2, text).map(|number| number.to_string());
            assert_eq!(read.as_deref(), Ok("+498955501000"), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        let code = |text: &str| number(2, text).expect_err("no number");
        for text in ["4.98955E+11", "4,98955E+11", "4.98955e11", "5E+11"] {
            assert_eq!(code(text).code, "destroyed-number", "{text}");
        }
        assert_eq!(code("  ").code, "blank");
        let zeros = code("004989 5550 1000").help.unwrap_or_default();
        assert!(zeros.contains("+4989"), "{zeros}");
        assert!(
            code("089 5550")
                .help
                .unwrap_or_default()
                .contains("country code")
        );
        assert_eq!(code("anna").code, "no-number");
        assert_eq!(code("#REF!").code, "no-number");
    }

    #[test]
    fn days_are_read_in_one_form_and_others_are_explained() {
        let read = |text: &str| until(2, text).map(|until| until.map(|until| until.to_string()));
        assert_eq!(read(""), Ok(None));
        assert_eq!(
            read(" 2026-12-31 "),
            Ok(Some("2026-12-31T00:00:00Z".to_owned()))
        );
        assert_eq!(
            read("2026-12-31T17:00:00+01:00"),
            Ok(Some("2026-12-31T16:00:00Z".to_owned()))
        );
        for (text, said) in [
            ("31.12.2026", "2026-12-31"),
            ("31/12/2026", "2026-12-31"),
            ("12/31/2026", "2026-12-31"),
            ("31.12.2026 00:00", "2026-12-31"),
            ("05/06/2026", "nobody can tell"),
            ("46387", "counts it"),
        ] {
            let wrong = until(2, text).expect_err("no day");
            let help = wrong.help.unwrap_or_default();
            assert!(help.contains(said), "{text}: {help}");
            assert_eq!(wrong.code, "no-date");
        }
        assert_eq!(until(2, "soon").expect_err("no day").help, None);
        assert_eq!(until(2, "31.13.2026").expect_err("no day").help, None);
    }
}
