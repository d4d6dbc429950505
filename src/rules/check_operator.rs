//! Checks an `operator` block.

use super::check_formula::{Names, country};
use super::findings::Spot;
use super::keyword::Keyword;
use super::settings::{is_name, one_word};
use super::syntax::{Property, Spelled, Value};
use super::{EmergencyModel, MigrationWay, Operator};
use std::collections::{BTreeMap, BTreeSet};

/// Reads one operator; what is wrong is reported.
pub(super) fn operator(name: &Spelled, properties: &[Property], names: &mut Names<'_>) -> Operator {
    is_name(name, "an operator has a name", names);
    let mut operator = Operator {
        name: name.value.clone(),
        id: None,
        countries: BTreeSet::new(),
        emergency: None,
        migration: MigrationWay::default(),
    };
    let mut seen: BTreeMap<Keyword, Spot> = BTreeMap::new();
    for property in properties {
        if seen.insert(property.keyword, property.at).is_some() {
            let message = format!("`{}` is given twice", property.keyword.spelling());
            let help = Some("a block holds it once".to_owned());
            names
                .findings
                .error(property.at, "duplicate-property", message, help);
            continue;
        }
        match (&property.value, property.keyword) {
            (Value::Text(id), _) => {
                let named = is_name(id, "an operator's id is not blank", names);
                operator.id = named.then(|| id.value.trim().to_owned());
            }
            (Value::Texts(codes), _) => {
                let read = |code| country(code, names.findings);
                operator.countries = codes.iter().filter_map(read).collect();
            }
            (Value::Word(word), Keyword::Emergency) => {
                let known = [
                    ("operator", EmergencyModel::Operator),
                    ("tenant", EmergencyModel::Tenant),
                    ("locked", EmergencyModel::Locked),
                ];
                operator.emergency = one_word(word, &known, names);
            }
            (Value::Word(word), _) => {
                let known = [
                    ("after-upload", MigrationWay::AfterUpload),
                    ("release-first", MigrationWay::ReleaseFirst),
                    ("in-place", MigrationWay::InPlace),
                ];
                operator.migration = one_word(word, &known, names).unwrap_or_default();
            }
            _ => {}
        }
    }
    operator
}
