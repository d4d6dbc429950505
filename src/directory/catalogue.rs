//! Known service plans and products (docs/graph.md 3.1, 3.2), and the sets that configuration may extend.

use super::{PlanId, SkuId};
use std::collections::BTreeSet;

/// Names and ids of the service plans the product knows by itself.
const PLANS: &[(&str, PlanId)] = &[
    ("MCOEV", PHONE_SYSTEM[0]),
    ("MCOEV_GOV", PHONE_SYSTEM[1]),
    ("MCOEVSMB", PHONE_SYSTEM[2]),
    ("MCOEV_VIRTUALUSER", VIRTUAL_USER[0]),
    ("MCOEV_VIRTUALUSER_GOV", VIRTUAL_USER[1]),
    (
        "MCOFMC1",
        PlanId::from_u128(0xcb22fbd7_ed7d_4786_a27a_e4cd617b69c0),
    ),
    ("MCOPSTN1", CALLING[0]),
    ("MCOPSTN1_GOV", CALLING[1]),
    ("MCOPSTN2", CALLING[2]),
    ("MCOPSTN3", CALLING[3]),
    ("MCOPSTN5", CALLING[4]),
    ("PSTN5_US", CALLING[5]),
    ("Skype for Business PSTN Calling Domestic Small", CALLING[6]),
    ("MCOPSTN6", CALLING[7]),
    ("MCOPSTN8", CALLING[8]),
    ("MCOPSTN_PAYG_1", CALLING[9]),
    ("MCOPSTNEAU", CALLING[10]),
    (
        "MCOPSTNC",
        PlanId::from_u128(0x505e180f_f7e0_4b65_91d4_00d670bbd18c),
    ),
    (
        "MCOMEETADV",
        PlanId::from_u128(0x3e26ee1f_8a5f_4d52_aee2_b81ce45c8f40),
    ),
    (
        "MCOMEETADV_GOV",
        PlanId::from_u128(0xf544b08d_1645_4287_82de_8d91f37c02a1),
    ),
    ("TEAMS1", TEAMS[0]),
    ("TEAMS_GOV", TEAMS[1]),
    ("TEAMS_AR_GCCHIGH", TEAMS[2]),
    ("TEAMS_AR_DOD", TEAMS[3]),
    (
        "MCOSTANDARD",
        PlanId::from_u128(0x0feaeb32_d00e_4d66_bd5a_43b5b83db82c),
    ),
];

const PHONE_SYSTEM: [PlanId; 3] = [
    PlanId::from_u128(0x4828c8ec_dc2e_4779_b502_87ac9ce28ab7),
    PlanId::from_u128(0xdb23fce2_a974_42ef_9002_d78dd42a0f22),
    PlanId::from_u128(0xed777b71_af04_42ca_9798_84344c66f7c6),
];

const VIRTUAL_USER: [PlanId; 2] = [
    PlanId::from_u128(0xf47330e9_c134_43b3_9993_e7f004506889),
    PlanId::from_u128(0x0628a73f_3b4a_4989_bd7b_0f8823144313),
];

/// Calling plans; Communications Credits (MCOPSTNC) are none.
const CALLING: [PlanId; 11] = [
    PlanId::from_u128(0x4ed3ff63_69d7_4fb7_b984_5aec7f605ca8),
    PlanId::from_u128(0x3c8a8792_7866_409b_bb61_1b20ace0368b),
    PlanId::from_u128(0x5a10155d_f5c1_411a_a8ec_e99aae125390),
    PlanId::from_u128(0x6b340437_d6f9_4dc5_8cc2_99163f7f83d6),
    PlanId::from_u128(0x54a152dc_90de_4996_93d2_bc47e670fc06),
    PlanId::from_u128(0x1346d5e6_15a6_4b88_9693_806ff7296a7a),
    PlanId::from_u128(0x9a0125a5_c8f8_4526_b231_49e2abe0ebce),
    PlanId::from_u128(0x346d83bf_6fe6_42ca_b424_b9300d2e21bf),
    PlanId::from_u128(0x16935b20_87c0_4908_934a_22aa267d0d26),
    PlanId::from_u128(0x156a1efe_17cd_4b03_9f17_2eb512298fb3),
    PlanId::from_u128(0x7861360b_dc3b_4eba_a3fc_0d323a035746),
];

const TEAMS: [PlanId; 4] = [
    PlanId::from_u128(0x57ff2da0_773e_42df_b2af_ffb7a2317929),
    PlanId::from_u128(0x304767db_7d23_49e8_a945_4a7eb65f9f28),
    PlanId::from_u128(0x9953b155_8aef_4c56_92f3_72b0487fce41),
    PlanId::from_u128(0xfd500458_c24c_478e_856c_a6067a8376cd),
];

/// Teams Rooms Pro and Teams Rooms Standard.
const ROOM_SKUS: [SkuId; 2] = [
    SkuId::from_u128(0x4cde982a_ede4_4409_9ae6_b003453c8ea6),
    SkuId::from_u128(0x6070a4c8_34c6_4937_8dfb_39bbc6397a60),
];

/// Teams Shared Devices (MCOCAP and MCOCAP_GOV).
const DEVICE_SKUS: [SkuId; 2] = [
    SkuId::from_u128(0x295a8eb0_f78d_45c7_8b5b_1eed5ed02dff),
    SkuId::from_u128(0xb1511558_69bd_4e1b_8270_59ca96dba0f3),
];

/// Products known to carry Phone System even when the tenant no longer lists them (docs/graph.md 3.2).
const PHONE_SYSTEM_SKUS: &[SkuId] = &[
    SkuId::from_u128(0x06ebc4ee_1bb5_47dd_8120_11324bc54e06),
    SkuId::from_u128(0xcd2925a3_5076_4233_8931_638a8c94f773),
    SkuId::from_u128(0xa91fc4e0_65e5_4266_aa76_4037509c1626),
    SkuId::from_u128(0x18a4bd3f_0b5b_4887_b04f_61dd0ee15f5e),
    SkuId::from_u128(0x3271cf8e_2be5_4a09_a549_70fd05baaa17),
    SkuId::from_u128(0xcf50bae9_29e8_4775_b07c_56ee10e3776d),
    SkuId::from_u128(0x9a18296a_025f_4e37_9ffa_30bf8d1ce775),
    SkuId::from_u128(0xc7df2760_2c81_4ef7_b578_5b5392b571df),
    SkuId::from_u128(0x26d45bd9_adf1_46cd_a9e1_51e9a5524128),
    SkuId::from_u128(0xe97c048c_37a4_45fb_ab50_922fbf07a370),
    SkuId::from_u128(0x46c119d4_0379_4a9d_85e4_97c66d3f909e),
    SkuId::from_u128(0xe2be619b_b125_455f_8660_fb503e431a5d),
    SkuId::from_u128(0x8900a2c0_edba_4079_bdf3_b276e293b6a8),
    SkuId::from_u128(0xe43b5b99_8dfb_405f_9987_dc307f34bcbd),
    SkuId::from_u128(0xd979703c_028d_4de5_acbf_7955566b69b9),
    SkuId::from_u128(0x1f338bbc_767e_4a1e_a2d4_b73207cc5b93),
    SkuId::from_u128(0xffaf2d68_1c95_4eb3_9ddd_59b81fba0f61),
    SkuId::from_u128(0xa460366a_ade7_4791_b581_9fbff1bdaa85),
    SkuId::from_u128(0x7035277a_5e49_4abc_a24f_0ec49c501bb5),
    SkuId::from_u128(0xd01d9287_694b_44f3_bcc5_ada78c8d953e),
    SkuId::from_u128(0xaa6791d3_bb09_4bc2_afed_c30c3fe26032),
    SkuId::from_u128(0xae2343d1_0999_43f6_ae18_d816516f6e78),
];

/// Which plans mean what: the known sets, and what configuration adds (`[eligibility] extra_…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanCatalogue {
    /// Plans that make a user a Phone System user.
    pub phone_system: BTreeSet<PlanId>,
    /// Plans that, with Phone System, make a user a calling-plan user.
    pub calling: BTreeSet<PlanId>,
    /// Plans that bring Teams itself.
    pub teams: BTreeSet<PlanId>,
    /// Plans of resource accounts (auto attendants, call queues).
    pub virtual_user: BTreeSet<PlanId>,
}

impl PlanCatalogue {
    /// The known plans and the given additions.
    #[must_use]
    pub fn with_extras(phone_system: &[PlanId], calling: &[PlanId], teams: &[PlanId]) -> Self {
        let set = |known: &[PlanId], extra: &[PlanId]| known.iter().chain(extra).copied().collect();
        Self {
            phone_system: set(&PHONE_SYSTEM, phone_system),
            calling: set(&CALLING, calling),
            teams: set(&TEAMS, teams),
            virtual_user: set(&VIRTUAL_USER, &[]),
        }
    }
}

impl Default for PlanCatalogue {
    fn default() -> Self {
        Self::with_extras(&[], &[], &[])
    }
}

/// The id of a plan the product knows by name, letter case aside; the tenant's own names come from its SKUs.
#[must_use]
pub fn plan_id_by_name(name: &str) -> Option<PlanId> {
    PLANS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))
        .map(|(_, id)| *id)
}

/// The names of all plans the product knows.
pub fn plan_names() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|(name, _)| *name)
}

/// The name of a plan the product knows.
pub(super) fn known_plan_name(plan: PlanId) -> Option<&'static str> {
    PLANS
        .iter()
        .find(|(_, id)| *id == plan)
        .map(|(name, _)| *name)
}

pub(super) fn is_room(sku: SkuId) -> bool {
    ROOM_SKUS.contains(&sku)
}

pub(super) fn is_device(sku: SkuId) -> bool {
    DEVICE_SKUS.contains(&sku)
}

pub(super) fn is_known_to_carry_phone_system(sku: SkuId) -> bool {
    PHONE_SYSTEM_SKUS.contains(&sku) || is_room(sku) || is_device(sku)
}
