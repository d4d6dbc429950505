//! Rounds of users, one user, products, groups.

use super::server::{Seen, Server, by_path, error, json, user};
use axum::response::Response;
use linekeeper::apply::Telephony;
use linekeeper::directory::{Cursor, Directory, GroupId, Link, Next, Observed, ReadError, UserId};
use std::collections::BTreeSet;

fn page(items: &[String], link: &str, to: &str) -> String {
    format!(
        r#"{{"@odata.context":"x","{link}":"{to}","value":[{}]}}"#,
        items.join(",")
    )
}

/// A round of three pages, the second one empty.
fn three_pages(seen: &Seen) -> Option<Response> {
    let root = format!("http://{}", seen.header("host"));
    let to = |token: &str| format!("{root}/v1.0/users/delta?{token}");
    Some(
        match seen.target.split_once("delta?").map(|(_, query)| query) {
            Some("$skiptoken=1") => json(200, &page(&[], "@odata.nextLink", &to("$skiptoken=2"))),
            Some("$skiptoken=2") => {
                let items = [user(2, ""), user(1, r#","@removed":{"reason":"deleted"}"#)];
                json(200, &page(&items, "@odata.deltaLink", &to("$deltatoken=3")))
            }
            Some(query) if query.starts_with("$select=id,userPrincipalName,") => json(
                200,
                &page(&[user(1, "")], "@odata.nextLink", &to("$skiptoken=1")),
            ),
            _ => return None,
        },
    )
}

#[tokio::test]
async fn d2_a_round_goes_on_through_empty_pages_to_its_delta_link() {
    let server = Server::start(three_pages).await;
    let graph = server.graph();
    let (mut at, mut users) = (Cursor::Full, Vec::new());
    let delta = loop {
        let page = graph.page(&at).await.expect("a page");
        users.extend(page.users);
        match page.next {
            Next::More(link) => at = Cursor::At(link),
            Next::End { delta } => break delta,
        }
    };
    assert_eq!(delta.0, server.link("/users/delta?$deltatoken=3"));
    let present = |o: &Observed| matches!(o, Observed::Present(_));
    assert_eq!(
        users.iter().map(present).collect::<Vec<_>>(),
        [true, true, false]
    );
    let requests = server.requests();
    let ids: BTreeSet<_> = requests
        .iter()
        .map(|r| r.header("client-request-id"))
        .collect();
    assert_eq!(
        ids.len(),
        requests.len(),
        "each request has an id of its own"
    );
    for request in &requests {
        assert_eq!(request.header("authorization"), "Bearer token-0");
        assert_eq!(
            request.header("prefer"),
            "",
            "all selected properties are wanted back"
        );
    }
}

#[tokio::test]
async fn d5_a_foreign_next_link_stops_the_round_and_gets_no_token() {
    let elsewhere = Server::start(|_| None).await;
    let foreign = elsewhere.link("/users/delta?$skiptoken=1");
    let link = foreign.clone();
    let server = Server::start(move |seen| {
        (seen.path() == "/v1.0/users/delta")
            .then(|| json(200, &page(&[], "@odata.nextLink", &link)))
    })
    .await;
    let graph = server.graph();
    let Err(ReadError::Broken(why)) = graph.page(&Cursor::Full).await else {
        panic!("a foreign link was accepted");
    };
    assert!(why.contains(&elsewhere.root), "{why}");
    let at = Cursor::At(Link(foreign));
    assert!(matches!(graph.page(&at).await, Err(ReadError::Broken(_))));
    let operation = graph.operation(&Link(elsewhere.link("/x"))).await;
    assert!(matches!(operation, Err(ReadError::Broken(_))));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn d5_a_next_link_that_leads_to_its_own_page_stops_the_round() {
    let server = Server::start(|seen| {
        let to = format!("http://{}{}", seen.header("host"), seen.target);
        Some(json(200, &page(&[], "@odata.nextLink", &to)))
            .filter(|_| seen.path().contains("users"))
    })
    .await;
    let at = Cursor::At(Link(server.link("/users/delta?$skiptoken=1")));
    assert!(matches!(
        server.graph().page(&at).await,
        Err(ReadError::Broken(_))
    ));
}

#[tokio::test]
async fn d6_a_link_that_is_no_longer_known_asks_for_a_full_read() {
    for (status, code) in [
        (410, ""),
        (400, "syncStateNotFound"),
        (400, "resyncRequired"),
    ] {
        let server = Server::start(move |seen| {
            seen.path()
                .contains("delta")
                .then(|| error(status, code, "token is expired"))
        })
        .await;
        let graph = server.graph();
        let at = Cursor::At(Link(server.link("/users/delta?$deltatoken=old")));
        assert_eq!(graph.page(&at).await, Err(ReadError::Resync));
        let full = graph.page(&Cursor::Full).await;
        assert!(
            matches!(full, Err(ReadError::Broken(_))),
            "no endless circle"
        );
    }
}

#[tokio::test]
async fn d1_a_page_without_links_is_broken() {
    let server = Server::start(|seen| {
        seen.path()
            .contains("delta")
            .then(|| json(200, r#"{"value":[]}"#))
    })
    .await;
    let page = server.graph().page(&Cursor::Full).await;
    assert!(matches!(page, Err(ReadError::Broken(_))));
}

#[tokio::test]
async fn one_user_is_read_by_id() {
    let server = Server::start(|seen| match seen.path() {
        "/v1.0/users/00000000-0000-0000-0000-000000000001" => {
            Some(json(200, &user(1, r#","city":"Köln""#)))
        }
        "/v1.0/users/00000000-0000-0000-0000-000000000002" => Some(json(200, &user(1, ""))),
        _ => None,
    })
    .await;
    let graph = server.graph();
    let found = graph.user(UserId::from_u128(1)).await.expect("an answer");
    assert_eq!(found.map(|user| user.id), Some(UserId::from_u128(1)));
    let mixed_up = graph.user(UserId::from_u128(2)).await;
    assert!(matches!(mixed_up, Err(ReadError::Broken(_))));
    assert_eq!(graph.user(UserId::from_u128(3)).await, Ok(None));
}

#[tokio::test]
async fn members_of_a_group_are_read_to_the_last_page() {
    let server = Server::start(|seen| {
        let more = format!("http://{}/v1.0/more?$skiptoken=x", seen.header("host"));
        match seen.path() {
            "/v1.0/more" => Some(json(
                200,
                &format!(r#"{{"value":[{},{}]}}"#, user(3, ""), user(1, "")),
            )),
            path if path.contains("0007/transitiveMembers/microsoft.graph.user") => Some(json(
                200,
                &page(&[user(2, ""), user(1, "")], "@odata.nextLink", &more),
            )),
            path if path.contains("0008/transitiveMembers") => {
                let back = format!("http://{}{}", seen.header("host"), seen.target);
                Some(json(200, &page(&[], "@odata.nextLink", &back)))
            }
            _ => None,
        }
    })
    .await;
    let graph = server.graph();
    let members = graph.members(GroupId::from_u128(7)).await.expect("members");
    assert_eq!(members, [1, 2, 3].map(UserId::from_u128));
    let circle = graph.members(GroupId::from_u128(8)).await;
    assert!(matches!(circle, Err(ReadError::Broken(_))));
    let unknown = graph.members(GroupId::from_u128(9)).await;
    assert!(
        matches!(unknown, Err(ReadError::Refused(_))),
        "unknown is not empty"
    );
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let server = Server::start(|seen| {
        seen.path()
            .starts_with("/v1.0")
            .then(|| error(403, "Authorization_RequestDenied", "no"))
    })
    .await;
    let graph = server.graph();
    let Err(ReadError::Refused(why)) = graph.skus().await else {
        panic!("a 403 is a refusal");
    };
    assert!(
        why.contains("LicenseAssignment.Read.All") && why.contains("admin consent"),
        "{why}"
    );
    assert_eq!(
        by_path(&server.requests())["/v1.0/subscribedSkus"],
        1,
        "not repeated"
    );
}

#[tokio::test]
async fn the_services_clock_is_compared_with_ours() {
    let server = Server::start(|seen| {
        let mut answer = json(200, r#"{"value":[]}"#);
        let date = "Mon, 02 Nov 2026 09:53:00 GMT".parse().expect("a header");
        answer.headers_mut().insert("date", date);
        Some(answer).filter(|_| seen.path().contains("subscribedSkus"))
    })
    .await;
    let graph = server.graph();
    assert_eq!(graph.clock_ahead(), None);
    graph.skus().await.expect("no products");
    assert_eq!(graph.clock_ahead().map(|ahead| ahead.as_secs()), Some(420));
}
