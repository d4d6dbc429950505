//! `/tenants`: whom this process serves.

use super::bureau::{Because, Bureau};
use super::parameters::{Body, List, ListQuery, Path, Query};
use super::problem::Problem;
use super::state::Api;
use crate::reconcile;
use crate::report::TenantPause;
use crate::views::{Page, TenantItem};
use axum::Json;
use axum::extract::State;

/// All tenants: what each may write, whether it is paused, what was read when.
#[utoipa::path(get, path = "/tenants", params(ListQuery),
    responses((status = 200, body = List<TenantItem>), (status = 400, body = Problem), (status = 503, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<TenantItem>>, Problem> {
    let tenants = api.service.tenants();
    let wanted = |name: &&String| query.tenant.as_ref().is_none_or(|only| only == *name);
    let names: Vec<&String> = tenants.keys().filter(wanted).collect();
    let names = Page::of_names(&names, query.cursor()?.as_ref(), query.limit()?)?;
    let mut items = Vec::new();
    for served in names.items.iter().filter_map(|name| tenants.get(*name)) {
        items.push(served.view.tenant().await?);
    }
    let next = names.next;
    Ok(Json(Page { items, next }.into()))
}

/// Stops every write to Teams; a sync under way stops before its next one.
#[utoipa::path(put, path = "/tenants/{name}/pause", params(("name" = String, Path)), request_body = Because,
    responses((status = 200, body = TenantPause), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn pause(
    State(api): State<Api>,
    Path(name): Path<String>,
    Body(because): Body<Because>,
) -> Result<Json<TenantPause>, Problem> {
    let bureau = Bureau::of(&api, Some(&name))?;
    let set = reconcile::pause(&bureau.desk(), &because.reason, because.until()?).await;
    Ok(Json(set?))
}

/// Lets a paused tenant write again.
#[utoipa::path(delete, path = "/tenants/{name}/pause", params(("name" = String, Path)),
    responses((status = 200, body = TenantPause), (status = 404, body = Problem)))]
pub(super) async fn resume(
    State(api): State<Api>,
    Path(name): Path<String>,
) -> Result<Json<TenantPause>, Problem> {
    let bureau = Bureau::of(&api, Some(&name))?;
    Ok(Json(reconcile::resume(&bureau.desk()).await?))
}
