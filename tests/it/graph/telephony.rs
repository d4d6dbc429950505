//! Numbers, Teams configurations, policies and operations, reading.

use super::server::{Server, error, json};
use linekeeper::apply::{OperationState, Telephony, VoiceError};
use linekeeper::directory::{Link, ReadError, UserId};
use linekeeper::numbering::E164;

const NUMBERS: &str = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments";

fn numbers(first: u64, count: u64) -> String {
    let item = |n: u64| format!(r#"{{"telephoneNumber":"+{n}","numberType":"directRouting"}}"#);
    let items: Vec<String> = (first..first + count).map(item).collect();
    format!(r#"{{"value":[{}]}}"#, items.join(","))
}

async fn all_numbers(server: &Server) -> Result<Vec<u64>, ReadError> {
    let graph = server.graph();
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let (page, next) = graph.numbers(after.as_ref()).await?;
        all.extend(page.iter().map(|listed| listed.number.digits()));
        match next {
            Some(link) => after = Some(link),
            None => return Ok(all),
        }
    }
}

fn queries(server: &Server) -> Vec<String> {
    let query = |target: &str| target.split_once('?').map(|(_, q)| q.to_owned());
    let requests = server.requests();
    requests
        .iter()
        .filter_map(|seen| query(&seen.target))
        .collect()
}

#[tokio::test]
async fn numbers_are_paged_until_a_page_is_short() {
    let server = Server::start(|seen| {
        let body = match seen.target.rsplit_once("$skip=")?.1 {
            "0" => numbers(4_989_555_000, 1000),
            "1000" => numbers(4_989_556_000, 1000),
            "2000" => numbers(4_989_557_000, 3),
            _ => return None,
        };
        Some(json(200, &body)).filter(|_| seen.path() == NUMBERS)
    })
    .await;
    assert_eq!(all_numbers(&server).await.expect("numbers").len(), 2003);
    let expected = [
        "$top=1000&$skip=0",
        "$top=1000&$skip=1000",
        "$top=1000&$skip=2000",
    ];
    assert_eq!(queries(&server), expected);
}

#[tokio::test]
async fn a_page_of_the_default_size_is_no_short_page() {
    let server = Server::start(|seen| {
        Some(match seen.target.rsplit_once("$skip=")?.1 {
            "0" => json(200, &numbers(4_989_555_000, 500)),
            _ => json(200, &numbers(4_989_556_000, 1)),
        })
    })
    .await;
    assert_eq!(all_numbers(&server).await.expect("numbers").len(), 501);
}

#[tokio::test]
async fn a_next_link_of_the_number_list_is_followed() {
    let server = Server::start(|seen| {
        let next = format!("http://{}{NUMBERS}?$skiptoken=x", seen.header("host"));
        let first = numbers(4_989_555_000, 2);
        let linked = first.replacen('{', &format!(r#"{{"@odata.nextLink":"{next}","#), 1);
        match seen.target.contains("skiptoken") {
            true => Some(json(200, &numbers(4_989_556_000, 1))),
            false => Some(json(200, &linked)).filter(|_| seen.path() == NUMBERS),
        }
    })
    .await;
    assert_eq!(all_numbers(&server).await.expect("numbers").len(), 3);
}

#[tokio::test]
async fn one_number_is_asked_for_by_filter() {
    let server = Server::start(|seen| {
        let asked = seen.target.contains("$filter=telephoneNumber%20eq%20%27%2B");
        assert!(asked || seen.path() != NUMBERS, "{}", seen.target);
        let body = match &seen.target {
            t if t.contains("2B4989555001%27") => {
                r#"{"value":[{"telephoneNumber":"+4989555001;ext=9"},{"telephoneNumber":"+4989555001"}]}"#
            }
            t if t.contains("2B4989555002%27") => r#"{"value":[]}"#,
            t if t.contains("2B4989555003%27") => r#"{"value":[{"telephoneNumber":"+4989555001"}]}"#,
            _ => return None,
        };
        Some(json(200, body))
    })
    .await;
    let graph = server.graph();
    let number = |digits: u64| E164::from_digits(digits).expect("a number");
    let found = graph
        .number(number(4_989_555_001))
        .await
        .expect("an answer");
    assert!(found.is_some_and(|listed| !listed.profile.extension));
    assert_eq!(graph.number(number(4_989_555_002)).await, Ok(None));
    let ignored = graph.number(number(4_989_555_003)).await;
    assert!(
        matches!(ignored, Err(ReadError::Broken(_))),
        "the filter was ignored"
    );
}

#[tokio::test]
async fn a_configuration_may_be_unknown_or_not_ours_to_read() {
    let server = Server::start(|seen| match seen.path().rsplit('/').next() {
        Some("00000000-0000-0000-0000-000000000001") => Some(error(403, "Forbidden", "")),
        Some("00000000-0000-0000-0000-000000000003") => Some(error(400, "BadRequest", "?")),
        _ => None,
    })
    .await;
    let graph = server.graph();
    let voice = |n: u128| graph.voice(UserId::from_u128(n));
    assert_eq!(voice(1).await, Err(VoiceError::NotGranted));
    assert_eq!(voice(2).await, Ok(None));
    let strange = voice(3).await;
    assert!(matches!(
        strange,
        Err(VoiceError::Read(ReadError::Refused(_)))
    ));
}

#[tokio::test]
async fn policy_ids_are_asked_for_once() {
    let server = Server::start(|seen| {
        let path =
            "/v1.0/admin/teams/policy/getPolicyId(type='TeamsCallingPolicy',name='All%20On')";
        let body = r#"{"value":[{"name":"Tag:All On","policyId":"VnMA"}]}"#;
        (seen.path() == path).then(|| json(200, body))
    })
    .await;
    let graph = server.graph();
    for _ in 0..3 {
        let id = graph.policy("TeamsCallingPolicy", "All On").await;
        assert_eq!(id, Ok(Some("VnMA".into())));
    }
    assert_eq!(server.requests().len(), 1);
    assert_eq!(graph.policy("TeamsCallingPolicy", "None").await, Ok(None));
}

#[tokio::test]
async fn g7_an_operation_that_is_gone_is_unknown() {
    let path = "/admin/teams/telephoneNumberManagement/operations('QXNz')";
    let server = Server::start(move |seen| {
        let body = r#"{"value":{"id":"QXNz","status":"running","numbers":[]}}"#;
        seen.path().ends_with(path).then(|| json(200, body))
    })
    .await;
    let graph = server.graph();
    let running = graph.operation(&Link(server.link(path))).await;
    assert_eq!(running, Ok(OperationState::Running));
    let gone = graph
        .operation(&Link(server.link("/operations('x')")))
        .await;
    assert_eq!(gone, Ok(OperationState::Unknown));
}
