//! Integration tests.

mod harness;
mod store;
