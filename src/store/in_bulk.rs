//! Many overrides in one transaction, as a file brings them: a statement a chunk, and nothing at all if one fails.

use super::audit::{self, Entry};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::{Writing, retried};
use super::{facts, marks};
use crate::apply::JournalError;
use crate::directory::UserId;
use crate::numbering::{E164, NumberState};
use crate::plan::{NumberFacts, NumberWish, UserFacts};
use crate::reconcile::{Around, InBulk, NumberWishes, ROWS_AT_ONCE};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::io;

#[async_trait]
impl InBulk for TenantStore {
    async fn around(&self, numbers: &[E164]) -> Result<Around, JournalError> {
        self.read_around(numbers).await.map_err(Fault::on_read)
    }

    async fn meant(&self, texts: &[String]) -> Result<Vec<Vec<UserId>>, JournalError> {
        self.whom_they_mean(texts).await.map_err(Fault::on_read)
    }

    async fn pins(&self) -> Result<BTreeMap<UserId, E164>, JournalError> {
        self.all_pins().await.map_err(Fault::on_read)
    }

    async fn set_aside(&self, now: Timestamp) -> Result<u64, JournalError> {
        self.count_set_aside(now).await.map_err(Fault::on_read)
    }

    async fn holders(&self) -> Result<u64, JournalError> {
        self.count_holders().await.map_err(Fault::on_read)
    }

    async fn set_numbers<'w>(
        &self,
        by: &str,
        wishes: &(dyn Fn() -> io::Result<NumberWishes<'w>> + Send + Sync),
        now: Timestamp,
    ) -> Result<u64, JournalError> {
        retried(|| self.write_numbers(by, wishes, now)).await
    }

    async fn set_pins(
        &self,
        by: &str,
        pins: &[(UserId, Option<E164>)],
        now: Timestamp,
    ) -> Result<bool, JournalError> {
        retried(|| self.write_pins(by, pins, now)).await
    }
}

impl TenantStore {
    async fn write_numbers<'w>(
        &self,
        by: &str,
        wishes: &(dyn Fn() -> io::Result<NumberWishes<'w>> + Send + Sync),
        now: Timestamp,
    ) -> Result<u64, Fault> {
        let mut changed = 0;
        let mut w = self.writing(None, now).await?;
        for chunk in wishes().map_err(unreadable)? {
            changed += set_chunk(&mut w, by, &chunk.map_err(unreadable)?).await?;
        }
        w.commit().await?;
        Ok(changed)
    }

    async fn write_pins(
        &self,
        by: &str,
        pins: &[(UserId, Option<E164>)],
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let mut w = self.writing(None, now).await?;
        // Old pins go first: people may change their numbers with each other.
        for chunk in pins.chunks(ROWS_AT_ONCE) {
            let freed: Vec<(UserId, Option<E164>)> =
                chunk.iter().map(|(user, _)| (*user, None)).collect();
            pin_chunk(&mut w, &freed).await?;
        }
        for chunk in pins.chunks(ROWS_AT_ONCE) {
            match pin_chunk(&mut w, chunk).await {
                // Of what is written there, a pin alone may stand once only.
                Err(fault) if fault.is_second() => return Ok(false),
                done => done?,
            }
            marks::mark_users(&mut w, chunk.iter().map(|(user, _)| *user)).await?;
            let entry = |(user, pin): &(UserId, Option<E164>)| Entry {
                event: if pin.is_some() { "pinned" } else { "unpinned" },
                number: *pin,
                user: Some(*user),
                detail: json!({ "by": by, "pin": pin, "from": "file" }),
            };
            let entries: Vec<Entry> = chunk.iter().map(entry).collect();
            audit::append(&mut w, &entries, None).await?;
        }
        w.commit().await?;
        Ok(true)
    }
}

fn unreadable(error: io::Error) -> Fault {
    Fault::Refused(format!(
        "nothing was, because the file cannot be read again: {error}"
    ))
}

/// Sets what differs of these numbers, with an audit record each; answers how many there were. The records are written
/// chunk by chunk, so that they need not be held until the end.
async fn set_chunk(w: &mut Writing, by: &str, wishes: &[NumberWish]) -> Result<u64, Fault> {
    let numbers = wishes.iter().map(|wish| wish.number);
    let before = facts::of_numbers(&mut w.tx, w.tenant, numbers).await?;
    let (mut after, mut entries): (Vec<(E164, NumberFacts)>, Vec<Entry>) = Default::default();
    for wish in wishes {
        let was = before.get(&wish.number).cloned().unwrap_or_default();
        let mut facts = was.clone();
        wish.set(&mut facts, by);
        if facts == was {
            continue;
        }
        let event = match wish.state {
            NumberState::Reserved => "reserved",
            NumberState::Quarantined => "put-to-rest",
            _ => "freed",
        };
        entries.push(Entry {
            event,
            number: Some(wish.number),
            user: None,
            detail: json!({
                "by": by, "reserved": facts.reserved, "rest_until": facts.rest_until, "from": "file",
            }),
        });
        after.push((wish.number, facts));
    }
    let changed: Vec<(E164, &NumberFacts)> = after.iter().map(|(n, facts)| (*n, facts)).collect();
    let version = w.head.version;
    facts::put_numbers(w, &changed, version).await?;
    audit::append(w, &entries, None).await?;
    Ok(changed.len() as u64)
}

/// Gives these users these pins, and leaves everything else of them as it is.
async fn pin_chunk(w: &mut Writing, pins: &[(UserId, Option<E164>)]) -> Result<(), Fault> {
    let users = pins.iter().map(|(user, _)| *user);
    let mut all = facts::of_users(&mut w.tx, w.tenant, users).await?;
    let mut changed: Vec<(UserId, UserFacts)> = Vec::new();
    for (user, pin) in pins {
        let mut facts = all.remove(user).unwrap_or_default();
        if facts.pin != *pin {
            facts.pin = *pin;
            changed.push((*user, facts));
        }
    }
    let changed: Vec<(UserId, &UserFacts)> = changed.iter().map(|(u, facts)| (*u, facts)).collect();
    let version = w.head.version;
    facts::put_users(w, &changed, version).await
}
