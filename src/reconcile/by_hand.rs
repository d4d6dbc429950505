//! A sync of what a person asks for: a number for somebody, another one, or none. The same sentence as every sync, of
//! these people only: claims, journal, re-reads and policies are those of the rules.

use super::round::UsersRead;
use super::sync::{Course, SyncError};
use super::{Ledger, RoundMode, Scope, Tenant};
use crate::apply::{Fence, JournalError};
use crate::directory::{ReadError, UserId};
use crate::plan::{ChangeStatus, Draft, Hand, Refusal, World, by_hand};
use crate::report::SyncReport;
use futures::{StreamExt as _, TryStreamExt as _};

impl Course<'_> {
    /// The draft of what is asked for. A refusal names people as people know them.
    pub(super) async fn by_hand(&self, world: &World<'_>, hand: &Hand) -> Result<Draft, SyncError> {
        let ledger = &*self.tenant.ledger;
        let limit = hand.people.len().max(1);
        let scope = Scope::Only(hand.people.clone());
        let people = ledger.users(&scope, None, limit).await?;
        let missing = |id: &&UserId| !people.iter().any(|stored| stored.user.id == **id);
        if let Some(id) = hand.people.iter().find(missing) {
            return Err(Refusal::UnknownUser(id.to_string()).into());
        }
        match by_hand(world, people, &hand.wish) {
            Ok(draft) => Ok(draft),
            Err(refusal) => Err(named(ledger, refusal).await?.into()),
        }
    }
}

/// Whether something asked for by hand waits or has failed, other people's changes aside.
#[must_use]
pub fn is_unfinished(report: &SyncReport, hand: &Hand) -> bool {
    let open = [
        ChangeStatus::Waiting,
        ChangeStatus::Failed,
        ChangeStatus::Held,
    ];
    report
        .changes
        .iter()
        .any(|change| hand.people.contains(&change.user.id) && open.contains(&change.status))
}

/// Gives the person a refusal names by id a name that people know.
pub(super) async fn named<L: Ledger + ?Sized>(
    ledger: &L,
    mut refusal: Refusal,
) -> Result<Refusal, JournalError> {
    if let Some(holder) = refusal.holder_mut() {
        let scope = Scope::Only(vec![holder.user]);
        let known = ledger.users(&scope, None, 1).await?;
        let upn = known.first().map(|stored| stored.user.upn().to_owned());
        holder.upn = upn.filter(|upn| !upn.is_empty());
    }
    Ok(refusal)
}

/// Reads these people one by one. Who cannot be read makes the reading incomplete.
pub(super) async fn read_people(
    tenant: &Tenant,
    fence: Fence,
    people: &[UserId],
) -> Result<UsersRead, JournalError> {
    let mut read = UsersRead {
        mode: RoundMode::Delta,
        incomplete: None,
        any: people.is_empty(),
        empty: false,
    };
    let found: Vec<Result<(), ReadError>> = futures::stream::iter(people.iter().copied())
        .map(|id| read_person(tenant, fence, id))
        .buffered(tenant.reading.in_flight.max(1))
        .try_collect()
        .await?;
    for one in found {
        match one {
            Ok(()) => read.any = true,
            Err(error) => read.incomplete = Some(error),
        }
    }
    Ok(read)
}

async fn read_person(
    tenant: &Tenant,
    fence: Fence,
    id: UserId,
) -> Result<Result<(), ReadError>, JournalError> {
    let user = match tenant.directory.user(id).await {
        Ok(user) => user,
        Err(error) => return Ok(Err(error)),
    };
    let now = tenant.clock.now();
    let stored = tenant.ledger.store_user(fence, id, user.as_ref(), now);
    stored.await.map(Ok)
}
