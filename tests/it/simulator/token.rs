//! Tokens, permissions, and the tenant file.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linekeeper::simulator::TenantFile;
use reqwest::StatusCode;
use serde_json::json;

use super::desk::{Desk, user_id};

#[tokio::test]
async fn wrong_credentials_are_told_apart() {
    let desk = Desk::new(json!({})).await;
    let app = "grant_type=client_credentials&client_id=app";
    let check = async |form: String, error: &str, code: u32| {
        let (status, body) = desk.ask_token(&form).await;
        assert!(status.is_client_error(), "{form}");
        assert_eq!(
            (&body["error"], &body["error_codes"]),
            (&json!(error), &json!([code])),
            "{form}"
        );
        assert!(
            body["error_description"]
                .as_str()
                .expect("text")
                .starts_with(&format!("AADSTS{code}")),
            "{form}"
        );
    };
    check(
        format!("{app}&client_secret=wrong"),
        "invalid_client",
        7_000_215,
    )
    .await;
    check(app.to_owned(), "invalid_client", 7_000_218).await;
    check(
        "grant_type=password&client_id=app".to_owned(),
        "unsupported_grant_type",
        70003,
    )
    .await;
    desk.control("PUT", "/_sim/switches", json!({"secret_expired": true}));
    check(
        format!("{app}&client_secret=s3cret"),
        "invalid_client",
        7_000_222,
    )
    .await;
}

#[tokio::test]
async fn an_assertion_must_name_certificate_audience_and_time() {
    let desk = Desk::new(json!({})).await;
    let now = 1_793_613_600; // 2026-11-02T10:00:00Z
    let form = |header: serde_json::Value, expiry: i64, audience: &str| {
        let claims = json!({"aud": audience, "iss": "app", "sub": "app", "nbf": now, "exp": expiry, "jti": "1"});
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!(
            "grant_type=client_credentials&client_id=app&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={}.{}.c2ln",
            part(header),
            part(claims)
        )
    };
    let good = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": "abc"});
    let audience = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token";
    assert_eq!(
        desk.ask_token(&form(good.clone(), now + 300, audience))
            .await
            .0,
        StatusCode::OK
    );
    assert_eq!(
        desk.ask_token(&form(good.clone(), now - 1, audience))
            .await
            .1["error_codes"],
        json!([700_024])
    );
    assert_eq!(
        desk.ask_token(&form(good, now + 300, "https://elsewhere.example"))
            .await
            .1["error_codes"],
        json!([50012])
    );
    assert_eq!(
        desk.ask_token(&form(json!({"alg": "PS256"}), now + 300, audience))
            .await
            .1["error_codes"],
        json!([50012])
    );
}

#[tokio::test]
async fn another_issuers_token_must_repeat_the_federated_credential() {
    let desk = Desk::new(
        json!({"federated_issuer": "https://oidc.example", "federated_subject": "voice:lk"}),
    )
    .await;
    let now = 1_793_613_600; // 2026-11-02T10:00:00Z
    let check = async |issuer: &str, subject: &str, audience: &str, expiry: i64, code: u32| {
        let claims = json!({"aud": [audience], "iss": issuer, "sub": subject, "exp": expiry});
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let form = format!(
            "grant_type=client_credentials&client_id=app&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={}.{}.c2ln",
            part(json!({"alg": "RS256"})),
            part(claims)
        );
        let (status, body) = desk.ask_token(&form).await;
        match code {
            0 => assert_eq!(status, StatusCode::OK, "{body}"),
            code => assert_eq!(body["error_codes"], json!([code])),
        }
    };
    let exchange = "api://AzureADTokenExchange";
    let oidc = "https://oidc.example";
    check(oidc, "voice:lk", exchange, now + 300, 0).await;
    check(
        "https://other.example",
        "voice:lk",
        exchange,
        now + 300,
        700_211,
    )
    .await;
    check(
        oidc,
        "voice:lk",
        "https://elsewhere.example",
        now + 300,
        700_212,
    )
    .await;
    check(oidc, "voice:other", exchange, now + 300, 700_213).await;
    check(oidc, "voice:lk", exchange, now - 1, 700_024).await;
}

#[tokio::test]
async fn a_machines_identity_wants_header_version_and_resource() {
    let desk = Desk::new(json!({"machine_identities": ["own", "other"]})).await;
    let ask = async |header: &str, query: &str| {
        let path = "/metadata/identity/oauth2/token";
        let url = format!("{}{path}?{query}", desk.simulator.origin());
        let request = desk.client.get(url).header("metadata", header);
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        (
            status,
            answer.json::<serde_json::Value>().await.expect("JSON"),
        )
    };
    let good = "api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com%2F";
    let (status, body) = ask("true", good).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(
        (&body["client_id"], &body["expires_in"]),
        (&json!("own"), &json!("3599"))
    );
    let (_, body) = ask("true", &format!("{good}&client_id=other")).await;
    assert_eq!(body["client_id"], "other");
    for (header, query, said) in [
        ("false", good.to_owned(), "metadata header"),
        (
            "true",
            "resource=https://graph.microsoft.com/".to_owned(),
            "api-version",
        ),
        ("true", good.replace("graph", "vault"), "500011"),
        (
            "true",
            format!("{good}&client_id=nobody"),
            "Identity not found",
        ),
    ] {
        let (status, body) = ask(header, &query).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(
            body["error_description"].to_string().contains(said),
            "{body}"
        );
    }
}

#[tokio::test]
async fn no_token_an_old_token_and_a_missing_permission() {
    let mut desk = Desk::new(json!({"token_lifetime": "1h"})).await;
    desk.clock.advance(2);
    let (status, body) = desk.get("/subscribedSkus").await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (
            StatusCode::UNAUTHORIZED,
            &json!("InvalidAuthenticationToken")
        )
    );
    desk.renew_token().await;
    desk.read("/subscribedSkus").await;
    desk.control(
        "PUT",
        "/_sim/switches",
        json!({"grants": ["User.Read.All"]}),
    );
    desk.read(&format!("/users/{}", user_id(1))).await;
    let denied = [
        "/subscribedSkus",
        "/admin/teams/telephoneNumberManagement/numberAssignments",
        "/admin/teams/userConfigurations",
    ];
    for target in denied {
        let (status, body) = desk.get(target).await;
        assert_eq!(
            (status, &body["error"]["code"]),
            (StatusCode::FORBIDDEN, &json!("Authorization_RequestDenied"))
        );
    }
    desk.token = "nonsense".to_owned();
    assert_eq!(
        desk.get("/subscribedSkus").await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn a_wrong_tenant_file_names_the_user_and_the_field() {
    let check = |text: &str, parts: &[&str]| {
        let error = TenantFile::from_slice(text.as_bytes())
            .expect_err(text)
            .to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    };
    let id = user_id(1);
    check(
        &format!(
            r#"{{"users":[{{"id":"{id}","userPrincipalName":"anna@contoso.example","city":5}}]}}"#
        ),
        &["users[0].city", "anna@contoso.example", "expected a string"],
    );
    check(
        &format!(
            r#"{{"users":[{{"id":"{id}","userPrincipalName":"a","assignedLicenses":[{{"skuId":"x"}}]}}]}}"#
        ),
        &["users[0].assignedLicenses[0].skuId"],
    );
    check(
        &format!(r#"{{"users":[{{"id":"{id}"}}]}}"#),
        &["users[0]", "userPrincipalName"],
    );
    check(
        &format!(
            r#"{{"users":[{{"id":"{id}","userPrincipalName":"a"}},{{"id":"{id}","userPrincipalName":"b"}}]}}"#
        ),
        &["users[1].id", "already"],
    );
    check(r#"{"users":[],"nubmers":[]}"#, &["nubmers"]);
    check("{\n  \"users\": [,]}", &["line 2"]);
}

#[test]
fn the_sample_of_a_real_export_is_read() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/contoso/contoso.json"
    );
    assert_eq!(
        TenantFile::read(path).expect("a valid tenant").user_count(),
        503
    );
}
