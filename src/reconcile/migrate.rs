//! Looks ahead at a migration: who would move in which wave, and what stands in the way. Reads what a sync reads and stores
//! nothing.

use super::observe;
use super::sync::{Course, nothing_read};
use super::{Ledger, Overlay, Request, Scope, Tenant, Trigger};
use crate::apply::{Fence, JournalError};
use crate::directory::{ReadError, UserId};
use crate::plan::{
    MigrationPlan, MigrationRefusal, MigrationWish, StoredUser, migration_plan, people_of,
};
use std::sync::Arc;
use thiserror::Error;

/// People are read back in pages of this size.
const PAGE: usize = 5_000;

/// Why nothing can be said of a migration.
#[derive(Debug, Error)]
pub enum SurveyError {
    /// Directory or numbers cannot be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// There can be none.
    #[error(transparent)]
    Refused(#[from] MigrationRefusal),
    /// The database.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Who would move, and what stands in the way, as things are now.
///
/// # Errors
/// When something cannot be read, or there can be no such migration.
pub async fn survey(
    tenant: &Tenant,
    by: Trigger,
    wish: &MigrationWish,
) -> Result<MigrationPlan, SurveyError> {
    let ledger: Arc<dyn Ledger> = Arc::new(Overlay::new(Arc::clone(&tenant.ledger)));
    let tenant = Tenant {
        ledger: Arc::clone(&ledger),
        ..tenant.clone()
    };
    let request = Request::new(by, true);
    let course = Course {
        tenant: &tenant,
        request: &request,
        fence: Fence(0),
        id: None,
        rules: tenant.rules.active(),
    };
    let before = ledger.state(tenant.clock.now()).await?;
    let directory = observe::directory(&tenant, course.fence, &request, &before).await?;
    if let Some(error) = nothing_read(&directory) {
        return Err(error.into());
    }
    let now = tenant.clock.now();
    let state = ledger.state(now).await?;
    let numbers = observe::numbers(&tenant, &course.rules, &state, false).await?;
    let world = course.world(&directory, &numbers, &state, false, now);
    let people = read_back(&*ledger, people_of(&world, &wish.range)?).await?;
    Ok(migration_plan(&world, wish, people)?)
}

async fn read_back(ledger: &dyn Ledger, ids: Vec<UserId>) -> Result<Vec<StoredUser>, JournalError> {
    let scope = Scope::Only(ids);
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.users(&scope, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.user.id);
        people.extend(page);
    }
    Ok(people)
}
