//! Microsoft Graph: reads a tenant's users, products, groups and numbers, and sends the few writes of the product.
//!
//! [`Graph`] implements [`crate::directory::Directory`] and [`crate::apply::Telephony`] for one tenant. Below it:
//!
//! - `token`: the one token of a tenant, cached and renewed, from either of two issuers (docs/graph.md 8):
//!   `client_credentials` with `assertion`, `federated` and `login`, or `identity`, the platform's own;
//! - `expiry`: when a certificate ends;
//! - `transport`, `retry`, `rejection`: one request, its retries, and what an answer that is no success means (docs/graph.md 9);
//! - `observer`: who is told of each request, for figures;
//! - `decode`, `user_wire`, `mapping`, `interner`: JSON straight into the core's types, without a tree in between;
//! - `users`, `skus`, `numbers`, `voice`, `policies`, `operations`, `orders`: one file for each thing asked or said.
//!
//! Deliberately does not know what is done with what it reads. Reads are retried; a write is sent again only when the
//! service said that it took nothing. The token goes to the origin of the configured Graph URL and nowhere else.

mod adapter;
mod assertion;
mod client_credentials;
mod decode;
mod expiry;
mod federated;
mod identity;
mod interner;
mod login;
mod mapping;
mod numbers;
mod observer;
mod operations;
mod orders;
mod origin;
mod policies;
mod rejection;
mod retry;
mod route;
mod settings;
mod skus;
mod token;
mod transport;
mod user_wire;
mod users;
mod voice;

pub use adapter::Graph;
pub use expiry::certificate_ends;
pub use federated::{FederatedClaims, FederatedError, federated_claims};
pub use observer::{Observer, Request};
pub use settings::{Credential, GraphError, GraphSettings, IdentityEndpoint};
pub use transport::http_client;
