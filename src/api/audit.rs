//! `/audit`: the trail of everything that was done.

use super::parameters::{List, Query, cursor, limit};
use super::problem::Problem;
use super::state::Api;
use crate::plan::moment;
use crate::store::AuditFilter;
use crate::views::{AuditItem, read_number};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;

/// Which records are wanted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// The tenant; needed when several are configured.
    tenant: Option<String>,
    /// From then on: a day as 2026-12-31, which means its first moment in UTC, or a full time.
    since: Option<String>,
    /// Before then.
    until: Option<String>,
    /// About this user: id, UPN (former ones too) or mail.
    user: Option<String>,
    /// About this number, such as +498955501000.
    number: Option<String>,
    /// Of this kind, such as `assigned`.
    event: Option<String>,
    /// Of this sync.
    sync: Option<String>,
    /// At most so many items, 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// The audit trail, oldest first: one record for each change of state, each with the hash of the one before.
#[utoipa::path(get, path = "/audit", params(AuditQuery),
    responses((status = 200, body = List<AuditItem>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<List<AuditItem>>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let time = |name: &str, text: &Option<String>| -> Result<Option<Timestamp>, Problem> {
        let read = text.as_deref().map(moment).transpose();
        read.map_err(|how| Problem::bad_request(format!("`{name}` is no time: {how}")))
    };
    let user = match &query.user {
        None => None,
        // Also somebody whom the directory no longer has.
        Some(text) => match text.parse() {
            Ok(id) => Some(id),
            Err(_) => Some(served.view.user_id(text).await?),
        },
    };
    // In a query a plus sign that is not escaped stands for a blank.
    let number = query
        .number
        .as_deref()
        .map(|text| match text.strip_prefix(' ') {
            Some(digits) => read_number(&format!("+{digits}")),
            None => read_number(text),
        });
    let filter = AuditFilter {
        since: time("since", &query.since)?,
        until: time("until", &query.until)?,
        user,
        number: number.transpose()?,
        event: query.event,
        sync: query.sync,
    };
    let after = cursor(query.cursor.as_deref())?;
    let page = served
        .view
        .audit(&filter, after.as_ref(), limit(query.limit)?)
        .await?;
    Ok(Json(page.into()))
}
