//! A plan saved to be reviewed and applied later, and what makes it stale.

use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Action, Change, Draft, Errand, Part};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    /// What was ordered by hand, of a plan that comes from that; a plan by the rules has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errands: Vec<Errand>,
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
            .map(|saved| format!("{}{}", describe(saved), self.why(saved, &draft)))
            .collect();
        if !stale.is_empty() {
            return Err(Stale::Changes(stale));
        }
        let wanted: BTreeSet<String> = self
            .changes
            .iter()
            .map(|c| format!("{:?}", key(c)))
            .collect();
        let exchanged: BTreeSet<UserId> = self.changes.iter().map(|c| c.user).collect();
        // A plan that is shown leaves out the way back of a change of number, which has to be claimed all the same.
        let way_back =
            |change: &Change| change.part == Part::GivesBack && exchanged.contains(&change.user);
        Ok(draft.limited_to(|change| {
            way_back(change) || wanted.contains(&format!("{:?}", key(change)))
        }))
    }

    /// Why an order by hand no longer gives this change: what is said of the person now.
    fn why(&self, saved: &Change, fresh: &Draft) -> String {
        if self.errands.is_empty() {
            return String::new();
        }
        let mut notes = fresh.plan.notes.iter();
        if let Some(note) = notes.find(|note| note.user == Some(saved.user)) {
            return format!(" ({})", note.detail);
        }
        let planned = fresh.plan.changes.iter().any(|c| c.user == saved.user);
        match planned {
            true => " (what is known of the person or of the number has changed)".to_owned(),
            false => " (it is so already)".to_owned(),
        }
    }
}

type Key<'a> = (&'a Action, UserId, E164);

const fn key(change: &Change) -> Key<'_> {
    (&change.action, change.user, change.number)
}

fn describe(change: &Change) -> String {
    format!("{} {} {}", change.action.name(), change.upn, change.number)
}
