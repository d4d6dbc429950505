//! Saved plans as files: written to be reviewed, read to be applied.

use crate::plan::{Errand, Hand, Wish, settled};
use crate::reconcile::{Finished, Request, SavedPlan, Selection, Tenant};
use anyhow::Context as _;
use std::path::Path;

/// Writes a plan; with what was ordered by hand, where it was, so that it is made by the same orders when it is applied.
pub(super) fn save(
    tenant: &Tenant,
    finished: &Finished,
    errands: &[Errand],
    file: &Path,
) -> anyhow::Result<()> {
    let changes = finished.plan.changes.clone();
    let saved = SavedPlan {
        tenant: tenant.settings.tenant.clone(),
        made: tenant.clock.now(),
        rules_digest: finished.report.rules.digest.clone(),
        plan_id: finished.plan.id.clone(),
        errands: settled(errands, &changes),
        changes,
    };
    let text = serde_json::to_string_pretty(&saved)?;
    std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// Lets a request make exactly the changes of a saved plan.
pub(super) fn ask_for(request: &mut Request, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let saved: SavedPlan = serde_json::from_str(&text)
        .with_context(|| format!("{} is no saved plan", file.display()))?;
    if !saved.errands.is_empty() {
        request.hand = Some(hand_of(saved.errands.clone()));
    }
    request.selection = Some(Selection::Saved(Box::new(saved)));
    Ok(())
}

/// Orders for many people as one.
pub(super) fn hand_of(errands: Vec<Errand>) -> Hand {
    Hand {
        people: errands.iter().map(|errand| errand.user).collect(),
        wish: Wish::Errands(errands),
    }
}
