//! What can be looked at, for the command line, HTTP and pages alike: the queries, and the items they answer.
//!
//! A [`TenantView`] is one tenant as a person looks at it. Every list comes a [`Page`] at a time, with a [`Cursor`]
//! where it goes on; no page reads more than it shows, whatever the size of the tenant. The items are the JSON of the
//! contract, defined here once. Nothing here writes, or disturbs a sync of the same process.
//!
//! Only [`explain_person`] and [`explain_number`], which end with what Teams says just then, and [`diagnose_numbers`] ask
//! Graph; where it cannot be reached, the first two say so and answer the rest. [`rules_coverage`] and [`rules_diff`] look
//! at everybody, one after the other, as the last sync left them; they ask Graph where none has read them yet.

mod audit;
mod audit_file;
mod cursor;
mod diagnosis;
mod error;
mod everyone;
mod explain;
mod forecast;
mod history;
mod number_doctor;
mod number_then;
mod numbers;
mod operator_leaving;
mod operator_numbers;
mod operators;
mod orders;
mod person;
mod ranges;
mod remedies;
mod rules;
mod rules_coverage;
mod rules_diff;
mod rules_status;
mod sentences;
mod stock;
mod syncs;
mod teams;
mod tenant;
mod tenants;
mod undeclared;
mod users;

pub use audit::{AuditItem, audit_items};
pub use audit_file::{AuditFileCheck, AuditVerdict, audit_line};
pub use cursor::{Cursor, MOST, Page};
pub use diagnosis::{Ailment, Finding};
pub use error::ViewError;
pub use everyone::{Everyone, EveryoneError, InHand};
pub use explain::{explain_number, explain_person};
pub use forecast::{DayItem, ForecastItem};
pub use history::{HistoryItem, HistoryPlace, number_history};
pub use number_doctor::{NumberDiagnosis, diagnose_numbers};
pub use number_then::{NumberThen, number_then};
pub use numbers::{Golden, NumberFilter, NumberItem, read_number};
pub use operator_leaving::{OperatorLeaving, OperatorNumberItem};
pub use operators::{OperatorItem, OperatorNumbers, SuspensionItem};
pub use orders::Ordered;
pub use ranges::RangeItem;
pub use rules::{RangeRuleItem, RulesItem};
pub use rules_coverage::rules_coverage;
pub use rules_diff::{DiffError, RulesAsked, rules_diff};
pub use rules_status::{RulesActive, rules_active};
pub use sentences::because;
pub use syncs::SyncItem;
pub use tenant::TenantView;
pub use tenants::{PauseItem, TenantItem};
pub use users::{NoteItem, UserItem, find_user};

#[cfg(test)]
mod tests;
