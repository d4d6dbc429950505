//! What it takes to give everybody in a past sync what they had before it.

use super::{Action, Aim, Errand};
use crate::directory::UserId;
use crate::numbering::E164;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A change that a past sync has made, or is still at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Whom it concerned.
    pub user: UserId,
    /// What was done.
    pub action: Action,
    /// The number.
    pub number: E164,
    /// Teams had done it: it was only recorded.
    pub by_teams: bool,
    /// When the person last had the number, of changes that took it away.
    pub had_until: Option<Timestamp>,
}

/// The orders that undo these changes of one sync, in their order, person by person. Adopted numbers were with their
/// people before, so that adopting them leaves nothing to undo but what became of them since.
#[must_use]
pub fn revert(changes: &[Past], sync: &str) -> Vec<Errand> {
    let mut people: BTreeMap<UserId, Vec<&Past>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.action.claims()) {
        people.entry(change.user).or_default().push(change);
    }
    people
        .into_iter()
        .filter_map(|(user, changes)| {
            let (aim, had_until) = before(&changes)?;
            let why = match aim {
                Aim::Left(number) => {
                    format!("Teams itself had taken {number} away, which is not undone")
                }
                _ => format!("as before the sync {sync}"),
            };
            Some(Errand {
                user,
                aim,
                why,
                had_until,
            })
        })
        .collect()
}

/// What the person had before the first of these changes.
fn before(changes: &[&Past]) -> Option<(Aim, Option<Timestamp>)> {
    let given = || {
        let mut given = changes
            .iter()
            .rev()
            .filter(|it| it.action == Action::Assign);
        given.next().map(|it| it.number)
    };
    let first = changes.first()?;
    match first.action {
        Action::Release if first.by_teams => {
            let aim = given().map_or(Aim::Left(first.number), Aim::Without);
            Some((aim, None))
        }
        Action::Release | Action::Adopt => Some((Aim::Number(first.number), first.had_until)),
        _ => given().map(|number| (Aim::Without(number), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: UserId = UserId::from_u128(1);

    fn number(last: u64) -> E164 {
        E164::from_digits(498_955_501_000 + last).expect("a number")
    }

    fn past(action: Action, last: u64) -> Past {
        Past {
            user: ANNA,
            action,
            number: number(last),
            by_teams: false,
            had_until: None,
        }
    }

    fn aims(changes: &[Past]) -> Vec<Aim> {
        let errands = revert(changes, "s");
        errands.iter().map(|errand| errand.aim).collect()
    }

    #[test]
    fn everybody_gets_what_was_there_before() {
        let (assigned, released) = (past(Action::Assign, 1), past(Action::Release, 2));
        assert_eq!(aims(&[]), []);
        assert_eq!(
            aims(std::slice::from_ref(&assigned)),
            [Aim::Without(number(1))]
        );
        assert_eq!(
            aims(std::slice::from_ref(&released)),
            [Aim::Number(number(2))]
        );
        // A change of number, and one that ended with the old number.
        assert_eq!(
            aims(&[released.clone(), assigned.clone()]),
            [Aim::Number(number(2))]
        );
        assert_eq!(
            aims(&[released, past(Action::Assign, 2)]),
            [Aim::Number(number(2))]
        );
        assert_eq!(aims(&[past(Action::Adopt, 3)]), [Aim::Number(number(3))]);
    }

    #[test]
    fn what_teams_has_done_is_not_undone() {
        let by_teams = Past {
            by_teams: true,
            ..past(Action::Release, 2)
        };
        assert_eq!(
            aims(std::slice::from_ref(&by_teams)),
            [Aim::Left(number(2))]
        );
        // What followed from it is.
        assert_eq!(
            aims(&[by_teams, past(Action::Assign, 2)]),
            [Aim::Without(number(2))]
        );
    }
}
