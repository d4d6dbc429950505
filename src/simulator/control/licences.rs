//! Licences, and what else the tenant as a whole has.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::super::exchange::{Answer, Call, GraphError, Reply};
use super::super::licensing;
use super::super::sku::Sku;
use super::super::tenant_file::Policy;
use super::super::users::present;
use super::super::world::World;
use super::table::one_or_many;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Licence {
    sku_id: Uuid,
    #[serde(default)]
    disabled_plans: Vec<Uuid>,
}

/// `POST /_sim/users/{id}/license`.
pub(super) fn license(world: &mut World, call: &Call, user: &str) -> Answer {
    let licence: Licence = call.read()?;
    let place = present(world, user)?;
    if !world.skus.iter().any(|sku| sku.sku_id == licence.sku_id) {
        return Err(GraphError::bad(
            "BadRequest",
            format!("The tenant has no SKU {}.", licence.sku_id),
        ));
    }
    licensing::license(
        world,
        place,
        licence.sku_id,
        licence.disabled_plans,
        call.now,
    );
    Ok(Reply::empty(204))
}

/// `POST /_sim/users/{id}/unlicense`.
pub(super) fn unlicense(world: &mut World, call: &Call, user: &str) -> Answer {
    let licence: Licence = call.read()?;
    let place = present(world, user)?;
    if licensing::unlicense(world, place, licence.sku_id, call.now) {
        Ok(Reply::empty(204))
    } else {
        Err(GraphError::bad(
            "BadRequest",
            "The user does not have that licence.",
        ))
    }
}

/// `PUT /_sim/skus`.
pub(super) fn replace_skus(world: &mut World, call: &Call) -> Answer {
    let skus: Vec<Sku> = one_or_many(call, Some("subscribedSkus"))?;
    world.skus = skus;
    Ok(Reply::json(200, &json!({"count": world.skus.len()})))
}

/// `PUT /_sim/policies`.
pub(super) fn replace_policies(world: &mut World, call: &Call) -> Answer {
    let policies: Vec<Policy> = one_or_many(call, Some("policies"))?;
    world.policies = policies;
    Ok(Reply::json(200, &json!({"count": world.policies.len()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    id: Uuid,
    members: Vec<Uuid>,
}

/// `PUT /_sim/groups`.
pub(super) fn replace_groups(world: &mut World, call: &Call) -> Answer {
    let groups: Vec<Group> = one_or_many(call, Some("groups"))?;
    world.groups = groups
        .into_iter()
        .map(|group| (group.id, group.members))
        .collect();
    Ok(Reply::json(200, &json!({"count": world.groups.len()})))
}
