//! The tenant's ids of policies (docs/graph.md 5, trap 30). Resolved once for each name.

use super::Graph;
use super::decode::{Malformed, Text, decode_list};
use super::route::Route;
use crate::directory::ReadError;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::StatusCode;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePolicyId<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    policy_id: Text<'a>,
}

impl Graph {
    pub(super) async fn read_policy(
        &self,
        policy_type: &str,
        name: &str,
    ) -> Result<Option<String>, ReadError> {
        let key = (policy_type.to_owned(), name.to_owned());
        if let Some(id) = self.known_policies().get(&key) {
            return Ok(Some(id.clone()));
        }
        let path = format!(
            "/admin/teams/policy/getPolicyId(type='{}',name='{}')",
            literal(policy_type),
            literal(name)
        );
        let url = self.transport.base.at(&path)?;
        let read = self
            .transport
            .read(Route::Policies, url, |answer| id_of(&answer.body, name));
        match read.await {
            Ok(Some(id)) => {
                self.known_policies().insert(key, id.clone());
                Ok(Some(id))
            }
            Ok(None) => Ok(None),
            Err(failure) if failure.is(StatusCode::NOT_FOUND) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Forgets an id that was refused: a policy that was deleted and made again has another one.
    pub(super) fn forget_policy(&self, id: &str) {
        self.known_policies().retain(|_, known| known != id);
    }

    fn known_policies(&self) -> MutexGuard<'_, BTreeMap<(String, String), String>> {
        self.policy_ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text inside the quotes of an OData key: quotes doubled, everything unusual percent-encoded.
fn literal(text: &str) -> String {
    utf8_percent_encode(&text.replace('\'', "''"), NON_ALPHANUMERIC).to_string()
}

/// The id of the policy of that name; Graph answers with `Tag:` before it.
fn id_of(body: &[u8], name: &str) -> Result<Option<String>, Malformed> {
    let (items, _) = decode_list::<WirePolicyId<'_>>(body)?;
    let fits = |item: &&WirePolicyId<'_>| {
        item.name.as_deref().is_none_or(|known| {
            let known = known.strip_prefix("Tag:").unwrap_or(known);
            known.to_lowercase() == name.to_lowercase()
        })
    };
    Ok(items
        .iter()
        .find(fits)
        .map(|item| item.policy_id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_tag() {
        let of = |json: &str| id_of(json.as_bytes(), "AllOn");
        let found = Ok(Some("VnMA".to_owned()));
        assert_eq!(
            of(r#"{"value":[{"name":"Tag:AllOn","policyId":"VnMA"}]}"#),
            found
        );
        assert_eq!(of(r#"{"value":{"name":"allon","policyId":"VnMA"}}"#), found);
        assert_eq!(of(r#"{"value":[{"policyId":"VnMA"}]}"#), found);
        assert_eq!(
            of(r#"{"value":[{"name":"Tag:AllOff","policyId":"VnMA"}]}"#),
            Ok(None)
        );
        assert_eq!(of(r#"{"value":[]}"#), Ok(None));
        assert!(of("{}").is_err());
    }

    #[test]
    fn quotes_cannot_leave_a_literal() {
        assert_eq!(literal("O'Hare/1"), "O%27%27Hare%2F1");
    }
}
