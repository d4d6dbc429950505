//! Faults, the request log, and batches.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::desk::{Desk, user_id};

const ASSIGN: &str = "/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber";

fn order(n: u32, number: &str) -> Value {
    json!({"telephoneNumber": number, "assignmentTargetId": user_id(n), "numberType": "directRouting"})
}

#[tokio::test]
async fn a_fault_strikes_where_and_as_often_as_ordered() {
    let desk = Desk::new(json!({})).await;
    desk.control(
        "POST",
        "/_sim/faults",
        json!({"match": {"path_contains": "/subscribedSkus"}, "after": 1, "times": 2, "do": {"status": 429, "retry_after": "2"}}),
    );
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = desk
            .send(Method::GET, "/subscribedSkus", None)
            .await
            .expect("an answer");
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.headers()["retry-after"], "2");
        }
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
}

#[tokio::test]
async fn a_lost_answer_took_effect_and_a_dropped_request_did_not() {
    for (effect, held) in [("lose_answer", true), ("drop", false)] {
        let desk = Desk::new(json!({})).await;
        desk.control(
            "POST",
            "/_sim/faults",
            json!({"match": {"method": "POST"}, "do": {effect: true}}),
        );
        assert!(
            desk.send(Method::POST, ASSIGN, Some(order(1, "+4989777001")))
                .await
                .is_err(),
            "{effect}"
        );
        assert_eq!(
            !desk.holder("+4989777001").await.is_empty(),
            held,
            "{effect}"
        );
    }
}

#[tokio::test]
async fn a_cut_connection_ends_in_the_middle_of_the_body() {
    let desk = Desk::new(json!({})).await;
    desk.control("POST", "/_sim/faults", json!({"do": {"cut": true}}));
    let answer = desk
        .send(Method::GET, "/users/delta?$select=city", None)
        .await
        .expect("a head");
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn answers_are_bent_as_ordered() {
    let desk = Desk::new(json!({})).await;
    let bent = async |effect: Value| {
        desk.control("POST", "/_sim/faults", json!({"do": effect}));
        let answer = desk
            .send(Method::GET, "/users/delta?$select=city", None)
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    let (_, text) = bent(json!({"empty_value": true, "no_links": true})).await;
    assert!(
        text.contains("\"value\":[]") && !text.contains("deltaLink"),
        "{text}"
    );
    let (_, text) = bent(json!({"foreign_next_link": "http://127.0.0.1:9/x"})).await;
    assert!(
        text.contains("\"@odata.nextLink\":\"http://127.0.0.1:9/x\"")
            && !text.contains("deltaLink"),
        "{text}"
    );
    let (_, text) = bent(json!({"append": [{"id": user_id(1), "city": "Bonn"}]})).await;
    assert!(text.matches(&user_id(1)).count() == 2, "{text}");
    assert_eq!(
        bent(json!({"body": "<html>proxy</html>"})).await,
        (200, "<html>proxy</html>".to_owned())
    );
    let (status, text) = bent(json!({"expire_delta": true})).await;
    assert!(
        status == 400 && text.contains("syncStateNotFound"),
        "{text}"
    );
    assert_eq!(bent(json!({"status": 410})).await.0, 410);
}

#[tokio::test]
async fn an_operation_can_be_made_to_fail() {
    let desk = Desk::new(json!({})).await;
    desk.control(
        "POST",
        "/_sim/faults",
        json!({"match": {"method": "POST"}, "do": {"fail_operation": "not today"}}),
    );
    assert_eq!(
        desk.assign(1, "+4989777001", "directRouting").await,
        ("failed".to_owned(), "not today".to_owned())
    );
    assert_eq!(desk.holder("+4989777001").await, "");
}

#[tokio::test]
async fn the_log_tells_what_was_sent_without_secrets() {
    let desk = Desk::new(json!({})).await;
    desk.post(ASSIGN, order(1, "+4989777001")).await;
    let log = desk.control("GET", "/_sim/log", Value::Null);
    let last = log["items"]
        .as_array()
        .expect("a list")
        .last()
        .expect("a request")
        .clone();
    assert_eq!(
        (&last["method"], &last["status"]),
        (&json!("POST"), &json!(202))
    );
    assert_eq!(last["body"]["telephoneNumber"], "+4989777001");
    assert!(!log.to_string().contains("s3cret"));
    desk.control("DELETE", "/_sim/log", Value::Null);
    assert_eq!(
        desk.control("GET", "/_sim/log", Value::Null)["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_batch_answers_part_by_part() {
    let desk = Desk::new(json!({})).await;
    desk.control("POST", "/_sim/faults", json!({"match": {"path_contains": "subscribedSkus"}, "do": {"status": 429, "retry_after": "3"}}));
    let json_header = json!({"content-type": "application/json"});
    let requests = json!([
        {"id": "1", "method": "GET", "url": format!("/users/{}?$select=city", user_id(1))},
        {"id": "2", "method": "GET", "url": "/subscribedSkus"},
        {"id": "3", "method": "POST", "url": ASSIGN, "headers": json_header, "body": order(1, "+4989777001")},
        {"id": "4", "method": "GET", "url": "/users", "dependsOn": ["2"]},
    ]);
    let (status, body, _) = desk.post("/$batch", json!({"requests": requests})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let statuses: Vec<u64> = body["responses"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|part| part["status"].as_u64().expect("a number"))
        .collect();
    assert_eq!(statuses, [200, 429, 202, 424]);
    assert_eq!(body["responses"][0]["body"]["city"], "München");
    assert_eq!(body["responses"][1]["headers"]["Retry-After"], "3");
    let many: Vec<Value> = (0..21)
        .map(|n| json!({"id": n.to_string(), "method": "GET", "url": "/users"}))
        .collect();
    assert_eq!(
        desk.post("/$batch", json!({"requests": many})).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_date_header_follows_the_clock_and_its_skew() {
    let desk = Desk::new(json!({"date_skew_seconds": 600})).await;
    let answer = desk
        .send(Method::GET, "/subscribedSkus", None)
        .await
        .expect("an answer");
    assert_eq!(answer.headers()["date"], "Mon, 02 Nov 2026 10:10:00 GMT");
    assert!(answer.headers().contains_key("request-id"));
}
