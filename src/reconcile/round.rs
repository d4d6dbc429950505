//! One round of reading users, page by page, stored as it goes.

use super::{Progress, Request, Round, RoundMode, Tenant};
use crate::apply::{Fence, JournalError};
use crate::directory::{Cursor, Link, Next, Observed, Page, ReadError};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// A link older than this is not used any more; Graph's own end is seven days (docs/graph.md 1.4).
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(6 * 24);

/// An interrupted round goes on at its next link only so long.
const INTERRUPTED_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// So many pages are stored in one transaction.
const PAGES_A_TRANSACTION: usize = 8;

/// What a round of reading users came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UsersRead {
    pub(super) mode: RoundMode,
    /// Why the round did not end properly, if it did not.
    pub(super) incomplete: Option<ReadError>,
    /// Whether at least one page could be read.
    pub(super) any: bool,
    /// A full read that shows nobody, after there was somebody.
    pub(super) empty: bool,
}

/// Reads a round to its end, or as far as it goes.
pub(super) async fn read_users(
    tenant: &Tenant,
    fence: Fence,
    request: &Request,
    known: u64,
    full_due: bool,
    distrusted: bool,
) -> Result<UsersRead, JournalError> {
    // A round that showed nobody has ended: going on with it would take its silence for everybody's absence.
    let mut round = if distrusted {
        full(tenant, fence).await?
    } else {
        begin(tenant, fence, request.full || full_due).await?
    };
    let mut outcome = follow(tenant, fence, request, &mut round, known).await?;
    if outcome.incomplete == Some(ReadError::Resync) {
        tracing::info!("the stored link is no longer valid; reading everybody");
        round = full(tenant, fence).await?;
        outcome = follow(tenant, fence, request, &mut round, known).await?;
    }
    Ok(outcome)
}

async fn full(tenant: &Tenant, fence: Fence) -> Result<Round, JournalError> {
    tenant
        .ledger
        .begin_full(fence, &tenant.directory.selection(), tenant.clock.now())
        .await
}

/// Goes on with an interrupted round, or from the stored link, or begins a full read.
async fn begin(tenant: &Tenant, fence: Fence, want_full: bool) -> Result<Round, JournalError> {
    let Some(round) = tenant.ledger.resume_point().await? else {
        return full(tenant, fence).await;
    };
    let age = tenant.clock.now().duration_since(round.at_since);
    let life = if round.interrupted {
        INTERRUPTED_LIFE
    } else {
        LINK_LIFE
    };
    let usable =
        age < life && round.selection == tenant.directory.selection() && round.at.is_some();
    if usable && (!want_full || round.mode == RoundMode::Full) {
        Ok(round)
    } else {
        full(tenant, fence).await
    }
}

/// Follows the links of a round, and ends it when they come to their end.
async fn follow(
    tenant: &Tenant,
    fence: Fence,
    request: &Request,
    round: &mut Round,
    known: u64,
) -> Result<UsersRead, JournalError> {
    let resumed = round.mode == RoundMode::Full && round.at.is_some();
    let mut reader = Reader {
        tenant,
        progress: &request.progress,
        seen: BTreeSet::new(),
        any: false,
        present: resumed,
    };
    let ended = reader.read_and_store(fence, round).await?;
    let mut read = UsersRead {
        mode: round.mode,
        incomplete: None,
        any: reader.any,
        empty: false,
    };
    let nobody = round.mode == RoundMode::Full && !reader.present;
    match ended {
        Ok(_) if nobody && known > 0 && !request.accept_empty => read.empty = true,
        Ok(delta) => end(tenant, fence, round, &delta).await?,
        Err(error) => {
            tracing::warn!(%error, "the round of users did not end properly");
            read.incomplete = Some(error);
        }
    }
    Ok(read)
}

async fn end(
    tenant: &Tenant,
    fence: Fence,
    round: &Round,
    delta: &Link,
) -> Result<(), JournalError> {
    let end = tenant
        .ledger
        .end_round(fence, round, delta, false, tenant.clock.now())
        .await?;
    tracing::info!(
        mode = round.mode.name(),
        count = end.seen,
        absent = end.absent,
        "users read"
    );
    for id in end.seen_twice {
        match tenant.directory.user(id).await {
            Ok(user) => {
                tenant
                    .ledger
                    .store_user(fence, id, user.as_ref(), tenant.clock.now())
                    .await?
            }
            Err(error) => {
                tracing::warn!(user = %id, %error, "seen twice in one round and not readable by itself")
            }
        }
    }
    Ok(())
}

/// Reads pages and watches for links that repeat.
struct Reader<'a> {
    tenant: &'a Tenant,
    progress: &'a Progress,
    seen: BTreeSet<String>,
    any: bool,
    present: bool,
}

impl Reader<'_> {
    /// Stores the pages as they come; answers the link with which the round ended, or why it did not end.
    async fn read_and_store(
        &mut self,
        fence: Fence,
        round: &mut Round,
    ) -> Result<Result<Link, ReadError>, JournalError> {
        let tenant = self.tenant;
        let mut at = round.at.clone().map_or(Cursor::Full, Cursor::At);
        let mut batch: Vec<Page> = Vec::new();
        let ended = loop {
            let (page, stored) = if batch.len() >= PAGES_A_TRANSACTION {
                let pages = std::mem::take(&mut batch);
                // The next page is on its way while these are being stored.
                tokio::join!(
                    self.page(&at),
                    tenant
                        .ledger
                        .store_pages(fence, round, &pages, tenant.clock.now())
                )
            } else {
                (self.page(&at).await, Ok(()))
            };
            stored?;
            match page {
                Ok(page) => {
                    let next = page.next.clone();
                    batch.push(page);
                    match next {
                        Next::More(link) => at = Cursor::At(link),
                        Next::End { delta } => break Ok(delta),
                    }
                }
                Err(error) => break Err(error),
            }
        };
        if !batch.is_empty() {
            tenant
                .ledger
                .store_pages(fence, round, &batch, tenant.clock.now())
                .await?;
        }
        Ok(ended)
    }

    async fn page(&mut self, at: &Cursor) -> Result<Page, ReadError> {
        if let Cursor::At(link) = at
            && !self.seen.insert(link.0.clone())
        {
            return Err(ReadError::Broken(
                "Graph's next link repeats itself".to_owned(),
            ));
        }
        let page = self.tenant.directory.page(at).await?;
        self.any = true;
        let users = page.users.len() as u64;
        self.progress.tell(|so_far| so_far.users += users);
        self.present |= page
            .users
            .iter()
            .any(|user| matches!(user, Observed::Present(_)));
        Ok(page)
    }
}
