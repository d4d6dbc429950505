//! Rule files in a folder: reading them consistently, watching them, and the git commit they come from.
//!
//! Implements [`RuleSource`](crate::reconcile::RuleSource) and [`LiveRules`](crate::reconcile::LiveRules). Knows the rule language only through its loader.

mod folder;
mod live;
mod open;
mod revision;

pub use live::{Accept, LiveRulebook};
pub use open::{Rulebook, RulebookError};
pub use revision::{Revision, revision};
