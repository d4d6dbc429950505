//! What the simulator can tell about itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::exchange::Reply;
use super::super::server::Server;
use super::super::user_store::Presence;
use super::super::world::World;

/// `GET /_sim/state`: the truth, without read-back delays.
pub(super) fn state(world: &World) -> Reply {
    let mut users: BTreeMap<Uuid, Vec<&str>> = BTreeMap::new();
    let mut numbers: BTreeMap<&str, Value> = BTreeMap::new();
    for number in world.numbers.all() {
        if let Some(user) = number.assignment_target_id {
            users
                .entry(user)
                .or_default()
                .push(&number.telephone_number);
        }
        numbers.insert(
            &number.telephone_number,
            json!({
                "type": number.number_type, "status": number.assignment_status,
                "holder": number.assignment_target_id, "location": number.location_id,
            }),
        );
    }
    let policies: BTreeMap<Uuid, BTreeMap<&str, &str>> = world
        .granted_policies
        .iter()
        .map(|(user, granted)| {
            let granted = granted
                .values()
                .map(|policy| (policy.kind.as_str(), policy.name.as_str()));
            (*user, granted.collect())
        })
        .collect();
    Reply::json(
        200,
        &json!({"numbers": numbers, "users": users, "policies": policies, "phones": phones(world)}),
    )
}

/// Office telephones of those who have one.
fn phones(world: &World) -> BTreeMap<Uuid, String> {
    let places = (0..world.users.len()).filter(|at| world.users.presence(*at) == Presence::Here);
    let phone = |at| {
        let phones = world.users.value(at, "businessPhones");
        let first = phones.get(0)?.as_str()?.to_owned();
        Some((world.users.id(at), first))
    };
    places.filter_map(phone).collect()
}

/// `GET /_sim/log`.
pub(super) fn log(server: &Server) -> Reply {
    let log = server.log();
    let items: Vec<_> = log.requests().collect();
    Reply::json(200, &json!({"items": items}))
}
