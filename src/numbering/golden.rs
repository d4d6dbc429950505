//! How memorable a number is, judged by its last digits alone.

use super::tails::ending_in;
use super::{E164, Span};

/// A pattern of last digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pattern {
    /// Zeros: 5000.
    Round,
    /// The same digit: 7777.
    Repeat,
    /// Each digit one more than the one before, or each one less: 1234, 4321.
    Run,
    /// The same read backwards: 1221.
    Mirror,
    /// One pair again and again: 1212.
    Pair,
    /// Every digit twice: 1122.
    Doubled,
    /// The first half again: 123123.
    Halves,
}

/// The table: pattern, how many last digits it takes, and what that scores; the best first, so that the first row that
/// fits is the score. `docs/operations.md` shows it to people.
const TABLE: &[(Pattern, usize, u8)] = &[
    (Pattern::Round, 7, 100),
    (Pattern::Repeat, 7, 100),
    (Pattern::Round, 6, 97),
    (Pattern::Repeat, 6, 95),
    (Pattern::Pair, 8, 95),
    (Pattern::Run, 6, 90),
    (Pattern::Round, 5, 90),
    (Pattern::Repeat, 5, 85),
    (Pattern::Pair, 6, 80),
    (Pattern::Doubled, 6, 80),
    (Pattern::Run, 5, 75),
    (Pattern::Round, 4, 75),
    (Pattern::Repeat, 4, 70),
    (Pattern::Halves, 6, 65),
    (Pattern::Mirror, 6, 65),
    (Pattern::Run, 4, 60),
    (Pattern::Pair, 4, 55),
    (Pattern::Round, 3, 50),
    (Pattern::Doubled, 4, 50),
    (Pattern::Mirror, 4, 45),
    (Pattern::Repeat, 3, 40),
    (Pattern::Run, 3, 20),
];

/// The longest pattern.
const LONGEST: usize = 8;

/// A span of so few numbers is looked at one by one: there are more tails than that.
const FEW: u64 = 5_000;

/// How memorable the number is: 0, nothing special, to 100. The best of its patterns counts, and a longer one scores
/// higher than a shorter one of its kind.
#[must_use]
pub fn golden_score(number: E164) -> u8 {
    let digits = last_digits(number);
    let fits = |(pattern, length, _): &&(Pattern, usize, u8)| {
        *length <= number.length() && pattern.holds(&digits[LONGEST - length..])
    };
    TABLE.iter().find(fits).map_or(0, |(_, _, score)| *score)
}

/// The numbers of a span that score at least so much, in no order, some of them more than once. They are found by their
/// tails, so that of a million numbers only the memorable ones are touched.
pub fn golden_within(span: Span, least: u8) -> Box<dyn Iterator<Item = E164>> {
    if span.count() <= FEW {
        let all = span.first().digits()..=span.last().digits();
        let numbers = all.filter_map(E164::from_digits);
        return Box::new(numbers.filter(move |number| golden_score(*number) >= least));
    }
    let rows = TABLE.iter().filter(move |(.., score)| *score >= least);
    let tails = rows.flat_map(|(pattern, length, _)| {
        let tails = pattern.tails(*length).into_iter();
        tails.map(move |tail| (tail, *length))
    });
    Box::new(tails.flat_map(move |(tail, length)| ending_in(span, tail, length)))
}

impl Pattern {
    /// Whether these digits are of the pattern.
    fn holds(self, digits: &[u8]) -> bool {
        match self {
            Self::Round => digits.iter().all(|digit| *digit == 0),
            Self::Run => {
                let steps = |up: bool| {
                    let mut pairs = digits.windows(2);
                    pairs.all(|pair| {
                        let (low, high) = if up {
                            (pair[0], pair[1])
                        } else {
                            (pair[1], pair[0])
                        };
                        low + 1 == high
                    })
                };
                steps(true) || steps(false)
            }
            _ => (0..digits.len()).all(|at| digits[at] == digits[self.like(at, digits.len())]),
        }
    }

    /// The place whose digit a place repeats, in a tail of so many digits; its own, where it is free.
    const fn like(self, at: usize, length: usize) -> usize {
        match self {
            Self::Repeat => 0,
            Self::Mirror if at >= length / 2 => length - 1 - at,
            Self::Pair => at % 2,
            Self::Doubled => at - at % 2,
            Self::Halves => at % (length / 2),
            Self::Mirror | Self::Round | Self::Run => at,
        }
    }

    /// Every tail of the pattern with so many digits, as one integer each.
    fn tails(self, length: usize) -> Vec<u64> {
        match self {
            Self::Round => vec![0],
            Self::Run => {
                let up: Vec<Vec<u64>> = (0..=10 - length as u64)
                    .map(|first| (first..first + length as u64).collect())
                    .collect();
                let down = up.iter().map(|run| run.iter().rev().copied().collect());
                up.iter()
                    .cloned()
                    .chain(down)
                    .map(|run| joined(&run))
                    .collect()
            }
            _ => self.filled(length),
        }
    }

    /// The tails of a pattern that repeats digits: every digit in every place that is free.
    fn filled(self, length: usize) -> Vec<u64> {
        let mut tails: Vec<Vec<u64>> = vec![Vec::new()];
        for at in 0..length {
            let like = self.like(at, length);
            tails = tails
                .into_iter()
                .flat_map(|tail| {
                    let digits = if like < at {
                        tail[like]..=tail[like]
                    } else {
                        0..=9
                    };
                    digits.map(move |digit| tail.iter().copied().chain([digit]).collect())
                })
                .collect();
        }
        tails.iter().map(|tail| joined(tail)).collect()
    }
}

fn joined(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |all, digit| all * 10 + digit)
}

fn last_digits(number: E164) -> [u8; LONGEST] {
    let mut rest = number.digits();
    let mut digits = [0; LONGEST];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn number(digits: u64) -> E164 {
        E164::from_digits(digits).expect("a number")
    }

    #[track_caller]
    fn check(digits: u64, expected: u8) {
        assert_eq!(golden_score(number(digits)), expected, "+{digits}");
    }

    #[test]
    fn each_kind_scores_and_the_longer_one_scores_higher() {
        for (digits, score) in [
            (49_895_550_173, 0),
            (49_895_551_183, 0),
            (49_895_554_777, 40),
            (49_895_547_777, 70),
            (49_895_577_777, 85),
            (49_895_777_777, 95),
            (49_897_777_777, 100),
            (49_895_551_000, 50),
            (49_895_450_000, 75),
            (49_895_500_000, 90),
            (49_895_000_000, 97),
            (49_890_000_000, 100),
            (49_895_552_123, 20),
            (49_895_551_234, 60),
            (49_895_564_321, 60),
            (49_895_512_345, 75),
            (49_895_123_456, 90),
            (49_895_551_221, 45),
            (49_895_123_321, 65),
            (49_895_551_212, 55),
            (49_895_121_212, 80),
            (49_812_121_212, 95),
            (49_895_541_122, 50),
            (49_895_112_233, 80),
            (49_895_557_777, 80),
            (49_895_317_317, 65),
        ] {
            check(digits, score);
        }
    }

    #[test]
    fn the_table_is_in_order_and_grows_with_the_length() {
        assert!(TABLE.is_sorted_by(|a, b| a.2 >= b.2));
        for (pattern, length, score) in TABLE {
            let longer = TABLE.iter().filter(|(p, l, _)| p == pattern && l > length);
            assert!(
                longer.clone().all(|(.., s)| s > score || *s == 100),
                "{pattern:?} {length}"
            );
            assert!((3..=LONGEST).contains(length), "{pattern:?} {length}");
        }
    }

    #[test]
    fn what_is_found_by_tails_is_what_is_found_one_by_one() {
        let (first, last) = (49_895_549_871, 49_895_673_333);
        let span = Span::new(number(first), number(last)).expect("a span");
        for least in [1, 20, 45, 50, 70, 90, 100] {
            let found: BTreeSet<E164> = golden_within(span, least).collect();
            let all = (first..=last).map(number);
            let expected: BTreeSet<E164> = all.filter(|n| golden_score(*n) >= least).collect();
            assert_eq!(found, expected, "at least {least}");
        }
        let few = Span::new(number(49_895_551_230), number(49_895_551_239)).expect("a span");
        let found: Vec<E164> = golden_within(few, 60).collect();
        assert_eq!(found, [number(49_895_551_234)]);
    }
}
