//! Configuration, secrets and the machine: what needs neither database nor network.

use super::item::Item;
use crate::cli::exit::Exit;
use crate::config::{self, Config, ConfigErrors, Credential, Origin, Sources, TenantConfig};
use crate::graph::certificate_ends;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// A certificate that ends within this is to be renewed.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 30);

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

/// When the certificate of a tenant ends, where it signs in by one.
pub(super) fn certificate(tenant: &TenantConfig) -> Item {
    let name = Some(tenant.name.as_str());
    let Credential::Certificate {
        certificate_file, ..
    } = &tenant.credential
    else {
        let detail = "the end of a client secret cannot be asked for; note it when you create one, or use a certificate";
        return Item::skipped("certificate", name, detail);
    };
    let now = crate::clock::Clock::now(&crate::clock::SystemClock::default());
    certificate_item(name, certificate_file, now)
}

fn certificate_item(tenant: Option<&str>, file: &Path, now: Timestamp) -> Item {
    let shown = file.display();
    let remedy = "create a new certificate, upload it in Entra under Certificates & secrets, and name its files in the configuration";
    let ends = std::fs::read_to_string(file)
        .ok()
        .and_then(|pem| certificate_ends(&pem));
    match ends {
        None => Item::warning(
            "certificate",
            tenant,
            format!("the end of {shown} cannot be read"),
            "check that it is a certificate in PEM",
        ),
        Some(ends) if ends <= now => Item::error(
            Exit::Unreachable,
            "certificate",
            tenant,
            format!("{shown} has ended at {ends}"),
            remedy,
        ),
        Some(ends) if ends.duration_since(now) < SOON => Item::warning(
            "certificate",
            tenant,
            format!("{shown} ends at {ends}"),
            remedy,
        ),
        Some(ends) => Item::ok("certificate", tenant, format!("{shown} ends at {ends}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{certificate_item, network};
    use crate::cli::doctor::item::State;

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

    #[test]
    fn a_certificate_warns_a_month_before_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("c.pem");
        let made = rcgen::generate_simple_self_signed(vec!["linekeeper".to_owned()])
            .expect("a certificate");
        std::fs::write(&file, made.cert.pem()).expect("written");
        let at = |time: &str| certificate_item(None, &file, time.parse().expect("a time")).state;
        assert_eq!(at("2026-01-01T00:00:00Z"), State::Ok);
        assert_eq!(at("4095-12-15T00:00:00Z"), State::Warning);
        assert_eq!(at("4096-01-02T00:00:00Z"), State::Error);
        std::fs::write(&file, "nothing").expect("written");
        assert_eq!(at("2026-01-01T00:00:00Z"), State::Warning);
    }
}
