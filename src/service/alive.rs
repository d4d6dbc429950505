//! What the service manager is told: ready, alive, stopping. Without one nobody is told, and nothing is missing.

use super::Service;
use sd_notify::NotifyState;
use std::sync::Arc;
use std::time::Duration;

/// Says that the service answers.
pub fn ready() {
    notify(&[NotifyState::Ready]);
}

/// Says that the service is on its way out.
pub fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Tells the watchdog, if there is one, twice in its time that this runtime still runs tasks.
pub async fn signs_of_life(service: Arc<Service>) {
    let Some(timeout) = sd_notify::watchdog_enabled() else {
        return;
    };
    loop {
        notify(&[NotifyState::Watchdog]);
        tokio::select! {
            () = tokio::time::sleep((timeout / 2).max(Duration::from_millis(100))) => {}
            () = service.halt.set() => return,
        }
    }
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
