//! The attributes rules can read, and their values for one user.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

macro_rules! attributes {
    ($($variant:ident $canonical:literal [$($alias:literal),*]),* $(,)?) => {
        /// One text attribute of a user, in the order of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each variant is the attribute of that name")]
        pub enum Attribute { $($variant),* }

        impl Attribute {
            /// Every attribute, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The canonical name in a rule file, such as `usage_location`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $canonical),* }
            }

            /// Finds an attribute by any accepted spelling: letter case and underscores do not matter, and
            /// Graph's and Entra's own names are accepted.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                let folded: String = name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect();
                $(if Self::folded_names(Self::$variant).contains(&folded.as_str()) { return Some(Self::$variant); })*
                None
            }

            const fn folded_names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*]),* }
            }
        }
    };
}

// Names on the right are folded: lower case, without underscores.
attributes! {
    City "city" ["city"],
    Office "office" ["office", "officelocation", "physicaldeliveryofficename"],
    UsageLocation "usage_location" ["usagelocation"],
    Country "country" ["country"],
    State "state" ["state"],
    PostalCode "postal_code" ["postalcode"],
    Street "street" ["street", "streetaddress"],
    Department "department" ["department"],
    Company "company" ["company", "companyname"],
    JobTitle "job_title" ["jobtitle"],
    EmployeeId "employee_id" ["employeeid"],
    EmployeeType "employee_type" ["employeetype"],
    CostCenter "cost_center" ["costcenter"],
    Division "division" ["division"],
    Upn "upn" ["upn", "userprincipalname"],
    Mail "mail" ["mail"],
    DisplayName "display_name" ["displayname"],
    GivenName "given_name" ["givenname"],
    Surname "surname" ["surname"],
    PreferredLanguage "preferred_language" ["preferredlanguage"],
    ExtensionAttribute1 "extension_attribute_1" ["extensionattribute1"],
    ExtensionAttribute2 "extension_attribute_2" ["extensionattribute2"],
    ExtensionAttribute3 "extension_attribute_3" ["extensionattribute3"],
    ExtensionAttribute4 "extension_attribute_4" ["extensionattribute4"],
    ExtensionAttribute5 "extension_attribute_5" ["extensionattribute5"],
    ExtensionAttribute6 "extension_attribute_6" ["extensionattribute6"],
    ExtensionAttribute7 "extension_attribute_7" ["extensionattribute7"],
    ExtensionAttribute8 "extension_attribute_8" ["extensionattribute8"],
    ExtensionAttribute9 "extension_attribute_9" ["extensionattribute9"],
    ExtensionAttribute10 "extension_attribute_10" ["extensionattribute10"],
    ExtensionAttribute11 "extension_attribute_11" ["extensionattribute11"],
    ExtensionAttribute12 "extension_attribute_12" ["extensionattribute12"],
    ExtensionAttribute13 "extension_attribute_13" ["extensionattribute13"],
    ExtensionAttribute14 "extension_attribute_14" ["extensionattribute14"],
    ExtensionAttribute15 "extension_attribute_15" ["extensionattribute15"],
}

impl Attribute {
    /// Whether its values repeat between users: names and numbers of one person hardly do, everything else in a directory
    /// does.
    #[must_use]
    pub const fn is_shared_by_many(self) -> bool {
        !matches!(
            self,
            Self::Upn
                | Self::Mail
                | Self::DisplayName
                | Self::EmployeeId
                | Self::GivenName
                | Self::Surname
        )
    }
}

/// The text attributes of one user: only those that have a value, ordered by attribute.
///
/// Texts are shared, because the values of a directory repeat: a tenant of a million people has hundreds of
/// offices, not a million. They are stored exactly as Graph sent them; folding is the business of rules.
///
/// A bit for each attribute that has a value says where its text stands, so that looking one up touches memory once:
/// over a million people that, and not comparing, is what deciding costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    present: u64,
    texts: Vec<Arc<str>>,
}

const _: () = assert!(Attribute::ALL.len() <= u64::BITS as usize);

impl Attributes {
    /// The value, or `None` when the directory has none. A blank text is a value here.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.shared(attribute).map(|text| &**text)
    }

    /// As [`Attributes::get`], but the shared text itself, whose address identifies equal texts of one reading.
    #[must_use]
    pub fn shared(&self, attribute: Attribute) -> Option<&Arc<str>> {
        let at = self.place(attribute).ok()?;
        Some(&self.texts[at])
    }

    /// Sets or, with `None`, clears one value.
    pub fn set(&mut self, attribute: Attribute, value: Option<Arc<str>>) {
        match (self.place(attribute), value) {
            (Ok(at), Some(text)) => self.texts[at] = text,
            (Ok(at), None) => {
                self.texts.remove(at);
                self.present &= !bit(attribute);
            }
            (Err(at), Some(text)) => {
                self.texts.insert(at, text);
                self.present |= bit(attribute);
            }
            (Err(_), None) => {}
        }
    }

    /// All values, ordered by attribute.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &Arc<str>)> {
        let mut rest = self.present;
        self.texts.iter().map(move |text| {
            let attribute = Attribute::ALL[rest.trailing_zeros() as usize];
            rest &= rest - 1;
            (attribute, text)
        })
    }

    /// Where the attribute's text stands, or would.
    fn place(&self, attribute: Attribute) -> Result<usize, usize> {
        let bit = bit(attribute);
        let at = (self.present & (bit - 1)).count_ones() as usize;
        match self.present & bit {
            0 => Err(at),
            _ => Ok(at),
        }
    }
}

const fn bit(attribute: Attribute) -> u64 {
    1 << attribute as u8
}

impl<T: Into<Arc<str>>> FromIterator<(Attribute, T)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Attribute, T)>>(values: I) -> Self {
        let values = values.into_iter();
        let mut all = Self {
            present: 0,
            texts: Vec::with_capacity(values.size_hint().0),
        };
        for (attribute, text) in values {
            all.set(attribute, Some(text.into()));
        }
        all
    }
}

// Written and read as pairs, in order.

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(Attribute, Arc<str>)>::deserialize(deserializer)?;
        Ok(pairs.into_iter().collect())
    }
}
