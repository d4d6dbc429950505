//! What is typed to move numbers to another type.

use super::{TenantArgs, duration};
use crate::numbering::NumberType;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::time::Duration;

/// `migrate …`.
#[derive(Clone, Debug, Subcommand)]
pub enum MigrateCommand {
    /// Who would move in which wave, and what stands in the way; changes nothing
    Plan(MigratePlanArgs),
    /// Start a migration, or go on with one that is paused or was rolled back
    Start(MigrateStartArgs),
    /// How far migrations are, wave by wave
    Status(MigrateStatusArgs),
    /// Stop a migration before its next write; what is in flight ends
    Pause(MigratePauseArgs),
    /// Give the people of a wave their numbers back with the old type, as far as the tenant lists them so
    Rollback(MigrateRollbackArgs),
}

/// Which migration.
#[derive(Clone, Debug, Args)]
pub struct MigrationArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// The range whose numbers move
    #[arg(long)]
    pub range: String,
    /// The new type: operator-connect
    #[arg(long, value_name = "TYPE", value_parser = number_type)]
    pub to: NumberType,
}

/// `migrate plan`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "How numbers move is the operator's way, declared in the rules (`operator … { migration after-upload }`) \
and named by the range (`operator`); without one it is after-upload. Lines that are still written from on-premises are \
listed with the commands their owner has to run."
)]
pub struct MigratePlanArgs {
    /// Which migration.
    #[command(flatten)]
    pub migration: MigrationArgs,
    /// How it is done.
    #[command(flatten)]
    pub terms: TermsArgs,
}

/// How a migration is done.
#[derive(Clone, Debug, Args)]
pub struct TermsArgs {
    /// People in a wave; a wave begins when nobody of the one before is under way any more
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub wave_size: u32,
    /// Only this person: UPN (former ones too), mail or id; may be repeated [default: everybody with a number of the range]
    #[arg(long = "user", value_name = "USER")]
    pub users: Vec<String>,
    /// The date agreed with the operator: nothing is released before it, unless the new type is listed earlier
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub date: Option<Timestamp>,
}

/// `migrate start`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Without --confirm it prints who moves, what stands in the way and the outage to expect, and starts \
nothing. The first wave begins at once; every sync, also of the service, carries the migration on. Each person is \
released by the operator's way, loses the old voice routing policy, and gets the same number back as soon as Teams lists \
it free with the new type. A wave begins by itself when nobody of those before is under way any more; somebody who fails \
is tried again by every sync and holds the next wave up, until --next. On a migration that is paused or was rolled back \
it goes on. Exit codes: 0 done; 1 refused, nothing was changed; 4 some steps failed; 5 the tenant is paused."
)]
pub struct MigrateStartArgs {
    /// Which migration.
    #[command(flatten)]
    pub migration: MigrationArgs,
    /// How it is done.
    #[command(flatten)]
    pub terms: TermsArgs,
    /// Yes, with the outage that is printed
    #[arg(long)]
    pub confirm: bool,
    /// Leave out those of whom something stands in the way
    #[arg(long)]
    pub leave_out: bool,
    /// Begin the next wave although somebody of those before has failed
    #[arg(long, conflicts_with = "wave")]
    pub next: bool,
    /// Take up a wave that was rolled back
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub wave: Option<u32>,
    /// Wait so long for a sync that is under way, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
}

/// `migrate status`.
#[derive(Clone, Debug, Args)]
pub struct MigrateStatusArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Only of this range
    #[arg(long)]
    pub range: Option<String>,
    /// Only to this type
    #[arg(long, value_name = "TYPE", value_parser = number_type)]
    pub to: Option<NumberType>,
}

/// `migrate pause`.
#[derive(Clone, Debug, Args)]
pub struct MigratePauseArgs {
    /// Which migration.
    #[command(flatten)]
    pub migration: MigrationArgs,
}

/// `migrate rollback`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Stops everybody else until `migrate start` goes on. Who was not released yet stays as before; who was \
released gets the number back with the old type if Teams lists it so (a direct-routing number need not be listed); who \
has it with the new type keeps that line until Teams lists the old type, too. Where the operator has to do something \
first, `migrate status` says what, and the syncs give the number back once it is done."
)]
pub struct MigrateRollbackArgs {
    /// Which migration.
    #[command(flatten)]
    pub migration: MigrationArgs,
    /// Which wave [default: the last one that has begun]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub wave: Option<u32>,
    /// Wait so long for a sync that is under way, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
}

fn number_type(text: &str) -> Result<NumberType, String> {
    NumberType::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = NumberType::ALL.iter().map(|known| known.name()).collect();
        format!("the types are {}", names.join(", "))
    })
}
