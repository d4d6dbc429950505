//! What is typed to do something by hand.

use super::TenantArgs;
use super::duration;
use clap::Args;
use std::time::Duration;

/// `assign`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Waits for the operation in Teams. Exit codes: 0 done, or already so; 1 refused, nothing was changed; \
4 waiting or failed; 5 the tenant is paused. Whoever has a number gets another: the old one goes, the new one comes, and \
the old one is given back if the new one cannot be had. Any number of a range whose type fits the licence may be given, \
`reserve` numbers included, to people without a matching rule as well; `keep-free` does not count."
)]
pub struct AssignArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// UPN (former ones too), mail or id
    pub user: String,
    /// The number, such as +498955501000 [default: what the rules pick]
    #[arg(allow_hyphen_values = true)]
    pub number: Option<String>,
    /// The next free number of this range
    #[arg(long, value_name = "RANGE", conflicts_with = "number")]
    pub from: Option<String>,
    /// Wait so long for a sync that is under way, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
}

/// `release`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Waits for the operation in Teams. Exit codes: 0 done; 1 refused, nothing was changed; 4 waiting or \
failed; 5 the tenant is paused. The number rests as its range says. The rules give the person no other number until \
`linekeeper users resume USER`, unless --renumber. --stale releases everybody noted `stale-holder` who still is one; \
whoever gets a licence later gets a number by the rules."
)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub struct ReleaseArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// UPN (former ones too), mail or id, also of somebody gone
    #[arg(group = "whom")]
    pub user: Option<String>,
    /// Let the rules choose another number at the next sync
    #[arg(long, conflicts_with = "stale")]
    pub renumber: bool,
    /// Everybody who holds a number without ever having been seen licensed: prints who, and releases with --yes
    #[arg(long, group = "whom")]
    pub stale: bool,
    /// Release what --stale shows
    #[arg(long, requires = "stale", conflicts_with = "user")]
    pub yes: bool,
    /// Wait so long for a sync that is under way, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
}
