//! A run of numbers, first to last, inclusive.

use super::E164;
use serde::{Deserialize, Serialize};
use std::fmt;

/// First number to last number, inclusive, both of the same length.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    first: E164,
    last: E164,
}

impl Span {
    /// The span between two numbers; `None` when they differ in length or come in the wrong order.
    #[must_use]
    pub const fn new(first: E164, last: E164) -> Option<Self> {
        if first.digits() <= last.digits() && first.length() == last.length() {
            Some(Self { first, last })
        } else {
            None
        }
    }

    /// The span of one number.
    #[must_use]
    pub const fn single(number: E164) -> Self {
        Self {
            first: number,
            last: number,
        }
    }

    /// The first number.
    #[must_use]
    pub const fn first(self) -> E164 {
        self.first
    }

    /// The last number.
    #[must_use]
    pub const fn last(self) -> E164 {
        self.last
    }

    /// How many numbers it holds, at least one.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.last.digits() - self.first.digits() + 1
    }

    /// Whether it holds the number.
    #[must_use]
    pub fn contains(self, number: E164) -> bool {
        self.first <= number && number <= self.last
    }

    /// Whether the two have a number in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{} to {}", self.first, self.last)
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
