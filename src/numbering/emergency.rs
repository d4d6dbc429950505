//! Numbers that end like the emergency numbers of their country: who mistypes a prefix, or forgets the digit for an
//! outside line, reaches such a number instead of help, and the other way round.

use super::tails::ending_in;
use super::{Country, E164, Span};

/// How many digits a tail has.
const DIGITS: usize = 3;

/// Where nothing is known of a country: the two numbers that every mobile network takes as emergency calls.
const ANYWHERE: &[u16] = &[112, 911];

/// Countries, and the three-digit emergency numbers people dial there. Longer and shorter ones make no good tails.
const TABLE: &[(&str, &[u16])] = &[
    ("AE", &[112, 911, 997, 998, 999]),
    ("AT", &[112, 122, 133, 144]),
    ("AU", &[0, 112]),
    ("BE", &[100, 101, 112]),
    (
        "BG CY DK EE FI HR LT LV MT NL PT RO SE IS AX FO GL TR",
        &[112],
    ),
    ("BR", &[190, 192, 193]),
    ("CA US PR GU VI AS MP", &[911, 988]),
    ("CH LI", &[112, 117, 118, 144]),
    ("CN", &[110, 119, 120]),
    ("CZ SK", &[112, 150, 155, 158]),
    ("DE", &[110, 112]),
    ("ES", &[112, 91]),
    ("FR MC GP GF MQ RE YT PM BL MF", &[112, 114, 115, 119]),
    ("GB GG IM JE GI", &[999, 112]),
    ("GR", &[100, 112, 166, 199]),
    ("HK", &[999, 112]),
    ("HU", &[104, 105, 107, 112]),
    ("IE", &[999, 112]),
    ("IN", &[100, 101, 102, 108, 112]),
    ("IT SM VA", &[112, 113, 115, 118]),
    ("JP", &[110, 118, 119]),
    ("KR", &[112, 119]),
    ("LU", &[112, 113]),
    ("MX", &[911]),
    ("MY", &[999, 112]),
    ("NO", &[110, 112, 113]),
    ("NZ", &[111]),
    ("PL", &[112, 997, 998, 999]),
    ("SG", &[995, 999]),
    ("SI", &[112, 113]),
];

/// Whether the number ends like an emergency number of the country, or, where the country is not known, of the world.
#[must_use]
pub fn ends_like_emergency(number: E164, country: Option<Country>) -> bool {
    let tail = number.digits() % 1000;
    tails(country).iter().any(|known| u64::from(*known) == tail)
}

/// The numbers of a span that end so.
pub fn emergency_within(span: Span, country: Option<Country>) -> impl Iterator<Item = E164> {
    let tails = tails(country).iter();
    tails.flat_map(move |tail| ending_in(span, u64::from(*tail), DIGITS))
}

fn tails(country: Option<Country>) -> &'static [u16] {
    let known = country.and_then(|country| {
        let is = |codes: &str| codes.split(' ').any(|code| code == country.as_str());
        TABLE.iter().find(|(codes, _)| is(codes))
    });
    known.map_or(ANYWHERE, |(_, tails)| tails)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn number(digits: u64) -> E164 {
        E164::from_digits(digits).expect("a number")
    }

    #[test]
    fn the_country_says_which_tails_count() {
        let country = |code| Country::from_code(code);
        for (digits, code, expected) in [
            (49_895_550_110, "DE", true),
            (49_895_550_112, "DE", true),
            (49_895_550_911, "DE", false),
            (12_065_550_911, "US", true),
            (12_065_550_112, "US", false),
            (442_079_460_999, "GB", true),
            (61_255_501_000, "AU", true),
            (61_255_501_001, "AU", false),
            (3_545_550_112, "IS", true),
            (5_715_550_911, "CO", true),
        ] {
            let found = ends_like_emergency(number(digits), country(code));
            assert_eq!(found, expected, "+{digits} of {code}");
        }
        assert!(ends_like_emergency(number(12_065_550_911), None));
    }

    #[test]
    fn a_span_is_searched_by_the_same_table() {
        let (first, last) = (49_895_550_000, 49_895_553_115);
        let span = Span::new(number(first), number(last)).expect("a span");
        let germany = Country::from_code("DE");
        let found: BTreeSet<E164> = emergency_within(span, germany).collect();
        let all = (first..=last).map(number);
        let expected = all.filter(|n| ends_like_emergency(*n, germany));
        assert_eq!(found, expected.collect::<BTreeSet<_>>());
        assert_eq!(found.len(), 8);
    }

    #[test]
    fn every_code_of_the_table_is_a_country_and_stands_there_once() {
        let codes = || TABLE.iter().flat_map(|(codes, _)| codes.split(' '));
        assert!(codes().all(|code| Country::from_code(code).is_some()));
        assert_eq!(codes().collect::<BTreeSet<_>>().len(), codes().count());
        assert!(
            TABLE
                .iter()
                .all(|(_, tails)| tails.iter().all(|t| *t < 1000))
        );
    }
}
