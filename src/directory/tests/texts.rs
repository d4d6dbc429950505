//! Licences written as short texts, for the tests of everything that depends on them.

use crate::directory::{
    AssignedLicence, AssignedPlan, Licences, PlanId, PlanStatus, Sku, SkuId, SkuPlan, SkuStatus,
    plan_id_by_name,
};

/// Products by short name, with state and plans. `OLD` and `X5` are listed by no tenant; `X5` is a Microsoft 365 E5
/// without Teams, which is known to carry Phone System even so.
const PRODUCTS: &[(&str, u128, &str, &[&str])] = &[
    (
        "E5",
        0x06ebc4ee_1bb5_47dd_8120_11324bc54e06,
        "Enabled",
        &["MCOEV", "TEAMS1"],
    ),
    (
        "E3",
        0x05e9a617_0261_4cee_bb44_138d3ef5d965,
        "Enabled",
        &["TEAMS1"],
    ),
    (
        "TP",
        0xe43b5b99_8dfb_405f_9987_dc307f34bcbd,
        "Warning",
        &["MCOEV"],
    ),
    (
        "CP",
        0x0dab259f_bf13_4952_b7f8_7db8f131b28d,
        "Enabled",
        &["MCOPSTN1"],
    ),
    (
        "ROOM",
        0x4cde982a_ede4_4409_9ae6_b003453c8ea6,
        "Enabled",
        &["MCOEV", "TEAMS1"],
    ),
    (
        "DEVICE",
        0x295a8eb0_f78d_45c7_8b5b_1eed5ed02dff,
        "Enabled",
        &["MCOEV", "TEAMS1"],
    ),
    (
        "VU",
        0x440eaaa8_b3e0_484b_a8be_62870b9ba70a,
        "Enabled",
        &["MCOEV_VIRTUALUSER"],
    ),
    (
        "DEAD",
        0xc7df2760_2c81_4ef7_b578_5b5392b571df,
        "Suspended",
        &["MCOEV", "TEAMS1"],
    ),
    ("OLD", 0xdddd, "", &[]),
    ("X5", 0x18a4bd3f_0b5b_4887_b04f_61dd0ee15f5e, "", &[]),
];

/// The products that the tenant lists.
pub(crate) fn products() -> Vec<Sku> {
    let listed = PRODUCTS
        .iter()
        .filter(|(_, _, status, _)| !status.is_empty());
    listed
        .map(|(name, id, status, plans)| Sku {
            id: SkuId::from_u128(*id),
            part_number: (*name).to_owned(),
            status: SkuStatus((*status).to_owned()),
            plans: plans
                .iter()
                .map(|name| SkuPlan {
                    id: plan(name),
                    name: (*name).to_owned(),
                })
                .collect(),
        })
        .collect()
}

/// The service plan of that name.
pub(crate) fn plan(name: &str) -> PlanId {
    plan_id_by_name(name).expect("the plan is known by name")
}

/// Reads words such as `E5`, `E5-MCOEV` (the product with that plan switched off) and `MCOEV=Suspended` (an entry of
/// the user's plans). A product followed by `+` brings all its plans, `Enabled`.
pub(crate) fn licences(text: &str) -> Licences {
    let mut licences = Licences::default();
    for word in text.split_whitespace() {
        if let Some((name, status)) = word.split_once('=') {
            licences.plans.push(AssignedPlan {
                plan: plan(name),
                status: PlanStatus::from(status.to_owned()),
            });
            continue;
        }
        let whole = word.strip_suffix('+');
        let mut parts = whole.unwrap_or(word).split('-');
        let name = parts.next().unwrap_or_default();
        let product = PRODUCTS.iter().find(|(known, ..)| *known == name);
        let (_, id, _, plans) = product.expect("the product is in the table");
        licences.assigned.push(AssignedLicence {
            sku: SkuId::from_u128(*id),
            disabled: parts.map(plan).collect(),
        });
        if whole.is_some() {
            licences.plans.extend(plans.iter().map(|name| AssignedPlan {
                plan: plan(name),
                status: PlanStatus::Enabled,
            }));
        }
    }
    licences.assigned.sort();
    licences.plans.sort();
    licences.plans.dedup();
    licences
}
