//! The tenants of the service, and what is told of their syncs.

use super::{LastSync, Served};
use crate::apply::{Halt, HaltSwitch};
use crate::clock::Clock;
use crate::reconcile::{Finished, Observer, Request, Runner, Start, SyncError, Tenant, Trigger};
use crate::report::{SyncStatus, TriggerKind};
use crate::views::ViewError;
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

    /// A tenant for one sync, as it is served now.
    #[must_use]
    pub fn for_sync(&self, served: &Served) -> Tenant {
        match self.tenants().get(served.name()) {
            Some(now) => now.for_sync(),
            None => served.for_sync(),
        }
    }

    /// Serves these tenants from now on; syncs under way go on to their end.
    pub fn replace(&self, tenants: Vec<Served>) {
        *self.tenants.write().unwrap_or_else(PoisonError::into_inner) = by_name(tenants);
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        epoch.0.throw();
        *epoch = Halt::new();
    }

    /// Set once other tenants are served than now.
    #[must_use]
    pub fn epoch(&self) -> Halt {
        let epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        epoch.1.clone()
    }

    /// Runs a sync that nobody waits for, when its turn has come; whatever goes wrong is logged. One under way that
    /// looks at everybody is as good; after one limited to some people or changes its own turn comes. A process that
    /// dies with a sync loses its tenant to this one.
    pub async fn run_by_itself(&self, tenant: &str, kind: TriggerKind, by: &str) {
        let by = by.to_owned();
        let request = Request::new(Trigger { kind, by }, false);
        loop {
            match self.attempt(tenant, &request).await {
                Attempt::Over => return,
                Attempt::Again => {}
                Attempt::Elsewhere => {
                    tokio::select! {
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                        () = self.halt.set() => return,
                    }
                    if self.was_done_elsewhere(tenant).await {
                        return;
                    }
                }
            }
        }
    }

    /// Runs a sync to its end once it is its turn, of the tenant as it is served then.
    async fn attempt(&self, tenant: &str, request: &Request) -> Attempt {
        let Ok(turn) = Arc::clone(&self.gate).acquire_owned().await else {
            return Attempt::Over;
        };
        let served = self.tenants().get(tenant).cloned();
        let Some(served) = served.filter(|_| !self.halt.is_set()) else {
            return Attempt::Over;
        };
        match self.runner.start(&served.for_sync(), request.clone()).await {
            Ok(Start::Begun(run)) => {
                run.ended().await;
                Attempt::Over
            }
            Ok(Start::Joined { .. }) => match self.runner.running(tenant) {
                Some(run) if run.whole => Attempt::Over,
                Some(run) => {
                    drop(turn);
                    run.ended().await;
                    Attempt::Again
                }
                None => Attempt::Elsewhere,
            },
            Err(error) => {
                tracing::error!(tenant, %error, "the sync could not begin");
                Attempt::Over
            }
        }
    }

    /// Whether the sync that another process had under way is over and looked at everybody by the rules in force here.
    async fn was_done_elsewhere(&self, tenant: &str) -> bool {
        let Some(served) = self.tenants().get(tenant).cloned() else {
            return true;
        };
        let looked = async {
            let running = served.view.tenant().await?.running_sync_id;
            Ok::<_, ViewError>((running, served.view.syncs(None, 1).await?.items))
        };
        match looked.await {
            Ok((Some(_), _)) => false,
            Ok((None, last)) => last.first().is_some_and(|sync| {
                let by_itself = !matches!(sync.trigger, TriggerKind::Cli | TriggerKind::Api);
                let digest = served.rules.described().digest;
                by_itself && sync.rules.digest == digest && sync.status != SyncStatus::Failed
            }),
            Err(error) => {
                tracing::warn!(tenant, %error, "the tenant could not be looked at");
                false
            }
        }
    }
}

/// What became of the wish for a sync that nobody waits for.
enum Attempt {
    /// It was run, or need not be.
    Over,
    /// One of this process that looked at some people only has ended.
    Again,
    /// Another process runs one.
    Elsewhere,
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
    fn remember(&self, tenant: &str, status: Option<SyncStatus>) {
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
