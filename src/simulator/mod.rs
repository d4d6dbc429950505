//! A strict Graph-like server over an in-memory tenant (SPEC section 13).
//!
//! It speaks the wire format described in `docs/graph.md` and refuses what Graph refuses. What nobody
//! outside Microsoft knows about Graph is a [`Switches`] entry, so that a client can be shown to be
//! right in every world. It shares no type with the product's own Graph adapter: a mistake made in
//! one of them must not be repeated in the other.
//!
//! `wire` takes a request from the socket, `server` asks the ordered [`Fault`]s what goes wrong with it,
//! `routes` is the table of contents, and one file per resource answers. All state is one
//! `World` behind one lock; time comes from the clock that was handed in, ids from counters, so that
//! two runs answer alike.

mod batch;
mod configurations;
mod control;
mod delta;
mod delta_token;
mod effects;
mod exchange;
mod faults;
mod generate;
mod generated_tables;
mod generator;
mod groups;
mod happenings;
mod identity;
mod launch;
mod licensing;
mod log;
mod number_store;
mod numbers;
mod odata;
mod operations;
mod operator;
mod order;
mod policies;
mod refusal;
mod routes;
mod sample;
mod sample_tables;
mod server;
mod sku;
mod switches;
mod tenant_file;
mod token;
mod user_record;
mod user_store;
mod users;
mod wire;
mod world;

pub use faults::{Fault, FaultEffect, FaultMatch};
pub use generate::{generate, generated_rules};
pub use launch::{Options, Simulator};
pub use sample::{SAMPLE_RULES, SAMPLE_TESTS, sample_office_tenant};
pub use switches::{LicenceLoss, LossRule, OnDelete, RefuseIn, Span, Switches, Wrap};
pub use tenant_file::{TenantFile, TenantFileError};
