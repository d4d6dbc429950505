//! `/ranges`: the stock of each.

use super::bureau::{Bureau, Reason};
use super::parameters::{Body, List, ListQuery, Path, Query, TenantQuery};
use super::problem::Problem;
use super::state::Api;
use crate::reconcile;
use crate::report::RangeSuspension;
use crate::views::RangeItem;
use axum::Json;
use axum::extract::State;

/// Ranges with their stock, in the order of the rule files. During a sync the counts may be a few seconds old.
#[utoipa::path(get, path = "/ranges", params(ListQuery),
    responses((status = 200, body = List<RangeItem>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<RangeItem>>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let after = query.cursor()?;
    let page = served.view.ranges(after.as_ref(), query.limit()?).await?;
    Ok(Json(page.into()))
}

/// One range with its stock.
#[utoipa::path(get, path = "/ranges/{name}", params(("name" = String, Path), TenantQuery),
    responses((status = 200, body = RangeItem), (status = 404, body = Problem)))]
pub(super) async fn show(
    State(api): State<Api>,
    Path(name): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<RangeItem>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    Ok(Json(served.view.range(&name).await?))
}

/// Has the range give nothing for now; who holds a number of it keeps it.
#[utoipa::path(put, path = "/ranges/{name}/suspension", params(("name" = String, Path), TenantQuery),
    request_body = Reason,
    responses((status = 200, body = RangeSuspension), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn suspend(
    State(api): State<Api>,
    Path(name): Path<String>,
    Query(query): Query<TenantQuery>,
    Body(body): Body<Reason>,
) -> Result<Json<RangeSuspension>, Problem> {
    let bureau = Bureau::of(&api, query.tenant.as_deref())?;
    let set = reconcile::suspend_range(&bureau.desk(), &bureau.rules, &name, &body.reason).await;
    Ok(Json(set?))
}

/// Lets the range give numbers again, also one that was suspended because Teams refused several people in a row.
#[utoipa::path(delete, path = "/ranges/{name}/suspension", params(("name" = String, Path), TenantQuery),
    responses((status = 200, body = RangeSuspension), (status = 404, body = Problem)))]
pub(super) async fn resume(
    State(api): State<Api>,
    Path(name): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<RangeSuspension>, Problem> {
    let bureau = Bureau::of(&api, query.tenant.as_deref())?;
    Ok(Json(
        reconcile::resume_range(&bureau.desk(), &bureau.rules, &name).await?,
    ))
}
