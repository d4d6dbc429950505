//! One tenant as the service keeps it.

use crate::directory::Directory;
use crate::plan::Settings;
use crate::reconcile::{LiveRules, Reading, Tenant};
use crate::report::SyncStatus;
use crate::schedule::{Timetable, last_due};
use crate::store::TenantStore;
use crate::views::TenantView;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// One tenant as the service keeps it, from one reading of the configuration to the next.
pub struct Served {
    /// What of it can be looked at.
    pub view: Arc<TenantView>,
    /// Its part of the database.
    pub store: Arc<TenantStore>,
    /// Its rules.
    pub rules: Arc<dyn LiveRules>,
    /// When its syncs run.
    pub timetable: Timetable,
    /// Whether a sync runs when the service starts.
    pub on_start: bool,
    /// Requests with an idempotency key, one at a time.
    pub keyed: tokio::sync::Mutex<()>,
    engine: Tenant,
    last: Mutex<Option<LastSync>>,
    ends: CredentialEnds,
}

/// When what a tenant signs in with ends, where that is known; asked anew each time, because files are replaced.
pub type CredentialEnds = Box<dyn Fn() -> Option<Timestamp> + Send + Sync>;

/// How the last sync of this process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSync {
    /// With which status; `None`: the database failed, or it broke down.
    pub status: Option<SyncStatus>,
    /// When.
    pub ended: Timestamp,
}

impl Served {
    /// A tenant; the rules and the due time of full reads in `engine` are replaced for each sync.
    #[must_use]
    pub fn new(
        engine: Tenant,
        store: Arc<TenantStore>,
        rules: Arc<dyn LiveRules>,
        timetable: Timetable,
        on_start: bool,
    ) -> Self {
        let source = Arc::clone(&rules) as Arc<dyn crate::reconcile::RuleSource>;
        let view = TenantView::new(
            Arc::clone(&store),
            source,
            Arc::clone(&engine.settings),
            Arc::clone(&engine.clock),
        );
        Self {
            view: Arc::new(view),
            store,
            rules,
            timetable,
            on_start,
            keyed: tokio::sync::Mutex::default(),
            engine,
            last: Mutex::default(),
            ends: Box::new(|| None),
        }
    }

    /// The same, with what tells when its credential ends.
    #[must_use]
    pub fn signing_in_until(self, ends: CredentialEnds) -> Self {
        Self { ends, ..self }
    }

    /// When what the tenant signs in with ends, where that is known.
    #[must_use]
    pub fn credential_ends(&self) -> Option<Timestamp> {
        (self.ends)()
    }

    /// The tenant's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.engine.settings.tenant
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.engine.settings
    }

    /// The tenant for one sync: the rules as they are now, held still.
    #[must_use]
    pub fn for_sync(&self) -> Tenant {
        let mut tenant = self.engine.clone();
        tenant.rules = self.rules.still();
        let now = tenant.clock.now();
        tenant.reading = Reading {
            full_due_since: last_due(&self.timetable.full_cron, now),
            ..tenant.reading
        };
        tenant
    }

    /// Its directory, to ask for somebody not yet known.
    #[must_use]
    pub fn directory(&self) -> &Arc<dyn Directory> {
        &self.engine.directory
    }

    /// How the last sync ended, if one did since the configuration was read.
    #[must_use]
    pub fn last_sync(&self) -> Option<LastSync> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_last_sync(&self, last: LastSync) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }
}
