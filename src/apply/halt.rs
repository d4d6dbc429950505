//! The wish that nothing new is begun, because the process is about to stop.

use tokio::sync::watch;

/// Tells whether work has to come to its end. The default is never told.
#[derive(Clone, Debug, Default)]
pub struct Halt(Option<watch::Receiver<bool>>);

/// The other end of a [`Halt`].
#[derive(Debug)]
pub struct HaltSwitch(watch::Sender<bool>);

impl Halt {
    /// A switch and what it switches.
    #[must_use]
    pub fn new() -> (HaltSwitch, Self) {
        let (sender, receiver) = watch::channel(false);
        (HaltSwitch(sender), Self(Some(receiver)))
    }

    /// Whether the switch was thrown.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.as_ref().is_some_and(|receiver| *receiver.borrow())
    }

    /// Ends when the switch is thrown; never, if there is none any more.
    pub async fn set(&self) {
        if let Some(receiver) = &self.0
            && receiver.clone().wait_for(|set| *set).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

impl HaltSwitch {
    /// Throws the switch; it stays thrown.
    pub fn throw(&self) {
        self.0.send_replace(true);
    }
}
