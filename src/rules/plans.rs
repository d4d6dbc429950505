//! Answers of the numbering plans, remembered: a rule file asks about the same prefixes again and again.

use super::vocabulary::Table;
use crate::numbering::{Country, E164, calling_code_of, country_of, is_possible};

/// What was asked so far.
#[derive(Debug, Default)]
pub(super) struct NumberingPlans {
    codes: Table<u64, (Option<i32>, Option<Country>)>,
    possible: Table<u64, bool>,
}

impl NumberingPlans {
    /// As [`calling_code_of`] and [`country_of`]. A calling code has at most three digits, so they decide.
    pub(super) fn country(&mut self, number: E164) -> (Option<i32>, Option<Country>) {
        let prefix = number.digits() / 10_u64.pow(number.length() as u32 - 3);
        *self
            .codes
            .entry(prefix)
            .or_insert_with(|| (calling_code_of(number), country_of(number)))
    }

    /// As [`is_possible`], which looks at leading digits and length: not at the last four digits.
    pub(super) fn is_possible(&mut self, number: E164) -> bool {
        // Numbers of different length never share a block: none begins with 0.
        let block = number.digits() / 10_000;
        *self
            .possible
            .entry(block)
            .or_insert_with(|| is_possible(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_what_the_plans_say() {
        let mut plans = NumberingPlans::default();
        let mut check = |text: &str| {
            let number: E164 = text.parse().expect("a number");
            for _ in 0..2 {
                assert_eq!(plans.is_possible(number), is_possible(number), "{text}");
                let expected = (calling_code_of(number), country_of(number));
                assert_eq!(plans.country(number), expected, "{text}");
            }
        };
        check("+498955501000");
        check("+498955501999");
        check("+49895550100");
        check("+12065550100");
        check("+9991234567");
        check("+35212345");
    }
}
