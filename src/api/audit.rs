//! `/audit`: the trail of everything that was done.

use super::parameters::{List, ListQuery, Query};
use super::problem::Problem;
use super::state::Api;
use crate::views::AuditItem;
use axum::Json;
use axum::extract::State;

/// The audit trail, oldest first: one record for each change of state, each with the hash of the one before.
#[utoipa::path(get, path = "/audit", params(ListQuery),
    responses((status = 200, body = List<AuditItem>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<AuditItem>>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let after = query.cursor()?;
    let page = served.view.audit(after.as_ref(), query.limit()?).await?;
    Ok(Json(page.into()))
}
