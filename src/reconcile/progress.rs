//! How far a sync is, for whoever looks on.

use serde::Serialize;
use std::sync::Arc;
use tokio::sync::watch;

/// Where a sync stands among its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Users are being read.
    #[default]
    Reading,
    /// The number list, and what the rules name, are being read.
    Numbers,
    /// Users are being decided.
    Deciding,
    /// Changes are being made.
    Applying,
}

/// How far a sync is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Where it stands.
    pub stage: Stage,
    /// Users read so far in this sync.
    pub users: u64,
    /// Numbers the tenant lists, once that is known.
    pub numbers: u64,
    /// Changes that are to be made, once they are planned.
    pub changes: u64,
    /// Those of them that came to an end.
    pub done: u64,
}

/// Where a sync tells how far it is. The default tells nobody.
#[derive(Clone, Debug, Default)]
pub struct Progress(Option<Arc<watch::Sender<Snapshot>>>);

impl Progress {
    /// A place to tell, and to look. Who looks rarely sees the latest state only.
    #[must_use]
    pub fn watched() -> (Self, watch::Receiver<Snapshot>) {
        let (sender, receiver) = watch::channel(Snapshot::default());
        (Self(Some(Arc::new(sender))), receiver)
    }

    /// Tells what has changed.
    pub(super) fn tell(&self, change: impl FnOnce(&mut Snapshot)) {
        if let Some(sender) = &self.0 {
            sender.send_modify(change);
        }
    }
}
