//! Who is told what, where, and by which secret the receiver knows that it was us.

use super::event::Event;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// One receiver. Prints neither its address, which may hold a secret, nor its key.
#[derive(Clone)]
pub struct Receiver {
    url: Url,
    key: SecretSlice<u8>,
    events: BTreeSet<Event>,
    tenants: BTreeSet<String>,
    origin: String,
    digest: String,
}

impl Receiver {
    /// A receiver of these events of these tenants; of no tenants in particular: of all.
    #[must_use]
    pub fn new(
        url: Url,
        key: SecretSlice<u8>,
        events: BTreeSet<Event>,
        tenants: BTreeSet<String>,
    ) -> Self {
        let digest = Sha256::digest(url.as_str());
        let digest = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
        Self {
            origin: url.origin().ascii_serialization(),
            digest: digest.collect(),
            url,
            key,
            events,
            tenants,
        }
    }

    /// Scheme, host and port: how it is called in logs and figures.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How it is called in the database.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether it is told anything of a tenant.
    #[must_use]
    pub fn hears_of(&self, tenant: &str) -> bool {
        self.tenants.is_empty() || self.tenants.contains(tenant)
    }

    pub(super) fn wants(&self, event: Event) -> bool {
        self.events.contains(&event)
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The value of `webhook-signature`: HMAC-SHA256 over id, time in seconds and body, joined by dots.
    pub(super) fn signature(&self, id: &str, seconds: i64, body: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()).ok()?;
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        let sealed = STANDARD.encode(mac.finalize().into_bytes());
        Some(format!("v1,{sealed}"))
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("origin", &self.origin)
            .field("events", &self.events)
            .field("tenants", &self.tenants)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receiver(key: &str) -> Receiver {
        let url = "https://hooks.example/services/T0/s3cr3t-of-the-address";
        let key = STANDARD.decode(key).expect("base64");
        let events = BTreeSet::from([Event::Held]);
        let tenants = BTreeSet::from(["contoso".to_owned()]);
        Receiver::new(url.parse().expect("a URL"), key.into(), events, tenants)
    }

    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        // The example that the specification's own libraries are tested with.
        let receiver = receiver("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = receiver.signature(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn it_hears_what_it_is_meant_to_hear_and_prints_nothing_secret() {
        let receiver = receiver("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert!(receiver.wants(Event::Held) && !receiver.wants(Event::Assigned));
        assert!(receiver.hears_of("contoso") && !receiver.hears_of("fabrikam"));
        assert_eq!(receiver.origin(), "https://hooks.example");
        let printed = format!("{receiver:?} {}", receiver.digest());
        assert!(
            !printed.contains("s3cr3t") && !printed.contains("MfKQ"),
            "{printed}"
        );
    }
}
