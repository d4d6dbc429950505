//! Decide: which users are looked at, and what is made of them, as one draft.

use super::observe::{Directory, Numbers};
use super::{Ledger, Request, Scope, Selection, Tenant};
use crate::apply::JournalError;
use crate::directory::UserId;
use crate::plan::{Approval, Circumstances, Draft, Planner, State, World, guard};
use crate::rules::RuleSet;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Users are read back and decided in pages of this size.
const PAGE: usize = 5_000;

/// Digest of everything but rules and users that a decision depends on: when it changes, everyone is decided.
pub(super) fn settings_digest(tenant: &Tenant, directory: &Directory, numbers: &Numbers) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{:?}", tenant.settings));
    hash.update(serde_json::to_vec(&directory.skus).unwrap_or_default());
    hash.update(format!("{:?}", numbers.policies));
    hash.update(format!("{:?}", numbers.groups));
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether everyone is decided, not only those of whom something changed.
pub(super) fn is_for_everyone(
    request: &Request,
    rules: &RuleSet,
    state: &State,
    settings_digest: &str,
) -> bool {
    let anchor = &state.anchor;
    let same_rules = anchor.rules_digest.as_deref() == Some(rules.digest().as_str());
    let same_settings = anchor.settings_digest.as_deref() == Some(settings_digest);
    request.people().is_none() && (request.full || !same_rules || !same_settings)
}

/// Makes the draft of a plan and runs the guard rails over it.
pub(super) async fn decide(
    ledger: &dyn Ledger,
    world: &World<'_>,
    request: &Request,
) -> Result<Draft, JournalError> {
    let mut planner = Planner::new(world);
    let scope = scope(&planner, world.circumstances, request, world.now);
    let mut after: Option<UserId> = None;
    loop {
        let page = ledger.users(&scope, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.user.id);
        page.into_iter().for_each(|stored| planner.consider(stored));
    }
    find_rivals(ledger, &mut planner).await?;
    let approval = Approval {
        brakes: request.approve,
        listed: matches!(request.selection, Some(Selection::Approved(_))),
    };
    Ok(guard(planner.finish(), world, approval))
}

/// Looks through everybody for others who answer to a name that a number is set aside for. That happens only when
/// somebody who answers to it would get the number now.
async fn find_rivals(ledger: &dyn Ledger, planner: &mut Planner<'_>) -> Result<(), JournalError> {
    let sought = planner.sought();
    let mut after: Option<UserId> = None;
    while !sought.is_empty() {
        let page = ledger.users(&Scope::Everyone, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.user.id);
        page.iter()
            .for_each(|stored| planner.witness(&sought, stored));
    }
    Ok(())
}

fn scope(
    planner: &Planner<'_>,
    circumstances: Circumstances,
    request: &Request,
    now: Timestamp,
) -> Scope {
    match request.only {
        Some(id) => Scope::Only(vec![id]),
        None if circumstances.everyone => Scope::Everyone,
        None => Scope::Open {
            also: planner.index().affected(),
            now,
        },
    }
}
