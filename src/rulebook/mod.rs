//! Rule files in a folder: reading them consistently, and the git commit they come from.
//!
//! Implements [`RuleSource`](crate::reconcile::RuleSource). Knows the rule language only through its loader.

mod folder;
mod open;
mod revision;

pub use open::{Rulebook, RulebookError};
pub use revision::{Revision, revision};
