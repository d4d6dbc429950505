//! Users come, change, go and return.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::exchange::{Answer, Call, GraphError, Reply};
use super::super::licensing::{AssignedLicence, plans_of};
use super::super::tenant_file::{CheckedUser, id_of};
use super::super::user_store::{Place, Presence};
use super::super::users::present;
use super::super::world::World;

/// `POST /_sim/users`. Without `assignedPlans` they are made from the licences.
pub(super) fn put(world: &mut World, call: &Call, fresh: Uuid) -> Answer {
    let mut fields: Map<String, Value> = call.read()?;
    fields
        .entry("id")
        .or_insert_with(|| fresh.to_string().into());
    serde_path_to_error::deserialize::<_, CheckedUser>(Value::Object(fields.clone())).map_err(
        |error| {
            GraphError::bad(
                "BadRequest",
                format!("The user is wrong at '{}': {}", error.path(), error.inner()),
            )
        },
    )?;
    let id = id_of(&fields).ok_or_else(|| GraphError::bad("BadRequest", "The user has no id."))?;
    let created = call.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    fields.entry("createdDateTime").or_insert(created.into());
    fields.entry("accountEnabled").or_insert(true.into());
    fields.entry("userType").or_insert("Member".into());
    fields.entry("businessPhones").or_insert(json!([]));
    let licences = fields
        .entry("assignedLicenses")
        .or_insert(json!([]))
        .clone();
    let licences: Vec<AssignedLicence> = serde_json::from_value(licences).unwrap_or_default();
    if !fields.contains_key("assignedPlans") {
        fields.insert(
            "assignedPlans".to_owned(),
            plans_of(&licences, &world.skus, call.now),
        );
    }
    world.put_user(id, fields, call.now);
    Ok(Reply::json(201, &json!({"id": id})))
}

/// `PATCH /_sim/users/{id}`.
pub(super) fn patch(world: &mut World, call: &Call, user: &str) -> Answer {
    let updates: Map<String, Value> = call.read()?;
    let place = present(world, user)?;
    world.change_user(place, &updates, call.now);
    Ok(Reply::empty(204))
}

/// `DELETE /_sim/users/{id}`: into the deleted items, or for good; the latter from there too.
pub(super) fn delete(world: &mut World, call: &Call, user: &str) -> Answer {
    let place = present_or_deleted(world, user)?;
    let hard = call.query.get("hard") == Some("true");
    world.delete_user(place, hard, call.now);
    Ok(Reply::empty(204))
}

/// `POST /_sim/users/{id}/restore`.
pub(super) fn restore(world: &mut World, user: &str) -> Answer {
    let place = present_or_deleted(world, user)?;
    if world.users.presence(place) != Presence::Here {
        world.users.set_presence(place, Presence::Here);
    }
    Ok(Reply::empty(204))
}

fn present_or_deleted(world: &World, user: &str) -> Result<Place, Box<GraphError>> {
    let by_id = user.parse().ok().and_then(|id| world.users.by_id(id));
    by_id
        .filter(|place| world.users.presence(*place) != Presence::Gone)
        .or_else(|| world.users.find(user))
        .ok_or_else(|| GraphError::no_such_object(user))
}
