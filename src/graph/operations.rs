//! Where an assignment stands (docs/graph.md 4.3).

use super::Graph;
use super::decode::{Malformed, Text, decode_one};
use super::route::Route;
use crate::apply::OperationState;
use crate::directory::{Link, ReadError};
use reqwest::StatusCode;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct WireOperation<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    numbers: Option<Vec<WireOperationNumber<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOperationNumber<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    status_detail: Option<Text<'a>>,
}

impl Graph {
    pub(super) async fn read_operation(&self, at: &Link) -> Result<OperationState, ReadError> {
        let url = self.transport.base.follow(at)?;
        let read = self
            .transport
            .read(Route::Numbers, url, |answer| state(&answer.body));
        match read.await {
            Ok(state) => Ok(state),
            Err(failure) if failure.is(StatusCode::NOT_FOUND) || failure.is(StatusCode::GONE) => {
                Ok(OperationState::Unknown)
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

fn state(body: &[u8]) -> Result<OperationState, Malformed> {
    let Some(wire) = decode_one::<WireOperation<'_>>(body)? else {
        return Ok(OperationState::Unknown);
    };
    let status = wire
        .status
        .as_deref()
        .ok_or_else(|| Malformed::Wrong("the operation has no `status`".into()))?;
    let numbers = wire.numbers.as_deref().unwrap_or_default();
    let one_failed = numbers
        .iter()
        .any(|number| is_failure(number.status.as_deref().unwrap_or_default()));
    Ok(match status.to_ascii_lowercase().as_str() {
        "succeeded" if !one_failed => OperationState::Succeeded,
        "succeeded" => OperationState::Failed(reason("failed", numbers)),
        _ if is_failure(status) => OperationState::Failed(reason(status, numbers)),
        _ => OperationState::Running,
    })
}

fn is_failure(status: &str) -> bool {
    status.eq_ignore_ascii_case("failed") || status.eq_ignore_ascii_case("skipped")
}

/// What the service says of the numbers, or the bare status when it says nothing.
fn reason(status: &str, numbers: &[WireOperationNumber<'_>]) -> String {
    let details: Vec<&str> = numbers
        .iter()
        .filter_map(|number| number.status_detail.as_deref())
        .map(str::trim)
        .filter(|detail| !detail.is_empty())
        .collect();
    if details.is_empty() {
        return format!("the operation ended as `{status}`");
    }
    details.join("; ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_shape_of_the_samples() {
        let entity = r##"{"@odata.type":"#microsoft.graph.teamsAdministration.telephoneNumberLongRunningOperation",
            "id":"QXNz","createdDateTime":"6/10/2025 9:30","status":"succeeded",
            "numbers":[{"resourceLocation":"https://graph.microsoft.com/x","status":"succeeded","statusDetail":null}]}"##;
        let of = |json: String| state(json.as_bytes());
        assert_eq!(of(entity.into()), Ok(OperationState::Succeeded));
        assert_eq!(
            of(format!(r#"{{"value":{entity}}}"#)),
            Ok(OperationState::Succeeded)
        );
        assert_eq!(
            of(format!(r#"{{"value":[{entity}]}}"#)),
            Ok(OperationState::Succeeded)
        );
        assert_eq!(of(r#"{"value":[]}"#.into()), Ok(OperationState::Unknown));
        assert!(of("{}".into()).is_err());
    }

    #[test]
    fn maps_every_status_and_waits_for_unknown_ones() {
        let of = |status: &str, number: &str, detail: &str| {
            let json = format!(
                r#"{{"status":"{status}","numbers":[{{"status":"{number}","statusDetail":"{detail}"}}]}}"#
            );
            state(json.as_bytes()).expect("an operation")
        };
        let failed = |text: &str| OperationState::Failed(text.into());
        assert_eq!(of("notStarted", "notStarted", ""), OperationState::Running);
        assert_eq!(of("running", "failed", ""), OperationState::Running);
        assert_eq!(of("unknownFutureValue", "", ""), OperationState::Running);
        assert_eq!(of("Succeeded", "succeeded", ""), OperationState::Succeeded);
        assert_eq!(of("succeeded", "failed", "taken"), failed("taken"));
        assert_eq!(of("failed", "failed", "no licence"), failed("no licence"));
        assert_eq!(
            of("skipped", "", " "),
            failed("the operation ended as `skipped`")
        );
    }
}
