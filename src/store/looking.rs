//! Reads for people who look: at any time, beside a sync of the same process.
//!
//! Unlike the reads of a sync they leave alone what it keeps between its calls: the pages of a scope, and the version
//! it was handed out. None of them reads more than a page.

use super::audit::{number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all, fetch_alone, fetch_optional};
use super::error::Fault;
use super::lease::in_force;
use super::scopes::Row;
use super::tenant::{TenantStore, held};
use super::{marks, record};
use crate::apply::JournalError;
use crate::directory::{Attribute, UserId};
use crate::numbering::E164;
use crate::plan::{Anchor, NoteKind, Pause, StoredUser, Suspension};
use crate::reconcile::SyncId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A tenant's row, as far as it says whether something is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Rises with every commit.
    pub version: i64,
    /// The sync under way, if there is one.
    pub sync: Option<SyncId>,
    /// The pause in force.
    pub pause: Option<Pause>,
    /// How many users are known and not gone.
    pub users: u64,
}

/// A user with the managed number in their hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user with what is remembered.
    pub stored: StoredUser,
    /// The managed number.
    pub number: Option<E164>,
    /// Their place among all users, in the order in which they were first seen.
    pub place: u32,
}

type PersonRow = (
    i64,
    String,
    i64,
    Option<i64>,
    Option<String>,
    String,
    Option<String>,
    Option<i64>,
);

/// The same, and how many marks `undecided` hold the user.
type MarkedRow = (
    i64,
    String,
    i64,
    Option<i64>,
    Option<String>,
    String,
    Option<String>,
    Option<i64>,
    i64,
);

impl TenantStore {
    /// Where the tenant stands.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn standing(&self, now: Timestamp) -> Result<Standing, JournalError> {
        const READ: &str = "SELECT version, sync, pause, users FROM tenants WHERE no = $1";
        let read = async {
            let mut rows: Vec<(i64, Option<String>, Option<String>, i64)> =
                fetch_alone!(&self.pool, READ, self.tenant)?;
            let (version, sync, pause, users) = rows.pop().ok_or(Fault::Fenced)?;
            Ok(Standing {
                version,
                sync,
                pause: in_force(pause.as_deref(), now)?,
                users: u64::try_from(users).unwrap_or_default(),
            })
        };
        read.await.map_err(Fault::on_read)
    }

    /// What the past says of the tenant as a whole.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn anchor(&self) -> Result<Anchor, JournalError> {
        const READ: &str = "SELECT anchor FROM tenants WHERE no = $1";
        let read = async {
            let mut tx = self.pool.read().await?;
            let row: Option<(String,)> = fetch_optional!(&mut tx, READ, self.tenant)?;
            Ok::<_, Fault>(serde_json::from_str(&row.ok_or(Fault::Fenced)?.0)?)
        };
        read.await.map_err(Fault::on_read)
    }

    /// Suspended ranges by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn suspensions(&self) -> Result<BTreeMap<String, Suspension>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            super::state::suspended(&mut tx, self.tenant).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// Users after a place, in the order of their places, at most `limit`: all but those gone who hold nothing and
    /// wait for nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn people(
        &self,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Person>, JournalError> {
        const READ: &str = "SELECT u.no, u.id, u.licences, u.gone_since, u.gone_how, u.record, f.facts, h.number
            FROM users u LEFT JOIN user_facts f ON f.tenant = u.tenant AND f.user_id = u.id
            LEFT JOIN holdings h ON h.tenant = u.tenant AND h.user_id = u.id AND h.ended IS NULL
            WHERE u.tenant = $1 AND u.no > $2
                AND (u.gone_since IS NULL OR f.waiting = 1 OR f.due IS NOT NULL OR h.number IS NOT NULL)
            ORDER BY u.no LIMIT $3";
        let read = async {
            let mut tx = self.pool.read().await?;
            let after = after.map_or(-1, i64::from);
            let rows = fetch_all!(&mut tx, READ, self.tenant, after, i64::from(limit))?;
            self.persons(&mut tx, rows).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// Users with a standing note of a kind, after one of them, by their ids, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn noted_people(
        &self,
        kind: NoteKind,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Person>, JournalError> {
        const READ: &str = "SELECT u.no, u.id, u.licences, u.gone_since, u.gone_how, u.record, f.facts, h.number
            FROM user_facts f JOIN users u ON u.tenant = f.tenant AND u.id = f.user_id
            LEFT JOIN holdings h ON h.tenant = u.tenant AND h.user_id = u.id AND h.ended IS NULL
            WHERE f.tenant = $1 AND f.user_id > $2 AND f.facts LIKE $3
                AND (u.gone_since IS NULL OR f.waiting = 1 OR f.due IS NOT NULL OR h.number IS NOT NULL)
            ORDER BY f.user_id LIMIT $4";
        // The beginning of a note as it is stored; inside a text the quotation marks would be escaped.
        let note = format!("%{{\"kind\":\"{}\",\"user\":%", kind.name());
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let read = async {
            let mut tx = self.pool.read().await?;
            let rows = fetch_all!(&mut tx, READ, self.tenant, after, note, i64::from(limit))?;
            self.persons(&mut tx, rows).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// One user by id, gone or not.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn person(&self, id: UserId) -> Result<Option<Person>, JournalError> {
        const READ: &str = "SELECT u.no, u.id, u.licences, u.gone_since, u.gone_how, u.record, f.facts, h.number,
                (SELECT COUNT(*) FROM undecided d WHERE d.tenant = u.tenant AND d.first_no <= u.no AND d.last_no >= u.no)
            FROM users u LEFT JOIN user_facts f ON f.tenant = u.tenant AND f.user_id = u.id
            LEFT JOIN holdings h ON h.tenant = u.tenant AND h.user_id = u.id AND h.ended IS NULL
            WHERE u.tenant = $1 AND u.id = $2";
        let read = async {
            let mut rows: Vec<MarkedRow> =
                fetch_alone!(&self.pool, READ, self.tenant, id.to_string())?;
            let Some((no, id_text, set, since, how, text, facts, number, marks)) = rows.pop()
            else {
                return Ok(None);
            };
            if held(&self.licences).get(set).is_none() {
                return Ok(self.persons_of(vec![id]).await?.pop());
            }
            let place = marks::narrow(no)?;
            let undecided = (marks > 0).then_some(place).into_iter().collect();
            let row = (no, id_text, set, since, how, text, facts);
            let number = number.map(number_of).transpose()?;
            let person = |stored| Person {
                stored,
                number,
                place,
            };
            Ok::<_, Fault>(self.decoded(vec![row], &undecided)?.pop().map(person))
        };
        read.await.map_err(Fault::on_read)
    }

    /// The UPNs of users, as last seen; who is not known is left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn upns(
        &self,
        ids: impl IntoIterator<Item = UserId> + Send,
    ) -> Result<BTreeMap<UserId, String>, JournalError> {
        const READ: &str = "SELECT u.id, u.record FROM {batch} CROSS JOIN users u WHERE u.tenant = $1 AND u.id = batch.id";
        let batch = Batch::default().text("id", ids.into_iter().map(|id| id.to_string()));
        let read = async {
            if batch.is_empty() {
                return Ok(BTreeMap::new());
            }
            let mut tx = self.pool.read().await?;
            let rows: Vec<(String, String)> = batch.fetch(&mut tx, READ, &[self.tenant]).await?;
            let mut texts = held(&self.texts);
            let upns = rows.into_iter().map(|(id, text)| {
                let user = record::decode(user_of(&id)?, &text, <_>::default(), &mut texts)?;
                let upn = user.attributes.get(Attribute::Upn).unwrap_or_default();
                Ok((user.id, upn.to_owned()))
            });
            upns.collect::<Result<_, Fault>>()
        };
        read.await.map_err(Fault::on_read)
    }

    /// Users by their ids; who is not known is left out.
    pub(super) async fn persons_of(&self, ids: Vec<UserId>) -> Result<Vec<Person>, Fault> {
        const READ: &str =
            "SELECT u.no, u.id, u.licences, u.gone_since, u.gone_how, u.record, f.facts, h.number
            FROM {batch} CROSS JOIN users u
            LEFT JOIN user_facts f ON f.tenant = u.tenant AND f.user_id = u.id
            LEFT JOIN holdings h ON h.tenant = u.tenant AND h.user_id = u.id AND h.ended IS NULL
            WHERE u.tenant = $1 AND u.id = batch.id ORDER BY u.no";
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let batch = Batch::default().text("id", ids.into_iter().map(|id| id.to_string()));
        let mut tx = self.pool.read().await?;
        let rows = batch.fetch(&mut tx, READ, &[self.tenant]).await?;
        self.persons(&mut tx, rows).await
    }

    async fn persons(&self, tx: &mut Tx, rows: Vec<PersonRow>) -> Result<Vec<Person>, Fault> {
        let more: Vec<(u32, Option<E164>)> = rows
            .iter()
            .map(|row| Ok((marks::narrow(row.0)?, row.7.map(number_of).transpose()?)))
            .collect::<Result<_, Fault>>()?;
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|(no, id, set, since, how, text, facts, _)| (no, id, set, since, how, text, facts))
            .collect();
        let users = self.complete(tx, rows).await?;
        let person = |(stored, (place, number))| Person {
            stored,
            number,
            place,
        };
        Ok(users.into_iter().zip(more).map(person).collect())
    }
}
