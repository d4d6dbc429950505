//! Numbers as an administrator of the tenant, or a carrier, changes them: at once.

use serde::Deserialize;
use serde_json::json;

use super::super::exchange::{Answer, Call, GraphError, Reply};
use super::super::number_store::Number;
use super::super::order::{Action, Order, telephone_number};
use super::super::users::present;
use super::super::world::World;
use super::table::one_or_many;

/// `PUT /_sim/numbers`.
pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    let numbers: Vec<Number> = one_or_many(call, Some("numbers"))?;
    let count = numbers.len();
    for mut number in numbers {
        number.telephone_number = telephone_number(&number.telephone_number)?;
        world.numbers.put(number);
    }
    Ok(Reply::json(200, &json!({"count": count})))
}

/// `DELETE /_sim/numbers/{e164}`.
pub(super) fn remove(world: &mut World, number: &str) -> Answer {
    if world.numbers.remove(&telephone_number(number)?) {
        Ok(Reply::empty(204))
    } else {
        Err(GraphError::new(
            404,
            "NotFound",
            format!("{number} is not listed."),
        ))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Assignment {
    user: String,
    number: String,
    #[serde(default)]
    number_type: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    location_id: Option<String>,
    /// Without asking whether Teams would allow it.
    #[serde(default)]
    force: bool,
}

/// `POST /_sim/assign`.
pub(super) fn assign(world: &mut World, call: &Call) -> Answer {
    let body: Assignment = call.read()?;
    let target = world.users.id(present(world, &body.user)?);
    let number = telephone_number(&body.number)?;
    let listed_type = world
        .numbers
        .get(&number)
        .map(|listed| listed.number_type.clone());
    let order = Order {
        number_type: body
            .number_type
            .or(listed_type)
            .unwrap_or_else(|| "directRouting".to_owned()),
        number,
        action: Action::Assign {
            target,
            category: body.category.unwrap_or_else(|| "primary".to_owned()),
            location: body.location_id,
        },
    };
    if !body.force {
        world
            .check(&order, call.now)
            .map_err(|refusal| GraphError::bad("BadRequest", refusal.message))?;
    }
    world.carry_out(&order);
    Ok(Reply::empty(204))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    number: String,
}

/// `POST /_sim/unassign`.
pub(super) fn unassign(world: &mut World, call: &Call) -> Answer {
    let body: Release = call.read()?;
    let number = telephone_number(&body.number)?;
    let listed = world
        .numbers
        .get(&number)
        .filter(|listed| listed.assignment_target_id.is_some())
        .cloned();
    let listed = listed
        .ok_or_else(|| GraphError::bad("BadRequest", format!("{number} is not assigned.")))?;
    world.take_away(&listed, false);
    Ok(Reply::empty(204))
}
