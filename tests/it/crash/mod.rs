//! The program killed by SIGKILL, and what it makes of that when it is started again (FAULTS G1, S1, I1, I2, I8, I9).
//!
//! To kill at an exact place without test code in the product, all requests of the program go through a gate that
//! holds one of them: before it arrives, or after it took effect and before its answer leaves. With one write to Graph
//! at a time and operations that end at once, a sync sends the same requests in the same order every time, and does
//! nothing but wait while one is held. Between two requests lie the writes to the journal; so holding each request in
//! turn, and killing while it is held, leaves behind every pair of a state of the journal and a state of Graph that
//! a crash can leave. What no request separates, and crashes of many writes at once, are left to random moments.

#![expect(
    clippy::print_stderr,
    reason = "seeds and places are printed, so that a failure can be repeated"
)]

mod bulk;
mod by_hand;
pub(crate) mod gate;
mod locks;
mod migrating;
mod operators;
mod pairs;
mod profiles;
mod random;
mod reading;
mod recovery;
mod scripted;
mod verdict;
