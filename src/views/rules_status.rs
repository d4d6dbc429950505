//! Which rules decide about a tenant's people, and since when.

use super::ViewError;
use crate::report::{RulesReport, SyncRecord, SyncStatus};
use crate::store::TenantStore;
use jiff::Timestamp;

/// Syncs that are looked at in one go.
const PAGE: u32 = 200;

/// The rules by which the last sync decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesActive {
    /// Which they are; commit and work tree as the first of these syncs found them.
    pub rules: RulesReport,
    /// When the first sync decided by them, after the last that decided by others.
    pub since: Timestamp,
}

/// The rules by which the last sync decided; `None` before the first.
///
/// # Errors
/// What the database says.
pub async fn rules_active(store: &TenantStore) -> Result<Option<RulesActive>, ViewError> {
    let mut active: Option<RulesActive> = None;
    let mut before: Option<String> = None;
    loop {
        let syncs = store.syncs_before(before.as_deref(), PAGE).await?;
        for sync in syncs.iter().filter(|sync| decided(sync)) {
            match &active {
                Some(later) if later.rules.digest != sync.report.rules.digest => return Ok(active),
                _ => {
                    active = Some(RulesActive {
                        rules: sync.report.rules.clone(),
                        since: sync.started,
                    });
                }
            }
        }
        let last = syncs.last().filter(|_| syncs.len() == PAGE as usize);
        match last.and_then(|sync| sync.report.sync_id.clone()) {
            Some(last) => before = Some(last),
            None => return Ok(active),
        }
    }
}

/// Whether it came to a decision by the rules that it names.
fn decided(sync: &SyncRecord) -> bool {
    let report = &sync.report;
    let whole = matches!(
        report.status,
        SyncStatus::Succeeded | SyncStatus::Partial | SyncStatus::Held
    );
    whole && !report.holds_rules()
}
