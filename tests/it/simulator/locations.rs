//! Emergency addresses: who may change them.

use super::desk::{Desk, user_id};
use reqwest::StatusCode;
use serde_json::{Value, json};

const LIST: &str = "/admin/teams/telephoneNumberManagement/numberAssignments";
const NUMBER: &str = "+4989555001";

/// Assigns with this location; answers how it ended, and why.
async fn assign_at(desk: &Desk, place: &str) -> (String, String) {
    let body = json!({"telephoneNumber": NUMBER, "assignmentTargetId": user_id(1),
        "numberType": "operatorConnect", "locationId": place});
    desk.order("assignNumber", body).await
}

async fn listed(desk: &Desk) -> Value {
    let filter = "$filter=telephoneNumber%20eq%20'%2B4989555001'";
    desk.read(&format!("{LIST}?{filter}")).await["value"][0].clone()
}

#[tokio::test]
async fn an_address_that_the_operator_keeps_cannot_be_changed() {
    let desk = Desk::new(json!({})).await;
    let locked = json!({"telephoneNumber": NUMBER, "numberType": "operatorConnect", "isoCountryCode": "DE",
        "supportedCustomerActions": ["release"]});
    desk.control("PUT", "/_sim/numbers", locked);
    let (status, detail) = assign_at(&desk, "place-1").await;
    assert_eq!(status, "failed");
    assert!(detail.contains("Contact your operator"), "{detail}");
    assert_eq!(desk.holder(NUMBER).await, "unassigned -");
    let update = json!({"telephoneNumber": NUMBER, "locationId": "place-1"});
    let (status, body, _) = desk.post(&format!("{LIST}/updateNumber"), update).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    // The address it has is no change.
    let kept = json!({"telephoneNumber": NUMBER, "numberType": "operatorConnect", "isoCountryCode": "DE",
        "locationId": "place-1", "supportedCustomerActions": ["release"]});
    desk.control("PUT", "/_sim/numbers", kept);
    assert_eq!(assign_at(&desk, "place-1").await.0, "succeeded");
}

#[tokio::test]
async fn an_address_that_the_tenant_may_change_comes_with_the_assignment() {
    let desk = Desk::new(json!({})).await;
    let open = json!({"telephoneNumber": NUMBER, "numberType": "operatorConnect", "isoCountryCode": "DE",
        "supportedCustomerActions": ["locationUpdate"]});
    desk.control("PUT", "/_sim/numbers", open);
    assert_eq!(assign_at(&desk, "place-1").await.0, "succeeded");
    assert_eq!(listed(&desk).await["locationId"], "place-1");
}
