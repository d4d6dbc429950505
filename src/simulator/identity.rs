//! The endpoints by which a machine and an app get tokens of their managed identity (docs/graph.md 8).

use super::exchange::{Call, Reply};
use super::launch::Options;
use super::switches::Switches;
use super::token::mint;
use serde_json::json;

/// Whose token it is where the simulator knows no tenant of its own.
const SOME_TENANT: &str = "00000000-0000-4000-8000-0000000000de";

/// The client id of an identity that nobody has named.
const SOME_CLIENT: &str = "00000000-0000-4000-8000-00000000001d";

const RESOURCE: &str = "https://graph.microsoft.com";

/// `GET /metadata/identity/oauth2/token`, the metadata service of a machine.
pub(super) fn of_machine(options: &Options, switches: &Switches, call: &Call) -> Reply {
    if call.header("metadata") != "true" {
        return refused("invalid_request", "Required metadata header not specified");
    }
    if !call.header("x-forwarded-for").is_empty() {
        return refused("invalid_request", "A request of a proxy is not served");
    }
    if call.query.get("api-version") != Some("2018-02-01") {
        return refused(
            "bad_request_102",
            "Required query variable 'api-version' is missing or not supported",
        );
    }
    let client = match client_of(switches, call) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let life = switches.token_lifetime.signed();
    let end = call.now.as_second() + life.as_secs();
    Reply::json(
        200,
        &json!({
            "access_token": token(options, switches, call, &client), "client_id": client,
            "expires_in": life.as_secs().to_string(), "expires_on": end.to_string(),
            "ext_expires_in": life.as_secs().to_string(), "not_before": call.now.as_second().to_string(),
            "resource": RESOURCE, "token_type": "Bearer",
        }),
    )
}

/// `GET /msi/token`, what App Service and Container Apps offer to a process.
pub(super) fn of_app(options: &Options, switches: &Switches, call: &Call) -> Reply {
    if call.header("x-identity-header").is_empty() {
        return refused("unauthorized", "The header X-IDENTITY-HEADER is missing");
    }
    if call.query.get("api-version") != Some("2019-08-01") {
        return refused("invalid_request", "The api-version is not supported");
    }
    let client = match client_of(switches, call) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let end = call.now.as_second() + switches.token_lifetime.signed().as_secs();
    Reply::json(
        200,
        &json!({
            "access_token": token(options, switches, call, &client), "client_id": client,
            "expires_on": end.to_string(), "resource": RESOURCE, "token_type": "Bearer",
        }),
    )
}

/// Whose token is asked for.
fn client_of(switches: &Switches, call: &Call) -> Result<String, Reply> {
    let resource = call.query.get("resource").unwrap_or_default();
    if resource.trim_end_matches('/') != RESOURCE {
        let text = format!(
            "AADSTS500011: The resource principal named {resource} was not found in the tenant."
        );
        return Err(refused("invalid_resource", &text));
    }
    let asked = call.query.get("client_id");
    let Some(known) = &switches.machine_identities else {
        return Ok(asked.unwrap_or(SOME_CLIENT).to_owned());
    };
    let found = match asked {
        Some(asked) => known.iter().find(|known| known.eq_ignore_ascii_case(asked)),
        None => known.first(),
    };
    found
        .cloned()
        .ok_or_else(|| refused("invalid_request", "Identity not found"))
}

fn token(options: &Options, switches: &Switches, call: &Call, client: &str) -> String {
    let tenant = options.tenant_id.as_deref().unwrap_or(SOME_TENANT);
    mint(
        switches,
        tenant,
        client,
        call.now,
        switches.token_lifetime.signed(),
    )
}

fn refused(error: &str, text: &str) -> Reply {
    let body = json!({"error": error, "error_description": text});
    Reply::json(400, &body)
}
