//! Configuration and the machine: what needs neither database nor network.

use super::item::Item;
use crate::cli::exit::Exit;
use crate::config::{self, Config, ConfigErrors, Origin, Sources};

/// Variables by which requests go another way, or are trusted by other certificates.
const NETWORK: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Every setting with its origin; the text leaves out those that have their default.
pub(super) fn settings(sources: &Sources) -> Vec<Item> {
    let item = |setting: config::Setting| Item {
        quiet: setting.origin == Origin::Default,
        ..Item::ok(
            "setting",
            None,
            format!("{} = {} ({})", setting.key, setting.value, setting.origin),
        )
    };
    config::settings(sources).into_iter().map(item).collect()
}

/// A configuration that cannot be used: each mistake.
pub(super) fn wrong(errors: &ConfigErrors) -> Vec<Item> {
    let remedy = "correct the line; config/default.toml explains every setting, and `linekeeper init` writes it out";
    let item = |problem: &config::Problem| {
        Item::error(
            Exit::Invalid,
            "configuration",
            None,
            problem.to_string(),
            remedy,
        )
    };
    errors.0.iter().map(item).collect()
}

/// A configuration that can be used: what is unwise in it, and which way requests go.
pub(super) fn loaded(config: &Config) -> Vec<Item> {
    let mut items = vec![Item::ok(
        "configuration",
        None,
        "every setting is understood",
    )];
    match config.warnings.is_empty() {
        true => items.push(Item::ok(
            "secret files",
            None,
            "none can be read by everybody on this machine",
        )),
        false => items.extend(config.warnings.iter().map(|warning| {
            let (detail, remedy) = warning
                .split_once("; mend it with: ")
                .unwrap_or((warning, "mend it"));
            Item::warning("secret files", None, detail, remedy)
        })),
    }
    items.push(Item::ok("network", None, network(of_process)));
    items
}

#[expect(
    clippy::disallowed_methods,
    reason = "these are settings of the HTTP library, which reads them by itself"
)]
fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn network(variable: impl Fn(&str) -> Option<String>) -> String {
    let set = |name: &&str| {
        let value = variable(name).filter(|value| !value.is_empty())?;
        Some(format!("{name}={}", without_login(&value)))
    };
    let set: Vec<String> = NETWORK.iter().filter_map(set).collect();
    match set.is_empty() {
        true => "no proxy and no certificates of one's own are set".to_owned(),
        false => format!("{} (not used for loopback addresses)", set.join(", ")),
    }
}

/// A proxy's address may carry a password.
fn without_login(value: &str) -> String {
    match (value.split_once("://"), value.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://***@{place}"),
        (None, Some((_, place))) => format!("***@{place}"),
        _ => value.to_owned(),
    }
}

/// That there is a tenant to look at.
pub(super) fn no_tenant() -> Item {
    Item::error(
        Exit::Invalid,
        "tenants",
        None,
        "no tenant is configured",
        "add a [[tenant]] block with name, tenant_id, client_id and a way to sign in to the configuration file",
    )
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let proxy =
            |name: &str| (name == "HTTPS_PROXY").then(|| "http://me:secret@proxy:3128".to_owned());
        assert_eq!(
            network(proxy),
            "HTTPS_PROXY=http://***@proxy:3128 (not used for loopback addresses)"
        );
        assert_eq!(
            network(|_| None),
            "no proxy and no certificates of one's own are set"
        );
    }
}
