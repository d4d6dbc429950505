//! What the integration tests stand on.

pub(crate) mod crash;
pub(crate) mod database;
