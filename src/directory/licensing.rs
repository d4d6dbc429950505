//! What licences make of a user: voice licence, kind, doubt. A pure function of the licences and the tenant's SKUs.

use super::catalogue::{is_device, is_known_to_carry_phone_system, is_room};
use super::{Licences, PlanCatalogue, PlanId, PlanStatus, Sku, SkuId, User};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex};

/// What the licences allow a user to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoiceLicence {
    /// No number.
    None,
    /// A direct-routing or operator-connect number.
    PhoneSystem,
    /// A calling-plan number.
    CallingPlan,
}

impl fmt::Display for VoiceLicence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::PhoneSystem => "phone-system",
            Self::CallingPlan => "calling-plan",
        })
    }
}

/// What a directory object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A human being of the organisation.
    Person,
    /// `userType` is `Guest`.
    Guest,
    /// A meeting room, by its SKU.
    Room,
    /// A shared device, by its SKU.
    Device,
    /// A resource account (auto attendant, call queue).
    Resource,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Person,
        Self::Guest,
        Self::Room,
        Self::Device,
        Self::Resource,
    ];

    /// The name in rules and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Guest => "guest",
            Self::Room => "room",
            Self::Device => "device",
            Self::Resource => "resource",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why it is not certain that a user without a usable Phone System plan has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The plan is suspended or locked out: on its way out, perhaps.
    Lapsing,
    /// A licence that carries it is assigned, and the plan has not arrived yet.
    Pending,
}

/// The outcome for one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licensing {
    /// Voice licence by usable plans alone.
    pub voice: VoiceLicence,
    /// What the object is.
    pub kind: Kind,
    /// Whether a Teams plan is usable.
    pub teams: bool,
    /// Set only when `voice` is none for want of a usable Phone System plan.
    pub doubt: Option<Doubt>,
    /// A calling plan is usable but no Phone System plan is.
    pub calling_plan_alone: bool,
    /// A status text of a voice plan that this version does not know.
    pub unknown_status: Option<String>,
}

/// The tenant's products, arranged for looking up which licence carries which plan.
#[derive(Clone, Debug)]
pub struct LicenceBook {
    pub(super) catalogue: PlanCatalogue,
    carries: BTreeMap<SkuId, BTreeSet<PlanId>>,
    usable_skus: BTreeSet<SkuId>,
    part_numbers: BTreeMap<SkuId, String>,
    pub(super) names: BTreeMap<String, PlanId>,
    known: bool,
    readings: Readings,
}

/// So many sets of licences are remembered; a tenant has hundreds.
const REMEMBERED: usize = 2_048;

/// What sets that many users share came to, by their address, for speed only: no answer depends on it. Holds on to the
/// sets, so that no other one comes to lie where one was.
#[derive(Debug, Default)]
struct Readings(Mutex<HashMap<(usize, bool), Reading, foldhash::fast::FixedState>>);

type Reading = (Arc<Licences>, Licensing);

impl Clone for Readings {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl LicenceBook {
    /// Arranges the tenant's products; `None` when they could not be read, which leaves every plan entry counting.
    #[must_use]
    pub fn new(catalogue: PlanCatalogue, skus: Option<&[Sku]>) -> Self {
        let listed = skus.unwrap_or_default();
        let names = listed.iter().flat_map(|sku| &sku.plans);
        Self {
            catalogue,
            carries: listed
                .iter()
                .map(|sku| (sku.id, sku.plans.iter().map(|plan| plan.id).collect()))
                .collect(),
            usable_skus: listed
                .iter()
                .filter(|sku| sku.status.is_usable())
                .map(|sku| sku.id)
                .collect(),
            part_numbers: listed
                .iter()
                .map(|sku| (sku.id, sku.part_number.clone()))
                .collect(),
            names: names
                .map(|plan| (plan.name.trim().to_ascii_uppercase(), plan.id))
                .collect(),
            known: skus.is_some(),
            readings: Readings::default(),
        }
    }

    /// What the user's licences make of him or her.
    #[must_use]
    pub fn read(&self, user: &User) -> Licensing {
        let address = Arc::as_ptr(&user.licences) as usize;
        // Who comes while another thread looks something up reads for himself.
        let Ok(mut readings) = self.readings.0.try_lock() else {
            return self.read_licences(&user.licences, user.guest);
        };
        if let Some((_, licensing)) = readings.get(&(address, user.guest)) {
            return licensing.clone();
        }
        let licensing = self.read_licences(&user.licences, user.guest);
        if readings.len() < REMEMBERED {
            let reading = (Arc::clone(&user.licences), licensing.clone());
            readings.insert((address, user.guest), reading);
        }
        licensing
    }

    /// As [`LicenceBook::read`], for a set of licences that many users may share.
    #[must_use]
    pub fn read_licences(&self, licences: &Licences, guest: bool) -> Licensing {
        let usable_of = |set: &BTreeSet<PlanId>| self.usable_in(licences, set);
        let phone_system = usable_of(&self.catalogue.phone_system);
        let calling = usable_of(&self.catalogue.calling);
        let voice = match (phone_system, calling) {
            (true, true) => VoiceLicence::CallingPlan,
            (true, false) => VoiceLicence::PhoneSystem,
            (false, _) => VoiceLicence::None,
        };
        Licensing {
            voice,
            kind: self.kind(licences, guest),
            teams: usable_of(&self.catalogue.teams),
            doubt: if phone_system {
                None
            } else {
                self.doubt(licences)
            },
            calling_plan_alone: calling && !phone_system,
            unknown_status: self.unknown_status(licences),
        }
    }

    /// Whether the user has this plan usable: `Enabled` or `Warning`, and not switched off.
    #[must_use]
    pub fn has_usable(&self, licences: &Licences, plan: PlanId) -> bool {
        licences
            .plans
            .iter()
            .any(|entry| entry.plan == plan && entry.status.is_usable())
            && !self.is_switched_off(licences, plan)
    }

    /// The plan a rule names: a GUID, a name the product knows, or a name the tenant's products use.
    #[must_use]
    pub fn plan_named(&self, name: &str) -> Option<PlanId> {
        let by_tenant = || self.names.get(&name.trim().to_ascii_uppercase()).copied();
        name.parse()
            .ok()
            .or_else(|| super::plan_id_by_name(name))
            .or_else(by_tenant)
    }

    /// Whether the tenant's products could be read.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.known
    }

    /// Assigned products that carry Phone System and do not switch it off, whatever their state: what a holder's
    /// licence rests on.
    pub fn phone_system_skus<'a>(
        &'a self,
        licences: &'a Licences,
    ) -> impl Iterator<Item = SkuId> + 'a {
        let brings = |licence: &&super::AssignedLicence| {
            self.phone_system_plans_of(licence.sku)
                .any(|plan| !licence.disabled.contains(&plan))
        };
        licences
            .assigned
            .iter()
            .filter(move |licence| brings(licence))
            .map(|licence| licence.sku)
    }

    /// The product's part number as the tenant lists it, else its id.
    #[must_use]
    pub fn name_of(&self, sku: SkuId) -> String {
        self.part_numbers
            .get(&sku)
            .cloned()
            .unwrap_or_else(|| sku.to_string())
    }

    /// Whether the product is listed by the tenant as `Enabled` or `Warning`.
    #[must_use]
    pub fn is_usable_sku(&self, sku: SkuId) -> bool {
        self.usable_skus.contains(&sku)
    }

    fn usable_in(&self, licences: &Licences, set: &BTreeSet<PlanId>) -> bool {
        licences.plans.iter().any(|entry| {
            set.contains(&entry.plan)
                && entry.status.is_usable()
                && !self.is_switched_off(licences, entry.plan)
        })
    }

    /// Every assigned licence known to carry the plan lists it as disabled; without such a licence the entry counts.
    pub(super) fn is_switched_off(&self, licences: &Licences, plan: PlanId) -> bool {
        let mut carriers = licences
            .assigned
            .iter()
            .filter(|licence| self.carries(licence.sku, plan))
            .peekable();
        carriers.peek().is_some() && carriers.all(|licence| licence.disabled.contains(&plan))
    }

    pub(super) fn carries(&self, sku: SkuId, plan: PlanId) -> bool {
        self.carries
            .get(&sku)
            .is_some_and(|plans| plans.contains(&plan))
    }

    fn phone_system_plans_of(&self, sku: SkuId) -> impl Iterator<Item = PlanId> + '_ {
        self.catalogue
            .phone_system
            .iter()
            .copied()
            .filter(move |plan| self.carries(sku, *plan))
    }

    fn doubt(&self, licences: &Licences) -> Option<Doubt> {
        let lapsing = licences.plans.iter().any(|entry| {
            self.catalogue.phone_system.contains(&entry.plan)
                && matches!(entry.status, PlanStatus::Suspended | PlanStatus::LockedOut)
                && !self.is_switched_off(licences, entry.plan)
        });
        let pending = || {
            self.phone_system_skus(licences)
                .any(|sku| self.usable_skus.contains(&sku))
        };
        if lapsing {
            Some(Doubt::Lapsing)
        } else if pending() {
            Some(Doubt::Pending)
        } else {
            None
        }
    }

    fn kind(&self, licences: &Licences, guest: bool) -> Kind {
        if guest {
            return Kind::Guest;
        }
        if self.usable_in(licences, &self.catalogue.virtual_user) {
            return Kind::Resource;
        }
        let has =
            |test: fn(SkuId) -> bool| licences.assigned.iter().any(|licence| test(licence.sku));
        let special = if has(is_room) {
            Kind::Room
        } else if has(is_device) {
            Kind::Device
        } else {
            Kind::Person
        };
        if special != Kind::Person && self.another_brings_phone_system(licences) {
            Kind::Person
        } else {
            special
        }
    }

    fn another_brings_phone_system(&self, licences: &Licences) -> bool {
        licences
            .assigned
            .iter()
            .filter(|licence| !is_room(licence.sku) && !is_device(licence.sku))
            .any(|licence| {
                if self.carries.contains_key(&licence.sku) {
                    self.phone_system_plans_of(licence.sku)
                        .any(|plan| !licence.disabled.contains(&plan))
                } else {
                    is_known_to_carry_phone_system(licence.sku)
                        && !self
                            .catalogue
                            .phone_system
                            .iter()
                            .any(|plan| licence.disabled.contains(plan))
                }
            })
    }

    fn unknown_status(&self, licences: &Licences) -> Option<String> {
        let relevant = |plan| {
            self.catalogue.phone_system.contains(plan) || self.catalogue.calling.contains(plan)
        };
        licences
            .plans
            .iter()
            .filter(|entry| relevant(&entry.plan))
            .find_map(|entry| match &entry.status {
                PlanStatus::Unknown(text) => Some(text.clone()),
                _ => None,
            })
    }
}
