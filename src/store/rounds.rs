//! Rounds of reading users: pages into rows, who was seen, and what the end of a round means.

use super::bulk::Batch;
use super::engine::{Tx, execute, fetch_all, fetch_optional, for_each_row};
use super::error::Fault;
use super::licence_sets::LicenceNumbers;
use super::marks;
use super::people;
use super::rosters::{Bits, Roster};
use super::run_set::RunSet;
use super::tenant::TenantStore;
use super::users::{self, Absorbed};
use super::writing::Writing;
use crate::apply::Fence;
use crate::directory::{Link, Next, Observed, Page, User, UserId};
use crate::reconcile::{Round, RoundEnd, RoundMode};
use jiff::Timestamp;

/// What a round keeps in memory between its batches; read again when it is not there.
#[derive(Debug)]
pub(super) struct RoundMemory {
    round: i64,
    fence: Fence,
    batches: i64,
    seen: Bits,
    twice: RunSet,
    pub(super) roster: Roster,
    pub(super) licences: LicenceNumbers,
}

type StoredLink = (i64, Option<String>, Option<i64>, Option<String>);

type RoundRow = (i64, String, Option<String>, i64, String);

impl TenantStore {
    pub(super) async fn point_to_resume(&self) -> Result<Option<Round>, Fault> {
        const OPEN: &str =
            "SELECT id, mode, link, link_since, selection FROM rounds WHERE tenant = $1";
        const STORED: &str =
            "SELECT next_round, delta_link, delta_since, selection FROM tenants WHERE no = $1";
        let mut tx = self.pool.read().await?;
        let open: Option<RoundRow> = fetch_optional!(&mut tx, OPEN, self.tenant)?;
        if let Some((id, mode, link, since, selection)) = open {
            return Ok(Some(Round {
                id,
                mode: if mode == "full" {
                    RoundMode::Full
                } else {
                    RoundMode::Delta
                },
                interrupted: link.is_some(),
                at: link.map(Link),
                selection,
                at_since: Timestamp::from_microsecond(since)?,
            }));
        }
        let stored: Option<StoredLink> = fetch_optional!(&mut tx, STORED, self.tenant)?;
        let Some((id, Some(link), since, selection)) = stored else {
            return Ok(None);
        };
        Ok(Some(Round {
            id,
            mode: RoundMode::Delta,
            at: Some(Link(link)),
            selection: selection.unwrap_or_default(),
            at_since: Timestamp::from_microsecond(since.unwrap_or_default())?,
            interrupted: false,
        }))
    }

    pub(super) async fn begin_full_round(
        &self,
        fence: Fence,
        selection: &str,
        now: Timestamp,
    ) -> Result<Round, Fault> {
        let mut w = self.writing(Some(fence), now).await?;
        forget(&mut w).await?;
        let round = Round {
            id: w.head.next_round,
            mode: RoundMode::Full,
            at: None,
            selection: selection.to_owned(),
            at_since: now,
            interrupted: false,
        };
        put(&mut w, &round).await?;
        w.commit().await?;
        Ok(round)
    }

    /// One transaction of [`crate::reconcile::Ledger::store_pages`]; answers the round as it stands afterwards.
    pub(super) async fn store_batch(
        &self,
        fence: Fence,
        round: &Round,
        pages: &[Page],
        now: Timestamp,
    ) -> Result<Round, Fault> {
        // Taken out: should the transaction fail, what is in memory has never been.
        let mut slot = self.round.lock().await;
        let memory = slot.take();
        let mut w = self.writing(Some(fence), now).await?;
        let mut memory = match memory {
            Some(memory) if memory.round == round.id && memory.fence == fence => memory,
            _ => self.recall(&mut w, fence, round).await?,
        };
        let items = || pages.iter().flat_map(|page| &page.users);
        if round.mode == RoundMode::Delta {
            recall_users(&mut w, &mut memory.roster, items()).await?;
        }
        let present = items().filter_map(present_user);
        memory.licences.number(&mut w, present).await?;
        let absorbed = users::absorb(&mut w, &mut memory.roster, &memory.licences, items()).await?;
        memory.note(&mut w, absorbed).await?;
        let mut next = round.clone();
        if let Some(page) = pages.last() {
            next.at = Some(match &page.next {
                Next::More(link) => link.clone(),
                Next::End { delta } => delta.clone(),
            });
            next.at_since = now;
        }
        put(&mut w, &next).await?;
        w.commit().await?;
        *slot = Some(memory);
        Ok(next)
    }

    pub(super) async fn end_of_round(
        &self,
        fence: Fence,
        round: &Round,
        delta: &Link,
        keep_absent: bool,
        now: Timestamp,
    ) -> Result<RoundEnd, Fault> {
        const LINK: &str =
            "UPDATE tenants SET delta_link = $2, delta_since = $3, selection = $4 WHERE no = $1";
        let mut slot = self.round.lock().await;
        let memory = slot.take();
        let mut w = self.writing(Some(fence), now).await?;
        let memory = match memory {
            Some(memory) if memory.round == round.id && memory.fence == fence => memory,
            _ => self.recall(&mut w, fence, round).await?,
        };
        let mut absent = 0;
        if round.mode == RoundMode::Full && !keep_absent {
            let known = memory.roster.iter().filter(|known| !known.gone);
            let missing: RunSet = known
                .map(|known| known.no)
                .filter(|no| !memory.seen.contains(*no))
                .collect();
            absent = missing.count();
            users::mark_absent(&mut w, &missing).await?;
        }
        execute!(
            &mut w.tx,
            LINK,
            self.tenant,
            &delta.0,
            now.as_microsecond(),
            &round.selection
        )?;
        forget(&mut w).await?;
        if round.mode == RoundMode::Full {
            people::make_index(&mut w.tx).await?;
        }
        let seen_twice = people::ids_of(&mut w.tx, self.tenant, memory.twice.iter()).await?;
        w.commit().await?;
        Ok(RoundEnd {
            seen_twice,
            absent,
            seen: memory.seen.count(),
        })
    }

    /// Stores one user read by id, outside any round.
    pub(super) async fn store_one(
        &self,
        fence: Fence,
        item: &Observed,
        now: Timestamp,
    ) -> Result<(), Fault> {
        // A round under way knows nothing of this user's new record: it reads everybody again.
        *self.round.lock().await = None;
        let mut w = self.writing(Some(fence), now).await?;
        let (mut roster, mut licences) = (Roster::default(), LicenceNumbers::default());
        recall_users(&mut w, &mut roster, std::iter::once(item)).await?;
        licences
            .number(&mut w, present_user(item).into_iter())
            .await?;
        let absorbed = users::absorb(&mut w, &mut roster, &licences, std::iter::once(item)).await?;
        marks::mark(&mut w, &absorbed.undecided).await?;
        w.commit().await?;
        Ok(())
    }

    /// What a round has stored so far. Of a full round everybody is recalled, of a delta round nobody.
    async fn recall(
        &self,
        w: &mut Writing,
        fence: Fence,
        round: &Round,
    ) -> Result<RoundMemory, Fault> {
        const OPEN: &str = "SELECT id, mode FROM rounds WHERE tenant = $1";
        const ALL: &str =
            "SELECT no, id, digest, gone_since FROM users WHERE tenant = $1 ORDER BY no";
        let open: Option<(i64, String)> = fetch_optional!(&mut w.tx, OPEN, w.tenant)?;
        let is_open = open.is_some_and(|(id, _)| id == round.id);
        if !is_open && (round.mode == RoundMode::Full || round.id != w.head.next_round) {
            return Err(Fault::Refused(
                "the round was given up meanwhile: read everybody again".into(),
            ));
        }
        let mut memory = RoundMemory {
            round: round.id,
            fence,
            batches: 0,
            seen: Bits::default(),
            twice: RunSet::default(),
            roster: Roster::default(),
            licences: LicenceNumbers::default(),
        };
        if round.mode == RoundMode::Full {
            let roster = &mut memory.roster;
            for_each_row!(&mut w.tx, ALL, [w.tenant], |row: (
                i64,
                String,
                i64,
                Option<i64>
            )| {
                recall_user(roster, row)
            });
        }
        memory.recall_seen(&mut w.tx, w.tenant).await?;
        Ok(memory)
    }
}

impl RoundMemory {
    /// Remembers who was seen, in memory and, for a later process, in the database.
    async fn note(&mut self, w: &mut Writing, absorbed: Absorbed) -> Result<(), Fault> {
        const ADD: &str =
            "INSERT INTO seen (tenant, round, batch, nos, twice) VALUES ($1, $2, $3, $4, $5)";
        let mut seen = RunSet::default();
        let mut twice = absorbed.twice;
        for (no, changed) in absorbed.seen {
            // Somebody of an earlier batch whose record is another one by now.
            if !self.seen.insert(no) && changed {
                twice.insert(no);
            }
            seen.insert(no);
        }
        for (first, last) in twice.runs() {
            self.twice.insert_run(first, last);
        }
        marks::mark(w, &absorbed.undecided).await?;
        self.batches += 1;
        execute!(
            &mut w.tx,
            ADD,
            w.tenant,
            self.round,
            self.batches,
            seen.to_text(),
            twice.to_text()
        )?;
        Ok(())
    }

    async fn recall_seen(&mut self, tx: &mut Tx, tenant: i64) -> Result<(), Fault> {
        const SEEN: &str =
            "SELECT batch, nos, twice FROM seen WHERE tenant = $1 AND round = $2 ORDER BY batch";
        let rows: Vec<(i64, String, String)> = fetch_all!(tx, SEEN, tenant, self.round)?;
        let broken = || Fault::Corrupt("who was seen in the round cannot be read".to_owned());
        for (batch, nos, twice) in rows {
            let mut seen = RunSet::default();
            seen.add_text(&nos).ok_or_else(broken)?;
            for no in seen.iter() {
                self.seen.insert(no);
            }
            self.twice.add_text(&twice).ok_or_else(broken)?;
            self.batches = batch;
        }
        Ok(())
    }
}

/// Writes the round's row; a round that had none begins with it.
async fn put(w: &mut Writing, round: &Round) -> Result<(), Fault> {
    const PUT: &str = "INSERT INTO rounds (tenant, id, mode, link, link_since, selection)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant) DO UPDATE
        SET id = excluded.id, mode = excluded.mode, link = excluded.link, link_since = excluded.link_since,
            selection = excluded.selection";
    let mode = match round.mode {
        RoundMode::Full => "full",
        RoundMode::Delta => "delta",
    };
    let link = round.at.as_ref().map(|link| link.0.as_str());
    let since = round.at_since.as_microsecond();
    execute!(
        &mut w.tx,
        PUT,
        w.tenant,
        round.id,
        mode,
        link,
        since,
        &round.selection
    )?;
    w.head.next_round = w.head.next_round.max(round.id + 1);
    Ok(())
}

async fn forget(w: &mut Writing) -> Result<(), Fault> {
    execute!(&mut w.tx, "DELETE FROM rounds WHERE tenant = $1", w.tenant)?;
    execute!(&mut w.tx, "DELETE FROM seen WHERE tenant = $1", w.tenant)?;
    Ok(())
}

/// Adds to a roster those of the items' users who are known and not in it.
async fn recall_users<'a>(
    w: &mut Writing,
    roster: &mut Roster,
    items: impl Iterator<Item = &'a Observed>,
) -> Result<(), Fault> {
    const FIND: &str = "SELECT u.no, u.id, u.digest, u.gone_since
        FROM {batch} CROSS JOIN users u WHERE u.tenant = $1 AND u.id = batch.id";
    let ids: std::collections::BTreeSet<UserId> = items
        .map(id_of)
        .filter(|id| roster.get(*id).is_none())
        .collect();
    let batch = Batch::default().text("id", ids.into_iter().map(|id| id.to_string()));
    for row in batch.fetch(&mut w.tx, FIND, &[w.tenant]).await? {
        recall_user(roster, row)?;
    }
    Ok(())
}

fn recall_user(roster: &mut Roster, row: (i64, String, i64, Option<i64>)) -> Result<(), Fault> {
    let (no, id, digest, gone) = row;
    let digest = u64::try_from(digest).unwrap_or_default();
    roster.add(
        super::audit::user_of(&id)?,
        marks::narrow(no)?,
        digest,
        gone.is_some(),
    );
    Ok(())
}

fn present_user(item: &Observed) -> Option<&User> {
    match item {
        Observed::Present(user) => Some(user),
        Observed::Removed { .. } => None,
    }
}

/// Whom an item is about.
pub(super) fn id_of(item: &Observed) -> UserId {
    match item {
        Observed::Present(user) => user.id,
        Observed::Removed { id, .. } => *id,
    }
}
