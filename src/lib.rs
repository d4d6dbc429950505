//! Linekeeper gives Microsoft Teams users their phone numbers by rule.

pub mod app;
pub mod apply;
pub mod cli;
pub mod clock;
pub mod config;
pub mod directory;
pub mod graph;
pub mod numbering;
pub mod plan;
pub mod reconcile;
pub mod report;
pub mod rulebook;
pub mod rules;
pub mod schedule;
pub mod simulator;
pub mod store;
pub mod telemetry;
