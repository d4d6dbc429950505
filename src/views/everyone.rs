//! Everybody of a tenant, one after the other: as the last sync left them, or read just now.

use super::teams;
use crate::apply::JournalError;
use crate::directory::{
    Cursor, GroupId, Kind, LicenceBook, Next, Observed, ReadError, User, UserId,
};
use crate::numbering::{E164, Listed};
use crate::plan::{NoteKind, State, StoredUser, UserFacts};
use crate::reconcile::{Ledger as _, Tenant};
use crate::report::{PeopleRead, PeopleSource};
use crate::rules::{GroupMembers, Subject};
use crate::store::TenantStore;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thiserror::Error;

/// Users are read back in pages of this size.
const PAGE: u32 = 5_000;

/// The people of a tenant. Nothing of them is kept: each is shown once and forgotten.
pub struct Everyone<'a> {
    tenant: &'a Tenant,
    store: &'a TenantStore,
    /// What the licences mean.
    pub book: LicenceBook,
    /// The present.
    pub now: Timestamp,
    source: Source,
}

enum Source {
    Stored {
        at: Option<Timestamp>,
        full_read: Option<Timestamp>,
    },
    Live {
        state: Arc<State>,
        /// Numbers as Teams shows them, by their holders.
        numbers: BTreeMap<UserId, E164>,
    },
}

/// What somebody has in the hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InHand {
    /// A number that Linekeeper manages, or would adopt.
    Managed(E164),
    /// A number that is none of Linekeeper's business.
    Other,
    /// None.
    Nothing,
}

/// Why the people of a tenant cannot be looked at.
#[derive(Debug, Error)]
pub enum EveryoneError {
    /// The database.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Graph.
    #[error("the directory cannot be read: {0}")]
    Read(#[from] ReadError),
}

impl<'a> Everyone<'a> {
    /// The people as the last sync left them; read just now where `live` is wanted, or no sync has read them yet.
    ///
    /// # Errors
    /// When the database, or for a live read Graph, cannot be read.
    pub async fn of(
        tenant: &'a Tenant,
        store: &'a TenantStore,
        live: bool,
    ) -> Result<Self, EveryoneError> {
        let now = tenant.clock.now();
        let anchor = store.anchor().await?;
        let (skus, source) = match live || anchor.full_read.is_none() {
            false => (
                anchor.products().map(<[_]>::to_vec),
                Source::Stored {
                    at: anchor.numbers_read,
                    full_read: anchor.full_read,
                },
            ),
            true => (
                Some(tenant.directory.skus().await?),
                Source::Live {
                    state: store.state(now).await?,
                    numbers: numbers(tenant).await?,
                },
            ),
        };
        Ok(Self {
            tenant,
            store,
            book: LicenceBook::new(tenant.settings.catalogue.clone(), skus.as_deref()),
            now,
            source,
        })
    }

    /// Shows everybody once, with what each has in the hands, and tells how many there were and how old that is. Who is
    /// gone is shown as long as a number is left behind.
    ///
    /// # Errors
    /// When the database, or for a live read Graph, cannot be read.
    pub async fn each(
        &self,
        mut see: impl FnMut(&StoredUser, InHand),
    ) -> Result<PeopleRead, EveryoneError> {
        let mut users = 0;
        let mut counting = |stored: &StoredUser, number: InHand| {
            users += u64::from(stored.gone.is_none());
            see(stored, number);
        };
        let (read, at, full_read) = match &self.source {
            Source::Stored { at, full_read } => {
                self.each_stored(&mut counting).await?;
                (PeopleSource::Stored, *at, *full_read)
            }
            Source::Live { state, numbers } => {
                self.each_live(state, numbers, &mut counting).await?;
                (PeopleSource::Live, Some(self.now), None)
            }
        };
        Ok(PeopleRead {
            read,
            at,
            full_read,
            users,
        })
    }

    /// What the rules look at in one of them.
    #[must_use]
    pub fn subject<'s>(
        &'s self,
        stored: &'s StoredUser,
        kind: Kind,
        groups: &'s GroupMembers,
    ) -> Subject<'s> {
        Subject {
            user: &stored.user,
            kind,
            book: &self.book,
            groups,
        }
    }

    async fn each_stored(
        &self,
        see: &mut impl FnMut(&StoredUser, InHand),
    ) -> Result<(), EveryoneError> {
        let mut after = None;
        loop {
            let page = self.store.people(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.place);
            for person in &page {
                let unmanaged = |facts: &UserFacts| {
                    let mut notes = facts.notes.iter();
                    notes.any(|note| note.kind == NoteKind::UnmanagedNumber)
                };
                let number = match person.number {
                    Some(number) => InHand::Managed(number),
                    None if unmanaged(&person.stored.facts) => InHand::Other,
                    None => InHand::Nothing,
                };
                see(&person.stored, number);
            }
        }
    }

    /// A user may be shown more than once in a round: the first time counts.
    async fn each_live(
        &self,
        state: &State,
        numbers: &BTreeMap<UserId, E164>,
        see: &mut impl FnMut(&StoredUser, InHand),
    ) -> Result<(), EveryoneError> {
        let mut seen: BTreeSet<UserId> = BTreeSet::new();
        let mut at = Cursor::Full;
        loop {
            let page = self.tenant.directory.page(&at).await?;
            for observed in page.users {
                let Observed::Present(user) = observed else {
                    continue;
                };
                if seen.insert(user.id) {
                    let number = numbers.get(&user.id);
                    see(
                        &remembered(*user, state),
                        number.map_or(InHand::Nothing, |number| InHand::Managed(*number)),
                    );
                }
            }
            match page.next {
                Next::End { .. } => return Ok(()),
                Next::More(link) if at == Cursor::At(link.clone()) => {
                    let text = "the next link of the users repeats itself".to_owned();
                    return Err(ReadError::Broken(text).into());
                }
                Next::More(link) => at = Cursor::At(link),
            }
        }
    }
}

/// The members of these groups, read now; one that cannot be read is missing.
pub(super) async fn members(
    tenant: &Tenant,
    groups: impl IntoIterator<Item = GroupId>,
) -> GroupMembers {
    let mut members = GroupMembers::new();
    for group in groups {
        if let Some(Ok(users)) = teams::in_time(tenant.directory.members(group)).await {
            members.insert(group, users.into_iter().collect());
        }
    }
    members
}

/// Somebody just read, with what is remembered.
fn remembered(user: User, state: &State) -> StoredUser {
    StoredUser {
        facts: state.facts.get(&user.id).cloned().unwrap_or_default(),
        user,
        gone: None,
        undecided: false,
    }
}

/// The lowest number that Teams shows as somebody's primary line.
async fn numbers(tenant: &Tenant) -> Result<BTreeMap<UserId, E164>, ReadError> {
    let mut held: BTreeMap<UserId, E164> = BTreeMap::new();
    let note = |listed: Listed| {
        if let Some(holder) = listed.primary_line_of() {
            let number = held.entry(UserId(holder)).or_insert(listed.number);
            *number = listed.number.min(*number);
        }
    };
    each_number(tenant, note).await?;
    Ok(held)
}

/// Shows every number of the tenant as Teams lists it now.
pub(super) async fn each_number(
    tenant: &Tenant,
    mut see: impl FnMut(Listed),
) -> Result<(), ReadError> {
    let mut next = None;
    loop {
        let (page, more) = tenant.telephony.numbers(next.as_ref()).await?;
        page.into_iter().for_each(&mut see);
        match more {
            Some(link) if Some(&link) == next.as_ref() => {
                let text = "the next link of the number list repeats itself".to_owned();
                return Err(ReadError::Broken(text));
            }
            Some(link) => next = Some(link),
            None => return Ok(()),
        }
    }
}
