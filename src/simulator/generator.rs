//! One generated user: every property follows from the seed and the user's index.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::generated_tables::{
    CALLING_ADD_ON, CALLING_PLAN, DEPARTMENTS, E3, E5, GIVEN, PHONE_ADD_ON, PHONE_PLAN, SITES,
    SKUS, SURNAMES, Site, TITLES,
};

const DOMAIN: &str = "generated.example";

/// Makes the properties of users by their index.
#[derive(Clone, Debug)]
pub(super) struct Generator {
    pub(super) count: u64,
    seed: u64,
    /// The long texts, of which there are few: by licence, without and with a calling plan.
    licences: Arc<[[String; 2]; 5]>,
    plans: Arc<[[String; 2]; 5]>,
}

/// What kind of licences a user has, from a hundred.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Licence {
    E5,
    E3WithPhone,
    E3,
    E5PhoneOff,
    Nothing,
}

impl Licence {
    const ALL: [Self; 5] = [
        Self::E5,
        Self::E3WithPhone,
        Self::E3,
        Self::E5PhoneOff,
        Self::Nothing,
    ];

    fn skus(self, calling: bool) -> Vec<Uuid> {
        let mut skus = match self {
            Self::E5 | Self::E5PhoneOff => vec![E5],
            Self::E3WithPhone => vec![E3, PHONE_ADD_ON],
            Self::E3 => vec![E3],
            Self::Nothing => Vec::new(),
        };
        if calling && !skus.is_empty() {
            skus.push(CALLING_ADD_ON);
        }
        skus
    }

    /// The text of `assignedLicenses`.
    fn licences(self, calling: bool) -> String {
        let phone_off = |sku: Uuid| sku == E5 && self == Self::E5PhoneOff;
        let entry = |sku: Uuid| {
            let disabled = if phone_off(sku) {
                vec![PHONE_PLAN]
            } else {
                Vec::new()
            };
            json!({"skuId": sku, "disabledPlans": disabled})
        };
        json!(
            self.skus(calling)
                .into_iter()
                .map(entry)
                .collect::<Vec<_>>()
        )
        .to_string()
    }

    /// The text of `assignedPlans`. Dead entries stay in the list of nearly every real user.
    fn plans(self, calling: bool) -> String {
        let skus = self.skus(calling);
        let carried = SKUS
            .iter()
            .filter(|known| skus.contains(&known.0))
            .flat_map(|known| known.2);
        let alive = carried.map(|(_, plan)| {
            let off = self == Self::E5PhoneOff && *plan == PHONE_PLAN;
            (*plan, if off { "Deleted" } else { "Enabled" })
        });
        let dead = (!skus.is_empty()).then_some((CALLING_PLAN, "Deleted"));
        let entry = |(plan, status): (Uuid, &str)| {
            json!({"assignedDateTime": "2024-03-01T08:00:00Z", "capabilityStatus": status,
                "service": "MicrosoftCommunicationsOnline", "servicePlanId": plan})
        };
        json!(alive.chain(dead).map(entry).collect::<Vec<_>>()).to_string()
    }
}

impl Generator {
    /// Every property that a generated user has, the id aside.
    pub(super) const PROPERTIES: [&'static str; 26] = [
        "userPrincipalName",
        "displayName",
        "givenName",
        "surname",
        "mail",
        "mailNickname",
        "city",
        "officeLocation",
        "usageLocation",
        "country",
        "postalCode",
        "streetAddress",
        "preferredLanguage",
        "department",
        "companyName",
        "jobTitle",
        "employeeId",
        "employeeType",
        "accountEnabled",
        "userType",
        "onPremisesSyncEnabled",
        "createdDateTime",
        "businessPhones",
        "onPremisesExtensionAttributes",
        "assignedLicenses",
        "assignedPlans",
    ];

    pub(super) fn new(count: u64, seed: u64) -> Self {
        let licences =
            Licence::ALL.map(|licence| [false, true].map(|calling| licence.licences(calling)));
        let plans = Licence::ALL.map(|licence| [false, true].map(|calling| licence.plans(calling)));
        Self {
            count,
            seed,
            licences: Arc::new(licences),
            plans: Arc::new(plans),
        }
    }

    pub(super) fn bits(&self, index: u64, salt: u64) -> u64 {
        mix(self.seed ^ mix(index.wrapping_mul(8).wrapping_add(salt)))
    }

    /// The object id.
    pub(super) fn id(&self, index: u64) -> Uuid {
        let bytes = (u128::from(self.bits(index, 1)) << 64) | u128::from(self.bits(index, 2));
        uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
    }

    /// The index of the user with this UPN (lower case).
    pub(super) fn index_of(&self, upn: &str) -> Option<u64> {
        let local = upn.strip_suffix(DOMAIN)?.strip_suffix('@')?;
        let index: u64 = local.rsplit('.').next()?.parse().ok()?;
        (index < self.count && self.upn(index) == upn).then_some(index)
    }

    fn names(
        &self,
        index: u64,
    ) -> (
        &'static (&'static str, &'static str),
        &'static (&'static str, &'static str),
    ) {
        let bits = self.bits(index, 0);
        (
            &GIVEN[pick(bits, 0, GIVEN.len())],
            &SURNAMES[pick(bits, 8, SURNAMES.len())],
        )
    }

    fn upn(&self, index: u64) -> String {
        let (given, surname) = self.names(index);
        format!("{}.{}.{index}@{DOMAIN}", given.1, surname.1)
    }

    pub(super) fn site(&self, index: u64) -> &'static Site {
        &SITES[pick(self.bits(index, 0), 16, SITES.len())]
    }

    /// Whether the user has a usable Phone System plan.
    pub(super) fn has_phone(&self, index: u64) -> bool {
        matches!(self.licence(index), Licence::E5 | Licence::E3WithPhone)
    }

    fn licence(&self, index: u64) -> Licence {
        match self.bits(index, 3) % 100 {
            0..70 => Licence::E5,
            70..85 => Licence::E3WithPhone,
            85..92 => Licence::E3,
            92..96 => Licence::E5PhoneOff,
            _ => Licence::Nothing,
        }
    }

    /// Writes the JSON text of a property; answers false for one that generated users lack.
    pub(super) fn write(&self, index: u64, property: &str, out: &mut String) -> bool {
        let bits = self.bits(index, 0);
        let site = self.site(index);
        let (given, surname) = self.names(index);
        let written = match property {
            "userPrincipalName" | "mail" => {
                write!(out, "\"{}.{}.{index}@{DOMAIN}\"", given.1, surname.1)
            }
            "mailNickname" => write!(out, "\"{}.{}.{index}\"", given.1, surname.1),
            "displayName" => write!(out, "\"{} {}\"", given.0, surname.0),
            "givenName" => quoted(out, given.0),
            "surname" => quoted(out, surname.0),
            "city" => quoted(out, site.city),
            "officeLocation" => quoted(out, site.offices[pick(bits, 24, 3)]),
            "usageLocation" => quoted(out, site.usage),
            "country" => quoted(out, site.country),
            "postalCode" => write!(out, "\"{:05}\"", 10_000 + bits % 80_000),
            "streetAddress" => write!(
                out,
                "\"{} {}\"",
                site.offices[pick(bits, 24, 3)],
                1 + bits % 90
            ),
            "preferredLanguage" => write!(out, "\"en-{}\"", site.usage),
            "assignedLicenses" => {
                out.push_str(self.text(&self.licences, index, site));
                Ok(())
            }
            "assignedPlans" => {
                out.push_str(self.text(&self.plans, index, site));
                Ok(())
            }
            _ => return write_work(index, bits, property, out),
        };
        written.is_ok()
    }

    /// One of the long texts.
    fn text<'t>(&self, texts: &'t [[String; 2]; 5], index: u64, site: &Site) -> &'t str {
        let licence = self.licence(index) as usize;
        &texts[licence][usize::from(site.number_type == "callingPlan")]
    }
}

/// Properties that have to do with the job and the account.
fn write_work(index: u64, bits: u64, property: &str, out: &mut String) -> bool {
    let written = match property {
        "department" => quoted(out, DEPARTMENTS[pick(bits, 32, DEPARTMENTS.len())]),
        "companyName" => quoted(
            out,
            ["Generated AG", "Generated Ltd", "Generated Inc"][pick(bits, 40, 3)],
        ),
        "jobTitle" => quoted(out, TITLES[pick(bits, 44, TITLES.len())]),
        "employeeId" => write!(out, "\"E{index:08}\""),
        "employeeType" => quoted(
            out,
            ["Employee", "Employee", "Employee", "Contractor"][pick(bits, 50, 4)],
        ),
        "accountEnabled" => write!(out, "{}", !bits.is_multiple_of(33)),
        "userType" => quoted(out, if bits % 97 == 5 { "Guest" } else { "Member" }),
        "onPremisesSyncEnabled" => {
            write!(
                out,
                "{}",
                if bits.is_multiple_of(5) {
                    "true"
                } else {
                    "null"
                }
            )
        }
        "createdDateTime" => write_date(out, bits),
        "businessPhones" => write!(out, "[]"),
        "onPremisesExtensionAttributes" => {
            write!(
                out,
                "{{\"extensionAttribute1\":\"CC{:04}\",\"extensionAttribute2\":null}}",
                bits % 500
            )
        }
        _ => return false,
    };
    written.is_ok()
}

fn write_date(out: &mut String, bits: u64) -> std::fmt::Result {
    let (year, month, day) = (
        2012 + bits % 14,
        1 + (bits >> 8) % 12,
        1 + (bits >> 16) % 28,
    );
    write!(
        out,
        "\"{year}-{month:02}-{day:02}T{:02}:{:02}:00Z\"",
        (bits >> 24) % 24,
        (bits >> 32) % 60
    )
}

fn quoted(out: &mut String, text: &str) -> std::fmt::Result {
    out.push('"');
    out.push_str(text);
    out.push('"');
    Ok(())
}

fn pick(bits: u64, shift: u32, length: usize) -> usize {
    usize::try_from((bits >> shift) % length as u64).unwrap_or_default()
}

/// SplitMix64: well spread, the same on every machine.
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub(super) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0, |hash, byte| mix(hash ^ u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_user() {
        let (one, two) = (Generator::new(100, 7), Generator::new(100, 8));
        assert_eq!(one.id(5), Generator::new(1000, 7).id(5));
        assert_ne!(one.id(5), two.id(5));
        let upn = one.upn(42);
        assert_eq!(one.index_of(&upn), Some(42));
        assert_eq!(one.index_of("nobody.42@generated.example"), None);
    }

    #[test]
    fn every_property_is_json() {
        let generator = Generator::new(500, 1);
        for index in 0..500 {
            let mut total = 0;
            for property in Generator::PROPERTIES {
                let mut text = String::new();
                assert!(generator.write(index, property, &mut text), "{property}");
                serde_json::from_str::<serde_json::Value>(&text).expect(property);
                total += text.len();
            }
            assert!(total < 4000, "{total}");
        }
    }
}
