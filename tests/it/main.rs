//! Integration tests.
mod simulator;
