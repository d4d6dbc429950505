//! Throttling, outages, cut and strange answers (FAULTS D3, G10, G11, G12, G17).

use super::server::{Server, bare, error, graph, json, raw, settings};
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use linekeeper::directory::{Cursor, Directory, Link, ReadError, UserId};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const NO_SKUS: &str = r#"{"value":[]}"#;

fn is_skus(path: &str) -> bool {
    path.ends_with("/subscribedSkus")
}

#[tokio::test]
async fn g10_odd_retry_after_texts_are_survived() {
    for odd in ["0", "-7", "soon", "", "Mon, 02 Nov 2020 10:00:00 GMT"] {
        let server = Server::start(move |seen| {
            is_skus(seen.path()).then(|| match seen.nth {
                0 => bare(429, "retry-after", odd),
                _ => json(200, NO_SKUS),
            })
        })
        .await;
        assert_eq!(server.graph().skus().await, Ok(vec![]), "`{odd}`");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn g10_a_pause_beyond_patience_is_not_waited_out() {
    for long in ["259200", "Thu, 05 Nov 2026 10:00:00 GMT"] {
        let server = Server::start(move |seen| {
            let mut answer = bare(429, "retry-after", long);
            let date = "Mon, 02 Nov 2026 10:00:00 GMT".parse().expect("a header");
            answer.headers_mut().insert("date", date);
            Some(answer).filter(|_| is_skus(seen.path()))
        })
        .await;
        let mut settings = server.settings();
        settings.max_wait = Duration::from_millis(300);
        let graph = graph(settings);
        let begun = Instant::now();
        assert!(matches!(graph.skus().await, Err(ReadError::Unreachable(_))));
        assert_eq!(server.requests().len(), 1);
        // The tenant is left in peace for as long as we ever wait, not for three days.
        assert!(matches!(graph.skus().await, Err(ReadError::Unreachable(_))));
        assert!(begun.elapsed() >= Duration::from_millis(300));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn g10_throttling_pauses_its_tenant_and_nobody_else() {
    let server = Server::start(|seen| {
        if is_skus(seen.path()) && seen.nth == 0 {
            return Some(bare(429, "retry-after", "1"));
        }
        is_skus(seen.path()).then(|| json(200, NO_SKUS))
    })
    .await;
    let other_tenant = Server::start(|seen| is_skus(seen.path()).then(|| json(200, NO_SKUS))).await;
    let (throttled, other) = (server.graph(), other_tenant.graph());
    let begun = Instant::now();
    let late = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let user = throttled.user(UserId::from_u128(1)).await;
        (user, begun.elapsed())
    };
    let others = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        (other.skus().await, begun.elapsed())
    };
    let (first, (user, waited), (skus, at_once)) = tokio::join!(throttled.skus(), late, others);
    assert_eq!((first, user, skus), (Ok(vec![]), Ok(None), Ok(vec![])));
    assert!(waited >= Duration::from_millis(950), "{waited:?}");
    assert!(at_once < Duration::from_millis(900), "{at_once:?}");
}

#[tokio::test]
async fn g11_an_outage_ends_in_failure_after_the_retries() {
    for status in [500, 502, 503, 504] {
        let server = Server::start(move |seen| {
            seen.path()
                .starts_with("/v1.0")
                .then(|| error(status, "serviceNotAvailable", "x"))
        })
        .await;
        assert!(matches!(
            server.graph().skus().await,
            Err(ReadError::Unreachable(_))
        ));
        assert_eq!(server.requests().len(), 3, "once and two retries");
    }
}

#[tokio::test]
async fn g12_a_token_that_is_not_accepted_is_renewed_once() {
    let server = Server::start(|seen| {
        is_skus(seen.path()).then(|| match seen.header("authorization") {
            "Bearer token-0" => error(401, "InvalidAuthenticationToken", "expired"),
            _ => json(200, NO_SKUS),
        })
    })
    .await;
    let graph = server.graph();
    let all = futures::future::join_all((0..4).map(|_| graph.skus())).await;
    assert!(all.into_iter().all(|skus| skus == Ok(vec![])));
    assert_eq!(server.token_requests().len(), 2, "one renewal for all");

    let server = Server::start(|seen| {
        is_skus(seen.path()).then(|| error(401, "InvalidAuthenticationToken", "no"))
    })
    .await;
    assert!(matches!(
        server.graph().skus().await,
        Err(ReadError::Refused(_))
    ));
    assert_eq!(
        (server.requests().len(), server.token_requests().len()),
        (2, 2)
    );
}

fn http(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{head}\r\n{body}").into_bytes()
}

#[tokio::test]
async fn d3_a_page_cut_in_the_middle_is_read_again() {
    let login = Server::start(|_| None).await;
    let whole = http("content-length: 12\r\nconnection: close\r\n", NO_SKUS);
    let by_length = http("content-length: 12\r\n", r#"{"val"#);
    let by_close = http("connection: close\r\n", r#"{"value":[{"skuId":"a"#);
    for cut in [by_length, by_close, Vec::new()] {
        let (root, count) = raw(vec![cut.clone(), whole.clone()]).await;
        let mut mended = settings(&root);
        mended.login_url.clone_from(&login.root);
        assert_eq!(graph(mended).skus().await, Ok(vec![]));
        assert_eq!(count.load(Ordering::SeqCst), 2);

        let (root, count) = raw(vec![cut]).await;
        let mut lasting = settings(&root);
        lasting.login_url.clone_from(&login.root);
        let failed = graph(lasting).skus().await;
        assert!(
            matches!(
                failed,
                Err(ReadError::Broken(_) | ReadError::Unreachable(_))
            ),
            "{failed:?}"
        );
        assert_eq!(count.load(Ordering::SeqCst), 3);
    }
}

#[tokio::test]
async fn g17_a_proxys_page_is_no_answer() {
    let server = Server::start(|seen| {
        let page = (
            [("content-type", "text/html")],
            "<html>Please sign in</html>",
        );
        is_skus(seen.path()).then(|| page.into_response())
    })
    .await;
    let Err(ReadError::Broken(why)) = server.graph().skus().await else {
        panic!("a page was taken for an answer");
    };
    assert!(why.contains("text/html"), "{why}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Server::start(|_| None).await;
    let to = elsewhere.link("/login");
    let server =
        Server::start(move |seen| is_skus(seen.path()).then(|| bare(302, "location", &to))).await;
    assert!(matches!(
        server.graph().skus().await,
        Err(ReadError::Broken(_))
    ));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn g17_an_endless_answer_is_given_up() {
    let login = Server::start(|_| None).await;
    let announced = http("content-length: 99000000000\r\n", "{");
    let (root, count) = raw(vec![announced]).await;
    let mut settings = settings(&root);
    settings.login_url.clone_from(&login.root);
    assert!(matches!(
        graph(settings).skus().await,
        Err(ReadError::Broken(_))
    ));
    assert_eq!(count.load(Ordering::SeqCst), 1);

    let server = Server::start(|seen| {
        let blanks = Bytes::from(vec![b' '; 1 << 20]);
        let endless = futures::stream::repeat_with(move || Ok::<_, std::io::Error>(blanks.clone()));
        let answer = Response::builder().header("content-type", "application/json");
        let answer = answer.body(Body::from_stream(endless)).expect("an answer");
        Some(answer).filter(|_| is_skus(seen.path()))
    })
    .await;
    assert!(matches!(
        server.graph().skus().await,
        Err(ReadError::Broken(_))
    ));
}

#[tokio::test]
async fn g17_a_trickle_is_given_up() {
    let server = Server::start(|seen| {
        let trickle = futures::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
        });
        let answer = Response::builder().header("content-type", "application/json");
        let answer = answer.body(Body::from_stream(trickle)).expect("an answer");
        Some(answer).filter(|_| is_skus(seen.path()))
    })
    .await;
    let mut settings = server.settings();
    settings.request_timeout = Duration::from_millis(200);
    settings.retries = 1;
    let begun = Instant::now();
    assert!(matches!(
        graph(settings).skus().await,
        Err(ReadError::Unreachable(_))
    ));
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn requests_in_flight_are_bounded() {
    let delay = Duration::from_millis(30);
    let server = Server::start_slow(delay, |seen| {
        is_skus(seen.path()).then(|| json(200, NO_SKUS))
    })
    .await;
    let mut settings = server.settings();
    settings.concurrency = 3;
    let graph = graph(settings);
    let all = futures::future::join_all((0..12).map(|_| graph.skus())).await;
    assert!(all.into_iter().all(|skus| skus == Ok(vec![])));
    assert_eq!(server.most_at_once(), 3);
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let login = Server::start(|_| None).await;
    let mut settings = settings("http://127.0.0.1:1");
    settings.login_url.clone_from(&login.root);
    let graph = graph(settings);
    let at = Cursor::At(Link(
        "http://127.0.0.1:1/v1.0/users/delta?$deltatoken=1".into(),
    ));
    assert!(matches!(
        graph.page(&at).await,
        Err(ReadError::Unreachable(_))
    ));
}
