//! What is answered is what the OpenAPI document describes.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::Value;

on_both_engines!(answers_are_as_described);

async fn answers_are_as_described(database: &Database) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "Bonn", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let service = story.serve().await;
    service.sync().await;
    let document = service.get("/openapi.json").await;
    let items = document["paths"].as_object().expect("paths").values();
    let operations = items.flat_map(|item| item.as_object().into_iter().flatten());
    let mut names: Vec<&str> = operations
        .filter_map(|(_, operation)| operation["operationId"].as_str())
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        all,
        "each operation has a name of its own: {names:?}"
    );
    for (path, asked) in [
        ("/users", "/users"),
        ("/users/{id}", "/users/bert@contoso.example"),
        ("/users/{id}/explain", "/users/anna@contoso.example/explain"),
        ("/ranges", "/ranges"),
        ("/ranges/{name}", "/ranges/muc"),
        ("/numbers", "/numbers?state=assigned"),
        ("/numbers/{e164}", "/numbers/+498955501000"),
        ("/numbers/{e164}/history", "/numbers/+498955501000/history"),
        ("/audit", "/audit"),
        ("/rules", "/rules"),
        ("/tenants", "/tenants"),
        ("/syncs", "/syncs"),
    ] {
        let route = &document["paths"][format!("/api/v1{path}")]["get"];
        assert!(
            route["description"].is_string() || route["summary"].is_string(),
            "{path} is explained"
        );
        let schema = &route["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path} is described: {route}");
        let answer = service.get(asked).await;
        let mut wrong = Vec::new();
        compare(&document, schema, &answer, path, &mut wrong);
        assert_eq!(wrong, [""; 0], "{path}: {answer}");
    }
    service.stop().await;
}

/// Notes every property that is answered and not described, or required and not answered, and every wrong type.
fn compare(document: &Value, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        let target = document.pointer(pointer);
        return match target {
            Some(schema) => compare(document, schema, value, place, wrong),
            None => wrong.push(format!("{place}: {name} is nowhere")),
        };
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            let fits = |choice: &Value| {
                let mut wrong = Vec::new();
                compare(document, choice, value, place, &mut wrong);
                wrong.is_empty()
            };
            if !choices.iter().any(fits) {
                wrong.push(format!("{place}: {value} is none of the choices"));
            }
            return;
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let known: Vec<String> = parts
            .iter()
            .flat_map(|part| names(document, part))
            .collect();
        return unknown(&known, value, place, wrong);
    }
    if !fits(&schema["type"], value) {
        wrong.push(format!("{place}: {value} is not {}", schema["type"]));
    }
    match value {
        Value::Object(object) if schema["properties"].is_object() => {
            unknown(&names(document, schema), value, place, wrong);
            let required = schema["required"].as_array().into_iter().flatten();
            let missing = required
                .filter_map(Value::as_str)
                .filter(|name| !object.contains_key(*name));
            wrong.extend(missing.map(|name| format!("{place}.{name} is missing")));
            for (name, inner) in object {
                let schema = &schema["properties"][name];
                compare(document, schema, inner, &format!("{place}.{name}"), wrong);
            }
        }
        Value::Array(items) => {
            for item in items {
                compare(
                    document,
                    &schema["items"],
                    item,
                    &format!("{place}[]"),
                    wrong,
                );
            }
        }
        _ => {}
    }
}

fn names(document: &Value, schema: &Value) -> Vec<String> {
    let pointer = schema["$ref"]
        .as_str()
        .map(|name| name.trim_start_matches('#'));
    let schema = pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(schema);
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, _)| name.clone()).collect()
}

fn unknown(known: &[String], value: &Value, place: &str, wrong: &mut Vec<String>) {
    let names = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name);
    let unknown = names.filter(|name| !known.contains(name));
    wrong.extend(unknown.map(|name| format!("{place}.{name} is not described")));
}

fn fits(types: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    };
    match types {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}
