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
