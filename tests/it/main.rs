//! Integration tests.

mod api;
mod crash;
mod documents;
mod graph;
mod harness;
mod rules;
mod scenarios;
mod serving;
mod simulator;
mod store;
mod tidy;
