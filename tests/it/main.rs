//! Integration tests.

mod tidy;
mod simulator;
