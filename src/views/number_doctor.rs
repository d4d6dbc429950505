//! Reads what a diagnosis of the tenant's numbers looks at: the number list and the products as of now, the people as the
//! last sync left them, and by themselves those who hold a number without being known.

use super::diagnosis::{Finding, Holder, Inspected, assigned_to, findings};
use super::everyone::{EveryoneError, each_number, members};
use crate::directory::{LicenceBook, User, UserId};
use crate::numbering::Listed;
use crate::plan::{StoredUser, UserFacts};
use crate::reconcile::{Ledger as _, Scope, Tenant};
use crate::store::TenantStore;
use futures::StreamExt as _;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// People of one part.
const PART: usize = 1000;

/// So many holders who are not known are asked for by themselves.
const ASKED: usize = 500;

/// What is wrong with a tenant's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NumberDiagnosis {
    /// The tenant.
    pub tenant: String,
    /// How many numbers Teams lists.
    pub numbers: u64,
    /// As of when the people are known; null: no sync has read them yet.
    pub people_as_of: Option<Timestamp>,
    /// How many holders could not be looked up, so that nothing is said of them.
    pub unread: u64,
    /// What is wrong.
    pub items: Vec<Finding>,
}

/// Looks at the tenant's numbers. Changes nothing.
///
/// # Errors
/// When Graph or the database cannot be read.
pub async fn diagnose_numbers(
    tenant: &Tenant,
    store: &TenantStore,
) -> Result<NumberDiagnosis, EveryoneError> {
    let rules = tenant.rules.active();
    let mut listing: Vec<Listed> = Vec::new();
    each_number(tenant, |listed| listing.push(listed)).await?;
    listing.sort_by_key(|listed| (listed.number, listed.profile.extension));
    let skus = tenant.directory.skus().await?;
    let state = store.state(tenant.clock.now()).await?;
    let anchor = store.anchor().await?;
    let holders = holders(tenant, store, &listing).await?;
    let inspected = Inspected {
        rules: &rules,
        book: &LicenceBook::new(tenant.settings.catalogue.clone(), Some(&skus)),
        groups: &members(tenant, rules.groups().iter().copied()).await,
        state: &state,
        listing: &listing,
        holders: &holders,
    };
    let unread = |holder: &&Holder| matches!(holder, Holder::Unread);
    Ok(NumberDiagnosis {
        tenant: tenant.settings.tenant.clone(),
        numbers: listing.len() as u64,
        people_as_of: anchor.numbers_read.filter(|_| anchor.full_read.is_some()),
        unread: holders.values().filter(unread).count() as u64,
        items: findings(&inspected),
    })
}

/// Who they are whom numbers are assigned to.
async fn holders(
    tenant: &Tenant,
    store: &TenantStore,
    listing: &[Listed],
) -> Result<BTreeMap<Uuid, Holder>, EveryoneError> {
    let targets: BTreeSet<Uuid> = listing.iter().filter_map(assigned_to).collect();
    let ids: Vec<UserId> = targets.iter().copied().map(UserId).collect();
    let mut holders = BTreeMap::new();
    for part in ids.chunks(PART) {
        let scope = Scope::Only(part.to_vec());
        for stored in store.users(&scope, None, part.len()).await? {
            holders.insert(stored.user.id.0, Holder::Known(Box::new(stored)));
        }
    }
    let unknown: Vec<Uuid> = targets
        .into_iter()
        .filter(|target| !holders.contains_key(target))
        .collect();
    let (asked, left) = unknown.split_at(unknown.len().min(ASKED));
    let read = futures::stream::iter(asked.iter().copied())
        .map(|id| async move { (id, tenant.directory.user(UserId(id)).await) })
        .buffered(tenant.reading.in_flight.max(1));
    let read: Vec<_> = read.collect().await;
    holders.extend(read.into_iter().map(|(id, user)| {
        let holder = match user {
            Ok(Some(user)) => Holder::Known(Box::new(new(user))),
            Ok(None) => Holder::Nobody,
            Err(_) => Holder::Unread,
        };
        (id, holder)
    }));
    holders.extend(left.iter().map(|id| (*id, Holder::Unread)));
    Ok(holders)
}

/// Somebody whom no sync has seen yet.
fn new(user: User) -> StoredUser {
    StoredUser {
        user,
        gone: None,
        undecided: true,
        facts: UserFacts::default(),
    }
}
