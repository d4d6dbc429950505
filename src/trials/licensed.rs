//! The licences of a made-up person: products, plans, and the state of each plan.

use super::document::{Document, Key, Place, Placed, Value};
use super::figure::no_such;
use super::products::{Licence, Shelf};
use crate::directory::{AssignedLicence, AssignedPlan, Licences, PlanId, PlanStatus, SkuId};
use std::collections::{BTreeMap, BTreeSet};

/// What `plans` says of one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PlanSays {
    Status(PlanStatus),
    SwitchedOff,
    NotArrived,
}

const PLAN_SAYS: [(&str, PlanSays); 7] = [
    ("Enabled", PlanSays::Status(PlanStatus::Enabled)),
    ("Warning", PlanSays::Status(PlanStatus::Warning)),
    ("Suspended", PlanSays::Status(PlanStatus::Suspended)),
    ("LockedOut", PlanSays::Status(PlanStatus::LockedOut)),
    ("Deleted", PlanSays::Status(PlanStatus::Deleted)),
    ("switched-off", PlanSays::SwitchedOff),
    ("not-arrived", PlanSays::NotArrived),
];

/// What is assigned, with the state of each plan: `Enabled` where `says` says nothing.
pub(super) fn licensed(
    document: &mut Document<'_>,
    at: &Place,
    assigned: &[Licence],
    says: &[(PlanId, PlanSays)],
    shelf: &Shelf,
) -> Licences {
    let mut products: BTreeMap<SkuId, BTreeSet<PlanId>> = BTreeMap::new();
    let mut entries: BTreeMap<PlanId, PlanStatus> = BTreeMap::new();
    for licence in assigned {
        match licence {
            Licence::Plan(plan) => drop(entries.insert(*plan, PlanStatus::Enabled)),
            Licence::Product(sku) => {
                products.insert(*sku, BTreeSet::new());
                let plans = shelf.plans_of(*sku).into_iter();
                entries.extend(plans.map(|plan| (plan, PlanStatus::Enabled)));
            }
        }
    }
    for (plan, says) in says {
        match says {
            PlanSays::Status(status) => drop(entries.insert(*plan, status.clone())),
            PlanSays::SwitchedOff | PlanSays::NotArrived => {
                entries.remove(plan);
                let off = *says == PlanSays::SwitchedOff;
                if !mark(&mut products, *plan, off, shelf) {
                    let message = "`plans` switches off, or waits for, a plan that no licence of the person brings";
                    let help = "name a product under `licences` that brings it".to_owned();
                    document.fault(at.clone(), "test-plan", message, Some(help));
                }
            }
        }
    }
    let assigned = products.into_iter().map(|(sku, disabled)| AssignedLicence {
        sku,
        disabled: disabled.into_iter().collect(),
    });
    let plans = entries
        .into_iter()
        .map(|(plan, status)| AssignedPlan { plan, status });
    Licences {
        assigned: assigned.collect(),
        plans: plans.collect(),
    }
}

/// Switches a plan off in every product that brings it, if that is meant; answers whether one does.
fn mark(
    products: &mut BTreeMap<SkuId, BTreeSet<PlanId>>,
    plan: PlanId,
    off: bool,
    shelf: &Shelf,
) -> bool {
    let brings = |sku: &SkuId| shelf.plans_of(*sku).contains(&plan);
    let mut brought = false;
    for (_, disabled) in products.iter_mut().filter(|(sku, _)| brings(sku)) {
        brought = true;
        if off {
            disabled.insert(plan);
        }
    }
    brought
}

/// Reads a `plans` table; what is wrong is reported.
pub(super) fn plans(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    shelf: &Shelf,
) -> Option<Vec<(PlanId, PlanSays)>> {
    let table = document.table(key, value)?;
    let mut plans = Vec::new();
    for (name, says) in table {
        let plan = shelf.plan(name.get_ref());
        if plan.is_none() {
            let text = Placed {
                value: name.get_ref().to_string(),
                at: name.span(),
            };
            no_such(document, &text, "plan", shelf.spellings());
        }
        let Some(text) = document.text(name, says) else {
            continue;
        };
        let known = PLAN_SAYS.iter().find(|(known, _)| *known == text.value);
        if known.is_none() {
            let names = PLAN_SAYS.iter().map(|(known, _)| *known);
            no_such(document, &text, "state of a plan", names);
        }
        plans.extend(plan.zip(known.map(|(_, says)| says.clone())));
    }
    Some(plans)
}
