//! Integration tests.

mod graph;
