//! Tenants of any size from a seed. A user is worked out when asked for, so that a million of them
//! cost a few bytes each.

use std::fmt::Write as _;

use uuid::Uuid;

use super::generated_tables::{SITES, SKUS, Site, digits};
use super::generator::{Generator, hash, mix};
use super::number_store::Number;
use super::sku::Sku;
use super::tenant_file::{Policy, TenantFile, Users};

/// A tenant of `count` users: the same for the same seed, on every machine. About nine in ten may
/// have a number; one in twenty holds one already. [`generated_rules`] fit it.
#[must_use]
pub fn generate(count: u64, seed: u64) -> TenantFile {
    let generator = Generator::new(count, seed);
    let seats = i64::try_from(count).unwrap_or(i64::MAX);
    TenantFile {
        numbers: numbers(&generator),
        users: Users::Generated(generator),
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
        let name = format!("{}-{}", site.usage.to_lowercase(), &site.prefix[1..]);
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

/// The listed numbers: the carriers' stock, and what one in twenty holds already.
fn numbers(generator: &Generator) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut given = [0_u64; SITES.len()];
    for (at, site) in SITES.iter().enumerate() {
        if site.number_type != "directRouting" {
            numbers.extend(
                (0..stock(site, generator.count)).map(|index| carrier_number(site, at, index)),
            );
        }
    }
    for index in (0..generator.count).filter(|index| generator.bits(*index, 4).is_multiple_of(20)) {
        let site = generator.site(index);
        let at = SITES
            .iter()
            .position(|known| known.prefix == site.prefix)
            .unwrap_or_default();
        if generator.has_phone(index)
            && site.number_type == "directRouting"
            && given[at] < stock(site, generator.count)
        {
            let held = Number::new(number(site, given[at]), site.number_type);
            numbers.push(held.held_by(generator.id(index), "primary"));
            given[at] += 1;
        }
    }
    numbers
}

fn carrier_number(site: &Site, at: usize, index: u64) -> Number {
    let mut number = Number::new(number(site, index), site.number_type);
    number.operator_id = Uuid::from_u128(0xbe1a_0000_0000_4000_8000_0000_0000_0000 + at as u128);
    number.iso_country_code = Some(site.usage.to_owned());
    number.supported_customer_actions = vec!["locationUpdate".to_owned(), "release".to_owned()];
    number
}
