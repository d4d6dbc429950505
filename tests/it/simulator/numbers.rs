//! The number list, orders, operations, refusals, and what the loss of a licence does.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::desk::{CALLING_ADD_ON, Desk, E5, PHONE_PLAN, user_id};

const LIST: &str = "/admin/teams/telephoneNumberManagement/numberAssignments";
const NEW: &str = "+4989777001";

#[tokio::test]
async fn the_list_is_paged_by_skip_and_filtered() {
    let desk = Desk::new(json!({})).await;
    let first = desk.read(&format!("{LIST}?$top=4")).await;
    let rest = desk.read(&format!("{LIST}?$top=4&$skip=4")).await;
    assert_eq!(
        (
            first["value"].as_array().expect("a list").len(),
            rest["value"].as_array().expect("a list").len()
        ),
        (4, 2)
    );
    assert!(first.get("@odata.nextLink").is_none());
    let free = desk.read(&format!("{LIST}?$filter=assignmentStatus%20eq%20'unassigned'%20and%20capabilities/any(c:c%20eq%20'userAssignment')")).await;
    assert_eq!(free["value"].as_array().expect("a list").len(), 4);
    let typed = desk
        .read(&format!("{LIST}?$filter=numberType%20eq%20'CallingPlan'"))
        .await;
    assert_eq!(typed["value"][0]["telephoneNumber"], "+12065550100");
    let id = typed["value"][0]["id"].as_str().expect("text");
    assert_eq!(
        desk.read(&format!("{LIST}/{id}")).await["telephoneNumber"],
        "+12065550100"
    );
    for refused in [
        "$top=1001",
        "$top=0",
        "$filter=city%20eq%20'Bonn'",
        "$orderby=id",
    ] {
        assert_eq!(
            desk.get(&format!("{LIST}?{refused}")).await.0,
            StatusCode::BAD_REQUEST,
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_direct_routing_number_comes_with_its_assignment_and_goes_with_it() {
    let desk = Desk::new(json!({})).await;
    assert_eq!(desk.holder(NEW).await, "");
    assert_eq!(desk.assign(1, NEW, "directRouting").await.0, "succeeded");
    assert_eq!(
        desk.holder(NEW).await,
        format!("userAssigned {}", user_id(1))
    );
    let configuration = desk
        .read(&format!("/admin/teams/userConfigurations/{}", user_id(1)))
        .await;
    assert_eq!(configuration["telephoneNumbers"][0]["telephoneNumber"], NEW);
    assert_eq!(configuration["isEnterpriseVoiceEnabled"], true);
    assert_eq!(desk.unassign(NEW, "directRouting").await.0, "succeeded");
    assert_eq!(desk.holder(NEW).await, "");
    // Uploaded numbers stay.
    assert_eq!(
        desk.assign(1, "+4989555001", "operatorConnect").await.0,
        "succeeded"
    );
    assert_eq!(
        desk.unassign("+4989555001", "operatorConnect").await.0,
        "succeeded"
    );
    assert_eq!(desk.holder("+4989555001").await, "unassigned -");
    assert_eq!(
        desk.control("GET", "/_sim/violations", Value::Null)["items"],
        json!([])
    );
}

#[tokio::test]
async fn an_operation_takes_effect_when_it_succeeds_and_shows_later() {
    let desk = Desk::new(json!({"operation_time": "200ms", "readback_delay": "300ms"})).await;
    let body = json!({"telephoneNumber": NEW, "assignmentTargetId": user_id(1), "numberType": "directRouting"});
    let (status, _, operation) = desk.post(&format!("{LIST}/assignNumber"), body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(operation.contains("/operations('"), "{operation}");
    assert_eq!(desk.read(&operation).await["status"], "notStarted");
    assert_eq!(desk.holder(NEW).await, "");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(desk.read(&operation).await["status"], "running");
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert_eq!(desk.read(&operation).await["status"], "succeeded");
    assert_eq!(desk.holder(NEW).await, "", "not yet visible");
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!(
        desk.holder(NEW).await,
        format!("userAssigned {}", user_id(1))
    );
}

#[tokio::test]
async fn what_teams_would_refuse_is_refused() {
    let desk = Desk::new(json!({"blocked_numbers": ["+4989777666"]})).await;
    desk.control(
        "POST",
        &format!("/_sim/users/{}/unlicense", user_id(3)),
        json!({"skuId": E5}),
    );
    assert_eq!(desk.assign(1, NEW, "directRouting").await.0, "succeeded");
    let rows = [
        (
            3,
            "+4989777003",
            "directRouting",
            "lacks appropriate licenses",
        ),
        (2, NEW, "directRouting", "already been assigned to another"),
        (1, "+4989777002", "directRouting", "already has the primary"),
        (2, "+4989777666", "directRouting", "blocked"),
        (2, "+4989555002", "operatorConnect", "usage location"),
        (2, "+4989555003", "operatorConnect", "not activated"),
        (
            2,
            "+4989555004",
            "operatorConnect",
            "cannot be assigned to a user",
        ),
        (
            4,
            "+12065550100",
            "callingPlan",
            "lacks appropriate licenses",
        ),
        (2, "+4989555900", "directRouting", "on-premises"),
        (
            5,
            "+4989777005",
            "directRouting",
            "on-premises Active Directory",
        ),
    ];
    for (user, number, kind, text) in rows {
        let (status, detail) = desk.assign(user, number, kind).await;
        assert!(
            status == "failed" && detail.contains(text),
            "{user} {number}: {status} {detail}"
        );
    }
}

#[tokio::test]
async fn some_orders_are_refused_on_the_spot() {
    let desk = Desk::new(json!({})).await;
    for (number, kind) in [
        ("+4989555001", "callingPlan"),
        ("+4989555009", "operatorConnect"),
        ("49-89", "directRouting"),
    ] {
        assert_eq!(desk.assign(2, number, kind).await.0, "400", "{number}");
    }
    let unknown = json!({"telephoneNumber": NEW, "assignmentTargetId": user_id(99), "numberType": "directRouting"});
    assert_eq!(
        desk.post(&format!("{LIST}/assignNumber"), unknown).await.0,
        StatusCode::BAD_REQUEST
    );
    let field = json!({"telephoneNumber": NEW, "numberType": "directRouting", "userId": "x"});
    assert_eq!(
        desk.post(&format!("{LIST}/unassignNumber"), field).await.0,
        StatusCode::BAD_REQUEST
    );
    desk.control(
        "POST",
        &format!("/_sim/users/{}/unlicense", user_id(3)),
        json!({"skuId": E5}),
    );
    desk.control("PUT", "/_sim/switches", json!({"refuse_in": "request"}));
    assert_eq!(
        desk.assign(3, "+4989777003", "directRouting").await.0,
        "400"
    );
    assert_eq!(desk.unassign("+4989555900", "directRouting").await.0, "400");
}

#[tokio::test]
async fn calling_plan_numbers_of_the_us_need_a_location() {
    let desk = Desk::new(json!({})).await;
    desk.control(
        "POST",
        &format!("/_sim/users/{}/license", user_id(4)),
        json!({"skuId": CALLING_ADD_ON}),
    );
    let (status, detail) = desk.assign(4, "+12065550100", "callingPlan").await;
    assert!(
        status == "400" && detail.contains("LocationId"),
        "{status} {detail}"
    );
    let body = json!({"telephoneNumber": "12065550100", "locationId": "place-1"});
    assert_eq!(
        desk.post(&format!("{LIST}/updateNumber"), body).await.0,
        StatusCode::OK
    );
    assert_eq!(
        desk.assign(4, "12065550100", "callingPlan").await.0,
        "succeeded"
    );
}

#[tokio::test]
async fn careless_orders_are_noted_as_violations() {
    let desk = Desk::new(json!({"operation_time": "1h"})).await;
    for user in [1, 2] {
        desk.assign(user, NEW, "directRouting").await;
    }
    desk.assign(1, "+4989777002", "directRouting").await;
    let violations = desk.control("GET", "/_sim/violations", Value::Null);
    let kinds: Vec<&str> = violations["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["kind"].as_str().expect("text"))
        .collect();
    assert_eq!(
        kinds,
        ["number-in-open-operation", "user-in-open-operation"]
    );
}

#[tokio::test]
async fn a_lost_licence_strips_glues_or_leaves_the_number() {
    for (mode, after_loss, release) in [
        ("strip", "", "400"),
        ("glue", "held", "failed"),
        ("keep", "held", "succeeded"),
    ] {
        let desk =
            Desk::new(json!({"on_licence_loss": {"directRouting": {"mode": mode, "delay": "2h"}}}))
                .await;
        assert_eq!(desk.assign(1, NEW, "directRouting").await.0, "succeeded");
        let user = user_id(1);
        desk.control(
            "POST",
            &format!("/_sim/users/{user}/license"),
            json!({"skuId": E5, "disabledPlans": [PHONE_PLAN]}),
        );
        let plans = desk
            .read(&format!("/users/{user}?$select=assignedPlans"))
            .await;
        let phone = plans["assignedPlans"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|plan| plan["servicePlanId"] == PHONE_PLAN);
        assert_eq!(phone.expect("the plan")["capabilityStatus"], "Deleted");
        assert_ne!(
            desk.holder(NEW).await,
            "",
            "{mode}: the delay has not passed"
        );
        desk.clock.advance(3);
        let mut desk = desk;
        desk.renew_token().await;
        assert_eq!(
            desk.holder(NEW).await.is_empty(),
            after_loss.is_empty(),
            "{mode}"
        );
        assert_eq!(
            desk.unassign(NEW, "directRouting").await.0,
            release,
            "{mode}"
        );
    }
}

#[tokio::test]
async fn a_fresh_licence_is_not_honoured_at_once() {
    let mut desk = Desk::new(json!({"readiness_delay": "4h"})).await;
    let user = user_id(1);
    assert_eq!(features(&desk, &user).await, ["Teams", "PhoneSystem"]);
    desk.control(
        "POST",
        &format!("/_sim/users/{user}/unlicense"),
        json!({"skuId": E5}),
    );
    desk.control(
        "POST",
        &format!("/_sim/users/{user}/license"),
        json!({"skuId": E5}),
    );
    assert_eq!(features(&desk, &user).await, ["Teams"]);
    assert_eq!(desk.assign(1, NEW, "directRouting").await.0, "failed");
    desk.clock.advance(5);
    desk.renew_token().await;
    assert_eq!(features(&desk, &user).await, ["Teams", "PhoneSystem"]);
    assert_eq!(desk.assign(1, NEW, "directRouting").await.0, "succeeded");
}

async fn features(desk: &Desk, user: &str) -> Vec<String> {
    let configuration = desk
        .read(&format!("/admin/teams/userConfigurations/{user}"))
        .await;
    serde_json::from_value(configuration["featureTypes"].clone()).expect("a list of texts")
}

#[tokio::test]
async fn deletion_keeps_or_strips_by_switch() {
    for (mode, listed) in [("keep", true), ("strip", false)] {
        let desk = Desk::new(json!({"on_delete": mode})).await;
        assert_eq!(desk.assign(1, NEW, "directRouting").await.0, "succeeded");
        desk.control(
            "DELETE",
            &format!("/_sim/users/{}", user_id(1)),
            Value::Null,
        );
        assert_eq!(!desk.holder(NEW).await.is_empty(), listed, "{mode}");
    }
}

#[tokio::test]
async fn policies_are_found_in_every_spelling_and_granted() {
    let desk = Desk::new(json!({})).await;
    for spelling in [
        "getPolicyId(type='OnlineVoiceRoutingPolicy',name='DE')",
        "getPolicyId(type='onlinevoiceroutingpolicy'name='de')",
        "microsoft.graph.teamsAdministration.getPolicyId(type='OnlineVoiceRoutingPolicy',name='Tag:DE')",
    ] {
        let found = desk.read(&format!("/admin/teams/policy/{spelling}")).await;
        assert_eq!(
            found["value"],
            json!([{"name": "Tag:DE", "policyId": "policy-de"}]),
            "{spelling}"
        );
    }
    let grant = json!({"value": [{"@odata.type": "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment",
        "userId": user_id(1), "policyType": "OnlineVoiceRoutingPolicy", "policyId": "policy-de"}]});
    let base = "/admin/teams/policy/userAssignments";
    assert_eq!(
        desk.post(&format!("{base}/assign"), grant).await.0,
        StatusCode::NO_CONTENT
    );
    let configuration = desk
        .read(&format!("/admin/teams/userConfigurations/{}", user_id(1)))
        .await;
    assert_eq!(
        configuration["effectivePolicyAssignments"][0]["policyAssignment"]["displayName"],
        "DE"
    );
    let revoke =
        json!({"value": [{"userId": user_id(1), "policyType": "OnlineVoiceRoutingPolicy"}]});
    let action = format!("{base}/microsoft.graph.teamsAdministration.unassign");
    assert_eq!(desk.post(&action, revoke).await.0, StatusCode::NO_CONTENT);
    assert_eq!(
        desk.control("GET", "/_sim/state", Value::Null)["policies"][user_id(1)],
        json!({})
    );
}

#[tokio::test]
async fn the_office_telephone_is_written_with_graphs_limits() {
    let desk = Desk::new(json!({})).await;
    let patch = async |n: u32, body: Value| {
        desk.send(Method::PATCH, &format!("/users/{}", user_id(n)), Some(body))
            .await
            .expect("an answer")
            .status()
    };
    assert_eq!(
        patch(1, json!({"businessPhones": ["+49 89 1"]})).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        patch(1, json!({"businessPhones": ["1", "2"]})).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        patch(1, json!({"city": "Bonn"})).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        patch(5, json!({"businessPhones": ["1"]})).await,
        StatusCode::BAD_REQUEST
    );
    let user = desk
        .read("/users/user1@contoso.example?$select=businessPhones")
        .await;
    assert_eq!(user["businessPhones"], json!(["+49 89 1"]));
}
