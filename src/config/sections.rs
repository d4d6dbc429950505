//! From each section as typed to the same section validated: nothing here can fail.

use super::scalar::{Lapse, Pause, PlanId};
use super::typed::{
    DirectoryTyped, EligibilityTyped, GraphTyped, ModeTyped, NumbersTyped, OwnershipTyped,
    PoliciesTyped, ProfileTyped, ReleaseTyped, RulesTyped, SafetyTyped, WaitingTyped,
};
use super::validated::{
    Directory, Eligibility, Graph, Mode, Numbers, Ownership, Policies, Profile, Release, Rules,
    RulesRepository, Safety, Waiting,
};
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

impl From<ModeTyped> for Mode {
    fn from(typed: ModeTyped) -> Self {
        match typed {
            ModeTyped::Observe => Self::Observe,
            ModeTyped::AssignOnly => Self::AssignOnly,
            ModeTyped::Apply => Self::Apply,
        }
    }
}

impl From<&GraphTyped> for Graph {
    fn from(typed: &GraphTyped) -> Self {
        Self {
            concurrency: whole(typed.concurrency.0),
            operations: whole(typed.operations.0),
            operation_poll: timer(&typed.operation_poll),
            operation_timeout: timer(&typed.operation_timeout),
            request_timeout: timer(&typed.request_timeout),
            max_wait: typed.max_wait.0.unsigned_abs(),
            retries: u32::try_from(typed.retries.0).unwrap_or(u32::MAX),
        }
    }
}

impl From<&DirectoryTyped> for Directory {
    fn from(typed: &DirectoryTyped) -> Self {
        Self {
            groups: typed.groups,
            hire_date: typed.hire_date,
        }
    }
}

impl From<&SafetyTyped> for Safety {
    fn from(typed: &SafetyTyped) -> Self {
        Self {
            max_releases: typed.max_releases.0,
            max_release_percent: typed.max_release_percent.0,
            max_assignments: typed.max_assignments.0,
            max_unmatched_percent: typed.max_unmatched_percent.0,
            max_by_hand: typed.max_by_hand.0,
        }
    }
}

impl From<&ReleaseTyped> for Release {
    fn from(typed: &ReleaseTyped) -> Self {
        Self {
            grace: typed.grace.0,
            deleted_grace: typed.deleted_grace.0,
        }
    }
}

impl From<&OwnershipTyped> for Ownership {
    fn from(typed: &OwnershipTyped) -> Self {
        Self {
            adopt: typed.adopt,
            rehire: typed.rehire,
        }
    }
}

impl From<&PoliciesTyped> for Policies {
    fn from(typed: &PoliciesTyped) -> Self {
        Self {
            enforce: typed.enforce,
        }
    }
}

impl From<&ProfileTyped> for Profile {
    fn from(typed: &ProfileTyped) -> Self {
        Self {
            business_phone: typed.business_phone,
        }
    }
}

impl From<&EligibilityTyped> for Eligibility {
    fn from(typed: &EligibilityTyped) -> Self {
        Self {
            require_teams: typed.require_teams,
            include_disabled: typed.include_disabled,
            settle: typed.settle.0,
            extra_phone_system_plans: plans(&typed.extra_phone_system_plans),
            extra_calling_plans: plans(&typed.extra_calling_plans),
            extra_teams_plans: plans(&typed.extra_teams_plans),
        }
    }
}

impl From<&WaitingTyped> for Waiting {
    fn from(typed: &WaitingTyped) -> Self {
        Self {
            first: typed.first.0,
            longest: typed.longest.0,
            give_up: typed.give_up.0,
        }
    }
}

impl From<&NumbersTyped> for Numbers {
    fn from(typed: &NumbersTyped) -> Self {
        let least = u8::try_from(typed.golden_score.0).ok();
        Self {
            golden_score: least.filter(|least| *least > 0),
            emergency_tails: typed.emergency_tails,
        }
    }
}

/// A repository where one is named; but a tenant that names a path of its own has its rules there.
pub(super) fn rules(typed: &RulesTyped, top: &RulesTyped) -> Rules {
    let own_path = typed.path.0 != top.path.0;
    match &typed.repository {
        Some(repository) if !own_path => Rules::Repository(RulesRepository {
            url: repository.0.clone(),
            branch: typed.branch.0.clone(),
            folder: typed.folder.as_ref().map(|folder| folder.0.clone()),
            poll: typed.poll.0,
            allow_rewrite: typed.allow_rewrite,
            mirror: PathBuf::from(&typed.mirror.0),
        }),
        _ => Rules::Folder(PathBuf::from(&typed.path.0)),
    }
}

/// A checked number as a size; it is at most a few thousand.
pub(super) fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A length of time that a timer may wait for.
pub(super) fn spread(lapse: &Lapse) -> Duration {
    lapse.0.unsigned_abs()
}

fn timer(pause: &Pause) -> Duration {
    pause.0.unsigned_abs()
}

fn plans(typed: &[PlanId]) -> Vec<Uuid> {
    typed.iter().map(|plan| plan.0).collect()
}
