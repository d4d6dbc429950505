//! Mends numbers and spans: what people write where they mean `+49 89 5550 1000 to 1999`.

use super::check_numbers::read_entry;
use super::parse::entries_of;
use super::plans::NumberingPlans;
use super::tokens::is_typographic_dash;

/// Longer stretches are not mended: nobody reads the offer.
const LONGEST: usize = 400;

/// The entry as it should be written, with what has to be true for that.
pub(super) fn mended(read: &str) -> Option<String> {
    if read.len() > LONGEST {
        return None;
    }
    let (head, day) = split_day(read);
    for dash_is_span in [false, true] {
        let entries = entries(&head, dash_is_span);
        for (prefix, proviso) in [("", ""), ("+", ""), ("+49", " if it is a German number")] {
            let candidate = join(&entries, prefix, day.as_deref());
            if let Some(candidate) = candidate.filter(|text| is_sound(text)) {
                return Some(format!("write {candidate}{proviso}"));
            }
        }
    }
    None
}

/// Whether the text can be read, and every number in it exists.
fn is_sound(text: &str) -> bool {
    let Some(entries) = entries_of(text) else {
        return false;
    };
    let mut plans = NumberingPlans::default();
    entries
        .iter()
        .all(|entry| read_entry(entry, &mut plans).is_ok())
}

/// Takes off `from` and its day, which may be written in another order.
fn split_day(read: &str) -> (String, Option<String>) {
    let lower = read.to_lowercase();
    let found = ["from", "ab", "starting", "as of"].iter().find_map(|word| {
        let at = lower.find(&format!(" {word} "))?;
        (lower.len() == read.len()).then_some((at, word.len()))
    });
    let Some((at, length)) = found else {
        return (read.to_owned(), None);
    };
    let day = read[at + length + 2..]
        .trim()
        .trim_matches(['"', '\'', ';', ',']);
    let parts: Vec<&str> = day.split(['.', '/', '-']).map(str::trim).collect();
    let ordered = match parts[..] {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => day.to_owned(),
    };
    (read[..at].to_owned(), Some(ordered))
}

/// Numbers, each with the end of its span, as their digits in groups.
fn entries(read: &str, dash_is_span: bool) -> Vec<Vec<String>> {
    let mut entries: Vec<Vec<String>> = vec![vec![String::new()]];
    let tidy = tidied(read, dash_is_span);
    for item in tidy.split_whitespace() {
        let last = entries.last_mut().and_then(|entry| entry.last_mut());
        let Some(number) = last else { continue };
        let is_begun = !number.is_empty();
        match item {
            "to" if is_begun => {
                if let Some(entry) = entries.last_mut() {
                    entry.push(String::new());
                }
            }
            "," if is_begun => entries.push(vec![String::new()]),
            "to" | "," => {}
            item if item.starts_with('+') && is_begun => entries.push(vec![item.to_owned()]),
            item => match wildcard(item) {
                Some((low, high)) => {
                    push_group(number, &low);
                    if let Some(entry) = entries.last_mut() {
                        entry.push(high);
                    }
                }
                None => push_group(number, item),
            },
        }
    }
    entries.retain(|entry| !entry[0].is_empty());
    entries
}

fn push_group(number: &mut String, group: &str) {
    if !number.is_empty() && number != "+" {
        number.push(' ');
    }
    number.push_str(group);
}

/// `1xxx`: from 1000 to 1999.
fn wildcard(item: &str) -> Option<(String, String)> {
    let is_wild = |c: char| matches!(c, 'x' | 'X' | '*' | '?' | '#');
    let digits = item.trim_end_matches(is_wild);
    let fits = digits.len() < item.len() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let fill = |digit: &str| format!("{digits}{}", digit.repeat(item.len() - digits.len()));
    fits.then(|| (fill("0"), fill("9")))
}

/// Signs and words as blanks, `to` and commas; letters that look like digits as digits.
fn tidied(read: &str, dash_is_span: bool) -> String {
    let read = read
        .replace(is_typographic_dash, "-")
        .replace("(0)", " ")
        .replace("...", " to ")
        .replace("->", " to ");
    let read = read
        .replace("..", " to ")
        .replace('…', " to ")
        .replace(" - ", " to ");
    let mut out = String::with_capacity(read.len());
    let mut begun = false;
    for c in read.chars() {
        match c {
            '+' => out.push_str(" +"),
            '\n' | '\r' if begun => out.push_str(" , "),
            ',' | ';' | '&' | '|' => out.push_str(" , "),
            '~' | '>' => out.push_str(" to "),
            '-' if dash_is_span => out.push_str(" to "),
            '０'..='９' => out.push(char::from(b'0' + (u32::from(c) - u32::from('０')) as u8)),
            c if c.is_alphanumeric() || matches!(c, '*' | '?' | '#') => out.push(c),
            _ => out.push(' '),
        }
        begun |= c.is_ascii_digit();
    }
    let words: Vec<String> = out.split_whitespace().map(word).collect();
    words.join(" ").replace("+ ", "+")
}

/// One word of what was read.
fn word(word: &str) -> String {
    let lower = word.to_lowercase();
    match lower.as_str() {
        "bis" | "through" | "thru" | "until" | "till" | "à" | "au" | "a" | "tot" | "upto"
        | "up" => return "to".into(),
        "und" | "and" | "et" | "or" | "oder" | "y" => return ",".into(),
        "tel" | "phone" | "numbers" | "number" | "sip" => return String::new(),
        _ => {}
    }
    let looks = |c: char| matches!(c, 'O' | 'o' | 'l' | 'I');
    let digits = word.chars().any(|c| c.is_ascii_digit());
    if digits
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || looks(c) || c == '+')
    {
        return word.replace(['O', 'o'], "0").replace(['l', 'I'], "1");
    }
    word.to_owned()
}

/// The entries as they are written; `prefix` begins numbers that have no plus.
fn join(entries: &[Vec<String>], prefix: &str, day: Option<&str>) -> Option<String> {
    let mut all = Vec::new();
    for entry in entries {
        let (first, rest) = entry.split_first()?;
        let bare = first.trim_start_matches('+');
        let first = match (prefix, bare.strip_prefix("00"), bare.strip_prefix('0')) {
            ("", ..) => first.clone(),
            ("+", Some(after), _) => format!("+{}", after.trim_start()),
            ("+", None, None) => format!("+{bare}"),
            (_, None, Some(after)) => format!("{prefix} {}", after.trim_start()),
            _ => return None,
        };
        let mut text = first;
        for end in rest.iter().filter(|end| !end.is_empty()) {
            text.push_str(" to ");
            text.push_str(end);
        }
        all.push(text);
    }
    let mut text = all.join(", ");
    if let Some(day) = day {
        text.push_str(&format!(" from {day}"));
    }
    (!all.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn offers_numbers_that_exist() {
        let check = |read: &str, expected: Option<&str>| {
            assert_eq!(mended(read).as_deref(), expected, "{read}");
        };
        check("49 89 5550 1000", Some("write +49 89 5550 1000"));
        check("0049 89 5550 1000", Some("write +49 89 5550 1000"));
        check(
            "089 5550 1000",
            Some("write +49 89 5550 1000 if it is a German number"),
        );
        check("+49 (0) 89 5550 1000", Some("write +49 89 5550 1000"));
        check(
            "+49 89 5550 1000-1999",
            Some("write +49 89 5550 1000 to 1999"),
        );
        check(
            "+49 89 5550 1000 – 1999",
            Some("write +49 89 5550 1000 to 1999"),
        );
        check("+49 89 555O 1OOO", Some("write +49 89 5550 1000"));
        check("+49 89 5550 1xxx", Some("write +49 89 5550 1000 to 1999"));
        check("+49.89.5550.1000", Some("write +49 89 5550 1000"));
        check("tel:+49-89-5550-1000", Some("write +49 89 5550 1000"));
        check("\"+49 89 5550 1000\"", Some("write +49 89 5550 1000"));
        check(
            "+49 89 5550 1000 bis 1999",
            Some("write +49 89 5550 1000 to 1999"),
        );
        check(
            "+49 89 5550 1000 from 01.02.2027",
            Some("write +49 89 5550 1000 from 2027-02-01"),
        );
        check(
            "+49 89 5550 1000\n+49 89 5550 1001",
            Some("write +49 89 5550 1000, +49 89 5550 1001"),
        );
        check("nonsense", None);
        check("+999 123 4567", None);
    }
}
