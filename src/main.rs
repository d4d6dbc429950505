//! The binary: parse, run, print the error once, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    linekeeper::cli::main(std::env::args_os())
}
