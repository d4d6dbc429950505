//! Tokens without a secret: another issuer's, and those of the platform (docs/graph.md 8).

use super::server::{FixedClock, Seen, Server, TOKEN_PATH, graph, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linekeeper::clock::Clock as _;
use linekeeper::directory::{Directory as _, ReadError};
use linekeeper::graph::{Credential, GraphSettings, IdentityEndpoint};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const MACHINE_PATH: &str = "/metadata/identity/oauth2/token";

fn products(path: &str) -> Option<axum::response::Response> {
    path.ends_with("/subscribedSkus")
        .then(|| json(200, r#"{"value":[]}"#))
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://x/?{text}")).expect("pairs");
    url.query_pairs().into_owned().collect()
}

/// A token of another issuer that lives for so many seconds.
fn assertion(seconds: i64, mark: &str) -> String {
    let ends = FixedClock.now().as_second() + seconds;
    let claims = serde_json::json!({"iss": "https://oidc.example", "sub": "voice:linekeeper",
        "aud": "api://AzureADTokenExchange", "exp": ends});
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part("{}"),
        part(&claims.to_string()),
        part(mark)
    )
}

fn federated(server: &Server, file: &Path) -> GraphSettings {
    let mut settings = server.settings();
    settings.credential = Credential::FederatedTokenFile(file.to_owned());
    settings
}

#[tokio::test]
async fn a_federated_token_is_read_for_each_token_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let server = Server::start(|seen| products(seen.path())).await;
    let (first, second) = (assertion(3600, "first"), assertion(3600, "second"));
    std::fs::write(&file, format!("{first}\n")).expect("written");
    let graph = graph(federated(&server, &file));
    assert_eq!(graph.skus().await, Ok(vec![]));
    std::fs::write(&file, &second).expect("written");
    assert_eq!(graph.skus().await, Ok(vec![]));
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(56)).await;
    tokio::time::resume();
    assert_eq!(graph.skus().await, Ok(vec![]));
    let sent: Vec<BTreeMap<String, String>> = server
        .token_requests()
        .iter()
        .map(|seen| pairs(&seen.body))
        .collect();
    assert_eq!(sent.len(), 2, "the token was kept between");
    assert_eq!(sent[0]["client_assertion"], first);
    assert_eq!(sent[1]["client_assertion"], second);
    assert_eq!(
        sent[0]["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert_eq!(sent[0]["scope"], "https://graph.microsoft.com/.default");
    assert!(!sent[0].contains_key("client_secret"));
}

#[tokio::test]
async fn a_federated_token_that_cannot_do_is_named_and_not_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let server = Server::start(|_| None).await;
    let graph = graph(federated(&server, &file));
    let refused = async |part: &str| {
        let Err(ReadError::Refused(why)) = graph.skus().await else {
            panic!("expected to be refused for {part}");
        };
        assert!(why.contains(part) && why.contains("token"), "{why}");
    };
    refused("cannot be read").await;
    std::fs::write(&file, "hunter2").expect("written");
    refused("holds no token").await;
    std::fs::write(&file, assertion(-600, "old")).expect("written");
    refused("ended at 2026-11-02T09:50:00Z").await;
    assert_eq!(server.token_requests().len(), 0);
}

#[tokio::test]
async fn i10_a_federated_token_is_not_repeated() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let token = assertion(3600, "s3cr3t");
    std::fs::write(&file, &token).expect("written");
    let quoted = token.clone();
    let server = Server::start(move |seen| {
        let body = serde_json::json!({"error": "invalid_client", "error_codes": [4711],
            "error_description": format!("AADSTS4711: {quoted} is no good")});
        (seen.path() == TOKEN_PATH).then(|| json(401, &body.to_string()))
    })
    .await;
    let failure = graph(federated(&server, &file)).skus().await;
    let text = format!("{failure:?}");
    assert!(text.contains("4711") && !text.contains(&token), "{text}");
}

fn machine(server: &Server, client_id: &str) -> GraphSettings {
    let mut settings = server.settings();
    settings.client_id = client_id.to_owned();
    let endpoint = IdentityEndpoint::Machine(server.root.clone());
    settings.credential = Credential::ManagedIdentity(endpoint);
    settings
}

/// What asked the metadata service.
fn asked(server: &Server) -> Vec<Seen> {
    let mut requests = server.requests();
    requests.retain(|seen| seen.path() == MACHINE_PATH);
    requests
}

fn granted() -> axum::response::Response {
    let ends = (FixedClock.now().as_second() + 86_399).to_string();
    let body = serde_json::json!({"access_token": "of-the-machine", "client_id": "c", "expires_in": "86399",
        "expires_on": ends, "resource": "https://graph.microsoft.com/", "token_type": "Bearer"});
    json(200, &body.to_string())
}

#[tokio::test]
async fn a_machine_asks_its_metadata_service() {
    let server = Server::start(|seen| match seen.path() {
        MACHINE_PATH => Some(granted()),
        path => products(path),
    })
    .await;
    let graph = graph(machine(&server, ""));
    for _ in 0..2 {
        assert_eq!(graph.skus().await, Ok(vec![]));
    }
    let asked = asked(&server);
    assert_eq!(asked.len(), 1, "its token is kept");
    assert_eq!(asked[0].method, "GET");
    assert_eq!(asked[0].header("metadata"), "true");
    let query = asked[0].target.split_once('?').expect("a query").1;
    let expected = [
        ("api-version", "2018-02-01"),
        ("resource", "https://graph.microsoft.com/"),
    ];
    let expected = expected.map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(pairs(query), BTreeMap::from(expected));
    assert_eq!(server.token_requests().len(), 0);
    let used = server.requests();
    let used = used.iter().find(|seen| seen.path() != MACHINE_PATH);
    let header = used.map(|seen| seen.header("authorization").to_owned());
    assert_eq!(header.as_deref(), Some("Bearer of-the-machine"));
}

#[tokio::test]
async fn a_user_assigned_identity_is_named() {
    let server = Server::start(|seen| match seen.path() {
        MACHINE_PATH => Some(granted()),
        path => products(path),
    })
    .await;
    assert_eq!(graph(machine(&server, "app-7")).skus().await, Ok(vec![]));
    let target = asked(&server)[0].target.clone();
    assert_eq!(
        pairs(target.split_once('?').expect("a query").1)["client_id"],
        "app-7"
    );
}

#[tokio::test]
async fn a_metadata_service_that_is_not_ready_is_asked_again() {
    let server = Server::start(|seen| match (seen.path(), seen.nth) {
        (MACHINE_PATH, 0) => Some(json(404, "")),
        (MACHINE_PATH, 1) => Some(json(429, "{}")),
        (MACHINE_PATH, 2) => Some(json(500, "<html>")),
        (MACHINE_PATH, 3) => Some(json(503, "{}")),
        (MACHINE_PATH, _) => Some(granted()),
        (path, _) => products(path),
    })
    .await;
    assert_eq!(graph(machine(&server, "")).skus().await, Ok(vec![]));
    assert_eq!(asked(&server).len(), 5);
    // Being renewed takes it longer than anything else.
    let renewed = Server::start(|seen| match (seen.path(), seen.nth) {
        (MACHINE_PATH, 0..8) => Some(json(410, "")),
        (MACHINE_PATH, _) => Some(granted()),
        (path, _) => products(path),
    })
    .await;
    assert_eq!(graph(machine(&renewed, "")).skus().await, Ok(vec![]));
    assert_eq!(asked(&renewed).len(), 9);
    let busy = Server::start(|_| Some(json(503, ""))).await;
    let failure = graph(machine(&busy, "")).skus().await;
    assert!(
        matches!(failure, Err(ReadError::Unreachable(_))),
        "{failure:?}"
    );
    assert_eq!(asked(&busy).len(), 5);
}

#[tokio::test]
async fn a_machine_without_an_identity_is_told_what_to_do() {
    let server = Server::start(|_| {
        let body = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
        Some(json(400, body))
    })
    .await;
    let Err(ReadError::Refused(why)) = graph(machine(&server, "app-7")).skus().await else {
        panic!("expected a refusal");
    };
    assert!(
        why.contains("Identity not found") && why.contains("app-7"),
        "{why}"
    );
    assert_eq!(asked(&server).len(), 1, "a no is a no");
    let mut nowhere = machine(&server, "");
    nowhere.credential =
        Credential::ManagedIdentity(IdentityEndpoint::Machine("http://127.0.0.1:1".to_owned()));
    let Err(ReadError::Unreachable(why)) = graph(nowhere).skus().await else {
        panic!("nobody is there");
    };
    assert!(why.contains("no managed identity endpoint"), "{why}");
}

#[tokio::test]
async fn an_app_shows_its_header_and_reads_when_the_token_ends() {
    const PATH: &str = "/msi/token";
    let server = Server::start(|seen| match (seen.path(), seen.header("x-identity-header")) {
        (PATH, "s3cr3t") => {
            let ends = (FixedClock.now().as_second() + 1200).to_string();
            let body = serde_json::json!({"access_token": format!("t{}", seen.nth), "expires_on": ends,
                "resource": "https://graph.microsoft.com/", "token_type": "Bearer"});
            Some(json(200, &body.to_string()))
        }
        (PATH, _) => Some(json(401, "{}")),
        (path, _) => products(path),
    })
    .await;
    let mut settings = machine(&server, "");
    settings.credential = Credential::ManagedIdentity(IdentityEndpoint::Host {
        url: format!("{}{PATH}", server.root),
        header: "s3cr3t".into(),
    });
    assert!(!format!("{settings:?}").contains("s3cr3t"));
    let graph = graph(settings);
    assert_eq!(graph.skus().await, Ok(vec![]));
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(16)).await;
    tokio::time::resume();
    assert_eq!(graph.skus().await, Ok(vec![]));
    let mut requests = server.requests();
    requests.retain(|seen| seen.path() == PATH);
    assert_eq!(requests.len(), 2, "renewed five minutes before its end");
    assert!(requests[0].target.contains("api-version=2019-08-01"));
}
