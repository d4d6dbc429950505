//! From the configuration of a tenant to the settings that the engine takes.

use crate::config::{Mode, TenantConfig};
use crate::directory::{PlanCatalogue, PlanId};
use crate::plan::{self, Settings};
use uuid::Uuid;

/// The settings of a tenant as the engine wants them.
#[must_use]
pub fn settings(tenant: &TenantConfig) -> Settings {
    let plans = |ids: &[Uuid]| ids.iter().copied().map(PlanId).collect::<Vec<_>>();
    let eligibility = &tenant.eligibility;
    Settings {
        tenant: tenant.name.clone(),
        mode: match tenant.mode {
            Mode::Observe => plan::Mode::Observe,
            Mode::AssignOnly => plan::Mode::AssignOnly,
            Mode::Apply => plan::Mode::Apply,
        },
        safety: plan::Safety {
            max_releases: tenant.safety.max_releases,
            max_release_percent: tenant.safety.max_release_percent,
            max_assignments: tenant.safety.max_assignments,
            max_unmatched_percent: tenant.safety.max_unmatched_percent,
            max_by_hand: tenant.safety.max_by_hand,
        },
        grace: tenant.release.grace,
        deleted_grace: tenant.release.deleted_grace,
        adopt: tenant.ownership.adopt,
        rehire: tenant.ownership.rehire,
        enforce_policies: tenant.policies.enforce,
        business_phone: tenant.profile.business_phone,
        eligibility: plan::Eligibility {
            require_teams: eligibility.require_teams,
            include_disabled: eligibility.include_disabled,
            settle: eligibility.settle,
        },
        waiting: plan::Waiting {
            first: tenant.waiting.first,
            longest: tenant.waiting.longest,
            give_up: tenant.waiting.give_up,
        },
        hire_dates: tenant.directory.hire_date,
        numbers: plan::Numbers {
            golden_score: tenant.numbers.golden_score,
            emergency_tails: tenant.numbers.emergency_tails,
        },
        catalogue: PlanCatalogue::with_extras(
            &plans(&eligibility.extra_phone_system_plans),
            &plans(&eligibility.extra_calling_plans),
            &plans(&eligibility.extra_teams_plans),
        ),
    }
}
