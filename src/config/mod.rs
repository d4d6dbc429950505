//! What the administrator configured: the embedded defaults, the file, the environment, in this order, checked
//! together and reported together.
//!
//! Three stages, three kinds of type. A *layer* is what one source says, strictly checked against names and types as
//! written, so that a mistake is reported with the file or variable it stands in. The layers are
//! merged. What comes out is *validated*: [`Config`] holds only values that make sense together, and every tenant
//! carries its own effective sections, so that nobody has to ask twice which of two settings counts.
//!
//! Nothing of ours is imported here: `app` turns these values into the engine's settings.

mod address;
mod environment;
mod identity;
mod layer;
mod load;
mod origins;
mod problem;
mod scalar;
mod sections;
mod typed;
mod validate;
mod validated;
mod webhook;

pub use load::{DEFAULTS, Sources, load};
pub use origins::{Origin, Setting, settings};
pub use problem::{ConfigErrors, Problem};
pub use scalar::duration as parse_duration;
pub use validated::{
    Config, Credential, Database, Directory, Eligibility, Graph, IdentityEndpoint, Mode, Ownership,
    Policies, Profile, Release, Rules, RulesRepository, Safety, Schedule, Server, TenantConfig,
    Waiting, Webhook,
};

#[cfg(test)]
mod tests;
