//! The tenant's subscribed products (docs/graph.md 2.3).

use super::Graph;
use super::decode::{Malformed, Text, decode_list};
use super::route::Route;
use crate::directory::{Link, ReadError, Seats, Sku, SkuPlan, SkuStatus};
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
    #[serde(borrow)]
    applies_to: Option<Text<'a>>,
    consumed_units: Option<i64>,
    prepaid_units: Option<WireUnits>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct WireUnits {
    enabled: Option<i64>,
    warning: Option<i64>,
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
        self.read_products(sku).await
    }

    /// The products whose licences are for users; those of a whole organisation cannot be given to anybody.
    pub(super) async fn read_seats(&self) -> Result<Vec<Seats>, ReadError> {
        let products = self.read_products(seats).await?;
        Ok(products.into_iter().flatten().collect())
    }

    async fn read_products<T: Send>(
        &self,
        each: fn(&WireSku<'_>) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, ReadError> {
        let mut url = self.transport.base.at("/subscribedSkus")?;
        let mut skus = Vec::new();
        // Paging is not documented here; should it come, it ends.
        for _ in 0..100 {
            let read = self
                .transport
                .read(Route::Skus, url, |answer| page(&answer.body, each));
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

fn page<T>(
    body: &[u8],
    each: fn(&WireSku<'_>) -> Result<T, Malformed>,
) -> Result<(Vec<T>, Option<Link>), Malformed> {
    let (items, next) = decode_list::<WireSku<'_>>(body)?;
    let products = items.iter().map(each).collect::<Result<_, _>>()?;
    Ok((products, next.map(|link| Link(link.to_string()))))
}

/// Bought and expired ones in grace, less those in use (docs/graph.md 2.3).
fn seats(wire: &WireSku<'_>) -> Result<Option<Seats>, Malformed> {
    let for_users = wire.applies_to.as_deref().is_none_or(|to| to == "User");
    let units = wire.prepaid_units.unwrap_or_default();
    let total = units.enabled.unwrap_or_default() + units.warning.unwrap_or_default();
    let seats = Seats {
        sku: sku(wire)?,
        total,
        available: total - wire.consumed_units.unwrap_or_default(),
    };
    Ok(Some(seats).filter(|_| for_users))
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
        let (skus, next) = page(body, sku).expect("a list of products");
        let plan = SkuPlan {
            id: PlanId::from_u128(0x4828c8ec_dc2e_4779_b502_87ac9ce28ab7),
            name: "MCOEV".into(),
        };
        let expected = Sku {
            id: SkuId::from_u128(0xe43b5b99_8dfb_405f_9987_dc307f34bcbd),
            part_number: "MCOEV".into(),
            status: SkuStatus("Hibernating".into()),
            plans: vec![plan],
        };
        assert_eq!((skus, next), (vec![expected.clone()], None));
        let (free, _) = page(body, seats).expect("a list of products");
        let seats = Seats {
            sku: expected,
            total: 25,
            available: 11,
        };
        assert_eq!(free, [Some(seats)]);
    }

    #[test]
    fn licences_in_grace_count_and_those_of_an_organisation_do_not() {
        let body = br#"{"value":[
            {"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","appliesTo":"User","consumedUnits":9,
             "prepaidUnits":{"enabled":5,"warning":2,"suspended":100,"lockedOut":7}},
            {"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbe","appliesTo":"Company","prepaidUnits":{"enabled":1}}]}"#;
        let (free, _) = page(body, seats).expect("a list of products");
        let counted: Vec<_> = free
            .into_iter()
            .flatten()
            .map(|s| (s.total, s.available))
            .collect();
        assert_eq!(counted, [(7, -2)]);
    }

    #[test]
    fn a_list_without_value_is_no_empty_list() {
        assert!(matches!(page(b"{}", sku), Err(Malformed::Wrong(_))));
        assert_eq!(page(br#"{"value":[]}"#, sku), Ok((vec![], None)));
    }
}
