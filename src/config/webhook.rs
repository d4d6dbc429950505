//! `[[webhook]]`: who is told what, and the secret it is signed with.

use super::scalar::TenantName;
use super::typed::{EventTyped, WebhookTyped};
use super::validate::{Findings, secret};
use super::validated::Webhook;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::path::Path;

/// Lengths that Standard Webhooks wants of a secret, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Reads the secrets; `None` only together with a problem. `known` are the names of the tenants.
pub(super) fn webhooks(
    typed: &[WebhookTyped],
    known: &[String],
    findings: &mut Findings<'_>,
) -> Option<Vec<Webhook>> {
    let all: Vec<Option<Webhook>> = typed
        .iter()
        .enumerate()
        .map(|(at, typed)| webhook(&format!("webhook.{}", at + 1), typed, known, findings))
        .collect();
    all.into_iter().collect()
}

fn webhook(
    key: &str,
    typed: &WebhookTyped,
    known: &[String],
    findings: &mut Findings<'_>,
) -> Option<Webhook> {
    if typed.url.0.is_empty() {
        findings.problem(format!("{key}.url"), "is missing");
    }
    for TenantName(tenant) in &typed.tenants {
        if !known.contains(tenant) {
            let message = format!("no [[tenant]] has the name {tenant:?}");
            findings.problem(format!("{key}.tenants"), message);
        }
    }
    let signing = match &typed.secret_file {
        Some(file) => signing_key(&format!("{key}.secret_file"), Path::new(&file.0), findings),
        None => {
            findings.problem(
                format!("{key}.secret_file"),
                "is missing; put a secret that the receiver knows into a file, as in: \
                 echo \"whsec_$(openssl rand -base64 32)\" > webhook.secret",
            );
            None
        }
    };
    let named = match typed.events.as_slice() {
        [] => EVERY_EVENT,
        some => some,
    };
    Some(Webhook {
        url: SecretString::from(typed.url.0.as_str()),
        key: signing?,
        events: named.iter().copied().map(name).collect(),
        tenants: typed
            .tenants
            .iter()
            .map(|tenant| tenant.0.clone())
            .collect(),
    })
}

fn signing_key(key: &str, file: &Path, findings: &mut Findings<'_>) -> Option<SecretSlice<u8>> {
    let text = secret(key, file, findings)?;
    let bytes = text
        .expose_secret()
        .strip_prefix("whsec_")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .filter(|bytes| SECRET_BYTES.contains(&bytes.len()));
    if bytes.is_none() {
        let message = format!(
            "{} holds no secret of Standard Webhooks: expected whsec_ and 24 to 64 bytes in base64",
            file.display()
        );
        findings.problem(key, message);
    }
    bytes.map(SecretSlice::from)
}

const EVERY_EVENT: &[EventTyped] = &[
    EventTyped::Assigned,
    EventTyped::Released,
    EventTyped::Held,
    EventTyped::LowStock,
    EventTyped::Exhausted,
    EventTyped::ReleaseBlocked,
    EventTyped::RemovedOutside,
    EventTyped::Waiting,
    EventTyped::RulesRefused,
    EventTyped::Failed,
];

const fn name(event: EventTyped) -> &'static str {
    match event {
        EventTyped::Assigned => "assigned",
        EventTyped::Released => "released",
        EventTyped::Held => "held",
        EventTyped::LowStock => "low-stock",
        EventTyped::Exhausted => "exhausted",
        EventTyped::ReleaseBlocked => "release-blocked",
        EventTyped::RemovedOutside => "removed-outside",
        EventTyped::Waiting => "waiting",
        EventTyped::RulesRefused => "rules-refused",
        EventTyped::Failed => "failed",
    }
}
