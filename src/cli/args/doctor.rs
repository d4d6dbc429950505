//! What is typed to have things examined.

use super::TenantArgs;
use clap::Args;

/// `doctor`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Looks and asks, changes nothing. Exit codes: 0 no error; 3 configuration or rules are wrong; 6 Graph is \
unreachable or refuses; 1 any other error. The text leaves out settings that have their default; --output json has all.\n\n\
--numbers reads the number list and the products now, and knows the people as the last sync left them. What it finds does \
not change the exit code; the text shows the beginning of each group, --output json has all."
)]
pub struct DoctorArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Examine the tenant's numbers instead: stuck ones, holders without a licence, deleted or unknown, people with two lines,
    /// numbers written from on-premises, other emergency locations than the range's, numbers that no range declares
    #[arg(long)]
    pub numbers: bool,
}
