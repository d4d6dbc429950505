//! The signed statement by which a certificate proves the application (docs/graph.md 8): PS256, thumbprint `x5t#S256`.

use super::GraphError;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long one assertion is good for, in seconds: it is used at once, and made anew for each request.
const LIFETIME: i64 = 300;

/// A certificate's key, ready to sign.
pub(super) struct Signer {
    thumbprint: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl Signer {
    /// Reads certificate and key; of a chain the first certificate counts.
    pub(super) fn new(certificate_pem: &str, key_pem: &str) -> Result<Self, GraphError> {
        let der = first_certificate(certificate_pem).map_err(GraphError::Certificate)?;
        Ok(Self {
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(der)),
            key: EncodingKey::from_rsa_pem(key_pem.as_bytes()).map_err(GraphError::Key)?,
        })
    }

    /// A fresh assertion of `client_id` for the token endpoint `audience`.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::PS256);
        header.x5t_s256 = Some(self.thumbprint.clone());
        let now = now.as_second();
        let claims = Claims {
            aud: audience,
            iss: client_id,
            sub: client_id,
            jti: Uuid::new_v4().to_string(),
            nbf: now,
            iat: now,
            exp: now + LIFETIME,
        };
        encode(&header, &claims, &self.key)
    }
}

/// The DER bytes of the first certificate of a PEM text.
pub(super) fn first_certificate(pem: &str) -> Result<Vec<u8>, &'static str> {
    let (_, rest) = pem
        .split_once("-----BEGIN CERTIFICATE-----")
        .ok_or("it holds no `BEGIN CERTIFICATE`")?;
    let (body, _) = rest
        .split_once("-----END CERTIFICATE-----")
        .ok_or("it holds no `END CERTIFICATE`")?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD
        .decode(body)
        .map_err(|_| "what is between BEGIN and END CERTIFICATE is no base64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong_with_a_certificate() {
        let of = |pem: &str| first_certificate(pem);
        assert!(of("").is_err_and(|why| why.contains("BEGIN")));
        assert!(of("-----BEGIN CERTIFICATE-----\nAAAA").is_err_and(|why| why.contains("END")));
        assert!(
            of("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----")
                .is_err_and(|why| why.contains("base64"))
        );
        assert_eq!(
            of("notes\n-----BEGIN CERTIFICATE-----\r\nAAEC\r\nAw==\r\n-----END CERTIFICATE-----\n"),
            Ok(vec![0, 1, 2, 3])
        );
    }
}
