//! Integration tests.

mod graph;
mod rules;
mod simulator;
mod tidy;
mod harness;
mod store;
