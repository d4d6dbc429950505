//! `GET /users/delta`: everybody, then only what changed (docs/graph.md 1).

use serde_json::Value;
use uuid::Uuid;

use super::delta_token::DeltaToken;
use super::exchange::{Answer, Call, GraphError, Reply};
use super::odata::{clauses, unsupported};
use super::user_store::{History, Place, Presence};
use super::users::{Selection, write_user};
use super::world::World;

/// One page of a round.
pub(super) fn page(world: &World, call: &Call) -> Answer {
    for refused in ["$top", "$orderby", "$expand", "$skip", "$search", "$count"] {
        if call.query.get(refused).is_some() {
            return Err(unsupported(format!(
                "'{refused}' is not supported with the delta query."
            )));
        }
    }
    let token = match (call.query.get("$skiptoken"), call.query.get("$deltatoken")) {
        (Some(_), Some(_)) => {
            return Err(GraphError::bad(
                "Request_BadRequest",
                "Only one token may be sent.",
            ));
        }
        (None, None | Some("")) => begin(world, call)?,
        (None, Some("latest")) => return latest(world, call),
        (Some(text), None) => continued(world, call, text, false)?,
        (None, Some(text)) => continued(world, call, text, true)?,
    };
    Ok(render(world, call, &token))
}

fn begin(world: &World, call: &Call) -> Result<DeltaToken, Box<GraphError>> {
    call.query.only(&["$select", "$filter", "$deltatoken"])?;
    let select = Selection::of(call)?.0;
    let ids = call
        .query
        .get("$filter")
        .map_or_else(|| Ok(Vec::new()), filtered_ids)?;
    Ok(DeltaToken::first(
        select,
        ids,
        world.users.clock(),
        call.now,
    ))
}

/// "Sync from now": nothing, and a link.
fn latest(world: &World, call: &Call) -> Answer {
    call.query.only(&["$select", "$filter", "$deltatoken"])?;
    let select = Selection::of(call)?.0;
    let token = DeltaToken::first(select, Vec::new(), world.users.clock(), call.now);
    Ok(finished(call, "", &token))
}

fn continued(
    world: &World,
    call: &Call,
    text: &str,
    new_round: bool,
) -> Result<DeltaToken, Box<GraphError>> {
    call.query.only(&[if new_round {
        "$deltatoken"
    } else {
        "$skiptoken"
    }])?;
    let reading = world.users.clock();
    let token = DeltaToken::decode(text, reading).ok_or_else(|| expired(world, call))?;
    if token.is_expired(call.now) {
        return Err(expired(world, call));
    }
    Ok(if new_round {
        token.resumed(reading)
    } else {
        token
    })
}

/// The link is too old, or not ours.
pub(super) fn expired(world: &World, call: &Call) -> Box<GraphError> {
    if world.switches.expired_delta_is_410 {
        let mut gone = GraphError::new(
            410,
            "Gone",
            "The delta token is no longer valid. Start again.",
        );
        gone.headers.push((
            "location",
            format!("{}/users/delta?$deltatoken=", call.base()),
        ));
        return gone;
    }
    GraphError::bad(
        "syncStateNotFound",
        "The sync state generation is not found; the delta token is expired. Please start a full synchronization.",
    )
}

/// `id eq '…'` joined by `or`, at most 50.
fn filtered_ids(filter: &str) -> Result<Vec<Uuid>, Box<GraphError>> {
    let clauses = clauses(filter, "or")?;
    if clauses.len() > 50 {
        return Err(unsupported("At most 50 objects may be filtered by id."));
    }
    clauses
        .into_iter()
        .map(|clause| {
            let id = clause
                .value
                .filter(|_| clause.field == "id")
                .and_then(|id| id.parse().ok());
            id.ok_or_else(|| unsupported("Only filters by id are supported with the delta query."))
        })
        .collect()
}

fn render(world: &World, call: &Call, token: &DeltaToken) -> Reply {
    let size = world.switches.page_size.max(1);
    if world.switches.empty_first_page && !token.begun {
        return unfinished(call, "", &token.moved(token.at, call.now));
    }
    let mut items = String::new();
    let next = match token.since {
        None => everybody(world, token, size, &mut items),
        Some(since) => changes(world, call, token, since, size, &mut items),
    };
    match next {
        Some(at) => unfinished(call, &items, &token.moved(at, call.now)),
        None => finished(call, &items, token),
    }
}

/// Writes a page of a first round; answers where the next one starts.
fn everybody(world: &World, token: &DeltaToken, size: usize, items: &mut String) -> Option<u64> {
    let start = Place::try_from(token.at).unwrap_or(Place::MAX);
    let selection = Selection(token.select.clone());
    let mut written = 0;
    for place in start..world.users.len() {
        if written == size {
            return Some(u64::from(place));
        }
        if !wanted(world, token, place) {
            continue;
        }
        match world.users.presence(place) {
            Presence::Here => write_set(world, place, &selection, None, items),
            Presence::Deleted(_) if world.switches.removed_in_first_round => {
                write_removed(world, place, items)
            }
            _ => continue,
        }
        written += 1;
    }
    None
}

/// Writes a page of a later round; answers the last reading shown if there is more.
fn changes(
    world: &World,
    call: &Call,
    token: &DeltaToken,
    since: u64,
    size: usize,
    items: &mut String,
) -> Option<u64> {
    let minimal = call.prefers("return=minimal");
    let mut written = 0;
    let mut last = token.at;
    for (reading, place) in world.users.changed(token.at, token.upto) {
        if written == size {
            return Some(last);
        }
        last = reading;
        let Some(history) = world
            .users
            .history(place)
            .filter(|_| wanted(world, token, place))
        else {
            continue;
        };
        let appeared = history.presence > since;
        let shown: Vec<String> = token
            .select
            .iter()
            .filter(|name| changed(history, name, since))
            .cloned()
            .collect();
        match world.users.presence(place) {
            Presence::Here if appeared || !(minimal || shown.is_empty()) => {
                write_set(
                    world,
                    place,
                    &Selection(token.select.clone()),
                    Some(history),
                    items,
                );
            }
            Presence::Here if !shown.is_empty() => {
                write_set(world, place, &Selection(shown), Some(history), items)
            }
            Presence::Deleted(_) | Presence::Gone if appeared => write_removed(world, place, items),
            _ => continue,
        }
        written += 1;
    }
    None
}

fn wanted(world: &World, token: &DeltaToken, place: Place) -> bool {
    token.ids.is_empty() || token.ids.contains(&world.users.id(place))
}

/// `licenseAssignmentStates` may be selected but never makes a user appear (docs/graph.md 1.3).
fn changed(history: &History, property: &str, since: u64) -> bool {
    property != "licenseAssignmentStates"
        && history
            .properties
            .get(property)
            .is_some_and(|reading| *reading > since)
}

/// Writes a user without the properties that never were set; a cleared one is null.
fn write_set(
    world: &World,
    place: Place,
    selection: &Selection,
    history: Option<&History>,
    items: &mut String,
) {
    if !items.is_empty() {
        items.push(',');
    }
    if !world.switches.hidden_properties.is_empty() {
        return write_user(world, place, selection, items);
    }
    items.push_str("{\"id\":\"");
    items.push_str(
        world
            .users
            .id(place)
            .hyphenated()
            .encode_lower(&mut [0; 36]),
    );
    items.push('"');
    for name in &selection.0 {
        let before = items.len();
        items.push_str(",\"");
        items.push_str(name);
        items.push_str("\":");
        let value = items.len();
        let written = world.users.write(place, name, items);
        let cleared = history.is_some_and(|history| history.properties.contains_key(name));
        if (!written || &items[value..] == "null") && !cleared {
            items.truncate(before);
        } else if !written {
            items.push_str("null");
        }
    }
    items.push('}');
}

fn write_removed(world: &World, place: Place, items: &mut String) {
    if !items.is_empty() {
        items.push(',');
    }
    let reason = if world.users.presence(place) == Presence::Gone {
        "deleted"
    } else {
        "changed"
    };
    let id = world.users.id(place);
    items.push_str(&format!(
        "{{\"id\":\"{id}\",\"@removed\":{{\"reason\":\"{reason}\"}}}}"
    ));
}

fn unfinished(call: &Call, items: &str, token: &DeltaToken) -> Reply {
    linked(call, items, "nextLink", "$skiptoken", token)
}

fn finished(call: &Call, items: &str, token: &DeltaToken) -> Reply {
    linked(
        call,
        items,
        "deltaLink",
        "$deltatoken",
        &token.next_round(call.now),
    )
}

fn linked(call: &Call, items: &str, link: &str, parameter: &str, token: &DeltaToken) -> Reply {
    let base = call.base();
    let url = Value::from(format!("{base}/users/delta?{parameter}={}", token.encode()));
    let body = format!(
        "{{\"@odata.context\":\"{base}/$metadata#users\",\"@odata.{link}\":{url},\"value\":[{items}]}}"
    );
    let reply = Reply::bytes(200, body.into_bytes());
    if call.prefers("return=minimal") {
        reply.with("preference-applied", "return=minimal")
    } else {
        reply
    }
}
