//! What people set by hand: exemptions, pins, reservations, rests, suspended ranges and operators, pauses. None of it
//! needs a sync or Graph; it is checked against what is remembered, written in one transaction each, and counts from the next decision
//! on. A sync under way does not write over it. For the command line and HTTP alike.

mod desk;
mod in_bulk;
mod numbers;
mod operators;
mod people;
mod tenants;

pub use desk::{Desk, NumberChange, OverrideError, Overrides, UserChange};
pub use in_bulk::{Around, BulkDesk, InBulk, NumberFit, NumberWishes, PinWish, ROWS_AT_ONCE};
pub use numbers::{free, reserve, rest, unblock, unreserve};
pub use operators::{resume_operator, suspend_leaving_operator, suspend_operator};
pub use people::{decide_again, exempt, pin, resume_user, resume_users, unexempt, unpin};
pub use tenants::{pause, resume, resume_range, suspend_range};
