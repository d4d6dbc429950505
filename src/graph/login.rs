//! What the token endpoint says, and what to do about it (docs/graph.md 8).

use super::retry::is_passing;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;
use thiserror::Error;

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum TokenError {
    /// The endpoint cannot be reached or is busy: another time.
    #[error("no token: {0}")]
    Passing(String),
    /// The endpoint refuses the application; the text says how to mend it.
    #[error("no token: {0}")]
    Refused(String),
    /// What answers is no token endpoint.
    #[error("no token: {0}")]
    Broken(String),
}

/// A token and how long it lives.
pub(super) struct Granted {
    pub(super) token: SecretString,
    pub(super) lives: Duration,
}

#[derive(Deserialize)]
struct GrantedWire {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Lifetime,
}

/// Seconds, as a number or, from managed identities, as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lifetime {
    Number(u64),
    Text(String),
}

impl Default for Lifetime {
    fn default() -> Self {
        Self::Number(3599)
    }
}

#[derive(Deserialize)]
struct RefusedWire {
    error: String,
    #[serde(default)]
    error_codes: Vec<u64>,
    #[serde(default)]
    error_description: String,
}

/// Reads the endpoint's answer. `secret` is what was sent, in case it comes back in a description.
pub(super) fn read(status: StatusCode, body: &[u8], secret: &str) -> Result<Granted, TokenError> {
    if status.is_success() {
        return granted(body).ok_or_else(|| no_endpoint(status));
    }
    match serde_json::from_slice::<RefusedWire>(body) {
        Ok(refused) => Err(explain(status, &refused, secret)),
        Err(_) if is_passing(status) => Err(TokenError::Passing(format!(
            "the token endpoint answers {status}"
        ))),
        Err(_) => Err(no_endpoint(status)),
    }
}

fn granted(body: &[u8]) -> Option<Granted> {
    let wire: GrantedWire = serde_json::from_slice(body).ok()?;
    let seconds = match wire.expires_in {
        Lifetime::Number(seconds) => seconds,
        Lifetime::Text(text) => text.trim().parse().ok()?,
    };
    Some(Granted {
        token: wire.access_token,
        lives: Duration::from_secs(seconds),
    })
}

fn no_endpoint(status: StatusCode) -> TokenError {
    TokenError::Broken(format!(
        "what answers at login_url ({status}) is no token endpoint; check login_url, and whether a proxy stands between"
    ))
}

fn explain(status: StatusCode, refused: &RefusedWire, secret: &str) -> TokenError {
    let known = refused
        .error_codes
        .iter()
        .find_map(|code| remedy(*code).map(|(passing, text)| (*code, passing, text)));
    if let Some((code, passing, text)) = known {
        let text = format!("{text} (AADSTS{code})");
        return if passing {
            TokenError::Passing(text)
        } else {
            TokenError::Refused(text)
        };
    }
    let text = format!("the token endpoint says {}", described(refused, secret));
    if is_passing(status) || refused.error == "temporarily_unavailable" {
        return TokenError::Passing(text);
    }
    TokenError::Refused(text)
}

/// Error, codes and the first line of the description, without the secret should it be quoted there.
fn described(refused: &RefusedWire, secret: &str) -> String {
    let line = refused.error_description.lines().next().unwrap_or_default();
    let line = if secret.is_empty() {
        line.to_owned()
    } else {
        line.replace(secret, "***")
    };
    let line: String = line.chars().take(300).collect();
    format!("`{}` {:?} {line}", refused.error, refused.error_codes)
        .trim_end()
        .to_owned()
}

/// What error codes mean and what to do; Microsoft may change the numbers, then `error` decides (docs/graph.md 8).
const REMEDIES: &[(&[u64], &str)] = &[
    (
        &[7_000_215],
        "the client secret is wrong; often the secret's id was configured instead of its value",
    ),
    (
        &[7_000_222],
        "the client secret has expired; create a new one in Entra and configure its value",
    ),
    (
        &[7_000_218],
        "neither a secret nor an assertion arrived; configure client_secret_file or a certificate",
    ),
    (
        &[700_027],
        "the certificate is not registered with the application, has expired, or does not belong to the key; \
             upload it in Entra under Certificates & secrets",
    ),
    (
        &[700_024],
        "the assertion is outside its time window: this machine's clock is wrong; synchronise it",
    ),
    (
        &[50_012],
        "the certificate was not accepted; check that it is the one registered with the application",
    ),
    (
        &[700_213, 700_211, 70_021],
        "no federated credential of the application fits issuer, subject and audience of the token presented",
    ),
    (
        &[700_016],
        "the application is not known in this tenant; check client_id and tenant_id, and that an administrator consented",
    ),
    (
        &[7_000_112],
        "the application is disabled in this tenant; enable its enterprise application in Entra",
    ),
    (
        &[90_002, 900_023],
        "the tenant was not found; check tenant_id",
    ),
    (
        &[90_038],
        "the tenant is in another cloud; number management exists in the global cloud only",
    ),
    (
        &[70_011, 28_002, 700_022, 500_011],
        "the scope was refused; check graph_url and that Microsoft Graph exists in the tenant",
    ),
    (
        &[53_003, 530_032],
        "a conditional access or security policy blocks the application; exempt its service principal",
    ),
];

/// Codes that pass by themselves.
const BUSY: [u64; 6] = [90_033, 90_006, 90_012, 90_024, 90_055, 90_090];

/// Whether a known error code passes by itself, and what it means.
fn remedy(code: u64) -> Option<(bool, &'static str)> {
    if BUSY.contains(&code) {
        return Some((true, "the token endpoint is busy or unavailable"));
    }
    let known = REMEDIES.iter().find(|(codes, _)| codes.contains(&code));
    known.map(|(_, text)| (false, *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(error: &str, code: u64, description: &str) -> TokenError {
        let body = serde_json::json!({
            "error": error, "error_codes": [code], "error_description": description,
            "trace_id": "t", "correlation_id": "c", "timestamp": "2026-11-02 10:00:00Z"
        });
        match read(
            StatusCode::BAD_REQUEST,
            body.to_string().as_bytes(),
            "s3cr3t",
        ) {
            Ok(_) => panic!("a refusal was taken for a token"),
            Err(error) => error,
        }
    }

    #[test]
    fn refusals_name_their_remedy() {
        insta::assert_snapshot!(
            refusal("invalid_client", 7_000_215, "AADSTS7000215: Invalid client secret provided."),
            @"no token: the client secret is wrong; often the secret's id was configured instead of its value (AADSTS7000215)"
        );
        assert!(matches!(
            refusal("invalid_request", 90_033, "a transient error"),
            TokenError::Passing(_)
        ));
        assert!(matches!(
            refusal("temporarily_unavailable", 1, ""),
            TokenError::Passing(_)
        ));
        assert!(matches!(
            refusal("unauthorized_client", 700_016, ""),
            TokenError::Refused(_)
        ));
    }

    #[test]
    fn a_secret_quoted_in_a_description_is_not_repeated() {
        let text = refusal(
            "invalid_client",
            4711,
            "AADSTS4711: s3cr3t is no good\r\nTrace ID: x",
        );
        insta::assert_snapshot!(text, @"no token: the token endpoint says `invalid_client` [4711] AADSTS4711: *** is no good");
    }

    #[test]
    fn lifetimes_come_as_numbers_and_texts() {
        let lives = |body: &str| granted(body.as_bytes()).map(|g| g.lives.as_secs());
        assert_eq!(
            lives(r#"{"access_token":"a","expires_in":3599,"token_type":"Bearer"}"#),
            Some(3599)
        );
        assert_eq!(
            lives(r#"{"access_token":"a","expires_in":"86399"}"#),
            Some(86_399)
        );
        assert_eq!(lives(r#"{"access_token":"a"}"#), Some(3599));
        assert_eq!(lives(r#"{"expires_in":3599}"#), None);
    }

    #[test]
    fn a_web_page_is_no_token_endpoint() {
        let of = |status| match read(status, b"<html>sign in</html>", "") {
            Err(error) => error,
            Ok(_) => panic!("a page was taken for a token"),
        };
        assert!(matches!(of(StatusCode::OK), TokenError::Broken(_)));
        assert!(matches!(of(StatusCode::NOT_FOUND), TokenError::Broken(_)));
        assert!(matches!(
            of(StatusCode::BAD_GATEWAY),
            TokenError::Passing(_)
        ));
    }
}
