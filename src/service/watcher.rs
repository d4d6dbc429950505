//! Watches the rule files: what changed comes into force with a sync, what broke is told once and changes nothing.

use super::{Served, Service};
use crate::reconcile::Reread;
use crate::report::TriggerKind;
use futures::StreamExt as _;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the files of a few tenants.
const SHORTEST: Duration = Duration::from_secs(2);

/// For each tenant, so that thousands of folders do not keep the disk busy.
const FOR_EACH: Duration = Duration::from_millis(5);

/// So many looks at once: one may wait for a repository.
const LOOKS: usize = 16;

/// Looks at the rule files again and again until the service stops.
pub async fn watch_rules(service: Arc<Service>) {
    let mut watch = Watch::default();
    watch.begin(&service);
    loop {
        let count = u32::try_from(service.tenants().len()).unwrap_or(u32::MAX);
        tokio::select! {
            () = tokio::time::sleep(SHORTEST.max(FOR_EACH.saturating_mul(count))) => {}
            () = service.halt.set() => return,
        }
        let tenants = service.tenants();
        let looks = futures::stream::iter(tenants.values()).map(look);
        let mut looks = looks.buffered(LOOKS);
        while let Some((served, reread)) = looks.next().await {
            watch.tell(served, reread);
            if watch.is_new(served) {
                in_force(&service, served);
            }
        }
    }
}

/// What was told of each tenant's rules.
#[derive(Default)]
struct Watch {
    /// Since when the newest rules cannot be used.
    broken: BTreeMap<String, Timestamp>,
    /// Digest of the rules in force. Kept by tenant, because tenants may share a folder.
    digests: BTreeMap<String, String>,
}

impl Watch {
    /// Notes what is in force at the start; rules that are broken then are told at once.
    fn begin(&mut self, service: &Service) {
        for served in service.tenants().values() {
            self.is_new(served);
            self.tell(served, Reread::Refused);
        }
    }

    /// Whether other rules are in force than at the last look. Of a tenant not seen before, none are.
    fn is_new(&mut self, served: &Served) -> bool {
        let digest = served.rules.described().digest;
        let before = self
            .digests
            .insert(served.name().to_owned(), digest.clone());
        before.is_some_and(|before| before != digest)
    }

    /// One line when rules break, one when they are whole again.
    fn tell(&mut self, served: &Served, reread: Reread) {
        let tenant = served.name();
        match (reread, served.rules.problem()) {
            (Reread::Refused, Some(problem)) => {
                let before = self.broken.insert(tenant.to_owned(), problem.since);
                if before != Some(problem.since) {
                    tracing::error!(tenant, error = %problem.text, "the newest rules cannot be used; the last good ones stay in force");
                }
            }
            _ => {
                if self.broken.remove(tenant).is_some() {
                    tracing::info!(tenant, "the newest rules are in use again");
                }
            }
        }
    }
}

async fn look(served: &Arc<Served>) -> (&Arc<Served>, Reread) {
    let rules = Arc::clone(&served.rules);
    let looked = tokio::task::spawn_blocking(move || rules.look()).await;
    (served, looked.unwrap_or(Reread::Same))
}

/// Syncs a tenant whose rules are new, without holding up the watch.
fn in_force(service: &Arc<Service>, served: &Arc<Served>) {
    let described = served.rules.described();
    let (tenant, commit) = (served.name(), described.commit.unwrap_or_default());
    tracing::info!(tenant, digest = %described.digest, commit, "other rules are in force");
    let (service, served) = (Arc::clone(service), Arc::clone(served));
    tokio::spawn(async move {
        // A sync under way still has the old rules: the new ones want one of their own.
        if let Some(run) = service.runner.running(served.name()) {
            run.ended().await;
        }
        service
            .run_by_itself(served.name(), TriggerKind::Rules, "rules")
            .await;
    });
}
