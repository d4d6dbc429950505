//! The difference between what is and what should be: decisions, changes, notes, guard rails. All of it pure.

mod adopt;
mod advice;
mod assign;
mod case;
mod change;
mod draft;
mod effective;
mod errand;
mod expected;
mod forecast;
mod former;
mod from_file;
mod grant;
mod guard;
mod hand;
mod hand_check;
mod hand_exchange;
mod hand_profile;
mod holder;
mod inventory;
mod judge;
mod losses;
mod lot;
mod memory;
mod migration;
mod migration_plan;
mod migration_refusal;
mod moving;
mod moving_steps;
mod note;
mod outcome;
mod overrides;
mod planner;
mod prospect;
mod refusal;
mod release;
mod revert;
mod rule_change;
mod settings;
mod standing;
mod stock;
mod supply;
mod suspended;
mod tenant_notes;
mod upkeep;
mod world;

pub use advice::advice;
pub use change::{
    Action, Change, ChangeStatus, Expected, Part, Plan, PlanStatus, PolicyName, Reason, StepEnd,
    StepError,
};
pub use draft::{Draft, Effects, number_digest, user_digest};
pub use effective::{Effective, Shown};
pub use errand::{Aim, Errand, Errands, errands, settled};
pub use forecast::Trend;
pub use from_file::{NumberWish, may_become, told};
pub use guard::{Approval, guard, hold_changed_rules, release_limit};
pub use hand::{Hand, Wish, by_hand};
pub use hand_profile::may_show;
pub use inventory::{Counts, Entry, RangeInventory, entry};
pub use judge::{Judged, Row, candidacy, judge};
pub use lot::{Lot, lot};
pub use memory::{
    Anchor, Brake, Departed, EndReason, Ending, Exemption, FactsUpdate, Former, Gone, GoneHow,
    Holding, HoldingOrigin, Missing, NumberFacts, OpenStep, Pause, Reservation, State, StepState,
    StoredUser, UserFacts, Wait,
};
pub use migration::{Advance, Migration, Mover, Pace, Stage, advances};
pub use migration_plan::{
    MigrationPlan, MigrationWish, Obstacle, ObstacleKind, Traveller, migration_plan, people_of,
};
pub use migration_refusal::MigrationRefusal;
pub use note::{Note, NoteKind};
pub use outcome::{Outcome, outcome};
pub use overrides::{declared, may_pin, may_reserve, may_reserve_for, may_rest, moment, to_come};
pub use planner::{Planner, is_decided_again, is_recorded_only, is_waiting};
pub use prospect::{Prospect, as_remembered, prospect};
pub use refusal::{Holder, Refusal};
pub use revert::{Past, revert};
pub use rule_change::{Asked, Compared, Comparison, Effect, Unmatched};
pub use settings::{Eligibility, Mode, Numbers, Safety, Settings, Waiting};
pub use standing::standing;
pub use stock::Stock;
pub use supply::{Supply, golden_among_free, supplies};
pub use suspended::{OperatorSuspensions, Suspended, Suspension, suspended};
pub use world::{Circumstances, Index, World, out_of_place};

#[cfg(test)]
pub(crate) mod tests;
