//! One tenant's step forward: what happened since the last one, and what stands now, become messages in one transaction.

use super::event::{Occurrence, body};
use super::history::{of_record, of_sync};
use super::receiver::Receiver;
use super::standing::{Turn, standing, turn};
use crate::apply::JournalError;
use crate::reconcile::Ledger as _;
use crate::service::Served;
use crate::store::{NewMessage, Telling, ToldSoFar};
use jiff::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

/// So many records are made into messages in one transaction.
const RECORDS: u32 = 1_000;

/// With so many messages on their way no more are made: the history waits where it is.
const FULL: u64 = 10_000;

/// Makes messages of everything that is new of a tenant, for those who hear of it. Answers whether there are any.
///
/// # Errors
/// When the database does not do its part; nothing is lost then.
pub async fn tell(served: &Served, receivers: &[Receiver]) -> Result<bool, JournalError> {
    let hears = |receiver: &&Receiver| receiver.hears_of(served.name());
    let receivers: Vec<&Receiver> = receivers.iter().filter(hears).collect();
    let mut any = false;
    while !receivers.is_empty() && served.store.messages_waiting().await? < FULL {
        let (telling, more) = step(served, &receivers).await?;
        any |= !telling.messages.is_empty();
        if is_idle(&telling) {
            break;
        }
        served.store.tell(&telling, served.now()).await?;
        if !more {
            break;
        }
    }
    Ok(any)
}

fn is_idle(telling: &Telling) -> bool {
    telling.from == telling.to
        && telling.messages.is_empty()
        && telling.standing.is_empty()
        && telling.gone.is_empty()
}

/// What is to be written, and whether there is more after it.
async fn step(served: &Served, receivers: &[&Receiver]) -> Result<(Telling, bool), JournalError> {
    let (store, now) = (&served.store, served.now());
    let from = store.told_so_far().await?;
    let is_new = from.last_sync == ToldSoFar::NEW;
    let mut to = ToldSoFar {
        last_sync: match is_new {
            true => String::new(),
            false => from.last_sync.clone(),
        },
        ..from.clone()
    };
    let rules = served.rules.active();
    let records = store.audit(from.audit, RECORDS).await?;
    let syncs = store.ended_syncs(from.fence, RECORDS).await?;
    let more = [records.len(), syncs.len()]
        .iter()
        .any(|read| u32::try_from(*read).is_ok_and(|read| read >= RECORDS));
    let mut told: Vec<Occurrence> = records
        .iter()
        .filter_map(|record| of_record(record, &rules))
        .collect();
    for sync in &syncs {
        let (occurrence, last) = of_sync(&to.last_sync, sync);
        told.extend(occurrence);
        (to.last_sync, to.fence) = (last, sync.fence);
    }
    to.audit = records.last().map_or(from.audit, |record| record.seq);
    let turned = match more {
        true => Turn::default(),
        false => conditions(served, is_new, now).await?,
    };
    told.extend(turned.told);
    told.sort_by_key(|occurrence| occurrence.at);
    let telling = Telling {
        from,
        to,
        messages: messages(served, receivers, &told).await?,
        standing: turned.put,
        gone: turned.gone,
    };
    Ok((telling, more))
}

/// What has begun or ceased to stand. While a sync runs, what its people wait for is in the making.
async fn conditions(served: &Served, silently: bool, now: Timestamp) -> Result<Turn, JournalError> {
    let store = &served.store;
    if store.standing(now).await?.sync.is_some() {
        return Ok(Turn::default());
    }
    let state = store.state(now).await?;
    let problem = served.rules.problem();
    let problem = problem.as_ref().map(|problem| problem.text.as_str());
    let short = store.low_stock().await?;
    let stands = standing(&state, &short, problem);
    Ok(turn(&store.signals().await?, &stands, silently, now))
}

async fn messages(
    served: &Served,
    receivers: &[&Receiver],
    told: &[Occurrence],
) -> Result<Vec<NewMessage>, JournalError> {
    let wanted = |occurrence: &&Occurrence| receivers.iter().any(|r| r.wants(occurrence.event));
    let told: Vec<&Occurrence> = told.iter().filter(wanted).collect();
    let people: BTreeSet<_> = told.iter().filter_map(|o| o.about.user).collect();
    let upns = served.store.upns(people).await?;
    let mut messages = Vec::new();
    for occurrence in told {
        let id = format!("msg_{}", Uuid::new_v4().simple());
        let body = body(served.name(), occurrence, &upns)
            .map_err(|error| JournalError::Unreadable(error.to_string()))?;
        let for_it = receivers.iter().filter(|r| r.wants(occurrence.event));
        messages.extend(for_it.map(|receiver| NewMessage {
            receiver: receiver.digest().to_owned(),
            id: id.clone(),
            event: occurrence.event.name().to_owned(),
            body: body.clone(),
        }));
    }
    Ok(messages)
}
