//! The tenant's licences: `subscribedSkus` and a user's `licenseDetails` (docs/graph.md 2.3, 2.4).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::exchange::{Answer, Call, Reply};
use super::licensing::AssignedLicence;
use super::users::present;
use super::world::World;

/// One subscribed SKU.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sku {
    #[serde(default)]
    pub(super) id: String,
    pub(super) sku_id: Uuid,
    pub(super) sku_part_number: String,
    #[serde(default = "user")]
    applies_to: String,
    pub(super) capability_status: String,
    #[serde(default)]
    pub(super) consumed_units: i64,
    #[serde(default)]
    prepaid_units: PrepaidUnits,
    #[serde(default)]
    pub(super) service_plans: Vec<ServicePlan>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct PrepaidUnits {
    enabled: i64,
    warning: i64,
    suspended: i64,
    locked_out: i64,
}

/// One plan of a SKU.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServicePlan {
    pub(super) service_plan_id: Uuid,
    pub(super) service_plan_name: String,
    #[serde(default = "success")]
    provisioning_status: String,
    #[serde(default = "user")]
    applies_to: String,
}

fn user() -> String {
    "User".to_owned()
}

fn success() -> String {
    "Success".to_owned()
}

impl Sku {
    /// A SKU with these plans, by id and name.
    pub(super) fn new(sku_id: Uuid, name: &str, seats: i64, plans: &[(&str, Uuid)]) -> Self {
        Self {
            id: format!("{}_{sku_id}", Uuid::nil()),
            sku_id,
            sku_part_number: name.to_owned(),
            applies_to: user(),
            capability_status: "Enabled".to_owned(),
            consumed_units: 0,
            prepaid_units: PrepaidUnits {
                enabled: seats,
                ..PrepaidUnits::default()
            },
            service_plans: plans
                .iter()
                .map(|(name, id)| ServicePlan {
                    service_plan_id: *id,
                    service_plan_name: (*name).to_owned(),
                    provisioning_status: success(),
                    applies_to: user(),
                })
                .collect(),
        }
    }

    /// Whether the SKU brings this plan.
    pub(super) fn carries(&self, plan: Uuid) -> bool {
        self.service_plans
            .iter()
            .any(|service| service.service_plan_id == plan)
    }
}

/// `GET /subscribedSkus`: no filter, no paging.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    call.query.only(&["$select"])?;
    Ok(Reply::json(
        200,
        &json!({
            "@odata.context": format!("{}/$metadata#subscribedSkus", call.base()),
            "value": world.skus,
        }),
    ))
}

/// `GET /users/{id}/licenseDetails`.
pub(super) fn details(world: &World, call: &Call, user: &str) -> Answer {
    call.query.only(&["$select"])?;
    let place = present(world, user)?;
    let licences = AssignedLicence::of(&world.users, place);
    let value: Vec<Value> = licences
        .iter()
        .filter_map(|licence| {
            let sku = world.skus.iter().find(|sku| sku.sku_id == licence.sku_id)?;
            Some(detail(sku, licence))
        })
        .collect();
    Ok(Reply::json(
        200,
        &json!({
            "@odata.context": format!("{}/$metadata#users('{}')/licenseDetails", call.base(), world.users.id(place)),
            "value": value,
        }),
    ))
}

fn detail(sku: &Sku, licence: &AssignedLicence) -> Value {
    let plans: Vec<ServicePlan> = sku
        .service_plans
        .iter()
        .cloned()
        .map(|mut plan| {
            if licence.disabled_plans.contains(&plan.service_plan_id) {
                plan.provisioning_status = "Disabled".to_owned();
            }
            plan
        })
        .collect();
    json!({"id": sku.id, "skuId": sku.sku_id, "skuPartNumber": sku.sku_part_number, "servicePlans": plans})
}
