//! What can be looked at, for the command line, HTTP and pages alike: the queries, and the items they answer.
//!
//! A [`TenantView`] is one tenant as a person looks at it. Every list comes a [`Page`] at a time, with a [`Cursor`]
//! where it goes on; no page reads more than it shows, whatever the size of the tenant. The items are the JSON of the
//! contract, defined here once. Nothing here writes, asks Graph, or disturbs a sync of the same process.

mod audit;
mod cursor;
mod error;
mod history;
mod numbers;
mod ranges;
mod rules;
mod stock;
mod syncs;
mod tenant;
mod tenants;
mod users;

pub use audit::AuditItem;
pub use cursor::{Cursor, MOST, Page};
pub use error::ViewError;
pub use history::HistoryItem;
pub use numbers::{NumberFilter, NumberItem, read_number};
pub use ranges::RangeItem;
pub use rules::{RangeRuleItem, RulesItem};
pub use syncs::SyncItem;
pub use tenant::TenantView;
pub use tenants::{PauseItem, TenantItem};
pub use users::{NoteItem, UserItem, find_user};
