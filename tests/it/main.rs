//! Integration tests.

mod graph;
mod rules;
mod simulator;
mod tidy;
