//! Whom the texts of a file mean: a few statements for a whole chunk of them.

use super::audit::user_of;
use super::bulk::Batch;
use super::engine::{Pool, Tx, fetch_optional};
use super::error::Fault;
use super::people::make_employee_index;
use super::record::{identity_key, lookup_key};
use super::tenant::TenantStore;
use crate::directory::UserId;
use std::collections::BTreeMap;

/// Place of the text, whom it means, and since when they are gone.
type Row = (i64, String, Option<i64>);

/// Whom each text means, by its place; with it, whether that person is gone.
type Hits = BTreeMap<usize, BTreeMap<UserId, bool>>;

const BY_ID: &str = "SELECT batch.place, u.id, u.gone_since FROM {batch} CROSS JOIN users u
    WHERE u.tenant = $1 AND u.id = batch.key";
const BY_UPN: &str = "SELECT batch.place, u.id, u.gone_since FROM {batch} CROSS JOIN users u
    WHERE u.tenant = $1 AND u.upn_key = batch.key";
const BY_MAIL: &str = "SELECT batch.place, u.id, u.gone_since FROM {batch} CROSS JOIN users u
    WHERE u.tenant = $1 AND u.mail_key = batch.key";
const BY_EMPLOYEE_ID: &str =
    "SELECT batch.place, u.id, u.gone_since FROM {batch} CROSS JOIN users u
    WHERE u.tenant = $1 AND u.employee_key = batch.key AND u.employee_key IS NOT NULL";
const BY_FORMER_UPN: &str =
    "SELECT batch.place, u.id, u.gone_since FROM {batch} CROSS JOIN former_upns f
    CROSS JOIN users u
    WHERE f.tenant = $1 AND f.upn_key = batch.key AND u.tenant = f.tenant AND u.no = f.user_no";

impl TenantStore {
    pub(super) async fn whom_they_mean(&self, texts: &[String]) -> Result<Vec<Vec<UserId>>, Fault> {
        self.prepare_names().await;
        self.prepare_employee_ids().await;
        let mut tx = self.pool.read().await?;
        let mut hits = Hits::new();
        let id = |text: &String| text.trim().parse().ok().map(|id: UserId| id.to_string());
        let name = |text: &String| lookup_key(Some(text));
        let employee = |text: &String| identity_key(Some(text));
        self.find_all(&mut tx, BY_ID, keyed(texts, id), &mut hits)
            .await?;
        self.find_all(&mut tx, BY_UPN, keyed(texts, name), &mut hits)
            .await?;
        self.find_all(&mut tx, BY_MAIL, keyed(texts, name), &mut hits)
            .await?;
        let keys = keyed(texts, employee);
        self.find_all(&mut tx, BY_EMPLOYEE_ID, keys, &mut hits)
            .await?;
        let mut former = keyed(texts, name);
        former.retain(|(place, _)| !hits.contains_key(place));
        self.find_all(&mut tx, BY_FORMER_UPN, former, &mut hits)
            .await?;
        let meant = (0..texts.len()).map(|place| hits.get(&place).map(there_first));
        Ok(meant.map(Option::unwrap_or_default).collect())
    }

    async fn find_all(
        &self,
        tx: &mut Tx,
        by: &'static str,
        keys: Vec<(usize, String)>,
        hits: &mut Hits,
    ) -> Result<(), Fault> {
        let place = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
        let batch = Batch::default()
            .int("place", keys.iter().map(|(at, _)| place(*at)))
            .text("key", keys.into_iter().map(|(_, key)| key));
        let rows: Vec<Row> = batch.fetch(tx, by, &[self.tenant]).await?;
        for (place, user, gone) in rows {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let gone = gone.is_some();
            hits.entry(place).or_default().insert(user_of(&user)?, gone);
        }
        Ok(())
    }

    /// Sees to it that employee ids can be looked up. Should that fail, the look-up is slow.
    async fn prepare_employee_ids(&self) {
        const FIND: &str = "SELECT name FROM sqlite_schema WHERE name = 'users_by_employee'";
        let make = async {
            if matches!(self.pool, Pool::Postgres(_)) {
                return Ok(());
            }
            let made: Option<(String,)> = fetch_optional!(&mut self.pool.read().await?, FIND)?;
            if made.is_none() {
                let mut tx = self.pool.write().await?;
                make_employee_index(&mut tx).await?;
                tx.commit().await?;
            }
            Ok::<(), Fault>(())
        };
        if let Err(error) = make.await {
            tracing::debug!(?error, "the index over employee ids could not be made");
        }
    }
}

/// The keys of the texts that have one, with their places.
fn keyed(texts: &[String], key: impl Fn(&String) -> Option<String>) -> Vec<(usize, String)> {
    let keys = texts.iter().enumerate();
    keys.filter_map(|(place, text)| Some((place, key(text)?)))
        .collect()
}

/// Those who are there; only where there is none, those who are gone.
fn there_first(found: &BTreeMap<UserId, bool>) -> Vec<UserId> {
    let of = |wanted: bool| {
        let those = found.iter().filter(move |(_, gone)| **gone == wanted);
        those.map(|(user, _)| *user).collect::<Vec<_>>()
    };
    match of(false) {
        there if there.is_empty() => of(true),
        there => there,
    }
}
