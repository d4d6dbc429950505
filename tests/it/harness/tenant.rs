//! A small tenant, built line by line.

use linekeeper::simulator::TenantFile;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Phone System and Teams.
pub(crate) const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
/// Teams without Phone System.
pub(crate) const E3: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";
/// Phone System alone, as an add-on.
pub(crate) const PHONE_SYSTEM: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
/// A domestic calling plan, as an add-on.
pub(crate) const CALLING_PLAN: &str = "0dab259f-bf13-4952-b7f8-7db8f131b28d";
/// Teams Rooms Pro.
pub(crate) const ROOM: &str = "4cde982a-ede4-4409-9ae6-b003453c8ea6";
/// A resource account's licence.
pub(crate) const VIRTUAL: &str = "440eaaa8-b3e0-484b-a8be-62870b9ba70a";

const MCOEV: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";
const TEAMS1: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
const MCOPSTN1: &str = "4ed3ff63-69d7-4fb7-b984-5aec7f605ca8";
const MCOEV_VIRTUALUSER: &str = "f47330e9-c134-43b3-9993-e7f004506889";

/// A product: id, name, and its plans by id and name.
type Product = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// What is known of the products.
const PRODUCTS: [Product; 6] = [
    (E5, "SPE_E5", &[(MCOEV, "MCOEV"), (TEAMS1, "TEAMS1")]),
    (E3, "SPE_E3", &[(TEAMS1, "TEAMS1")]),
    (PHONE_SYSTEM, "MCOEV", &[(MCOEV, "MCOEV")]),
    (CALLING_PLAN, "MCOPSTN1", &[(MCOPSTN1, "MCOPSTN1")]),
    (
        ROOM,
        "Microsoft_Teams_Rooms_Pro",
        &[(MCOEV, "MCOEV"), (TEAMS1, "TEAMS1")],
    ),
    (
        VIRTUAL,
        "PHONESYSTEM_VIRTUALUSER",
        &[(MCOEV_VIRTUALUSER, "MCOEV_VIRTUALUSER")],
    ),
];

/// The products of `PUT /_sim/skus`, but for those named.
pub(crate) fn products_without(missing: &[&str]) -> Value {
    let product = |(id, name, plans): &Product| {
        let plans: Vec<Value> = plans
            .iter()
            .map(|(id, name)| json!({"servicePlanId": id, "servicePlanName": name}))
            .collect();
        json!({"skuId": id, "skuPartNumber": name, "capabilityStatus": "Enabled", "servicePlans": plans})
    };
    PRODUCTS
        .iter()
        .filter(|(id, ..)| !missing.contains(id))
        .map(product)
        .collect()
}

/// A tenant in the making. People are called by a short name, which becomes their UPN `name@contoso.example`; who is
/// named first was created first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tenant {
    users: Vec<Value>,
    numbers: Vec<Value>,
    policies: Vec<Value>,
    ids: BTreeMap<String, String>,
}

/// The id of the n-th person ever named in a scenario, from 1.
pub(crate) fn nth_id(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// The address of a short name.
pub(crate) fn upn(name: &str) -> String {
    format!("{name}@contoso.example")
}

/// A Graph user with these licences, in Germany.
pub(crate) fn person(id: &str, name: &str, city: &str, licences: &[&str]) -> Value {
    let licences: Vec<Value> = licences
        .iter()
        .map(|sku| json!({"skuId": sku, "disabledPlans": []}))
        .collect();
    json!({
        "id": id, "userPrincipalName": upn(name), "displayName": name, "mail": upn(name), "city": city,
        "usageLocation": "DE", "accountEnabled": true, "userType": "Member", "assignedLicenses": licences,
    })
}

impl Tenant {
    /// Somebody in Germany with these licences.
    pub(crate) fn person(self, name: &str, city: &str, licences: &[&str]) -> Self {
        self.person_with(name, city, licences, json!({}))
    }

    /// The same with more properties, or others.
    pub(crate) fn person_with(
        mut self,
        name: &str,
        city: &str,
        licences: &[&str],
        more: Value,
    ) -> Self {
        let n = self.users.len() + 1;
        let mut user = person(&nth_id(n), name, city, licences);
        user["createdDateTime"] = format!("2020-01-01T00:{:02}:{:02}Z", n / 60, n % 60).into();
        let plans = PRODUCTS
            .iter()
            .filter(|(sku, ..)| licences.contains(sku))
            .flat_map(|(_, _, plans)| *plans);
        user["assignedPlans"] = plans
            .map(|(id, _)| {
                json!({"assignedDateTime": "2024-03-01T08:00:00Z", "capabilityStatus": "Enabled",
                    "service": "MicrosoftCommunicationsOnline", "servicePlanId": id})
            })
            .collect();
        if let (Value::Object(user), Value::Object(more)) = (&mut user, more) {
            user.extend(more);
        }
        self.ids.insert(name.to_owned(), nth_id(n));
        self.users.push(user);
        self
    }

    /// Several people alike, called `a`, `b`, … behind the name: `anna-a`.
    pub(crate) fn people(self, name: &str, count: u8, city: &str, licences: &[&str]) -> Self {
        (b'a'..b'a' + count).fold(self, |tenant, letter| {
            tenant.person(&format!("{name}-{}", char::from(letter)), city, licences)
        })
    }

    /// A number that the tenant lists, held by nobody.
    pub(crate) fn number(self, number: &str, kind: &str, country: &str) -> Self {
        self.number_with(
            json!({"telephoneNumber": number, "numberType": kind, "isoCountryCode": country}),
        )
    }

    /// A direct-routing number that somebody has in Teams already.
    pub(crate) fn held(self, number: &str, name: &str) -> Self {
        let holder = self.ids[name].clone();
        self.number_with(json!({"telephoneNumber": number, "numberType": "directRouting",
            "assignmentStatus": "userAssigned", "assignmentTargetId": holder, "assignmentCategory": "primary"}))
    }

    /// A number as Graph shows it.
    pub(crate) fn number_with(mut self, number: Value) -> Self {
        self.numbers.push(number);
        self
    }

    /// A policy that can be granted.
    pub(crate) fn policy(mut self, kind: &str, name: &str) -> Self {
        self.policies
            .push(json!({"type": kind, "name": name, "id": format!("id-of-{name}")}));
        self
    }

    /// The tenant as the simulator takes it, and the ids by short name. It lists one number that no range declares,
    /// because a list that is empty after it was not is not believed.
    pub(crate) fn build(self) -> (TenantFile, BTreeMap<String, String>) {
        let this = self.number("+498955509999", "operatorConnect", "DE");
        let file = json!({"users": this.users, "numbers": this.numbers, "policies": this.policies,
            "subscribedSkus": products_without(&[])});
        (
            TenantFile::from_value(file).expect("a valid tenant"),
            this.ids,
        )
    }
}
