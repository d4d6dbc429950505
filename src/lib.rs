//! Linekeeper gives Microsoft Teams users their phone numbers by rule.

pub mod apply;
pub mod clock;
pub mod directory;
pub mod numbering;
pub mod plan;
pub mod reconcile;
pub mod report;
pub mod rulebook;
pub mod rules;
