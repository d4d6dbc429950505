//! What is typed to plan or set something for many people at once.

use super::TenantArgs;
use clap::Args;
use std::path::PathBuf;

/// `syncs revert`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Changes nothing: prints a plan and saves it for `linekeeper sync --plan FILE`, which makes it within 24 hours \
if every change still fits (exit code 7 if not). Whoever lost a number in that sync gets it back as long as it is free, rests \
after them or is theirs; whoever was given one loses it again and waits for `linekeeper users resume`. What cannot be undone is \
a note. What Teams did itself is not undone, and adopted numbers stay with their people. The release brake counts every \
number the plan takes back; `sync --plan FILE --approve` lifts it."
)]
pub struct RevertArgs {
    /// Its id
    pub id: String,
    /// Only these people: UPN (former ones too), mail or id; may be repeated
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub only: Vec<String>,
    /// Where to save the plan
    #[arg(long, value_name = "FILE")]
    pub save: PathBuf,
}

/// `users renumber`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Changes nothing: prints a plan and saves it for `linekeeper sync --plan PLAN`, which makes it within 24 hours \
if every change still fits (exit code 7 if not). Each change goes as `linekeeper assign` does it: the old number goes, the new \
one comes, and the old one is given back if the new one cannot be had. FILE has one user a line, as UPN, mail or id, or \
`user,number`; without a number, the next one of the range that the rules pick. Wrong lines are listed, and nothing is planned \
then. What cannot be had for one person is a note. The release brake counts every change; `sync --plan PLAN --approve` lifts it."
)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub struct RenumberArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// The people of this file
    #[arg(long, value_name = "FILE", group = "whom")]
    pub file: Option<PathBuf>,
    /// Everybody noted `drift`: to the range that the rules pick now
    #[arg(long, group = "whom")]
    pub drift: bool,
    /// Of these, only those who hold a number of this range
    #[arg(long, value_name = "RANGE")]
    pub range: Option<String>,
    /// Where to save the plan
    #[arg(long, value_name = "PLAN")]
    pub save: PathBuf,
}

/// `users resume`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "FILE has one user a line, as UPN, mail or id. Wrong lines are listed, and nothing is changed then. --range is \
for everybody who waits for a person, or after refused numbers, and whose last number lies in that range."
)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub struct ResumeArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// UPN (former ones too), mail or id, also of somebody gone
    #[arg(group = "whom")]
    pub user: Option<String>,
    /// The people of this file
    #[arg(long, value_name = "FILE", group = "whom")]
    pub file: Option<PathBuf>,
    /// Everybody who waits and whose last number lies in this range
    #[arg(long, value_name = "RANGE", group = "whom")]
    pub range: Option<String>,
}
