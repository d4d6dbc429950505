//! Rule files: in a folder, read consistently and watched, with the git commit they come from; of a revision ([`git`]);
//! or of a branch of a repository, of which a copy is kept here.
//!
//! Implements [`RuleSource`](crate::reconcile::RuleSource) and [`LiveRules`](crate::reconcile::LiveRules). Knows the rule language only through its loader.

mod folder;
pub mod git;
mod live;
mod mirror;
mod open;
mod repository;
mod revision;
mod source;

pub use folder::read as rule_files;
pub use folder::{TEST_FILE, test_files};
pub use live::{Accept, LiveRulebook};
pub use mirror::{FetchError, Mirror, Mirrors};
pub use open::{Rulebook, RulebookError};
pub use repository::Repository;
pub use revision::{Revision, revision};
pub use source::Source;
