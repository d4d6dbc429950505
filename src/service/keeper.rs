//! Keeps the time: one sync at start, then whenever the timetable of a tenant says so.

use super::{Served, Service};
use crate::apply::Halt;
use crate::report::TriggerKind;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Longest sleep between two looks at the clock: it may be set, and the machine may have slept.
const LOOK_AT_THE_CLOCK: Duration = Duration::from_secs(30);

/// Starts the syncs of all tenants until the service stops, of exchanged tenants anew.
pub async fn keep_time(service: Arc<Service>) {
    let mut first = true;
    while !service.halt.is_set() {
        let epoch = service.epoch();
        let mut keepers = JoinSet::new();
        for served in service.tenants().values() {
            let keeper = Keeper {
                service: Arc::clone(&service),
                served: Arc::clone(served),
                epoch: epoch.clone(),
            };
            keepers.spawn(keeper.keep(first));
        }
        first = false;
        tokio::select! {
            () = epoch.set() => {}
            () = service.halt.set() => {}
        }
        // Each ends by itself; one that waits for its sync does not hold up the others.
        keepers.detach_all();
    }
}

struct Keeper {
    service: Arc<Service>,
    served: Arc<Served>,
    epoch: Halt,
}

impl Keeper {
    async fn keep(self, first: bool) {
        let (service, served) = (&self.service, &self.served);
        let table = &served.timetable;
        if first && served.on_start {
            let begin = service.clock.now().checked_add(table.offset);
            if !self.wait_until(begin.ok()).await {
                return;
            }
            service
                .run_by_itself(served.name(), TriggerKind::Start, "start")
                .await;
        }
        loop {
            let due = table.next(service.clock.now());
            if !self.wait_until(due).await {
                return;
            }
            service
                .run_by_itself(served.name(), TriggerKind::Schedule, "schedule")
                .await;
        }
    }

    /// Waits for a moment of the clock on the wall, for ever without one; `false`: the tenant is not served any more.
    async fn wait_until(&self, due: Option<Timestamp>) -> bool {
        loop {
            let left = match due {
                None => LOOK_AT_THE_CLOCK,
                Some(due) => {
                    let now = self.service.clock.now();
                    let due = self.served.timetable.still_due(due, now);
                    if due <= now {
                        return !self.epoch.is_set() && !self.service.halt.is_set();
                    }
                    due.duration_since(now).unsigned_abs()
                }
            };
            tokio::select! {
                () = tokio::time::sleep(left.min(LOOK_AT_THE_CLOCK)) => {}
                () = self.epoch.set() => return false,
                () = self.service.halt.set() => return false,
            }
        }
    }
}
