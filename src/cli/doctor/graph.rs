//! One tenant's way to Graph: token, clock, and what may be read, each by one harmless request.

use super::item::Item;
use super::permissions::{self, Roles};
use super::properties;
use crate::app::{graph_of, settings};
use crate::apply::{Telephony as _, VoiceError};
use crate::cli::exit::Exit;
use crate::config::{self, Config, Credential, TenantConfig};
use crate::directory::{Cursor, Directory as _, Observed, ReadError, User};
use crate::graph::Graph;
use crate::rules::RuleSet;
use jiff::SignedDuration;
use std::time::Duration;

/// The clock is not told from Graph's below this, and beyond the second nothing is released.
const CLOCK_ODD: SignedDuration = SignedDuration::from_secs(30);
const CLOCK_WRONG: SignedDuration = SignedDuration::from_mins(5);

/// A doctor who waits for minutes is hung up on.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// One tenant under examination.
pub(super) struct Patient<'a> {
    pub(super) tenant: &'a TenantConfig,
    pub(super) graph: &'a Graph,
    pub(super) rules: Option<&'a RuleSet>,
    pub(super) roles: Roles,
}

impl Patient<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        Some(&self.tenant.name)
    }
}

/// Everything that Graph can tell.
pub(super) async fn checks(
    config: &Config,
    tenant: &TenantConfig,
    rules: Option<&RuleSet>,
) -> Vec<Item> {
    let name = Some(tenant.name.as_str());
    let limits = config::Graph {
        retries: config.graph.retries.min(1),
        max_wait: config.graph.max_wait.min(MAX_WAIT),
        ..config.graph
    };
    let graph = match graph_of(tenant, &limits, &settings(tenant).catalogue) {
        Ok(graph) => graph,
        Err(error) => {
            let remedy = "correct the tenant's block in the configuration";
            return vec![Item::error(
                Exit::Invalid,
                "credentials",
                name,
                format!("{error:#}"),
                remedy,
            )];
        }
    };
    let granted = match graph.granted().await {
        Ok(granted) => granted,
        Err(error) => {
            let skipped =
                Item::skipped("permissions", name, "without a token nothing can be asked");
            return vec![no_token(tenant, &error), skipped];
        }
    };
    let token = match &granted {
        Some(roles) => format!("signed in; the token carries {} permissions", roles.len()),
        None => "signed in; the token cannot be looked into".to_owned(),
    };
    let mut items = vec![Item::ok("token", name, token)];
    let patient = Patient {
        tenant,
        graph: &graph,
        rules,
        roles: Roles::new(granted),
    };
    items.extend(reads(&patient).await);
    items.extend(permissions::checks(&patient).await);
    items.push(clock(name, graph.clock_ahead()));
    items
}

fn no_token(tenant: &TenantConfig, error: &ReadError) -> Item {
    let remedy = match (&tenant.credential, error) {
        (Credential::ManagedIdentity(_), _) => {
            "switch the identity on in Azure, on the machine's or app's page under Identity, or sign in another way"
        }
        (_, ReadError::Refused(_)) => {
            "correct tenant_id, client_id and the credential; the text in brackets is Microsoft's code"
        }
        _ => "check that this machine reaches login_url, and proxy and DNS on the way",
    };
    let name = Some(tenant.name.as_str());
    Item::error(Exit::Unreachable, "token", name, error.to_string(), remedy)
}

/// What every sync reads: a page of users, the products, a page of numbers, and somebody's Teams configuration.
async fn reads(patient: &Patient<'_>) -> Vec<Item> {
    let name = patient.name();
    let graph = patient.graph;
    let mut items = Vec::new();
    let users = match graph.page(&Cursor::Full).await {
        Ok(page) => {
            let present = |observed: Observed| match observed {
                Observed::Present(user) => Some(*user),
                Observed::Removed { .. } => None,
            };
            let users: Vec<User> = page.users.into_iter().filter_map(present).collect();
            items.push(Item::ok(
                "User.Read.All",
                name,
                format!("a page of users was read: {}", users.len()),
            ));
            items.extend(properties::checks(name, &users, patient.rules));
            users
        }
        Err(error) => {
            items.push(refused("User.Read.All", name, &error));
            Vec::new()
        }
    };
    items.push(match graph.skus().await {
        Ok(skus) => Item::ok(
            "LicenseAssignment.Read.All",
            name,
            format!("{} subscribed products were read", skus.len()),
        ),
        Err(error) => refused("LicenseAssignment.Read.All", name, &error),
    });
    items.push(match graph.numbers(None).await {
        Ok((numbers, _)) => Item::ok(
            "TeamsTelephoneNumber.Read.All",
            name,
            format!("a page of telephone numbers was read: {}", numbers.len()),
        ),
        Err(error) => refused("TeamsTelephoneNumber.Read.All", name, &error),
    });
    items.push(configuration(patient, users.first()).await);
    items
}

/// The product does without this permission, but sees later what is wrong.
async fn configuration(patient: &Patient<'_>, user: Option<&User>) -> Item {
    const CHECK: &str = "TeamsUserConfiguration.Read.All";
    let name = patient.name();
    let Some(user) = user else {
        return Item::skipped(
            CHECK,
            name,
            "nobody is there whose Teams configuration could be read",
        );
    };
    match patient.graph.voice(user.id).await {
        Ok(_) => Item::ok(CHECK, name, "the Teams configuration of a user was read"),
        Err(VoiceError::NotGranted) => Item::warning(
            CHECK,
            name,
            "not granted: whether Teams is ready for a person is seen only when it refuses",
            "grant the application permission TeamsUserConfiguration.Read.All in Entra, with admin consent",
        ),
        Err(VoiceError::Read(error)) => refused(CHECK, name, &error),
    }
}

/// A permission that a request showed to be missing, or a request that got no proper answer.
pub(super) fn refused(permission: &str, tenant: Option<&str>, error: &ReadError) -> Item {
    let remedy = match error {
        ReadError::Refused(_) => format!("grant the application permission {permission} in Entra, with admin consent"),
        _ => "check that this machine reaches graph_url, and proxy and DNS on the way; then try again".to_owned(),
    };
    Item::error(
        Exit::Unreachable,
        permission,
        tenant,
        error.to_string(),
        remedy,
    )
}

fn clock(tenant: Option<&str>, ahead: Option<SignedDuration>) -> Item {
    let Some(ahead) = ahead else {
        return Item::skipped(
            "clock",
            tenant,
            "Graph's answers carried no time to compare with",
        );
    };
    let seconds = ahead.as_secs_f64();
    let detail = match seconds < 0.0 {
        true => format!("{:.0} s behind Graph's", -seconds),
        false => format!("{seconds:.0} s ahead of Graph's"),
    };
    let remedy = "synchronise this machine's clock (`timedatectl set-ntp true`)";
    match ahead.abs() {
        off if off > CLOCK_WRONG => {
            let detail = format!("{detail}: nothing is released and no rest ends");
            Item::error(Exit::Error, "clock", tenant, detail, remedy)
        }
        off if off > CLOCK_ODD => Item::warning("clock", tenant, detail, remedy),
        _ => Item::ok("clock", tenant, detail),
    }
}
