//! What configuration decides about a plan: validated values, made by `app` from the configuration.

use crate::directory::PlanCatalogue;
use crate::numbering::{E164, golden_score};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Everything of the configuration that a plan depends on, for one tenant.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Tenant name as configured.
    pub tenant: String,
    /// What may be written.
    pub mode: Mode,
    /// The two brakes.
    pub safety: Safety,
    /// Wait before a release for lost licence, where a range says nothing.
    pub grace: SignedDuration,
    /// Wait before a release for deletion, where a range says nothing.
    pub deleted_grace: SignedDuration,
    /// Whether numbers found in Teams are adopted.
    pub adopt: bool,
    /// Whether a re-created user gets the former object's number back.
    pub rehire: bool,
    /// Whether policies are re-asserted on kept users.
    pub enforce_policies: bool,
    /// Whether `businessPhones` is written.
    pub business_phone: bool,
    /// Who is eligible.
    pub eligibility: Eligibility,
    /// Pauses after a refusal that can pass.
    pub waiting: Waiting,
    /// Whether hire dates are read, for forecasts.
    pub hire_dates: bool,
    /// Which free numbers are not given by rule.
    pub numbers: Numbers,
    /// Known plan ids and the configured additions.
    pub catalogue: PlanCatalogue,
}

/// `[numbers]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Numbers that score at least so much are given by people only; `None`: no number is too good.
    pub golden_score: Option<u8>,
    /// Whether numbers that end like an emergency number of their country count as `never`.
    pub emergency_tails: bool,
}

impl Numbers {
    /// Whether the rules leave the number to people because it is so memorable.
    #[must_use]
    pub fn leaves_to_people(&self, number: E164) -> bool {
        self.golden_score
            .is_some_and(|least| golden_score(number) >= least)
    }
}

/// `mode`: how much of a plan is written to Graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Nothing is written.
    #[default]
    Observe,
    /// Never releases.
    AssignOnly,
    /// Everything.
    Apply,
}

impl Mode {
    /// The name in configuration and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::AssignOnly => "assign-only",
            Self::Apply => "apply",
        }
    }
}

/// `[safety]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Safety {
    /// Most releases in 24 hours without approval.
    pub max_releases: u64,
    /// The same as a share of the managed holders, 0 to 100.
    pub max_release_percent: u64,
    /// Most assignments by rule in 24 hours without approval; 0: no limit.
    pub max_assignments: u64,
    /// Of the people without a number who had a range, how many percent a changed rule set may leave without one, 0 to
    /// 100, unless somebody approves.
    pub max_unmatched_percent: u64,
    /// Most assignments and releases by hand of one caller in an hour; 0: no limit.
    pub max_by_hand: u64,
}

/// `[eligibility]`, without the extra plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// Whether a usable Teams plan is needed.
    pub require_teams: bool,
    /// Whether disabled accounts are given numbers.
    pub include_disabled: bool,
    /// How long after the licence was first seen, and after the last change of a read attribute, nobody is assigned.
    pub settle: SignedDuration,
}

/// `[waiting]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The first pause.
    pub first: SignedDuration,
    /// The longest pause.
    pub longest: SignedDuration,
    /// After so long it is retried daily, with an alert, and the claim ends.
    pub give_up: SignedDuration,
}

impl Default for Settings {
    /// The defaults of `config/default.toml`, for a tenant without a name.
    fn default() -> Self {
        Self {
            tenant: String::new(),
            mode: Mode::Observe,
            safety: Safety {
                max_releases: 20,
                max_release_percent: 10,
                max_assignments: 250,
                max_unmatched_percent: 20,
                max_by_hand: 50,
            },
            grace: SignedDuration::ZERO,
            deleted_grace: SignedDuration::ZERO,
            adopt: true,
            rehire: true,
            enforce_policies: false,
            business_phone: false,
            eligibility: Eligibility {
                require_teams: true,
                include_disabled: false,
                settle: SignedDuration::ZERO,
            },
            waiting: Waiting {
                first: SignedDuration::from_mins(5),
                longest: SignedDuration::from_hours(6),
                give_up: SignedDuration::from_hours(24),
            },
            hire_dates: false,
            numbers: Numbers::default(),
            catalogue: PlanCatalogue::default(),
        }
    }
}
