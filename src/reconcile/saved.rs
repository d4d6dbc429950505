//! A plan saved to be reviewed and applied later, and what makes it stale.

use crate::plan::{Change, Draft};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// A saved plan may be applied so long.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What `plan --save` writes and `sync --plan` reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// Tenant name.
    pub tenant: String,
    /// When it was made.
    pub made: Timestamp,
    /// Digest of the rule set it was made with.
    pub rules_digest: String,
    /// Digest of its content.
    pub plan_id: String,
    /// Its changes.
    pub changes: Vec<Change>,
}

/// Why a saved plan no longer fits; nothing of it is applied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Stale {
    /// It belongs to another tenant.
    #[error("the plan is of the tenant `{saved}`, not `{here}`")]
    Tenant {
        /// Of the plan.
        saved: String,
        /// Asked for.
        here: String,
    },
    /// It is older than a day.
    #[error("the plan was made at {0}, more than 24 hours ago; make a new one")]
    Age(Timestamp),
    /// The rules have changed since.
    #[error("the rules have changed since the plan was made; make a new one")]
    Rules,
    /// Some changes no longer fit.
    #[error("{} changes of the plan no longer fit: {}", .0.len(), .0.join("; "))]
    Changes(Vec<String>),
}

impl SavedPlan {
    /// Keeps of a fresh draft exactly the saved changes.
    ///
    /// # Errors
    /// When the plan as a whole or any of its changes no longer fits: what each change expected of user and number
    /// must be what was found now.
    pub fn apply_to(
        &self,
        draft: Draft,
        tenant: &str,
        rules_digest: &str,
        now: Timestamp,
    ) -> Result<Draft, Stale> {
        if self.tenant != tenant {
            return Err(Stale::Tenant {
                saved: self.tenant.clone(),
                here: tenant.to_owned(),
            });
        }
        if now.duration_since(self.made) > LIFE {
            return Err(Stale::Age(self.made));
        }
        if self.rules_digest != rules_digest {
            return Err(Stale::Rules);
        }
        let fresh: BTreeMap<Key<'_>, &Change> =
            draft.plan.changes.iter().map(|c| (key(c), c)).collect();
        let fits = |saved: &&Change| {
            fresh
                .get(&key(saved))
                .is_some_and(|now| now.expects == saved.expects)
        };
        let stale: Vec<String> = self
            .changes
            .iter()
            .filter(|c| !fits(c))
            .map(describe)
            .collect();
        if !stale.is_empty() {
            return Err(Stale::Changes(stale));
        }
        let wanted: std::collections::BTreeSet<String> = self
            .changes
            .iter()
            .map(|c| format!("{:?}", key(c)))
            .collect();
        Ok(draft.limited_to(|change| wanted.contains(&format!("{:?}", key(change)))))
    }
}

type Key<'a> = (
    &'a crate::plan::Action,
    crate::directory::UserId,
    crate::numbering::E164,
);

const fn key(change: &Change) -> Key<'_> {
    (&change.action, change.user, change.number)
}

fn describe(change: &Change) -> String {
    format!("{} {} {}", change.action.name(), change.upn, change.number)
}
