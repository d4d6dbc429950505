//! What is typed to set something by hand.

use super::{PinFileArgs, TenantArgs, duration};
use clap::Args;
use jiff::Timestamp;
use std::time::Duration;

/// What is said of times on the command line.
const UNTIL: &str = "A DATE is a day as YYYY-MM-DD, which means its first moment in UTC, so that the day itself is no \
longer included; or a full time such as 2026-12-31T17:00:00Z.";

/// What is said of `users pin`.
const PIN_FILE: &str = "The number must lie in a range and fit the licence; `reserve` numbers may be pinned. While the pin \
stands nobody else gets the number, and whoever is pinned gets it from the rules at the next sync. Somebody who holds \
another number keeps it, unless --move, which changes the number at once as `linekeeper assign` does and prints that \
sync, too (exit code 4: waiting or failed; the pin stays).\n\n\
With --file the columns are user and number; a user is named by UPN, mail address or employee id (two hits are an error). \
FILE is text in UTF-8, - is standard input; commas, semicolons and tabs separate, the first line names the columns. A file \
with any wrong row changes nothing; all wrong rows are listed with their lines, and the exit code is 1; --skip-invalid \
leaves them out (of two rows that contradict each other the first counts). All pins are set in one step: people may \
change numbers with each other. --replace drops the pins that have no row; with --skip-invalid those of wrong rows stay.\n\n\
--profile-only writes the number into the profile of each guest (businessPhones), nothing else: no pin, no number in \
Teams. The rules may give such a number to somebody else unless it is set aside. Nothing is written in mode observe.";

/// Somebody.
#[derive(Clone, Debug, Args)]
pub struct UserArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// UPN (former ones too), mail or id, also of somebody gone
    pub user: String,
}

/// `users exempt`.
#[derive(Clone, Debug, Args)]
#[command(after_help = UNTIL)]
pub struct ExemptArgs {
    /// Who.
    #[command(flatten)]
    pub who: UserArgs,
    /// Why, for whoever wonders later
    #[arg(long, default_value = "by hand", hide_default_value = true)]
    pub reason: String,
    /// When the rules decide again [default: when it is taken back]
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub until: Option<Timestamp>,
}

/// `users pin`.
#[derive(Clone, Debug, Args)]
#[command(after_help = PIN_FILE)]
#[command(group = clap::ArgGroup::new("waits").args(["move", "profile_only"]).multiple(true))]
pub struct PinArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// UPN (former ones too), mail or id, also of somebody gone
    #[arg(required_unless_present_any = ["file", "template"], requires = "number")]
    pub user: Option<String>,
    /// The number, such as +498955501000
    #[arg(allow_hyphen_values = true)]
    pub number: Option<String>,
    /// Take away another number the person holds, at once
    #[arg(long)]
    pub r#move: bool,
    /// With --move or --profile-only: wait so long for a sync that is under way, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "waits")]
    pub wait: Option<Duration>,
    /// Also a number the range never gives, and one that somebody else still has: the pin then waits for it
    #[arg(long)]
    pub force: bool,
    /// Many at once.
    #[command(flatten)]
    pub many: PinFileArgs,
}

/// A number.
#[derive(Clone, Debug, Args)]
pub struct NumberArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// The number, such as +498955501000
    #[arg(allow_hyphen_values = true)]
    pub number: String,
}

/// `numbers reserve`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "With --for, whoever has that UPN, mail address or employee id gets the number as soon as they may have one, \
and nobody else does, neither by rule nor by hand. They may join later. If several people answer to it, or several numbers are \
reserved for one person, nobody gets any of them, and a note says so.\n\nA DATE is a day as YYYY-MM-DD, which means its first \
moment in UTC, so that the day itself is no longer included; or a full time such as 2026-12-31T17:00:00Z."
)]
pub struct ReserveArgs {
    /// Which.
    #[command(flatten)]
    pub which: NumberArgs,
    /// Why, for whoever wonders later
    #[arg(long, default_value = "by hand", hide_default_value = true)]
    pub reason: String,
    /// When the rules may give it again [default: when it is taken back]
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub until: Option<Timestamp>,
    /// For somebody who may join later: UPN, mail or employee id
    #[arg(long = "for", value_name = "WHOM")]
    pub whom: Option<String>,
}

/// `numbers rest`.
#[derive(Clone, Debug, Args)]
#[command(after_help = UNTIL)]
pub struct RestArgs {
    /// Which.
    #[command(flatten)]
    pub which: NumberArgs,
    /// When it may be given again
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub until: Timestamp,
}

/// A range.
#[derive(Clone, Debug, Args)]
pub struct RangeArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Its name
    pub name: String,
}

/// `ranges suspend`.
#[derive(Clone, Debug, Args)]
pub struct SuspendArgs {
    /// Which.
    #[command(flatten)]
    pub range: RangeArgs,
    /// Why, for whoever wonders later
    #[arg(long)]
    pub reason: String,
}

/// `pause`.
#[derive(Clone, Debug, Args)]
#[command(after_help = UNTIL)]
pub struct PauseArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Why, for whoever wonders later
    #[arg(long)]
    pub reason: String,
    /// When writes are allowed again [default: with `linekeeper resume`]
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub until: Option<Timestamp>,
}
