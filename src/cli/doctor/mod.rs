//! `doctor`: one line for each thing that has to be right, and how to mend it. Looks and asks, changes nothing.
//!
//! [`run`] is the table of contents. What needs no network comes first (`setup`, `records`, `credentials`), then each tenant's way to
//! Graph (`graph`), what the token may do there (`permissions`), and what users come back without (`properties`).
//! `numbers` is another examination: what is wrong with the tenant's numbers.

mod credentials;
mod graph;
mod item;
mod numbers;
mod permissions;
mod properties;
mod records;
mod run;
mod setup;

pub(super) use numbers::numbers;
pub(super) use run::doctor;
