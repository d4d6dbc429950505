//! Which policies Teams says are in force for people, and where that is not what Linekeeper set.

use super::{PolicyName, State};
use crate::directory::UserId;
use std::collections::{BTreeMap, BTreeSet};

/// With so many differences of one policy type, and more than half of those who were given one, something else is wrong
/// than people who changed a policy: then it is said, and nothing is written.
const TOO_MANY: u64 = 20;

/// Effective policies of one user, type to name.
pub type Shown = BTreeMap<String, String>;

/// The effective policies of managed holders, as Teams listed them in this sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effective {
    of: BTreeMap<UserId, Shown>,
    reported: BTreeSet<String>,
    distrusted: BTreeMap<String, (u64, u64)>,
}

impl Effective {
    /// What Teams listed of everybody it listed, as far as it concerns people to whom Linekeeper gave policies.
    #[must_use]
    pub fn new(listed: impl IntoIterator<Item = (UserId, Shown)>, state: &State) -> Self {
        let mut this = Self::default();
        for (user, shown) in listed {
            let shown: Shown = shown
                .into_iter()
                .map(|(policy_type, name)| (key(&policy_type), name))
                .collect();
            for policy_type in shown.keys() {
                // Teams names few types, and the same ones again and again.
                if !this.reported.contains(policy_type) {
                    this.reported.insert(policy_type.clone());
                }
            }
            if given(state, user).next().is_some() {
                this.of.insert(user, shown);
            }
        }
        this.distrusted = this.too_many(state);
        this
    }

    /// The types of policies that differ for so many people that none is set again: how many differ, of how many.
    #[must_use]
    pub const fn distrusted(&self) -> &BTreeMap<String, (u64, u64)> {
        &self.distrusted
    }

    /// What Teams has in force instead of a policy that Linekeeper set: `Some(None)` is the default of the tenant.
    /// `None`: the same one, or it is not known.
    #[must_use]
    pub fn instead_of(&self, user: UserId, policy: &PolicyName) -> Option<Option<&str>> {
        let policy_type = key(&policy.policy_type);
        if self.distrusted.contains_key(&policy_type) {
            return None;
        }
        self.differs(user, policy)
    }

    /// People of whom some policy differs and is set again.
    pub fn differing<'a>(&'a self, state: &'a State) -> impl Iterator<Item = UserId> + 'a {
        let differs = |user: &UserId| {
            given(state, *user).any(|policy| self.instead_of(*user, policy).is_some())
        };
        self.of.keys().copied().filter(differs)
    }

    /// A type that Teams names for nobody says nothing: it may go by another name there.
    fn differs(&self, user: UserId, policy: &PolicyName) -> Option<Option<&str>> {
        let policy_type = key(&policy.policy_type);
        let shown = self.of.get(&user)?;
        match shown.get(&policy_type) {
            Some(name) => (!same(name, &policy.name)).then_some(Some(name.as_str())),
            None => self.reported.contains(&policy_type).then_some(None),
        }
    }

    fn too_many(&self, state: &State) -> BTreeMap<String, (u64, u64)> {
        let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for user in self.of.keys() {
            for policy in given(state, *user) {
                let (differing, all) = counts.entry(key(&policy.policy_type)).or_default();
                *differing += u64::from(self.differs(*user, policy).is_some());
                *all += 1;
            }
        }
        counts.retain(|_, (differing, all)| *differing > TOO_MANY && *differing * 2 > *all);
        counts
    }
}

fn given(state: &State, user: UserId) -> impl Iterator<Item = &PolicyName> {
    let facts = state.facts.get(&user);
    facts.into_iter().flat_map(|facts| &facts.policies)
}

fn key(policy_type: &str) -> String {
    policy_type.to_ascii_lowercase()
}

fn same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::UserFacts;

    fn id(n: u128) -> UserId {
        UserId::from_u128(n)
    }

    fn policy(name: &str) -> PolicyName {
        PolicyName {
            policy_type: "TenantDialPlan".to_owned(),
            name: name.to_owned(),
        }
    }

    /// So many people were given the dial plan DE.
    fn given_to(count: u128) -> State {
        let facts = UserFacts {
            policies: vec![policy("DE")],
            ..UserFacts::default()
        };
        State {
            facts: (1..=count).map(|n| (id(n), facts.clone())).collect(),
            ..State::default()
        }
    }

    fn shown(policy_type: &str, name: &str) -> Shown {
        [(policy_type.to_owned(), name.to_owned())].into()
    }

    #[test]
    fn another_policy_or_none_is_a_difference() {
        let state = given_to(3);
        let listed = [
            (id(1), shown("tenantDialPlan", "de ")),
            (id(2), shown("TenantDialPlan", "AT")),
            (id(3), Shown::new()),
        ];
        let effective = Effective::new(listed, &state);
        assert_eq!(effective.instead_of(id(1), &policy("DE")), None);
        assert_eq!(effective.instead_of(id(2), &policy("DE")), Some(Some("AT")));
        assert_eq!(effective.instead_of(id(3), &policy("DE")), Some(None));
        assert_eq!(
            effective.differing(&state).collect::<Vec<_>>(),
            [id(2), id(3)]
        );
    }

    #[test]
    fn what_teams_does_not_name_is_not_known() {
        let state = given_to(2);
        // The type is named for nobody, and the second person is not listed at all.
        let effective = Effective::new([(id(1), shown("TeamsUpgradePolicy", "x"))], &state);
        assert_eq!(effective.differing(&state).count(), 0);
        let listed = [(id(9), shown("TenantDialPlan", "AT"))];
        let effective = Effective::new(listed, &state);
        assert_eq!(effective.instead_of(id(2), &policy("DE")), None);
    }

    #[test]
    fn a_difference_of_nearly_everybody_is_said_and_not_mended() {
        let listed = |other: u128, all: u128| {
            let names = (1..=all).map(move |n| if n <= other { "AT" } else { "DE" });
            let people = (1..=all).map(id);
            people.zip(names.map(|name| shown("TenantDialPlan", name)))
        };
        let state = given_to(40);
        let some = Effective::new(listed(20, 40), &state);
        assert_eq!(some.differing(&state).count(), 20);
        let most = Effective::new(listed(21, 40), &state);
        assert_eq!(most.differing(&state).count(), 0);
        assert_eq!(most.distrusted()["tenantdialplan"], (21, 40));
        let few = given_to(20);
        assert_eq!(
            Effective::new(listed(20, 20), &few).differing(&few).count(),
            20
        );
    }
}
