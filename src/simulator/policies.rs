//! Policies of the tenant and who was granted them (docs/graph.md 5).

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::exchange::{Answer, Call, GraphError, Reply};
use super::tenant_file::Policy;
use super::user_store::Presence;
use super::world::World;

/// `GET …/getPolicyId(type='T',name='N')`; the comma may be missing, as one SDK leaves it out.
pub(super) fn find(world: &World, call: &Call, arguments: &str) -> Answer {
    call.query.only(&[])?;
    let kind = argument(arguments, "type")
        .ok_or_else(|| GraphError::bad("BadRequest", "The parameter 'type' is missing."))?;
    let name = argument(arguments, "name");
    let name = name
        .as_deref()
        .map(|name| name.strip_prefix("Tag:").unwrap_or(name));
    let value: Vec<Value> = world
        .policies
        .iter()
        .filter(|policy| policy.kind.eq_ignore_ascii_case(&kind))
        .filter(|policy| name.is_none_or(|name| policy.name.eq_ignore_ascii_case(name)))
        .map(|policy| json!({"name": format!("Tag:{}", policy.name), "policyId": policy.id}))
        .collect();
    Ok(Reply::json(
        200,
        &json!({
            "@odata.context": format!(
                "{}/$metadata#Collection(microsoft.graph.teamsAdministration.policyIdentifierDetail)", call.base()),
            "value": value,
        }),
    ))
}

/// The value of `name='…'` among arguments; quotes inside are doubled.
fn argument(arguments: &str, name: &str) -> Option<String> {
    let start = format!("{name}='");
    let text = &arguments[arguments.find(&start)? + start.len()..];
    let mut value = String::new();
    let mut rest = text.chars().peekable();
    while let Some(sign) = rest.next() {
        match (sign, rest.peek()) {
            ('\'', Some('\'')) => {
                rest.next();
                value.push('\'');
            }
            ('\'', _) => return Some(value),
            _ => value.push(sign),
        }
    }
    None
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Many<T> {
    value: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Grant {
    user_id: Uuid,
    policy_type: String,
    policy_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Revocation {
    user_id: Uuid,
    policy_type: String,
}

/// `POST …/userAssignments/assign`: all or nothing.
pub(super) fn assign(world: &mut World, call: &Call) -> Answer {
    call.query.only(&[])?;
    let grants: Many<Grant> = call.read()?;
    let mut found: Vec<(Uuid, Policy)> = Vec::new();
    for grant in &grants.value {
        known_user(world, grant.user_id)?;
        let policy = world
            .policies
            .iter()
            .find(|policy| {
                policy.id == grant.policy_id && policy.kind.eq_ignore_ascii_case(&grant.policy_type)
            })
            .ok_or_else(|| {
                let Grant {
                    policy_type,
                    policy_id,
                    ..
                } = grant;
                GraphError::bad(
                    "BadRequest",
                    format!("No policy '{policy_id}' of type '{policy_type}' exists."),
                )
            })?;
        found.push((grant.user_id, policy.clone()));
    }
    for (user, policy) in found {
        world
            .granted_policies
            .entry(user)
            .or_default()
            .insert(policy.kind.to_lowercase(), policy);
    }
    Ok(Reply::empty(204))
}

/// `POST …/userAssignments/unassign`.
pub(super) fn unassign(world: &mut World, call: &Call) -> Answer {
    call.query.only(&[])?;
    let revocations: Many<Revocation> = call.read()?;
    for revocation in &revocations.value {
        known_user(world, revocation.user_id)?;
        if !world
            .policies
            .iter()
            .any(|policy| policy.kind.eq_ignore_ascii_case(&revocation.policy_type))
        {
            return Err(GraphError::bad(
                "BadRequest",
                format!("Unknown policy type '{}'.", revocation.policy_type),
            ));
        }
    }
    for revocation in revocations.value {
        if let Some(granted) = world.granted_policies.get_mut(&revocation.user_id) {
            granted.remove(&revocation.policy_type.to_lowercase());
        }
    }
    Ok(Reply::empty(204))
}

/// Soft-deleted users still have a Teams record; those who are gone have none.
fn known_user(world: &World, user: Uuid) -> Result<(), Box<GraphError>> {
    let known = world
        .users
        .by_id(user)
        .is_some_and(|place| world.users.presence(place) != Presence::Gone);
    if known {
        Ok(())
    } else {
        Err(GraphError::new(
            404,
            "NotFound",
            format!("User '{user}' is not found."),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn arguments_are_read_with_and_without_comma() {
        for text in ["type='T',name='It''s'", "type='T'name='It''s'"] {
            assert_eq!(argument(text, "type").as_deref(), Some("T"));
            assert_eq!(argument(text, "name").as_deref(), Some("It's"));
        }
    }
}
