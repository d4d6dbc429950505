//! The configuration once it is known to make sense.

use jiff::{SignedDuration, Timestamp};
use secrecy::{SecretSlice, SecretString};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// Everything configured. Lengths of time that are added to instants are [`SignedDuration`], those that a timer waits
/// for are [`Duration`].
#[derive(Clone, Debug)]
pub struct Config {
    /// The file of `--config` as it was named; `None`: none was.
    pub file: Option<PathBuf>,
    /// `[server]`.
    pub server: Server,
    /// `[database]`.
    pub database: Database,
    /// `[graph]`.
    pub graph: Graph,
    /// `[rules]` where no tenant says otherwise.
    pub rules: Rules,
    /// `[schedule] parallel`: syncs at once in this process.
    pub parallel: usize,
    /// One per `[[webhook]]`, in the order of the file.
    pub webhooks: Vec<Webhook>,
    /// One per `[[tenant]]`, in the order of the file; may be empty. The names differ even without regard to case.
    pub tenants: Vec<TenantConfig>,
    /// `LINEKEEPER_CLOCK_OFFSET`: shifts the clock in tests; zero unless every Graph address is loopback.
    pub clock_offset: SignedDuration,
    /// What is allowed but unwise, one sentence each.
    pub warnings: Vec<String>,
}

/// A receiver of messages. Prints neither key nor address.
#[derive(Clone)]
pub struct Webhook {
    /// Where to; may hold a secret.
    pub url: SecretString,
    /// What its messages are signed with.
    pub key: SecretSlice<u8>,
    /// The names of the events it is told of; never empty.
    pub events: Vec<&'static str>,
    /// The tenants it is told of; none in particular: all.
    pub tenants: Vec<String>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("events", &self.events)
            .field("tenants", &self.tenants)
            .finish_non_exhaustive()
    }
}

/// One tenant with the sections that count for it.
#[derive(Clone, Debug)]
pub struct TenantConfig {
    /// Letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Tenant id, or a verified domain of it.
    pub tenant_id: String,
    /// Client id of the app registration; empty for a system-assigned managed identity.
    pub client_id: String,
    /// How to sign in.
    pub credential: Credential,
    /// `client_secret_expires`: the first moment of that day in UTC.
    pub secret_expires: Option<Timestamp>,
    /// Base URL of Graph, with the version, without a closing slash.
    pub graph_url: String,
    /// Base URL of the sign-in service, without a closing slash.
    pub login_url: String,
    /// `mode`.
    pub mode: Mode,
    /// `[schedule]`.
    pub schedule: Schedule,
    /// `[rules]`.
    pub rules: Rules,
    /// `[directory]`.
    pub directory: Directory,
    /// `[safety]`.
    pub safety: Safety,
    /// `[release]`.
    pub release: Release,
    /// `[ownership]`.
    pub ownership: Ownership,
    /// `[policies]`.
    pub policies: Policies,
    /// `[profile]`.
    pub profile: Profile,
    /// `[eligibility]`.
    pub eligibility: Eligibility,
    /// `[waiting]`.
    pub waiting: Waiting,
    /// `[numbers]`.
    pub numbers: Numbers,
}

/// How much of a plan is written to Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Observe,
    /// All but releases.
    AssignOnly,
    /// Everything.
    Apply,
}

/// How Linekeeper proves to Microsoft that it is the registered app. Prints no secret.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client secret.
    Secret(SecretString),
    /// A certificate and its private key, both PEM files, absolute paths.
    Certificate {
        /// The certificate.
        certificate_file: PathBuf,
        /// Its key.
        key_file: PathBuf,
    },
    /// A file with a token of another issuer, read again before every use because it is renewed in place.
    FederatedTokenFile(PathBuf),
    /// The identity of the machine or of the app.
    ManagedIdentity(IdentityEndpoint),
}

/// Where the tokens of a managed identity come from.
#[derive(Clone, Debug)]
pub enum IdentityEndpoint {
    /// The metadata service of an Azure virtual machine, by its base URL.
    Machine(String),
    /// What App Service, Container Apps and the like offer to a process.
    Host {
        /// The whole address.
        url: String,
        /// What shows that it is the process that asks.
        header: SecretString,
    },
}

/// Where Linekeeper remembers.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file of SQLite, an absolute path.
    Sqlite(PathBuf),
    /// A PostgreSQL URL; may hold a password.
    Postgres(SecretString),
}

/// `[server]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// Where it listens; loopback unless `allow_anonymous`.
    pub listen: SocketAddr,
    /// Whether everybody who reaches the address may do everything.
    pub allow_anonymous: bool,
}

/// `[graph]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graph {
    /// Requests in flight per tenant, at least 1.
    pub concurrency: usize,
    /// Assignments and releases in flight per tenant, at least 1.
    pub operations: usize,
    /// Pause between two looks at an operation.
    pub operation_poll: Duration,
    /// After so long a change waits for the next sync.
    pub operation_timeout: Duration,
    /// For one request and its answer.
    pub request_timeout: Duration,
    /// Longest `Retry-After` that is waited out.
    pub max_wait: Duration,
    /// Of a read, after which it counts as failed.
    pub retries: u32,
}

/// `[schedule]`, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When a sync runs.
    pub cron: cron::Schedule,
    /// When a sync reads the whole directory.
    pub full_cron: cron::Schedule,
    /// Whether one runs at start.
    pub on_start: bool,
    /// Over how long the start times of many tenants are spread.
    pub spread: Duration,
}

/// `[rules]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rules {
    /// A folder of this machine, an absolute path.
    Folder(PathBuf),
    /// A branch of a git repository.
    Repository(RulesRepository),
}

impl Rules {
    /// The folder, where the rules lie in one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Repository(_) => None,
        }
    }
}

/// A branch of a git repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RulesRepository {
    /// URL or absolute path.
    pub url: String,
    /// The branch.
    pub branch: String,
    /// The folder from the top of the repository; empty: the top; `None`: `rules`, or the top if there is none.
    pub folder: Option<String>,
    /// How often it is fetched.
    pub poll: SignedDuration,
    /// Whether a branch whose history was rewritten is taken up.
    pub allow_rewrite: bool,
    /// Folder of this machine for the copies of repositories.
    pub mirror: PathBuf,
}

/// `[directory]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Whether transitive group memberships are read.
    pub groups: bool,
    /// Whether the days on which people join are read, for forecasts.
    pub hire_date: bool,
}

/// `[safety]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Safety {
    /// Most releases in 24 hours without approval; 0: every release needs it.
    pub max_releases: u64,
    /// The same as a share of the managed holders, 0 to 100.
    pub max_release_percent: u64,
    /// Most assignments by rule in 24 hours without approval; 0: no limit.
    pub max_assignments: u64,
    /// Of the people without a number who had a range, how many percent a changed rule set may leave without one, 0 to
    /// 100, unless somebody approves.
    pub max_unmatched_percent: u64,
    /// Most assignments and releases by hand of one caller in an hour; 0: no limit.
    pub max_by_hand: u64,
}

/// `[release]`, where a range says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Wait before a release for lost licence.
    pub grace: SignedDuration,
    /// Wait before a release for deletion.
    pub deleted_grace: SignedDuration,
}

/// `[ownership]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Whether numbers found in Teams are adopted.
    pub adopt: bool,
    /// Whether a re-created user gets the former object's number back.
    pub rehire: bool,
}

/// `[policies]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    /// Whether policies are set again on kept users.
    pub enforce: bool,
}

/// `[profile]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whether `businessPhones` is written.
    pub business_phone: bool,
}

/// `[eligibility]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// Whether a usable Teams plan is needed.
    pub require_teams: bool,
    /// Whether disabled accounts are given numbers.
    pub include_disabled: bool,
    /// How long nobody is assigned after licence and attributes last changed.
    pub settle: SignedDuration,
    /// Service plans that count as Phone System.
    pub extra_phone_system_plans: Vec<Uuid>,
    /// Service plans that count as calling plans.
    pub extra_calling_plans: Vec<Uuid>,
    /// Service plans that count as Teams.
    pub extra_teams_plans: Vec<Uuid>,
}

/// `[waiting]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The first pause.
    pub first: SignedDuration,
    /// The longest pause, not shorter than the first.
    pub longest: SignedDuration,
    /// After so long it is retried daily, with an alert.
    pub give_up: SignedDuration,
}

/// `[numbers]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Numbers that score at least so much, 1 to 100, are not given by rule; `None`: every number may be.
    pub golden_score: Option<u8>,
    /// Whether numbers that end like an emergency number of their country are given to nobody.
    pub emergency_tails: bool,
}
