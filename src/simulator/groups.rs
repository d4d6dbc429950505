//! Members of groups, nested ones included.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::exchange::{Answer, Call, GraphError};
use super::user_store::Presence;
use super::users::page;
use super::world::World;

/// `GET /groups/{id}/transitiveMembers/microsoft.graph.user`.
pub(super) fn members(world: &World, call: &Call, group: &str) -> Answer {
    call.query
        .only(&["$select", "$top", "$count", "$skiptoken"])?;
    let id = group
        .parse::<Uuid>()
        .ok()
        .filter(|id| world.groups.contains_key(id));
    let id = id.ok_or_else(|| GraphError::no_such_object(group))?;
    let places: BTreeSet<_> = expanded(world, id)
        .into_iter()
        .filter_map(|member| world.users.by_id(member))
        .filter(|place| world.users.presence(*place) == Presence::Here)
        .collect();
    page(world, call, "users", |from| {
        places.into_iter().filter(move |place| *place >= from)
    })
}

/// All ids reachable from a group; circles are walked once.
fn expanded(world: &World, group: Uuid) -> BTreeSet<Uuid> {
    let mut seen = BTreeSet::new();
    let mut open = vec![group];
    while let Some(next) = open.pop() {
        for member in world.groups.get(&next).into_iter().flatten() {
            if seen.insert(*member) {
                open.push(*member);
            }
        }
    }
    seen
}
