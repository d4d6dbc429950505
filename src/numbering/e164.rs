//! One E.164 telephone number.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// An E.164 number of 7 to 15 digits. No country code begins with 0, so the value alone tells the digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(u64);

/// Why a text is no E.164 number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NumberError {
    /// The plus sign is missing.
    #[error("a number begins with + and the country code")]
    NoPlus,
    /// Something other than digits follows the plus sign.
    #[error("`{0}` is no digit")]
    NotADigit(char),
    /// Fewer than 7 or more than 15 digits.
    #[error("a number has 7 to 15 digits, this has {0}")]
    Length(usize),
    /// No country code begins with 0.
    #[error("no country code begins with 0")]
    LeadingZero,
}

impl E164 {
    /// The number whose digits, read as one integer, are `value`; `None` outside 7 to 15 digits.
    #[must_use]
    pub const fn from_digits(value: u64) -> Option<Self> {
        if value >= 1_000_000 && value < 1_000_000_000_000_000 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The digits as one integer.
    #[must_use]
    pub const fn digits(self) -> u64 {
        self.0
    }

    /// How many digits the number has, country code included.
    #[must_use]
    pub const fn length(self) -> usize {
        self.0.ilog10() as usize + 1
    }
}

impl FromStr for E164 {
    type Err = NumberError;

    /// Reads `+` and digits, nothing else: separators belong to people and are taken out by whoever reads people's text.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let digits = text.strip_prefix('+').ok_or(NumberError::NoPlus)?;
        if let Some(other) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(NumberError::NotADigit(other));
        }
        if digits.starts_with('0') {
            return Err(NumberError::LeadingZero);
        }
        digits
            .parse()
            .ok()
            .and_then(Self::from_digits)
            .ok_or(NumberError::Length(digits.len()))
    }
}

/// A number as a person types it: separators are taken out.
///
/// # Errors
/// Why it is none.
pub fn typed_number(text: &str) -> Result<E164, NumberError> {
    let is_separator = |c: &char| matches!(c, ' ' | '-' | '(' | ')' | '/');
    let bare: String = text.chars().filter(|c| !is_separator(c)).collect();
    bare.parse()
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("+{}", self.0))
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for E164 {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_plus_and_digits() {
        let read = |text: &str| text.parse::<E164>().map(|n| n.to_string());
        assert_eq!(read("+498955501000"), Ok("+498955501000".into()));
        assert_eq!(read("498955501000"), Err(NumberError::NoPlus));
        assert_eq!(read("+49 89"), Err(NumberError::NotADigit(' ')));
        assert_eq!(read("+0123456789"), Err(NumberError::LeadingZero));
        assert_eq!(read("+123456"), Err(NumberError::Length(6)));
        assert_eq!(read("+1234567890123456"), Err(NumberError::Length(16)));
        assert_eq!(read("+4989555０1000"), Err(NumberError::NotADigit('０')));
    }
}
