//! Integration tests.

mod graph;
mod simulator;
mod tidy;
