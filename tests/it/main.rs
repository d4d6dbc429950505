//! Integration tests.

mod tidy;
mod simulator;
mod graph;
