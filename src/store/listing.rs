//! The number list as last read; only differences are written.

use super::audit::{digits, number_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all, for_each_row};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::Writing;
use crate::apply::Fence;
use crate::numbering::{E164, Listed, ListedProfile};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;
use uuid::Uuid;

const CHUNK: usize = 4096;

/// What was stored last: 24 bytes a number instead of the list itself.
#[derive(Debug, Default)]
pub(super) struct ListingMemory {
    /// The tenant's count of changed lists that this is about.
    version: i64,
    entries: Vec<Entry>,
    profiles: HashMap<Arc<ListedProfile>, i64, foldhash::fast::RandomState>,
}

/// One number; `place` tells equal ones apart. Never leaves this process, nor does its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    number: i64,
    place: i64,
    digest: u64,
}

impl TenantStore {
    pub(super) async fn put_listing(
        &self,
        fence: Fence,
        listing: &[Listed],
        now: Timestamp,
    ) -> Result<(), Fault> {
        let mut slot = self.listing.lock().await;
        let memory = slot.take();
        let mut w = self.writing(Some(fence), now).await?;
        let mut memory = match memory {
            Some(memory) if memory.version == w.head.listing => memory,
            _ => recall(&mut w.tx, w.tenant, w.head.listing).await?,
        };
        number_profiles(&mut w, &mut memory, listing).await?;
        let new = entries_of(&memory, listing);
        let (added, removed) = differences(&memory.entries, &new);
        if !added.is_empty() || !removed.is_empty() {
            w.head.listing += 1;
        }
        drop_rows(&mut w, &removed).await?;
        let rows = added
            .iter()
            .map(|(entry, at)| (*entry, &listing[*at]))
            .collect::<Vec<_>>();
        put_rows(&mut w, &memory, &rows).await?;
        memory.version = w.head.listing;
        memory.entries = new.into_iter().map(|(entry, _)| entry).collect();
        w.commit().await?;
        *slot = Some(memory);
        Ok(())
    }

    pub(super) async fn stored_listing(&self) -> Result<Vec<Listed>, Fault> {
        let mut tx = self.pool.read().await?;
        let profiles = profiles(&mut tx, self.tenant).await?;
        let mut listing = Vec::new();
        for_each_row!(
            &mut tx,
            READ,
            [self.tenant],
            |row: Row| -> Result<(), Fault> {
                listing.push(listed_of(row, &profiles)?);
                Ok(())
            }
        );
        Ok(listing)
    }
}

impl TenantStore {
    /// One number as it was last read.
    pub(super) async fn listed_as(&self, number: E164) -> Result<Vec<Listed>, Fault> {
        const ONE: &str = "SELECT l.target, p.content FROM listing l
            JOIN listing_profiles p ON p.tenant = l.tenant AND p.no = l.profile
            WHERE l.tenant = $1 AND l.number = $2 ORDER BY l.place";
        let mut tx = self.pool.read().await?;
        let rows: Vec<(Option<String>, String)> =
            fetch_all!(&mut tx, ONE, self.tenant, digits(number))?;
        let listed = rows.into_iter().map(|(target, profile)| {
            Ok(Listed {
                number,
                target: target_of(target)?,
                profile: Arc::new(serde_json::from_str(&profile)?),
            })
        });
        listed.collect()
    }
}

pub(super) type Row = (i64, i64, Option<String>, i64);

const READ: &str =
    "SELECT number, place, target, profile FROM listing WHERE tenant = $1 ORDER BY number, place";

async fn recall(tx: &mut Tx, tenant: i64, version: i64) -> Result<ListingMemory, Fault> {
    let mut memory = ListingMemory {
        version,
        ..ListingMemory::default()
    };
    for (no, profile) in profiles(tx, tenant).await? {
        memory.profiles.insert(profile, no);
    }
    let entries = &mut memory.entries;
    for_each_row!(
        tx,
        READ,
        [tenant],
        |(number, place, target, profile): Row| -> Result<(), Fault> {
            let digest = digest_of(target_of(target)?, profile);
            entries.push(Entry {
                number,
                place,
                digest,
            });
            Ok(())
        }
    );
    Ok(memory)
}

/// What Teams says of the number of a row.
pub(super) fn listed_of(
    row: Row,
    profiles: &BTreeMap<i64, Arc<ListedProfile>>,
) -> Result<Listed, Fault> {
    let missing = || Fault::Corrupt("the number list has a number without a profile".to_owned());
    Ok(Listed {
        number: number_of(row.0)?,
        target: target_of(row.2)?,
        profile: profiles.get(&row.3).map(Arc::clone).ok_or_else(missing)?,
    })
}

/// What numbers of the list have in common, by its number.
pub(super) async fn profiles(
    tx: &mut Tx,
    tenant: i64,
) -> Result<BTreeMap<i64, Arc<ListedProfile>>, Fault> {
    const READ: &str = "SELECT no, content FROM listing_profiles WHERE tenant = $1";
    let rows: Vec<(i64, String)> = fetch_all!(tx, READ, tenant)?;
    let profiles = rows
        .into_iter()
        .map(|(no, text)| Ok((no, Arc::new(serde_json::from_str(&text)?))));
    profiles.collect()
}

/// Gives each profile of the list a number.
async fn number_profiles(
    w: &mut Writing,
    memory: &mut ListingMemory,
    listing: &[Listed],
) -> Result<(), Fault> {
    const ADD: &str = "INSERT INTO listing_profiles (tenant, no, content) SELECT $1, no, content FROM {batch} WHERE true";
    let mut new = Vec::new();
    let mut last: Option<&Arc<ListedProfile>> = None;
    for listed in listing {
        let same = last.is_some_and(|last| Arc::ptr_eq(last, &listed.profile));
        last = Some(&listed.profile);
        if !same && !memory.profiles.contains_key(&listed.profile) {
            memory
                .profiles
                .insert(Arc::clone(&listed.profile), w.head.next_profile);
            new.push((
                w.head.next_profile,
                serde_json::to_string(&*listed.profile)?,
            ));
            w.head.next_profile += 1;
        }
    }
    for chunk in new.chunks(CHUNK) {
        let batch = Batch::default()
            .int("no", chunk.iter().map(|(no, _)| *no))
            .text("content", chunk.iter().map(|(_, content)| content.clone()));
        batch.execute(&mut w.tx, ADD, &[w.tenant]).await?;
    }
    Ok(())
}

/// The list in order, each entry with its place in the list read.
fn entries_of(memory: &ListingMemory, listing: &[Listed]) -> Vec<(Entry, usize)> {
    let mut new = Vec::with_capacity(listing.len());
    for (at, listed) in listing.iter().enumerate() {
        let profile = memory
            .profiles
            .get(&listed.profile)
            .copied()
            .unwrap_or_default();
        let digest = digest_of(listed.target, profile);
        new.push((
            Entry {
                number: digits(listed.number),
                place: 0,
                digest,
            },
            at,
        ));
    }
    new.sort_unstable();
    for i in 1..new.len() {
        if new[i].0.number == new[i - 1].0.number {
            new[i].0.place = new[i - 1].0.place + 1;
        }
    }
    new
}

/// What the new list has and the old has not, with its place in the list read, and the other way round.
fn differences(old: &[Entry], new: &[(Entry, usize)]) -> (Vec<(Entry, usize)>, Vec<Entry>) {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let (mut o, mut n) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let key = |entry: &Entry| (entry.number, entry.place);
        match (o.peek(), n.peek()) {
            (Some(was), Some((is, _))) if key(was) == key(is) => {
                if was.digest != is.digest {
                    added.extend(n.peek().map(|new| **new));
                }
                o.next();
                n.next();
            }
            (Some(was), Some((is, _))) if key(was) < key(is) => removed.extend(o.next()),
            (Some(_), None) => removed.extend(o.next()),
            (_, Some(_)) => added.extend(n.next()),
            (None, None) => return (added, removed),
        }
    }
}

async fn drop_rows(w: &mut Writing, removed: &[Entry]) -> Result<(), Fault> {
    const DROP: &str = "DELETE FROM listing WHERE tenant = $1 AND (number, place) IN (SELECT number, place FROM {batch})";
    for chunk in removed.chunks(CHUNK) {
        let batch = Batch::default()
            .int("number", chunk.iter().map(|entry| entry.number))
            .int("place", chunk.iter().map(|entry| entry.place));
        batch.execute(&mut w.tx, DROP, &[w.tenant]).await?;
    }
    Ok(())
}

async fn put_rows(
    w: &mut Writing,
    memory: &ListingMemory,
    rows: &[(Entry, &Listed)],
) -> Result<(), Fault> {
    const PUT: &str = "INSERT INTO listing (tenant, number, place, target, profile)
        SELECT $1, number, place, target, profile FROM {batch} WHERE true
        ON CONFLICT (tenant, number, place) DO UPDATE SET target = excluded.target, profile = excluded.profile";
    for chunk in rows.chunks(CHUNK) {
        let profile = |listed: &Listed| {
            memory
                .profiles
                .get(&listed.profile)
                .copied()
                .unwrap_or_default()
        };
        let batch = Batch::default()
            .int("number", chunk.iter().map(|(entry, _)| entry.number))
            .int("place", chunk.iter().map(|(entry, _)| entry.place))
            .maybe_text(
                "target",
                chunk
                    .iter()
                    .map(|(_, listed)| listed.target.map(|id| id.to_string())),
            )
            .int("profile", chunk.iter().map(|(_, listed)| profile(listed)));
        batch.execute(&mut w.tx, PUT, &[w.tenant]).await?;
    }
    Ok(())
}

fn digest_of(target: Option<Uuid>, profile: i64) -> u64 {
    foldhash::quality::FixedState::default().hash_one((target, profile))
}

fn target_of(target: Option<String>) -> Result<Option<Uuid>, Fault> {
    let parse = |text: String| {
        Uuid::try_parse(&text)
            .map_err(|_| Fault::Corrupt(format!("`{text}` is stored as a holder")))
    };
    target.map(parse).transpose()
}
