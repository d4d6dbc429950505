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
struct Granted {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
}

/// `POST /_sim/users/{id}/policy`: an administrator grants a policy, or takes the direct assignment away.
pub(super) fn grant_policy(world: &mut World, call: &Call, user: &str) -> Answer {
    let granted: Granted = call.read()?;
    let place = present(world, user)?;
    let id = world.users.id(place);
    let key = granted.kind.to_lowercase();
    let Some(name) = granted.name else {
        let all = world.granted_policies.entry(id).or_default();
        all.remove(&key);
        return Ok(Reply::empty(204));
    };
    let named = |policy: &&Policy| policy.name == name && policy.kind.to_lowercase() == key;
    let policy = world.policies.iter().find(named).cloned();
    let policy = policy.ok_or_else(|| {
        let kind = &granted.kind;
        GraphError::bad("BadRequest", format!("The tenant has no {kind} '{name}'."))
    })?;
    let all = world.granted_policies.entry(id).or_default();
    all.insert(key, policy);
    Ok(Reply::empty(204))
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
