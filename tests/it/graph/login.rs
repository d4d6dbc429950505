//! Tokens: by secret, by certificate, shared, renewed, refused (docs/graph.md 8; FAULTS G13).

use super::server::{FixedClock, Server, TOKEN_PATH, graph, json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use linekeeper::clock::Clock;
use linekeeper::directory::{Directory, ReadError};
use linekeeper::graph::{Credential, Graph, GraphError, GraphSettings};
use secrecy::SecretString;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

fn products(path: &str) -> Option<axum::response::Response> {
    path.ends_with("/subscribedSkus")
        .then(|| json(200, r#"{"value":[]}"#))
}

fn form(body: &str) -> BTreeMap<String, String> {
    let url = format!("http://x/?{body}");
    let url = reqwest::Url::parse(&url).expect("a form");
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_secret_is_sent_encoded_and_the_token_kept() {
    let server = Server::start(|seen| products(seen.path())).await;
    let mut settings = server.settings();
    settings.credential = Credential::Secret("a+b&c=d %é~".into());
    let graph = graph(settings);
    for _ in 0..3 {
        assert_eq!(graph.skus().await, Ok(vec![]));
    }
    let requests = server.token_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].target, TOKEN_PATH);
    assert!(requests[0].body.contains("a%2Bb%26c%3Dd"));
    let form = form(&requests[0].body);
    let expected = [
        ("client_id", "app-1"),
        ("client_secret", "a+b&c=d %é~"),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let expected = expected.map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(form, BTreeMap::from(expected));
}

#[tokio::test]
async fn all_who_wait_share_one_token() {
    let delay = Duration::from_millis(20);
    let server = Server::start_slow(delay, |seen| products(seen.path())).await;
    let graph = server.graph();
    let all = futures::future::join_all((0..8).map(|_| graph.skus())).await;
    assert!(all.into_iter().all(|skus| skus == Ok(vec![])));
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn all_who_wait_share_one_refusal() {
    let delay = Duration::from_millis(50);
    let server = Server::start_slow(delay, |seen| {
        let body = r#"{"error":"invalid_client","error_codes":[7000215],"error_description":"AADSTS7000215: s3cr3t"}"#;
        (seen.path() == TOKEN_PATH).then(|| json(401, body))
    })
    .await;
    let graph = server.graph();
    let all = futures::future::join_all((0..8).map(|_| graph.skus())).await;
    for refused in all {
        let Err(ReadError::Refused(why)) = refused else {
            panic!("a wrong secret was expected to be refused, not {refused:?}");
        };
        assert!(
            why.contains("secret's id") && !why.contains("s3cr3t"),
            "{why}"
        );
    }
    assert_eq!(
        server.token_requests().len(),
        1,
        "a wrong secret is not tried again and again"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_busy_token_endpoint_is_asked_again() {
    let server = Server::start(|seen| {
        let busy = r#"{"error":"temporarily_unavailable","error_codes":[90033]}"#;
        match (seen.path(), seen.nth) {
            (TOKEN_PATH, 0) => Some(json(400, busy)),
            (TOKEN_PATH, 1) => Some(json(503, "<html>")),
            (path, _) => products(path),
        }
    })
    .await;
    assert_eq!(server.graph().skus().await, Ok(vec![]));
    assert_eq!(server.token_requests().len(), 3);
}

#[tokio::test]
async fn a_token_is_renewed_early_and_used_to_its_end_when_that_fails() {
    let server = Server::start(|seen| match (seen.path(), seen.nth) {
        (TOKEN_PATH, 1..) => Some(json(503, "")),
        (path, _) => products(path),
    })
    .await;
    let graph = server.graph();
    assert_eq!(graph.skus().await, Ok(vec![]));
    let pass = async |minutes: u64| {
        tokio::time::pause();
        tokio::time::advance(Duration::from_mins(minutes)).await;
        tokio::time::resume();
    };
    pass(50).await;
    assert_eq!(graph.skus().await, Ok(vec![]));
    assert_eq!(server.token_requests().len(), 1);
    pass(6).await;
    assert_eq!(graph.skus().await, Ok(vec![]), "the old token still lives");
    assert_eq!(server.token_requests().len(), 4, "once and two retries");
    assert_eq!(graph.skus().await, Ok(vec![]));
    assert_eq!(server.token_requests().len(), 4, "not again at once");
    pass(10).await;
    assert!(matches!(graph.skus().await, Err(ReadError::Unreachable(_))));
}

#[tokio::test]
async fn a_certificate_signs_the_assertion() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let certificate = rcgen::CertificateParams::new(vec!["linekeeper.example".into()])
        .and_then(|params| params.self_signed(&key))
        .expect("a certificate");
    let server = Server::start(|seen| products(seen.path())).await;
    let mut settings = server.settings();
    settings.credential = Credential::Certificate {
        certificate_pem: certificate.pem(),
        key_pem: key.serialize_pem().into(),
    };
    assert_eq!(graph(settings).skus().await, Ok(vec![]));

    let form = form(&server.token_requests()[0].body);
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert!(!form.contains_key("client_secret"));
    let audience = format!("{}{TOKEN_PATH}", server.root);
    let mut validation = Validation::new(Algorithm::PS256);
    validation.set_audience(&[&audience]);
    validation.validate_exp = false;
    let public = DecodingKey::from_rsa_pem(key.public_key_pem().as_bytes()).expect("a public key");
    let token = decode::<Value>(&form["client_assertion"], &public, &validation)
        .expect("a valid signature");
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(certificate.der()));
    assert_eq!(token.header.x5t_s256, Some(thumbprint));
    assert_eq!(token.header.typ.as_deref(), Some("JWT"));
    let (claims, now) = (token.claims, FixedClock.now().as_second());
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&"app-1".into(), &"app-1".into())
    );
    assert_eq!((&claims["nbf"], &claims["iat"]), (&now.into(), &now.into()));
    assert_eq!(claims["exp"], now + 300);
    assert!(claims["jti"].as_str().is_some_and(|id| id.len() == 36));
}

#[tokio::test]
async fn granted_permissions_are_read_from_the_token() {
    let server = Server::start(|seen| {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"roles":["User.Read.All","A.B"]}"#);
        let body = format!(r#"{{"access_token":"e30.{claims}.x","expires_in":3599}}"#);
        (seen.path() == TOKEN_PATH).then(|| json(200, &body))
    })
    .await;
    let granted = server.graph().granted().await;
    assert_eq!(
        granted,
        Ok(Some(vec!["A.B".into(), "User.Read.All".into()]))
    );
    let opaque = Server::start(|_| None).await;
    assert_eq!(opaque.graph().granted().await, Ok(None));
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let refusal = |change: fn(&mut GraphSettings)| {
        let secret = Credential::Secret("s3cr3t".into());
        let mut settings = GraphSettings::new("contoso.example", "app-1", secret);
        change(&mut settings);
        Graph::new(settings, Arc::new(FixedClock)).err()
    };
    assert!(refusal(|_| ()).is_none());
    let national = refusal(|s| s.graph_url = "https://graph.microsoft.us/v1.0".into());
    assert!(matches!(national, Some(GraphError::NationalCloud { .. })));
    let login = refusal(|s| s.login_url = "https://login.chinacloudapi.cn".into());
    assert!(matches!(login, Some(GraphError::NationalCloud { .. })));
    let open = refusal(|s| s.graph_url = "http://graph.microsoft.com/v1.0".into());
    assert!(matches!(open, Some(GraphError::Url { .. })));
    let everybody = refusal(|s| s.tenant_id = "common".into());
    assert!(matches!(everybody, Some(GraphError::Tenant(_))));
    let none = refusal(|s| s.concurrency = 0);
    assert!(matches!(none, Some(GraphError::Concurrency)));
    let certificate = refusal(|s| {
        s.credential = Credential::Certificate {
            certificate_pem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".into(),
            key_pem: SecretString::from("no key"),
        }
    });
    assert!(matches!(certificate, Some(GraphError::Key(_))));
}

#[test]
fn i10_secrets_do_not_print() {
    let settings = GraphSettings::new("t", "app-1", Credential::Secret("s3cr3t".into()));
    let settings_text = format!("{settings:?}");
    let graph = Graph::new(settings, Arc::new(FixedClock)).expect("an adapter");
    assert!(!format!("{settings_text} {graph:?}").contains("s3cr3t"));
}
