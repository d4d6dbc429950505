//! What Linekeeper remembers: SQLite or PostgreSQL behind one set of statements.
//!
//! [`Store`] is the database, [`TenantStore`] one tenant's part of it and the implementation of
//! [`crate::reconcile::Ledger`]. The only place that knows SQL. Statements are written once, in what both engines
//! understand, and compiled for each by the macros of `engine`; what works on whole batches is in `bulk`. Every write
//! is one transaction that first takes the tenant's row (`writing`), which checks the fence, and ends by appending to
//! the audit trail. Decides nothing: what a record means is the business of `plan`.

mod around;
mod audit;
mod audit_check;
mod author;
mod bulk;
mod chain;
mod claim;
mod connect;
mod departed;
mod engine;
mod error;
mod examine;
mod exchange;
mod facts;
mod held;
mod history;
mod holdings;
mod in_bulk;
mod journal;
mod lease;
mod ledger;
mod licence_sets;
mod listing;
mod lock;
mod looking;
mod low_stock;
mod made;
mod marks;
mod meant;
mod migrations;
mod movers;
mod names;
mod operators;
mod orders;
mod overrides;
mod people;
mod record;
mod renew;
mod requests;
mod rosters;
mod rounds;
mod rules_in_force;
mod run_set;
mod scopes;
mod state;
mod state_memory;
mod steps;
mod stretch;
mod tenant;
mod texts;
mod turnover;
mod users;
mod webhooks;
mod writing;
mod written;

pub use audit::{AuditFilter, AuditRecord};
pub use chain::{AuditCheck, AuditFinding, AuditProblem, ChainCheck, ChainMark, ChainedRecord};
pub use connect::{Options, ServeLock, Store};
pub use error::{HeldError, StoreError};
pub use examine::{Examined, examine};
pub use held::{Decision, Held};
pub use history::HistoryEntry;
pub use looking::{Person, Standing};
pub use migrations::{MigrationRecord, NewMigration, RollBack};
pub use people::FoundUser;
pub use requests::Remembered;
pub use stretch::Stretch;
pub use tenant::TenantStore;
pub use turnover::Turnover;
pub use webhooks::{EndedSync, NewMessage, Signal, Telling, ToldSoFar, WaitingMessage};
