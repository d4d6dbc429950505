//! The service put together: tenants, runner, time, rules, HTTP, and how it is told to stop or to read its configuration
//! again.

use super::rulebooks::Rulebooks;
use super::webhooks::Webhooks;
use super::{App, credential_ends, settings};
use crate::api::{self, Api};
use crate::apply::Halt;
use crate::config::{Config, TenantConfig};
use crate::reconcile::{LiveRules, Observer, RuleSource};
use crate::rulebook::LiveRulebook;
use crate::schedule::{Timetable, offset_of};
use crate::service::{self, Served, Service};
use crate::webhooks::keep_sending;
use anyhow::Context as _;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// After the wish to stop, syncs under way have so long to record what they have begun.
const SYNCS_END: Duration = Duration::from_secs(25);

/// A task of the service that breaks down is begun anew after so long.
const ANEW: Duration = Duration::from_secs(1);

/// What a service is made of besides its configuration.
pub struct Serving {
    /// Reads the configuration again.
    pub reload: Box<dyn Fn() -> anyhow::Result<Config> + Send + Sync>,
    /// Hears of every sync that ends.
    pub observer: Arc<dyn Observer>,
    /// Renders the metrics.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Ends when the service has to stop.
    pub stop: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Is told where the service listens.
    pub listening: Box<dyn FnOnce(std::net::SocketAddr) + Send>,
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// When it cannot begin: another service has the database, the address is taken, a tenant cannot be set up.
pub async fn serve(mut app: App, serving: Serving) -> anyhow::Result<()> {
    // Before anything can be asked: without a hand on it, the signal would end the process.
    let hangup = signal(SignalKind::hangup()).ok();
    let _only_one = app.store.serve_lock()?;
    let listener = listener(&app).await?;
    let address = listener.local_addr()?;
    let (switch, halt) = Halt::new();
    let mut rulebooks =
        Rulebooks::of_process(&app.mirrors).opened(&app.config.tenants, &app.clock)?;
    rulebooks.put_in_force(&app.config.tenants);
    let tenants = app.served(&rulebooks).await?;
    let service = Arc::new(Service::new(
        tenants,
        app.config.parallel,
        Arc::clone(&app.clock),
        halt.clone(),
        serving.observer,
    ));
    // Before anything can happen of which somebody wants to be told.
    let webhooks = Webhooks::new();
    webhooks.begin(&app.config, &app.store, &service).await?;
    let api = Api {
        service: Arc::clone(&service),
        store: app.store.clone(),
        metrics: serving.metrics,
    };
    let routes = api::router(api, address.ip().is_loopback());
    let server = tokio::spawn(api::serve(listener, routes, halt.clone()));
    begin_parts(&service, &webhooks);
    tracing::info!(%address, count = service.tenants().len(), "serving");
    (serving.listening)(address);
    service::ready();
    let mut exchange = Exchange {
        app: &mut app,
        rulebooks: &mut rulebooks,
        service: &service,
        reload: &*serving.reload,
        webhooks: &webhooks,
    };
    until_stopped(&mut exchange, hangup, serving.stop).await;
    tracing::info!("stopping");
    service::stopping();
    switch.throw();
    syncs_end(&service).await;
    drop(server.await);
    app.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn syncs_end(service: &Service) {
    let idle = tokio::time::timeout(SYNCS_END, service.runner.idle());
    if idle.await.is_err() {
        tracing::warn!("a sync did not end in time; the next one settles what it left open");
    }
}

/// What goes on by itself as long as the service lives.
fn begin_parts(service: &Arc<Service>, webhooks: &Webhooks) {
    supervise("time", service, service::keep_time);
    supervise("rules", service, service::watch_rules);
    supervise("figures", service, super::figures::keep_current);
    supervise("credentials", service, super::credentials::keep_watch);
    let (receivers, sender) = (
        Arc::clone(&webhooks.receivers),
        Arc::clone(&webhooks.sender),
    );
    supervise("webhooks", service, move |service| {
        keep_sending(service, Arc::clone(&receivers), Arc::clone(&sender))
    });
    supervise("watchdog", service, service::signs_of_life);
}

async fn listener(app: &App) -> anyhow::Result<TcpListener> {
    let address = app.config.server.listen;
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "{address} cannot be listened on; set [server] listen to a free address of this machine"
        )
    })
}

/// Runs a task of the service; one that breaks down is told of and begun anew, the others never notice.
fn supervise<F, T>(name: &'static str, service: &Arc<Service>, task: F)
where
    F: Fn(Arc<Service>) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let service = Arc::clone(service);
    tokio::spawn(async move {
        while tokio::spawn(task(Arc::clone(&service))).await.is_err() {
            tracing::error!(
                part = name,
                "a part of the service broke down: a defect of this program; it is begun anew"
            );
            tokio::time::sleep(ANEW).await;
        }
    });
}

/// Reads the configuration again at every SIGHUP, until the wish to stop.
async fn until_stopped(
    exchange: &mut Exchange<'_>,
    mut hangup: Option<Signal>,
    mut stop: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>,
) {
    loop {
        let told = async {
            match &mut hangup {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = told => {}
            () = stop.as_mut() => return,
        }
        match exchange.once().await {
            Ok(count) => tracing::info!(count, "the configuration was read again"),
            Err(error) => {
                tracing::error!(error = %format!("{error:#}"), "the configuration has errors; the old one stays in force")
            }
        }
    }
}

/// What changes when the configuration is read again.
struct Exchange<'a> {
    app: &'a mut App,
    rulebooks: &'a mut Rulebooks,
    service: &'a Service,
    reload: &'a (dyn Fn() -> anyhow::Result<Config> + Send + Sync),
    webhooks: &'a Webhooks,
}

impl Exchange<'_> {
    /// Puts a newly read configuration in force, whole or not at all; answers how many tenants it has.
    async fn once(&mut self) -> anyhow::Result<usize> {
        let config = (self.reload)()?;
        let (server, database) = (
            self.app.config.server,
            format!("{:?}", self.app.config.database),
        );
        if config.server != server || format!("{:?}", config.database) != database {
            tracing::warn!(
                "[server] and [database] come into force at the next start of the service"
            );
        }
        config.warnings.iter().for_each(|warning| {
            tracing::warn!(
                error = warning,
                "the configuration is accepted with a warning"
            )
        });
        let new = App {
            config,
            store: self.app.store.clone(),
            clock: Arc::clone(&self.app.clock),
            mirrors: self.app.mirrors.clone(),
        };
        let rulebooks = self.rulebooks.opened(&new.config.tenants, &new.clock)?;
        let served = new.served(&rulebooks).await?;
        rulebooks.put_in_force(&new.config.tenants);
        let count = served.len();
        self.service.replace(served);
        let begun = self
            .webhooks
            .begin(&new.config, &new.store, self.service)
            .await;
        if let Err(error) = begun {
            tracing::warn!(error = %format!("{error:#}"), "the webhooks could not be begun anew; they stay as they were");
        }
        (*self.app, *self.rulebooks) = (new, rulebooks);
        Ok(count)
    }
}

impl App {
    /// All configured tenants as a service keeps them.
    async fn served(&self, rulebooks: &Rulebooks) -> anyhow::Result<Vec<Served>> {
        let mut all = Vec::new();
        for tenant in &self.config.tenants {
            let rules = rulebooks
                .of(tenant)
                .context("the rules of the tenant were not opened")?;
            let served = self.served_one(tenant, rules).await;
            all.push(served.with_context(|| format!("tenant {}", tenant.name))?);
        }
        Ok(all)
    }

    async fn served_one(
        &self,
        config: &TenantConfig,
        rules: Arc<LiveRulebook>,
    ) -> anyhow::Result<Served> {
        let settings = Arc::new(settings(config));
        let store = self
            .store
            .tenant(&config.name, &config.tenant_id, Arc::clone(&settings))
            .await?;
        let store = Arc::new(store);
        let source = Arc::clone(&rules) as Arc<dyn RuleSource>;
        let engine = self.engine(config, &store, source, &settings)?;
        let spread = match self.config.tenants.len() {
            1 => SignedDuration::ZERO,
            _ => SignedDuration::try_from(config.schedule.spread).unwrap_or(SignedDuration::MAX),
        };
        let timetable = Timetable {
            cron: config.schedule.cron.clone(),
            full_cron: config.schedule.full_cron.clone(),
            offset: offset_of(&config.name, spread),
        };
        let rules = rules as Arc<dyn LiveRules>;
        let served = Served::new(engine, store, rules, timetable, config.schedule.on_start);
        let config = config.clone();
        Ok(served.signing_in_until(Box::new(move || credential_ends(&config))))
    }
}
