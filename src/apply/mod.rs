//! Making a plan so: intent before effect, look before you act, follow to the end, look again, record.

mod ports;

pub use ports::{
    CallError, Fence, Journal, JournalError, OperationState, Order, StepId, Telephony, Voice,
    VoiceError,
};
