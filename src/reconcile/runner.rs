//! Syncs on their way in this process: started or joined, followed to their end.

use super::{
    Begun, Finished, Progress, Request, Snapshot, Stage, SyncError, SyncId, Tenant, begin,
};
use crate::apply::Halt;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinError;
use tokio::time::Instant;
use uuid::Uuid;

/// So many ended runs are kept for whoever follows them.
const REMEMBERED: usize = 200;

/// After the wish to stop, a sync that writes has so long to record what is under way.
const GRACE: Duration = Duration::from_secs(20);

/// The same for one that has nothing under way but reading.
const SHORT_GRACE: Duration = Duration::from_secs(1);

/// Between two looks at another process's sync that is waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Starts a tenant's one sync or joins it, for schedule, HTTP and watchers of rules alike.
pub struct Runner {
    runs: Mutex<Runs>,
    doors: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    halt: Halt,
    observer: Arc<dyn Observer>,
}

/// Is told when a sync ends. A mere plan is not told of.
pub trait Observer: Send + Sync {
    /// A sync came to this end after so long.
    fn ended(&self, tenant: &str, outcome: &Result<Finished, SyncError>, took: SignedDuration);

    /// A sync broke down: a defect of this program. The tenant was let go, the next sync repairs what was under way.
    fn panicked(&self, tenant: &str);
}

/// A sync or plan of this process, under way or ended.
#[derive(Debug)]
pub struct Run {
    /// Id of the sync; of a mere plan one that only this process knows.
    pub id: SyncId,
    /// The tenant.
    pub tenant: String,
    /// A plan, which changes nothing.
    pub dry: bool,
    /// Whether it looks at everybody whose turn it is, and at all changes.
    pub whole: bool,
    /// When it began.
    pub started: Timestamp,
    progress: watch::Receiver<Snapshot>,
    end: watch::Receiver<Option<Ended>>,
}

/// How a run ended; `None` inside when it broke down.
pub type End = Option<Result<Finished, SyncError>>;

/// How it ended, and when.
type Ended = (Arc<End>, Timestamp);

/// The answer to the wish for a sync.
#[derive(Debug)]
pub enum Start {
    /// It was begun.
    Begun(Arc<Run>),
    /// One was under way: it is as good.
    Joined {
        /// Its id, where known.
        sync: Option<SyncId>,
        /// Who runs it.
        holder: String,
    },
}

#[derive(Default)]
struct Runs {
    current: BTreeMap<String, Arc<Run>>,
    ended: VecDeque<Arc<Run>>,
}

impl Runner {
    /// A runner whose syncs end early when `halt` says so.
    #[must_use]
    pub fn new(halt: Halt, observer: Arc<dyn Observer>) -> Self {
        Self {
            runs: Mutex::default(),
            doors: Mutex::default(),
            halt,
            observer,
        }
    }

    /// Begins a sync and answers when its row is in the database; or joins the one under way.
    ///
    /// # Errors
    /// When the service is stopping, or the database fails.
    pub async fn start(
        self: &Arc<Self>,
        tenant: &Tenant,
        request: Request,
    ) -> Result<Start, SyncError> {
        // In a task of its own: whoever asks may go away at any moment, and what has taken the tenant must be followed.
        let (runner, tenant) = (Arc::clone(self), tenant.clone());
        let begins = tokio::spawn(async move { runner.start_or_join(&tenant, request).await });
        match begins.await.map_err(JoinError::try_into_panic) {
            Ok(start) => start,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => Err(SyncError::Stopping),
        }
    }

    async fn start_or_join(
        self: &Arc<Self>,
        tenant: &Tenant,
        mut request: Request,
    ) -> Result<Start, SyncError> {
        let name = tenant.settings.tenant.clone();
        let door = self.door(&name);
        let _only_one = door.lock().await;
        if self.halt.is_set() {
            return Err(SyncError::Stopping);
        }
        if let Some(run) = self.running(&name) {
            let holder = "this process".to_owned();
            return Ok(Start::Joined {
                sync: Some(run.id.clone()),
                holder,
            });
        }
        let whole = request.people().is_none() && request.selection.is_none();
        let (progress, told) = Progress::watched();
        request.progress = progress;
        let tenant = Tenant {
            halt: self.halt.clone(),
            ..tenant.clone()
        };
        let begun = match begin(tenant.clone(), request).await {
            Ok(begun) => begun,
            Err(SyncError::Running { sync, holder }) => return Ok(Start::Joined { sync, holder }),
            Err(error) => return Err(error),
        };
        Ok(Start::Begun(self.follow(tenant, begun, whole, told)))
    }

    /// Runs what was begun in tasks of its own, to its end or until time is up.
    fn follow(
        self: &Arc<Self>,
        tenant: Tenant,
        begun: Begun,
        whole: bool,
        told: watch::Receiver<Snapshot>,
    ) -> Arc<Run> {
        let (tell_end, end) = watch::channel(None);
        let run = Arc::new(Run {
            id: begun.id().clone(),
            tenant: tenant.settings.tenant.clone(),
            dry: false,
            whole,
            started: tenant.clock.now(),
            progress: told,
            end,
        });
        let mut runs = self.lock();
        runs.current.insert(run.tenant.clone(), Arc::clone(&run));
        drop(runs);
        let (runner, watched) = (Arc::clone(self), run.watch());
        let work = tokio::spawn(async move {
            let broken_off = begun.broken_off();
            tokio::select! {
                finished = begun.run() => finished,
                () = runner.out_of_time(watched) => broken_off.await,
            }
        });
        let (runner, follower) = (Arc::clone(self), Arc::clone(&run));
        tokio::spawn(async move {
            let began = Instant::now();
            let end = runner.ended(&tenant, work.await, began).await;
            runner.put_away(&follower);
            tell_end.send_replace(Some((Arc::new(end), tenant.clock.now())));
        });
        run
    }

    /// Begins a sync once no other is under way, and waits at most so long for that; of the tenant as it is by then.
    ///
    /// # Errors
    /// [`SyncError::Running`] when the other one takes longer; or the database fails.
    pub async fn start_alone(
        self: &Arc<Self>,
        tenant: impl Fn() -> Tenant,
        request: Request,
        patience: Duration,
    ) -> Result<Arc<Run>, SyncError> {
        let deadline = Instant::now() + patience;
        loop {
            let tenant = tenant();
            match self.start(&tenant, request.clone()).await? {
                Start::Begun(run) => return Ok(run),
                Start::Joined { sync, holder } if Instant::now() >= deadline => {
                    return Err(SyncError::Running { sync, holder });
                }
                Start::Joined { .. } => match self.running(&tenant.settings.tenant) {
                    Some(run) => drop(tokio::time::timeout_at(deadline, run.ended()).await),
                    None => tokio::time::sleep(LOOK_AGAIN).await,
                },
            }
        }
    }

    /// Begins a plan, which runs beside syncs and other plans.
    pub fn start_plan(self: &Arc<Self>, tenant: &Tenant, mut request: Request) -> Arc<Run> {
        let (progress, told) = Progress::watched();
        request.progress = progress;
        let (tell_end, end) = watch::channel(None);
        let run = Arc::new(Run {
            id: format!("plan-{}", Uuid::new_v4().simple()),
            tenant: tenant.settings.tenant.clone(),
            dry: true,
            whole: true,
            started: tenant.clock.now(),
            progress: told,
            end,
        });
        let (tenant, clock) = (tenant.clone(), Arc::clone(&tenant.clock));
        let work = tokio::spawn(async move { super::plan(&tenant, &request).await });
        self.put_away(&run);
        tokio::spawn(async move {
            let end = Arc::new(work.await.ok());
            tell_end.send_replace(Some((end, clock.now())));
        });
        run
    }

    /// The sync of a tenant that this process runs now.
    #[must_use]
    pub fn running(&self, tenant: &str) -> Option<Arc<Run>> {
        self.lock().current.get(tenant).cloned()
    }

    /// A run of this process by its id: under way, or not long ended.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<Run>> {
        let runs = self.lock();
        let mut all = runs.current.values().chain(&runs.ended);
        all.find(|run| run.id == id).cloned()
    }

    /// Ends when no sync is under way any more, once `halt` lets none begin.
    pub async fn idle(&self) {
        for door in self.all_doors() {
            // One that was just beginning has begun when its door is free.
            drop(door.lock().await);
        }
        loop {
            let Some(run) = self.lock().current.values().next().cloned() else {
                return;
            };
            run.ended().await;
        }
    }

    /// Ends when a sync under way has to be broken off: at once while it reads, later while it writes.
    async fn out_of_time(&self, progress: watch::Receiver<Snapshot>) {
        self.halt.set().await;
        let writes = progress.borrow().stage == Stage::Applying;
        tokio::time::sleep(if writes { GRACE } else { SHORT_GRACE }).await;
    }

    async fn ended(
        &self,
        tenant: &Tenant,
        outcome: Result<Result<Finished, SyncError>, JoinError>,
        started: Instant,
    ) -> End {
        let name = &tenant.settings.tenant;
        let took = SignedDuration::try_from(started.elapsed()).unwrap_or(SignedDuration::MAX);
        match outcome {
            Ok(outcome) => {
                self.observer.ended(name, &outcome, took);
                Some(outcome)
            }
            Err(_) => {
                self.observer.panicked(name);
                if let Err(error) = tenant.ledger.abandon().await {
                    tracing::error!(tenant = %name, %error, "the tenant could not be let go after a sync broke down");
                }
                None
            }
        }
    }

    /// From the runs under way to those that ended.
    fn put_away(&self, run: &Arc<Run>) {
        let mut runs = self.lock();
        if !run.dry {
            runs.current.remove(&run.tenant);
        }
        runs.ended.push_front(Arc::clone(run));
        runs.ended.truncate(REMEMBERED);
    }

    fn door(&self, tenant: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(doors.entry(tenant.to_owned()).or_default())
    }

    fn all_doors(&self) -> Vec<Arc<tokio::sync::Mutex<()>>> {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Snapshot {
        *self.progress.borrow()
    }

    /// To follow how far it is.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.progress.clone()
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn end(&self) -> Option<Arc<End>> {
        self.end.borrow().as_ref().map(|(end, _)| Arc::clone(end))
    }

    /// When it ended, if it has.
    #[must_use]
    pub fn finished(&self) -> Option<Timestamp> {
        self.end.borrow().as_ref().map(|(_, at)| *at)
    }

    /// Waits for its end.
    pub async fn ended(&self) -> Arc<End> {
        let mut end = self.end.clone();
        match end.wait_for(Option::is_some).await {
            Ok(end) => end
                .as_ref()
                .map(|(end, _)| Arc::clone(end))
                .unwrap_or_default(),
            // Whoever would have told is gone: the runtime is shutting down.
            Err(_) => Arc::default(),
        }
    }
}
