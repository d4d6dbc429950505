//! Gathers everything an explanation rests on: stored facts, the rules in force, and a last look at Teams.

use super::everyone::members;
use super::person::{Known, person};
use super::{ViewError, find_user, teams};
use crate::directory::{LicenceBook, UserId};
use crate::numbering::{E164, Listed};
use crate::plan::{Index, NoteKind, State, StoredUser, UserFacts, World, as_remembered, standing};
use crate::reconcile::{Ledger as _, Tenant};
use crate::report::{NumberExplanation, PersonExplanation, Tenure, UserRef};
use crate::rules::{GroupMembers, RuleSet};
use crate::store::{HistoryEntry, TenantStore};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why somebody has a number, gets one or gets none. `text` is an id, a UPN (former ones too) or a mail address;
/// somebody whom no sync has seen yet is read from the directory.
///
/// # Errors
/// When nobody or more than one is meant, or what the database says. That Graph cannot be reached is no error: the
/// explanation says so.
pub async fn explain_person(
    tenant: &Tenant,
    store: &TenantStore,
    text: &str,
) -> Result<PersonExplanation, ViewError> {
    let stored = match find_user(store, text).await {
        Ok(found) => found.stored,
        Err(ViewError::NoUser(_)) => unseen(tenant, text).await?,
        Err(other) => return Err(other),
    };
    let id = stored.user.id;
    let still = Still::of(tenant, store).await?;
    let history: Vec<Tenure> = store
        .history_of(id)
        .await?
        .into_iter()
        .rev()
        .map(tenure)
        .collect();
    let held = store.held(still.now).await?;
    let mut explained = still.look(tenant, &stored.facts, |world| {
        person(&Known {
            world,
            stored: &stored,
            history,
            held: held.as_ref(),
        })
    });
    let ours = explained
        .history
        .iter()
        .find(|t| t.to.is_none())
        .map(|t| t.number);
    let (says, unread) = teams::of_person(&*tenant.telephony, id, ours).await;
    explained.teams = says;
    explained.teams_unread = unread;
    Ok(explained)
}

/// What a number is, why it is not free, and who had it from when to when.
///
/// # Errors
/// When the database cannot be read.
pub async fn explain_number(
    tenant: &Tenant,
    store: &TenantStore,
    number: E164,
) -> Result<NumberExplanation, ViewError> {
    let still = Still::of(tenant, store).await?;
    let history: Vec<Tenure> = store
        .history(number)
        .await?
        .into_iter()
        .map(|entry| tenure((number, entry)))
        .rev()
        .collect();
    let facts = UserFacts::default();
    let (entry, because) = still.look(tenant, &facts, |world| standing(&Index::new(world), number));
    let user = match entry.as_ref().and_then(|entry| entry.user) {
        Some(id) => Some(named(store, id).await?),
        None => None,
    };
    let range = still
        .rules
        .range_of(number)
        .map(|at| &still.rules.ranges()[at]);
    let (teams, teams_unread) =
        teams::of_number(&*tenant.telephony, number, entry.as_ref().map(|e| e.user)).await;
    Ok(NumberExplanation {
        tenant: tenant.settings.tenant.clone(),
        number,
        range: range.map(|range| range.name.clone()),
        number_type: range.map(|range| range.number_type),
        state: entry.as_ref().map(|entry| entry.state),
        user,
        since: entry.as_ref().and_then(|entry| entry.since),
        until: entry.as_ref().and_then(|entry| entry.until),
        because,
        history,
        teams,
        teams_unread,
    })
}

/// Somebody of whom nothing is remembered, as the directory shows them.
async fn unseen(tenant: &Tenant, text: &str) -> Result<StoredUser, ViewError> {
    let read = teams::in_time(tenant.directory.user_named(text)).await;
    match read.and_then(Result::ok).flatten() {
        Some(user) => Ok(StoredUser {
            user,
            gone: None,
            undecided: true,
            facts: UserFacts::default(),
        }),
        None => Err(ViewError::NoUser(text.to_owned())),
    }
}

/// A user by the name of now.
async fn named(store: &TenantStore, id: UserId) -> Result<UserRef, ViewError> {
    let found = store.find_users(&id.to_string()).await?;
    let upn = found
        .first()
        .map(|found| found.stored.user.upn().to_owned());
    Ok(UserRef {
        id,
        upn: upn.unwrap_or_default(),
    })
}

fn tenure((number, entry): (E164, HistoryEntry)) -> Tenure {
    Tenure {
        number,
        user: UserRef {
            id: entry.user,
            upn: entry.upn,
        },
        from: entry.from,
        to: entry.to,
        range: entry.range,
        reason: entry.reason,
        why: entry.why,
        sync_id: entry.sync,
        rule_commit: entry.rule_commit,
        end_reason: entry.end_reason,
    }
}

/// What is stored of a tenant, held still for looking at it.
struct Still {
    rules: Arc<RuleSet>,
    state: Arc<State>,
    listing: Vec<Listed>,
    confirmed: BTreeMap<E164, Option<Listed>>,
    book: LicenceBook,
    groups: GroupMembers,
    now: Timestamp,
}

impl Still {
    async fn of(tenant: &Tenant, store: &TenantStore) -> Result<Self, ViewError> {
        let now = tenant.clock.now();
        let state = store.state(now).await?;
        let listing = store.listing().await?;
        let rules = tenant.rules.active();
        let listed_at = state.anchor.numbers_read.unwrap_or(now);
        let products = state.anchor.products();
        let book = LicenceBook::new(tenant.settings.catalogue.clone(), products);
        Ok(Self {
            confirmed: as_remembered(&state, &listing, listed_at),
            book,
            // Members are not stored: one that cannot be read is told as unread.
            groups: members(tenant, rules.groups().iter().copied()).await,
            rules,
            listing,
            now,
            state,
        })
    }

    fn look<T>(&self, tenant: &Tenant, facts: &UserFacts, at: impl FnOnce(&World<'_>) -> T) -> T {
        let policies = policies(&self.rules, facts);
        let (rules, settings, book) = (&self.rules, &tenant.settings, &self.book);
        at(&World {
            groups: &self.groups,
            confirmed: &self.confirmed,
            policies: &policies,
            ..World::at_rest(rules, settings, book, &self.state, &self.listing, self.now)
        })
    }
}

/// Policies are not stored either: those of a range count as missing where the last sync noted that one is.
fn policies(rules: &RuleSet, facts: &UserFacts) -> BTreeMap<(String, String), Option<String>> {
    let missing = |range: &str| {
        let mut notes = facts.notes.iter();
        notes.any(|note| {
            note.kind == NoteKind::PolicyMissing && note.range.as_deref() == Some(range)
        })
    };
    let ranges = rules.ranges().iter();
    ranges
        .flat_map(|range| range.policies.iter().map(move |policy| (range, policy)))
        .map(|(range, policy)| {
            let id = (!missing(&range.name)).then(String::new);
            ((policy.policy_type.clone(), policy.name.clone()), id)
        })
        .collect()
}
