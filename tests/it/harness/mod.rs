//! What the integration tests stand on.

pub(crate) mod crash;
pub(crate) mod database;
mod expectations;
pub(crate) mod migrating;
mod orders;
pub(crate) mod receiver;
pub(crate) mod run;
pub(crate) mod scenario;
pub(crate) mod service;
pub(crate) mod tenant;
