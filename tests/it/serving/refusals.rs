//! What is not answered as it wishes, and how it is told.

use super::{ASKED_ONLY, MUNICH};
use crate::harness::database::Database;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};

#[tokio::test]
async fn every_refusal_is_a_problem_that_says_what_is_wrong() {
    let database = Database::sqlite();
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(&database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "");
    let service = story.serve().await;
    let syncs = "/api/v1/syncs";
    for (method, path, headers, body, status, says) in [
        ("GET", "/nothing", &[][..], Value::Null, 404, "openapi.json"),
        ("PUT", syncs, &[], Value::Null, 405, "method"),
        (
            "POST",
            syncs,
            &[],
            json!({"ful": true}),
            400,
            "unknown field `ful`",
        ),
        ("POST", syncs, &[], json!({"full": "yes"}), 400, "full"),
        (
            "POST",
            syncs,
            &[],
            json!({"tenant": "fabrikam"}),
            404,
            "contoso",
        ),
        (
            "POST",
            syncs,
            &[("idempotency-key", "")],
            json!({}),
            400,
            "Idempotency-Key",
        ),
        (
            "POST",
            syncs,
            &[("content-type", "text/plain")],
            json!({}),
            415,
            "application/json",
        ),
        (
            "POST",
            syncs,
            &[("origin", "http://evil.example")],
            json!({}),
            403,
            "another site",
        ),
        (
            "GET",
            syncs,
            &[("host", "evil.example")],
            Value::Null,
            403,
            "localhost",
        ),
        (
            "GET",
            "/api/v1/syncs?limit=0",
            &[],
            Value::Null,
            400,
            "limit",
        ),
        (
            "GET",
            "/api/v1/syncs?limit=many",
            &[],
            Value::Null,
            400,
            "limit",
        ),
        (
            "GET",
            "/api/v1/syncs?cursor=nonsense",
            &[],
            Value::Null,
            400,
            "cursor",
        ),
        (
            "GET",
            "/api/v1/syncs/nonsense",
            &[],
            Value::Null,
            404,
            "nonsense",
        ),
        ("GET", "/api/v1/users/%ff", &[], Value::Null, 400, "UTF-8"),
        (
            "POST",
            "/api/v1/syncs/nonsense/approve",
            &[],
            Value::Null,
            404,
            "nonsense",
        ),
    ] {
        let answer = service.ask_with(method, path, headers, &body).await;
        answer.is(status);
        assert_eq!(
            answer.kind, "application/problem+json",
            "{method} {path}: {answer:?}"
        );
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{problem}");
        let detail = problem["detail"].as_str().expect("a sentence");
        assert!(detail.contains(says), "{method} {path}: {detail}");
    }
    let announced = service
        .raw("POST /api/v1/syncs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n")
        .await;
    assert!(announced.starts_with("HTTP/1.1 413 "), "{announced}");
    let many: String = (0..10_000).map(|n| format!("X-{n}: y\r\n")).collect();
    let headers = service
        .raw(&format!(
            "GET /livez HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"
        ))
        .await;
    assert!(headers.starts_with("HTTP/1.1 431 "), "{headers}");
    let silent = service.silence().await;
    assert!(silent.as_secs() < 30, "{silent:?}");
    let past = service.get("/syncs").await;
    assert_eq!(past["items"], json!([]), "nothing was begun");
    service.stop().await;
}
