//! One sync, readable as a sentence: observe, decide, plan, guard, claim, apply, verify.
//!
//! [`sync`] writes; [`plan`] does the same over an [`Overlay`] that keeps every write in memory, so that what it
//! shows is what a sync would do.

mod aftermath;
mod begun;
mod by_hand;
mod changed_rules;
mod claim;
mod decide;
mod migrate;
mod observe;
mod overlay;
mod overrides;
mod ports;
mod progress;
mod round;
mod runner;
mod saved;
mod sync;
mod tenant;
mod told;
mod verify;

pub use begun::{Begun, begin};
pub use by_hand::is_unfinished;
pub use migrate::{SurveyError, survey};
pub use overlay::Overlay;
pub use overrides::{
    Around, BulkDesk, Desk, InBulk, NumberChange, NumberFit, NumberWishes, OverrideError,
    Overrides, PinWish, ROWS_AT_ONCE, UserChange, decide_again, exempt, free, pause, pin, reserve,
    rest, resume, resume_operator, resume_range, resume_user, resume_users,
    suspend_leaving_operator, suspend_operator, suspend_range, unblock, unexempt, unpin, unreserve,
};
pub use ports::{
    Begin, Claim, Ledger, LiveRules, MadeWith, Reread, Round, RoundEnd, RoundMode, RuleSource,
    RulesInForce, RulesProblem, Scope, SyncId, Trigger,
};
pub use progress::{Progress, Snapshot, Stage};
pub use runner::{End, Observer, Run, Runner, Start};
pub use saved::{SavedPlan, Stale};
pub use sync::{Finished, SyncError, plan, sync};
pub use tenant::{HeldApproval, Reading, Request, Selection, Tenant};
