//! The token of another issuer by which a workload proves itself (docs/graph.md 8): its file, and what it says of itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// No token is longer.
const LONGEST: usize = 64 * 1024;

/// The sign-in service takes a token so long after its end, because clocks differ.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a federated token says of itself: the three things that a federated credential in Entra has to repeat, and when
/// it ends. Nothing of it is checked, and nothing of it is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FederatedClaims {
    /// Who issued it.
    pub issuer: String,
    /// Whom it is about.
    pub subject: String,
    /// For whom it is meant.
    pub audience: Vec<String>,
    /// When it ends, if it says so.
    pub ends: Option<Timestamp>,
}

impl FederatedClaims {
    /// Whether the sign-in service would no longer take it.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.ends
            .is_some_and(|ends| now.duration_since(ends) > TOLERANCE)
    }
}

/// Why there is no federated token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FederatedError {
    /// The file cannot be read.
    #[error(
        "the federated token file {} cannot be read ({why}): what writes it (the workload identity of the cluster, the \
         pipeline) has to mount it for the account this process runs as", .file.display()
    )]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The file holds something else.
    #[error(
        "{} holds no token: a JWT was expected, three parts of base64url joined by dots, and nothing else", .0.display()
    )]
    NoToken(PathBuf),
    /// The token is too old.
    #[error(
        "the token in {} ended at {ends}: what writes the file no longer renews it, or this machine's clock is wrong",
        .file.display()
    )]
    Ended {
        /// Which file.
        file: PathBuf,
        /// When it ended.
        ends: Timestamp,
    },
}

/// What the token in a file says of itself.
///
/// # Errors
/// When the file cannot be read, or holds no token. One that has ended is none.
pub fn federated_claims(file: &Path) -> Result<FederatedClaims, FederatedError> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    claims(text.trim()).ok_or_else(|| FederatedError::NoToken(file.to_owned()))
}

/// The token of a file as it is now, if it lives.
pub(super) async fn token(file: &Path, now: Timestamp) -> Result<SecretString, FederatedError> {
    let read = tokio::fs::read_to_string(file).await;
    let text = read.map_err(|error| unreadable(file, &error))?;
    let claims = claims(text.trim()).ok_or_else(|| FederatedError::NoToken(file.to_owned()))?;
    match claims.ends {
        Some(ends) if claims.has_ended(now) => Err(FederatedError::Ended {
            file: file.to_owned(),
            ends,
        }),
        _ => Ok(SecretString::from(text.trim())),
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> FederatedError {
    FederatedError::Unreadable {
        file: file.to_owned(),
        why: error.to_string(),
    }
}

#[derive(Deserialize)]
struct ClaimsWire {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: serde_json::Value,
    exp: Option<i64>,
}

fn claims(token: &str) -> Option<FederatedClaims> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return None;
    };
    if token.len() > LONGEST || header.is_empty() || signature.is_empty() {
        return None;
    }
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let wire: ClaimsWire = serde_json::from_slice(&json).ok()?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let audience = match &wire.aud {
        serde_json::Value::Array(many) => many.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    };
    Some(FederatedClaims {
        issuer: wire.iss,
        subject: wire.sub,
        audience,
        ends: wire
            .exp
            .and_then(|second| Timestamp::from_second(second).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(claims))
    }

    #[test]
    fn a_token_is_looked_into() {
        let read = claims(&jwt(
            r#"{"iss":"https://oidc.example","sub":"system:serviceaccount:voice:linekeeper",
                "aud":["api://AzureADTokenExchange"],"exp":1793613600}"#,
        ))
        .expect("a token");
        assert_eq!(read.issuer, "https://oidc.example");
        assert_eq!(read.audience, ["api://AzureADTokenExchange"]);
        let at = |text: &str| read.has_ended(text.parse().expect("a time"));
        assert!(!at("2026-11-02T10:04:00Z"), "clocks differ");
        assert!(at("2026-11-02T10:06:00Z"));
        let one = claims(&jwt(r#"{"aud":"api://AzureADTokenExchange"}"#)).expect("a token");
        assert_eq!(one.audience, ["api://AzureADTokenExchange"]);
        assert_eq!(one.ends, None);
        for none in [
            "",
            "a.b",
            "a.b.c",
            "a..c",
            &jwt("[]"),
            &format!("{}.x", jwt("{}")),
        ] {
            assert_eq!(claims(none), None, "{none}");
        }
    }

    #[test]
    fn a_file_that_is_missing_or_wrong_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        let missing = federated_claims(&file).expect_err("no file").to_string();
        assert!(
            missing.contains("cannot be read") && missing.contains("token"),
            "{missing}"
        );
        std::fs::write(&file, "hunter2").expect("written");
        let wrong = federated_claims(&file).expect_err("no token").to_string();
        assert!(
            wrong.contains("holds no token") && !wrong.contains("hunter2"),
            "{wrong}"
        );
        std::fs::write(&file, format!("{}\n", jwt("{}"))).expect("written");
        assert_eq!(federated_claims(&file), Ok(FederatedClaims::default()));
    }
}
