//! A person made of what a search has found, for the rules to confirm and for people to read.

use super::assumption::{FALSE, Known, Matter, TRUE};
use crate::directory::{
    AssignedPlan, Attribute, GroupId, Kind, LicenceBook, Licences, PlanCatalogue, PlanId,
    PlanStatus, Sku, SkuId, SkuPlan, SkuStatus, User, UserId, plan_id_by_name,
};
use crate::rules::{GroupMembers, Subject};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A made-up person.
#[derive(Clone, Debug)]
pub(super) struct Example {
    values: Vec<(Attribute, String)>,
    kind: Kind,
    synced: bool,
    plans: Vec<(String, bool)>,
    groups: Vec<(GroupId, bool)>,
}

impl Example {
    /// Somebody of whom this is known; `None` when no value was found that fits.
    pub(super) fn of(facts: &[(Matter<'_>, Known<'_>)]) -> Option<Self> {
        let mut example = Self {
            values: Vec::new(),
            kind: Kind::Person,
            synced: false,
            plans: Vec::new(),
            groups: Vec::new(),
        };
        for (matter, known) in facts {
            match (matter, known) {
                (Matter::Text(attribute), Known::Text(text)) => {
                    let value = text.witness()?;
                    let value = value.map(|value| (*attribute, value));
                    example.values.extend(value);
                }
                (Matter::Kind, Known::States(states)) => {
                    let mut fits = Kind::ALL.into_iter();
                    example.kind = fits.find(|kind| states >> *kind as u8 & 1 == 1)?;
                }
                (Matter::Synced, Known::States(states)) => example.synced = states & FALSE == 0,
                (Matter::Plan(name), Known::States(states)) => {
                    example
                        .plans
                        .extend(settled(*states).map(|has| ((*name).to_owned(), has)));
                }
                (Matter::Group(group), Known::States(states)) => {
                    example
                        .groups
                        .extend(settled(*states).map(|has| (*group, has)));
                }
                _ => {}
            }
        }
        example.values.sort();
        Some(example)
    }

    /// Asks something about the person.
    pub(super) fn ask<R>(&self, question: impl FnOnce(Subject<'_>) -> R) -> R {
        let mut user = User::new(UserId::from_u128(1));
        let values = self
            .values
            .iter()
            .map(|(attribute, text)| (*attribute, text.as_str()));
        user.attributes = values.collect();
        user.on_premises_synced = self.synced;
        user.guest = self.kind == Kind::Guest;
        let named = || (0..).zip(&self.plans);
        let entry = |(at, (name, _)): (u128, &(String, bool))| AssignedPlan {
            plan: plan_id(at, name),
            status: PlanStatus::Enabled,
        };
        let held = named().filter(|(_, (_, has))| *has);
        user.licences = Arc::new(Licences {
            assigned: Vec::new(),
            plans: held.map(entry).collect(),
        });
        let listed = named().map(|(at, (name, _))| SkuPlan {
            id: plan_id(at, name),
            name: name.clone(),
        });
        let product = Sku {
            id: SkuId::from_u128(1),
            part_number: String::new(),
            status: SkuStatus("Enabled".to_owned()),
            plans: listed.collect(),
        };
        let members = |has: bool| has.then_some(user.id).into_iter().collect::<BTreeSet<_>>();
        let groups: GroupMembers = (self.groups.iter())
            .map(|(group, has)| (*group, members(*has)))
            .collect();
        question(Subject {
            user: &user,
            kind: self.kind,
            book: &LicenceBook::new(PlanCatalogue::default(), Some(&[product])),
            groups: &groups,
        })
    }
}

/// Whether a plan or group is there, of the states that are left; `None`: it is unknown.
fn settled(states: u8) -> Option<bool> {
    match states {
        states if states & FALSE != 0 => Some(false),
        states if states & TRUE != 0 => Some(true),
        _ => None,
    }
}

fn plan_id(at: u128, name: &str) -> PlanId {
    let known = name.parse().ok().or_else(|| plan_id_by_name(name));
    known.unwrap_or(PlanId::from_u128(0xE0 << 120 | at))
}

impl fmt::Display for Example {
    /// Such as `a person with city "Bonn" and department "Sales"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Person => "a person",
            Kind::Guest => "a guest",
            Kind::Room => "a room",
            Kind::Device => "a device",
            Kind::Resource => "a resource account",
        };
        let held = |has: &bool| if *has { "" } else { "no " };
        let values = self.values.iter();
        let plans = self.plans.iter();
        let groups = self.groups.iter();
        let all: Vec<String> = values
            .map(|(attribute, text)| format!("{} {text:?}", attribute.name()))
            .chain(self.synced.then(|| "on_premises_synced true".to_owned()))
            .chain(plans.map(|(name, has)| format!("{}plan {name:?}", held(has))))
            .chain(groups.map(|(group, has)| format!("{}membership of {group}", held(has))))
            .collect();
        match &all[..] {
            [] => write!(f, "{kind} of whom the directory says nothing else"),
            [only] => write!(f, "{kind} with {only}"),
            [first @ .., last] => write!(f, "{kind} with {} and {last}", first.join(", ")),
        }
    }
}
