//! The users delta query and the full lists.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::desk::{CALLING_ADD_ON, Desk, E5, user_id};

#[tokio::test]
async fn a_first_round_shows_everybody_once_in_every_spelling() {
    let desk = Desk::new(json!({"page_size": 2})).await;
    for spelling in ["delta", "delta()", "microsoft.graph.delta()"] {
        let (items, _) = desk
            .round(&format!("/users/{spelling}?$select=id,city,jobTitle"))
            .await;
        assert_eq!(items.len(), 5, "{spelling}");
        // A property that was never set is absent.
        assert_eq!(items[0], json!({"id": user_id(1), "city": "München"}));
    }
}

#[tokio::test]
async fn later_rounds_show_what_changed_among_the_selected() {
    let desk = Desk::new(json!({"page_size": 2})).await;
    let (_, link) = desk.round("/users/delta?$select=city,jobTitle").await;
    desk.control(
        "PATCH",
        &format!("/_sim/users/{}", user_id(2)),
        json!({"department": "Legal"}),
    );
    let (items, link) = desk.round(&link).await;
    assert!(
        items.is_empty(),
        "an unselected property does not surface: {items:?}"
    );
    desk.control(
        "PATCH",
        "/_sim/users/user2@contoso.example",
        json!({"city": null}),
    );
    desk.control(
        "DELETE",
        &format!("/_sim/users/{}", user_id(1)),
        Value::Null,
    );
    desk.control(
        "DELETE",
        &format!("/_sim/users/{}?hard=true", user_id(3)),
        Value::Null,
    );
    desk.control(
        "POST",
        "/_sim/users",
        json!({"id": user_id(9), "userPrincipalName": "new@contoso.example", "city": "Bonn"}),
    );
    let (mut items, _) = desk.round(&link).await;
    items.sort_by_key(|item| item["id"].to_string());
    assert_eq!(
        items,
        [
            json!({"id": user_id(1), "@removed": {"reason": "changed"}}),
            json!({"id": user_id(2), "city": null}),
            json!({"id": user_id(3), "@removed": {"reason": "deleted"}}),
            json!({"id": user_id(9), "city": "Bonn"}),
        ]
    );
}

#[tokio::test]
async fn a_restored_user_looks_like_a_new_one() {
    let desk = Desk::new(json!({})).await;
    let user = format!("/_sim/users/{}", user_id(1));
    desk.control("DELETE", &user, Value::Null);
    let (_, link) = desk.round("/users/delta?$select=city,jobTitle").await;
    desk.control(
        "POST",
        &format!("/_sim/users/{}/restore", user_id(1)),
        Value::Null,
    );
    let (items, _) = desk.round(&link).await;
    assert_eq!(items, [json!({"id": user_id(1), "city": "München"})]);
}

#[tokio::test]
async fn licences_surface_and_minimal_answers_hold_only_changes() {
    let desk = Desk::new(json!({})).await;
    let (_, link) = desk
        .round("/users/delta?$select=city,assignedLicenses,assignedPlans")
        .await;
    desk.control(
        "POST",
        &format!("/_sim/users/{}/license", user_id(1)),
        json!({"skuId": CALLING_ADD_ON}),
    );
    let minimal = desk
        .client
        .get(&link)
        .bearer_auth(&desk.token)
        .header("prefer", "return=minimal");
    let page: Value = minimal
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert!(page["value"][0].get("city").is_none());
    assert_eq!(
        page["value"][0]["assignedLicenses"][1]["skuId"],
        CALLING_ADD_ON
    );
    let (items, _) = desk.round(&link).await;
    assert_eq!(items[0]["city"], "München");
}

#[tokio::test]
async fn what_the_delta_query_does_not_do_is_refused() {
    let desk = Desk::new(json!({"page_size": 2})).await;
    let next = desk.read("/users/delta?$select=city").await["@odata.nextLink"]
        .as_str()
        .expect("text")
        .to_owned();
    let rows = [
        "/users/delta?$top=5",
        "/users/delta?$select=nonsense",
        "/users/delta?$filter=city%20eq%20'Bonn'",
        "/users/delta?$deltatoken=nonsense",
        &format!("{next}&$select=city"),
        "/users?$top=1000",
        "/users?$skip=5",
    ];
    for row in rows {
        assert_eq!(desk.get(row).await.0, StatusCode::BAD_REQUEST, "{row}");
    }
    assert_eq!(
        desk.get("/users?$select=signInActivity").await.0,
        StatusCode::NOT_IMPLEMENTED
    );
    let filter = format!(
        "/users/delta?$select=city&$filter=id%20eq%20'{}'%20or%20id%20eq%20'{}'",
        user_id(1),
        user_id(4)
    );
    assert_eq!(desk.round(&filter).await.0.len(), 2);
    let (items, _) = desk
        .round("/users/delta?$select=city&$deltatoken=latest")
        .await;
    assert!(items.is_empty());
}

#[tokio::test]
async fn a_link_lives_for_seven_days() {
    let mut desk = Desk::new(json!({})).await;
    let (_, link) = desk.round("/users/delta?$select=city").await;
    desk.clock.advance(6 * 24);
    desk.renew_token().await;
    let (_, fresh) = desk.round(&link).await;
    desk.clock.advance(2 * 24);
    desk.renew_token().await;
    let (status, body) = desk.get(&link).await;
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (StatusCode::BAD_REQUEST, Some("syncStateNotFound"))
    );
    desk.round(&fresh).await;
    desk.control(
        "PUT",
        "/_sim/switches",
        json!({"expired_delta_is_410": true}),
    );
    let gone = desk
        .send(reqwest::Method::GET, &link, None)
        .await
        .expect("an answer");
    assert_eq!(gone.status(), StatusCode::GONE);
    let location = gone.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    assert_eq!(desk.round(&location).await.0.len(), 5);
}

#[tokio::test]
async fn lists_groups_licences_and_the_bin_are_served() {
    let desk = Desk::new(json!({})).await;
    let mut at = "/users?$select=city&$top=2".to_owned();
    let mut seen = 0;
    loop {
        let page = desk.read(&at).await;
        seen += page["value"].as_array().expect("a list").len();
        match page["@odata.nextLink"].as_str() {
            Some(next) => at = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, 5);
    for cast in ["microsoft.graph.user", "graph.user"] {
        let group = "/groups/00000000-0000-4000-9000-000000000001/transitiveMembers";
        assert_eq!(
            desk.read(&format!("{group}/{cast}")).await["value"]
                .as_array()
                .expect("a list")
                .len(),
            2
        );
    }
    let licences = desk
        .read(&format!("/users/{}/licenseDetails", user_id(1)))
        .await;
    assert_eq!(licences["value"][0]["skuPartNumber"], "SPE_E5");
    assert_eq!(desk.read("/subscribedSkus").await["value"][0]["skuId"], E5);
    desk.control(
        "DELETE",
        &format!("/_sim/users/{}", user_id(1)),
        Value::Null,
    );
    let bin = desk
        .read("/directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime")
        .await;
    assert_eq!(
        bin["value"],
        json!([{"id": user_id(1), "deletedDateTime": "2026-11-02T10:00:00Z"}])
    );
    assert_eq!(
        desk.get(&format!("/users/{}", user_id(1))).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_generated_tenant_is_served_whole() {
    let desk = Desk::with(linekeeper::simulator::generate(2500, 3), json!({})).await;
    let (items, link) = desk
        .round("/users/delta?$select=userPrincipalName,city,assignedPlans")
        .await;
    let ids: std::collections::BTreeSet<&str> = items
        .iter()
        .map(|item| item["id"].as_str().expect("text"))
        .collect();
    assert_eq!(ids.len(), 2500);
    let upn = items[1234]["userPrincipalName"].as_str().expect("text");
    desk.control(
        "PATCH",
        &format!("/_sim/users/{upn}"),
        json!({"city": "Bonn"}),
    );
    let (changed, _) = desk.round(&link).await;
    assert_eq!((changed.len(), &changed[0]["city"]), (1, &json!("Bonn")));
    assert_eq!(changed[0]["assignedPlans"], items[1234]["assignedPlans"]);
}
