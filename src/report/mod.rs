//! The JSON of a plan and a sync, defined once. The names are fixed by the contract.

mod sync_report;

pub use sync_report::{
    ChangeReport, DirectoryReport, NoteReport, ReadMode, RulesReport, Summary, SyncRecord,
    SyncReport, SyncStatus, TriggerKind, UserRef,
};
