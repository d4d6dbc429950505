//! Integration tests.

mod crash;
mod documents;
mod graph;
mod harness;
mod rules;
mod scenarios;
mod simulator;
mod store;
mod tidy;
