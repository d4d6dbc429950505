//! The held list of a tenant: what a guard holds until a person decides.

use super::audit::Entry;
use super::engine::{Tx, execute, fetch_all, fetch_optional};
use super::error::{Fault, HeldError};
use super::tenant::TenantStore;
use super::writing::retried;
use crate::apply::{Fence, JournalError};
use crate::directory::UserId;
use crate::plan::ChangeStatus;
use crate::reconcile::SyncId;
use crate::report::{ChangeReport, SyncReport};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// How long a held list can be approved.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Changes that wait for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The sync that was held.
    pub sync: SyncId,
    /// What it held: releases and assignments, decided as one.
    pub changes: Vec<ChangeReport>,
    /// When.
    pub created: Timestamp,
}

/// What a person decides about a held list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Make the changes, but for these users'.
    Approve {
        /// Who decides.
        by: String,
        /// Users whose changes are not made.
        except: Vec<UserId>,
    },
    /// Do not make them.
    Reject {
        /// Who decides.
        by: String,
    },
}

type Row = (String, i64, String, Option<String>);

const LATEST: &str = "SELECT h.sync, h.created, h.changes, h.decision FROM held h
    JOIN syncs s ON s.tenant = h.tenant AND s.id = h.sync WHERE h.tenant = $1 ORDER BY s.fence DESC LIMIT 1";

impl TenantStore {
    /// The held list that can be decided at `now`: the latest, unless it is decided or has expired.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn held(&self, now: Timestamp) -> Result<Option<Held>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            let row: Option<Row> = fetch_optional!(&mut tx, LATEST, self.tenant)?;
            let open = row.filter(|row| row.3.is_none()).map(held_of).transpose()?;
            Ok::<_, Fault>(open.filter(|held| is_alive(held, now)))
        };
        read.await.map_err(Fault::on_read)
    }

    /// Marks the held list of a sync as decided and answers the changes to be made: none of a rejected one.
    ///
    /// # Errors
    /// Each reason for refusing has its own [`HeldError`]. Nothing is marked then.
    pub async fn resolve_held(
        &self,
        fence: Option<Fence>,
        sync: &str,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Vec<ChangeReport>, HeldError> {
        retried(|| self.resolve(fence, sync, decision, now)).await?
    }

    async fn resolve(
        &self,
        fence: Option<Fence>,
        sync: &str,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Result<Vec<ChangeReport>, HeldError>, Fault> {
        const MARK: &str =
            "UPDATE held SET decision = $3, decided = $4, decided_by = $5, except_users = $6
            WHERE tenant = $1 AND sync = $2";
        let mut w = self.writing(fence, now).await?;
        let held = match find(&mut w.tx, self.tenant, sync, now).await? {
            Ok(held) => held,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (name, by, except) = match decision {
            Decision::Approve { by, except } => ("approved", by, except.as_slice()),
            Decision::Reject { by } => ("rejected", by, &[] as &[UserId]),
        };
        let excepted = serde_json::to_string(except)?;
        execute!(
            &mut w.tx,
            MARK,
            self.tenant,
            sync,
            name,
            now.as_microsecond(),
            by,
            excepted
        )?;
        w.record(Entry {
            event: name,
            number: None,
            user: None,
            detail: json!({ "held": sync, "by": by, "except": except }),
        });
        w.commit().await?;
        let approved = matches!(decision, Decision::Approve { .. });
        let made = held
            .changes
            .into_iter()
            .filter(|change| approved && !except.contains(&change.user.id));
        Ok(Ok(made.collect()))
    }

    pub(super) async fn put_held(
        &self,
        fence: Fence,
        sync: &SyncId,
        report: &SyncReport,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const PUT: &str = "INSERT INTO held (tenant, sync, created, changes) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant, sync) DO UPDATE SET created = excluded.created, changes = excluded.changes";
        let changes = report
            .changes
            .iter()
            .filter(|change| change.status == ChangeStatus::Held);
        let changes: Vec<&ChangeReport> = changes.collect();
        let mut w = self.writing(Some(fence), now).await?;
        let text = serde_json::to_string(&changes)?;
        execute!(
            &mut w.tx,
            PUT,
            self.tenant,
            sync,
            now.as_microsecond(),
            text
        )?;
        w.record(Entry {
            event: "held",
            number: None,
            user: None,
            detail: json!({ "changes": changes.len() }),
        });
        w.commit().await?;
        Ok(())
    }
}

/// The held list of a sync, or why it can no longer be decided.
async fn find(
    tx: &mut Tx,
    tenant: i64,
    sync: &str,
    now: Timestamp,
) -> Result<Result<Held, HeldError>, Fault> {
    const FIND: &str =
        "SELECT sync, created, changes, decision FROM held WHERE tenant = $1 AND sync = $2";
    let rows: Vec<Row> = fetch_all!(tx, FIND, tenant, sync)?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(Err(HeldError::NotHeld(sync.to_owned())));
    };
    let latest: Option<Row> = fetch_optional!(tx, LATEST, tenant)?;
    if let Some((new, ..)) = latest
        && new != sync
    {
        return Ok(Err(HeldError::Replaced {
            old: sync.to_owned(),
            new,
        }));
    }
    if let Some(decision) = row.3 {
        return Ok(Err(HeldError::Decided {
            id: row.0,
            decision,
        }));
    }
    let held = held_of(row)?;
    match is_alive(&held, now) {
        true => Ok(Ok(held)),
        false => Ok(Err(HeldError::Expired(sync.to_owned()))),
    }
}

fn is_alive(held: &Held, now: Timestamp) -> bool {
    now.duration_since(held.created) < LIFE
}

fn held_of(row: Row) -> Result<Held, Fault> {
    Ok(Held {
        sync: row.0,
        created: Timestamp::from_microsecond(row.1)?,
        changes: serde_json::from_str(&row.2)?,
    })
}
