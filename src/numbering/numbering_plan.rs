//! What the world's numbering plans say of a number. The only place that knows the library behind it.

use super::{Country, E164};
use rlibphonenumber::PHONE_NUMBER_UTIL;

/// Calling codes that several countries share on equal terms, so that a number alone does not tell its country.
const SHARED: [i32; 3] = [1, 7, 44];

/// Whether some numbering plan could have a number of this country code and length.
#[must_use]
pub fn is_possible(number: E164) -> bool {
    PHONE_NUMBER_UTIL
        .parse(number.to_string(), None)
        .is_ok_and(|parsed| PHONE_NUMBER_UTIL.is_possible_number(&parsed))
}

/// The country of the number's calling code; `None` for +1, +7 and +44, which several countries share, and for
/// codes that belong to no country.
#[must_use]
pub fn country_of(number: E164) -> Option<Country> {
    let code = calling_code_of(number)?;
    if SHARED.contains(&code) {
        return None;
    }
    PHONE_NUMBER_UTIL
        .get_region_for_country_code(code)
        .and_then(|region| Country::from_code(&region.to_string()))
}

/// The calling code of the number, such as 49; `None` when no numbering plan knows one.
#[must_use]
pub fn calling_code_of(number: E164) -> Option<i32> {
    PHONE_NUMBER_UTIL
        .parse(number.to_string(), None)
        .ok()
        .map(|parsed| parsed.country_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_country_and_possibility() {
        let number = |text: &str| text.parse::<E164>().expect("a number");
        let country = |text: &str| country_of(number(text)).map(|c| c.to_string());
        assert_eq!(country("+498955501000").as_deref(), Some("DE"));
        assert_eq!(country("+41435550100").as_deref(), Some("CH"));
        assert_eq!(country("+390612345678").as_deref(), Some("IT"));
        assert_eq!(country("+442079460100"), None);
        assert_eq!(country("+12065550100"), None);
        assert!(is_possible(number("+918055501000")));
        assert!(
            !is_possible(number("+3315550100")),
            "a French number has nine digits after +33"
        );
        assert!(!is_possible(number("+9991234567")), "no country has +999");
    }
}
