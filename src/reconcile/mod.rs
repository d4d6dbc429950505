//! One sync, readable as a sentence: observe, decide, plan, guard, claim, apply, verify.

mod ports;

pub use ports::{
    Begin, Claim, Ledger, Round, RoundEnd, RoundMode, RuleSource, Scope, SyncId, Trigger,
};
