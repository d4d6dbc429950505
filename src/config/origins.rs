//! Every setting with its value and the place it comes from, for `linekeeper doctor`.

use super::environment;
use super::layer::{self, Tree};
use super::load::{DEFAULTS, Sources, name_of, read_file, tenant_blocks, usual_name};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// One setting as it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key from the top: `safety.max_releases`, `tenant.contoso.client_id`.
    pub key: String,
    /// The value as TOML would have it; stars in place of a secret.
    pub value: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In `config/default.toml`.
    Default,
    /// In the administrator's file, by the name it was given.
    File(String),
    /// In the environment.
    Environment,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(name) => f.write_str(name),
            Self::Environment => f.write_str("environment"),
        }
    }
}

/// Every setting, in the order of the keys. Meant for a configuration that [`super::load`] accepts; of a wrong one it
/// tells what could be read.
#[must_use]
pub fn settings(sources: &Sources) -> Vec<Setting> {
    let mut ignored = Vec::new();
    let defaults = layer::parse(DEFAULTS, "the built-in defaults").unwrap_or_default();
    let (mut file, _) = read_file(sources, &mut ignored);
    let blocks = tenant_blocks(&mut file);
    let names: Vec<String> = blocks.iter().map(name_of).collect();
    let environment = environment::read(&sources.environment, &names, &mut ignored);
    let origin = Origin::File(usual_name(sources));
    let mut found = BTreeMap::new();
    lay(&mut found, "", &defaults, &Origin::Default);
    lay(&mut found, "", &file, &origin);
    lay(&mut found, "", &environment.top, &Origin::Environment);
    for (place, block) in blocks.iter().enumerate() {
        let prefix = format!("tenant.{}.", names[place]);
        lay(&mut found, &prefix, block, &origin);
        if let Some(own) = environment.tenants.get(&place) {
            lay(&mut found, &prefix, own, &Origin::Environment);
        }
    }
    found.into_values().collect()
}

/// Lays a source over the weaker ones.
fn lay(found: &mut BTreeMap<String, Setting>, prefix: &str, tree: &Tree, origin: &Origin) {
    for (name, value) in tree {
        let key = format!("{prefix}{name}");
        match value {
            Value::Object(section) => lay(found, &format!("{key}."), section, origin),
            value => {
                let setting = Setting {
                    value: shown(&key, value),
                    key: key.clone(),
                    origin: origin.clone(),
                };
                found.insert(key, setting);
            }
        }
    }
}

/// The value, without what is secret in it: a client secret as a whole, of a URL the password.
fn shown(key: &str, value: &Value) -> String {
    if key.ends_with("client_secret") {
        return "***".to_owned();
    }
    if let ("webhook", Value::Array(list)) = (key, value) {
        // Of an address only what is before its path: the rest may be a secret.
        let place = |webhook: &Value| {
            let url = webhook["url"].as_str()?;
            let (scheme, rest) = url.split_once("://")?;
            Some(format!("{scheme}://{}", rest.split(['/', '?']).next()?))
        };
        return Value::from_iter(list.iter().filter_map(place)).to_string();
    }
    let text = value.to_string();
    match text.split_once("://").zip(text.rsplit_once('@')) {
        Some(((scheme, _), (login, place))) => {
            let login = &login[scheme.len() + 3..];
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{place}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Setting, settings, shown};
    use crate::config::Sources;
    use serde_json::json;

    #[test]
    fn the_strongest_source_counts_and_secrets_are_stars() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "[safety]\nmax_releases = 5\nmax_assignments = 7\n[[tenant]]\nname = \"contoso\"\nclient_id = \"c\"\n";
        std::fs::write(folder.path().join("linekeeper.toml"), text).expect("written");
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let found = settings(&Sources {
            file: None,
            folder: folder.path().to_owned(),
            environment: vec![
                variable("LINEKEEPER__SAFETY__MAX_ASSIGNMENTS", "9"),
                variable("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "s3cret"),
            ],
        });
        let of = |key: &str| found.iter().find(|setting| setting.key == key).cloned();
        let file = Origin::File("linekeeper.toml".to_owned());
        for (key, value, origin) in [
            ("safety.max_releases", "5", file.clone()),
            ("safety.max_assignments", "9", Origin::Environment),
            ("safety.max_release_percent", "10", Origin::Default),
            ("tenant.contoso.client_id", "\"c\"", file),
            ("tenant.contoso.client_secret", "***", Origin::Environment),
        ] {
            let expected = Setting {
                key: key.to_owned(),
                value: value.to_owned(),
                origin,
            };
            assert_eq!(of(key), Some(expected));
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        for (url, expected) in [
            (
                "postgres://lk:p@ss:w@db.example/lk",
                "\"postgres://lk:***@db.example/lk\"",
            ),
            ("sqlite:linekeeper.db", "\"sqlite:linekeeper.db\""),
            (
                "https://graph.microsoft.com/v1.0",
                "\"https://graph.microsoft.com/v1.0\"",
            ),
        ] {
            assert_eq!(shown("database.url", &json!(url)), expected);
        }
        let webhooks =
            json!([{"url": "https://hooks.example/s3cr3t?k=s3cr3t", "secret_file": "s"}]);
        assert_eq!(shown("webhook", &webhooks), "[\"https://hooks.example\"]");
    }
}
