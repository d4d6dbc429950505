//! Writes: bodies, what each ending means, and that none is sent twice blindly (FAULTS G2, G3, G10).

use super::server::{FixedClock, Seen, Server, bare, error, graph, json, raw, settings};
use axum::response::IntoResponse;
use linekeeper::apply::{CallError, Order, Telephony};
use linekeeper::clock::Clock;
use linekeeper::directory::{Directory, UserId};
use linekeeper::numbering::NumberType;
use serde_json::{Value, json as body};
use std::sync::atomic::Ordering;
use std::time::Duration;

const ASSIGN: &str = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber";
const USER: UserId = UserId::from_u128(1);

fn assign() -> Order {
    Order::Assign {
        number: "+4989555010001".parse().expect("a number"),
        number_type: NumberType::OperatorConnect,
        user: USER,
        location: None,
    }
}

/// Sends one assignment to a server that always answers so, and tells what came of it and how often it was sent.
async fn outcome(
    answer: impl Fn() -> axum::response::Response + Send + Sync + 'static,
) -> (Result<Option<String>, CallError>, usize) {
    let server = Server::start(move |seen| (seen.path() == ASSIGN).then(&answer)).await;
    let sent = server.graph().send(&assign()).await;
    (sent.map(|link| link.map(|l| l.0)), server.requests().len())
}

#[tokio::test]
async fn orders_are_written_as_graph_wants_them() {
    let server = Server::start(|seen| {
        seen.path()
            .starts_with("/v1.0")
            .then(|| bare(204, "request-id", "r-1"))
    })
    .await;
    let graph = server.graph();
    let number = "+4989555010001".parse().expect("a number");
    let number_type = NumberType::CallingPlan;
    let (user, policy_type) = (USER, "TeamsCallingPolicy".to_owned());
    let location = Some("loc-1".to_owned());
    let id = "VnMA".to_owned();
    let phone = Some("+4989555010001".to_owned());
    for order in [
        Order::Assign {
            number,
            number_type,
            user,
            location,
        },
        Order::Unassign {
            number,
            number_type,
        },
        Order::SetPolicy {
            user,
            policy_type: policy_type.clone(),
            id,
        },
        Order::ClearPolicy { user, policy_type },
        Order::SetPhone { user, phone },
        Order::SetPhone { user, phone: None },
    ] {
        assert_eq!(graph.send(&order).await, Ok(None));
    }
    let sent: Vec<_> = server.requests().iter().map(written).collect();
    assert_eq!(sent, expected_orders());
}

/// Method, path and body of a write.
fn written(seen: &Seen) -> (String, String, Value) {
    let path = seen.path().trim_start_matches("/v1.0/").to_owned();
    (seen.method.clone(), path, seen.json())
}

fn expected_orders() -> [(String, String, Value); 6] {
    let post = |path: &str, body| ("POST".to_owned(), path.to_owned(), body);
    let numbers = "admin/teams/telephoneNumberManagement/numberAssignments";
    let policies = "admin/teams/policy/userAssignments";
    let user = USER.to_string();
    let patch = |phones| ("PATCH".to_owned(), format!("users/{user}"), phones);
    [
        post(
            &format!("{numbers}/assignNumber"),
            body!({"telephoneNumber": "+4989555010001", "assignmentTargetId": user, "numberType": "callingPlan",
                    "assignmentCategory": "primary", "locationId": "loc-1"}),
        ),
        post(
            &format!("{numbers}/unassignNumber"),
            body!({"telephoneNumber": "+4989555010001", "numberType": "callingPlan"}),
        ),
        post(
            &format!("{policies}/assign"),
            body!({"value": [{"userId": user, "policyType": "TeamsCallingPolicy", "policyId": "VnMA"}]}),
        ),
        post(
            &format!("{policies}/unassign"),
            body!({"value": [{"userId": user, "policyType": "TeamsCallingPolicy"}]}),
        ),
        patch(body!({"businessPhones": ["+4989555010001"]})),
        patch(body!({"businessPhones": []})),
    ]
}

#[tokio::test]
async fn an_accepted_order_names_its_operation() {
    let server = Server::start(|seen| {
        let to = format!("http://{}/v1.0/operations('QXNz')", seen.header("host"));
        (seen.path() == ASSIGN).then(|| bare(202, "location", &to))
    })
    .await;
    let link = server.graph().send(&assign()).await.expect("accepted");
    assert_eq!(link.map(|l| l.0), Some(server.link("/operations('QXNz')")));
    let foreign = || bare(202, "location", "https://evil.example/v1.0/operations('x')");
    assert_eq!(outcome(foreign).await, (Ok(None), 1));
    assert_eq!(outcome(|| bare(202, "x-nothing", "")).await, (Ok(None), 1));
}

#[tokio::test]
async fn refusals_say_why_and_touch_nobody() {
    let message = "Telephone Number '+4989555010001' has already been assigned to another user";
    let (refused, sent) = outcome(move || error(400, "BadRequest", message)).await;
    let Err(CallError::Refused(why)) = refused else {
        panic!("a refusal was expected, not {refused:?}");
    };
    assert!(why.contains(message), "{why}");
    assert_eq!(sent, 1);
    for status in [404, 409, 422] {
        let (refused, _) = outcome(move || error(status, "x", "y")).await;
        assert!(matches!(refused, Err(CallError::Refused(_))), "{status}");
    }
    // What the application may not do must not be held against the number.
    let (denied, _) = outcome(|| error(403, "Authorization_RequestDenied", "")).await;
    let Err(CallError::NotSent(why)) = denied else {
        panic!("not the number's fault: {denied:?}");
    };
    assert!(why.contains("TeamsTelephoneNumber.ReadWrite.All"), "{why}");
}

#[tokio::test]
async fn a_phone_that_may_not_be_written_is_a_refusal_for_that_user() {
    let server = Server::start(|seen| {
        (seen.method == "PATCH").then(|| error(403, "Authorization_RequestDenied", "admin role"))
    })
    .await;
    let order = Order::SetPhone {
        user: USER,
        phone: None,
    };
    let refused = server.graph().send(&order).await;
    assert!(matches!(refused, Err(CallError::Refused(_))));
}

#[tokio::test]
async fn g2_what_may_have_taken_effect_is_unknown_and_sent_once() {
    for status in [408, 500, 502, 503, 504] {
        let (unknown, sent) = outcome(move || error(status, "x", "y")).await;
        assert!(matches!(unknown, Err(CallError::Unknown(_))), "{status}");
        assert_eq!(sent, 1, "{status}");
    }
    let page = || ([("content-type", "text/html")], "<html>").into_response();
    let (unknown, sent) = outcome(page).await;
    assert!(matches!(unknown, Err(CallError::Unknown(_))));
    assert_eq!(sent, 1);
    let (unknown, sent) = outcome(|| bare(307, "location", "/elsewhere")).await;
    assert!(matches!(unknown, Err(CallError::Unknown(_))));
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn g2_a_lost_answer_is_unknown_and_sent_once() {
    let late = Server::start_slow(Duration::from_millis(400), |_| None).await;
    let login = Server::start(|_| None).await;
    let mut slow = settings(&late.root);
    slow.login_url.clone_from(&login.root);
    slow.request_timeout = Duration::from_millis(100);
    let sent = graph(slow).send(&assign()).await;
    assert!(matches!(sent, Err(CallError::Unknown(_))), "{sent:?}");
    assert_eq!(late.requests().len(), 1);

    for cut in [Vec::new(), b"HTTP/1.1 202 Acc".to_vec()] {
        let (root, count) = raw(vec![cut]).await;
        let mut settings = settings(&root);
        settings.login_url.clone_from(&login.root);
        let sent = graph(settings).send(&assign()).await;
        assert!(matches!(sent, Err(CallError::Unknown(_))), "{sent:?}");
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn g3_what_never_left_is_not_sent() {
    let login = Server::start(|_| None).await;
    let mut nobody = settings("http://127.0.0.1:1");
    nobody.login_url.clone_from(&login.root);
    let sent = graph(nobody).send(&assign()).await;
    assert!(matches!(sent, Err(CallError::NotSent(_))), "{sent:?}");

    let server = Server::start(|seen| {
        let refused = r#"{"error":"invalid_client","error_codes":[7000222]}"#;
        seen.path().ends_with("/token").then(|| json(401, refused))
    })
    .await;
    let sent = server.graph().send(&assign()).await;
    assert!(matches!(sent, Err(CallError::NotSent(why)) if why.contains("expired")));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn g10_a_throttled_write_waits_or_is_put_off() {
    let server = Server::start(|seen| {
        (seen.path() == ASSIGN).then(|| match seen.nth {
            0 => bare(429, "retry-after", "1"),
            _ => bare(202, "x-nothing", ""),
        })
    })
    .await;
    assert_eq!(server.graph().send(&assign()).await, Ok(None));
    assert_eq!(server.requests().len(), 2);

    let (put_off, sent) = outcome(|| bare(429, "retry-after", "600")).await;
    let Err(CallError::Throttled { until }) = put_off else {
        panic!("expected to be put off, not {put_off:?}");
    };
    assert_eq!(until.duration_since(FixedClock.now()).as_secs(), 600);
    assert_eq!(sent, 1);
    let (put_off, sent) = outcome(|| bare(429, "retry-after", "never")).await;
    assert!(matches!(put_off, Err(CallError::Throttled { .. })));
    assert_eq!(sent, 3);
}

#[tokio::test]
async fn g12_a_write_is_sent_again_with_a_renewed_token() {
    let server = Server::start(|seen| {
        (seen.path() == ASSIGN).then(|| match seen.header("authorization") {
            "Bearer token-0" => error(401, "InvalidAuthenticationToken", "expired"),
            _ => bare(202, "x-nothing", ""),
        })
    })
    .await;
    assert_eq!(server.graph().send(&assign()).await, Ok(None));
    assert_eq!(server.requests().len(), 2);
    let (denied, sent) = outcome(|| error(401, "InvalidAuthenticationToken", "no")).await;
    assert!(matches!(denied, Err(CallError::NotSent(_))));
    assert_eq!(sent, 2);
}

#[tokio::test]
async fn nothing_is_sent_after_the_leave_to_write_may_have_ended() {
    let server = Server::start(|seen| {
        let long = || bare(429, "retry-after", "600");
        (seen.path() == ASSIGN || seen.path().ends_with("/subscribedSkus")).then(long)
    })
    .await;
    let mut settings = server.settings();
    settings.max_wait = Duration::from_millis(200);
    let graph = graph(settings);
    assert!(graph.skus().await.is_err());
    let order = assign();
    // The tenant now pauses; a pause as long as this write may wait would send it at the last moment or not at all.
    let (one, two) = tokio::join!(graph.send(&order), graph.send(&order));
    for outcome in [one, two] {
        assert!(
            matches!(outcome, Err(CallError::Throttled { .. })),
            "{outcome:?}"
        );
    }
    let slow = Server::start_slow(Duration::from_millis(600), |seen| {
        (seen.path() == ASSIGN).then(|| bare(202, "x-nothing", ""))
    })
    .await;
    let login = Server::start(|_| None).await;
    let mut settings = slow.settings();
    settings.login_url.clone_from(&login.root);
    settings.concurrency = 1;
    settings.max_wait = Duration::from_millis(200);
    let graph = self::graph(settings);
    let (one, two) = tokio::join!(graph.send(&order), graph.send(&order));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let waited = [one, two].into_iter().find_map(Result::err);
    assert!(
        matches!(waited, Some(CallError::Throttled { .. })),
        "{waited:?}"
    );
    assert_eq!(slow.requests().len(), 1);
}
