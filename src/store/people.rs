//! Finding people: by id, by UPN (former ones too), by mail address.

use super::audit::user_of;
use super::bulk::Batch;
use super::engine::{Pool, Tx, execute, fetch_all, fetch_optional};
use super::error::Fault;
use super::record::{identity_key, lookup_key};
use super::tenant::TenantStore;
use crate::apply::JournalError;
use crate::directory::{Attribute, UserId};
use crate::numbering::E164;
use crate::plan::{NoteKind, StoredUser, UserFacts};
use crate::reconcile::Scope;
use std::sync::atomic::Ordering;

/// A user found by a text of a person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundUser {
    /// The user with what is remembered.
    pub stored: StoredUser,
    /// The managed number in their hands.
    pub number: Option<E164>,
    /// The text is a UPN the user no longer has.
    pub by_former_upn: bool,
}

impl TenantStore {
    /// Users whose id, UPN or mail address is `text`, letter case aside; only when there is none, those who once had
    /// it as their UPN. More than one is for the caller to refuse.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_users(&self, text: &str) -> Result<Vec<FoundUser>, JournalError> {
        self.find(text).await.map_err(Fault::on_read)
    }

    /// Everybody there is whose UPN, mail address or employee id is `text`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn answering_to(&self, text: &str) -> Result<Vec<UserId>, JournalError> {
        const EMPLOYED: &str = "SELECT id FROM users
            WHERE tenant = $1 AND employee_key = $2 AND gone_since IS NULL LIMIT 100";
        let read = async {
            let found = self.find(text).await?;
            let there = found
                .iter()
                .filter(|found| !found.by_former_upn && found.stored.gone.is_none());
            let mut ids: Vec<UserId> = there.map(|found| found.stored.user.id).collect();
            if let Some(key) = identity_key(Some(text)) {
                let mut tx = self.pool.read().await?;
                let rows: Vec<(String,)> = fetch_all!(&mut tx, EMPLOYED, self.tenant, &key)?;
                for (id,) in rows {
                    ids.push(user_of(&id)?);
                }
            }
            ids.sort_unstable();
            ids.dedup();
            Ok::<_, Fault>(ids)
        };
        read.await.map_err(Fault::on_read)
    }

    async fn find(&self, text: &str) -> Result<Vec<FoundUser>, Fault> {
        const NOW: &str = "SELECT id FROM users WHERE tenant = $1 AND upn_key = $2
            UNION SELECT id FROM users WHERE tenant = $1 AND mail_key = $2 LIMIT 100";
        const ONCE: &str = "SELECT u.id FROM former_upns f JOIN users u ON u.tenant = f.tenant AND u.no = f.user_no
            WHERE f.tenant = $1 AND f.upn_key = $2 LIMIT 100";
        let (mut ids, mut former) = (Vec::new(), false);
        if let Ok(id) = text.parse::<UserId>() {
            ids.push(id);
        } else if let Some(key) = lookup_key(Some(text)) {
            self.prepare_names().await;
            let mut tx = self.pool.read().await?;
            let mut rows: Vec<(String,)> = fetch_all!(&mut tx, NOW, self.tenant, &key)?;
            if rows.is_empty() {
                former = true;
                rows = fetch_all!(&mut tx, ONCE, self.tenant, &key)?;
            }
            ids = rows
                .into_iter()
                .map(|(id,)| user_of(&id))
                .collect::<Result<_, _>>()?;
        }
        let users = self.persons_of(ids).await?;
        let found = users.into_iter().map(|person| FoundUser {
            stored: person.stored,
            number: person.number,
            by_former_upn: former,
        });
        Ok(found.collect())
    }

    /// Sees to it that UPNs and mail addresses can be looked up without reading everybody. Should that fail, because
    /// somebody else writes for long, the look-up is slow once more and the next one tries again.
    pub(super) async fn prepare_names(&self) {
        if self.names_ready.load(Ordering::Relaxed) {
            return;
        }
        match self.make_name_indexes().await {
            Ok(()) => self.names_ready.store(true, Ordering::Relaxed),
            Err(error) => tracing::debug!(?error, "the indexes over names could not be made"),
        }
    }

    async fn make_name_indexes(&self) -> Result<(), Fault> {
        const FIND: &str = "SELECT name FROM sqlite_schema WHERE name = 'users_by_mail'";
        const UPN: &str = "CREATE INDEX IF NOT EXISTS users_by_upn ON users (tenant, upn_key)";
        const MAIL: &str = "CREATE INDEX IF NOT EXISTS users_by_mail ON users (tenant, mail_key)";
        if matches!(self.pool, Pool::Postgres(_)) {
            return Ok(());
        }
        let made: Option<(String,)> = fetch_optional!(&mut self.pool.read().await?, FIND)?;
        if made.is_none() {
            let mut tx = self.pool.write().await?;
            make_late(&mut tx, UPN).await?;
            make_late(&mut tx, MAIL).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Users with a standing note, by id; with a kind only those with such a note.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn user_notes(
        &self,
        kind: Option<NoteKind>,
        limit: usize,
    ) -> Result<Vec<(UserId, String, UserFacts)>, JournalError> {
        self.notes(kind, limit).await.map_err(Fault::on_read)
    }

    async fn notes(
        &self,
        kind: Option<NoteKind>,
        limit: usize,
    ) -> Result<Vec<(UserId, String, UserFacts)>, Fault> {
        const READ: &str =
            "SELECT user_id, facts FROM user_facts WHERE tenant = $1 ORDER BY user_id";
        let mut tx = self.pool.read().await?;
        let rows: Vec<(String, String)> = fetch_all!(&mut tx, READ, self.tenant)?;
        let mut noted: Vec<(UserId, UserFacts)> = Vec::new();
        for (id, facts) in rows {
            let facts: UserFacts = serde_json::from_str(&facts)?;
            let wanted = |found: NoteKind| kind.is_none_or(|kind| kind == found);
            if facts.notes.iter().any(|note| wanted(note.kind)) {
                noted.push((user_of(&id)?, facts));
            }
            if noted.len() == limit {
                break;
            }
        }
        drop(tx);
        let ids = noted.iter().map(|(id, _)| *id).collect();
        let users = self
            .page_of_users(&Scope::Only(ids), None, usize::MAX)
            .await?;
        let upns: std::collections::BTreeMap<UserId, String> = (users.into_iter())
            .map(|stored| {
                (
                    stored.user.id,
                    stored
                        .user
                        .attributes
                        .get(Attribute::Upn)
                        .unwrap_or_default()
                        .to_owned(),
                )
            })
            .collect();
        let upn = |id: &UserId| upns.get(id).cloned().unwrap_or_default();
        Ok(noted
            .into_iter()
            .map(|(id, facts)| (id, upn(&id), facts))
            .collect())
    }
}

/// The ids of dense numbers.
pub(super) async fn ids_of(
    tx: &mut Tx,
    tenant: i64,
    nos: impl Iterator<Item = u32>,
) -> Result<Vec<UserId>, Fault> {
    const READ: &str = "SELECT u.id FROM {batch} CROSS JOIN users u WHERE u.tenant = $1 AND u.no = batch.no ORDER BY u.id";
    let batch = Batch::default().int("no", nos.map(i64::from));
    let rows: Vec<(String,)> = batch.fetch(tx, READ, &[tenant]).await?;
    rows.into_iter().map(|(id,)| user_of(&id)).collect()
}

/// The index over ids, where it is made late: built from all rows at once it costs an eighth.
pub(super) async fn make_index(tx: &mut Tx) -> Result<(), Fault> {
    make_late(
        tx,
        "CREATE UNIQUE INDEX IF NOT EXISTS users_by_id ON users (tenant, id)",
    )
    .await
}

/// The index over employee ids, of use once somebody has gone.
pub(super) async fn make_employee_index(tx: &mut Tx) -> Result<(), Fault> {
    const INDEX: &str =
        "CREATE INDEX IF NOT EXISTS users_by_employee ON users (tenant, employee_key)
        WHERE employee_key IS NOT NULL";
    make_late(tx, INDEX).await
}

/// PostgreSQL has these indexes from the start: making one there would lock out the other tenants.
async fn make_late(tx: &mut Tx, index: &'static str) -> Result<(), Fault> {
    if matches!(tx, Tx::Sqlite(_)) {
        execute!(tx, index)?;
    }
    Ok(())
}
