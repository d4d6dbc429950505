//! What Teams itself thinks of a user: `userConfigurations` (docs/graph.md 5).

use serde_json::{Value, json};
use uuid::Uuid;

use super::exchange::{Answer, Call, GraphError, Reply};
use super::licensing::Capabilities;
use super::user_store::{Place, Presence};
use super::world::World;

const SET: &str = "admin/teams/userConfigurations";

/// `GET /admin/teams/userConfigurations`.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    call.query.only(&["$select", "$top", "$skiptoken"])?;
    let top = call.query.number("$top", 100, 1, 999)?;
    let from = call.query.number("$skiptoken", 0, 0, u32::MAX as usize)?;
    let mut value = Vec::new();
    let mut place = Place::try_from(from).unwrap_or(Place::MAX);
    while place < world.users.len() && value.len() < top {
        if world.users.presence(place) == Presence::Here {
            value.push(configuration(world, call, place));
        }
        place += 1;
    }
    let mut page =
        json!({"@odata.context": format!("{}/$metadata#{SET}", call.base()), "value": value});
    if place < world.users.len() {
        page["@odata.nextLink"] =
            format!("{}/{SET}?$top={top}&$skiptoken={place}", call.base()).into();
    }
    Ok(Reply::json(200, &page))
}

/// `GET /admin/teams/userConfigurations/{userId}`; only the object id names a user here.
pub(super) fn get(world: &World, call: &Call, user: &str) -> Answer {
    call.query.only(&["$select"])?;
    let place = user
        .parse::<Uuid>()
        .ok()
        .and_then(|_| world.users.find(user));
    let place = place
        .ok_or_else(|| GraphError::new(404, "NotFound", format!("User '{user}' is not found.")))?;
    Ok(Reply::json(
        200,
        &super::numbers::wrapped(
            world,
            call,
            "userConfigurations",
            &configuration(world, call, place),
        ),
    ))
}

fn configuration(world: &World, call: &Call, place: Place) -> Value {
    let id = world.users.id(place);
    let can = world.digested(place, call.now);
    let numbers = world.numbers.of(id);
    let lines: Vec<Value> = numbers
        .iter()
        .map(|number| {
            json!({"telephoneNumber": number.telephone_number, "assignmentCategory": number.assignment_category})
        })
        .collect();
    json!({
        "id": id,
        "userPrincipalName": world.users.value(place, "userPrincipalName"),
        "tenantId": Uuid::nil(),
        "accountType": account_type(world, call, place, can),
        "isEnterpriseVoiceEnabled": !numbers.is_empty(),
        "featureTypes": features(can),
        "telephoneNumbers": lines,
        "effectivePolicyAssignments": effective_policies(world, place),
        "createdDateTime": world.users.value(place, "createdDateTime"),
        "modifiedDateTime": call.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

fn account_type(world: &World, call: &Call, place: Place, can: Capabilities) -> &'static str {
    if can.virtual_user {
        "resourceAccount"
    } else if world.users.text(place, "userType").as_deref() == Some("Guest") {
        "guest"
    } else if can.teams {
        "user"
    } else if call.prefers("include-unknown-enum-members") {
        "ineligibleUser"
    } else {
        "unknownFutureValue"
    }
}

fn features(can: Capabilities) -> Vec<&'static str> {
    let all = [
        ("Teams", can.teams),
        ("PhoneSystem", can.phone_system && !can.virtual_user),
        ("VoiceApp", can.virtual_user),
        ("CallingPlan", can.calling_plan),
        ("AudioConferencing", can.audio_conferencing),
    ];
    all.into_iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| name)
        .collect()
}

fn effective_policies(world: &World, place: Place) -> Vec<Value> {
    let id = world.users.id(place);
    let upn = world
        .users
        .text(place, "userPrincipalName")
        .unwrap_or_default();
    let islands =
        world.switches.not_teams_only.iter().any(|user| {
            user.eq_ignore_ascii_case(&upn) || user.eq_ignore_ascii_case(&id.to_string())
        });
    let direct = |kind: &str, name: &str, policy: &str| {
        json!({"policyType": kind, "policyAssignment": {
            "displayName": name, "assignmentType": "direct", "policyId": policy, "groupId": null,
        }})
    };
    let granted = world.granted_policies.get(&id);
    let mode = if islands { "Islands" } else { "UpgradeToTeams" };
    granted
        .into_iter()
        .flat_map(|granted| granted.values())
        .map(|policy| direct(&policy.kind, &policy.name, &policy.id))
        .chain([direct("TeamsUpgradePolicy", mode, mode)])
        .collect()
}
