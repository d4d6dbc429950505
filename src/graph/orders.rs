//! Writes: each leaves at most once, unless the service said that it took nothing (docs/graph.md 4.2, 5, 6, 9.2).

use super::Graph;
use super::numbers::ASSIGNMENTS;
use super::rejection::{describe, missing_permission};
use super::retry::Patience;
use super::route::Route;
use super::transport::{Answer, Ask, Trouble};
use crate::apply::{CallError, Order};
use crate::directory::{Link, UserId};
use crate::numbering::{E164, NumberType};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// No request to wait is believed beyond this; the next answer will tell again.
const LONGEST_THROTTLE: Duration = Duration::from_hours(24);

/// The permissions with which telephones of ordinary people can be written (docs/graph.md 6).
const WRITES_PHONES: [&str; 4] = [
    "User-Phone.ReadWrite.All",
    "User.ReadUpdate.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];

impl Graph {
    /// One write. The call waits at most `max_wait` for its turn, and then `request_timeout` for the answer.
    pub(super) async fn send_order(&self, order: &Order) -> Result<Option<Link>, CallError> {
        let (route, method, path, body) = request(order);
        let url = self.transport.base.at(&path);
        let ask = Ask {
            route,
            method,
            url: url.map_err(|error| CallError::NotSent(error.to_string()))?,
            body: Some(body),
        };
        let outcome = self.write(&ask).await;
        if let (Order::SetPolicy { id, .. }, Err(CallError::Refused(_))) = (order, &outcome) {
            self.forget_policy(id);
        }
        outcome
    }

    async fn write(&self, ask: &Ask) -> Result<Option<Link>, CallError> {
        let mut patience = Patience::new(self.transport.policy);
        // Waiting for a turn ends, because the caller's leave to write does: nothing is sent after that.
        let by = Instant::now() + self.transport.policy.max_wait;
        loop {
            let answer = match self.transport.exchange(ask, Some(by)).await {
                Ok(answer) => answer,
                Err(Trouble::NotInTime) => {
                    let end = self.transport.pause_end();
                    let left = end.map(|end| end.saturating_duration_since(Instant::now()));
                    return Err(self.throttled(left.unwrap_or_default()));
                }
                Err(trouble) => return Err(unanswered(trouble, ask.route.subject())),
            };
            if answer.status != StatusCode::TOO_MANY_REQUESTS {
                if self.lacks_phone(ask, &answer).await {
                    let text = missing_permission(ask.route, &self.transport.client_id, &answer);
                    return Err(CallError::NotSent(text));
                }
                return self.verdict(ask, &answer);
            }
            // A throttled write has taken nothing, so that it may be sent again.
            let asked = self.transport.asked(&answer);
            match self.transport.rest(&mut patience, asked, true) {
                Some(wait) if Instant::now() + wait <= by => sleep(wait).await,
                _ => {
                    let wait = asked.unwrap_or(self.transport.policy.max_wait);
                    return Err(self.throttled(wait));
                }
            }
        }
    }

    /// Whether a refused write of a telephone is due to the application and not to the person, whom an administrator's
    /// role protects with the same answer: told apart by the permissions that the token carries, where it shows them.
    async fn lacks_phone(&self, ask: &Ask, answer: &Answer) -> bool {
        if ask.route != Route::Phone || answer.status != StatusCode::FORBIDDEN {
            return false;
        }
        let granted = self.granted().await.ok().flatten();
        let enough = |role: &String| WRITES_PHONES.contains(&role.as_str());
        granted.is_some_and(|granted| !granted.iter().any(enough))
    }

    fn verdict(&self, ask: &Ask, answer: &Answer) -> Result<Option<Link>, CallError> {
        let subject = ask.route.subject();
        let status = answer.status;
        if status.is_success() {
            return match answer.foreign_type() {
                Some(media) if !answer.body.is_empty() => Err(CallError::Unknown(format!(
                    "while writing {subject}: an answer of type `{media}` that is not Graph's; does a proxy stand between?"
                ))),
                _ => Ok(self.operation_link(ask, answer)),
            };
        }
        let said = format!("Graph refuses {subject}: {}", describe(answer));
        let application = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        if application && !(ask.route == Route::Phone && status == StatusCode::FORBIDDEN) {
            // What the application may not do says nothing about this number or this user.
            let text = missing_permission(ask.route, &self.transport.client_id, answer);
            return Err(CallError::NotSent(text));
        }
        if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT {
            return Err(CallError::Refused(said));
        }
        Err(CallError::Unknown(format!(
            "while writing {subject}: {}",
            describe(answer)
        )))
    }

    /// The operation to follow. One that leads elsewhere is not followed, and the caller looks at the number.
    fn operation_link(&self, ask: &Ask, answer: &Answer) -> Option<Link> {
        let text = answer.headers.get(LOCATION)?.to_str().ok()?;
        let link = if text.starts_with('/') {
            Link(ask.url.join(text).ok()?.into())
        } else {
            Link(text.to_owned())
        };
        match self.transport.base.follow(&link) {
            Ok(_) => Some(link),
            Err(error) => {
                tracing::warn!(%error, "the operation of a write is not followed");
                None
            }
        }
    }

    fn throttled(&self, wait: Duration) -> CallError {
        let wait = SignedDuration::try_from(wait.min(LONGEST_THROTTLE)).unwrap_or_default();
        let now = self.transport.clock.now();
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        CallError::Throttled { until }
    }
}

fn unanswered(trouble: Trouble, subject: &str) -> CallError {
    match trouble {
        Trouble::Token(error) => CallError::NotSent(error.to_string()),
        Trouble::NotInTime => CallError::NotSent(format!("no turn in time to write {subject}")),
        Trouble::NotConnected(why) => CallError::NotSent(format!(
            "Graph cannot be reached while writing {subject}: {why}"
        )),
        Trouble::Lost(why) => CallError::Unknown(format!(
            "the answer was lost while writing {subject}: {why}"
        )),
        Trouble::TooLong => CallError::Unknown(format!(
            "while writing {subject}: the answer is too long to be Graph's"
        )),
    }
}

/// Route, method, path and body of an order.
fn request(order: &Order) -> (Route, Method, String, Value) {
    match order {
        Order::Assign {
            number,
            number_type,
            user,
            location,
        } => (
            Route::AssignNumber,
            Method::POST,
            format!("{ASSIGNMENTS}/assignNumber"),
            assignment(*number, *number_type, *user, location.as_deref()),
        ),
        Order::Unassign {
            number,
            number_type,
        } => (
            Route::AssignNumber,
            Method::POST,
            format!("{ASSIGNMENTS}/unassignNumber"),
            json!({ "telephoneNumber": number.to_string(), "numberType": wire_name(*number_type) }),
        ),
        Order::SetPolicy {
            user,
            policy_type,
            id,
        } => (
            Route::Policies,
            Method::POST,
            "/admin/teams/policy/userAssignments/assign".into(),
            json!({ "value": [{ "userId": user.to_string(), "policyType": policy_type, "policyId": id }] }),
        ),
        Order::ClearPolicy { user, policy_type } => (
            Route::Policies,
            Method::POST,
            "/admin/teams/policy/userAssignments/unassign".into(),
            json!({ "value": [{ "userId": user.to_string(), "policyType": policy_type }] }),
        ),
        Order::SetPhone { user, phone } => {
            let phones: Vec<&str> = phone.as_deref().into_iter().collect();
            let body = json!({ "businessPhones": phones });
            (Route::Phone, Method::PATCH, format!("/users/{user}"), body)
        }
    }
}

/// The body of an assignment as the primary line.
fn assignment(
    number: E164,
    number_type: NumberType,
    user: UserId,
    location: Option<&str>,
) -> Value {
    let mut body = json!({
        "telephoneNumber": number.to_string(),
        "assignmentTargetId": user.to_string(),
        "numberType": wire_name(number_type),
        "assignmentCategory": "primary",
    });
    if let Some(location) = location {
        body["locationId"] = json!(location);
    }
    body
}

/// Graph's spelling of a type in bodies (docs/graph.md, trap 22).
const fn wire_name(number_type: NumberType) -> &'static str {
    match number_type {
        NumberType::DirectRouting => "directRouting",
        NumberType::CallingPlan => "callingPlan",
        NumberType::OperatorConnect => "operatorConnect",
    }
}
