//! Rule files in a folder: reading them consistently, watching them, and the git commit they come from; and those of a
//! revision ([`git`]).
//!
//! Implements [`RuleSource`](crate::reconcile::RuleSource) and [`LiveRules`](crate::reconcile::LiveRules). Knows the rule language only through its loader.

mod folder;
pub mod git;
mod live;
mod open;
mod revision;

pub use live::{Accept, LiveRulebook};
pub use open::{Rulebook, RulebookError};
pub use revision::{Revision, revision};
