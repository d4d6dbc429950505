//! What is typed to look at the inventory, and to change it.

use super::{ExportArgs, ImportArgs, NumberArgs, OrderCommand, ReserveArgs, RestArgs, TenantArgs};
use clap::Subcommand;

/// `numbers …`.
#[derive(Clone, Debug, Subcommand)]
pub enum NumbersCommand {
    /// Numbers with their states
    List {
        /// Which tenants.
        #[command(flatten)]
        tenants: TenantArgs,
        /// Only of this range
        #[arg(long)]
        range: Option<String>,
        /// Only in this state, such as free or assigned
        #[arg(long)]
        state: Option<String>,
        /// Only memorable ones, with their scores: those from this score on [default: `numbers.golden_score`, or any]
        #[arg(
            long,
            value_name = "SCORE",
            num_args = 0..=1,
            require_equals = true,
            value_parser = clap::value_parser!(u8).range(1..=100)
        )]
        golden: Option<Option<u8>>,
        /// At most so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Who held a number, from when to when, by which rule
    History {
        /// Which tenants.
        #[command(flatten)]
        tenants: TenantArgs,
        /// The number, such as +498955501000
        #[arg(allow_hyphen_values = true)]
        number: String,
        /// Who held it then, and what it was: a day as YYYY-MM-DD (its first moment in UTC), or a full time
        #[arg(long, value_name = "TIME", value_parser = crate::plan::moment)]
        at: Option<jiff::Timestamp>,
    },
    /// Set a number aside: the rules give it to nobody, `linekeeper assign` may
    Reserve(ReserveArgs),
    /// Take a reservation by hand back
    Unreserve(NumberArgs),
    /// Let a number that Teams refused be tried again at once
    Unblock(NumberArgs),
    /// End the rest of a number at once
    Free(NumberArgs),
    /// Put a number to rest until a time
    Rest(RestArgs),
    /// Set many numbers aside, let them rest or free them, as a CSV file says
    Import(ImportArgs),
    /// Write what every number is, or who ever held it, as CSV
    Export(ExportArgs),
    /// Write a PowerShell script for what Graph cannot do: upload, release or block the numbers of a range
    #[command(subcommand)]
    Order(OrderCommand),
}
