//! The tenant's subscribed products (docs/graph.md 2.3).

use super::Graph;
use super::decode::{Malformed, Text, decode_list};
use super::route::Route;
use crate::directory::{Link, ReadError, Sku, SkuPlan, SkuStatus};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSku<'a> {
    #[serde(borrow)]
    sku_id: Text<'a>,
    #[serde(borrow)]
    sku_part_number: Option<Text<'a>>,
    #[serde(borrow)]
    capability_status: Option<Text<'a>>,
    #[serde(borrow)]
    service_plans: Option<Vec<WireSkuPlan<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSkuPlan<'a> {
    #[serde(borrow)]
    service_plan_id: Text<'a>,
    #[serde(borrow)]
    service_plan_name: Option<Text<'a>>,
}

impl Graph {
    pub(super) async fn read_skus(&self) -> Result<Vec<Sku>, ReadError> {
        let mut url = self.transport.base.at("/subscribedSkus")?;
        let mut skus = Vec::new();
        // Paging is not documented here; should it come, it ends.
        for _ in 0..100 {
            let read = self
                .transport
                .read(Route::Skus, url, |answer| page(&answer.body));
            let (items, next) = read.await?;
            skus.extend(items);
            match next {
                Some(next) => url = self.transport.base.follow(&next)?,
                None => return Ok(skus),
            }
        }
        Err(ReadError::Broken(
            "the list of subscribed products does not end".into(),
        ))
    }
}

fn page(body: &[u8]) -> Result<(Vec<Sku>, Option<Link>), Malformed> {
    let (items, next) = decode_list::<WireSku<'_>>(body)?;
    let skus = items.iter().map(sku).collect::<Result<_, _>>()?;
    Ok((skus, next.map(|link| Link(link.to_string()))))
}

fn sku(wire: &WireSku<'_>) -> Result<Sku, Malformed> {
    let no_guid = |field: &str| Malformed::Wrong(format!("a product's `{field}` is no GUID"));
    let plans = wire.service_plans.as_deref().unwrap_or_default();
    Ok(Sku {
        id: wire.sku_id.parse().map_err(|_| no_guid("skuId"))?,
        part_number: trimmed(wire.sku_part_number.as_deref()),
        status: SkuStatus(trimmed(wire.capability_status.as_deref())),
        plans: plans
            .iter()
            .map(|plan| {
                Ok(SkuPlan {
                    id: plan
                        .service_plan_id
                        .parse()
                        .map_err(|_| no_guid("servicePlanId"))?,
                    name: trimmed(plan.service_plan_name.as_deref()),
                })
            })
            .collect::<Result<_, Malformed>>()?,
    })
}

fn trimmed(text: Option<&str>) -> String {
    text.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{PlanId, SkuId};

    #[test]
    fn reads_products_with_stray_blanks_and_unknown_states() {
        let body = br#"{"@odata.context":"x","value":[{"id":"t_s","accountName":"Contoso","appliesTo":"User",
            "capabilityStatus":"Hibernating","consumedUnits":14,"prepaidUnits":{"enabled":25},
            "skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","skuPartNumber":"MCOEV ","subscriptionIds":[],
            "servicePlans":[{"servicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7","servicePlanName":"MCOEV",
            "provisioningStatus":"Success","appliesTo":"User"}]}]}"#;
        let (skus, next) = page(body).expect("a list of products");
        let plan = SkuPlan {
            id: PlanId::from_u128(0x4828c8ec_dc2e_4779_b502_87ac9ce28ab7),
            name: "MCOEV".into(),
        };
        let sku = Sku {
            id: SkuId::from_u128(0xe43b5b99_8dfb_405f_9987_dc307f34bcbd),
            part_number: "MCOEV".into(),
            status: SkuStatus("Hibernating".into()),
            plans: vec![plan],
        };
        assert_eq!((skus, next), (vec![sku], None));
    }

    #[test]
    fn a_list_without_value_is_no_empty_list() {
        assert!(matches!(page(b"{}"), Err(Malformed::Wrong(_))));
        assert_eq!(page(br#"{"value":[]}"#), Ok((vec![], None)));
    }
}
