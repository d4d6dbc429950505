//! Commands that look at a tenant through rules that are not in force yet.

use super::TenantArgs;
use clap::Args;
use std::path::PathBuf;

/// `rules diff`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "A set of rules is a folder that exists, or a git revision such as main, v1.2 or HEAD~1: then it is the tenant's \
rules folder as that commit has it, read without a checkout. `.` is the tenant's rules folder as it lies there now.\n\n\
Looked at are the people as the last sync left them; before the first sync, or with --live, they are read from Graph. Nothing \
is changed. Exit codes: 0, also when something differs; with --exit-code 10 when the two sets differ."
)]
pub struct DiffArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// The rules before: a folder, a git revision, or `.`
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The rules after: a folder, a git revision, or `.`
    #[arg(value_name = "NEW", default_value = ".")]
    pub new: String,
    /// Read the directory now, instead of looking at what the last sync saw
    #[arg(long)]
    pub live: bool,
    /// End with 10 when the two sets differ
    #[arg(long)]
    pub exit_code: bool,
}

/// `rules coverage`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Looked at are the people as the last sync left them; before the first sync, or with --live, they are read from \
Graph. Nothing is changed. The text shows the beginning of each list; --output json has all."
)]
pub struct CoverageArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Folder with other rules [default: the tenant's]
    pub path: Option<PathBuf>,
    /// Read the directory now, instead of looking at what the last sync saw
    #[arg(long)]
    pub live: bool,
}
