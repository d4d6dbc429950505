//! From settings that are well typed to settings that make sense together.

use super::address::is_loopback_url;
use super::identity;
use super::load::Sources;
use super::problem::Problem;
use super::scalar::{self, BaseUrl, Location};
use super::sections::{rules, spread, whole};
use super::typed::{AsTyped, DatabaseTyped, RulesTyped, ScheduleTyped, ServerTyped, TenantTyped};
use super::validated::{Config, Credential, Database, Rules, Schedule, Server, TenantConfig};
use super::webhook::webhooks;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const GRAPH_URL: &str = "https://graph.microsoft.com/v1.0";
const LOGIN_URL: &str = "https://login.microsoftonline.com";
const CLOCK_OFFSET: &str = "LINEKEEPER_CLOCK_OFFSET";

/// What is wrong so far, and what is unwise.
pub(super) struct Findings<'a> {
    problems: &'a mut Vec<Problem>,
    warnings: Vec<String>,
}

impl Findings<'_> {
    pub(super) fn problem(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem::new("", key, message));
    }
}

/// Checks what concerns more than one value, and reads the secrets. `None` only together with a problem.
pub(super) fn config(
    top: &AsTyped,
    tenants: Vec<TenantTyped>,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) -> Option<Config> {
    let mut findings = Findings {
        problems,
        warnings: Vec::new(),
    };
    distinct_names(&tenants, &mut findings);
    let server = server(&top.server, &mut findings);
    let database = database(&top.database, &mut findings);
    let names: Vec<String> = tenants.iter().map(|typed| typed.name.0.clone()).collect();
    let webhooks = webhooks(&top.webhook, &names, &mut findings);
    let tenants: Vec<Option<TenantConfig>> = tenants
        .into_iter()
        .map(|typed| tenant(typed, &top.rules, sources, &mut findings))
        .collect();
    let tenants: Option<Vec<TenantConfig>> = tenants.into_iter().collect();
    let clock_offset = clock_offset(sources, tenants.as_deref(), &mut findings);
    Some(Config {
        file: sources.file.clone(),
        server: server?,
        database: database?,
        graph: (&top.graph).into(),
        rules: rules(&top.rules, &top.rules),
        parallel: whole(top.schedule.parallel.0),
        webhooks: webhooks?,
        tenants: tenants?,
        clock_offset,
        warnings: findings.warnings,
    })
}

/// Names become file names, so they have to differ without regard to case too.
fn distinct_names(tenants: &[TenantTyped], findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for tenant in tenants {
        let name = &tenant.name.0;
        if !name.is_empty() && !seen.insert(name.to_ascii_lowercase()) {
            findings.problem(
                format!("tenant.{name}"),
                "two tenants have this name; case does not count",
            );
        }
    }
}

fn server(typed: &ServerTyped, findings: &mut Findings<'_>) -> Option<Server> {
    let listen = typed.listen.0?;
    if !listen.ip().is_loopback() && !typed.allow_anonymous {
        findings.problem(
            "server.listen",
            format!(
                "{listen} can be reached from other machines, where everybody may do everything as long as there are \
                 no tokens; use a loopback address, or set server.allow_anonymous = true"
            ),
        );
    }
    Some(Server {
        listen,
        allow_anonymous: typed.allow_anonymous,
    })
}

/// The URL may hold a password and is not quoted.
fn database(typed: &DatabaseTyped, findings: &mut Findings<'_>) -> Option<Database> {
    if let Some(file) = &typed.url_file {
        let url = secret("database.url_file", Path::new(&file.0), findings)?;
        if url.expose_secret().starts_with("postgres") {
            return Some(Database::Postgres(url));
        }
        let message = format!("{} holds no postgres://user:password@host/database", file.0);
        findings.problem("database.url_file", message);
        return None;
    }
    let url = typed.url.as_ref()?;
    let text = url.expose_secret();
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Some(Database::Postgres(url.clone()));
    }
    let message = match text.strip_prefix("sqlite:") {
        Some(path) if path.starts_with(':') => {
            "a database in memory would forget every assignment; name a file"
        }
        Some("") => "expected a file after sqlite:",
        Some(path) if path.contains('?') => "expected a file after sqlite:, without `?` options",
        Some(path) => return Some(Database::Sqlite(PathBuf::from(path))),
        None => "expected sqlite:FILE or postgres://user:password@host/database",
    };
    findings.problem("database.url", message);
    None
}

fn tenant(
    typed: TenantTyped,
    top: &RulesTyped,
    sources: &Sources,
    findings: &mut Findings<'_>,
) -> Option<TenantConfig> {
    let name = typed.name.0.clone();
    let key = |field: &str| format!("tenant.{name}.{field}");
    if name.is_empty() {
        findings.problem("tenant", "every [[tenant]] needs a name");
        return None;
    }
    let client_id = typed.client_id.clone().map(|id| id.0);
    if typed.tenant_id.is_none() {
        findings.problem(key("tenant_id"), "is missing");
    }
    if client_id.is_none() && !typed.managed_identity {
        findings.problem(key("client_id"), "is missing");
    }
    if typed.waiting.first.0 > typed.waiting.longest.0 {
        findings.problem(key("waiting.longest"), "is shorter than waiting.first");
    }
    let credential = credential(&typed, sources, findings);
    let secret_expires = secret_expires(&typed, credential.as_ref(), findings);
    Some(TenantConfig {
        name,
        tenant_id: typed.tenant_id.clone()?.0,
        client_id: client_id.unwrap_or_default(),
        credential: credential?,
        secret_expires,
        graph_url: address(typed.graph_url.as_ref(), GRAPH_URL),
        login_url: address(typed.login_url.as_ref(), LOGIN_URL),
        mode: typed.mode.into(),
        schedule: schedule(&typed.schedule)?,
        rules: match &typed.rules_path {
            Some(path) => Rules::Folder(PathBuf::from(&path.0)),
            None => rules(&typed.rules, top),
        },
        directory: (&typed.directory).into(),
        safety: (&typed.safety).into(),
        release: (&typed.release).into(),
        ownership: (&typed.ownership).into(),
        policies: (&typed.policies).into(),
        profile: (&typed.profile).into(),
        eligibility: (&typed.eligibility).into(),
        waiting: (&typed.waiting).into(),
        numbers: (&typed.numbers).into(),
    })
}

/// The first moment of the day on which the client secret ends.
fn secret_expires(
    typed: &TenantTyped,
    credential: Option<&Credential>,
    findings: &mut Findings<'_>,
) -> Option<Timestamp> {
    let day = typed.client_secret_expires.as_ref()?;
    if credential.is_some_and(|credential| !matches!(credential, Credential::Secret(_))) {
        findings.problem(
            format!("tenant.{}.client_secret_expires", typed.name.0),
            "goes with client_secret_file or the environment's CLIENT_SECRET only",
        );
    }
    Some(day.0.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn address(typed: Option<&BaseUrl>, default: &str) -> String {
    typed.map_or_else(|| default.to_owned(), |url| url.0.clone())
}

fn schedule(typed: &ScheduleTyped) -> Option<Schedule> {
    Some(Schedule {
        cron: typed.cron.0.clone()?,
        full_cron: typed.full_cron.0.clone()?,
        on_start: typed.on_start,
        spread: spread(&typed.spread),
    })
}

/// Exactly one way to sign in, its files there and readable.
fn credential(
    typed: &TenantTyped,
    sources: &Sources,
    findings: &mut Findings<'_>,
) -> Option<Credential> {
    let key = format!("tenant.{}", typed.name.0);
    let certificate = typed.client_certificate_file.as_ref();
    let private_key = typed.client_key_file.as_ref();
    let ways = [
        typed.client_secret.is_some(),
        typed.client_secret_file.is_some(),
        certificate.is_some() || private_key.is_some(),
        typed.federated_token_file.is_some(),
        typed.managed_identity,
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        findings.problem(
            key,
            "needs exactly one way to sign in: client_secret_file, client_certificate_file with client_key_file, \
             federated_token_file, managed_identity = true, or the environment's CLIENT_SECRET",
        );
        return None;
    }
    if let (Some(certificate), Some(private_key)) = (certificate, private_key) {
        return key_pair(&key, certificate, private_key, findings);
    }
    if certificate.is_some() || private_key.is_some() {
        findings.problem(
            key,
            "client_certificate_file and client_key_file go together",
        );
        return None;
    }
    if let Some(secret) = &typed.client_secret {
        return Some(Credential::Secret(secret.clone()));
    }
    if let Some(file) = &typed.client_secret_file {
        let key = format!("{key}.client_secret_file");
        return secret(&key, Path::new(&file.0), findings).map(Credential::Secret);
    }
    match &typed.federated_token_file {
        Some(file) => existing(&key, "federated_token_file", file, findings)
            .map(Credential::FederatedTokenFile),
        None => identity::managed(sources, &key, findings),
    }
}

fn key_pair(
    tenant: &str,
    certificate: &Location,
    private_key: &Location,
    findings: &mut Findings<'_>,
) -> Option<Credential> {
    let certificate_file = existing(tenant, "client_certificate_file", certificate, findings);
    let key_file = existing(tenant, "client_key_file", private_key, findings);
    if let Some(file) = &key_file {
        warn_if_public(file, findings);
    }
    Some(Credential::Certificate {
        certificate_file: certificate_file?,
        key_file: key_file?,
    })
}

fn existing(
    tenant: &str,
    field: &str,
    file: &Location,
    findings: &mut Findings<'_>,
) -> Option<PathBuf> {
    let path = PathBuf::from(&file.0);
    match std::fs::File::open(&path) {
        Ok(_) => Some(path),
        Err(error) => {
            let message = format!("{} cannot be read: {error}", path.display());
            findings.problem(format!("{tenant}.{field}"), message);
            None
        }
    }
}

pub(super) fn secret(key: &str, path: &Path, findings: &mut Findings<'_>) -> Option<SecretString> {
    let message = match std::fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => format!("{} is empty", path.display()),
        Ok(text) => {
            warn_if_public(path, findings);
            return Some(SecretString::from(text.trim()));
        }
        Err(error) => format!("{} cannot be read: {error}", path.display()),
    };
    findings.problem(key, message);
    None
}

#[cfg(unix)]
fn warn_if_public(path: &Path, findings: &mut Findings<'_>) {
    use std::os::unix::fs::PermissionsExt;
    if std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0) {
        let path = path.display();
        findings.warnings.push(format!(
            "{path} can be read by everybody on this machine; mend it with: chmod o= '{path}'"
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_public(_: &Path, _: &mut Findings<'_>) {}

/// A shifted clock would shorten rests and hide a wrong clock, so it is for tests against a simulator only.
fn clock_offset(
    sources: &Sources,
    tenants: Option<&[TenantConfig]>,
    findings: &mut Findings<'_>,
) -> SignedDuration {
    let Some((_, text)) = sources
        .environment
        .iter()
        .find(|(name, _)| name == CLOCK_OFFSET)
    else {
        return SignedDuration::ZERO;
    };
    let (text, back) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text.as_str(), false),
    };
    let elsewhere = tenants
        .unwrap_or_default()
        .iter()
        .find(|tenant| !is_loopback_url(&tenant.graph_url));
    let message = match (scalar::duration(text), elsewhere) {
        (Ok(offset), None) => return if back { -offset } else { offset },
        (Ok(_), Some(tenant)) => format!(
            "the clock may be shifted only while every Graph address is loopback, and that of tenant {} is {}",
            tenant.name, tenant.graph_url
        ),
        (Err(message), _) => message,
    };
    let origin = format!("environment variable {CLOCK_OFFSET}");
    findings.problems.push(Problem::new(origin, "", message));
    SignedDuration::ZERO
}
