//! The names that may stand in front of an operator.

use crate::directory::Attribute;

/// What a name in front of an operator stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Text(Attribute),
    Kind,
    Synced,
    Plans,
    Groups,
}

impl Field {
    /// Finds a field by any accepted spelling.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        if let Some(attribute) = Attribute::from_name(name) {
            return Some(Self::Text(attribute));
        }
        match name.replace('_', "").to_ascii_lowercase().as_str() {
            "kind" => Some(Self::Kind),
            "onpremisessynced" | "onpremisessyncenabled" | "dirsyncenabled" => Some(Self::Synced),
            "plans" => Some(Self::Plans),
            "groups" => Some(Self::Groups),
            _ => None,
        }
    }

    /// The canonical name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text(attribute) => attribute.name(),
            Self::Kind => "kind",
            Self::Synced => "on_premises_synced",
            Self::Plans => "plans",
            Self::Groups => "groups",
        }
    }
}

/// The canonical name of a field, by any accepted spelling.
pub(super) fn canonical_attribute(name: &str) -> Option<&'static str> {
    Field::from_name(name).map(Field::name)
}

/// The canonical names of all fields.
pub(super) fn field_names() -> impl Iterator<Item = &'static str> {
    let own = [Field::Kind, Field::Synced, Field::Plans, Field::Groups].map(Field::name);
    Attribute::ALL.iter().map(|a| a.name()).chain(own)
}
