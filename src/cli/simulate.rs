//! `simulate`: a Graph-like server with a tenant from a file, or a made-up one.

use super::args::SimulateArgs;
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::clock::SystemClock;
use crate::simulator::{Options, Simulator, TenantFile, generate};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until the process is told to stop.
pub(super) async fn simulate(args: &SimulateArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = match (&args.tenant_file, args.generate) {
        (Some(path), _) => TenantFile::read(path)?,
        (None, count) => generate(count.unwrap_or_default() as u64, args.seed),
    };
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        let text = format!(
            "{} cannot be listened on: {error}; choose another address with --listen",
            args.listen
        );
        Failure::new(Exit::Error, text)
    })?;
    let users = tenant.user_count();
    let clock = Arc::new(SystemClock::default());
    let simulator = Simulator::start(tenant, Options::default(), listener, clock, told_to_stop())?;
    let (graph_url, login_url) = (simulator.graph_url(), simulator.origin());
    match output.format {
        Format::Json => output.json(&serde_json::json!({ "graph_url": graph_url, "login_url": login_url, "users": users }))?,
        Format::Text => output.text(&format!(
            "A made-up Microsoft Graph with {users} users. Point a tenant of your configuration at it:\n\n    \
             graph_url = \"{graph_url}\"\n    login_url = \"{login_url}\"\n\n\
             Any tenant id, client id and client secret will do. GET {login_url}/_sim/ lists what can be changed\n\
             while it runs: users, licences, numbers, switches, faults. Ctrl-C stops it.\n"
        ))?,
    }
    simulator.finished().await?;
    Ok(Exit::Done)
}

/// Ends with Ctrl-C or SIGTERM.
async fn told_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
