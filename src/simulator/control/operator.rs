//! An operator that takes numbers over, as a migration meets it.

use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::super::exchange::{Answer, Call, GraphError, Reply};
use super::super::operator::{How, Shown, Transfer};
use super::super::order::telephone_number;
use super::super::switches::Span;
use super::super::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TakeOver {
    numbers: Vec<String>,
    #[serde(default = "operator_connect")]
    number_type: String,
    #[serde(default)]
    operator_id: Uuid,
    #[serde(default)]
    iso_country_code: Option<String>,
    #[serde(default)]
    how: How,
    #[serde(default)]
    shown: Shown,
    #[serde(default)]
    after: Span,
}

fn operator_connect() -> String {
    "operatorConnect".to_owned()
}

/// `POST /_sim/operator`.
pub(super) fn take_over(world: &mut World, call: &Call) -> Answer {
    let body: TakeOver = call.read()?;
    let known = ["directRouting", "callingPlan", "operatorConnect"];
    if !known.contains(&body.number_type.as_str()) {
        let text = format!("numberType '{}' is none of {known:?}.", body.number_type);
        return Err(GraphError::bad("BadRequest", text));
    }
    for number in &body.numbers {
        let transfer = Transfer {
            number_type: body.number_type.clone(),
            operator_id: body.operator_id,
            country: body.iso_country_code.clone(),
            how: body.how,
            shown: body.shown,
            after: body.after,
            ordered: Instant::now(),
            free_since: None,
        };
        world.transfers.insert(telephone_number(number)?, transfer);
    }
    Ok(Reply::json(200, &json!({"count": body.numbers.len()})))
}

/// `DELETE /_sim/operator`.
pub(super) fn forget(world: &mut World) -> Answer {
    for number in std::mem::take(&mut world.transfers).into_keys() {
        world.numbers.put_beside(&number, None);
    }
    Ok(Reply::empty(204))
}
