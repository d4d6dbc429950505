//! The difference between what is and what should be: decisions, changes, notes, guard rails. All of it pure.

mod change;
mod memory;
mod note;
mod outcome;
mod settings;

pub use change::{
    Action, Change, ChangeStatus, Expected, Plan, PlanStatus, PolicyName, Reason, StepEnd,
    StepError,
};
pub use memory::{
    Anchor, Brake, Departed, EndReason, Ending, Exemption, FactsUpdate, Former, Gone, GoneHow,
    Holding, HoldingOrigin, Missing, NumberFacts, OpenStep, Pause, Reservation, State, StepState,
    StoredUser, Suspension, UserFacts, Wait,
};
pub use note::{Note, NoteKind};
pub use outcome::{Outcome, outcome};
pub use settings::{Eligibility, Mode, Safety, Settings, Waiting};
