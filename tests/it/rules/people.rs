//! People and directories for the tests of the rule language.

use linekeeper::directory::{
    AssignedPlan, Attribute, GroupId, Kind, LicenceBook, Licences, PlanCatalogue, PlanId,
    PlanStatus, User, UserId,
};
use linekeeper::rules::{GroupMembers, RuleSet, Subject};
use std::sync::Arc;

/// One person with everything a subject refers to.
pub(super) struct Person {
    pub(super) user: User,
    pub(super) kind: Kind,
    pub(super) book: LicenceBook,
    pub(super) groups: GroupMembers,
}

impl Person {
    pub(super) fn new(values: &[(Attribute, &str)]) -> Self {
        let mut user = User::new(UserId::from_u128(1));
        user.attributes = values.iter().copied().collect();
        Self {
            user,
            kind: Kind::Person,
            book: LicenceBook::new(PlanCatalogue::default(), None),
            groups: GroupMembers::new(),
        }
    }

    pub(super) fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub(super) fn with_plan(mut self, plan: PlanId) -> Self {
        let entry = AssignedPlan {
            plan,
            status: PlanStatus::Enabled,
        };
        self.user.licences = Arc::new(Licences {
            assigned: Vec::new(),
            plans: vec![entry],
        });
        self
    }

    pub(super) fn in_group(mut self, group: GroupId, member: bool) -> Self {
        let members = member.then_some(self.user.id);
        self.groups.insert(group, members.into_iter().collect());
        self
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            user: &self.user,
            kind: self.kind,
            book: &self.book,
            groups: &self.groups,
        }
    }
}

/// The name of a range by its index.
pub(super) fn name(rules: &RuleSet, range: usize) -> &str {
    &rules.ranges()[range].name
}
