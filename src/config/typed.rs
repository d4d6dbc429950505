//! The configuration as typed: the names and types of `config/default.toml`, and no others. A key that a source leaves
//! out has no meaning here; the embedded defaults name every one.

use super::scalar::{
    BaseUrl, Branch, Count, Cron, Day, Identifier, Lapse, Limit, Listen, Location, Pause, Percent,
    PlanId, Repository, RepositoryFolder, Retries, TenantName, WebhookUrl,
};
use secrecy::SecretString;
use serde::Deserialize;

/// `mode`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ModeTyped {
    #[default]
    Observe,
    AssignOnly,
    Apply,
}

/// An event of `[[webhook]]`; `webhooks` has the same names.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EventTyped {
    Assigned,
    Released,
    Held,
    LowStock,
    Exhausted,
    ReleaseBlocked,
    RemovedOutside,
    Waiting,
    RulesRefused,
    Failed,
}

/// A section: its fields and types. Everything may be left out by a source, nothing may be added.
macro_rules! sections {
    ($($name:ident { $($field:ident: $kind:ty),* $(,)? })*) => {$(
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct $name { $(pub(super) $field: $kind),* }
    )*};
}

sections! {
    AsTyped {
        mode: ModeTyped,
        server: ServerTyped,
        database: DatabaseTyped,
        graph: GraphTyped,
        schedule: ScheduleTyped,
        rules: RulesTyped,
        directory: DirectoryTyped,
        safety: SafetyTyped,
        release: ReleaseTyped,
        ownership: OwnershipTyped,
        policies: PoliciesTyped,
        profile: ProfileTyped,
        eligibility: EligibilityTyped,
        waiting: WaitingTyped,
        numbers: NumbersTyped,
        webhook: Vec<WebhookTyped>,
        tenant: Vec<TenantTyped>,
    }
    WebhookTyped {
        url: WebhookUrl,
        secret_file: Option<Location>,
        events: Vec<EventTyped>,
        tenants: Vec<TenantName>,
    }
    TenantTyped {
        name: TenantName,
        tenant_id: Option<Identifier>,
        client_id: Option<Identifier>,
        client_secret: Option<SecretString>,
        client_secret_file: Option<Location>,
        client_secret_expires: Option<Day>,
        client_certificate_file: Option<Location>,
        client_key_file: Option<Location>,
        federated_token_file: Option<Location>,
        managed_identity: bool,
        graph_url: Option<BaseUrl>,
        login_url: Option<BaseUrl>,
        rules_path: Option<Location>,
        mode: ModeTyped,
        schedule: ScheduleTyped,
        rules: RulesTyped,
        directory: DirectoryTyped,
        safety: SafetyTyped,
        release: ReleaseTyped,
        ownership: OwnershipTyped,
        policies: PoliciesTyped,
        profile: ProfileTyped,
        eligibility: EligibilityTyped,
        waiting: WaitingTyped,
        numbers: NumbersTyped,
    }
    ServerTyped { listen: Listen, allow_anonymous: bool }
    DatabaseTyped { url: Option<SecretString>, url_file: Option<Location> }
    GraphTyped {
        concurrency: Limit,
        operations: Limit,
        operation_poll: Pause,
        operation_timeout: Pause,
        request_timeout: Pause,
        max_wait: Lapse,
        retries: Retries,
    }
    ScheduleTyped { cron: Cron, full_cron: Cron, on_start: bool, spread: Lapse, parallel: Limit }
    RulesTyped {
        path: Location,
        repository: Option<Repository>,
        branch: Branch,
        folder: Option<RepositoryFolder>,
        poll: Pause,
        allow_rewrite: bool,
        mirror: Location,
    }
    DirectoryTyped { groups: bool, hire_date: bool }
    SafetyTyped {
        max_releases: Count,
        max_release_percent: Percent,
        max_assignments: Count,
        max_unmatched_percent: Percent,
        max_by_hand: Count,
    }
    ReleaseTyped { grace: Lapse, deleted_grace: Lapse }
    OwnershipTyped { adopt: bool, rehire: bool }
    PoliciesTyped { enforce: bool }
    ProfileTyped { business_phone: bool }
    EligibilityTyped {
        require_teams: bool,
        include_disabled: bool,
        settle: Lapse,
        extra_phone_system_plans: Vec<PlanId>,
        extra_calling_plans: Vec<PlanId>,
        extra_teams_plans: Vec<PlanId>,
    }
    WaitingTyped { first: Pause, longest: Pause, give_up: Pause }
    NumbersTyped { golden_score: Percent, emergency_tails: bool }
}

/// The sections that a tenant may set again for itself, and `mode`.
pub(super) const PER_TENANT: &[&str] = &[
    "mode",
    "schedule",
    "rules",
    "directory",
    "safety",
    "release",
    "ownership",
    "policies",
    "profile",
    "eligibility",
    "waiting",
    "numbers",
];
