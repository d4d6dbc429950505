//! A simulator on a free port, a token, and short ways to ask it.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use linekeeper::clock::Clock;
use linekeeper::simulator::{Options, Simulator, TenantFile};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

/// A clock that is set by hand.
#[derive(Debug)]
pub(super) struct HandClock(Mutex<Timestamp>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics holding it")
    }
}

impl HandClock {
    pub(super) fn advance(&self, hours: i64) {
        *self.0.lock().expect("no test panics holding it") += SignedDuration::from_hours(hours);
    }
}

/// What a test works with.
pub(super) struct Desk {
    pub(super) simulator: Simulator,
    pub(super) clock: Arc<HandClock>,
    pub(super) client: Client,
    pub(super) token: String,
}

pub(super) const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
pub(super) const E3: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";
pub(super) const PHONE_PLAN: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";
pub(super) const CALLING_ADD_ON: &str = "0dab259f-bf13-4952-b7f8-7db8f131b28d";

/// The id of the n-th user of [`small_tenant`].
pub(super) fn user_id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

fn user(n: u32, usage: &str) -> Value {
    let plan = |id: &str| {
        json!({"assignedDateTime": "2024-03-01T08:00:00Z", "capabilityStatus": "Enabled",
        "service": "MicrosoftCommunicationsOnline", "servicePlanId": id})
    };
    json!({
        "id": user_id(n), "userPrincipalName": format!("user{n}@contoso.example"), "displayName": format!("User {n}"),
        "city": "München", "department": "Sales", "jobTitle": null, "usageLocation": usage, "accountEnabled": true,
        "userType": "Member", "businessPhones": [], "onPremisesSyncEnabled": if n == 5 { json!(true) } else { json!(null) },
        "assignedLicenses": [{"skuId": E5, "disabledPlans": []}],
        "assignedPlans": [plan(PHONE_PLAN), plan("57ff2da0-773e-42df-b2af-ffb7a2317929")],
    })
}

/// Five licensed people, the fifth synced from on-premises, the fourth in the US; some numbers.
pub(super) fn small_tenant() -> TenantFile {
    let skus = [
        (E5, "SPE_E5", vec![(PHONE_PLAN, "MCOEV"), ("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")]),
        (E3, "SPE_E3", vec![("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")]),
        (CALLING_ADD_ON, "MCOPSTN1", vec![("4ed3ff63-69d7-4fb7-b984-5aec7f605ca8", "MCOPSTN1")]),
    ]
    .map(|(id, name, plans)| {
        let plans: Vec<Value> =
            plans.iter().map(|(id, name)| json!({"servicePlanId": id, "servicePlanName": name})).collect();
        json!({"skuId": id, "skuPartNumber": name, "capabilityStatus": "Enabled", "servicePlans": plans})
    });
    let tenant = json!({
        "users": (1..=5).map(|n| user(n, if n == 4 { "US" } else { "DE" })).collect::<Vec<_>>(),
        "numbers": [
            {"telephoneNumber": "+4989555001", "numberType": "operatorConnect", "isoCountryCode": "DE"},
            {"telephoneNumber": "+4989555002", "numberType": "operatorConnect", "isoCountryCode": "CH"},
            {"telephoneNumber": "+4989555003", "numberType": "operatorConnect", "activationState": "assignmentPending"},
            {"telephoneNumber": "+4989555004", "numberType": "operatorConnect", "capabilities": ["conferenceAssignment"]},
            {"telephoneNumber": "+12065550100", "numberType": "callingPlan", "isoCountryCode": "US"},
            {"telephoneNumber": "+4989555900", "numberType": "directRouting", "numberSource": "onPremises",
             "assignmentStatus": "userAssigned", "assignmentTargetId": user_id(5), "assignmentCategory": "primary"},
        ],
        "subscribedSkus": skus,
        "policies": [{"type": "OnlineVoiceRoutingPolicy", "name": "DE", "id": "policy-de"}],
        "groups": [{"id": "00000000-0000-4000-9000-000000000001",
            "members": [user_id(1), "00000000-0000-4000-9000-000000000002"]},
            {"id": "00000000-0000-4000-9000-000000000002", "members": [user_id(2), "00000000-0000-4000-9000-000000000001"]}],
    });
    TenantFile::from_value(tenant).expect("a valid tenant")
}

impl Desk {
    pub(super) async fn new(switches: Value) -> Self {
        Self::with(small_tenant(), switches).await
    }

    pub(super) async fn with(tenant: TenantFile, switches: Value) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(
            "2026-11-02T10:00:00Z".parse().expect("a time"),
        )));
        let mut options = Options {
            client_secret: Some("s3cret".to_owned()),
            ..Options::default()
        };
        options.switches = options.switches.with(&switches).expect("known switches");
        let shared: Arc<dyn Clock> = clock.clone();
        let simulator = Simulator::on_free_port(tenant, options, shared)
            .await
            .expect("a free port");
        let mut desk = Self {
            simulator,
            clock,
            client: Client::new(),
            token: String::new(),
        };
        desk.renew_token().await;
        desk
    }

    pub(super) async fn renew_token(&mut self) {
        let answer = self
            .ask_token("grant_type=client_credentials&client_id=app&client_secret=s3cret")
            .await;
        assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
        self.token = answer.1["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
    }

    pub(super) async fn ask_token(&self, form: &str) -> (StatusCode, Value) {
        let scope = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
        let request = self
            .client
            .post(format!(
                "{}/contoso/oauth2/v2.0/token",
                self.simulator.origin()
            ))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("{form}&scope={scope}"));
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// Sends a request; `target` is behind `/v1.0` or a whole address.
    pub(super) async fn send(
        &self,
        method: Method,
        target: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let url = match target.starts_with("http") {
            true => target.to_owned(),
            false => format!("{}{target}", self.simulator.graph_url()),
        };
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    pub(super) async fn get(&self, target: &str) -> (StatusCode, Value) {
        let answer = self
            .send(Method::GET, target, None)
            .await
            .expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// The body of a GET that must succeed.
    pub(super) async fn read(&self, target: &str) -> Value {
        let (status, body) = self.get(target).await;
        assert_eq!(status, StatusCode::OK, "{target}: {body}");
        body
    }

    pub(super) async fn post(&self, target: &str, body: Value) -> (StatusCode, Value, String) {
        let answer = self
            .send(Method::POST, target, Some(body))
            .await
            .expect("an answer");
        let location = answer
            .headers()
            .get("location")
            .map(|at| at.to_str().expect("text").to_owned());
        (
            answer.status(),
            answer.json().await.unwrap_or_default(),
            location.unwrap_or_default(),
        )
    }

    /// Sends an assignment and answers the operation's status and detail, or the refusal.
    pub(super) async fn assign(&self, n: u32, number: &str, kind: &str) -> (String, String) {
        let body = json!({"telephoneNumber": number, "assignmentTargetId": user_id(n), "numberType": kind});
        self.order("assignNumber", body).await
    }

    pub(super) async fn unassign(&self, number: &str, kind: &str) -> (String, String) {
        self.order(
            "unassignNumber",
            json!({"telephoneNumber": number, "numberType": kind}),
        )
        .await
    }

    pub(super) async fn order(&self, action: &str, body: Value) -> (String, String) {
        let target = format!("/admin/teams/telephoneNumberManagement/numberAssignments/{action}");
        let (status, answer, location) = self.post(&target, body).await;
        if status != StatusCode::ACCEPTED {
            return (
                status.as_u16().to_string(),
                answer["error"]["message"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        let operation = self.read(&location).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&operation["status"]),
            text(&operation["numbers"][0]["statusDetail"]),
        )
    }

    /// The listed number with its status and holder, as `status holder`; empty when it is not listed.
    pub(super) async fn holder(&self, number: &str) -> String {
        let filter = number.replace('+', "%2B");
        let list = "/admin/teams/telephoneNumberManagement/numberAssignments";
        let page = self
            .read(&format!("{list}?$filter=telephoneNumber%20eq%20'{filter}'"))
            .await;
        match &page["value"][0] {
            Value::Null => String::new(),
            listed => {
                let holder = listed["assignmentTargetId"].as_str().unwrap_or("-");
                format!(
                    "{} {holder}",
                    listed["assignmentStatus"].as_str().unwrap_or("null")
                )
            }
        }
    }

    /// A control request that must succeed.
    pub(super) fn control(&self, method: &str, target: &str, body: Value) -> Value {
        let (status, answer) = self.simulator.control(method, target, &body);
        assert!(status < 300, "{method} {target}: {status} {answer}");
        answer
    }

    /// Ids and whether they were removed, of every page of a round, and its delta link.
    pub(super) async fn round(&self, target: &str) -> (Vec<Value>, String) {
        let mut items = Vec::new();
        let mut at = target.to_owned();
        loop {
            let page = self.read(&at).await;
            items.extend(page["value"].as_array().expect("a list").clone());
            match (
                page["@odata.nextLink"].as_str(),
                page["@odata.deltaLink"].as_str(),
            ) {
                (Some(next), None) => at = next.to_owned(),
                (None, Some(delta)) => return (items, delta.to_owned()),
                other => panic!("a page has one link, not {other:?}"),
            }
        }
    }
}
