//! A plan and a sync for whoever reads them: as JSON, whose names are fixed by the contract, and as text for people.

mod inert;
mod overrides;
mod sync_report;
mod text;

pub use inert::inert;
pub use overrides::{NumberOverrides, RangeSuspension, TenantPause, UserOverrides};
pub use sync_report::{
    ChangeReport, DirectoryReport, NoteReport, ReadMode, RulesReport, Summary, SyncRecord,
    SyncReport, SyncStatus, TriggerKind, UserRef,
};
pub use text::text;
