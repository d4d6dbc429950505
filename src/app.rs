//! The only place where adapters meet the engine, and where configuration becomes settings.

mod credentials;
mod figures;
mod observer;
mod review;
mod rulebooks;
mod serving;
mod settings;
mod webhooks;

pub use credentials::{Nearness, credential_ends};
pub use figures::figures;
pub use observer::CountingSyncs;
pub use serving::{Serving, serve};
pub use settings::settings;

use crate::apply::{Halt, Patience};
use crate::cli::exit::{Exit, Failure};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Database, Mode, Rules, TenantConfig};
use crate::directory::PlanCatalogue;
use crate::graph::{Graph, GraphSettings};
use crate::plan::Settings;
use crate::reconcile::{Reading, RuleSource, Tenant};
use crate::rulebook::{Mirrors, Repository, Rulebook, RulebookError, Source};
use crate::rules::{LoadOptions, RuleSet};
use crate::schedule::last_due;
use crate::store::{Options, Store, TenantStore};
use crate::views::TenantView;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// This machine's clock may be so far off Graph's.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// A write to Graph is not begun with less than this left of a lease that lasts half a minute.
const LONGEST_WRITE: SignedDuration = SignedDuration::from_secs(15);

/// Configuration, database and clock of one process.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Copies of the repositories that rules come from.
    pub mirrors: Mirrors,
}

/// One tenant with its rules and its part of the database; no network yet.
pub struct Records {
    /// Its part of the database.
    pub store: Arc<TenantStore>,
    /// Its rules.
    pub rulebook: Arc<Rulebook>,
    /// Its settings.
    pub settings: Arc<Settings>,
}

impl App {
    /// Opens the database of a configuration.
    ///
    /// # Errors
    /// What the database says, with the remedy.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock {
            offset: config.clock_offset,
        });
        let url = url_of(&config.database);
        let options = Options {
            clock: Arc::clone(&clock),
            ..Options::default()
        };
        let store = Store::open(url.expose_secret(), options).await?;
        Ok(Self {
            config,
            store,
            clock,
            mirrors: Mirrors::default(),
        })
    }

    /// The configured tenants, or the one of that name.
    ///
    /// # Errors
    /// As [`chosen`].
    pub fn chosen(&self, name: Option<&str>) -> Result<Vec<&TenantConfig>, Failure> {
        chosen(&self.config, name)
    }

    /// The records of a tenant: rules read and checked, tenant id pinned.
    ///
    /// # Errors
    /// Rules that cannot be used end with exit code 3.
    pub async fn records(&self, tenant: &TenantConfig) -> anyhow::Result<Records> {
        let rulebook = Arc::new(self.rulebook(tenant)?);
        let store = self.store_of(tenant).await?;
        Ok(Records {
            settings: Arc::clone(store.settings()),
            store,
            rulebook,
        })
    }

    /// A tenant's part of the database, tenant id pinned, whatever its rules are like.
    ///
    /// # Errors
    /// A tenant id that is not the one of the database, or what the database says.
    pub async fn store_of(&self, tenant: &TenantConfig) -> anyhow::Result<Arc<TenantStore>> {
        let settings = Arc::new(settings(tenant));
        let (name, id) = (&tenant.name, &tenant.tenant_id);
        Ok(Arc::new(self.store.tenant(name, id, settings).await?))
    }

    /// A tenant to be looked at.
    ///
    /// # Errors
    /// As [`App::records`].
    pub async fn view(&self, tenant: &TenantConfig) -> anyhow::Result<TenantView> {
        Ok(self.view_of(&self.records(tenant).await?))
    }

    /// Records to be looked at.
    #[must_use]
    pub fn view_of(&self, records: &Records) -> TenantView {
        TenantView::new(
            Arc::clone(&records.store),
            Arc::clone(&records.rulebook) as Arc<dyn RuleSource>,
            Arc::clone(&records.settings),
            Arc::clone(&self.clock),
        )
    }

    /// The rules of a tenant.
    ///
    /// # Errors
    /// Rules that cannot be used end with exit code 3, all their errors rendered.
    pub fn rulebook(&self, tenant: &TenantConfig) -> Result<Rulebook, Failure> {
        let options = options_of(tenant);
        let source = source_of(&tenant.rules, &self.mirrors);
        let opened = match source.newest(options, self.clock.now()) {
            Err(RulebookError::Fetch(error)) => match source.last_good(options) {
                Some(book) => {
                    tracing::warn!(tenant = tenant.name, %error, "the rules could not be fetched; those fetched last are used");
                    Ok(book)
                }
                None => Err(RulebookError::Fetch(error)),
            },
            opened => opened,
        };
        opened.map_err(|error| Failure::new(Exit::Invalid, error.text()))
    }

    /// A tenant ready for a sync.
    ///
    /// # Errors
    /// What is wrong with rules, credentials or database.
    pub async fn tenant(&self, config: &TenantConfig) -> anyhow::Result<(Tenant, Records)> {
        let records = self.records(config).await?;
        let rules = Arc::clone(&records.rulebook) as Arc<dyn RuleSource>;
        let tenant = self.engine(config, &records.store, rules, &records.settings)?;
        Ok((tenant, records))
    }

    /// A tenant with its adapters.
    fn engine(
        &self,
        config: &TenantConfig,
        store: &Arc<TenantStore>,
        rules: Arc<dyn RuleSource>,
        settings: &Arc<Settings>,
    ) -> anyhow::Result<Tenant> {
        let graph = Arc::new(graph_of(config, &self.config.graph, &settings.catalogue)?);
        let limits = &self.config.graph;
        let signed = |d: Duration| SignedDuration::try_from(d).unwrap_or(SignedDuration::MAX);
        Ok(Tenant {
            directory: Arc::clone(&graph) as Arc<dyn crate::directory::Directory>,
            telephony: graph,
            ledger: Arc::clone(store) as Arc<dyn crate::reconcile::Ledger>,
            rules,
            clock: Arc::clone(&self.clock),
            settings: Arc::clone(settings),
            reading: Reading {
                full_due_since: last_due(&config.schedule.full_cron, self.clock.now()),
                in_flight: limits.concurrency,
                clock_tolerance: CLOCK_TOLERANCE,
            },
            patience: Patience {
                poll: signed(limits.operation_poll),
                operation: signed(limits.operation_timeout),
                request: signed(limits.request_timeout).min(LONGEST_WRITE),
                in_flight: limits.operations,
            },
            halt: Halt::default(),
        })
    }

    /// Spans that two tenants in mode `apply` both declare: one number must not be given by two.
    ///
    /// # Errors
    /// The first overlap found, with exit code 3; rules that cannot be used.
    pub fn check_overlaps(&self) -> Result<(), Failure> {
        let applying = self.config.tenants.iter().filter(|t| t.mode == Mode::Apply);
        let mut rules = Vec::new();
        for tenant in applying {
            rules.push((tenant.name.clone(), self.rulebook(tenant)?.active()));
        }
        check_overlaps_of(&rules)
    }
}

/// Where the rules come from.
#[must_use]
pub fn source_of(rules: &Rules, mirrors: &Mirrors) -> Source {
    match rules {
        Rules::Folder(folder) => Source::Folder(folder.clone()),
        Rules::Repository(from) => Source::Repository(Repository {
            mirror: mirrors.of(&from.mirror, &from.url),
            branch: from.branch.clone(),
            folder: from.folder.clone(),
            poll: from.poll,
            allow_rewrite: from.allow_rewrite,
        }),
    }
}

/// What the configuration of a tenant says about rules.
#[must_use]
pub fn options_of(tenant: &TenantConfig) -> LoadOptions {
    LoadOptions {
        groups: tenant.directory.groups,
    }
}

/// The tenants of a configuration, or the one of that name.
///
/// # Errors
/// When no tenant has that name, or none is configured.
pub fn chosen<'c>(
    config: &'c Config,
    name: Option<&str>,
) -> Result<Vec<&'c TenantConfig>, Failure> {
    let tenants = &config.tenants;
    let known = || {
        tenants
            .iter()
            .map(|t| t.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if tenants.is_empty() {
        let text = "no tenant is configured; add a [[tenant]] section to the configuration file";
        return Err(Failure::new(Exit::Invalid, text));
    }
    let Some(name) = name else {
        return Ok(tenants.iter().collect());
    };
    match tenants.iter().find(|tenant| tenant.name == name) {
        Some(tenant) => Ok(vec![tenant]),
        None => Err(Failure::new(
            Exit::Usage,
            format!("no tenant is called `{name}`; configured: {}", known()),
        )),
    }
}

/// The URL of a database; may hold a password.
#[must_use]
pub fn url_of(database: &Database) -> SecretString {
    match database {
        Database::Sqlite(path) => SecretString::from(format!("sqlite:{}", path.display())),
        Database::Postgres(url) => url.clone(),
    }
}

/// The way to a tenant in Graph; nothing is sent yet.
///
/// # Errors
/// Credentials or addresses that cannot be right end with exit code 3.
pub fn graph_of(
    config: &TenantConfig,
    limits: &crate::config::Graph,
    catalogue: &PlanCatalogue,
) -> anyhow::Result<Graph> {
    let settings = GraphSettings {
        graph_url: config.graph_url.clone(),
        login_url: config.login_url.clone(),
        concurrency: limits.concurrency,
        request_timeout: limits.request_timeout,
        max_wait: limits.max_wait,
        retries: limits.retries,
        catalogue: catalogue.clone(),
        hire_date: config.directory.hire_date,
        observer: Arc::new(observer::Counting {
            tenant: config.name.clone(),
        }),
        ..GraphSettings::new(
            &config.tenant_id,
            &config.client_id,
            credentials::credential(config)?,
        )
    };
    // Graph's clock is compared with this machine's real one, also where a test shifts the product's.
    let graph = Graph::new(settings, Arc::new(SystemClock::default()));
    graph.map_err(|error| {
        let cause = anyhow::Error::new(error);
        Failure::new(Exit::Invalid, format!("{cause:#}")).into()
    })
}

/// Spans that two of these tenants both declare.
fn check_overlaps_of(tenants: &[(String, Arc<RuleSet>)]) -> Result<(), Failure> {
    let mut declared: Vec<(crate::numbering::Span, &str, String)> = Vec::new();
    for (tenant, rules) in tenants {
        for range in rules.ranges() {
            let spans = range.numbers.runs();
            declared.extend(spans.map(|span| (span, tenant.as_str(), range.name.clone())));
        }
    }
    declared.sort();
    for pair in declared.windows(2) {
        let [(first, tenant, range), (second, other, other_range)] = pair else {
            continue;
        };
        if tenant != other && first.overlaps(*second) {
            let text = format!(
                "{first} of the range {range} (tenant {tenant}) and {second} of the range {other_range} (tenant {other}) overlap, \
                     and both tenants are in mode apply: let only one of them declare these numbers"
            );
            return Err(Failure::new(Exit::Invalid, text));
        }
    }
    Ok(())
}
