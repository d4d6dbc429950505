//! `/tenants`: whom this process serves.

use super::parameters::List;
use super::problem::Problem;
use super::state::Api;
use crate::views::{Page, TenantItem};
use axum::Json;
use axum::extract::State;

/// All tenants: what each may write, whether it is paused, what was read when.
#[utoipa::path(get, path = "/tenants",
    responses((status = 200, body = List<TenantItem>), (status = 503, body = Problem)))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<List<TenantItem>>, Problem> {
    let mut items = Vec::new();
    for served in api.service.tenants().values() {
        items.push(served.view.tenant().await?);
    }
    Ok(Json(Page { items, next: None }.into()))
}
