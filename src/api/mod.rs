//! The service over HTTP: `/api/v1` for programs, and what a machine room asks (`/livez`, `/readyz`, `/metrics`).
//!
//! [`router`] is the table of contents; one file per resource answers. What a route may be asked is written once, in its
//! types: the OpenAPI document is made from them. Errors are `application/problem+json`. Until there is access control
//! every caller is an administrator, which is why `gate` lets nobody in whom a browser may have been tricked into sending.

mod audit;
mod bureau;
mod detached;
mod events;
mod gate;
mod numbers;
mod overrides;
mod parameters;
mod probes;
mod problem;
mod ranges;
mod router;
mod rules;
mod server;
mod state;
mod syncs;
mod tenants;
mod users;

pub use router::{openapi, router};
pub use server::serve;
pub use state::Api;
