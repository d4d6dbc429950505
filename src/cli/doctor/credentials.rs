//! By which way a tenant signs in, and how long that lasts.

use super::item::Item;
use crate::app::{Nearness, credential_ends};
use crate::cli::exit::Exit;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Credential, IdentityEndpoint, TenantConfig};
use crate::graph::{FederatedClaims, federated_claims};
use jiff::Timestamp;
use std::path::Path;

const CHECK: &str = "credential";

/// For whom Entra expects another issuer's token to be meant (docs/graph.md 8).
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The way to sign in, its end, and what is wrong with it as far as this machine can tell.
pub(super) fn check(config: &Config, tenant: &TenantConfig) -> Item {
    let clock = SystemClock {
        offset: config.clock_offset,
    };
    item(tenant, clock.now())
}

fn item(tenant: &TenantConfig, now: Timestamp) -> Item {
    let name = Some(tenant.name.as_str());
    match &tenant.credential {
        Credential::Secret(_) if tenant.secret_expires.is_none() => Item::ok(
            CHECK,
            name,
            "signs in by a client secret whose end is not known here; put the day Entra shows into client_secret_expires \
             to be warned in time, or use a certificate",
        ),
        Credential::Secret(_) => ending(tenant, "the client secret", now),
        Credential::Certificate {
            certificate_file, ..
        } => {
            let what = format!("the certificate {}", certificate_file.display());
            ending(tenant, &what, now)
        }
        Credential::FederatedTokenFile(file) => federated(name, file, now),
        Credential::ManagedIdentity(endpoint) => {
            let whose = match tenant.client_id.is_empty() {
                true => "its own".to_owned(),
                false => format!("the one with the client id {}", tenant.client_id),
            };
            let from = match endpoint {
                IdentityEndpoint::Machine(base) => {
                    format!("this machine ({base}, never by a proxy)")
                }
                IdentityEndpoint::Host { url, .. } => format!("this app (IDENTITY_ENDPOINT {url})"),
            };
            let detail = format!("signs in by the managed identity of {from}: {whose}");
            Item::ok(CHECK, name, detail)
        }
    }
}

fn ending(tenant: &TenantConfig, what: &str, now: Timestamp) -> Item {
    let name = Some(tenant.name.as_str());
    let remedy =
        "create a new one in Entra under Certificates & secrets, put it in place and reload";
    let Some(ends) = credential_ends(tenant) else {
        let detail = format!("signs in by {what}, whose end cannot be read");
        return Item::warning(CHECK, name, detail, "check that it is a certificate in PEM");
    };
    match Nearness::of(ends, now) {
        Nearness::Over => {
            let detail = format!("signs in by {what}, which ended at {ends}");
            Item::error(Exit::Unreachable, CHECK, name, detail, remedy)
        }
        Nearness::Far => Item::ok(
            CHECK,
            name,
            format!("signs in by {what}, which ends at {ends}"),
        ),
        Nearness::Month | Nearness::Week | Nearness::Day => {
            let days = ends.duration_since(now).as_hours() / 24;
            let detail = format!("signs in by {what}, which ends at {ends}, in {days} days");
            Item::warning(CHECK, name, detail, remedy)
        }
    }
}

fn federated(tenant: Option<&str>, file: &Path, now: Timestamp) -> Item {
    let error = |detail: String, remedy: &str| {
        Item::error(Exit::Unreachable, CHECK, tenant, detail, remedy)
    };
    let claims = match federated_claims(file) {
        Ok(claims) => claims,
        Err(wrong) => {
            let remedy = "mount the token of the workload where federated_token_file points, readable for this user";
            return error(wrong.to_string(), remedy);
        }
    };
    let detail = format!(
        "signs in by the federated token {}: {}",
        file.display(),
        told(&claims)
    );
    if claims.has_ended(now) {
        let remedy =
            "find out why what writes the file no longer renews it, and check this machine's clock";
        return error(detail, remedy);
    }
    if !claims.audience.iter().any(|audience| audience == AUDIENCE) {
        let remedy = "have the token issued for the audience api://AzureADTokenExchange, or let the federated credential in \
                      Entra name this one";
        return Item::warning(CHECK, tenant, detail, remedy);
    }
    Item::ok(CHECK, tenant, detail)
}

/// What the federated credential in Entra has to repeat, letter by letter.
fn told(claims: &FederatedClaims) -> String {
    let ends = claims
        .ends
        .map_or_else(|| "an unknown time".to_owned(), |ends| ends.to_string());
    format!(
        "issuer `{}`, subject `{}`, audience `{}`, ends at {ends}",
        claims.issuer,
        claims.subject,
        claims.audience.join("`, `")
    )
}

#[cfg(test)]
mod tests {
    use super::item;
    use crate::cli::doctor::item::State;
    use crate::config::{Config, Sources, load};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use std::path::Path;

    fn config(folder: &Path, way: &str, environment: &[(&str, &str)]) -> Config {
        let text = format!(
            "[[tenant]]\nname = \"contoso\"\ntenant_id = \"t\"\nclient_id = \"app-1\"\n{way}\n"
        );
        std::fs::write(folder.join("linekeeper.toml"), text).expect("written");
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let sources = Sources {
            file: None,
            folder: folder.to_owned(),
            environment: environment.iter().map(owned).collect(),
        };
        load(&sources).expect("a right configuration")
    }

    #[track_caller]
    fn says(config: &Config, now: &str, state: State, parts: &[&str]) {
        let item = item(&config.tenants[0], now.parse().expect("a time"));
        let text = format!("{} {}", item.detail, item.remedy.unwrap_or_default());
        assert_eq!(item.state, state, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_certificate_warns_a_month_before_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = rcgen::generate_simple_self_signed(vec!["linekeeper".to_owned()])
            .expect("a certificate");
        std::fs::write(folder.path().join("c.pem"), made.cert.pem()).expect("written");
        std::fs::write(folder.path().join("k.pem"), "key").expect("written");
        let way = "client_certificate_file = \"c.pem\"\nclient_key_file = \"k.pem\"";
        let config = config(folder.path(), way, &[]);
        says(
            &config,
            "2026-01-01T00:00:00Z",
            State::Ok,
            &["c.pem", "4096-01-01"],
        );
        says(
            &config,
            "4095-12-15T00:00:00Z",
            State::Warning,
            &["in 17 days"],
        );
        says(
            &config,
            "4096-01-02T00:00:00Z",
            State::Error,
            &["ended", "Entra"],
        );
        std::fs::write(folder.path().join("c.pem"), "nothing").expect("written");
        says(&config, "2026-01-01T00:00:00Z", State::Warning, &["PEM"]);
    }

    #[test]
    fn a_secret_ends_when_the_configuration_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = [("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "s3cr3t")];
        let unknown = config(folder.path(), "", &secret);
        says(
            &unknown,
            "2026-01-01T00:00:00Z",
            State::Ok,
            &["client_secret_expires"],
        );
        let known = config(
            folder.path(),
            "client_secret_expires = \"2027-01-31\"",
            &secret,
        );
        says(&known, "2026-01-01T00:00:00Z", State::Ok, &["2027-01-31"]);
        says(
            &known,
            "2027-01-28T12:00:00Z",
            State::Warning,
            &["in 2 days"],
        );
        says(&known, "2027-01-31T00:00:00Z", State::Error, &["ended"]);
    }

    #[test]
    fn a_federated_token_is_looked_into() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        let write = |audience: &str| {
            let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
            let claims = format!(
                r#"{{"iss":"https://oidc.example","sub":"voice:lk","aud":"{audience}","exp":1793613600}}"#
            );
            std::fs::write(&file, format!("{}.{}.c2ln", part("{}"), part(&claims)))
                .expect("written");
        };
        write("api://AzureADTokenExchange");
        let config = config(folder.path(), "federated_token_file = \"token\"", &[]);
        let parts = ["https://oidc.example", "voice:lk", "2026-11-02T10:00:00Z"];
        says(&config, "2026-11-02T09:00:00Z", State::Ok, &parts);
        says(&config, "2026-11-02T11:00:00Z", State::Error, &["clock"]);
        write("https://elsewhere.example");
        says(
            &config,
            "2026-11-02T09:00:00Z",
            State::Warning,
            &["AzureADTokenExchange"],
        );
        std::fs::write(&file, "hunter2").expect("written");
        says(
            &config,
            "2026-11-02T09:00:00Z",
            State::Error,
            &["holds no token"],
        );
        std::fs::remove_file(&file).expect("removed");
        says(
            &config,
            "2026-11-02T09:00:00Z",
            State::Error,
            &["cannot be read"],
        );
    }

    #[test]
    fn a_managed_identity_is_the_machines_or_the_apps() {
        let folder = tempfile::tempdir().expect("a folder");
        let way = "managed_identity = true";
        let now = "2026-11-02T09:00:00Z";
        let machine = config(folder.path(), way, &[]);
        says(
            &machine,
            now,
            State::Ok,
            &["http://169.254.169.254", "app-1"],
        );
        let app = [
            ("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token"),
            ("IDENTITY_HEADER", "s3cr3t"),
        ];
        let app = config(folder.path(), way, &app);
        says(&app, now, State::Ok, &["http://localhost:42356/msi/token"]);
        assert!(!format!("{app:?}").contains("s3cr3t"));
    }
}
