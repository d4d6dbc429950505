//! The living service: which tenants it serves, when their syncs run, what its rules are, and how it stops.
//!
//! A [`Service`] holds the tenants of the configuration, each a [`Served`], and lets them be exchanged when the
//! configuration is read again. [`keep_time`] starts their syncs, [`watch_rules`] sees to it that changed rules come
//! into force, [`signs_of_life`] tells the service manager. All of them end when the service is told to stop; the
//! syncs themselves are the [`Runner`](crate::reconcile::Runner)'s.

mod alive;
mod keeper;
mod served;
mod tenants;
mod watcher;

pub use alive::{ready, signs_of_life, stopping};
pub use keeper::keep_time;
pub use served::{CredentialEnds, LastSync, Served};
pub use tenants::{Service, ServiceObserver};
pub use watcher::watch_rules;
