//! Users one by one and in full lists (docs/graph.md 2.1, 2.2, 6).

use serde_json::{Map, Value, json};

use super::exchange::{Answer, Call, GraphError, Reply};
use super::odata::{Clause, clauses, unsupported};
use super::user_record::{DEFAULT_PROPERTIES, KNOWN_PROPERTIES, OUTSIDE_STORE};
use super::user_store::{Place, Presence};
use super::world::World;

/// The selected properties in the order asked for, without the id, which always comes.
#[derive(Clone, Debug)]
pub(super) struct Selection(pub(super) Vec<String>);

impl Selection {
    /// Reads `$select`; without it the default properties.
    pub(super) fn of(call: &Call) -> Result<Self, Box<GraphError>> {
        let Some(text) = call.query.get("$select") else {
            return Ok(Self(DEFAULT_PROPERTIES.map(str::to_owned).to_vec()));
        };
        let mut names = Vec::new();
        for name in text.split(',').map(str::trim) {
            if OUTSIDE_STORE.contains(&name) {
                return Err(GraphError::new(
                    501,
                    "NotImplemented",
                    format!("Property '{name}' cannot be listed."),
                ));
            }
            if !KNOWN_PROPERTIES.contains(&name) {
                let message = format!(
                    "Could not find a property named '{name}' on type 'microsoft.graph.user'."
                );
                return Err(GraphError::bad("BadRequest", message));
            }
            if name != "id" && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(Self(names))
    }
}

/// Writes `"id":"…"` and the selected properties, null where nothing is set.
pub(super) fn write_user(world: &World, place: Place, selection: &Selection, out: &mut String) {
    out.push_str("{\"id\":\"");
    out.push_str(
        world
            .users
            .id(place)
            .hyphenated()
            .encode_lower(&mut [0; 36]),
    );
    out.push('"');
    for name in &selection.0 {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        let hidden = world.switches.hidden_properties.contains(name);
        if hidden
            || !(write_deleted_time(world, place, name, out) || world.users.write(place, name, out))
        {
            out.push_str("null");
        }
    }
    out.push('}');
}

fn write_deleted_time(world: &World, place: Place, name: &str, out: &mut String) -> bool {
    match world.users.presence(place) {
        Presence::Deleted(at) if name == "deletedDateTime" => {
            out.push_str(&at.strftime("\"%Y-%m-%dT%H:%M:%SZ\"").to_string());
            true
        }
        _ => false,
    }
}

/// A present user by id or UPN.
pub(super) fn present(world: &World, key: &str) -> Result<Place, Box<GraphError>> {
    world
        .users
        .find(key)
        .ok_or_else(|| GraphError::no_such_object(key))
}

/// `GET /users`.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    call.query
        .only(&["$select", "$top", "$filter", "$count", "$skiptoken"])?;
    let filter = match call.query.get("$filter") {
        None => Vec::new(),
        Some(text) => filter(text)?,
    };
    let wanted = |place: &Place| {
        world.users.presence(*place) == Presence::Here
            && filter.iter().all(|clause| holds(world, *place, clause))
    };
    page(world, call, "users", |from| {
        (from..world.users.len()).filter(wanted)
    })
}

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub(super) fn deleted(world: &World, call: &Call) -> Answer {
    call.query
        .only(&["$select", "$top", "$count", "$skiptoken"])?;
    page(
        world,
        call,
        "directoryObjects/microsoft.graph.user",
        |from| world.users.deleted().filter(move |place| *place >= from),
    )
}

/// One page of a list whose places from a given one on can be had; the next link repeats all options and says where to go on.
pub(super) fn page<I: Iterator<Item = Place>>(
    world: &World,
    call: &Call,
    context: &str,
    places: impl FnOnce(Place) -> I,
) -> Answer {
    let selection = Selection::of(call)?;
    let top = call.query.number("$top", 100, 1, 999)?;
    let from = call.query.number("$skiptoken", 0, 0, Place::MAX as usize)?;
    let from = Place::try_from(from).unwrap_or(Place::MAX);
    let mut places = places(from);
    let mut body = format!(
        "{{\"@odata.context\":\"{}/$metadata#{context}\",\"value\":[",
        call.base()
    );
    for (index, place) in places.by_ref().take(top).enumerate() {
        if index > 0 {
            body.push(',');
        }
        write_user(world, place, &selection, &mut body);
    }
    body.push(']');
    if let Some(next) = places.next() {
        let link = format!("{}{}", call.origin, with_skip_token(&call.target, next));
        body.push_str(",\"@odata.nextLink\":");
        body.push_str(&Value::from(link).to_string());
    }
    body.push('}');
    Ok(Reply::bytes(200, body.into_bytes()))
}

fn with_skip_token(target: &str, next: Place) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept = query.split('&').filter(|pair| {
        !pair.is_empty() && !pair.starts_with("$skiptoken=") && !pair.starts_with("%24skiptoken=")
    });
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    pairs.push(format!("$skiptoken={next}"));
    format!("{path}?{}", pairs.join("&"))
}

fn filter(text: &str) -> Result<Vec<Clause>, Box<GraphError>> {
    let clauses = clauses(text, "and").map_err(|error| unsupported(error.message))?;
    for Clause { field, any, .. } in &clauses {
        if *any || !(field == "id" || KNOWN_PROPERTIES.contains(&field.as_str())) {
            return Err(unsupported(format!(
                "Unsupported property filter clause for '{field}'."
            )));
        }
    }
    Ok(clauses)
}

fn holds(world: &World, place: Place, clause: &Clause) -> bool {
    let value = match clause.field.as_str() {
        "id" => Value::from(world.users.id(place).to_string()),
        field => world.users.value(place, field),
    };
    match (&clause.value, value) {
        (None, value) => value.is_null(),
        (Some(wanted), Value::String(text)) => text.to_lowercase() == wanted.to_lowercase(),
        (Some(wanted), Value::Bool(truth)) => *wanted == truth.to_string(),
        _ => false,
    }
}

/// `GET /users/$count`.
pub(super) fn count(world: &World, call: &Call) -> Answer {
    if call.header("consistencylevel") != "eventual" {
        return Err(GraphError::bad(
            "Request_BadRequest",
            "$count is not currently supported without ConsistencyLevel.",
        ));
    }
    let here =
        (0..world.users.len()).filter(|place| world.users.presence(*place) == Presence::Here);
    Ok(Reply::text(200, here.count().to_string()))
}

/// `GET /users/{id}`.
pub(super) fn get(world: &World, call: &Call, user: &str) -> Answer {
    call.query.only(&["$select"])?;
    let selection = Selection::of(call)?;
    let place = present(world, user)?;
    Ok(single(world, call, "users", place, &selection))
}

/// `GET /directory/deletedItems/{id}`.
pub(super) fn get_deleted(world: &World, call: &Call, user: &str) -> Answer {
    call.query.only(&["$select"])?;
    let selection = Selection::of(call)?;
    let place = in_bin(world, user)?;
    Ok(single(world, call, "directoryObjects", place, &selection))
}

fn single(world: &World, call: &Call, set: &str, place: Place, selection: &Selection) -> Reply {
    let mut user = String::new();
    write_user(world, place, selection, &mut user);
    let context = format!(
        "{{\"@odata.context\":\"{}/$metadata#{set}/$entity\",",
        call.base()
    );
    user.replace_range(0..1, &context);
    Reply::bytes(200, user.into_bytes())
}

fn in_bin(world: &World, user: &str) -> Result<Place, Box<GraphError>> {
    user.parse()
        .ok()
        .and_then(|id| world.users.by_id(id))
        .filter(|place| matches!(world.users.presence(*place), Presence::Deleted(_)))
        .ok_or_else(|| GraphError::no_such_object(user))
}

/// `POST /directory/deletedItems/{id}/restore`.
pub(super) fn restore(world: &mut World, call: &Call, user: &str) -> Answer {
    let place = in_bin(world, user)?;
    world.users.set_presence(place, Presence::Here);
    Ok(single(
        world,
        call,
        "directoryObjects",
        place,
        &Selection::of(call)?,
    ))
}

/// `PATCH /users/{id}`: the office telephone, which a synced user has on-premises only (docs/graph.md 6).
pub(super) fn patch(world: &mut World, call: &Call, user: &str) -> Answer {
    call.query.only(&[])?;
    let updates: Map<String, Value> = call.read()?;
    let place = present(world, user)?;
    if let Some(other) = updates.keys().find(|name| *name != "businessPhones") {
        let all = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
        if !world
            .switches
            .grants
            .iter()
            .any(|grant| all.contains(&grant.as_str()))
        {
            return Err(super::routes::insufficient());
        }
        if !KNOWN_PROPERTIES.contains(&other.as_str()) {
            return Err(GraphError::bad(
                "Request_BadRequest",
                format!("Property '{other}' cannot be updated."),
            ));
        }
    }
    if world.users.value(place, "onPremisesSyncEnabled") == json!(true) {
        return Err(GraphError::bad(
            "Request_BadRequest",
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
             currently undergoing migration.",
        ));
    }
    if let Some(phones) = updates.get("businessPhones") {
        let one_text = phones
            .as_array()
            .is_some_and(|all| all.len() <= 1 && all.iter().all(Value::is_string));
        if !one_text {
            let message =
                "Invalid value specified for property 'businessPhones' of resource 'User'.";
            return Err(GraphError::bad("Request_BadRequest", message));
        }
    }
    world.change_user(place, &updates, call.now);
    Ok(Reply::empty(204))
}
