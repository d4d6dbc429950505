//! The command line: as typed, dispatched, printed, and turned into an exit code.
//!
//! [`args`] says what may be typed and nothing of what it does. `run` is the table of contents of the commands.
//! [`output`] is the only place that writes to the terminal, [`exit`] the only one that knows exit codes.

pub mod args;
mod audit;
mod audit_file;
mod bar;
mod bulk;
mod by_hand;
mod demo;
mod demo_folder;
mod doctor;
pub mod exit;
mod explain;
mod files;
mod forecast;
mod history;
mod init;
mod inventory;
mod migrate;
mod numbers_export;
mod numbers_import;
mod operators;
mod order;
pub mod output;
mod overrides;
mod people;
mod pin_file;
mod pin_rows;
mod plan_and_sync;
mod plan_file;
mod renumber;
mod resume;
mod retyped;
mod revert;
mod roster;
mod rules;
mod rules_coverage;
mod rules_diff;
mod rules_status;
mod rules_test;
mod run;
mod serve;
mod set;
mod simulate;
mod syncs;

pub use run::main;
