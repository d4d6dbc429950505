//! What others are told of a tenant, as it happens: messages with Standard Webhooks signatures.
//!
//! The history is the queue. Every change of state stands in the audit trail and every sync in its row, both written in
//! the transaction that makes them true; the service follows them beside the syncs, and remembers in one transaction
//! what it has made of them: no message is lost over a crash, none is made twice, and no sync ever
//! waits for a receiver. What stands for a while (an exhausted range, a person who waits) is told when it begins.
//!
//! - `event`: the events and the JSON of a message, pure;
//! - `history`: messages of what has happened, `standing`: of what has begun to be so, both pure;
//! - `receiver`: who is told what, where, and signed with which secret;
//! - `telling`: one tenant's step forward; `sending`: one message to one receiver, and when it is tried again;
//! - `courier`: all tenants and receivers, as long as the service lives.
//!
//! Delivery is at least once, in the order of a tenant's events, each with an id that stays the same. Nothing in a
//! message is a display name or a secret; user principal names and telephone numbers are in it, because a receiver
//! could do nothing without them.

mod courier;
mod event;
mod history;
mod receiver;
mod sending;
mod standing;
mod telling;

pub use courier::{Receivers, keep_sending};
pub use event::Event;
pub use receiver::Receiver;
pub use sending::{Observer, Outcome, Sender};
pub use telling::tell;
