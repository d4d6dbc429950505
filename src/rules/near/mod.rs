//! Near misses: values of people that are almost a value of the rules.
//!
//! They are reported and never matched: a wrong city is a wrong emergency address. `likeness` says how near two texts
//! are, `values` finds the near ones among all values of the rules without comparing each, and `miss` asks what the
//! rules would say if an alias made them the same.

mod likeness;
mod miss;
mod values;

pub use likeness::Likeness;
pub use miss::{NearMiss, NearValue};

pub(super) use likeness::{Forms, likeness};
pub(super) use values::{Values, is_typed};

#[cfg(test)]
mod tests;
