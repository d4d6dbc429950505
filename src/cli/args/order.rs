//! What is typed to have a script written.

use super::RangeArgs;
use crate::numbering::NumberState;
use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What is said of every script.
const SCRIPT: &str = "Nothing is done: the script is written to standard output, or to the file of --save, for a person \
to read and run. Run as it is, it changes nothing and says what it would do; -Execute does it. It is made from the \
numbers as the last sync read them, is the same for the same numbers, and says which are left out and why.";

/// `numbers order …`.
#[derive(Clone, Debug, Subcommand)]
pub enum OrderCommand {
    /// Upload direct-routing numbers of a range that the tenant does not list
    #[command(after_help = SCRIPT)]
    Upload(ScriptArgs),
    /// Release numbers of a range that are free, in orders of at most 1000; what somebody holds is never among them
    #[command(after_help = SCRIPT)]
    Release(ScriptArgs),
    /// Have Teams give the numbers of a range that nobody holds to nobody, until the block is taken off (-Remove)
    #[command(after_help = SCRIPT)]
    Block(BlockArgs),
}

/// A range, and where the script goes.
#[derive(Clone, Debug, Args)]
pub struct ScriptArgs {
    /// Which.
    #[command(flatten)]
    pub range: RangeArgs,
    /// Write the script to this file [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}

/// `numbers order block`.
#[derive(Clone, Debug, Args)]
pub struct BlockArgs {
    /// Which, and where to.
    #[command(flatten)]
    pub script: ScriptArgs,
    /// For so many days, 1 to 365 [default: until the block is taken off]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u16>::new().range(1..=365))]
    pub days: Option<u16>,
    /// Only numbers in this state: free, quarantined, never or blocked; may be repeated [default: all four]
    #[arg(long, value_name = "STATE", value_parser = state)]
    pub state: Vec<NumberState>,
}

fn state(text: &str) -> Result<NumberState, String> {
    let state = NumberState::from_name(text);
    state
        .filter(|state| BLOCKED.contains(state))
        .ok_or_else(|| "write free, quarantined, never or blocked".to_owned())
}

/// States in which nobody holds a number, or has one set aside.
const BLOCKED: [NumberState; 4] = [
    NumberState::Free,
    NumberState::Quarantined,
    NumberState::Never,
    NumberState::Blocked,
];

impl BlockArgs {
    /// The states of the numbers that are to be blocked.
    #[must_use]
    pub fn states(&self) -> &[NumberState] {
        match self.state.is_empty() {
            true => &BLOCKED,
            false => &self.state,
        }
    }
}
