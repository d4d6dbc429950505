//! Numbers by their last digits.

use super::{E164, Span};

/// The numbers of a span whose last digits, so many of them, are these; ascending.
pub(super) fn ending_in(span: Span, tail: u64, digits: usize) -> impl Iterator<Item = E164> {
    let step = (0..digits).fold(1u64, |step, _| step * 10);
    let (first, last) = (span.first().digits(), span.last().digits());
    let near = first - first % step + tail;
    let begin = if near < first { near + step } else { near };
    let count = if begin > last {
        0
    } else {
        (last - begin) / step + 1
    };
    (0..count).filter_map(move |turn| E164::from_digits(begin + turn * step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_from_the_first_to_the_last() {
        let number = |digits| E164::from_digits(digits).expect("a number");
        let span = |first, last| Span::new(number(first), number(last)).expect("a span");
        let ends = |first, last| -> Vec<u64> {
            let found = ending_in(span(first, last), 110, 3);
            found.map(E164::digits).collect()
        };
        assert_eq!(ends(4_989_110, 4_990_110), [4_989_110, 4_990_110]);
        assert_eq!(ends(4_989_111, 4_990_109), [0u64; 0]);
        assert_eq!(ends(4_989_000, 4_989_999), [4_989_110]);
    }
}
