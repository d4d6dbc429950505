//! What the token endpoint says, and what to do about it (docs/graph.md 8).

use super::retry::is_passing;
use super::transport::cause;
use jiff::Timestamp;
use reqwest::{Response, StatusCode};
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
    expires_in: Option<Seconds>,
    /// Of managed identities: when it ends, in seconds since 1970.
    expires_on: Option<Seconds>,
}

/// How long a token lives that does not say so.
const USUAL_LIFE: i64 = 3599;

/// No token answer is longer.
const ANSWER_LIMIT: usize = 256 * 1024;

/// Seconds, as a number or, from managed identities, as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
}

impl Seconds {
    fn read(&self) -> Option<i64> {
        match self {
            Self::Number(seconds) => Some(*seconds),
            Self::Text(text) => text.trim().parse().ok(),
        }
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

/// What went to the token endpoint, as far as it matters to what comes back.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    /// The proof, in case it comes back in a description.
    pub(super) secret: &'a str,
    /// Whether it was another issuer's token, which fails for reasons of its own.
    pub(super) federated: bool,
}

/// Reads the endpoint's answer.
pub(super) fn read(
    status: StatusCode,
    body: &[u8],
    sent: &Sent<'_>,
    now: Timestamp,
) -> Result<Granted, TokenError> {
    if status.is_success() {
        return granted(body, now).ok_or_else(|| no_endpoint(status));
    }
    match serde_json::from_slice::<RefusedWire>(body) {
        Ok(refused) => Err(explain(status, &refused, sent)),
        Err(_) if is_passing(status) => Err(TokenError::Passing(format!(
            "the token endpoint answers {status}"
        ))),
        Err(_) => Err(no_endpoint(status)),
    }
}

/// The whole of an answer. `whose` names what was asked.
pub(super) async fn body_of(mut answer: Response, whose: &str) -> Result<Vec<u8>, TokenError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|e| TokenError::Passing(format!("the token answer was cut off: {}", cause(&e))))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_LIMIT {
            return Err(TokenError::Broken(format!(
                "what answers at {whose} sends too much to be a token endpoint"
            )));
        }
    }
    Ok(body)
}

/// The token of an answer; `None` if there is none in it.
pub(super) fn granted(body: &[u8], now: Timestamp) -> Option<Granted> {
    let wire: GrantedWire = serde_json::from_slice(body).ok()?;
    let seconds = match (&wire.expires_in, &wire.expires_on) {
        (Some(left), _) => left.read()?,
        (None, Some(end)) => end.read()? - now.as_second(),
        (None, None) => USUAL_LIFE,
    };
    Some(Granted {
        token: wire.access_token,
        lives: Duration::from_secs(u64::try_from(seconds).unwrap_or_default()),
    })
}

fn no_endpoint(status: StatusCode) -> TokenError {
    TokenError::Broken(format!(
        "what answers at login_url ({status}) is no token endpoint; check login_url, and whether a proxy stands between"
    ))
}

fn explain(status: StatusCode, refused: &RefusedWire, sent: &Sent<'_>) -> TokenError {
    let known = refused
        .error_codes
        .iter()
        .find_map(|code| remedy(*code, sent).map(|(passing, text)| (*code, passing, text)));
    if let Some((code, passing, text)) = known {
        let text = format!("{text} (AADSTS{code})");
        return if passing {
            TokenError::Passing(text)
        } else {
            TokenError::Refused(text)
        };
    }
    let text = format!(
        "the token endpoint says {}",
        described(refused, sent.secret)
    );
    if is_passing(status) || refused.error == "temporarily_unavailable" {
        return TokenError::Passing(text);
    }
    TokenError::Refused(text)
}

/// Error, codes and the first line of the description, without the secret should it be quoted there.
fn described(refused: &RefusedWire, secret: &str) -> String {
    let line = quoted(&refused.error_description, secret);
    format!("`{}` {:?} {line}", refused.error, refused.error_codes)
        .trim_end()
        .to_owned()
}

/// The first line of what an endpoint says, without what was sent to it.
pub(super) fn quoted(text: &str, secret: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let line = match secret {
        "" => line.to_owned(),
        secret => line.replace(secret, "***"),
    };
    line.chars().take(300).collect()
}

/// What error codes mean of another issuer's token, where that is not what they mean of an assertion of our own.
const FEDERATED: &[(&[u64], &str)] = &[
    (
        &[700_024],
        "the federated token is outside its time window: what writes federated_token_file no longer renews it, or this \
             machine's clock is wrong",
    ),
    (
        &[700_027, 50_012, 50_027],
        "the federated token was not accepted; check that its issuer publishes its keys where Entra can read them",
    ),
];

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
        &[700_213, 700_212, 700_211, 70_021],
        "no federated credential of the application fits issuer, subject and audience of the token presented; \
             `linekeeper doctor` shows the three, and Entra's page Certificates & secrets has to repeat them",
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
fn remedy(code: u64, sent: &Sent<'_>) -> Option<(bool, &'static str)> {
    if BUSY.contains(&code) {
        return Some((true, "the token endpoint is busy or unavailable"));
    }
    let own: &[(&[u64], &str)] = if sent.federated { FEDERATED } else { &[] };
    let mut known = own.iter().chain(REMEDIES);
    let known = known.find(|(codes, _)| codes.contains(&code));
    known.map(|(_, text)| (false, *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Sent<'_> = Sent {
        secret: "s3cr3t",
        federated: false,
    };

    fn refusal(error: &str, code: u64, description: &str) -> TokenError {
        refused(error, code, description, &SECRET)
    }

    fn refused(error: &str, code: u64, description: &str, sent: &Sent<'_>) -> TokenError {
        let body = serde_json::json!({
            "error": error, "error_codes": [code], "error_description": description,
            "trace_id": "t", "correlation_id": "c", "timestamp": "2026-11-02 10:00:00Z"
        });
        match read(
            StatusCode::BAD_REQUEST,
            body.to_string().as_bytes(),
            sent,
            Timestamp::UNIX_EPOCH,
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
    fn another_issuers_token_fails_for_reasons_of_its_own() {
        let federated = Sent {
            federated: true,
            ..SECRET
        };
        let text = refused("invalid_client", 700_024, "", &federated).to_string();
        assert!(text.contains("federated_token_file"), "{text}");
        let text = refused("invalid_client", 700_213, "", &federated).to_string();
        assert!(text.contains("doctor"), "{text}");
        let text = refusal("invalid_client", 700_024, "").to_string();
        assert!(!text.contains("federated"), "{text}");
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
        let now = Timestamp::from_second(1_000_000).expect("a time");
        let lives = |body: &str| granted(body.as_bytes(), now).map(|g| g.lives.as_secs());
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
        assert_eq!(
            lives(r#"{"access_token":"a","expires_on":"1003600"}"#),
            Some(3600)
        );
        assert_eq!(
            lives(r#"{"access_token":"a","expires_on":999999}"#),
            Some(0)
        );
        assert_eq!(lives(r#"{"access_token":"a","expires_on":"soon"}"#), None);
    }

    #[test]
    fn a_web_page_is_no_token_endpoint() {
        let of = |status| match read(
            status,
            b"<html>sign in</html>",
            &SECRET,
            Timestamp::UNIX_EPOCH,
        ) {
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
