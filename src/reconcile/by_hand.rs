//! A sync of what a person asks for: a number for somebody, another one, or none. The same sentence as every sync, of
//! these people only: claims, journal, re-reads and policies are those of the rules.

use super::round::UsersRead;
use super::sync::{Course, SyncError};
use super::{Ledger, RoundMode, Scope, Tenant};
use crate::apply::{Fence, JournalError};
use crate::directory::{ReadError, UserId};
use crate::plan::{
    Approval, ChangeStatus, Draft, Errand, Hand, Refusal, StoredUser, Wish, World, by_hand,
    errands, guard,
};
use crate::report::SyncReport;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};

/// What one caller orders by hand is counted over this time.
const BY_HAND: SignedDuration = SignedDuration::from_hours(1);

impl Course<'_> {
    /// The draft of what is asked for. A refusal names people as people know them.
    pub(super) async fn by_hand(&self, world: &World<'_>, hand: &Hand) -> Result<Draft, SyncError> {
        let ledger = &*self.tenant.ledger;
        let limit = hand.people.len().max(1);
        let scope = Scope::Only(hand.people.clone());
        let people = ledger.users(&scope, None, limit).await?;
        if let Wish::Errands(wanted) = &hand.wish {
            return Ok(self.errands(world, people, wanted).await?);
        }
        let missing = |id: &&UserId| !people.iter().any(|stored| stored.user.id == **id);
        if let Some(id) = hand.people.iter().find(missing) {
            return Err(Refusal::UnknownUser(id.to_string()).into());
        }
        match by_hand(world, people, &hand.wish) {
            Ok(draft) => {
                self.within_limit(world, &draft, &hand.wish).await?;
                Ok(draft)
            }
            Err(refusal) => Err(named(ledger, refusal).await?.into()),
        }
    }

    /// Whether this caller may go on: what is ordered one by one has a limit by the hour. Looking is free.
    async fn within_limit(
        &self,
        world: &World<'_>,
        draft: &Draft,
        wish: &Wish,
    ) -> Result<(), SyncError> {
        let limit = self.tenant.settings.safety.max_by_hand;
        let counts = matches!(wish, Wish::Assign { .. } | Wish::Release { .. });
        if limit == 0 || !counts || self.id.is_none() || draft.plan.changes.is_empty() {
            return Ok(());
        }
        let trigger = &self.request.trigger;
        let since = world.now.checked_sub(BY_HAND).unwrap_or(Timestamp::MIN);
        let done = self.tenant.ledger.by_hand_since(trigger, since).await?;
        match done < limit {
            true => Ok(()),
            false => Err(Refusal::TooMany {
                by: trigger.by.clone(),
                done,
                limit,
            }
            .into()),
        }
    }

    /// The draft of many orders, the guard's word included: it is one plan, and braked like any.
    async fn errands(
        &self,
        world: &World<'_>,
        people: Vec<StoredUser>,
        wanted: &[Errand],
    ) -> Result<Draft, JournalError> {
        let mut ordered = errands(world, people, wanted);
        let holders: Vec<UserId> = ordered.holders().into_iter().collect();
        let limit = holders.len().max(1);
        let scope = Scope::Only(holders);
        let known = self.tenant.ledger.users(&scope, None, limit).await?;
        let names = known
            .iter()
            .map(|it| (it.user.id, it.user.upn().to_owned()));
        let approval = Approval {
            brakes: self.request.approve,
            listed: false,
        };
        Ok(guard(ordered.into_draft(&names.collect()), world, approval))
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
