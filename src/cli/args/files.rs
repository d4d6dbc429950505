//! What is typed to bring a file, or to have one written.

use super::TenantArgs;
use clap::Args;
use std::path::PathBuf;

/// What is said of `numbers import`.
const IMPORT: &str = "Columns: number, state, until, reason; until and reason may be blank or missing. `reserved` sets a \
number aside, as `numbers reserve` does; `quarantined` (or `rest`) lets it rest until a time, as `numbers rest` does; `free` \
takes back a reservation, a rest and a block. The other states come from the rules and from Teams: a row that names the one \
a number has is passed over, so that a file of `numbers export` can be read back, changed where it is to be changed; any \
other is wrong. The columns range, type, user_id, upn and since of an export are passed over.\n\n\
FILE is text in UTF-8, - is standard input. Commas, semicolons and tabs separate, the first line names the columns; Excel's \
marks, =\"+49...\" and an apostrophe before a number are understood. A file with any wrong row changes nothing; all wrong \
rows are listed with their lines, and the exit code is 1; --skip-invalid leaves them out (of two rows for one number the \
first counts). Everything is set in one step: all of it or nothing, whatever happens meanwhile.";

/// `numbers import`.
#[derive(Clone, Debug, Args)]
#[command(after_help = IMPORT)]
pub struct ImportArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// The file; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "template")]
    pub file: Option<PathBuf>,
    /// Change nothing: print the counts and the wrong rows
    #[arg(long)]
    pub preview: bool,
    /// Print an empty file with its head and an example, and do nothing else
    #[arg(long, conflicts_with_all = ["file", "preview", "skip_invalid"])]
    pub template: bool,
    /// Leave wrong rows out and take the others
    #[arg(long)]
    pub skip_invalid: bool,
}

/// `numbers export`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Writes CSV: commas, UTF-8, a head. A cell that a spreadsheet would run or turn into a number begins with an apostrophe, as in '+498955501000; `numbers import` takes it away again. Open the file as UTF-8 text with all columns as text. With --output json and no FILE the same as {\"items\":[…]}. The file is replaced once it is whole."
)]
pub struct ExportArgs {
    /// Which tenant.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Where to [default: standard output, as -]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Who ever held each number, in place of what each number is now
    #[arg(long)]
    pub history: bool,
    /// Only the numbers that this range declares now
    #[arg(long, value_name = "RANGE")]
    pub range: Option<String>,
}

/// The file of `users pin --file`.
#[derive(Clone, Debug, Args)]
pub struct PinFileArgs {
    /// Pin everybody whom this file names: columns user and number; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "number", "move"])]
    pub file: Option<PathBuf>,
    /// With --file: change nothing, print the counts and the wrong rows
    #[arg(long, requires = "file")]
    pub preview: bool,
    /// Print an empty file with its head and an example, and do nothing else
    #[arg(long, conflicts_with_all = ["file", "user", "number"])]
    pub template: bool,
    /// With --file: leave wrong rows out and take the others
    #[arg(long, requires = "file")]
    pub skip_invalid: bool,
    /// With --file: drop all pins that have no row
    #[arg(long, requires = "file", conflicts_with = "profile_only")]
    pub replace: bool,
    /// With --file: write the numbers into the profiles of guests and do nothing else; no pin, no number in Teams
    #[arg(long, requires = "file")]
    pub profile_only: bool,
}
