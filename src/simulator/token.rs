//! The token endpoint, and what makes a token good (docs/graph.md 8).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::exchange::{Call, GraphError, Reply};
use super::launch::Options;
use super::odata::Query;
use super::switches::Switches;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SCOPE: &str = "https://graph.microsoft.com/.default";

/// A refusal of the token endpoint: the OAuth error, the AADSTS number and its text.
struct Denied(&'static str, u32, String);

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(super) fn issue(options: &Options, switches: &Switches, call: &Call, tenant: &str) -> Reply {
    let form = Query::parse(&String::from_utf8_lossy(&call.body));
    match check(options, switches, call, tenant, &form) {
        Ok(client) => {
            let life = switches.token_lifetime.signed();
            let token = mint(switches, tenant, &client, call.now, life);
            Reply::json(
                200,
                &json!({
                    "token_type": "Bearer", "expires_in": life.as_secs(), "ext_expires_in": life.as_secs(),
                    "access_token": token,
                }),
            )
        }
        Err(denied) => refuse(call, &denied),
    }
}

fn check(
    options: &Options,
    switches: &Switches,
    call: &Call,
    tenant: &str,
    form: &Query,
) -> Result<String, Denied> {
    if options
        .tenant_id
        .as_deref()
        .is_some_and(|known| !known.eq_ignore_ascii_case(tenant))
    {
        return Err(Denied(
            "invalid_request",
            90002,
            format!("Tenant '{tenant}' not found."),
        ));
    }
    if !call
        .header("content-type")
        .starts_with("application/x-www-form-urlencoded")
    {
        return Err(Denied(
            "invalid_request",
            900_144,
            "The request body must be form-encoded.".to_owned(),
        ));
    }
    let grant = form.get("grant_type").unwrap_or_default();
    if grant != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{grant}'.");
        return Err(Denied("unsupported_grant_type", 70003, text));
    }
    let client = known_client(options, form)?;
    let scope = form.get("scope").unwrap_or_default();
    let own_scope = format!("{}/.default", call.origin);
    if scope != SCOPE && scope != own_scope {
        return Err(Denied(
            "invalid_scope",
            70011,
            format!("The provided value for scope '{scope}' is not valid."),
        ));
    }
    check_credential(options, switches, call, tenant, client, form)?;
    Ok(client.to_owned())
}

/// The application's id, if the tenant knows it.
fn known_client<'f>(options: &Options, form: &'f Query) -> Result<&'f str, Denied> {
    let client = form.get("client_id").unwrap_or_default();
    if client.is_empty() {
        let text = "The request body must contain the following parameter: 'client_id'.".to_owned();
        return Err(Denied("invalid_request", 900_144, text));
    }
    if options
        .client_id
        .as_deref()
        .is_some_and(|known| !known.eq_ignore_ascii_case(client))
    {
        let text =
            format!("Application with identifier '{client}' was not found in the directory.");
        return Err(Denied("unauthorized_client", 700_016, text));
    }
    Ok(client)
}

/// Exactly one of secret and assertion.
fn check_credential(
    options: &Options,
    switches: &Switches,
    call: &Call,
    tenant: &str,
    client: &str,
    form: &Query,
) -> Result<(), Denied> {
    match (form.get("client_secret"), form.get("client_assertion")) {
        (Some(secret), None) => check_secret(options, switches, secret),
        (None, Some(assertion)) if form.get("client_assertion_type") == Some(JWT_BEARER) => {
            check_assertion(options, switches, assertion, tenant, client, call.now)
        }
        _ => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(Denied("invalid_client", 7_000_218, text.to_owned()))
        }
    }
}

fn check_secret(options: &Options, switches: &Switches, secret: &str) -> Result<(), Denied> {
    if options
        .client_secret
        .as_deref()
        .is_some_and(|known| known != secret)
        || secret.is_empty()
    {
        let text = "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                    value, not the client secret ID.";
        return Err(Denied("invalid_client", 7_000_215, text.to_owned()));
    }
    if switches.secret_expired {
        return Err(Denied(
            "invalid_client",
            7_000_222,
            "The provided client secret keys are expired.".to_owned(),
        ));
    }
    Ok(())
}

/// A certificate assertion names its certificate; a federated one comes from another issuer.
fn check_assertion(
    options: &Options,
    switches: &Switches,
    jwt: &str,
    tenant: &str,
    client: &str,
    now: Timestamp,
) -> Result<(), Denied> {
    let mut parts = jwt.split('.');
    let mut part = || {
        parts
            .next()
            .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
    };
    let mut json = || part().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let (header, claims) = (json(), json());
    let (Some(header), Some(claims), Some(_)) = (header, claims, parts.next()) else {
        return Err(wrong("the assertion is no JWT."));
    };
    let audience = audience_of(&claims);
    let second = now.as_second();
    if claims["exp"].as_i64().is_none_or(|exp| exp <= second)
        || claims["nbf"].as_i64().unwrap_or(0) > second + 300
    {
        let text = "Client assertion is not within its valid time range.".to_owned();
        return Err(Denied("invalid_client", 700_024, text));
    }
    if claims["iss"] != client {
        return check_federated(switches, &claims);
    }
    if !audience.ends_with(&format!("/{tenant}/oauth2/v2.0/token")) {
        return Err(wrong("the audience is not the token endpoint."));
    }
    if claims["sub"] != client {
        return Err(wrong("issuer and subject must be the client id."));
    }
    check_certificate(options, &header)
}

/// One audience, or the first of several.
fn audience_of(claims: &Value) -> &str {
    let audience = &claims["aud"];
    audience
        .as_str()
        .or(audience[0].as_str())
        .unwrap_or_default()
}

/// Another issuer's token has to repeat what the application's federated credential names.
fn check_federated(switches: &Switches, claims: &Value) -> Result<(), Denied> {
    let none = |number: u32, what: &str, given: &str| {
        let text = format!(
            "No matching federated identity record found for presented assertion {what} '{given}'."
        );
        Err(Denied("invalid_client", number, text))
    };
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let (issuer, subject, audience) = (text("iss"), text("sub"), audience_of(claims));
    let differs = |known: &Option<String>, given: &str| {
        given.is_empty() || known.as_deref().is_some_and(|known| known != given)
    };
    if differs(&switches.federated_issuer, issuer) {
        return none(700_211, "issuer", issuer);
    }
    if audience != "api://AzureADTokenExchange" {
        return none(700_212, "audience", audience);
    }
    if differs(&switches.federated_subject, subject) {
        return none(700_213, "subject", subject);
    }
    Ok(())
}

fn wrong(text: &str) -> Denied {
    Denied(
        "invalid_client",
        50012,
        format!("Authentication failed: {text}"),
    )
}

/// The header must name an algorithm and a certificate that the application has.
fn check_certificate(options: &Options, header: &Value) -> Result<(), Denied> {
    if !matches!(header["alg"].as_str(), Some("PS256" | "RS256")) {
        return Err(wrong("the algorithm is neither PS256 nor RS256."));
    }
    let Some(thumbprint) = header["x5t#S256"].as_str().filter(|text| !text.is_empty()) else {
        return Err(wrong("the header x5t#S256 is missing."));
    };
    if options
        .certificate_thumbprint
        .as_deref()
        .is_some_and(|known| known != thumbprint)
    {
        let text =
            "Client assertion contains an invalid signature. The key was not found.".to_owned();
        return Err(Denied("invalid_client", 700_027, text));
    }
    Ok(())
}

fn refuse(call: &Call, Denied(error, number, text): &Denied) -> Reply {
    let time = call.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let id = &call.request_id;
    let status = if *error == "invalid_client" { 401 } else { 400 };
    Reply::json(
        status,
        &json!({
            "error": error,
            "error_description": format!("AADSTS{number}: {text} Trace ID: {id} Correlation ID: {id} Timestamp: {time}"),
            "error_codes": [number],
            "timestamp": time,
            "trace_id": id,
            "correlation_id": id,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        }),
    )
}

pub(super) fn mint(
    switches: &Switches,
    tenant: &str,
    client: &str,
    now: Timestamp,
    life: SignedDuration,
) -> String {
    let issued = now.as_second();
    let claims = json!({
        "aud": "https://graph.microsoft.com", "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": issued, "nbf": issued, "exp": issued + life.as_secs(),
        "appid": client, "tid": tenant, "roles": switches.grants,
    });
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "simulator"});
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let seal = seal(&signed);
    format!("{signed}.{seal}")
}

/// A checksum that only this server makes; nothing real is protected by it.
fn seal(signed: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("simulator:{signed}")))
}

/// Refuses a request without a good token.
pub(super) fn demand(call: &Call) -> Result<(), Box<GraphError>> {
    let denied = |text: &str| {
        let mut error = GraphError::new(401, "InvalidAuthenticationToken", text);
        error.headers.push((
            "www-authenticate",
            "Bearer realm=\"\", authorization_uri=\"\"".to_owned(),
        ));
        error
    };
    let token = call
        .header("authorization")
        .strip_prefix("Bearer ")
        .ok_or_else(|| denied("Access token is empty."))?;
    let (signed, given) = token
        .rsplit_once('.')
        .ok_or_else(|| denied("CompactToken parsing failed."))?;
    if seal(signed) != given {
        return Err(denied(
            "Access token validation failure. Invalid signature.",
        ));
    }
    let claims = signed
        .split_once('.')
        .and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok());
    let claims: Value = claims
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    if claims["exp"]
        .as_i64()
        .is_none_or(|exp| exp <= call.now.as_second())
    {
        return Err(denied("Lifetime validation failed, the token is expired."));
    }
    Ok(())
}
