//! Tenants of any size from a seed. A user is worked out when asked for, so that a million of them
//! cost a few bytes each.

use std::fmt::Write as _;

use uuid::Uuid;

use super::generated_tables::{
    CALLING_ADD_ON, CALLING_PLAN, DEPARTMENTS, E3, E5, GIVEN, PHONE_ADD_ON, PHONE_PLAN, SITES,
    SKUS, SURNAMES, Site, TITLES, digits,
};
use super::number_store::Number;
use super::sku::Sku;
use super::tenant_file::{Policy, TenantFile, Users};

const DOMAIN: &str = "generated.example";

/// A tenant of `count` users: the same for the same seed, on every machine. About nine in ten may
/// have a number; one in twenty holds one already. [`generated_rules`] fit it.
#[must_use]
pub fn generate(count: u64, seed: u64) -> TenantFile {
    let generator = Generator { count, seed };
    let seats = i64::try_from(count).unwrap_or(i64::MAX);
    TenantFile {
        users: Users::Generated(generator),
        numbers: generator.numbers(),
        skus: SKUS
            .iter()
            .map(|(id, name, plans)| Sku::new(*id, name, seats, plans))
            .collect(),
        policies: SITES
            .iter()
            .filter(|site| site.number_type == "directRouting")
            .map(|site| Policy {
                kind: "OnlineVoiceRoutingPolicy".to_owned(),
                name: format!(
                    "{}-{}",
                    site.usage,
                    site.offices[0].split(' ').next().unwrap_or_default()
                ),
                id: Uuid::from_u128(u128::from(mix(seed
                    ^ site.prefix.len() as u64
                    ^ hash(site.prefix))))
                .to_string(),
            })
            .collect(),
        groups: std::collections::BTreeMap::new(),
    }
}

/// Rules that give everybody of a generated tenant of `count` users a number: a range a city.
#[must_use]
pub fn generated_rules(count: u64) -> String {
    let mut rules = String::from("# Rules for a generated tenant: a range for every city.\n");
    for site in &SITES {
        let stock = stock(site, count);
        let (first, last) = (number(site, 0), number(site, stock - 1));
        let kind = match site.number_type {
            "directRouting" => "direct-routing",
            "callingPlan" => "calling-plan",
            _ => "operator-connect",
        };
        let name = site.city.to_lowercase();
        let location = if kind == "calling-plan" {
            "  location   \"9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f\"\n"
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = write!(
            rules,
            "\nrange \"{name}\" {{\n  type       {kind}\n  numbers    {first} to {last}\n  country    \"{}\"\n  \
             quarantine 30 days\n{location}  when       city = \"{}\" AND usage_location = \"{}\"\n}}\n",
            site.usage, site.city, site.usage
        );
    }
    rules
}

/// How many numbers a city has: more than people, within what its digits allow.
fn stock(site: &Site, count: u64) -> u64 {
    let most = 10_u64.pow(u32::try_from(digits(site.prefix)).unwrap_or(6)) - 1;
    (count / SITES.len() as u64 * 3 / 2 + 50).min(most)
}

fn number(site: &Site, index: u64) -> String {
    format!(
        "{}{index:0width$}",
        site.prefix,
        width = digits(site.prefix)
    )
}

/// Makes the properties of users by their index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Generator {
    pub(super) count: u64,
    seed: u64,
}

/// What kind of licences a user has, from a hundred.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Licence {
    E5,
    E3WithPhone,
    E3,
    E5PhoneOff,
    Nothing,
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

    fn bits(&self, index: u64, salt: u64) -> u64 {
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

    fn site(&self, index: u64) -> &'static Site {
        &SITES[pick(self.bits(index, 0), 16, SITES.len())]
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
            "accountEnabled" => write!(out, "{}", bits % 33 != 0),
            "userType" => quoted(out, if bits % 97 == 5 { "Guest" } else { "Member" }),
            "onPremisesSyncEnabled" => {
                write!(out, "{}", if bits % 5 == 0 { "true" } else { "null" })
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
            "assignedLicenses" => self.write_licences(index, site, out),
            "assignedPlans" => self.write_plans(index, site, out),
            _ => return false,
        };
        written.is_ok()
    }

    fn skus(&self, index: u64, site: &Site) -> Vec<Uuid> {
        let mut skus = match self.licence(index) {
            Licence::E5 | Licence::E5PhoneOff => vec![E5],
            Licence::E3WithPhone => vec![E3, PHONE_ADD_ON],
            Licence::E3 => vec![E3],
            Licence::Nothing => Vec::new(),
        };
        if site.number_type == "callingPlan" && !skus.is_empty() {
            skus.push(CALLING_ADD_ON);
        }
        skus
    }

    fn write_licences(&self, index: u64, site: &Site, out: &mut String) -> std::fmt::Result {
        let off = if self.licence(index) == Licence::E5PhoneOff {
            format!("\"{PHONE_PLAN}\"")
        } else {
            String::new()
        };
        out.push('[');
        for (position, sku) in self.skus(index, site).iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            let disabled = if *sku == E5 { off.as_str() } else { "" };
            write!(
                out,
                "{comma}{{\"disabledPlans\":[{disabled}],\"skuId\":\"{sku}\"}}"
            )?;
        }
        out.push(']');
        Ok(())
    }

    fn write_plans(&self, index: u64, site: &Site, out: &mut String) -> std::fmt::Result {
        let phone_off = self.licence(index) == Licence::E5PhoneOff;
        let mut comma = "";
        out.push('[');
        for sku in self.skus(index, site) {
            for (_, plan) in SKUS
                .iter()
                .filter(|known| known.0 == sku)
                .flat_map(|known| known.2)
            {
                let status = if phone_off && *plan == PHONE_PLAN {
                    "Deleted"
                } else {
                    "Enabled"
                };
                write_plan(out, comma, status, *plan)?;
                comma = ",";
            }
        }
        // Dead entries stay in the list of nearly every real user.
        if !comma.is_empty() {
            write_plan(out, comma, "Deleted", CALLING_PLAN).and_then(|()| {
                (0..7).try_for_each(|filler| {
                    write_plan(
                        out,
                        ",",
                        "Enabled",
                        Uuid::from_u128(0x5000_8000_0000_0000_0000 + filler),
                    )
                })
            })?;
        }
        out.push(']');
        Ok(())
    }

    /// The listed numbers: the carriers' stock, and what one in twenty holds already.
    fn numbers(&self) -> Vec<Number> {
        let mut numbers = Vec::new();
        let mut given = [0_u64; SITES.len()];
        for (at, site) in SITES.iter().enumerate() {
            if site.number_type != "directRouting" {
                numbers.extend(
                    (0..stock(site, self.count)).map(|index| carrier_number(site, at, index)),
                );
            }
        }
        for index in (0..self.count).filter(|index| self.bits(*index, 4) % 20 == 0) {
            let site = self.site(index);
            let at = SITES
                .iter()
                .position(|known| known.prefix == site.prefix)
                .unwrap_or_default();
            let phone = matches!(self.licence(index), Licence::E5 | Licence::E3WithPhone);
            if phone && site.number_type == "directRouting" && given[at] < stock(site, self.count) {
                let held = Number::new(number(site, given[at]), site.number_type);
                numbers.push(held.held_by(self.id(index), "primary"));
                given[at] += 1;
            }
        }
        numbers
    }
}

fn carrier_number(site: &Site, at: usize, index: u64) -> Number {
    let mut number = Number::new(number(site, index), site.number_type);
    number.operator_id = Uuid::from_u128(0xbe1a_0000_0000_4000_8000_0000_0000_0000 + at as u128);
    number.iso_country_code = Some(site.usage.to_owned());
    number.supported_customer_actions = vec!["locationUpdate".to_owned(), "release".to_owned()];
    number
}

fn write_plan(out: &mut String, comma: &str, status: &str, plan: Uuid) -> std::fmt::Result {
    write!(
        out,
        "{comma}{{\"assignedDateTime\":\"2024-03-01T08:00:00Z\",\"capabilityStatus\":\"{status}\",\
         \"service\":\"MicrosoftCommunicationsOnline\",\"servicePlanId\":\"{plan}\"}}"
    )
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
    write!(out, "\"{text}\"")
}

fn pick(bits: u64, shift: u32, length: usize) -> usize {
    usize::try_from((bits >> shift) % length as u64).unwrap_or_default()
}

/// SplitMix64: well spread, the same on every machine.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0, |hash, byte| mix(hash ^ u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_user() {
        let (one, two) = (
            Generator {
                count: 100,
                seed: 7,
            },
            Generator {
                count: 100,
                seed: 8,
            },
        );
        assert_eq!(
            one.id(5),
            Generator {
                count: 1000,
                seed: 7
            }
            .id(5)
        );
        assert_ne!(one.id(5), two.id(5));
        let upn = one.upn(42);
        assert_eq!(one.index_of(&upn), Some(42));
        assert_eq!(one.index_of("nobody.42@generated.example"), None);
    }

    #[test]
    fn every_property_is_json() {
        let generator = Generator {
            count: 500,
            seed: 1,
        };
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
