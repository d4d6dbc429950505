//! Webhooks put together: receivers of the configuration, their beginning, and what is counted of them.

use crate::clock::SystemClock;
use crate::config::{Config, Webhook};
use crate::service::Service;
use crate::store::Store;
use crate::telemetry::record_webhook;
use crate::webhooks::{Event, Observer, Outcome, Receiver, Receivers, Sender, tell};
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// What sends messages, and to whom.
pub(super) struct Webhooks {
    pub(super) receivers: Arc<Receivers>,
    pub(super) sender: Arc<Sender>,
}

impl Webhooks {
    /// Nobody is told yet.
    pub(super) fn new() -> Self {
        let sender = Sender::new(Arc::new(SystemClock::default()), Arc::new(Counting));
        Self {
            receivers: Arc::default(),
            sender: Arc::new(sender),
        }
    }

    /// Tells the configured receivers from now on. Before anything else happens, so that nothing is missed: of a tenant
    /// never told before what stands now is old news, and one that nobody hears of any more is forgotten.
    pub(super) async fn begin(
        &self,
        config: &Config,
        store: &Store,
        service: &Service,
    ) -> anyhow::Result<()> {
        let receivers = config.webhooks.iter().map(receiver);
        let receivers = receivers.collect::<anyhow::Result<Vec<Receiver>>>()?;
        let told = store.told_tenants().await?;
        for served in service.tenants().values() {
            let hears = |receiver: &&Receiver| receiver.hears_of(served.name());
            let digests: Vec<String> = receivers
                .iter()
                .filter(hears)
                .map(|receiver| receiver.digest().to_owned())
                .collect();
            if told.contains(served.name()) {
                served.store.keep_receivers(&digests).await?;
            }
            if !digests.is_empty() {
                tell(served, &receivers).await?;
            }
        }
        self.receivers.replace(receivers);
        Ok(())
    }
}

fn receiver(webhook: &Webhook) -> anyhow::Result<Receiver> {
    let url = webhook.url.expose_secret().parse();
    let url = url.map_err(|_| anyhow::anyhow!("a webhook's url is none"))?;
    let events = webhook
        .events
        .iter()
        .filter_map(|name| Event::from_name(name));
    let tenants = webhook.tenants.iter().cloned();
    Ok(Receiver::new(
        url,
        webhook.key.clone(),
        events.collect(),
        tenants.collect(),
    ))
}

struct Counting;

impl Observer for Counting {
    fn tried(&self, receiver: &str, outcome: Outcome) {
        record_webhook(receiver, outcome.name());
    }
}

#[cfg(test)]
mod tests {
    use super::receiver;
    use crate::config::{Sources, load};
    use crate::webhooks::Event;

    #[test]
    fn every_event_of_the_configuration_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
        std::fs::write(folder.path().join("s"), secret).expect("written");
        let text = "[[webhook]]\nurl = \"http://127.0.0.1:1/\"\nsecret_file = \"s\"\n";
        std::fs::write(folder.path().join("linekeeper.toml"), text).expect("written");
        let sources = Sources {
            file: None,
            folder: folder.path().to_owned(),
            environment: Vec::new(),
        };
        let config = load(&sources).expect("a right configuration");
        let webhook = &config.webhooks[0];
        let names: Vec<&str> = Event::ALL.iter().map(|event| event.name()).collect();
        assert_eq!(webhook.events, names);
        receiver(webhook).expect("a receiver");
        assert!(!format!("{config:?}").contains("MfKQ"));
    }
}
