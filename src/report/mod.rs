//! A plan, a sync and an explanation for whoever reads them: as JSON, whose names are fixed by the contract, and as text for people.

mod explanation;
mod inert;
mod matched;
mod migration;
mod number_order;
mod overrides;
mod powershell;
mod rules_coverage;
mod rules_diff;
mod sync_report;
mod text;

pub use explanation::{
    Decision, NoteExplanation, NumberExplanation, PendingExplanation, PersonExplanation,
    RangeExplanation, TeamsExplanation, Tenure,
};
pub use inert::inert;
pub use matched::{Licences, Matched, SeatCount, WrongRow};
pub use migration::{
    MigrationPlanReport, MigrationReport, MoverReport, ObstacleReport, TravellerReport, WaveReport,
    WaveStatus,
};
pub use number_order::{LeftOut, NumberOrder, OrderKind};
pub use overrides::{
    NumberOverrides, OperatorSuspension, RangeSuspension, TenantPause, UserOverrides,
};
pub use powershell::{orders, powershell};
pub use rules_coverage::{
    AmbiguousGroup, ClauseOutcome, CoverageSummary, Idle, IdleAlias, IdleClause, NearestRange,
    NoRangeGroup, RangeCoverage, RulesCoverage,
};
pub use rules_diff::{
    ChangedReport, DiffSummary, EffectCounts, Move, NumberDiff, PeopleRead, PeopleSource,
    PersonDiff, RangeChange, RangeDiff, RangeShare, RuleSide, RulesDiff, UnmatchedReport,
};
pub use sync_report::{
    ChangeReport, DirectoryReport, NoteReport, ReadMode, RulesReport, Summary, SyncRecord,
    SyncReport, SyncStatus, TriggerKind, UserRef,
};
pub use text::{
    migration_plan_text, migration_text, number_text, person_text, rules_coverage_text,
    rules_diff_text, text,
};
