//! The made-up people and rules as the product has them in memory.

#![allow(
    dead_code,
    reason = "each benchmark is a crate of its own and uses a part of this file"
)]

use crate::made_up::{self, DEPARTMENTS, Person};
use linekeeper::directory::{
    AssignedLicence, AssignedPlan, Attribute, Attributes, Licences, PlanId, PlanStatus, Sku, SkuId,
    SkuPlan, SkuStatus, User, UserId, plan_id_by_name,
};
use linekeeper::plan::{StoredUser, UserFacts};
use linekeeper::rules::{LoadOptions, RuleSet, SourceFile, load};
use std::collections::HashMap;
use std::sync::Arc;

const E5: SkuId = SkuId::from_u128(0x06ebc4ee_1bb5_47dd_8120_11324bc54e06);
const E3: SkuId = SkuId::from_u128(0x05e9a617_0261_4cee_bb44_138d3ef5d965);

/// Makes users who share their texts and licences, as an adapter hands them out.
pub(crate) struct Maker {
    ranges: u64,
    texts: HashMap<String, Arc<str>>,
    licences: [Arc<Licences>; 3],
}

impl Maker {
    /// For a tenant with so many ranges.
    pub(crate) fn new(ranges: u64) -> Self {
        let licences = [licences(E5, true), licences(E3, false), Licences::default()];
        Self {
            ranges,
            texts: HashMap::new(),
            licences: licences.map(Arc::new),
        }
    }

    /// The user at a place, with twenty attributes, as most real ones have.
    pub(crate) fn user(&mut self, at: u64) -> User {
        self.user_like(at, made_up::person(at, self.ranges))
    }

    /// The user at a place, with the office, department and licence of that person.
    pub(crate) fn user_like(&mut self, at: u64, person: Person) -> User {
        let mut user = User::new(id(at));
        user.attributes = self.attributes(at, person);
        user.licences = Arc::clone(match person.licence {
            0..85 => &self.licences[0],
            85..96 => &self.licences[1],
            _ => &self.licences[2],
        });
        user.created = Some(
            jiff::Timestamp::UNIX_EPOCH
                + jiff::SignedDuration::from_secs(1_600_000_000 + at as i64),
        );
        user
    }

    fn attributes(&mut self, at: u64, person: Person) -> Attributes {
        let upn = format!("anna.example.{at}@example.test");
        let office = made_up::office(person.office);
        let values = [
            (Attribute::City, made_up::city(person.office)),
            (Attribute::Street, format!("Street {}", person.office)),
            (
                Attribute::PostalCode,
                format!("{:05}", 10_000 + person.office),
            ),
            (Attribute::Office, office),
            (Attribute::UsageLocation, "DE".to_owned()),
            (Attribute::Country, "Germany".to_owned()),
            (Attribute::State, format!("State {}", person.office % 16)),
            (
                Attribute::Department,
                DEPARTMENTS[person.department].to_owned(),
            ),
            (Attribute::Company, "Example".to_owned()),
            (Attribute::JobTitle, format!("Title {}", at % 40)),
            (Attribute::EmployeeType, "Employee".to_owned()),
            (Attribute::CostCenter, format!("C{}", at % 500)),
            (Attribute::PreferredLanguage, "de-DE".to_owned()),
            (Attribute::GivenName, format!("Given {}", at % 300)),
            (Attribute::Surname, format!("Surname {}", at % 3000)),
        ];
        let own = [
            (Attribute::EmployeeId, format!("E{at}")),
            (
                Attribute::DisplayName,
                format!("Given {} Surname {}", at % 300, at % 3000),
            ),
            (Attribute::Mail, upn.clone()),
            (Attribute::Upn, upn),
        ];
        let own = own.map(|(attribute, text)| (attribute, Arc::from(text)));
        let shared = values.map(|(attribute, text)| (attribute, self.shared(text)));
        shared.into_iter().chain(own).collect()
    }

    fn shared(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.texts.get(&text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text.as_str());
        self.texts.insert(text, Arc::clone(&new));
        new
    }
}

/// As it is read back from the database.
pub(crate) fn stored(user: User) -> StoredUser {
    StoredUser {
        user,
        gone: None,
        undecided: true,
        facts: UserFacts::default(),
    }
}

/// The object id of the user at a place.
pub(crate) fn id(at: u64) -> UserId {
    UserId::from_u128(u128::from(made_up::mix(at)) << 64 | u128::from(made_up::mix(!at)))
}

/// The tenant's products.
pub(crate) fn skus() -> Vec<Sku> {
    let sku = |id, part_number: &str, voice| Sku {
        id,
        part_number: part_number.to_owned(),
        status: SkuStatus("Enabled".to_owned()),
        plans: plans(voice)
            .map(|(id, name)| SkuPlan {
                id,
                name: name.to_owned(),
            })
            .collect(),
    };
    vec![sku(E5, "SPE_E5", true), sku(E3, "SPE_E3", false)]
}

/// Rules that are known to be right.
pub(crate) fn rule_set(text: &str) -> RuleSet {
    let file = SourceFile {
        name: "made-up.rules".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    load(&[file], LoadOptions::default())
        .expect("the made-up rules are right")
        .rule_set
}

fn licences(sku: SkuId, voice: bool) -> Licences {
    let entry = |(plan, _)| AssignedPlan {
        plan,
        status: PlanStatus::Enabled,
    };
    let mut plans: Vec<AssignedPlan> = plans(voice).map(entry).collect();
    plans.extend(named("MCOPSTN1").map(|plan| AssignedPlan {
        plan,
        status: PlanStatus::Deleted,
    }));
    plans.sort();
    Licences {
        assigned: vec![AssignedLicence {
            sku,
            disabled: Vec::new(),
        }],
        plans,
    }
}

/// Plans of a product: Teams, thirty that say nothing about telephones, and Phone System if it has it.
fn plans(voice: bool) -> impl Iterator<Item = (PlanId, &'static str)> {
    let known = ["TEAMS1", "MCOSTANDARD", "MCOMEETADV", "MCOEV"];
    let known = known.into_iter().take(if voice { 4 } else { 2 });
    let others = (0..30).map(|at| (PlanId::from_u128(0xabcd_0000 + at), "OTHER"));
    known
        .filter_map(|name| Some((plan_id_by_name(name)?, name)))
        .chain(others)
}

fn named(name: &str) -> Option<PlanId> {
    plan_id_by_name(name)
}
