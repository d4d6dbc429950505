//! What a tenant signs in with: for the way to Graph, and until when it lasts.

use crate::config::{Credential, IdentityEndpoint, TenantConfig};
use crate::graph::{self, certificate_ends};
use crate::service::Service;
use crate::telemetry::record_credential;
use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the files and the calendar.
const LOOK: Duration = Duration::from_mins(10);

/// How the adapter signs in; files but the federated token are read now.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn credential(config: &TenantConfig) -> anyhow::Result<graph::Credential> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
    };
    Ok(match &config.credential {
        Credential::Secret(secret) => graph::Credential::Secret(secret.clone()),
        Credential::Certificate {
            certificate_file,
            key_file,
        } => graph::Credential::Certificate {
            certificate_pem: read(certificate_file)?,
            key_pem: SecretString::from(read(key_file)?),
        },
        Credential::FederatedTokenFile(file) => graph::Credential::FederatedTokenFile(file.clone()),
        Credential::ManagedIdentity(IdentityEndpoint::Machine(base)) => {
            graph::Credential::ManagedIdentity(graph::IdentityEndpoint::Machine(base.clone()))
        }
        Credential::ManagedIdentity(IdentityEndpoint::Host { url, header }) => {
            graph::Credential::ManagedIdentity(graph::IdentityEndpoint::Host {
                url: url.clone(),
                header: header.clone(),
            })
        }
    })
}

/// When it ends, where that is known: of a certificate by its file, of a secret as the configuration says. What is
/// renewed by others every hour does not end.
#[must_use]
pub fn credential_ends(config: &TenantConfig) -> Option<Timestamp> {
    match &config.credential {
        Credential::Secret(_) => config.secret_expires,
        Credential::Certificate {
            certificate_file, ..
        } => certificate_ends(&std::fs::read_to_string(certificate_file).ok()?),
        Credential::FederatedTokenFile(_) | Credential::ManagedIdentity(_) => None,
    }
}

/// How near an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// More than 30 days.
    Far,
    /// At most 30 days.
    Month,
    /// At most 7 days.
    Week,
    /// At most a day.
    Day,
    /// Past.
    Over,
}

impl Nearness {
    /// How near `ends` is.
    #[must_use]
    pub fn of(ends: Timestamp, now: Timestamp) -> Self {
        let left = ends.duration_since(now);
        let days = |count: i64| SignedDuration::from_hours(24 * count);
        match left {
            left if left <= SignedDuration::ZERO => Self::Over,
            left if left <= days(1) => Self::Day,
            left if left <= days(7) => Self::Week,
            left if left <= days(30) => Self::Month,
            _ => Self::Far,
        }
    }
}

/// What was said of a tenant's end, and on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    ends: Timestamp,
    near: Nearness,
    day: Date,
}

impl Said {
    fn now(ends: Timestamp, now: Timestamp) -> Self {
        Self {
            ends,
            near: Nearness::of(ends, now),
            day: now.to_zoned(TimeZone::UTC).date(),
        }
    }

    /// Each threshold is worth one line; the last day, and each after the end, one a day.
    fn is_worth_a_line(&self, before: Option<&Self>) -> bool {
        let other = before.is_none_or(|b| b.ends != self.ends || b.near != self.near);
        let daily = self.near >= Nearness::Day && before.is_some_and(|b| b.day != self.day);
        self.near != Nearness::Far && (other || daily)
    }
}

/// Shows how many days each tenant's credential has left, and warns of its end, until the service stops.
pub(super) async fn keep_watch(service: Arc<Service>) {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    while !service.halt.is_set() {
        for served in service.tenants().values() {
            let (tenant, now) = (served.name(), service.clock.now());
            let Some(ends) = served.credential_ends() else {
                continue;
            };
            record_credential(tenant, ends.duration_since(now).as_secs_f64() / 86_400.0);
            let present = Said::now(ends, now);
            let before = said.insert(tenant.to_owned(), present);
            if present.is_worth_a_line(before.as_ref()) {
                tell(tenant, &present);
            }
        }
        let epoch = service.epoch();
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = epoch.set() => {}
            () = service.halt.set() => return,
        }
    }
}

fn tell(tenant: &str, said: &Said) {
    let until = said.ends;
    match said.near {
        Nearness::Over => tracing::error!(
            tenant,
            %until,
            "the tenant's client secret or certificate has ended; put a new one in place and reload"
        ),
        _ => tracing::warn!(
            tenant,
            %until,
            "the tenant's client secret or certificate ends soon; create a new one in Entra, put it in place and reload"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Nearness, Said};
    use jiff::Timestamp;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn thresholds_are_told_once_and_the_last_day_daily() {
        let ends = at("2027-01-31T00:00:00Z");
        let mut before = None;
        let mut told = Vec::new();
        let mut now = at("2026-12-25T00:00:00Z");
        while now < at("2027-02-02T12:00:00Z") {
            let present = Said::now(ends, now);
            if present.is_worth_a_line(before.as_ref()) {
                told.push((now.to_string(), present.near));
            }
            before = Some(present);
            now += jiff::SignedDuration::from_hours(6);
        }
        let expected = [
            ("2027-01-01T00:00:00Z", Nearness::Month),
            ("2027-01-24T00:00:00Z", Nearness::Week),
            ("2027-01-30T00:00:00Z", Nearness::Day),
            ("2027-01-31T00:00:00Z", Nearness::Over),
            ("2027-02-01T00:00:00Z", Nearness::Over),
            ("2027-02-02T00:00:00Z", Nearness::Over),
        ];
        let expected = expected.map(|(at, near)| (at.to_owned(), near));
        assert_eq!(told, expected);
    }

    #[test]
    fn a_new_one_that_ends_soon_too_is_told_of() {
        let now = at("2027-01-30T12:00:00Z");
        let old = Said::now(at("2027-01-31T00:00:00Z"), now);
        assert!(old.is_worth_a_line(None) && !old.is_worth_a_line(Some(&old)));
        assert!(Said::now(at("2027-02-03T00:00:00Z"), now).is_worth_a_line(Some(&old)));
        assert!(!Said::now(at("2028-01-31T00:00:00Z"), now).is_worth_a_line(Some(&old)));
    }
}
