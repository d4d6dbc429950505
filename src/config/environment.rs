//! The strongest source: `LINEKEEPER__SECTION__KEY` and `LINEKEEPER__TENANT__<NAME>__KEY`.

use super::layer::{Tree, explain, typed};
use super::problem::{Problem, nearest};
use super::typed::AsTyped;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every variable that begins so is a setting; one that is none is an error.
const PREFIX: &str = "LINEKEEPER__";

/// What the environment sets.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// For everybody.
    pub(super) top: Tree,
    /// By the tenant's place in the file.
    pub(super) tenants: BTreeMap<usize, Tree>,
}

/// Reads the settings out of all variables, for the tenants named in the file.
pub(super) fn read(
    variables: &[(String, String)],
    tenants: &[String],
    problems: &mut Vec<Problem>,
) -> Environment {
    let mut found = Environment::default();
    for (variable, text) in variables {
        let Some(name) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        match setting(name, text, tenants) {
            Ok((tenant, path, value)) => {
                let tree = match tenant {
                    Some(place) => found.tenants.entry(place).or_default(),
                    None => &mut found.top,
                };
                set(tree, &path, value);
            }
            Err((key, message)) => problems.push(Problem::new(
                format!("environment variable {variable}"),
                key,
                message,
            )),
        }
    }
    found
}

/// The name of a tenant as it stands in a variable.
fn variable_part(tenant: &str) -> String {
    let sign = |sign: char| match sign.is_ascii_alphanumeric() {
        true => sign.to_ascii_uppercase(),
        false => '_',
    };
    tenant.chars().map(sign).collect()
}

type Setting = (Option<usize>, Vec<String>, Value);

/// One setting: whose, which, what; or the key and what is wrong with it.
fn setting(name: &str, text: &str, tenants: &[String]) -> Result<Setting, (String, String)> {
    let (tenant, rest) = match name.strip_prefix("TENANT__") {
        Some(rest) => {
            let (place, rest) = tenant_of(rest, tenants).map_err(|error| (String::new(), error))?;
            (Some(place), rest)
        }
        None => (None, name),
    };
    let path: Vec<String> = rest.split("__").map(str::to_ascii_lowercase).collect();
    let label = tenant.and_then(|place| tenants.get(place));
    let key = match label {
        Some(label) => format!("tenant.{label}.{}", path.join(".")),
        None => path.join("."),
    };
    if path.iter().any(String::is_empty) || (label.is_none() && path == ["tenant"]) {
        return Err((
            key,
            "expected LINEKEEPER__SECTION__KEY, or LINEKEEPER__TENANT__<NAME>__KEY".to_owned(),
        ));
    }
    match as_wanted(&path, text, label) {
        Ok(value) => Ok((tenant, path, value)),
        Err(message) => Err((key, message)),
    }
}

/// The tenant that a variable means, and what is left of its name. A longer name wins over its own beginning.
fn tenant_of<'a>(rest: &'a str, tenants: &[String]) -> Result<(usize, &'a str), String> {
    let fits = |(place, tenant): (usize, &String)| {
        let part = variable_part(tenant);
        let rest = rest.strip_prefix(&part)?.strip_prefix("__")?;
        Some((part.len(), place, rest))
    };
    let mut hits: Vec<_> = tenants.iter().enumerate().filter_map(fits).collect();
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.0));
    match hits.as_slice() {
        [first, second, ..] if first.0 == second.0 => Err(
            "two tenants have this name in the environment, where every sign but letters and digits is `_`; rename one"
                .to_owned(),
        ),
        [(_, place, rest), ..] => Ok((*place, rest)),
        [] => {
            let wrong = rest.split("__").next().unwrap_or_default();
            let parts: Vec<String> = tenants.iter().map(|name| variable_part(name)).collect();
            let hint = match nearest(wrong, parts.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if parts.is_empty() => "the file names no tenant".to_owned(),
                None => format!("expected one of {}", parts.join(", ")),
            };
            Err(format!("no [[tenant]] has the name `{wrong}` here; {hint}"))
        }
    }
}

/// The text as the one type the key takes. Every key takes exactly one, so at most one reading fits.
fn as_wanted(path: &[String], text: &str, tenant: Option<&String>) -> Result<Value, String> {
    let mut readings = vec![Value::from(text)];
    readings.extend(text.parse::<bool>().ok().map(Value::from));
    readings.extend(text.parse::<i64>().ok().map(Value::from));
    let mut message = String::new();
    for reading in readings {
        match fits(path, &reading, tenant) {
            Ok(()) => return Ok(reading),
            // The last reading is the nearest to what was meant: of `150` the number, not the text.
            Err(error) => message = error,
        }
    }
    let entries = text
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty());
    let list: Value = entries.map(Value::from).collect();
    match fits(path, &list, tenant) {
        Ok(()) => Ok(list),
        Err(error) if error.contains("found a list") || error.contains("unknown key") => {
            Err(message)
        }
        Err(error) if message.starts_with("expected a list") => Err(error),
        Err(_) => Err(message),
    }
}

fn fits(path: &[String], value: &Value, tenant: Option<&String>) -> Result<(), String> {
    let mut tree = Tree::new();
    set(&mut tree, path, value.clone());
    if let Some(name) = tenant {
        tree.entry("name")
            .or_insert_with(|| Value::from(name.as_str()));
        let block = Value::Object(std::mem::take(&mut tree));
        tree.insert("tenant".to_owned(), json!([block]));
    }
    match typed::<AsTyped>(&tree) {
        Ok(_) => Ok(()),
        Err(error) => Err(explain(&error.inner().to_string()).0),
    }
}

fn set(tree: &mut Tree, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            tree.insert(key.clone(), value);
        }
        [section, rest @ ..] => {
            let below = tree
                .entry(section.clone())
                .or_insert_with(|| Value::Object(Tree::new()));
            if let Value::Object(below) = below {
                set(below, rest, value);
            }
        }
    }
}
