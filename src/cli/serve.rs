//! `serve`: the service.

use super::exit::Exit;
use crate::app::{App, CountingSyncs, Serving, serve as run};
use crate::config::{Config, Sources, load};
use crate::telemetry::Metrics;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the service until SIGTERM or SIGINT.
pub(super) async fn serve(config: Config, file: Option<PathBuf>) -> anyhow::Result<Exit> {
    let metrics = Metrics::start()?;
    let app = App::open(config).await?;
    let serving = Serving {
        reload: Box::new(move || Ok(load(&Sources::of_process(file.clone())?)?)),
        observer: Arc::new(CountingSyncs),
        metrics: Arc::new(move || metrics.render()),
        stop: Box::pin(told_to_stop()?),
        listening: Box::new(|_| {}),
    };
    run(app, serving).await?;
    Ok(Exit::Done)
}

/// Ends with the first SIGTERM or SIGINT.
pub(super) fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
