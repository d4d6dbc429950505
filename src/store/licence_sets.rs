//! Licences and plans of users, each distinct value stored and kept in memory once.

use super::bulk::Batch;
use super::chain::hex;
use super::engine::Tx;
use super::error::Fault;
use super::writing::Writing;
use crate::directory::{Licences, User};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// More than these are not kept in memory: then nobody shares, and keeping them is no use.
const MOST: usize = 1 << 15;

/// Sets by number, for reading users back.
#[derive(Debug, Default)]
pub(super) struct LicenceSets(HashMap<i64, Arc<Licences>>);

impl LicenceSets {
    pub(super) fn get(&self, no: i64) -> Option<Arc<Licences>> {
        self.0.get(&no).map(Arc::clone)
    }

    /// Keeps what was read, and of what was there before at least the sets that are needed now.
    pub(super) fn keep(
        &mut self,
        sets: Vec<(i64, Arc<Licences>)>,
        needed: impl Iterator<Item = i64>,
    ) {
        if self.0.len() > MOST {
            let needed: BTreeSet<i64> = needed.collect();
            self.0.retain(|no, _| needed.contains(no));
        }
        self.0.extend(sets);
    }

    pub(super) fn missing(&self, nos: impl Iterator<Item = i64>) -> BTreeSet<i64> {
        nos.filter(|no| !self.0.contains_key(no)).collect()
    }
}

/// Reads sets by number.
pub(super) async fn load(
    tx: &mut Tx,
    tenant: i64,
    nos: BTreeSet<i64>,
) -> Result<Vec<(i64, Arc<Licences>)>, Fault> {
    const READ: &str = "SELECT s.no, s.content FROM {batch} CROSS JOIN licence_sets s WHERE s.tenant = $1 AND s.no = batch.no";
    let batch = Batch::default().int("no", nos);
    let rows: Vec<(i64, String)> = batch.fetch(tx, READ, &[tenant]).await?;
    let sets = rows
        .into_iter()
        .map(|(no, text)| Ok((no, Arc::new(serde_json::from_str(&text)?))));
    sets.collect()
}

/// Numbers by set, for writing users: of one round, and forgotten when a transaction of it fails.
#[derive(Debug, Default)]
pub(super) struct LicenceNumbers(HashMap<Arc<Licences>, i64, foldhash::fast::RandomState>);

impl LicenceNumbers {
    /// Gives each of the users' sets a number, new ones with a row. Afterwards [`LicenceNumbers::of`] knows them.
    pub(super) async fn number<'a>(
        &mut self,
        w: &mut Writing,
        users: impl Iterator<Item = &'a User>,
    ) -> Result<(), Fault> {
        if self.0.len() > MOST {
            self.0.clear();
        }
        let mut last: Option<&Arc<Licences>> = None;
        let mut new: BTreeMap<String, (&Arc<Licences>, String)> = BTreeMap::new();
        for user in users {
            if last.is_some_and(|last| Arc::ptr_eq(last, &user.licences)) {
                continue;
            }
            last = Some(&user.licences);
            if !self.0.contains_key(&user.licences) {
                let content = serde_json::to_string(&*user.licences)?;
                let digest = hex(&Sha256::digest(content.as_bytes()));
                new.insert(digest, (&user.licences, content));
            }
        }
        let numbers = store(w, &new).await?;
        for (digest, no) in numbers {
            if let Some((licences, _)) = new.get(&digest) {
                self.0.insert(Arc::clone(licences), no);
            }
        }
        Ok(())
    }

    pub(super) fn of(&self, licences: &Arc<Licences>) -> Option<i64> {
        self.0.get(licences).copied()
    }
}

async fn store(
    w: &mut Writing,
    new: &BTreeMap<String, (&Arc<Licences>, String)>,
) -> Result<Vec<(String, i64)>, Fault> {
    const ADD: &str = "INSERT INTO licence_sets (tenant, no, digest, content)
        SELECT $1, no, digest, content FROM {batch} WHERE true ON CONFLICT (tenant, digest) DO NOTHING";
    const FIND: &str =
        "SELECT s.digest, s.no FROM licence_sets s JOIN {batch} ON s.digest = batch.digest
        WHERE s.tenant = $1";
    let first = w.head.next_licences;
    w.head.next_licences += i64::try_from(new.len()).unwrap_or(i64::MAX);
    let batch = Batch::default()
        .int("no", first..w.head.next_licences)
        .text("digest", new.keys().cloned())
        .text("content", new.values().map(|(_, content)| content.clone()));
    batch.execute(&mut w.tx, ADD, &[w.tenant]).await?;
    let batch = Batch::default().text("digest", new.keys().cloned());
    Ok(batch.fetch(&mut w.tx, FIND, &[w.tenant]).await?)
}
