//! A user as the database keeps one: a compact JSON record beside what is looked up, with the licences elsewhere.

use super::error::Fault;
use super::texts::Texts;
use crate::directory::{Attribute, Attributes, Licences, PlanDates, User, UserId};
use crate::rules::normal_form;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::Arc;

#[derive(Serialize)]
struct Written<'a> {
    attributes: &'a Attributes,
    #[serde(skip_serializing_if = "is_default")]
    plan_dates: PlanDates,
    #[serde(skip_serializing_if = "is_default")]
    disabled: bool,
    #[serde(skip_serializing_if = "is_default")]
    guest: bool,
    #[serde(skip_serializing_if = "is_default")]
    synced: bool,
    #[serde(skip_serializing_if = "is_default")]
    created: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_default")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "is_default")]
    hired: Option<Date>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    attributes: Vec<(Attribute, Text<'a>)>,
    #[serde(default)]
    plan_dates: PlanDates,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    guest: bool,
    #[serde(default)]
    synced: bool,
    #[serde(default)]
    created: Option<Timestamp>,
    #[serde(default)]
    phone: Option<Arc<str>>,
    #[serde(default)]
    hired: Option<Date>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A user made ready for the database.
pub(super) struct Encoded {
    pub(super) record: String,
    /// Digest of record and licences; what an unchanged user is recognised by, in all processes and versions.
    pub(super) digest: u64,
}

pub(super) fn encode(user: &User, licences: i64) -> Result<Encoded, Fault> {
    let mut record = Vec::with_capacity(512);
    serde_json::to_writer(
        &mut record,
        &Written {
            attributes: &user.attributes,
            plan_dates: user.plan_dates,
            disabled: !user.enabled,
            guest: user.guest,
            synced: user.on_premises_synced,
            created: user.created,
            phone: user.business_phone.as_deref(),
            hired: user.hired,
        },
    )?;
    let mut hash = Sha256::new();
    hash.update(&record);
    hash.update(licences.to_le_bytes());
    let hash = hash.finalize();
    let mut digest = [0; 8];
    digest.copy_from_slice(&hash[..8]);
    Ok(Encoded {
        record: String::from_utf8(record).map_err(|error| Fault::Corrupt(error.to_string()))?,
        // The highest bit is left out, so that both engines' signed integers hold it.
        digest: u64::from_le_bytes(digest) >> 1,
    })
}

pub(super) fn decode(
    id: UserId,
    record: &str,
    licences: Arc<Licences>,
    texts: &mut Texts,
) -> Result<User, Fault> {
    let read: Read<'_> = serde_json::from_str(record)?;
    let attributes = read.attributes.into_iter();
    Ok(User {
        id,
        attributes: attributes
            .map(|(attribute, text)| (attribute, texts.share(attribute, &text.0)))
            .collect(),
        licences,
        plan_dates: read.plan_dates,
        enabled: !read.disabled,
        guest: read.guest,
        on_premises_synced: read.synced,
        created: read.created,
        business_phone: read.phone,
        hired: read.hired,
    })
}

/// The form in which UPNs and mail addresses are looked up; `None` of a blank one.
pub(super) fn lookup_key(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let key: String = text
        .chars()
        .filter(|c| !c.is_control())
        .flat_map(char::to_lowercase)
        .collect();
    (!key.is_empty()).then_some(key)
}

/// Employee id, company and surname, by which the same person is recognised under a new object; `None` when one is blank.
pub(super) fn identity(attributes: &Attributes) -> Option<[String; 3]> {
    let part = |attribute| identity_key(attributes.get(attribute));
    Some([
        part(Attribute::EmployeeId)?,
        part(Attribute::Company)?,
        part(Attribute::Surname)?,
    ])
}

/// The normal form of an identifying text; `None` of a blank one.
pub(super) fn identity_key(text: Option<&str>) -> Option<String> {
    let form = normal_form(text?);
    let form: String = form.chars().filter(|c| *c != '\0').collect();
    (!form.is_empty()).then_some(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_as_it_was() {
        let mut user = User::new(UserId::from_u128(5));
        user.attributes = [
            (Attribute::Upn, "A\u{202e}\"\\\u{0}@x.test"),
            (Attribute::City, "München"),
        ]
        .into_iter()
        .collect();
        user.enabled = false;
        user.created = Some("2026-01-02T03:04:05.1234567Z".parse().expect("a time"));
        user.business_phone = Some("+49 89".into());
        let encoded = encode(&user, 3).expect("encodes");
        let mut texts = Texts::default();
        let read = decode(user.id, &encoded.record, Arc::default(), &mut texts).expect("decodes");
        assert_eq!(read, user);
        assert_ne!(encode(&user, 4).expect("encodes").digest, encoded.digest);
        assert_eq!(encode(&read, 3).expect("encodes").digest, encoded.digest);
    }
}
