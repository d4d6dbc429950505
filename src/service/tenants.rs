//! The tenants of the service, and what is told of their syncs.

use super::{LastSync, Served};
use crate::apply::{Halt, HaltSwitch};
use crate::clock::Clock;
use crate::reconcile::{Finished, Observer, Request, Runner, Start, SyncError, Trigger};
use crate::report::TriggerKind;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Between two looks at a sync of another process.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// By name.
type Tenants = BTreeMap<String, Arc<Served>>;

/// The tenants the service serves now, and its one runner of syncs.
pub struct Service {
    /// Starts and joins syncs.
    pub runner: Arc<Runner>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Thrown when the service has to stop.
    pub halt: Halt,
    /// Syncs at once that nobody waits for.
    pub(super) gate: Arc<Semaphore>,
    tenants: Arc<RwLock<Arc<Tenants>>>,
    /// Ends the time-keeping of the tenants as they are now.
    epoch: Mutex<(HaltSwitch, Halt)>,
}

impl Service {
    /// A service of these tenants. `told` hears of every sync that ends; `parallel` syncs run at once by themselves.
    #[must_use]
    pub fn new(
        tenants: Vec<Served>,
        parallel: usize,
        clock: Arc<dyn Clock>,
        halt: Halt,
        told: Arc<dyn Observer>,
    ) -> Self {
        let tenants = Arc::new(RwLock::new(by_name(tenants)));
        let observer = ServiceObserver {
            tenants: Arc::clone(&tenants),
            clock: Arc::clone(&clock),
            told,
        };
        Self {
            runner: Arc::new(Runner::new(halt.clone(), Arc::new(observer))),
            clock,
            halt,
            gate: Arc::new(Semaphore::new(parallel.max(1))),
            tenants,
            epoch: Mutex::new(Halt::new()),
        }
    }

    /// The tenants as they are now, in the order of their names.
    #[must_use]
    pub fn tenants(&self) -> Arc<BTreeMap<String, Arc<Served>>> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&tenants)
    }

    /// Serves these tenants from now on; syncs under way go on to their end.
    pub fn replace(&self, tenants: Vec<Served>) {
        *self.tenants.write().unwrap_or_else(PoisonError::into_inner) = by_name(tenants);
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        epoch.0.throw();
        *epoch = Halt::new();
    }

    /// Set once other tenants are served than now.
    pub(super) fn epoch(&self) -> Halt {
        let epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        epoch.1.clone()
    }

    /// Runs a sync that nobody waits for, when its turn has come; whatever goes wrong is logged. One of another process
    /// is as good, unless that process dies: then its tenant is taken over.
    pub async fn run_by_itself(&self, served: &Served, kind: TriggerKind, by: &str) {
        let by = by.to_owned();
        let request = Request::new(Trigger { kind, by }, false);
        while self.is_elsewhere(served, &request).await {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.halt.set() => return,
            }
            match served.view.tenant().await {
                Ok(tenant) if tenant.running_sync_id.is_some() => {}
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(tenant = served.name(), %error, "the tenant could not be looked at")
                }
            }
        }
    }

    /// Runs a sync to its end; `true` when another process runs one.
    async fn is_elsewhere(&self, served: &Served, request: &Request) -> bool {
        let Ok(_turn) = Arc::clone(&self.gate).acquire_owned().await else {
            return false;
        };
        if self.halt.is_set() {
            return false;
        }
        let tenant = served.name();
        let Some(ready) = served.for_sync() else {
            tracing::error!(
                tenant,
                "no sync: there has never been a good set of rules; `linekeeper rules check` shows what is wrong"
            );
            return false;
        };
        match self.runner.start(&ready, request.clone()).await {
            Ok(Start::Begun(run)) => {
                run.ended().await;
                false
            }
            Ok(Start::Joined { holder, .. }) => {
                let ours = self.runner.running(tenant).is_some();
                tracing::info!(tenant, holder, "a sync is already under way");
                !ours
            }
            Err(error) => {
                tracing::error!(tenant, %error, "the sync could not begin");
                false
            }
        }
    }
}

fn by_name(tenants: Vec<Served>) -> Arc<Tenants> {
    let pairs = tenants
        .into_iter()
        .map(|served| (served.name().to_owned(), Arc::new(served)));
    Arc::new(pairs.collect())
}

/// Remembers how a sync ended, and passes it on.
pub struct ServiceObserver {
    tenants: Arc<RwLock<Arc<Tenants>>>,
    clock: Arc<dyn Clock>,
    told: Arc<dyn Observer>,
}

impl ServiceObserver {
    fn remember(&self, tenant: &str, status: Option<crate::report::SyncStatus>) {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(served) = tenants.get(tenant) {
            let ended = self.clock.now();
            served.set_last_sync(LastSync { status, ended });
        }
    }
}

impl Observer for ServiceObserver {
    fn ended(&self, tenant: &str, outcome: &Result<Finished, SyncError>, took: SignedDuration) {
        let status = outcome.as_ref().ok().map(|finished| finished.report.status);
        self.remember(tenant, status);
        self.told.ended(tenant, outcome, took);
    }

    fn panicked(&self, tenant: &str) {
        tracing::error!(
            tenant,
            "a sync broke down: a defect of this program; the next sync repairs what was under way"
        );
        self.remember(tenant, None);
        self.told.panicked(tenant);
    }
}
