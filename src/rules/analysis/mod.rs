//! What can be proved about rules without any directory: conditions that never or always hold, clauses that make no
//! difference, ranges that are never reached, ranges that compete for the same people.
//!
//! The question is always the same: can there be somebody for whom these conditions hold and those do not? `text` and
//! `assumption` know what a value can still be under what is assumed about it, `reasoner` searches, `conditions` and
//! `ranges` ask, and `example` makes a person of an answer. There are three answers: never, which is proved; yes, with
//! an example that the rules themselves have confirmed before it is shown; and cannot tell, where a pattern, a plan or
//! a group is in the way, or the question is too large. Only the first two are spoken of.

mod assumption;
mod candidates;
mod claim;
mod conditions;
mod example;
mod ranges;
mod reasoner;
mod text;
mod wording;

pub(super) use claim::Claims;

use super::checked::CheckedSet;
use reasoner::Reasoner;

/// Everything that is to be said about a rule set without errors. Claims by example are to be confirmed by the
/// compiled set.
pub(super) fn analyse(set: &CheckedSet) -> Claims {
    let spellings = assumption::Spellings::of(&set.aliases);
    let kinds = ranges::Kinds::of(set);
    let mut claims = Claims::default();
    conditions::lint(set, &mut Reasoner::new(&spellings), &mut claims);
    ranges::lint(set, &kinds, &mut Reasoner::new(&spellings), &mut claims);
    claims
}
