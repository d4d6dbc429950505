//! What can be given: telephone numbers, spans and sets of them, number types, and what Teams says of a number.
//!
//! Knows nothing of users' attributes, rules or storage. Sets cost memory by spans and exceptions, not by number.

mod country;
mod e164;
mod emergency;
mod golden;
mod listed;
mod number_type;
mod numbering_plan;
mod span;
mod spans;
mod state;
mod tails;

pub use country::Country;
pub use e164::{E164, NumberError, typed_number};
pub use emergency::{emergency_within, ends_like_emergency};
pub use golden::{golden_score, golden_within};
pub use listed::{Category, Listed, ListedProfile, ListedStatus, ListedType};
pub use number_type::NumberType;
pub use numbering_plan::{calling_code_of, country_of, is_possible};
pub use span::Span;
pub use spans::Spans;
pub use state::NumberState;
