//! From the arguments to the exit code: which command does what.

use super::args::{
    Cli, Command, NumbersCommand, RangesCommand, RulesCommand, SyncsCommand, UsersCommand,
};
use super::exit::{self, Exit, Failure};
use super::output::{Format, Output};
use crate::telemetry;
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// Parses, runs, prints the error once, and answers the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut output = Output::of_process(cli.output);
    if let Err(error) = telemetry::start(cli.output == Format::Json) {
        output.error(&anyhow::Error::new(error));
        return Exit::Invalid.into();
    }
    match run(cli, &mut output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.error(&error);
            exit::of_error(&error).into()
        }
    }
}

/// Help and version are asked for and go to standard output with 0; everything else is 2.
fn usage(error: &clap::Error) -> ExitCode {
    // clap writes in colour on a terminal only, and where it cannot write there is nobody to tell.
    let _ = error.print();
    match error.use_stderr() {
        true => Exit::Usage.into(),
        false => Exit::Done.into(),
    }
}

/// One line per command.
fn run(cli: Cli, _output: &mut Output) -> anyhow::Result<Exit> {
    match cli.command {
        Command::Plan(_) => later("plan"),
        Command::Sync(_) => later("sync"),
        Command::Rules(RulesCommand::Check { .. }) => later("rules check"),
        Command::Ranges(RangesCommand::List { .. }) => later("ranges list"),
        Command::Numbers(NumbersCommand::List { .. }) => later("numbers list"),
        Command::Numbers(NumbersCommand::History { .. }) => later("numbers history"),
        Command::Users(UsersCommand::List { .. }) => later("users list"),
        Command::Users(UsersCommand::Resume { .. }) => later("users resume"),
        Command::Syncs(SyncsCommand::List { .. }) => later("syncs list"),
        Command::Syncs(SyncsCommand::Show { .. }) => later("syncs show"),
        Command::Syncs(SyncsCommand::Approve { .. }) => later("syncs approve"),
        Command::Syncs(SyncsCommand::Reject { .. }) => later("syncs reject"),
        Command::Simulate(_) => later("simulate"),
        Command::Demo(_) => later("demo"),
    }
}

/// Until a command is merged it says so and fails, instead of seeming to have done something.
fn later(command: &str) -> anyhow::Result<Exit> {
    Err(Failure::new(
        Exit::Error,
        format!("`{command}` is not built into this program yet"),
    )
    .into())
}
