//! The tenant file: what the simulated tenant holds at the start (SPEC section 13).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::generator::Generator;
use super::number_store::Number;
use super::sku::Sku;
use super::user_record::Record;

/// A whole tenant: users, numbers, licences of the tenant, policies, groups.
#[derive(Clone, Debug)]
pub struct TenantFile {
    pub(super) users: Users,
    pub(super) numbers: Vec<Number>,
    pub(super) skus: Vec<Sku>,
    pub(super) policies: Vec<Policy>,
    pub(super) groups: BTreeMap<Uuid, Vec<Uuid>>,
}

/// Users are either given, or computed one by one when they are asked for.
#[derive(Clone, Debug)]
pub(super) enum Users {
    Given(Vec<(Uuid, Record)>),
    Generated(Generator),
}

/// A named policy of the tenant.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Policy {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) id: String,
}

/// Why a tenant file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TenantFileError {
    /// The file could not be read.
    #[error("the tenant file {path} cannot be read; is the path right, and may this user read it?")]
    Unreadable {
        /// The path as given.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not JSON.
    #[error("the tenant file is not JSON: line {line}, column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A field is missing or has a wrong type.
    #[error("the tenant file is wrong at {place}: {problem}")]
    Wrong {
        /// The path inside the file, with the user or number it belongs to.
        place: String,
        /// What is wrong there.
        problem: String,
    },
}

impl TenantFile {
    /// Reads a tenant file.
    ///
    /// # Errors
    /// Names the file, or the user and the field that is wrong.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, TenantFileError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| TenantFileError::Unreadable {
            path: path.display().to_string(),
            source,
        })?;
        Self::from_slice(&bytes)
    }

    /// Reads a tenant from JSON text.
    ///
    /// # Errors
    /// Names the user and the field that is wrong.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, TenantFileError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let whole: Value =
            serde_json::from_slice(bytes).map_err(|source| TenantFileError::NotJson {
                line: source.line(),
                column: source.column(),
                source,
            })?;
        Self::from_value(whole)
    }

    /// The same from a JSON value.
    ///
    /// # Errors
    /// Names the user and the field that is wrong.
    pub fn from_value(mut whole: Value) -> Result<Self, TenantFileError> {
        let checked: Checked = serde_path_to_error::deserialize(&whole).map_err(|error| {
            let path = error.path().to_string();
            TenantFileError::Wrong {
                place: place(&whole, &path),
                problem: error.inner().to_string(),
            }
        })?;
        let users = match whole.get_mut("users").map(Value::take) {
            Some(Value::Array(users)) => records(users)?,
            _ => Vec::new(),
        };
        Ok(Self {
            users: Users::Given(users),
            numbers: unique_numbers(checked.numbers)?,
            skus: checked.skus,
            policies: checked.policies,
            groups: checked
                .groups
                .into_iter()
                .map(|group| (group.id, group.members))
                .collect(),
        })
    }

    /// How many users it holds.
    #[must_use]
    pub fn user_count(&self) -> u64 {
        match &self.users {
            Users::Given(users) => users.len() as u64,
            Users::Generated(generator) => generator.count,
        }
    }
}

/// The shape that is demanded. Fields of a user that no rule of ours reads may hold anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked {
    #[serde(rename = "users")]
    _users: Vec<CheckedUser>,
    #[serde(default)]
    numbers: Vec<Number>,
    #[serde(default, rename = "subscribedSkus")]
    skus: Vec<Sku>,
    #[serde(default)]
    policies: Vec<Policy>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: Uuid,
    members: Vec<Uuid>,
}

/// What is checked of a user, in a user file and in `POST /_sim/users`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the fields exist to be checked")]
pub(super) struct CheckedUser {
    id: Uuid,
    user_principal_name: String,
    display_name: Option<String>,
    given_name: Option<String>,
    surname: Option<String>,
    mail: Option<String>,
    city: Option<String>,
    office_location: Option<String>,
    usage_location: Option<String>,
    country: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    street_address: Option<String>,
    department: Option<String>,
    company_name: Option<String>,
    job_title: Option<String>,
    employee_id: Option<String>,
    employee_type: Option<String>,
    preferred_language: Option<String>,
    account_enabled: Option<bool>,
    user_type: Option<String>,
    on_premises_sync_enabled: Option<bool>,
    created_date_time: Option<String>,
    #[serde(default)]
    business_phones: Vec<String>,
    #[serde(default)]
    assigned_licenses: Vec<CheckedLicence>,
    #[serde(default)]
    assigned_plans: Vec<CheckedPlan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the fields exist to be checked")]
struct CheckedLicence {
    sku_id: Uuid,
    #[serde(default)]
    disabled_plans: Vec<Uuid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the fields exist to be checked")]
struct CheckedPlan {
    assigned_date_time: Option<String>,
    capability_status: String,
    service: Option<String>,
    service_plan_id: Uuid,
}

fn records(users: Vec<Value>) -> Result<Vec<(Uuid, Record)>, TenantFileError> {
    let mut seen = BTreeMap::new();
    let mut records = Vec::with_capacity(users.len());
    for (index, user) in users.into_iter().enumerate() {
        let Value::Object(fields) = user else {
            continue;
        };
        let id = id_of(&fields).ok_or_else(|| TenantFileError::Wrong {
            place: format!("users[{index}].id"),
            problem: "no object id".to_owned(),
        })?;
        if let Some(earlier) = seen.insert(id, index) {
            return Err(TenantFileError::Wrong {
                place: format!("users[{index}].id"),
                problem: format!("the id {id} was already given to users[{earlier}]"),
            });
        }
        records.push((id, Record::from_fields(fields)));
    }
    Ok(records)
}

/// The object id among a user's fields.
pub(super) fn id_of(fields: &Map<String, Value>) -> Option<Uuid> {
    fields.get("id")?.as_str()?.parse().ok()
}

fn unique_numbers(numbers: Vec<Number>) -> Result<Vec<Number>, TenantFileError> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, number) in numbers.iter().enumerate() {
        if !seen.insert(number.telephone_number.as_str()) {
            return Err(TenantFileError::Wrong {
                place: format!("numbers[{index}].telephoneNumber"),
                problem: format!("{} is listed twice", number.telephone_number),
            });
        }
    }
    Ok(numbers)
}

/// `users[3].city (anna@contoso.example)`: an index alone helps nobody find the line.
fn place(whole: &Value, path: &str) -> String {
    let name = path.split_once('[').and_then(|(list, rest)| {
        let index: usize = rest.split(']').next()?.parse().ok()?;
        let item = whole.get(list)?.get(index)?;
        [
            "userPrincipalName",
            "telephoneNumber",
            "skuPartNumber",
            "name",
            "id",
        ]
        .iter()
        .find_map(|key| item.get(key)?.as_str())
    });
    match name {
        Some(name) => format!("{path} ({name})"),
        None => path.to_owned(),
    }
}
