//! One source of settings: read, checked strictly, its paths made absolute, and laid over the weaker ones.

use super::address;
use super::problem::{Problem, nearest};
use super::typed::AsTyped;
use config::{FileFormat, Map, Source, ValueKind};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::path::Path;

/// Settings by name, still untyped.
pub(super) type Tree = serde_json::Map<String, Value>;

/// Reads TOML.
pub(super) fn parse(text: &str, origin: &str) -> Result<Tree, Problem> {
    match config::File::from_str(text, FileFormat::Toml).collect() {
        Ok(map) => Ok(map
            .into_iter()
            .map(|(key, value)| (key, to_json(value)))
            .collect()),
        Err(error) => Err(Problem::new(
            origin,
            "",
            without_excerpt(&error.to_string()),
        )),
    }
}

/// Checks names and types. Whatever is wrong is reported and taken out, so that the next mistake is found too.
pub(super) fn check(tree: &mut Tree, origin: &str) -> Vec<Problem> {
    let mut problems = secrets_in_file(tree, origin);
    // Every turn takes something out of the tree, so the loop ends.
    while let Err(error) = typed::<AsTyped>(tree) {
        let path: Vec<Segment> = error.path().iter().cloned().collect();
        let (message, unknown) = explain(&error.inner().to_string());
        let mut key = key_of(tree, &path);
        let mut root = Value::Object(std::mem::take(tree));
        let removed = remove(&mut root, &path, unknown.as_deref());
        if let (Some(name), false) = (&unknown, path_ends_with(&path, unknown.as_deref())) {
            key = [key.as_str(), name]
                .join(".")
                .trim_start_matches('.')
                .to_owned();
        }
        if let Value::Object(rest) = root {
            *tree = rest;
        }
        problems.push(Problem::new(origin, key, message));
        if !removed {
            break;
        }
    }
    problems
}

/// Reads a tree as a type of `typed`, exactly: nothing is converted.
pub(super) fn typed<T: serde::de::DeserializeOwned>(
    tree: &Tree,
) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(&Value::Object(tree.clone()))
}

/// Lays trees over each other, the strongest last. Lists replace lists.
pub(super) fn merge(layers: &[&Tree]) -> Result<Tree, Problem> {
    let builder = layers
        .iter()
        .fold(config::Config::builder(), |builder, layer| {
            builder.add_source(Layer((*layer).clone()))
        });
    let merged = builder
        .build()
        .map_err(|error| Problem::new("", "", error.to_string()))?;
    match to_json(merged.cache) {
        Value::Object(tree) => Ok(tree),
        _ => Ok(Tree::new()),
    }
}

/// Makes the paths of a source absolute: relative ones are relative to `folder`.
pub(super) fn resolve_paths(tree: &mut Tree, folder: &Path) {
    if let Some(Value::String(url)) = tree
        .get_mut("database")
        .and_then(|database| database.get_mut("url"))
        && let Some(path) = url.strip_prefix("sqlite:")
    {
        let path = path.strip_prefix("//").unwrap_or(path);
        if !path.is_empty() && !path.starts_with(':') {
            *url = format!("sqlite:{}", folder.join(path).display());
        }
    }
    if let Some(Value::String(file)) = tree
        .get_mut("database")
        .and_then(|database| database.get_mut("url_file"))
    {
        *file = folder.join(&*file).display().to_string();
    }
    if let Some(Value::Array(webhooks)) = tree.get_mut("webhook") {
        let files = webhooks
            .iter_mut()
            .filter_map(|webhook| webhook.get_mut("secret_file"));
        for file in files {
            if let Value::String(path) = file {
                *path = folder.join(&*path).display().to_string();
            }
        }
    }
    resolve_section(tree, folder);
    if let Some(Value::Array(tenants)) = tree.get_mut("tenant") {
        for tenant in tenants.iter_mut().filter_map(Value::as_object_mut) {
            resolve_section(tenant, folder);
        }
    }
}

/// The paths that stand both at the top and in a tenant's block, and those of a tenant's block.
pub(super) fn resolve_section(tree: &mut Tree, folder: &Path) {
    let absolute = |value: &mut Value| {
        if let Value::String(path) = value {
            *path = folder.join(&*path).display().to_string();
        }
    };
    if let Some(Value::Object(rules)) = tree.get_mut("rules") {
        for key in ["path", "mirror"] {
            rules.get_mut(key).into_iter().for_each(absolute);
        }
        let is_path = |value: &&mut Value| value.as_str().is_some_and(address::is_path);
        let repository = rules.get_mut("repository").filter(is_path);
        repository.into_iter().for_each(absolute);
    }
    for key in [
        "rules_path",
        "client_secret_file",
        "client_certificate_file",
        "client_key_file",
        "federated_token_file",
    ] {
        tree.get_mut(key).into_iter().for_each(absolute);
    }
}

/// Puts the deserializer's sentence into words for the administrator; also answers the name that is unknown.
pub(super) fn explain(message: &str) -> (String, Option<String>) {
    for (start, what) in [
        ("unknown field ", "unknown key"),
        ("unknown variant ", "unknown value"),
    ] {
        if let Some(rest) = message.strip_prefix(start) {
            let mut names = rest.split('`').skip(1).step_by(2);
            let wrong = names.next().unwrap_or_default().to_owned();
            let known: Vec<&str> = names.collect();
            let hint = match nearest(&wrong, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected one of {}", known.join(", ")),
            };
            let unknown = (what == "unknown key").then(|| wrong.clone());
            return (format!("{what} `{wrong}`; {hint}"), unknown);
        }
    }
    let wrong_type = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    let text = match wrong_type.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, expected)) => {
            format!("expected {}, found {}", plain(expected), plain_found(found))
        }
        None => message.to_owned(),
    };
    (text, None)
}

fn plain(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "string or map" | "a string" => "text",
        other if other.starts_with("struct ") => "a section",
        other => other,
    }
}

fn plain_found(found: &str) -> String {
    for (from, to) in [
        ("string ", "text "),
        ("floating point ", ""),
        ("integer ", ""),
        ("boolean ", ""),
        ("sequence", "a list"),
        ("map", "a section"),
    ] {
        if let Some(rest) = found.strip_prefix(from) {
            return format!("{to}{rest}");
        }
    }
    found.to_owned()
}

/// A secret in a file that is kept beside others, and shown to others, is no secret: it is refused and never printed.
fn secrets_in_file(tree: &mut Tree, origin: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(Value::Array(tenants)) = tree.get_mut("tenant") {
        for (index, tenant) in tenants.iter_mut().enumerate() {
            if let Some(table) = tenant.as_object_mut()
                && table.remove("client_secret").is_some()
            {
                let name = tenant_label(table, index);
                problems.push(Problem::new(
                    origin,
                    format!("tenant.{name}.client_secret"),
                    "a secret does not belong in this file; put it into a file of its own and name that as \
                     client_secret_file, or set LINEKEEPER__TENANT__<NAME>__CLIENT_SECRET",
                ));
            }
        }
    }
    problems
}

fn tenant_label(tenant: &Tree, index: usize) -> String {
    match tenant.get("name").and_then(Value::as_str) {
        Some(name) => name.to_owned(),
        None => (index + 1).to_string(),
    }
}

/// The key as the administrator would write it; a tenant by its name instead of its place.
fn key_of(tree: &Tree, path: &[Segment]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for segment in path {
        match segment {
            Segment::Map { key } => parts.push(key.clone()),
            Segment::Seq { index } if parts == ["tenant"] => {
                let tenant = tree.get("tenant").and_then(|list| list.get(index));
                let label = tenant
                    .and_then(Value::as_object)
                    .map(|tenant| tenant_label(tenant, *index));
                parts.push(label.unwrap_or_else(|| (index + 1).to_string()));
            }
            Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    parts.join(".")
}

fn path_ends_with(path: &[Segment], name: Option<&str>) -> bool {
    matches!((path.last(), name), (Some(Segment::Map { key }), Some(name)) if key == name)
}

/// Takes out what a path points to, or the unknown key below it. A wrong entry takes its whole list along.
fn remove(root: &mut Value, path: &[Segment], unknown: Option<&str>) -> bool {
    let mut keys: Vec<&Segment> = path.iter().collect();
    let extra = Segment::Map {
        key: unknown.unwrap_or_default().to_owned(),
    };
    if unknown.is_some() && !path_ends_with(path, unknown) {
        keys.push(&extra);
    }
    while keys
        .last()
        .is_some_and(|last| !matches!(last, Segment::Map { .. }))
    {
        keys.pop();
    }
    let Some((Segment::Map { key }, parents)) = keys.split_last() else {
        return false;
    };
    let holder = parents
        .iter()
        .try_fold(root, |value, segment| match segment {
            Segment::Map { key } => value.get_mut(key),
            Segment::Seq { index } => value.get_mut(index),
            Segment::Enum { .. } | Segment::Unknown => Some(value),
        });
    holder
        .and_then(Value::as_object_mut)
        .is_some_and(|table| table.remove(key).is_some())
}

/// The parser's message without the line it quotes, which may hold a password.
fn without_excerpt(message: &str) -> String {
    let lines: Vec<&str> = message
        .lines()
        .filter(|line| {
            !line
                .trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ' ')
                .starts_with('|')
        })
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(": ")
}

/// A checked tree as the layering library wants it.
#[derive(Clone, Debug)]
struct Layer(Tree);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, config::Value>, config::ConfigError> {
        Ok(self
            .0
            .iter()
            .map(|(key, value)| (key.clone(), from_json(value)))
            .collect())
    }
}

fn to_json(value: config::Value) -> Value {
    match value.kind {
        ValueKind::Nil => Value::Null,
        ValueKind::Boolean(truth) => Value::from(truth),
        ValueKind::I64(number) => Value::from(number),
        ValueKind::U64(number) => Value::from(number),
        // TOML has no integers beyond 64 bits; as text they are refused where a number is wanted.
        ValueKind::I128(number) => Value::from(number.to_string()),
        ValueKind::U128(number) => Value::from(number.to_string()),
        ValueKind::Float(number) => Value::from(number),
        ValueKind::String(text) => Value::from(text),
        ValueKind::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, to_json(value)))
            .collect(),
        ValueKind::Array(list) => list.into_iter().map(to_json).collect(),
    }
}

fn from_json(value: &Value) -> config::Value {
    let kind = match value {
        Value::Null => ValueKind::Nil,
        Value::Bool(truth) => ValueKind::Boolean(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(signed), _) => ValueKind::I64(signed),
            (None, Some(unsigned)) => ValueKind::U64(unsigned),
            (None, None) => ValueKind::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => ValueKind::String(text.clone()),
        Value::Array(list) => ValueKind::Array(list.iter().map(from_json).collect()),
        Value::Object(table) => ValueKind::Table(
            table
                .iter()
                .map(|(key, value)| (key.clone(), from_json(value)))
                .collect(),
        ),
    };
    config::Value::new(None, kind)
}
