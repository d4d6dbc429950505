//! Making a plan so: intent before effect, look before you act, follow to the end, look again, record.
//!
//! A step that may have left this machine is settled by reading Graph, never by sending again blindly; what is not
//! known yet keeps its claim and is looked at in every sync. See [`run`] for a plan and [`recover`] for what an
//! earlier process left behind.

mod chain;
mod exchange;
mod followers;
mod halt;
mod hands;
mod moving;
mod ports;
mod precondition;
mod recover;
mod settle;
mod step;

pub use chain::{Applied, Task, run, to_be_made};
pub use halt::{Halt, HaltSwitch};
pub use hands::{Hands, Now, Patience, Told};
pub use ports::{
    CallError, EffectivePage, Fence, Journal, JournalError, OperationState, Order, StepId,
    Telephony, Voice, VoiceError,
};
pub use recover::{Recovered, recover};
