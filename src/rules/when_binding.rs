//! Which `when` belongs to whom, where a range's and its policies' and locations' stand beside each other.

use super::keyword::Keyword;

/// Which `when`s belong to the `policy` or `location` before them.
///
/// A `when` that follows neither is the range's own; then every other is a policy's or location's. Where a range has
/// no such `when`, the last one that begins a line is its own, as people write it; one on the line of its
/// policy or location is that one's.
pub(super) fn bind_whens(
    block: Keyword,
    starts: &[(usize, Keyword)],
    begins_line: impl Fn(usize) -> bool,
    is_text: impl Fn(usize) -> bool,
) -> Vec<bool> {
    // The tokens between the owner's word and `when` are its type and name: a complete policy or location without
    // a `when` so far.
    let could_bind = |index: usize| {
        let (at, keyword) = starts[index];
        let Some((owner_at, owner)) = index.checked_sub(1).map(|before| starts[before]) else {
            return false;
        };
        keyword == Keyword::When
            && matches!(owner, Keyword::Policy | Keyword::Location)
            && at > owner_at + 1
            && is_text(at - 1)
    };
    let mut bound: Vec<bool> = (0..starts.len()).map(could_bind).collect();
    let is_own = |index: usize| starts[index].1 == Keyword::When && !bound[index];
    if block == Keyword::Range && !(0..starts.len()).any(is_own) {
        let own = (0..starts.len()).rfind(|index| bound[*index] && begins_line(starts[*index].0));
        if let Some(own) = own {
            bound[own] = false;
        }
    }
    bound
}
