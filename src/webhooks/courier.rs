//! All tenants and all receivers, as long as the service lives.

use super::receiver::Receiver;
use super::sending::{Outcome, Sender};
use super::telling::tell;
use crate::apply::JournalError;
use crate::service::{Served, Service};
use crate::store::WaitingMessage;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks at which tenants have something new.
const LOOK: Duration = Duration::from_secs(2);

/// For each tenant, so that thousands of them do not keep the database busy.
const FOR_EACH: Duration = Duration::from_millis(5);

/// A tenant of which nothing was written is looked at so often: people wait, and rules break.
const ANYWAY: Duration = Duration::from_mins(1);

/// So many tenants are sent for at once: a receiver may be slow.
const AT_ONCE: usize = 16;

/// So many messages of a tenant are sent to one receiver before it is the others' turn.
const A_TURN: usize = 200;

/// The receivers as they are configured now.
#[derive(Debug, Default)]
pub struct Receivers(RwLock<Arc<Vec<Receiver>>>);

impl Receivers {
    /// Other receivers from now on.
    pub fn replace(&self, receivers: Vec<Receiver>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(receivers);
    }

    /// The receivers now.
    #[must_use]
    pub fn now(&self) -> Arc<Vec<Receiver>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What was seen of a tenant at its last look.
struct Seen {
    version: i64,
    problem: Option<Timestamp>,
    at: Instant,
}

/// Tells receivers what happens, until the service stops. What is not told by then is told after the next start.
pub async fn keep_sending(service: Arc<Service>, receivers: Arc<Receivers>, sender: Arc<Sender>) {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    // Tenants that may have messages on their way.
    let mut busy: BTreeSet<String> = service.tenants().keys().cloned().collect();
    loop {
        let list = receivers.now();
        if !list.is_empty() {
            let round = round(&service, &list, &sender, &mut seen, &mut busy);
            tokio::select! {
                () = round => {}
                () = service.halt.set() => return,
            }
        }
        let count = u32::try_from(service.tenants().len()).unwrap_or(u32::MAX);
        tokio::select! {
            () = tokio::time::sleep(LOOK.max(FOR_EACH.saturating_mul(count))) => {}
            () = service.halt.set() => return,
        }
    }
}

async fn round(
    service: &Service,
    receivers: &[Receiver],
    sender: &Sender,
    seen: &mut BTreeMap<String, Seen>,
    busy: &mut BTreeSet<String>,
) {
    let tenants = service.tenants();
    let heard = |served: &&Arc<Served>| receivers.iter().any(|r| r.hears_of(served.name()));
    for served in tenants.values().filter(heard) {
        match look(served, receivers, seen).await {
            Ok(true) => {
                busy.insert(served.name().to_owned());
            }
            Ok(false) => {}
            Err(error) => complain(served, &error),
        }
    }
    let work = tenants
        .values()
        .filter(|served| busy.contains(served.name()));
    let work: Vec<&Arc<Served>> = work.collect();
    for some in work.chunks(AT_ONCE) {
        let sending = some
            .iter()
            .map(|served| empty_queues(served, receivers, sender));
        let sent = futures::future::join_all(sending.collect::<Vec<_>>()).await;
        for (served, emptied) in some.iter().zip(sent) {
            match emptied {
                Ok(true) => {
                    busy.remove(served.name());
                }
                Ok(false) => {}
                Err(error) => complain(served, &error),
            }
        }
    }
}

fn complain(served: &Served, error: &JournalError) {
    let tenant = served.name();
    tracing::warn!(tenant, %error, "the webhooks could not be served; what happened meanwhile is told later");
}

/// Makes messages of what is new; answers whether there are any.
async fn look(
    served: &Served,
    receivers: &[Receiver],
    seen: &mut BTreeMap<String, Seen>,
) -> Result<bool, JournalError> {
    let version = served.store.standing(served.now()).await?.version;
    let problem = served.rules.problem().map(|problem| problem.since);
    let before = seen.get(served.name());
    if before.is_some_and(|before| {
        before.version == version && before.problem == problem && before.at.elapsed() < ANYWAY
    }) {
        return Ok(false);
    }
    let any = tell(served, receivers).await?;
    let now = Seen {
        version,
        problem,
        at: Instant::now(),
    };
    seen.insert(served.name().to_owned(), now);
    Ok(any)
}

/// Sends what is due of a tenant, to each receiver in its order; answers whether nothing is left.
async fn empty_queues(
    served: &Served,
    receivers: &[Receiver],
    sender: &Sender,
) -> Result<bool, JournalError> {
    let mut emptied = true;
    for receiver in receivers.iter().filter(|r| r.hears_of(served.name())) {
        emptied &= empty_queue(served, receiver, sender).await?;
    }
    Ok(emptied)
}

async fn empty_queue(
    served: &Served,
    receiver: &Receiver,
    sender: &Sender,
) -> Result<bool, JournalError> {
    for _ in 0..A_TURN {
        let message = served.store.first_message(receiver.digest()).await?;
        match message {
            None => return Ok(true),
            Some(message) if message.due > served.now() => return Ok(false),
            Some(message) => {
                let outcome = attempt(served, receiver, sender, &message).await?;
                sender.observer.tried(receiver.origin(), outcome);
                if outcome == Outcome::PutOff {
                    return Ok(false);
                }
            }
        }
    }
    Ok(false)
}

/// Sends a message, and notes what became of it.
async fn attempt(
    served: &Served,
    receiver: &Receiver,
    sender: &Sender,
    message: &WaitingMessage,
) -> Result<Outcome, JournalError> {
    let (store, digest) = (&served.store, receiver.digest());
    let failure = match sender.send(receiver, message).await {
        Ok(()) => {
            store.drop_message(digest, message.no).await?;
            return Ok(Outcome::Delivered);
        }
        Err(failure) => failure,
    };
    let (tenant, origin) = (served.name(), receiver.origin());
    let (event, error) = (&message.event, &failure.text);
    match sender.again(message, &failure, served.now()) {
        Some(until) => {
            tracing::warn!(tenant, receiver = origin, event, error, %until, "a webhook message was not taken; it is sent again");
            store.put_off_message(digest, message.no, until).await?;
            Ok(Outcome::PutOff)
        }
        None => {
            tracing::error!(
                tenant,
                receiver = origin,
                event,
                error,
                "a webhook message is given up"
            );
            store.drop_message(digest, message.no).await?;
            Ok(Outcome::GivenUp)
        }
    }
}
