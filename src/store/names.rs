//! Names of variants in text columns: the same as in JSON.

use super::error::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The name of a variant without fields.
pub(super) fn name<T: Serialize>(value: T) -> Result<String, Fault> {
    match serde_json::to_value(value)? {
        Value::String(name) => Ok(name),
        other => Err(Fault::Corrupt(format!("`{other}` has no name"))),
    }
}

/// The variant of that name.
pub(super) fn named<T: DeserializeOwned>(name: String) -> Result<T, Fault> {
    Ok(serde_json::from_value(Value::String(name))?)
}
