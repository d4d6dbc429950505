//! What is typed about operators.

use super::TenantArgs;
use crate::numbering::Country;
use clap::{Args, Subcommand};

/// `operators …`.
#[derive(Clone, Debug, Subcommand)]
pub enum OperatorsCommand {
    /// Declared operators, those the tenant has that no rule declares, and their numbers by country and state
    List(TenantArgs),
    /// Give nothing from an operator's ranges for now; who holds a number of them keeps it
    Suspend(OperatorSuspendArgs),
    /// Give numbers from an operator's ranges again
    #[command(
        after_help = "Without --country all that is suspended of the operator is taken back; with it only what was \
suspended for that country. A range that is suspended itself stays so."
    )]
    Resume(OperatorArgs),
    /// Whether an operator can leave: who still holds numbers of it, then what it has to take back
    #[command(
        after_help = "As the last sync read the numbers. Exit codes: 1 numbers of it are assigned: they are listed, and \
nothing is changed; 0 nobody holds one: the operator is suspended, so that the rules give none either, and the numbers \
that the tenant still lists are printed, which the operator has to take back. The rule files are yours to change."
    )]
    Remove(OperatorNameArgs),
}

/// An operator.
#[derive(Clone, Debug, Args)]
pub struct OperatorNameArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Its name, as the rules declare it
    pub name: String,
}

/// An operator, everywhere or in one country.
#[derive(Clone, Debug, Args)]
pub struct OperatorArgs {
    /// Which.
    #[command(flatten)]
    pub operator: OperatorNameArgs,
    /// Only its ranges of this country, such as DE
    #[arg(long, value_name = "CC", value_parser = country)]
    pub country: Option<Country>,
}

/// `operators suspend`.
#[derive(Clone, Debug, Args)]
pub struct OperatorSuspendArgs {
    /// Which.
    #[command(flatten)]
    pub which: OperatorArgs,
    /// Why, for whoever wonders later
    #[arg(long)]
    pub reason: String,
}

fn country(text: &str) -> Result<Country, String> {
    Country::from_code(text)
        .ok_or_else(|| "write an ISO 3166-1 code of two letters, such as DE".to_owned())
}
