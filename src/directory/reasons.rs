//! Why licences come to what they come to: plan by plan, and product by product where a plan is missing.

use super::catalogue::known_plan_name;
use super::{AssignedPlan, Doubt, LicenceBook, Licences, PlanId, PlanStatus, SkuId};
use std::collections::BTreeSet;
use std::fmt;

/// What a plan is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanRole {
    /// Calls to the telephone network, through whatever carrier.
    PhoneSystem,
    /// Calls through Microsoft's own carrier.
    Calling,
    /// Teams itself.
    Teams,
    /// A resource account.
    VirtualUser,
}

/// One fact that decided about the licences of a user; its text is a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicenceReason {
    /// An entry of `assignedPlans`.
    Plan {
        /// The plan's name, or its id.
        name: String,
        /// What it is needed for.
        role: PlanRole,
        /// Its `capabilityStatus`.
        status: PlanStatus,
        /// Whether it counts.
        counts: bool,
        /// Assigned products that carry it and leave it on.
        brought_by: Vec<String>,
        /// Assigned products that carry it and switch it off.
        switched_off_in: Vec<String>,
    },
    /// A product that carries Phone System although no plan of it counts.
    Product {
        /// Its part number, or its id.
        name: String,
        /// What keeps it from counting.
        hindrance: Hindrance,
    },
    /// No entry of `assignedPlans` is for this.
    Missing(PlanRole),
}

/// Why an assigned product that carries Phone System does not bring it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The plans have not arrived at the user yet.
    NotArrived,
    /// The tenant's subscription is neither `Enabled` nor `Warning`.
    Subscription,
    /// The plan is switched off in the licence.
    SwitchedOff,
}

impl LicenceBook {
    /// What decided about the licences: every entry of a plan that matters, then what is missing.
    #[must_use]
    pub fn reasons(&self, licences: &Licences) -> Vec<LicenceReason> {
        let entry = |entry: &AssignedPlan| {
            Some(self.plan_reason(licences, entry, self.role_of(entry.plan)?))
        };
        let mut reasons: Vec<LicenceReason> = licences.plans.iter().filter_map(entry).collect();
        reasons.sort_by_key(|reason| match reason {
            LicenceReason::Plan { role, counts, .. } => (*role, !counts),
            _ => (PlanRole::VirtualUser, true),
        });
        let has_phone_system = reasons.iter().any(counts_as_phone_system);
        for role in [PlanRole::PhoneSystem, PlanRole::Teams] {
            let of_role = |reason: &LicenceReason| matches!(reason, LicenceReason::Plan { role: found, .. } if *found == role);
            if !reasons.iter().any(of_role) {
                reasons.push(LicenceReason::Missing(role));
            }
        }
        if !has_phone_system {
            reasons.extend(self.products_without_effect(licences));
        }
        reasons
    }

    /// The name of a plan: as the product knows it, else as the tenant's products call it, else its id.
    #[must_use]
    pub fn plan_name(&self, plan: PlanId) -> String {
        let by_tenant = || {
            self.names
                .iter()
                .find(|(_, id)| **id == plan)
                .map(|(name, _)| name.clone())
        };
        let known = known_plan_name(plan).map(str::to_owned);
        known.or_else(by_tenant).unwrap_or_else(|| plan.to_string())
    }

    fn role_of(&self, plan: PlanId) -> Option<PlanRole> {
        let sets: [(&BTreeSet<PlanId>, PlanRole); 4] = [
            (&self.catalogue.phone_system, PlanRole::PhoneSystem),
            (&self.catalogue.calling, PlanRole::Calling),
            (&self.catalogue.teams, PlanRole::Teams),
            (&self.catalogue.virtual_user, PlanRole::VirtualUser),
        ];
        sets.into_iter()
            .find(|(set, _)| set.contains(&plan))
            .map(|(_, role)| role)
    }

    fn plan_reason(
        &self,
        licences: &Licences,
        entry: &AssignedPlan,
        role: PlanRole,
    ) -> LicenceReason {
        let carriers = || {
            licences
                .assigned
                .iter()
                .filter(|licence| self.carries(licence.sku, entry.plan))
        };
        let names = |off: bool| {
            let chosen = carriers().filter(|licence| licence.disabled.contains(&entry.plan) == off);
            chosen.map(|licence| self.name_of(licence.sku)).collect()
        };
        LicenceReason::Plan {
            name: self.plan_name(entry.plan),
            role,
            status: entry.status.clone(),
            counts: entry.status.is_usable() && !self.is_switched_off(licences, entry.plan),
            brought_by: names(false),
            switched_off_in: names(true),
        }
    }

    fn products_without_effect(&self, licences: &Licences) -> Vec<LicenceReason> {
        let bringing: BTreeSet<SkuId> = self.phone_system_skus(licences).collect();
        let carries = |sku: SkuId| {
            self.catalogue
                .phone_system
                .iter()
                .any(|plan| self.carries(sku, *plan))
        };
        let products = licences
            .assigned
            .iter()
            .map(|licence| licence.sku)
            .filter(|sku| carries(*sku));
        let reason = |sku: SkuId| LicenceReason::Product {
            name: self.name_of(sku),
            hindrance: match (bringing.contains(&sku), self.is_usable_sku(sku)) {
                (false, _) => Hindrance::SwitchedOff,
                (true, false) => Hindrance::Subscription,
                (true, true) => Hindrance::NotArrived,
            },
        };
        // A plan on its way out has arrived.
        let lapsing = self.read_licences(licences, false).doubt == Some(Doubt::Lapsing);
        let hinders = |reason: &LicenceReason| {
            let waits = matches!(
                reason,
                LicenceReason::Product {
                    hindrance: Hindrance::NotArrived,
                    ..
                }
            );
            !(lapsing && waits)
        };
        products.map(reason).filter(hinders).collect()
    }
}

fn counts_as_phone_system(reason: &LicenceReason) -> bool {
    matches!(
        reason,
        LicenceReason::Plan {
            role: PlanRole::PhoneSystem,
            counts: true,
            ..
        }
    )
}

impl fmt::Display for PlanRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::PhoneSystem => "Phone System",
            Self::Calling => "calling plan",
            Self::Teams => "Teams",
            Self::VirtualUser => "resource account",
        })
    }
}

impl fmt::Display for LicenceReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan {
                name,
                role,
                status,
                counts,
                brought_by,
                switched_off_in,
            } => {
                write!(f, "{name} ({role}) is {status}")?;
                if !brought_by.is_empty() {
                    write!(f, ", brought by {}", brought_by.join(", "))?;
                }
                if !switched_off_in.is_empty() {
                    write!(f, ", switched off in {}", switched_off_in.join(", "))?;
                }
                if brought_by.is_empty() && switched_off_in.is_empty() {
                    f.write_str(", from no assigned product that is known to carry it")?;
                }
                f.write_str(if *counts {
                    ": it counts"
                } else {
                    ": it does not count"
                })
            }
            Self::Product { name, hindrance } => match hindrance {
                Hindrance::NotArrived => {
                    write!(
                        f,
                        "{name} is assigned and carries Phone System, which has not arrived at the user yet"
                    )
                }
                Hindrance::Subscription => {
                    write!(
                        f,
                        "{name} carries Phone System, but the subscription of the tenant is not in force"
                    )
                }
                Hindrance::SwitchedOff => write!(
                    f,
                    "{name} carries Phone System, which is switched off in the licence"
                ),
            },
            Self::Missing(role) => write!(f, "no entry of the user's plans is for {role}"),
        }
    }
}
