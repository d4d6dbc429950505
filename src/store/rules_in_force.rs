//! The rules by which everybody was last decided, as their files were then.

use super::audit::Entry;
use super::engine::{execute, fetch_optional};
use super::error::Fault;
use super::tenant::TenantStore;
use super::writing::Writing;
use crate::reconcile::RulesInForce;
use crate::rules::SourceFile;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One file as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredFile {
    name: String,
    text: String,
}

impl TenantStore {
    pub(super) async fn kept_rules(&self) -> Result<Option<RulesInForce>, Fault> {
        const READ: &str = "SELECT digest, files FROM rules_in_force WHERE tenant = $1";
        let mut tx = self.pool.read().await?;
        let row: Option<(String, String)> = fetch_optional!(&mut tx, READ, self.tenant)?;
        let Some((digest, files)) = row else {
            return Ok(None);
        };
        let files: Vec<StoredFile> = serde_json::from_str(&files)?;
        let file = |file: StoredFile| SourceFile {
            name: file.name,
            bytes: file.text.into_bytes(),
        };
        Ok(Some(RulesInForce {
            digest,
            files: files.into_iter().map(file).collect(),
        }))
    }
}

/// Remembers rules in place of those before.
pub(super) async fn put(w: &mut Writing, rules: &RulesInForce) -> Result<(), Fault> {
    const PUT: &str = "INSERT INTO rules_in_force (tenant, digest, files) VALUES ($1, $2, $3)
        ON CONFLICT (tenant) DO UPDATE SET digest = excluded.digest, files = excluded.files";
    let file = |file: &SourceFile| StoredFile {
        name: file.name.clone(),
        // The files of a rule set are UTF-8, or it would be none.
        text: String::from_utf8_lossy(&file.bytes).into_owned(),
    };
    let files: Vec<StoredFile> = rules.files.iter().map(file).collect();
    let text = serde_json::to_string(&files)?;
    execute!(&mut w.tx, PUT, w.tenant, rules.digest.as_str(), text)?;
    w.record(Entry {
        event: "rules-taken-up",
        number: None,
        user: None,
        detail: json!({ "digest": rules.digest.as_str() }),
    });
    Ok(())
}
