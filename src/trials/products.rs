//! Products by the names people know them by, and what they bring.

use crate::directory::{
    LicenceBook, PlanCatalogue, PlanId, Sku, SkuId, SkuPlan, SkuStatus, plan_id_by_name,
};
use sha2::{Digest, Sha256};

/// Products a test may name without declaring them: part number, name, id, and of their plans those that matter for
/// telephony (docs/graph.md 3.1, 3.2).
pub const PRODUCTS: &[(&str, &str, SkuId, &[&str])] = &[
    (
        "SPE_E5",
        "Microsoft 365 E5",
        sku(0x06ebc4ee_1bb5_47dd_8120_11324bc54e06),
        &["MCOEV", "TEAMS1", "MCOSTANDARD", "MCOMEETADV"],
    ),
    (
        "SPE_E5_CALLINGMINUTES",
        "Microsoft 365 E5 with Calling Minutes",
        sku(0xa91fc4e0_65e5_4266_aa76_4037509c1626),
        &["MCOEV", "TEAMS1", "MCOSTANDARD", "MCOMEETADV", "MCOPSTN8"],
    ),
    (
        "Microsoft_365_E5_(no_Teams)",
        "Microsoft 365 E5 (no Teams)",
        sku(0x18a4bd3f_0b5b_4887_b04f_61dd0ee15f5e),
        &["MCOEV"],
    ),
    (
        "SPE_E3",
        "Microsoft 365 E3",
        sku(0x05e9a617_0261_4cee_bb44_138d3ef5d965),
        &["TEAMS1", "MCOSTANDARD"],
    ),
    (
        "SPE_F1",
        "Microsoft 365 F3",
        sku(0x66b55226_6b4f_492c_910c_a3b7a3c9d993),
        &["TEAMS1"],
    ),
    (
        "M365_F1",
        "Microsoft 365 F1",
        sku(0x44575883_256e_4a79_9da4_ebe9acabe2b2),
        &["TEAMS1"],
    ),
    (
        "ENTERPRISEPREMIUM",
        "Office 365 E5",
        sku(0xc7df2760_2c81_4ef7_b578_5b5392b571df),
        &["MCOEV", "TEAMS1", "MCOSTANDARD", "MCOMEETADV"],
    ),
    (
        "ENTERPRISEPACK",
        "Office 365 E3",
        sku(0x6fd2c87f_b296_42f0_b197_1e91e994b900),
        &["TEAMS1", "MCOSTANDARD"],
    ),
    (
        "STANDARDPACK",
        "Office 365 E1",
        sku(0x18181a46_0d4e_45cd_891e_60aabd171b4e),
        &["TEAMS1", "MCOSTANDARD"],
    ),
    (
        "DESKLESSPACK",
        "Office 365 F3",
        sku(0x4b585984_651b_448a_9e53_3b10f069cf7f),
        &["TEAMS1"],
    ),
    (
        "O365_BUSINESS_ESSENTIALS",
        "Microsoft 365 Business Basic",
        sku(0x3b555118_da6a_4418_894f_7df1e2096870),
        &["TEAMS1"],
    ),
    (
        "O365_BUSINESS_PREMIUM",
        "Microsoft 365 Business Standard",
        sku(0xf245ecc8_75af_4f8e_b61f_27d8114de5f3),
        &["TEAMS1"],
    ),
    (
        "SPB",
        "Microsoft 365 Business Premium",
        sku(0xcbdc14ab_d96c_4c30_b9f4_6ada7cdc1d46),
        &["TEAMS1"],
    ),
    (
        "Microsoft_Teams_Enterprise_New",
        "Microsoft Teams Enterprise",
        sku(0x7e31c0d9_9551_471d_836f_32ee72be4a01),
        &["TEAMS1"],
    ),
    (
        "MCOEV",
        "Microsoft Teams Phone Standard",
        sku(0xe43b5b99_8dfb_405f_9987_dc307f34bcbd),
        &["MCOEV"],
    ),
    (
        "MCOTEAMS_ESSENTIALS",
        "Microsoft Teams Phone with Calling Plan",
        sku(0xae2343d1_0999_43f6_ae18_d816516f6e78),
        &["MCOEV", "MCOPSTN1"],
    ),
    (
        "MCOPSTN1",
        "Microsoft Teams Domestic Calling Plan",
        sku(0x0dab259f_bf13_4952_b7f8_7db8f131b28d),
        &["MCOPSTN1"],
    ),
    (
        "MCOPSTN2",
        "Microsoft Teams Domestic and International Calling Plan",
        sku(0xd3b4fe1f_9992_4930_8acb_ca6ec609365e),
        &["MCOPSTN2"],
    ),
    (
        "MCOPSTN_5",
        "Microsoft Teams Domestic Calling Plan (120 min)",
        sku(0x11dee6af_eca8_419f_8061_6864517c1875),
        &["MCOPSTN5"],
    ),
    (
        "MCOPSTN_6",
        "Microsoft Teams Domestic Calling Plan (240 min)",
        sku(0x729dbb8f_8d56_4994_8e33_2f218f549544),
        &["MCOPSTN6"],
    ),
    (
        ROOM,
        "Microsoft Teams Rooms Pro",
        sku(0x4cde982a_ede4_4409_9ae6_b003453c8ea6),
        &["MCOEV", "TEAMS1"],
    ),
    (
        "MEETING_ROOM",
        "Microsoft Teams Rooms Standard",
        sku(0x6070a4c8_34c6_4937_8dfb_39bbc6397a60),
        &["MCOEV", "TEAMS1"],
    ),
    (
        DEVICE,
        "Microsoft Teams Shared Devices",
        sku(0x295a8eb0_f78d_45c7_8b5b_1eed5ed02dff),
        &["MCOEV", "TEAMS1"],
    ),
    (
        RESOURCE,
        "Microsoft Teams Phone Resource Account",
        sku(0x440eaaa8_b3e0_484b_a8be_62870b9ba70a),
        &["MCOEV_VIRTUALUSER"],
    ),
];

/// The product that makes somebody a room, a device, a resource account.
pub(super) const ROOM: &str = "Microsoft_Teams_Rooms_Pro";
pub(super) const DEVICE: &str = "MCOCAP";
pub(super) const RESOURCE: &str = "PHONESYSTEM_VIRTUALUSER";

const fn sku(id: u128) -> SkuId {
    SkuId::from_u128(id)
}

/// Something that is assigned to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Licence {
    /// A product, with all its plans.
    Product(SkuId),
    /// A plan, of which nobody knows where it comes from.
    Plan(PlanId),
}

/// The products a test file may assign: the known ones, and those it declares.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    skus: Vec<Sku>,
    /// Names by which each is known besides its part number.
    names: Vec<(String, SkuId)>,
}

impl Shelf {
    /// The products everybody knows.
    pub(super) fn new() -> Self {
        let mut shelf = Self {
            skus: Vec::new(),
            names: Vec::new(),
        };
        for (part_number, name, id, plans) in PRODUCTS {
            let plans = plans
                .iter()
                .filter_map(|plan| Some((*plan, plan_id_by_name(plan)?)));
            shelf.add(part_number, *id, plans);
            shelf.names.push(((*name).to_owned(), *id));
        }
        shelf
    }

    /// Adds a product of the tenant's own. A plan the program does not know by name gets an id of its own.
    pub(super) fn declare(&mut self, name: &str, plans: &[String]) {
        let id = SkuId::from_u128(id_from("product", name));
        let plans: Vec<(&str, PlanId)> = plans
            .iter()
            .map(|plan| {
                let known = plan.parse().ok().or_else(|| plan_id_by_name(plan));
                let id = known.unwrap_or_else(|| PlanId::from_u128(id_from("plan", plan)));
                (plan.as_str(), id)
            })
            .collect();
        self.skus.retain(|known| !same(&known.part_number, name));
        self.add(name, id, plans.into_iter());
    }

    fn add<'p>(
        &mut self,
        part_number: &str,
        id: SkuId,
        plans: impl Iterator<Item = (&'p str, PlanId)>,
    ) {
        self.skus.push(Sku {
            id,
            part_number: part_number.to_owned(),
            status: SkuStatus("Enabled".to_owned()),
            plans: plans
                .map(|(name, id)| SkuPlan {
                    id,
                    name: name.to_owned(),
                })
                .collect(),
        });
    }

    /// A product by part number or name, else a plan by name or id. Letter case does not matter.
    pub(super) fn licence(&self, text: &str) -> Option<Licence> {
        let by_number = self.skus.iter().find(|sku| same(&sku.part_number, text));
        let by_name = || self.names.iter().find(|(name, _)| same(name, text));
        by_number
            .map(|sku| sku.id)
            .or_else(|| by_name().map(|(_, id)| *id))
            .map(Licence::Product)
            .or_else(|| self.plan(text).map(Licence::Plan))
    }

    /// A plan by name or id.
    pub(super) fn plan(&self, text: &str) -> Option<PlanId> {
        let declared = || {
            let mut plans = self.skus.iter().flat_map(|sku| &sku.plans);
            plans
                .find(|plan| same(&plan.name, text))
                .map(|plan| plan.id)
        };
        text.parse()
            .ok()
            .or_else(|| plan_id_by_name(text))
            .or_else(declared)
    }

    /// The plans of a product.
    pub(super) fn plans_of(&self, id: SkuId) -> Vec<PlanId> {
        let sku = self.skus.iter().find(|sku| sku.id == id);
        sku.map_or_else(Vec::new, |sku| {
            sku.plans.iter().map(|plan| plan.id).collect()
        })
    }

    /// Every name that can be written, for offering the nearest.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(|(name, _)| name.as_str());
        let plans = self.skus.iter().flat_map(|sku| &sku.plans);
        self.skus
            .iter()
            .map(|sku| sku.part_number.as_str())
            .chain(names)
            .chain(plans.map(|plan| plan.name.as_str()))
    }

    /// All of them as the products of a tenant.
    pub(super) fn book(&self) -> LicenceBook {
        LicenceBook::new(PlanCatalogue::default(), Some(&self.skus))
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// An id that is the same wherever the same name is written.
pub(super) fn id_from(what: &str, name: &str) -> u128 {
    let hash = Sha256::new()
        .chain_update(what.as_bytes())
        .chain_update([0])
        .chain_update(name.trim().to_lowercase().as_bytes())
        .finalize();
    hash[..16]
        .iter()
        .fold(0, |id, byte| id << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Kind, User, UserId, VoiceLicence};
    use std::collections::BTreeSet;

    #[test]
    fn every_product_is_found_by_both_its_names_and_all_its_plans_are_known() {
        let shelf = Shelf::new();
        let mut seen = BTreeSet::new();
        for (part_number, name, id, plans) in PRODUCTS {
            assert_eq!(shelf.licence(part_number), Some(Licence::Product(*id)));
            assert_eq!(
                shelf.licence(&name.to_uppercase()),
                Some(Licence::Product(*id))
            );
            assert_eq!(shelf.plans_of(*id).len(), plans.len(), "{part_number}");
            assert!(seen.insert(*id), "{part_number}");
        }
        assert!(matches!(shelf.licence("mcopstn3"), Some(Licence::Plan(_))));
        assert_eq!(shelf.licence("Teams Phone Standart"), None);
    }

    #[test]
    fn declared_products_bring_plans_nobody_knows() {
        let mut shelf = Shelf::new();
        shelf.declare(
            "CONTOSO_VOICE",
            &["MCOEV".to_owned(), "OWN_PLAN".to_owned()],
        );
        let Some(Licence::Product(id)) = shelf.licence("contoso_voice") else {
            panic!("it is a product");
        };
        assert_eq!(
            shelf.plans_of(id),
            [shelf.plan("MCOEV"), shelf.plan("own_plan")].map(|p| p.expect("known"))
        );
        assert_eq!(shelf.book().plan_named("OWN_PLAN"), shelf.plan("OWN_PLAN"));
        let user = User::new(UserId::from_u128(1));
        let nothing = shelf.book().read(&user);
        assert_eq!(
            (nothing.voice, nothing.kind),
            (VoiceLicence::None, Kind::Person)
        );
    }
}
