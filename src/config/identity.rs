//! Where a managed identity's tokens come from: said by the platform in the environment, else the machine's own service.

use super::address::is_loopback_url;
use super::load::Sources;
use super::validate::Findings;
use super::validated::{Credential, IdentityEndpoint};
use reqwest::Url;
use secrecy::SecretString;
use std::net::IpAddr;

/// The metadata service of every Azure virtual machine (docs/graph.md 8).
const MACHINE: &str = "http://169.254.169.254";

/// For tests: another address of the metadata service, on this machine.
const OTHER_MACHINE: &str = "LINEKEEPER_IMDS_URL";

/// How App Service, Container Apps and the like tell a process of its endpoint.
const ENDPOINT: &str = "IDENTITY_ENDPOINT";
const HEADER: &str = "IDENTITY_HEADER";

/// Whether a platform sets this variable.
pub(super) fn is_of_platform(name: &str) -> bool {
    matches!(name, ENDPOINT | HEADER)
}

/// The managed identity of this process. `None` only together with a problem.
pub(super) fn managed(
    sources: &Sources,
    key: &str,
    findings: &mut Findings<'_>,
) -> Option<Credential> {
    let variable = |wanted: &str| {
        let found = sources.environment.iter().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    };
    let chosen = match (
        variable(OTHER_MACHINE),
        variable(ENDPOINT),
        variable(HEADER),
    ) {
        (Some(url), _, _) if is_loopback_url(url) => Ok(IdentityEndpoint::Machine(url.to_owned())),
        (Some(_), _, _) => Err(format!(
            "{OTHER_MACHINE} is for tests and accepts loopback addresses only; leave it out"
        )),
        (None, Some(url), Some(header)) if is_near(url) => Ok(IdentityEndpoint::Host {
            url: url.to_owned(),
            header: SecretString::from(header),
        }),
        (None, Some(_), Some(_)) => Err(format!(
            "{ENDPOINT} leads away from this machine; a token is asked for on it only (http://localhost:…, \
             http://169.254.…)"
        )),
        (None, Some(_), None) => Err(format!(
            "{ENDPOINT} is set without {HEADER}, as by Azure Arc, whose identities are not supported; use a \
             certificate or federated_token_file"
        )),
        (None, None, _) => Ok(IdentityEndpoint::Machine(MACHINE.to_owned())),
    };
    match chosen {
        Ok(endpoint) => Some(Credential::ManagedIdentity(endpoint)),
        Err(message) => {
            findings.problem(format!("{key}.managed_identity"), message);
            None
        }
    }
}

/// Whether an address is of this machine or of its link, where the platform answers.
fn is_near(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let link_local = host.parse::<IpAddr>().is_ok_and(|address| match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(_) => false,
    });
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    url.scheme() == "http" && plain && (link_local || is_loopback_url(text))
}
