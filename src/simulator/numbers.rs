//! The number list and what reads or changes one number (docs/graph.md 4.1, 4.2).

use base64::Engine as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::exchange::{Answer, Call, GraphError, Reply};
use super::number_store::Number;
use super::odata::{Clause, clauses};
use super::order::{UpdateBody, telephone_number};
use super::refusal::CONTACT_YOUR_OPERATOR;
use super::switches::Wrap;
use super::world::World;

const LIST: &str = "admin/teams/telephoneNumberManagement/numberAssignments";

#[derive(Serialize)]
struct Page<'p> {
    #[serde(rename = "@odata.context")]
    context: String,
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    value: Vec<&'p Number>,
}

/// `GET …/numberAssignments`.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    call.query.only(&["$top", "$skip", "$filter"])?;
    let top = call.query.number("$top", 500, 1, 1000)?;
    let skip = call.query.number("$skip", 0, 0, usize::MAX)?;
    let value: Vec<&Number> = match call.query.get("$filter") {
        None => world
            .numbers
            .page(skip, top)
            .into_iter()
            .map(AsRef::as_ref)
            .collect(),
        Some(filter) => filtered(world, filter)?
            .into_iter()
            .skip(skip)
            .take(top)
            .collect(),
    };
    let more = world.switches.number_next_link && value.len() == top;
    let next = more.then(|| {
        let filter = call.query.get("$filter").map(|filter| {
            format!(
                "&$filter={}",
                percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC)
            )
        });
        format!(
            "{}/{LIST}?$top={top}&$skip={}{}",
            call.base(),
            skip + top,
            filter.unwrap_or_default()
        )
    });
    let page = Page {
        context: format!("{}/$metadata#{LIST}", call.base()),
        next,
        value,
    };
    let body = serde_json::to_vec(&page)
        .map_err(|error| GraphError::new(500, "internalError", error.to_string()))?;
    Ok(Reply::bytes(200, body))
}

fn filtered<'w>(world: &'w World, filter: &str) -> Result<Vec<&'w Number>, Box<GraphError>> {
    let clauses = clauses(filter, "and")?;
    let probe = Number::new("+1".to_owned(), "directRouting");
    for clause in &clauses {
        if probe.field(&clause.field).is_none() {
            return Err(GraphError::bad(
                "BadRequest",
                format!("Filtering by '{}' is not supported.", clause.field),
            ));
        }
    }
    let exact = clauses
        .iter()
        .find(|clause| clause.field == "telephoneNumber" && !clause.any);
    let candidates: Vec<&Number> = match exact {
        Some(clause) => {
            let number = clause.value.as_deref().unwrap_or_default();
            world
                .numbers
                .seen(number)
                .into_iter()
                .chain(world.numbers.beside(number))
                .map(AsRef::as_ref)
                .collect()
        }
        None => world
            .numbers
            .all_seen()
            .into_iter()
            .map(AsRef::as_ref)
            .collect(),
    };
    Ok(candidates
        .into_iter()
        .filter(|number| clauses.iter().all(|clause| holds(clause, number)))
        .collect())
}

fn holds(clause: &Clause, number: &Number) -> bool {
    let values = number.field(&clause.field).unwrap_or_default();
    match &clause.value {
        None => values.is_empty(),
        Some(wanted) => values
            .iter()
            .any(|value| value.eq_ignore_ascii_case(wanted)),
    }
}

/// `GET …/numberAssignments/{id}`.
pub(super) fn get(world: &World, call: &Call, id: &str) -> Answer {
    call.query.only(&["$select"])?;
    let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(id)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let by_number = decoded
        .as_deref()
        .and_then(|text| text.split_once('|'))
        .map(|(_, number)| number.to_owned());
    let number = match by_number {
        Some(number) => world.numbers.seen(&number),
        None => world
            .numbers
            .all_seen()
            .into_iter()
            .find(|number| number.id == id),
    };
    let number = number.ok_or_else(|| {
        GraphError::new(
            404,
            "NotFound",
            format!("Number assignment '{id}' is not found."),
        )
    })?;
    Ok(Reply::json(
        200,
        &wrapped(world, call, "numberAssignments", &json!(**number)),
    ))
}

/// `POST …/updateNumber`: synchronous, and the only way to set a location on a free number.
pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    call.query.only(&[])?;
    let body: UpdateBody = call.read()?;
    let number = telephone_number(&body.telephone_number)?;
    let mut changed = world
        .numbers
        .get(&number)
        .map(|listed| Number::clone(listed))
        .ok_or_else(|| {
            GraphError::bad(
                "BadRequest",
                format!("Telephone Number '{number}' is not found from tenant."),
            )
        })?;
    if body.location_id.is_some() && changed.has_locked_location() {
        return Err(GraphError::bad("BadRequest", CONTACT_YOUR_OPERATOR));
    }
    set_or_clear(&mut changed.location_id, body.location_id);
    set_or_clear(&mut changed.network_site_id, body.network_site_id);
    if let Some(options) = body.reverse_number_lookup_options {
        changed.reverse_number_lookup_options = options;
    }
    world.numbers.put(changed);
    Ok(Reply::empty(200))
}

fn set_or_clear(field: &mut Option<String>, sent: Option<String>) {
    if let Some(text) = sent {
        *field = Some(text).filter(|text| !text.is_empty());
    }
}

/// One entity in the shape the `wrap` switch asks for.
pub(super) fn wrapped(world: &World, call: &Call, set: &str, entity: &Value) -> Value {
    let context = format!(
        "{}/$metadata#admin/teams/telephoneNumberManagement/{set}/$entity",
        call.base()
    );
    match world.switches.wrap {
        Wrap::Bare => {
            let mut entity = entity.clone();
            if let Some(fields) = entity.as_object_mut() {
                fields.insert("@odata.context".to_owned(), context.into());
            }
            entity
        }
        Wrap::Value => json!({"@odata.context": context, "value": entity}),
        Wrap::List => json!({"@odata.context": context, "value": [entity]}),
    }
}
