//! The command line as typed. What the options mean together is checked by the commands; what cannot be typed together
//! is refused here, with exit code 2.

mod audit;
mod bulk;
mod doctor;
mod files;
mod forecast;
mod hand;
mod migrate;
mod numbers;
mod operators;
mod order;
mod review;
mod rules_test;
mod set;

pub use audit::{AuditCommand, AuditExportArgs, AuditListArgs, AuditVerifyArgs};
pub use bulk::{RenumberArgs, ResumeArgs, RevertArgs};
pub use doctor::DoctorArgs;
pub use files::{ExportArgs, ImportArgs, PinFileArgs};
pub use forecast::ForecastArgs;
pub use hand::{AssignArgs, ReleaseArgs};
pub use migrate::{
    MigrateCommand, MigratePauseArgs, MigratePlanArgs, MigrateRollbackArgs, MigrateStartArgs,
    MigrateStatusArgs, MigrationArgs, TermsArgs,
};
pub use numbers::NumbersCommand;
pub use operators::{OperatorArgs, OperatorNameArgs, OperatorSuspendArgs, OperatorsCommand};
pub use order::{BlockArgs, OrderCommand, ScriptArgs};
pub use review::{CoverageArgs, DiffArgs};
pub use rules_test::RulesTestArgs;
pub use set::{
    ExemptArgs, NumberArgs, PauseArgs, PinArgs, RangeArgs, ReserveArgs, RestArgs, SuspendArgs,
    UserArgs,
};

use super::output::Format;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Gives Microsoft Teams users their phone numbers by rule.
#[derive(Clone, Debug, Parser)]
#[command(name = "linekeeper", version, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done; 1 error; 2 usage; 3 rules or configuration invalid; 4 some changes failed or \
were put off, or the user read was incomplete; 5 held by a guard; 6 Graph unreachable or refused; 7 saved plan stale; \
10 `plan --exit-code` with any change. The configuration is described in config/default.toml; LINEKEEPER_LOG sets what \
is logged to standard error, such as `debug`."
)]
pub struct Cli {
    /// Configuration file [default: linekeeper.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Text for people, or JSON for programs
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub output: Format,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// The service: syncs by schedule and on demand, and the HTTP API
    Serve,
    /// Observe and print the plan; change nothing
    Plan(PlanArgs),
    /// Observe, decide and make the changes, once
    Sync(SyncArgs),
    /// Why somebody has, gets or does not get a number; or why a number is not free
    Explain(ExplainArgs),
    /// Give somebody a number, or another one
    Assign(AssignArgs),
    /// Take somebody's number back
    Release(ReleaseArgs),
    /// Stop every write to Teams; a sync under way stops before its next one
    Pause(PauseArgs),
    /// Allow writes to Teams again
    Resume(TenantArgs),
    /// Tools for rule files
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Stock of each range
    #[command(subcommand)]
    Ranges(RangesCommand),
    /// Inventory of numbers
    #[command(subcommand)]
    Numbers(NumbersCommand),
    /// Operators, and what they may give
    #[command(subcommand)]
    Operators(OperatorsCommand),
    /// Users, and what is noted about them
    #[command(subcommand)]
    Users(UsersCommand),
    /// Past and held syncs
    #[command(subcommand)]
    Syncs(SyncsCommand),
    /// The audit trail: who changed what, and whether it is untouched
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Move the numbers of a range to another type, wave by wave, everybody keeping the same number
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Check configuration, database, rules, clock, token and each permission, and say how to mend what is wrong
    Doctor(DoctorArgs),
    /// Write a commented configuration and a first rule file; overwrites nothing
    Init(InitArgs),
    /// Serve a made-up tenant that speaks Microsoft Graph's language
    Simulate(SimulateArgs),
    /// Show everything at work on a made-up tenant, with a temporary database
    Demo(DemoArgs),
}

/// Which tenants.
#[derive(Clone, Debug, Default, Args)]
pub struct TenantArgs {
    /// Only this tenant [default: all]
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
}

/// `plan`.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Decide for one person only: UPN (former ones too), mail or id
    #[arg(long)]
    pub user: Option<String>,
    /// Read the whole directory and decide for everybody
    #[arg(long, conflicts_with = "user")]
    pub full: bool,
    /// Save the plan, for `sync --plan`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// End with 10 when there is any change
    #[arg(long)]
    pub exit_code: bool,
}

/// `sync`.
#[derive(Clone, Debug, Args)]
pub struct SyncArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Decide and act for one person only: UPN (former ones too), mail or id
    #[arg(long)]
    pub user: Option<String>,
    /// Read the whole directory and decide for everybody
    #[arg(long, conflicts_with = "user")]
    pub full: bool,
    /// Make exactly the changes of this saved plan, if they still fit
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "full", "accept_empty"])]
    pub plan: Option<PathBuf>,
    /// Lift the two brakes for this sync (one tenant only)
    #[arg(long)]
    pub approve: bool,
    /// Believe a directory that shows nobody
    #[arg(long, requires = "full")]
    pub accept_empty: bool,
    /// Wait so long for a sync that is under way, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
}

/// `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// Where to write linekeeper.toml and rules/first.rules [default: the working folder]
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Somebody, by UPN (former ones too), mail or id; or a number, such as +498955501000
    #[arg(value_name = "USER|NUMBER")]
    pub whom: String,
}

/// `rules …`.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// Check rule files and print every error with its place
    Check {
        /// Folder or file [default: the configured folder]
        path: Option<PathBuf>,
    },
    /// What the rules make of today's directory: people per range, people with none, what nobody needs
    Coverage(CoverageArgs),
    /// Compare two sets of rules over today's directory: who would be picked differently
    Diff(DiffArgs),
    /// The rules that lie there and those that decide: commit, author's date, since when, and what is wrong
    Status(TenantArgs),
    /// Run the tests that stand beside the rules, in files that end in .test.toml
    Test(RulesTestArgs),
    /// Bring rule files into their canonical form; comments stay, and what the rules decide stays
    #[command(
        after_help = "Files that hold errors are left as they are. Exit codes: 0 done; 1 with --check, when some file is \
not canonical; 3 some file holds errors. With --output json: {\"changed\":[…],\"canonical\":[…],\"errors\":[…],\
\"written\":true}, files by their paths, errors as `rules check` has them."
    )]
    Fmt {
        /// Folder, file, or - for standard input to standard output [default: the configured folder]
        path: Option<PathBuf>,
        /// Change nothing: list the files that are not canonical, and exit with 1 if there are any
        #[arg(long)]
        check: bool,
    },
    /// What an error or a warning of a rule file means, with an example and its mending
    Explain {
        /// Code, such as missing-quotes [default: list all codes]
        code: Option<String>,
    },
}

/// `ranges …`.
#[derive(Clone, Debug, Subcommand)]
pub enum RangesCommand {
    /// Total, free, assigned, quarantined and so on, per range
    List {
        /// Which tenants.
        #[command(flatten)]
        tenants: TenantArgs,
    },
    /// How long each range lasts at the rate of the last 90 days
    Forecast(ForecastArgs),
    /// Give nothing from a range for now; who holds a number of it keeps it
    Suspend(SuspendArgs),
    /// Give numbers from a range again, also from one that was suspended because Teams refused three people
    Resume(RangeArgs),
}

/// `users …`.
#[derive(Clone, Debug, Subcommand)]
pub enum UsersCommand {
    /// Users with licence, number and overrides
    List {
        /// Which tenants.
        #[command(flatten)]
        tenants: TenantArgs,
        /// Only those with a standing note of this kind, such as no-range
        #[arg(long, value_name = "KIND")]
        note: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Have the rules leave somebody alone: the number stays, none is given
    Exempt(ExemptArgs),
    /// Take an exemption by hand back
    Unexempt(UserArgs),
    /// Keep a number for somebody, and give it to nobody else
    Pin(PinArgs),
    /// Take a pin back; the number stays where it is
    Unpin(UserArgs),
    /// Let the rules decide again for somebody who waits for a person, or for many
    Resume(ResumeArgs),
    /// Save a plan that gives many people other numbers
    Renumber(RenumberArgs),
}

/// `syncs …`.
#[derive(Clone, Debug, Subcommand)]
pub enum SyncsCommand {
    /// Past syncs, the latest first
    List {
        /// Which tenants.
        #[command(flatten)]
        tenants: TenantArgs,
    },
    /// One sync with its changes and notes
    Show {
        /// Its id
        id: String,
    },
    /// Make the changes that a sync holds, each checked again
    Approve {
        /// Its id
        id: String,
        /// Leave this person out; may be repeated
        #[arg(long, value_name = "USER")]
        except: Vec<String>,
        /// Wait so long for a sync that is under way, such as 5m
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        wait: Option<Duration>,
    },
    /// Drop the changes that a sync holds
    Reject {
        /// Its id
        id: String,
    },
    /// Save a plan that gives everybody in a past sync what they had before it
    Revert(RevertArgs),
}

/// `simulate`.
#[derive(Clone, Debug, Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("source").required(true))]
pub struct SimulateArgs {
    /// Tenant as JSON: users, numbers, subscribedSkus, policies
    #[arg(long, value_name = "FILE", group = "source")]
    pub tenant_file: Option<PathBuf>,
    /// A made-up tenant with so many users
    #[arg(long, value_name = "N", group = "source")]
    pub generate: Option<usize>,
    /// Which made-up tenant: the same seed, the same tenant
    #[arg(
        long,
        value_name = "S",
        default_value_t = 1,
        conflicts_with = "tenant_file"
    )]
    pub seed: u64,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,
}

/// `demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// End after the first sync
    #[arg(long)]
    pub once: bool,
    /// Where the service listens
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8080",
        conflicts_with = "once"
    )]
    pub listen: SocketAddr,
    /// Put rules and configuration into this folder, to change the rules while it runs; rules that are there are used
    #[arg(long, value_name = "DIR", conflicts_with = "once")]
    pub folder: Option<PathBuf>,
}

/// A length of time as in the configuration: `500ms`, `30s`, `10m`, `6h`, `7d`.
fn duration(text: &str) -> Result<Duration, String> {
    crate::config::parse_duration(text).map(jiff::SignedDuration::unsigned_abs)
}

#[cfg(test)]
mod tests;
