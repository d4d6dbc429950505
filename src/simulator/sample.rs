//! The tenant of the demonstration: about 500 people in six offices, with the mess of a real directory.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::generated_tables::{
    CALLING_ADD_ON, CALLING_PLAN, DEPARTMENTS, E3, E5, E5_NO_TEAMS, GIVEN, PHONE_ADD_ON,
    PHONE_PLAN, ROOMS_PRO, SKUS, SURNAMES, TITLES, VIRTUAL_USER,
};
use super::number_store::Number;
use super::sample_tables::{OFFICES, Office, POLICIES};
use super::sku::Sku;
use super::tenant_file::{Policy, TenantFile, Users};
use super::user_record::Record;

/// Rules that fit [`sample_office_tenant`], in the language of SPEC section 3.
pub const SAMPLE_RULES: &str = include_str!("sample.rules");

/// What is expected of [`SAMPLE_RULES`], for `linekeeper rules test`.
pub const SAMPLE_TESTS: &str = include_str!("sample.test.toml");

const PEOPLE: u64 = 486;
const DOMAIN: &str = "northwind.example";

/// A tenant worth trying rules on: one city in many spellings and Unicode forms, stray and no-break
/// blanks, guests, meeting rooms, resource accounts, disabled and half-licensed accounts, Phone
/// System switched off inside E5, suspended plans, missing usage locations, numbers given long ago,
/// a number from on-premises, a number outside all ranges. The same on every machine.
#[must_use]
pub fn sample_office_tenant() -> TenantFile {
    let people: Vec<Map<String, Value>> = (0..PEOPLE).map(person).chain(extras()).collect();
    let users = people
        .into_iter()
        .enumerate()
        .map(|(index, fields)| (id(index as u64), Record::from_fields(fields)));
    TenantFile {
        users: Users::Given(users.collect()),
        numbers: numbers(),
        skus: SKUS
            .iter()
            .map(|(id, name, plans)| Sku::new(*id, name, 600, plans))
            .collect(),
        policies: POLICIES
            .iter()
            .zip(1_u128..)
            .map(|((kind, name), index)| Policy {
                kind: (*kind).to_owned(),
                name: (*name).to_owned(),
                id: Uuid::from_u128(0x4e57_0000_0000_4000_8000_0000_0000_0000 + index).to_string(),
            })
            .collect(),
        groups: BTreeMap::new(),
    }
}

/// Somebody who joins after the demonstration has begun: licensed, in one of the six offices.
pub(super) fn newcomer(n: u64) -> Value {
    let place = office(n * 5 + 1);
    let (given, surname) = super::happenings::name_of(n);
    let upn = format!("{}.{}.n{n}@{DOMAIN}", given.1, surname.1);
    let fields = json!({
        "id": id(100_000 + n), "userPrincipalName": upn, "mail": upn,
        "displayName": format!("{} {}", given.0, surname.0), "givenName": given.0, "surname": surname.0,
        "employeeId": format!("N{}", 100_000 + n), "city": place.city[0], "officeLocation": place.office[0],
        "country": place.country, "usageLocation": place.usage, "companyName": "Northwind",
        "department": DEPARTMENTS[one_of(n, DEPARTMENTS.len())], "employeeType": "Employee",
        "accountEnabled": true, "userType": "Member", "businessPhones": [],
    });
    Value::Object(licensed(fields, &[(E5, vec![])], "Enabled"))
}

/// The object id of the n-th user.
fn id(index: u64) -> Uuid {
    let spread = u128::from(index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    uuid::Builder::from_random_bytes(spread.to_be_bytes()).into_uuid()
}

fn office(index: u64) -> &'static Office {
    &OFFICES[one_of(index, OFFICES.len())]
}

fn one_of(index: u64, length: usize) -> usize {
    usize::try_from(index % length as u64).unwrap_or_default()
}

fn person(index: u64) -> Map<String, Value> {
    let place = office(index);
    let row = index / OFFICES.len() as u64;
    let given = GIVEN[one_of(index * 7 + row, GIVEN.len())];
    let surname = SURNAMES[one_of(index * 11 + row * 3, SURNAMES.len())];
    let upn = format!("{}.{}{}@{DOMAIN}", given.1, surname.1, row + 1);
    let usage = match index {
        _ if index % 61 == 5 => Value::Null,
        _ if index % 143 == 9 => "AT".into(),
        _ => place.usage.into(),
    };
    let fields = json!({
        "userPrincipalName": upn, "mail": upn, "displayName": format!("{} {}", given.0, surname.0),
        "givenName": given.0, "surname": surname.0, "employeeId": format!("N{:05}", index + 1),
        "city": place.city[one_of(if row.is_multiple_of(3) { row / 3 } else { 0 }, place.city.len())],
        "officeLocation": place.office[one_of(if row % 4 == 1 { row / 4 } else { 0 }, place.office.len())],
        "country": place.country, "usageLocation": usage,
        "department": DEPARTMENTS[one_of(index * 5 + row, DEPARTMENTS.len())],
        "companyName": "Northwind", "jobTitle": TITLES[one_of(index * 3 + row, TITLES.len())],
        "employeeType": employee_type(index), "accountEnabled": index % 37 != 3, "userType": "Member",
        "onPremisesSyncEnabled": if index % 9 == 2 { json!(true) } else { Value::Null },
        "createdDateTime": format!("20{:02}-{:02}-{:02}T08:30:00Z", 14 + row % 12, 1 + index % 12, 1 + index % 28),
        "businessPhones": [],
    });
    licensed(fields, &licences(index, place), phone_status(index))
}

fn employee_type(index: u64) -> &'static str {
    match index {
        _ if index % 29 == 4 => "Apprentice",
        _ if index % 31 == 6 => "Contractor",
        _ => "Employee",
    }
}

/// Licences with the plans switched off inside them.
fn licences(index: u64, place: &Office) -> Vec<(Uuid, Vec<Uuid>)> {
    let row = index / OFFICES.len() as u64;
    let mut licences = match row % 20 {
        14 => vec![(E3, vec![]), (PHONE_ADD_ON, vec![])],
        15 | 17 => vec![(E3, vec![])],
        16 => vec![(E5, vec![PHONE_PLAN])],
        18 => vec![],
        _ if index % 167 == 11 => vec![(E5_NO_TEAMS, vec![])],
        _ => vec![(E5, vec![])],
    };
    let calls = match place.usage {
        "US" => row % 9 != 4,
        "GB" => row % 10 == 1,
        _ => false,
    };
    if calls && !licences.is_empty() {
        licences.push((CALLING_ADD_ON, vec![]));
    }
    licences
}

/// Most are paid for; a few subscriptions are on their way out.
fn phone_status(index: u64) -> &'static str {
    match index {
        _ if index % 83 == 7 => "Suspended",
        _ if index % 97 == 13 => "Warning",
        _ => "Enabled",
    }
}

/// Adds licences and the plans that follow from them.
fn licensed(
    fields: Value,
    licences: &[(Uuid, Vec<Uuid>)],
    phone_status: &str,
) -> Map<String, Value> {
    let plan = |id: Uuid, status: &str| {
        json!({"assignedDateTime": "2024-03-01T08:00:00Z", "capabilityStatus": status,
            "service": "MicrosoftCommunicationsOnline", "servicePlanId": id})
    };
    let mut plans = Vec::new();
    for (sku, off) in licences {
        for (_, id) in SKUS
            .iter()
            .filter(|known| known.0 == *sku)
            .flat_map(|known| known.2)
        {
            let status = match () {
                () if off.contains(id) => "Deleted",
                () if *id == PHONE_PLAN => phone_status,
                () => "Enabled",
            };
            plans.push(plan(*id, status));
        }
    }
    if !licences.is_empty() && !licences.iter().any(|(sku, _)| *sku == CALLING_ADD_ON) {
        // A calling plan that ended long ago stays in the list.
        plans.push(plan(CALLING_PLAN, "Deleted"));
    }
    let assigned: Vec<Value> = licences
        .iter()
        .map(|(sku, off)| json!({"skuId": sku, "disabledPlans": off}))
        .collect();
    let Value::Object(mut fields) = fields else {
        return Map::new();
    };
    fields.insert("assignedLicenses".to_owned(), assigned.into());
    fields.insert("assignedPlans".to_owned(), plans.into());
    fields
}

/// Guests, meeting rooms, resource accounts.
fn extras() -> impl Iterator<Item = Map<String, Value>> {
    let guests = (1..=6).map(|n| {
        let fields = account(
            &format!("partner{n}_fabrikam.example#EXT#"),
            &format!("Partner {n} (Fabrikam)"),
            "Guest",
            0,
        );
        licensed(fields, &[], "Enabled")
    });
    let rooms = (0..6).map(|n| {
        let fields = account(
            &format!("room-{n}"),
            &format!("Meeting room {n}"),
            "Member",
            n,
        );
        licensed(fields, &[(ROOMS_PRO, vec![])], "Enabled")
    });
    let resources = ["Reception Munich", "Support queue"]
        .into_iter()
        .zip(0..)
        .map(|(name, n)| {
            let fields = account(&format!("resource-{n}"), name, "Member", 0);
            licensed(fields, &[(VIRTUAL_USER, vec![])], "Enabled")
        });
    guests.chain(rooms).chain(resources)
}

fn account(local: &str, name: &str, user_type: &str, at: u64) -> Value {
    let place = office(at);
    json!({
        "userPrincipalName": format!("{local}@{DOMAIN}"), "displayName": name, "mail": format!("{local}@{DOMAIN}"),
        "city": place.city[0], "officeLocation": place.office[0], "country": place.country,
        "usageLocation": place.usage, "department": null, "companyName": "Northwind", "accountEnabled": true,
        "userType": user_type, "onPremisesSyncEnabled": null, "createdDateTime": "2020-05-04T07:00:00Z",
        "businessPhones": [],
    })
}

/// What the carriers list, what people hold already, and the oddities.
fn numbers() -> Vec<Number> {
    let mut numbers: BTreeMap<String, Number> = BTreeMap::new();
    let carriers = OFFICES
        .iter()
        .map(|place| (place.block, place.listed, place.number_type, place.usage));
    for (block, listed, kind, country) in
        carriers.chain([(442_079_461_000, 20, "callingPlan", "GB")])
    {
        for index in 0..listed {
            let mut number = Number::new(format!("+{}", block + index), kind);
            number.operator_id =
                Uuid::from_u128(0xbe1a_0000_0000_4000_8000_0000_0000_0000 + u128::from(block % 97));
            number.iso_country_code = Some(country.to_owned());
            number.supported_customer_actions =
                vec!["locationUpdate".to_owned(), "release".to_owned()];
            numbers.insert(number.telephone_number.clone(), number);
        }
    }
    for index in (0..PEOPLE).filter(|index| (index / OFFICES.len() as u64) % 8 == 2) {
        let place = office(index);
        let number = format!("+{}", place.block + 3 + index / OFFICES.len() as u64 / 8);
        let calling = licences(index, place)
            .iter()
            .any(|(sku, _)| *sku == CALLING_ADD_ON);
        if calling == (place.number_type == "callingPlan") {
            give(&mut numbers, number, place.number_type, index);
        }
    }
    // Outside every range, and a number the local exchange wrote.
    give(&mut numbers, "+498999990001".to_owned(), "directRouting", 0);
    give(&mut numbers, "+498955501150".to_owned(), "directRouting", 6);
    if let Some(number) = numbers.get_mut("+498955501150") {
        number.number_source = Some("onPremises".to_owned());
    }
    give(
        &mut numbers,
        "+498955501000".to_owned(),
        "directRouting",
        PEOPLE + 12,
    );
    if let Some(number) = numbers.get_mut("+498955501000") {
        number.assignment_status = Some("voiceApplicationAssigned".to_owned());
        number.capabilities = vec!["voiceApplicationAssignment".to_owned()];
    }
    numbers.into_values().collect()
}

fn give(numbers: &mut BTreeMap<String, Number>, number: String, kind: &str, user: u64) {
    let listed = numbers
        .remove(&number)
        .unwrap_or_else(|| Number::new(number.clone(), kind));
    numbers.insert(number, listed.held_by(id(user), "primary"));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::simulator::user_store::UserStore;

    #[test]
    fn the_sample_is_consistent() {
        let tenant = sample_office_tenant();
        let mut holders = BTreeSet::new();
        for number in &tenant.numbers {
            if let Some(holder) = number.assignment_target_id {
                assert!(holders.insert(holder), "{holder} holds two numbers");
            }
        }
        assert!(holders.len() > 50, "{}", holders.len());
        let users = UserStore::new(tenant.users);
        assert_eq!(users.len(), 500);
        let upns: BTreeSet<_> = (0..users.len())
            .map(|place| users.text(place, "userPrincipalName"))
            .collect();
        assert_eq!(upns.len(), 500);
        assert!(holders.iter().all(|holder| users.by_id(*holder).is_some()));
    }
}
