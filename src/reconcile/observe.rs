//! Observe: users, products, numbers, policies, groups. What could not be read is said, never guessed.

use super::by_hand::read_people;
use super::round::{UsersRead, read_users};
use super::{Request, RoundMode, Tenant};
use crate::apply::{Fence, JournalError};
use crate::directory::{GroupId, LicenceBook, Link, ReadError, Sku};
use crate::numbering::{E164, Listed};
use crate::plan::{Effective, Mode, State, out_of_place};
use crate::report::ReadMode;
use crate::rules::{GroupMembers, RuleSet};
use futures::{StreamExt as _, TryStreamExt as _};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was read of the directory.
pub(super) struct Directory {
    pub(super) users: UsersRead,
    pub(super) skus: Option<Vec<Sku>>,
    pub(super) book: Arc<LicenceBook>,
}

/// What was read of telephony.
pub(super) struct Numbers {
    pub(super) listing: Vec<Listed>,
    pub(super) confirmed: BTreeMap<E164, Option<Listed>>,
    pub(super) beside: BTreeMap<E164, Listed>,
    pub(super) policies: BTreeMap<(String, String), Option<String>>,
    pub(super) effective: Option<Effective>,
    pub(super) groups: GroupMembers,
    pub(super) clock_agrees: bool,
}

impl Directory {
    /// How the report names the read.
    pub(super) fn read_mode(&self) -> ReadMode {
        match self.users.mode {
            RoundMode::Full => ReadMode::Full,
            RoundMode::Delta => ReadMode::Delta,
        }
    }
}

/// Reads users and products.
pub(super) async fn directory(
    tenant: &Tenant,
    fence: Fence,
    request: &Request,
    state: &State,
) -> Result<Directory, JournalError> {
    let users = match request.read_by_id() {
        Some(people) => read_people(tenant, fence, people).await?,
        None => {
            read_users(
                tenant,
                fence,
                request,
                state.users,
                full_is_due(tenant, state),
                state.anchor.distrusted,
            )
            .await?
        }
    };
    let skus = match tenant.directory.skus().await {
        Ok(skus) => Some(skus),
        Err(error) => {
            tracing::warn!(%error, "the tenant's products could not be read");
            None
        }
    };
    let book = Arc::new(LicenceBook::new(
        tenant.settings.catalogue.clone(),
        skus.as_deref(),
    ));
    Ok(Directory { users, skus, book })
}

fn full_is_due(tenant: &Tenant, state: &State) -> bool {
    let anchor = &state.anchor;
    let outdated = || match (anchor.full_read, tenant.reading.full_due_since) {
        (Some(read), Some(due)) => read < due,
        (None, _) => true,
        (Some(_), None) => false,
    };
    outdated()
}

/// Reads the number list, the managed numbers it misses one by one, and what the rules name; with `whole`, everybody
/// being read, also which policies Teams has in force, where they are enforced.
pub(super) async fn numbers(
    tenant: &Tenant,
    rules: &RuleSet,
    state: &State,
    whole: bool,
) -> Result<Numbers, ReadError> {
    let (listing, beside) = listing(tenant, state).await?;
    let reads: Vec<_> = out_of_place(state, &listing)
        .into_iter()
        .map(|number| async move {
            Ok::<_, ReadError>((number, tenant.telephony.number(number).await?))
        })
        .collect();
    let confirmed = futures::stream::iter(reads)
        .buffer_unordered(tenant.reading.in_flight.max(1))
        .try_collect()
        .await?;
    Ok(Numbers {
        listing,
        confirmed,
        beside,
        policies: policies(tenant, rules).await,
        effective: match whole && tenant.settings.enforce_policies && !rules.policies().is_empty() {
            true => effective(tenant, state).await,
            false => None,
        },
        groups: members(tenant, rules.groups().iter().copied().collect()).await,
        clock_agrees: clock_agrees(tenant),
    })
}

/// The whole list, ascending, each number once, and what it shows of numbers a second time with another type. A list that is empty after it was not is unreadable.
async fn listing(
    tenant: &Tenant,
    state: &State,
) -> Result<(Vec<Listed>, BTreeMap<E164, Listed>), ReadError> {
    let mut listing: Vec<Listed> = Vec::new();
    let mut next: Option<Link> = None;
    loop {
        let (page, more) = tenant.telephony.numbers(next.as_ref()).await?;
        listing.extend(page);
        match more {
            Some(link) if Some(&link) == next.as_ref() => {
                return Err(ReadError::Broken(
                    "the next link of the number list repeats itself".to_owned(),
                ));
            }
            Some(link) => next = Some(link),
            None => break,
        }
    }
    if listing.is_empty() && state.anchor.numbers_listed > 0 {
        let text = format!(
            "the number list is empty, after it had {} numbers: it is not believed",
            state.anchor.numbers_listed
        );
        return Err(ReadError::Broken(text));
    }
    // A number shown twice while the list shifted under the paging: the entry with a holder tells more.
    listing.sort_by_key(|l| (l.number, l.is_unassigned()));
    let mut beside = BTreeMap::new();
    listing.dedup_by(|second, first| {
        let again = second.number == first.number;
        if again && second.profile.number_type != first.profile.number_type {
            beside.insert(second.number, second.clone());
        }
        again
    });
    Ok((listing, beside))
}

async fn policies(tenant: &Tenant, rules: &RuleSet) -> BTreeMap<(String, String), Option<String>> {
    let mut found = BTreeMap::new();
    for (policy_type, name) in rules.policies() {
        let id = match tenant.telephony.policy(&policy_type, &name).await {
            Ok(id) => id,
            Err(error) => {
                tracing::warn!(%policy_type, policy = %name, %error, "the policy could not be looked up");
                // Observe mode needs no write permission, and Graph asks for one even to look a policy up.
                (tenant.settings.mode == Mode::Observe).then(String::new)
            }
        };
        found.insert((policy_type, name), id);
    }
    found
}

/// The policies that Teams has in force for everybody it lists; `None` where it may not be asked, or does not answer.
async fn effective(tenant: &Tenant, state: &State) -> Option<Effective> {
    let mut listed = Vec::new();
    let mut next: Option<Link> = None;
    loop {
        match tenant.telephony.effective_policies(next.as_ref()).await {
            Ok((page, more)) => {
                listed.extend(page);
                next = more;
            }
            Err(error) => {
                tracing::warn!(%error, "the policies in force could not be read; what was set before counts as set");
                return None;
            }
        }
        if next.is_none() {
            return Some(Effective::new(listed, state));
        }
    }
}

/// The members of groups; one that cannot be read is missing.
pub(super) async fn members(tenant: &Tenant, wanted: Vec<GroupId>) -> GroupMembers {
    let mut members = GroupMembers::new();
    for group in wanted {
        match tenant.directory.members(group).await {
            Ok(users) => drop(members.insert(group, users.into_iter().collect())),
            Err(error) => {
                tracing::warn!(%group, %error, "the group could not be read; its people are left as they are")
            }
        }
    }
    members
}

fn clock_agrees(tenant: &Tenant) -> bool {
    let ahead = tenant.telephony.clock_ahead().unwrap_or_default();
    ahead.abs() <= tenant.reading.clock_tolerance
}
