//! Numbers and spans outside rule files, written as in rule files.

use super::check_numbers;
use super::findings::{Findings, Spot};
use super::plans::NumberingPlans;
use super::syntax::{Entry, Spelled};
use crate::numbering::Span;

/// Reads `+49 89 5550 1000`, `+49 89 5550 1000 to 1999` or the same with `..`, exactly as a rule file would.
///
/// # Errors
/// What is wrong, and how to mend it where that can be told.
pub fn read_span(text: &str) -> Result<Span, (String, Option<String>)> {
    let spelled = |part: &str| Spelled {
        value: part.trim().to_owned(),
        at: Spot::default(),
    };
    let (first, last) = ends(text);
    let entry = Entry {
        first: spelled(first),
        last: last.map(spelled),
        from: None,
    };
    let mut findings = Findings::default();
    match check_numbers::entry(&entry, &mut NumberingPlans::default(), &mut findings) {
        Some(checked) => Ok(checked.span),
        None => {
            let found = findings.into_sorted().0.into_iter().next();
            let message = || (format!("`{text}` is no number"), None);
            Err(found.map_or_else(message, |finding| (finding.message, finding.help)))
        }
    }
}

/// The two ends of a span.
fn ends(text: &str) -> (&str, Option<&str>) {
    if let Some((first, last)) = text.split_once("..") {
        return (first, Some(last));
    }
    let mut before = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if word.trim_end().eq_ignore_ascii_case("to") {
            return (&text[..before], Some(&text[before + word.len()..]));
        }
        before += word.len();
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::read_span;

    #[test]
    fn reads_what_rule_files_read() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let read = read_span(text).map(|span| span.to_string());
            match (read, expected) {
                (Ok(span), Ok(wanted)) => assert_eq!(span, wanted, "{text}"),
                (Err((message, _)), Err(wanted)) => assert!(message.contains(wanted), "{message}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        };
        check("+49 89 5550 1000", Ok("+498955501000"));
        check(
            "+49 89 5550 1000 to 1003",
            Ok("+498955501000 to +498955501003"),
        );
        check(
            "+49 89 5550 1000 TO +49 89 5550 1003",
            Ok("+498955501000 to +498955501003"),
        );
        check(
            "+49 89 5550 1000..1003",
            Ok("+498955501000 to +498955501003"),
        );
        check("+49 89 5550 1003 to 1000", Err("ends before it begins"));
        check("089 5550", Err("089 5550"));
        check("", Err(""));
    }
}
