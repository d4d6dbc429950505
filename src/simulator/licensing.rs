//! What Teams makes of a user's licences, by docs/graph.md 3.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::sku::Sku;
use super::user_store::{Place, UserStore};
use super::world::World;

/// MCOEV, MCOEV_GOV, MCOEVSMB.
const PHONE_SYSTEM: [Uuid; 3] = [
    uuid!("4828c8ec-dc2e-4779-b502-87ac9ce28ab7"),
    uuid!("db23fce2-a974-42ef-9002-d78dd42a0f22"),
    uuid!("ed777b71-af04-42ca-9798-84344c66f7c6"),
];
/// MCOEV_VIRTUALUSER and its government twin.
const VIRTUAL_USER: [Uuid; 2] = [
    uuid!("f47330e9-c134-43b3-9993-e7f004506889"),
    uuid!("0628a73f-3b4a-4989-bd7b-0f8823144313"),
];
/// Every plan of docs/graph.md 3.1 that lets a user call the public network.
const CALLING_PLAN: [Uuid; 11] = [
    uuid!("4ed3ff63-69d7-4fb7-b984-5aec7f605ca8"),
    uuid!("3c8a8792-7866-409b-bb61-1b20ace0368b"),
    uuid!("5a10155d-f5c1-411a-a8ec-e99aae125390"),
    uuid!("6b340437-d6f9-4dc5-8cc2-99163f7f83d6"),
    uuid!("54a152dc-90de-4996-93d2-bc47e670fc06"),
    uuid!("1346d5e6-15a6-4b88-9693-806ff7296a7a"),
    uuid!("9a0125a5-c8f8-4526-b231-49e2abe0ebce"),
    uuid!("346d83bf-6fe6-42ca-b424-b9300d2e21bf"),
    uuid!("16935b20-87c0-4908-934a-22aa267d0d26"),
    uuid!("156a1efe-17cd-4b03-9f17-2eb512298fb3"),
    uuid!("7861360b-dc3b-4eba-a3fc-0d323a035746"),
];
const AUDIO_CONFERENCING: [Uuid; 2] = [
    uuid!("3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40"),
    uuid!("f544b08d-1645-4287-82de-8d91f37c02a1"),
];
const TEAMS: [Uuid; 4] = [
    uuid!("57ff2da0-773e-42df-b2af-ffb7a2317929"),
    uuid!("304767db-7d23-49e8-a945-4a7eb65f9f28"),
    uuid!("9953b155-8aef-4c56-92f3-72b0487fce41"),
    uuid!("fd500458-c24c-478e-856c-a6067a8376cd"),
];

/// What the usable plans of a user allow.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Capabilities {
    pub(super) teams: bool,
    pub(super) phone_system: bool,
    pub(super) calling_plan: bool,
    pub(super) audio_conferencing: bool,
    /// A resource account.
    pub(super) virtual_user: bool,
}

/// An entry of `assignedLicenses`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssignedLicence {
    pub(super) sku_id: Uuid,
    #[serde(default)]
    pub(super) disabled_plans: Vec<Uuid>,
}

/// An entry of `assignedPlans`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct AssignedPlan {
    assigned_date_time: Option<String>,
    capability_status: String,
    service: Option<String>,
    service_plan_id: Uuid,
}

impl AssignedLicence {
    /// The licences of a user.
    pub(super) fn of(users: &UserStore, place: Place) -> Vec<Self> {
        serde_json::from_value(users.value(place, "assignedLicenses")).unwrap_or_default()
    }
}

impl Capabilities {
    /// Reads them from the plans that are alive and not switched off.
    pub(super) fn of(users: &UserStore, skus: &[Sku], place: Place) -> Self {
        let licences = AssignedLicence::of(users, place);
        let plans: Vec<AssignedPlan> =
            serde_json::from_value(users.value(place, "assignedPlans")).unwrap_or_default();
        let has = |wanted: &[Uuid]| {
            plans.iter().any(|plan| {
                wanted.contains(&plan.service_plan_id)
                    && matches!(plan.capability_status.as_str(), "Enabled" | "Warning")
                    && !switched_off(plan.service_plan_id, &licences, skus)
            })
        };
        Self {
            teams: has(&TEAMS),
            phone_system: has(&PHONE_SYSTEM) || has(&VIRTUAL_USER),
            calling_plan: has(&CALLING_PLAN),
            audio_conferencing: has(&AUDIO_CONFERENCING),
            virtual_user: has(&VIRTUAL_USER),
        }
    }

    /// Whether a holder with these may keep a number of this type.
    pub(super) fn can_hold(self, number_type: &str) -> bool {
        self.phone_system && (number_type != "callingPlan" || self.calling_plan)
    }
}

/// Every assigned licence known to carry the plan has it among its disabled plans.
fn switched_off(plan: Uuid, licences: &[AssignedLicence], skus: &[Sku]) -> bool {
    let mut carriers = licences
        .iter()
        .filter(|licence| {
            skus.iter()
                .any(|sku| sku.sku_id == licence.sku_id && sku.carries(plan))
        })
        .peekable();
    carriers.peek().is_some() && carriers.all(|licence| licence.disabled_plans.contains(&plan))
}

/// Gives a licence, or changes its disabled plans, and lets `assignedPlans` follow.
pub(super) fn license(
    world: &mut World,
    place: Place,
    sku: Uuid,
    disabled: Vec<Uuid>,
    now: Timestamp,
) {
    let mut licences = AssignedLicence::of(&world.users, place);
    let fresh = !licences.iter().any(|licence| licence.sku_id == sku);
    licences.retain(|licence| licence.sku_id != sku);
    licences.push(AssignedLicence {
        sku_id: sku,
        disabled_plans: disabled,
    });
    count_seat(&mut world.skus, sku, i64::from(fresh));
    store(world, place, &licences, now);
}

/// Takes a licence away; its plans stay in the list as `Deleted`.
pub(super) fn unlicense(world: &mut World, place: Place, sku: Uuid, now: Timestamp) -> bool {
    let mut licences = AssignedLicence::of(&world.users, place);
    let before = licences.len();
    licences.retain(|licence| licence.sku_id != sku);
    let removed = licences.len() < before;
    if removed {
        count_seat(&mut world.skus, sku, -1);
        store(world, place, &licences, now);
    }
    removed
}

fn count_seat(skus: &mut [Sku], sku: Uuid, change: i64) {
    if let Some(sku) = skus.iter_mut().find(|known| known.sku_id == sku) {
        sku.consumed_units += change;
    }
}

fn store(world: &mut World, place: Place, licences: &[AssignedLicence], now: Timestamp) {
    let plans =
        serde_json::from_value(world.users.value(place, "assignedPlans")).unwrap_or_default();
    let plans = followed(plans, licences, &world.skus, now);
    let updates: Map<String, Value> = [
        ("assignedLicenses".to_owned(), json!(licences)),
        ("assignedPlans".to_owned(), json!(plans)),
    ]
    .into_iter()
    .collect();
    world.change_user(place, &updates, now);
}

/// The plans a new user has from the licences alone.
pub(super) fn plans_of(licences: &[AssignedLicence], skus: &[Sku], now: Timestamp) -> Value {
    json!(followed(Vec::new(), licences, skus, now))
}

/// What becomes of the plan list: wanted plans alive, all other known ones `Deleted`.
fn followed(
    mut plans: Vec<AssignedPlan>,
    licences: &[AssignedLicence],
    skus: &[Sku],
    now: Timestamp,
) -> Vec<AssignedPlan> {
    let stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let wanted: Vec<Uuid> = licences
        .iter()
        .filter_map(|licence| {
            Some((
                licence,
                skus.iter().find(|sku| sku.sku_id == licence.sku_id)?,
            ))
        })
        .flat_map(|(licence, sku)| {
            sku.service_plans
                .iter()
                .map(|plan| plan.service_plan_id)
                .filter(|plan| !licence.disabled_plans.contains(plan))
        })
        .collect();
    let known = |plan: Uuid| skus.iter().any(|sku| sku.carries(plan));
    for plan in &mut plans {
        let alive = matches!(plan.capability_status.as_str(), "Enabled" | "Warning");
        if alive && known(plan.service_plan_id) && !wanted.contains(&plan.service_plan_id) {
            "Deleted".clone_into(&mut plan.capability_status);
            plan.assigned_date_time = Some(stamp.clone());
        }
    }
    for id in wanted {
        let alive = plans.iter().any(|plan| {
            plan.service_plan_id == id
                && matches!(plan.capability_status.as_str(), "Enabled" | "Warning")
        });
        if !alive {
            plans.retain(|plan| plan.service_plan_id != id);
            plans.push(AssignedPlan {
                assigned_date_time: Some(stamp.clone()),
                capability_status: "Enabled".to_owned(),
                service: Some("MicrosoftCommunicationsOnline".to_owned()),
                service_plan_id: id,
            });
        }
    }
    plans
}
