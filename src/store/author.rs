//! Who writes, and by which rules: every audit record says so.

use super::engine::{execute, fetch_optional};
use super::error::Fault;
use super::tenant::{TenantStore, held};
use super::writing::Writing;
use crate::reconcile::MadeWith;
use serde_json::Value;

/// Whom a write is by, and the rules that were in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Author {
    /// A command line user, a token's name, `schedule`; `None`: each record says so itself.
    pub(super) by: Option<String>,
    /// The rules of the sync, once it has decided.
    pub(super) rules: MadeWith,
}

impl Author {
    /// Adds to a record what it does not say itself.
    pub(super) fn sign(&self, detail: &mut Value) {
        let Some(detail) = detail.as_object_mut() else {
            return;
        };
        if let Some(by) = &self.by {
            detail.entry("by").or_insert_with(|| by.as_str().into());
        }
        if let Some(commit) = &self.rules.commit {
            detail
                .entry("commit")
                .or_insert_with(|| commit.as_str().into());
            if self.rules.dirty {
                detail.entry("dirty").or_insert(Value::Bool(true));
            }
        }
    }
}

impl TenantStore {
    /// Whom the sync of this process is by.
    pub(super) fn author_of_sync(&self) -> Author {
        let running = held(&self.running);
        let author = running.as_ref().map(|running| running.author.clone());
        author.unwrap_or_default()
    }
}

/// From here on the records of the sync name the rules it has decided by, and so does its row: should the process die,
/// what it began can still be told from which commit it was.
pub(super) async fn decided_by(
    store: &TenantStore,
    w: &mut Writing,
    rules: &MadeWith,
) -> Result<(), Fault> {
    const NAME: &str = "UPDATE syncs SET rule_commit = $3 WHERE tenant = $1 AND id = $2";
    w.author.rules = rules.clone();
    if let Some(running) = held(&store.running).as_mut() {
        running.author.rules = rules.clone();
    }
    if let (Some(commit), Some(sync)) = (&rules.commit, &w.sync) {
        execute!(&mut w.tx, NAME, w.tenant, sync.as_str(), commit.as_str())?;
    }
    Ok(())
}

/// What is recorded from here on was decided by another sync, whose process ended before it was done.
pub(super) async fn on_behalf_of(w: &mut Writing, sync: &str) -> Result<(), Fault> {
    const READ: &str = "SELECT rule_commit FROM syncs WHERE tenant = $1 AND id = $2";
    if w.sync.as_deref() != Some(sync) {
        let row: Option<(Option<String>,)> = fetch_optional!(&mut w.tx, READ, w.tenant, sync)?;
        w.author.rules = MadeWith {
            commit: row.and_then(|(commit,)| commit),
            dirty: false,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Author, MadeWith};
    use serde_json::json;

    #[test]
    fn a_record_is_signed_where_it_does_not_say_who() {
        let commit = |dirty| MadeWith {
            commit: Some("abc".to_owned()),
            dirty,
        };
        let by = |by: &str, rules| Author {
            by: Some(by.to_owned()),
            rules,
        };
        for (author, mut detail, expected) in [
            (Author::default(), json!({"step": 1}), json!({"step": 1})),
            (
                by("schedule", MadeWith::default()),
                json!({}),
                json!({"by": "schedule"}),
            ),
            (
                by("anna", commit(false)),
                json!({"by": "bert"}),
                json!({"by": "bert", "commit": "abc"}),
            ),
            (
                by("anna", commit(true)),
                json!({}),
                json!({"by": "anna", "commit": "abc", "dirty": true}),
            ),
        ] {
            author.sign(&mut detail);
            assert_eq!(detail, expected);
        }
    }
}
