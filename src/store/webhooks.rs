//! What is told to webhooks: how far the history was told, which conditions stand, and the messages on their way.
//!
//! None of this belongs to a sync: it is written beside them, and moves no version of the tenant.

use super::bulk::Batch;
use super::connect::Store;
use super::engine::{Tx, execute, fetch_all, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::retried;
use crate::apply::JournalError;
use crate::reconcile::SyncId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How far a tenant's history was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldSoFar {
    /// The place of the last audit record.
    pub audit: i64,
    /// The fence of the last sync that had ended.
    pub fence: i64,
    /// How that one ended, in the words of who tells; [`ToldSoFar::NEW`] at first.
    pub last_sync: String,
}

impl ToldSoFar {
    /// Nothing was ever told: what stands now is old news.
    pub const NEW: &str = "new";
}

/// A sync that has come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSync {
    /// Its fence: rises from sync to sync.
    pub fence: i64,
    /// Its id.
    pub id: SyncId,
    /// The status of its report.
    pub status: String,
    /// The changes that it holds, as the JSON of its report, if it holds any.
    pub held: Option<String>,
    /// When it ended.
    pub finished: Timestamp,
}

/// A condition that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The event that tells of it.
    pub event: String,
    /// What it is about: a range, a person.
    pub subject: String,
    /// Since when it was seen.
    pub since: Timestamp,
    /// Whether it was told.
    pub told: bool,
}

/// A message for one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The receiver, by its digest.
    pub receiver: String,
    /// The same for all receivers of one event, and for every try.
    pub id: String,
    /// The event.
    pub event: String,
    /// The JSON that is sent.
    pub body: String,
}

/// A message that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMessage {
    /// Its place in the queue of its receiver.
    pub no: i64,
    /// As in [`NewMessage`].
    pub id: String,
    /// As in [`NewMessage`].
    pub event: String,
    /// As in [`NewMessage`].
    pub body: String,
    /// When it was written.
    pub created: Timestamp,
    /// Not to be sent before.
    pub due: Timestamp,
    /// How often it was sent in vain.
    pub tries: u32,
}

/// A step forward in telling the history: from where, to where, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Where the history had been told up to; another process may have been quicker.
    pub from: ToldSoFar,
    /// Where it is told up to now.
    pub to: ToldSoFar,
    /// Conditions that are new, or told now.
    pub standing: Vec<Signal>,
    /// Conditions that are gone, by event and subject.
    pub gone: Vec<(String, String)>,
    /// The messages, in the order in which they are sent.
    pub messages: Vec<NewMessage>,
}

impl Store {
    /// The names of the tenants whose history is told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn told_tenants(&self) -> Result<BTreeSet<String>, JournalError> {
        const READ: &str = "SELECT t.name FROM webhook_places p JOIN tenants t ON t.no = p.tenant";
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<(String,)> = fetch_all!(&mut tx, READ)?;
            Ok::<_, Fault>(rows.into_iter().map(|(name,)| name).collect())
        };
        read.await.map_err(Fault::on_read)
    }
}

impl TenantStore {
    /// How far the history was told; begins at its present end if none of it ever was.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn told_so_far(&self) -> Result<ToldSoFar, JournalError> {
        retried(|| self.place()).await
    }

    /// Syncs after a fence that have ended, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn ended_syncs(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<EndedSync>, JournalError> {
        const READ: &str = "SELECT s.fence, s.id, s.status, h.changes, s.finished FROM syncs s
            LEFT JOIN held h ON h.tenant = s.tenant AND h.sync = s.id
            WHERE s.tenant = $1 AND s.fence > $2 AND s.finished IS NOT NULL ORDER BY s.fence LIMIT $3";
        type Row = (i64, String, String, Option<String>, i64);
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<Row> = fetch_all!(&mut tx, READ, self.tenant, after, i64::from(limit))?;
            let ended = |(fence, id, status, held, finished): Row| {
                Ok(EndedSync {
                    fence,
                    id,
                    status,
                    held,
                    finished: Timestamp::from_microsecond(finished)?,
                })
            };
            rows.into_iter().map(ended).collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// The conditions that stood when they were last looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn signals(&self) -> Result<Vec<Signal>, JournalError> {
        const READ: &str =
            "SELECT event, subject, since, told FROM webhook_signals WHERE tenant = $1
            ORDER BY event, subject";
        type Row = (String, String, i64, i64);
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows: Vec<Row> = fetch_all!(&mut tx, READ, self.tenant)?;
            let signal = |(event, subject, since, told): Row| {
                Ok(Signal {
                    event,
                    subject,
                    since: Timestamp::from_microsecond(since)?,
                    told: told != 0,
                })
            };
            rows.into_iter().map(signal).collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// Puts messages on their way and remembers how far the history is told, both or neither. `false`: another process
    /// has told it meanwhile, and nothing was written.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn tell(&self, telling: &Telling, now: Timestamp) -> Result<bool, JournalError> {
        retried(|| self.put_telling(telling, now)).await
    }

    /// The first message of a receiver's queue.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn first_message(
        &self,
        receiver: &str,
    ) -> Result<Option<WaitingMessage>, JournalError> {
        const READ: &str = "SELECT no, id, event, body, created, due, tries FROM webhook_messages
            WHERE tenant = $1 AND receiver = $2 ORDER BY no LIMIT 1";
        type Row = (i64, String, String, String, i64, i64, i64);
        let read = async {
            let mut tx = self.pool.read().await?;
            let row: Option<Row> = fetch_optional!(&mut tx, READ, self.tenant, receiver)?;
            let message = |(no, id, event, body, created, due, tries): Row| {
                Ok(WaitingMessage {
                    no,
                    id,
                    event,
                    body,
                    created: Timestamp::from_microsecond(created)?,
                    due: Timestamp::from_microsecond(due)?,
                    tries: u32::try_from(tries).unwrap_or(u32::MAX),
                })
            };
            row.map(message).transpose()
        };
        read.await.map_err(|fault: Fault| fault.on_read())
    }

    /// How many messages are on their way.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn messages_waiting(&self) -> Result<u64, JournalError> {
        const READ: &str = "SELECT COUNT(*) FROM webhook_messages WHERE tenant = $1";
        let read = async {
            let mut tx = self.pool.read().await?;
            let row: Option<(i64,)> = fetch_optional!(&mut tx, READ, self.tenant)?;
            Ok::<_, Fault>(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or_default()))
        };
        read.await.map_err(Fault::on_read)
    }

    /// Takes a message out of the queue: it was sent, or is given up.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn drop_message(&self, receiver: &str, no: i64) -> Result<(), JournalError> {
        const DROP: &str =
            "DELETE FROM webhook_messages WHERE tenant = $1 AND receiver = $2 AND no = $3";
        let once = || async {
            let mut tx = self.pool.write().await?;
            execute!(&mut tx, DROP, self.tenant, receiver, no)?;
            tx.commit().await?;
            Ok(())
        };
        retried(once).await
    }

    /// Notes that a message was sent in vain, and when it is sent again.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn put_off_message(
        &self,
        receiver: &str,
        no: i64,
        due: Timestamp,
    ) -> Result<(), JournalError> {
        const PUT: &str = "UPDATE webhook_messages SET tries = tries + 1, due = $4
            WHERE tenant = $1 AND receiver = $2 AND no = $3";
        let once = || async {
            let mut tx = self.pool.write().await?;
            execute!(
                &mut tx,
                PUT,
                self.tenant,
                receiver,
                no,
                due.as_microsecond()
            )?;
            tx.commit().await?;
            Ok(())
        };
        retried(once).await
    }

    /// Forgets the messages of every receiver but these; without any, also how far the history was told.
    ///
    /// # Errors
    /// When the database does not do its part.
    pub async fn keep_receivers(&self, receivers: &[String]) -> Result<(), JournalError> {
        retried(|| self.forget_others(receivers)).await
    }

    async fn place(&self) -> Result<ToldSoFar, Fault> {
        const BEGIN: &str = "INSERT INTO webhook_places (tenant, audit, fence, last_sync, next_no)
            SELECT no, audit_seq, fence, 'new', 1 FROM tenants WHERE no = $1 ON CONFLICT (tenant) DO NOTHING";
        let mut tx = self.pool.read().await?;
        if let Some(place) = read_place(&mut tx, self.tenant).await? {
            return Ok(place);
        }
        drop(tx);
        let mut tx = self.pool.write().await?;
        execute!(&mut tx, BEGIN, self.tenant)?;
        let place = read_place(&mut tx, self.tenant).await?;
        tx.commit().await?;
        place.ok_or(Fault::Fenced)
    }

    async fn put_telling(&self, telling: &Telling, now: Timestamp) -> Result<bool, Fault> {
        const MOVE: &str = "UPDATE webhook_places SET audit = $4, fence = $5, last_sync = $6, next_no = next_no + $7
            WHERE tenant = $1 AND audit = $2 AND fence = $3 RETURNING next_no";
        const ADD: &str =
            "INSERT INTO webhook_messages (tenant, receiver, no, id, event, body, created, due)
            SELECT $1, receiver, no, id, event, body, $2, $2 FROM {batch} WHERE true";
        let count = i64::try_from(telling.messages.len()).unwrap_or(i64::MAX);
        let (from, to) = (&telling.from, &telling.to);
        let mut tx = self.pool.write().await?;
        let moved: Option<(i64,)> = fetch_optional!(
            &mut tx,
            MOVE,
            self.tenant,
            from.audit,
            from.fence,
            to.audit,
            to.fence,
            &to.last_sync,
            count
        )?;
        let Some((next,)) = moved else {
            return Ok(false);
        };
        self.put_signals(&mut tx, telling).await?;
        let messages = || telling.messages.iter();
        let batch = Batch::default()
            .int("no", next - count..next)
            .text(
                "receiver",
                messages().map(|message| message.receiver.clone()),
            )
            .text("id", messages().map(|message| message.id.clone()))
            .text("event", messages().map(|message| message.event.clone()))
            .text("body", messages().map(|message| message.body.clone()));
        let scalars = [self.tenant, now.as_microsecond()];
        batch.execute(&mut tx, ADD, &scalars).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn put_signals(&self, tx: &mut Tx, telling: &Telling) -> Result<(), Fault> {
        const STAND: &str = "INSERT INTO webhook_signals (tenant, event, subject, since, told)
            SELECT $1, event, subject, since, told FROM {batch} WHERE true
            ON CONFLICT (tenant, event, subject) DO UPDATE SET told = excluded.told";
        const FALL: &str =
            "DELETE FROM webhook_signals WHERE tenant = $1 AND event = $2 AND subject = $3";
        let standing = || telling.standing.iter();
        let batch = Batch::default()
            .text("event", standing().map(|signal| signal.event.clone()))
            .text("subject", standing().map(|signal| signal.subject.clone()))
            .int(
                "since",
                standing().map(|signal| signal.since.as_microsecond()),
            )
            .int("told", standing().map(|signal| i64::from(signal.told)));
        batch.execute(tx, STAND, &[self.tenant]).await?;
        for (event, subject) in &telling.gone {
            execute!(tx, FALL, self.tenant, event, subject)?;
        }
        Ok(())
    }

    async fn forget_others(&self, receivers: &[String]) -> Result<(), Fault> {
        const KNOWN: &str = "SELECT DISTINCT receiver FROM webhook_messages WHERE tenant = $1";
        const FORGET: &str = "DELETE FROM webhook_messages WHERE tenant = $1 AND receiver = $2";
        const PLACE: &str = "DELETE FROM webhook_places WHERE tenant = $1";
        const SIGNALS: &str = "DELETE FROM webhook_signals WHERE tenant = $1";
        let mut tx = self.pool.write().await?;
        let known: Vec<(String,)> = fetch_all!(&mut tx, KNOWN, self.tenant)?;
        for (receiver,) in known.iter().filter(|(known,)| !receivers.contains(known)) {
            execute!(&mut tx, FORGET, self.tenant, receiver)?;
        }
        if receivers.is_empty() {
            execute!(&mut tx, PLACE, self.tenant)?;
            execute!(&mut tx, SIGNALS, self.tenant)?;
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn read_place(tx: &mut Tx, tenant: i64) -> Result<Option<ToldSoFar>, Fault> {
    const READ: &str = "SELECT audit, fence, last_sync FROM webhook_places WHERE tenant = $1";
    let row: Option<(i64, i64, String)> = fetch_optional!(tx, READ, tenant)?;
    Ok(row.map(|(audit, fence, last_sync)| ToldSoFar {
        audit,
        fence,
        last_sync,
    }))
}
